//! A sale type: which stages a sale runs through, how long it takes, and the guide through them (SO-45, SO-46, SG-1 to
//! SG-6). Commands, what is remembered, the table of decisions.

mod deletion;
mod items;
mod terms;
#[cfg(test)]
mod tests;

use events::sale_type::SaleTypeTerms;
use events::{
    Aggregate, Guide, GuideItemId, ListKey, ListName, LocalName, SaleTypeEvent, SaleTypeId, StageId,
};

pub use items::{
    DocumentChanges, FollowUpChanges, GUIDE_ITEMS_MAX, GuideItemChanges, NewGuideItem,
    SuggestionChanges,
};
pub use terms::{DURATION_MAX, SaleTypeChanges};

use crate::{Context, Decider, Decision, Refusal};

/// What may be asked of a sale type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaleTypeCommand {
    /// SO-45.
    DefineSaleType {
        /// Its id.
        id: SaleTypeId,
        /// Everything about it.
        terms: SaleTypeTerms,
    },
    /// SO-46; fields left out stay.
    EditSaleType {
        /// Its id.
        id: SaleTypeId,
        /// What changes.
        changes: SaleTypeChanges,
    },
    /// SG-4, SG-5; also while the guide is off (SG-28).
    AddGuideItem(Box<NewGuideItem>),
    /// SG-6; fields left out stay.
    EditGuideItem {
        /// Which one.
        item: GuideItemId,
        /// What changes.
        changes: Box<GuideItemChanges>,
    },
    /// SG-6: another stage, another place in it, or both.
    MoveGuideItem {
        /// Which one.
        item: GuideItemId,
        /// The stage it is in when left out.
        stage: Option<StageId>,
        /// Behind all others of another stage when left out.
        rank: Option<i32>,
    },
    /// SG-29.
    RemoveGuideItem {
        /// Which one.
        item: GuideItemId,
    },
    /// SO-46: hidden; links to stages and guide items go for good.
    DeleteSaleType,
    /// SO-46: in use again, without stages and guide (§6-A34).
    RestoreSaleType,
}

impl SaleTypeCommand {
    /// The name it wants to bear.
    pub fn name(&self) -> Option<&LocalName> {
        match self {
            Self::DefineSaleType { terms, .. } => Some(&terms.name),
            Self::EditSaleType { changes, .. } => changes.name.as_ref(),
            Self::AddGuideItem(_)
            | Self::EditGuideItem { .. }
            | Self::MoveGuideItem { .. }
            | Self::RemoveGuideItem { .. }
            | Self::DeleteSaleType
            | Self::RestoreSaleType => None,
        }
    }

    /// The lists that what it says is held to (SO-F5, SD-1).
    pub(crate) fn lists(&self) -> impl Iterator<Item = ListName> {
        let category = match self {
            Self::DefineSaleType { terms, .. } => terms.category.is_some(),
            Self::EditSaleType { changes, .. } => {
                changes.category.as_ref().is_some_and(Option::is_some)
            }
            Self::AddGuideItem(_)
            | Self::EditGuideItem { .. }
            | Self::MoveGuideItem { .. }
            | Self::RemoveGuideItem { .. }
            | Self::DeleteSaleType
            | Self::RestoreSaleType => false,
        };
        let category = category.then_some(ListName::SaleTypeCategory);
        category.into_iter().chain(self.follow_up_type().map(|_| ListName::FollowUpType))
    }

    /// The type that a suggested follow-up is to be of.
    fn follow_up_type(&self) -> Option<&ListKey> {
        match self {
            Self::AddGuideItem(new) => new.terms.follow_up()?.follow_up_type.as_ref(),
            Self::EditGuideItem { changes, .. } => changes.suggestion.follow_up_type(),
            Self::DefineSaleType { .. }
            | Self::EditSaleType { .. }
            | Self::MoveGuideItem { .. }
            | Self::RemoveGuideItem { .. }
            | Self::DeleteSaleType
            | Self::RestoreSaleType => None,
        }
    }

    /// The stages it links.
    pub fn stages(&self) -> &[StageId] {
        match self {
            Self::DefineSaleType { terms, .. } => &terms.stages,
            Self::EditSaleType { changes, .. } => changes.stages.as_deref().unwrap_or_default(),
            Self::AddGuideItem(_)
            | Self::EditGuideItem { .. }
            | Self::MoveGuideItem { .. }
            | Self::RemoveGuideItem { .. }
            | Self::DeleteSaleType
            | Self::RestoreSaleType => &[],
        }
    }
}

/// A sale type that was defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined {
    /// Name, stages and switches.
    pub terms: SaleTypeTerms,
    /// The items of its guide, kept while the guide is off (SG-28).
    pub guide: Guide,
}

/// What is remembered of a sale type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SaleType {
    /// Never defined.
    #[default]
    Unknown,
    /// In use.
    Defined(Box<Defined>),
    /// Hidden, without stages and guide; sales of it live on (SO-46).
    Deleted(Box<Defined>),
}

impl SaleType {
    /// What was defined, deleted or not.
    pub fn defined(&self) -> Option<&Defined> {
        match self {
            Self::Unknown => None,
            Self::Defined(defined) | Self::Deleted(defined) => Some(defined),
        }
    }

    /// Its terms, none before it is defined.
    pub fn terms(&self) -> Option<&SaleTypeTerms> {
        self.defined().map(|defined| &defined.terms)
    }

    /// The terms that a sale may begin with or turn to (SO-46).
    pub(crate) fn offered(&self) -> Result<&SaleTypeTerms, Refusal> {
        match self {
            Self::Unknown => Err(Refusal::UnknownSaleType),
            Self::Defined(defined) => Ok(&defined.terms),
            Self::Deleted(_) => Err(Refusal::DeletedSaleType),
        }
    }
}

impl Decider for SaleType {
    type Command = SaleTypeCommand;
    type Event = SaleTypeEvent;
    type State = Self;

    fn decide(
        sale_type: &Self,
        command: SaleTypeCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match (sale_type, command) {
            (Self::Unknown, SaleTypeCommand::DefineSaleType { id, terms }) => {
                terms::define(id, terms, context)
            }
            (Self::Defined(_) | Self::Deleted(_), SaleTypeCommand::DefineSaleType { .. }) => {
                Err(Refusal::AlreadyExists(Aggregate::SaleType))
            }
            (Self::Unknown, _) => Err(Refusal::Unknown(Aggregate::SaleType)),
            (Self::Deleted(_), command) => deletion::on_deleted(&command),
            (Self::Defined(defined), command) => change(defined, command, context),
        }
    }

    fn evolve(sale_type: Self, event: &SaleTypeEvent) -> Self {
        match (sale_type, event) {
            (Self::Unknown, SaleTypeEvent::Defined(terms) | SaleTypeEvent::Edited(terms)) => {
                let (terms, guide) = (terms.clone(), Guide::default());
                Self::Defined(Box::new(Defined { terms, guide }))
            }
            (
                Self::Defined(mut defined) | Self::Deleted(mut defined),
                SaleTypeEvent::Defined(terms) | SaleTypeEvent::Edited(terms),
            ) => {
                defined.terms = terms.clone();
                Self::Defined(defined)
            }
            (Self::Defined(defined), SaleTypeEvent::Deleted {}) => {
                Self::Deleted(deletion::emptied(defined))
            }
            (Self::Deleted(defined), SaleTypeEvent::Restored {}) => Self::Defined(defined),
            (Self::Defined(mut defined), fact) => {
                defined.evolve(fact);
                Self::Defined(defined)
            }
            (sale_type @ (Self::Unknown | Self::Deleted(_)), _) => sale_type,
        }
    }
}

impl Defined {
    fn evolve(&mut self, fact: &SaleTypeEvent) {
        self.guide.evolve(fact);
        if let SaleTypeEvent::StageUnlinked { stage, guide } = fact {
            self.terms.stages.retain(|linked| linked != stage);
            self.terms.guide = *guide;
        }
    }
}

/// A command on a type in use.
fn change(
    defined: &Defined,
    command: SaleTypeCommand,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    use SaleTypeCommand as C;
    match command {
        C::DefineSaleType { .. } => Err(Refusal::AlreadyExists(Aggregate::SaleType)),
        C::EditSaleType { id, changes } => terms::edit(&defined.terms, id, changes, context),
        C::AddGuideItem(new) => items::add(defined, *new, context),
        C::EditGuideItem { item, changes } => items::edit(defined, item, *changes, context),
        C::MoveGuideItem { item, stage, rank } => items::relocate(defined, item, stage, rank),
        C::RemoveGuideItem { item } => items::remove(defined, item),
        C::DeleteSaleType => Ok(deletion::delete()),
        C::RestoreSaleType => Ok(Decision::nothing()),
    }
}
