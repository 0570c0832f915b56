//! A sale type: which stages a sale runs through and how long it takes (SO-45, SO-46, without guide items).

use events::sale_type::{Duration, SaleTypeTerms};
use events::{Aggregate, Event, LocalName, SaleTypeEvent, SaleTypeId, StageId, TypeName};

use crate::name::rename;
use crate::{Context, Decider, Decision, Refusal};

/// Longest duration, in its own units (SO-36).
pub const DURATION_MAX: u16 = 1_200;

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
}

/// Fields of an EditSaleType.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaleTypeChanges {
    /// New name.
    pub name: Option<LocalName>,
    /// New category; `Some(None)` clears it.
    pub category: Option<Option<TypeName>>,
    /// New duration; `Some(None)` clears it.
    pub duration: Option<Option<Duration>>,
    /// New stages in order.
    pub stages: Option<Vec<StageId>>,
    /// Guide on or off.
    pub guide: Option<bool>,
    /// Auto-advance on or off.
    pub auto_advance: Option<bool>,
    /// Stakeholders on or off.
    pub stakeholders: Option<bool>,
}

impl SaleTypeCommand {
    /// The name it wants to bear.
    pub fn name(&self) -> Option<&LocalName> {
        match self {
            Self::DefineSaleType { terms, .. } => Some(&terms.name),
            Self::EditSaleType { changes, .. } => changes.name.as_ref(),
        }
    }

    /// The stages it names.
    pub fn stages(&self) -> &[StageId] {
        match self {
            Self::DefineSaleType { terms, .. } => &terms.stages,
            Self::EditSaleType { changes, .. } => changes.stages.as_deref().unwrap_or_default(),
        }
    }
}

/// What is remembered of a sale type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SaleType {
    /// Never defined.
    #[default]
    Unknown,
    /// In use.
    Defined(Box<SaleTypeTerms>),
}

impl SaleType {
    /// Its terms, none before it is defined.
    pub fn terms(&self) -> Option<&SaleTypeTerms> {
        match self {
            Self::Unknown => None,
            Self::Defined(terms) => Some(terms),
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
                check(&terms, &terms.stages, context)?;
                let beside = rename(&id.stream(), None, &terms.name, context.references)?;
                Ok(Decision {
                    events: vec![Event::SaleType(SaleTypeEvent::Defined(terms))],
                    beside,
                })
            }
            (Self::Defined(_), SaleTypeCommand::DefineSaleType { .. }) => {
                Err(Refusal::AlreadyExists(Aggregate::SaleType))
            }
            (Self::Unknown, SaleTypeCommand::EditSaleType { .. }) => {
                Err(Refusal::Unknown(Aggregate::SaleType))
            }
            (Self::Defined(old), SaleTypeCommand::EditSaleType { id, changes }) => {
                let named = changes.stages.clone().unwrap_or_default();
                let new = changed(old, changes);
                if new == **old {
                    return Ok(Decision::nothing());
                }
                check(&new, &named, context)?;
                let renamed = new.name != old.name;
                let beside = if renamed {
                    rename(&id.stream(), Some(&old.name), &new.name, context.references)?
                } else {
                    Vec::new()
                };
                Ok(Decision { events: vec![Event::SaleType(SaleTypeEvent::Edited(new))], beside })
            }
        }
    }

    fn evolve(_: Self, event: &SaleTypeEvent) -> Self {
        match event {
            SaleTypeEvent::Defined(terms) | SaleTypeEvent::Edited(terms) => {
                Self::Defined(Box::new(terms.clone()))
            }
        }
    }
}

/// The terms after an edit.
fn changed(old: &SaleTypeTerms, changes: SaleTypeChanges) -> SaleTypeTerms {
    SaleTypeTerms {
        name: changes.name.unwrap_or_else(|| old.name.clone()),
        category: changes.category.unwrap_or_else(|| old.category.clone()),
        duration: changes.duration.unwrap_or(old.duration),
        stages: changes.stages.unwrap_or_else(|| old.stages.clone()),
        guide: changes.guide.unwrap_or(old.guide),
        auto_advance: changes.auto_advance.unwrap_or(old.auto_advance),
        stakeholders: changes.stakeholders.unwrap_or(old.stakeholders),
    }
}

/// Rules on the whole; `named` are the stages that have to exist.
fn check(terms: &SaleTypeTerms, named: &[StageId], context: &Context<'_>) -> Result<(), Refusal> {
    let mut distinct = terms.stages.clone();
    distinct.sort();
    distinct.dedup();
    if distinct.len() != terms.stages.len() {
        return Err(Refusal::StageListedTwice);
    }
    if named.iter().any(|stage| context.references.stage(*stage).is_none()) {
        return Err(Refusal::UnknownListedStage);
    }
    if terms.guide && terms.stages.len() < 2 {
        return Err(Refusal::GuideNeedsTwoStages);
    }
    if terms.duration.is_some_and(|duration| duration.n > DURATION_MAX) {
        return Err(Refusal::DurationOutOfRange);
    }
    Ok(())
}
