//! A selection of sales: put together by hand, or found by criteria whenever somebody looks (SF-10, SF-11).
//!
//! Who sees one follows from its visibility, as with sales (SO-31): its owner always, others as the owner says, and whoever
//! has the right to see what is hidden. Who changes one: its owner, and whoever may change the sales of that owner; who
//! deletes one: likewise. Selections have no row of their own in the table of data rights.

mod members;
mod state;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use events::rights::Level;
use events::sale::Visibility;
use events::selection::SelectionKind;
use events::{
    Aggregate, BoardView, Criteria, Event, ListKey, Note, SaleId, SelectionEvent, StreamName,
    TypeName, UserId,
};

pub use members::COMMAND_MAX;
pub use state::{Kept, Selection};
pub use terms::TermChanges;

use crate::user::Caller;
use crate::{Context, Decider, Decision, Refusal};

/// How a new selection knows its members.
#[derive(Debug, Clone, PartialEq)]
pub enum NewMembers {
    /// These.
    Static {
        /// In the order they were given; twice is once.
        sales: Vec<SaleId>,
        /// What found them, if anything did.
        found_by: Option<Criteria>,
    },
    /// What these find whenever somebody looks.
    Dynamic(Criteria),
}

/// What a CreateSelection says.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSelection {
    /// Its name; need not be unique.
    pub name: TypeName,
    /// Static or dynamic, for ever.
    pub members: NewMembers,
    /// The caller when left out.
    pub owner: Option<UserId>,
    /// What the caller's token says of them, should they have to be added.
    pub caller: Caller,
    /// Key of a category.
    pub category: Option<ListKey>,
    /// Long text.
    pub description: Option<Note>,
    /// Who sees it.
    pub visibility: Visibility,
}

/// What may be asked of a selection.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectionCommand {
    /// SF-10.
    CreateSelection(Box<NewSelection>),
    /// SF-10; what is left out stays.
    EditSelection(Box<TermChanges>),
    /// SF-10: of a dynamic one.
    ChangeCriteria {
        /// All of them.
        criteria: Criteria,
    },
    /// SF-11: of a static one.
    AddMembers {
        /// Sales the caller sees; twice is once.
        sales: Vec<SaleId>,
    },
    /// SF-11: of a static one, whatever became of the sales.
    RemoveMembers {
        /// Those that are no members change nothing.
        sales: Vec<SaleId>,
    },
    /// SF-14; none for the usual way.
    SetSelectionView {
        /// How its board looks from now on.
        view: Option<Box<BoardView>>,
    },
    /// SF-10: worked through.
    CompleteSelection,
    /// SF-10: worked on again.
    ClearSelectionCompletion,
    /// SF-10: for good; its members are not touched.
    DeleteSelection,
}

/// Other streams a command on a selection has to know: its owner, and the sales that are to be members.
pub(crate) fn needs(
    selection: &Selection,
    command: &SelectionCommand,
    actor: &UserId,
) -> Vec<StreamName> {
    match command {
        SelectionCommand::CreateSelection(new) => {
            let owner = StreamName::of_user(new.owner.as_ref().unwrap_or(actor));
            let sales = match &new.members {
                NewMembers::Static { sales, .. } => sales.as_slice(),
                NewMembers::Dynamic(_) => &[],
            };
            std::iter::once(owner).chain(streams(sales)).collect()
        }
        SelectionCommand::EditSelection(changes) => terms::needs(selection, changes),
        SelectionCommand::AddMembers { sales } => streams(sales).collect(),
        SelectionCommand::ChangeCriteria { .. }
        | SelectionCommand::RemoveMembers { .. }
        | SelectionCommand::SetSelectionView { .. }
        | SelectionCommand::CompleteSelection
        | SelectionCommand::ClearSelectionCompletion
        | SelectionCommand::DeleteSelection => Vec::new(),
    }
}

fn streams(sales: &[SaleId]) -> impl Iterator<Item = StreamName> {
    let once: std::collections::BTreeSet<SaleId> = sales.iter().copied().collect();
    once.into_iter().map(SaleId::stream)
}

impl Decider for Selection {
    type Command = SelectionCommand;
    type Event = SelectionEvent;
    type State = Self;

    fn decide(
        selection: &Self,
        command: SelectionCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match (selection, command) {
            (Self::Unknown, SelectionCommand::CreateSelection(new)) => create(*new, context),
            (Self::Unknown, _) => Err(Refusal::Unknown(Aggregate::Selection)),
            (Self::Kept(_) | Self::Deleted(_), SelectionCommand::CreateSelection(_)) => {
                Err(Refusal::AlreadyExists(Aggregate::Selection))
            }
            (Self::Deleted(kept), _) => {
                context.may_selection(&kept.terms, Level::Read)?;
                Err(Refusal::SelectionDeleted)
            }
            (Self::Kept(kept), command) => {
                let delete = command == SelectionCommand::DeleteSelection;
                let wanted = if delete { Level::Delete } else { Level::Update };
                context.may_selection(&kept.terms, wanted)?;
                change(kept, command, context)
            }
        }
    }

    fn evolve(selection: Self, event: &SelectionEvent) -> Self {
        state::evolve(selection, event)
    }
}

/// selection.created, then its members; beside it user.added when the caller owns something for the first time.
fn create(new: NewSelection, context: &Context<'_>) -> Result<Decision, Refusal> {
    let (terms, beside) = terms::of_new(&new, context)?;
    let (kind, criteria, sales) = match new.members {
        NewMembers::Static { sales, found_by } => (SelectionKind::Static, found_by, sales),
        NewMembers::Dynamic(criteria) => (SelectionKind::Dynamic, Some(criteria), Vec::new()),
    };
    let mut facts = vec![SelectionEvent::Created { kind, terms, criteria }];
    facts.extend(members::added(&BTreeMap::new(), sales, "/members", context)?);
    Ok(Decision { events: facts.into_iter().map(Event::Selection).collect(), beside })
}

/// Decides a command on a selection that is there and that the caller may change.
fn change(
    kept: &Kept,
    command: SelectionCommand,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    use SelectionCommand as C;
    let fact = match command {
        C::CreateSelection(_) => return Err(Refusal::AlreadyExists(Aggregate::Selection)),
        C::EditSelection(changes) => return terms::edit(&kept.terms, *changes, context),
        C::ChangeCriteria { criteria } => {
            kept.of_kind(SelectionKind::Dynamic)?;
            let same = kept.criteria.as_ref() == Some(&criteria);
            (!same).then_some(SelectionEvent::CriteriaChanged { criteria })
        }
        C::AddMembers { sales } => {
            kept.of_kind(SelectionKind::Static)?;
            members::added(&kept.members, sales, "/sales", context)?
        }
        C::RemoveMembers { sales } => {
            kept.of_kind(SelectionKind::Static)?;
            members::removed(&kept.members, sales)
        }
        C::SetSelectionView { view } => {
            let fact = SelectionEvent::ViewSet { view: view.as_deref().cloned() };
            (kept.view != view).then_some(fact)
        }
        C::CompleteSelection => (!kept.completed).then_some(SelectionEvent::Completed {}),
        C::ClearSelectionCompletion => {
            kept.completed.then_some(SelectionEvent::CompletionCleared {})
        }
        C::DeleteSelection => Some(SelectionEvent::Deleted {}),
    };
    Ok(Decision::of(fact.map(Event::Selection)))
}
