//! What is remembered of a selection, and the fold.

use std::collections::BTreeMap;

use events::selection::{SelectionKind, SelectionTerms};
use events::{BoardView, Criteria, SaleId, SelectionEvent};

use crate::Refusal;

/// What is remembered of a selection.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Selection {
    /// Never created.
    #[default]
    Unknown,
    /// There.
    Kept(Box<Kept>),
    /// Only its history is left.
    Deleted(Box<Kept>),
}

/// A selection that is, or was, there.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Static or dynamic, for ever.
    pub kind: SelectionKind,
    /// Name, owner, visibility.
    pub terms: SelectionTerms,
    /// What finds its members, or found them.
    pub criteria: Option<Criteria>,
    /// How its board looks.
    pub view: Option<Box<BoardView>>,
    /// Its members, each with its place in the order they were added.
    pub members: BTreeMap<SaleId, u64>,
    /// Worked through.
    pub completed: bool,
    /// The place of the next member.
    next: u64,
}

impl Kept {
    /// Goes on with a selection of this kind.
    pub(super) fn of_kind(&self, wanted: SelectionKind) -> Result<(), Refusal> {
        match self.kind {
            kind if kind == wanted => Ok(()),
            SelectionKind::Static => Err(Refusal::SelectionStatic),
            SelectionKind::Dynamic => Err(Refusal::SelectionDynamic),
        }
    }

    /// Its members in the order they were added.
    #[must_use]
    pub fn in_order(&self) -> Vec<SaleId> {
        let mut placed: Vec<(u64, SaleId)> =
            self.members.iter().map(|(sale, place)| (*place, *sale)).collect();
        placed.sort_unstable();
        placed.into_iter().map(|(_, sale)| sale).collect()
    }
}

impl Selection {
    /// The selection, deleted or not.
    #[must_use]
    pub fn kept(&self) -> Option<&Kept> {
        match self {
            Self::Unknown => None,
            Self::Kept(kept) | Self::Deleted(kept) => Some(kept),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Kept)) -> Self {
        match &mut self {
            Self::Unknown => {}
            Self::Kept(kept) | Self::Deleted(kept) => change(kept),
        }
        self
    }
}

/// The selection after a fact.
pub(super) fn evolve(selection: Selection, event: &SelectionEvent) -> Selection {
    match event {
        SelectionEvent::Created { kind, terms, criteria } => Selection::Kept(Box::new(Kept {
            kind: *kind,
            terms: terms.clone(),
            criteria: criteria.clone(),
            view: None,
            members: BTreeMap::new(),
            completed: false,
            next: 0,
        })),
        SelectionEvent::Edited(terms) => selection.with(|kept| kept.terms = terms.clone()),
        SelectionEvent::CriteriaChanged { criteria } => {
            selection.with(|kept| kept.criteria = Some(criteria.clone()))
        }
        SelectionEvent::MembersAdded { sales } => selection.with(|kept| {
            for sale in sales {
                kept.members.entry(*sale).or_insert(kept.next);
                kept.next += 1;
            }
        }),
        SelectionEvent::MembersRemoved { sales } => selection.with(|kept| {
            for sale in sales {
                kept.members.remove(sale);
            }
        }),
        SelectionEvent::ViewSet { view } => {
            selection.with(|kept| kept.view = view.clone().map(Box::new))
        }
        SelectionEvent::Completed {} => selection.with(|kept| kept.completed = true),
        SelectionEvent::CompletionCleared {} => selection.with(|kept| kept.completed = false),
        SelectionEvent::Deleted {} => match selection {
            Selection::Kept(kept) => Selection::Deleted(kept),
            other @ (Selection::Unknown | Selection::Deleted(_)) => other,
        },
    }
}
