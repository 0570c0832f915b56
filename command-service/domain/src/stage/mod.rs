//! A stage of the process: one shared list a tenant (SO-47 to SO-49).

#[cfg(test)]
mod tests;

use events::stage::StageTerms;
use events::{
    Aggregate, Description, Event, LocalName, Probability, SaleTypeEvent, SaleTypeId, StageEvent,
    StageId, StreamName,
};

use crate::name::{Name, rename};
use crate::{Context, Decider, Decision, References, Refusal};

/// What may be asked of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageCommand {
    /// SO-47.
    AddStage {
        /// Its id.
        id: StageId,
        /// What it is called and how likely it makes a sale.
        terms: StageTerms,
    },
    /// SO-48; fields left out stay.
    EditStage {
        /// Its id.
        id: StageId,
        /// What changes.
        changes: StageChanges,
    },
    /// SO-49: hidden; the types that link it lose it in the same group, sales in it keep it.
    DeleteStage {
        /// Its id.
        id: StageId,
        /// Every type of the tenant; looked up by the caller.
        sale_types: Vec<SaleTypeId>,
    },
    /// SO-49: may be linked again; no link comes back.
    RestoreStage,
}

/// Fields of an EditStage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageChanges {
    /// New name.
    pub name: Option<LocalName>,
    /// New probability; sales keep theirs (§6-A35).
    pub probability: Option<Probability>,
    /// New text; `Some(None)` clears it.
    pub description: Option<Option<Description>>,
    /// New rank.
    pub rank: Option<i32>,
}

impl StageCommand {
    /// The name it wants to bear.
    pub fn name(&self) -> Option<&LocalName> {
        match self {
            Self::AddStage { terms, .. } => Some(&terms.name),
            Self::EditStage { changes, .. } => changes.name.as_ref(),
            Self::DeleteStage { .. } | Self::RestoreStage => None,
        }
    }

    /// The types that may have to do without it.
    pub fn sale_types(&self) -> &[SaleTypeId] {
        match self {
            Self::DeleteStage { sale_types, .. } => sale_types,
            Self::AddStage { .. } | Self::EditStage { .. } | Self::RestoreStage => &[],
        }
    }
}

/// What is remembered of a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Stage {
    /// Never added.
    #[default]
    Unknown,
    /// In the list.
    Added(StageTerms),
    /// Hidden; its name stays reserved (SO-49).
    Deleted(StageTerms),
}

impl Stage {
    /// Chance of winning a sale in it.
    pub fn probability(&self) -> Probability {
        match self {
            Self::Unknown => Probability::NONE,
            Self::Added(terms) | Self::Deleted(terms) => terms.probability,
        }
    }

    /// The probability of a stage that a sale may begin in or move to (SO-49).
    pub(crate) fn offered(&self) -> Result<Probability, Refusal> {
        match self {
            Self::Unknown => Err(Refusal::UnknownStage),
            Self::Added(terms) => Ok(terms.probability),
            Self::Deleted(_) => Err(Refusal::DeletedStage),
        }
    }
}

impl Decider for Stage {
    type Command = StageCommand;
    type Event = StageEvent;
    type State = Self;

    fn decide(
        stage: &Self,
        command: StageCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match (stage, command) {
            (Self::Unknown, StageCommand::AddStage { id, terms }) => {
                let beside = rename(&id.stream(), None, &terms.name, context.references)?;
                Ok(Decision { events: vec![Event::Stage(StageEvent::Added(terms))], beside })
            }
            (Self::Added(_) | Self::Deleted(_), StageCommand::AddStage { .. }) => {
                Err(Refusal::AlreadyExists(Aggregate::Stage))
            }
            (
                Self::Unknown,
                StageCommand::EditStage { .. }
                | StageCommand::DeleteStage { .. }
                | StageCommand::RestoreStage,
            ) => Err(Refusal::Unknown(Aggregate::Stage)),
            (Self::Deleted(_), StageCommand::EditStage { .. }) => Err(Refusal::StageDeleted),
            (Self::Deleted(_), StageCommand::RestoreStage) => {
                Ok(Decision::of([Event::Stage(StageEvent::Restored {})]))
            }
            (Self::Added(_), StageCommand::RestoreStage) => Ok(Decision::nothing()),
            (Self::Added(_), StageCommand::DeleteStage { id, sale_types }) => {
                let events = vec![Event::Stage(StageEvent::Deleted {})];
                Ok(Decision { events, beside: unlinked(id, &sale_types, context.references) })
            }
            // a type may have linked it in the very moment: said again, the command unlinks that one too
            (Self::Deleted(_), StageCommand::DeleteStage { id, sale_types }) => {
                let beside = unlinked(id, &sale_types, context.references);
                Ok(Decision { events: Vec::new(), beside })
            }
            (Self::Added(old), StageCommand::EditStage { id, changes }) => {
                let new = StageTerms {
                    name: changes.name.unwrap_or_else(|| old.name.clone()),
                    probability: changes.probability.unwrap_or(old.probability),
                    description: changes.description.unwrap_or_else(|| old.description.clone()),
                    rank: changes.rank.unwrap_or(old.rank),
                };
                if new == *old {
                    return Ok(Decision::nothing());
                }
                let renamed = new.name != old.name;
                let beside = if renamed {
                    rename(&id.stream(), Some(&old.name), &new.name, context.references)?
                } else {
                    Vec::new()
                };
                Ok(Decision { events: vec![Event::Stage(StageEvent::Edited(new))], beside })
            }
        }
    }

    fn evolve(stage: Self, event: &StageEvent) -> Self {
        match (stage, event) {
            (_, StageEvent::Added(terms) | StageEvent::Edited(terms)) => Self::Added(terms.clone()),
            (Self::Added(terms), StageEvent::Deleted {}) => Self::Deleted(terms),
            (Self::Deleted(terms), StageEvent::Restored {}) => Self::Added(terms),
            (stage, StageEvent::Deleted {} | StageEvent::Restored {}) => stage,
        }
    }
}

/// SO-49: every type that links the stage loses it; a guide goes on with two stages at least (SO-45).
fn unlinked(
    stage: StageId,
    sale_types: &[SaleTypeId],
    known: &References,
) -> Vec<(StreamName, Event)> {
    let linking = sale_types.iter().filter_map(|id| {
        let terms = known.sale_type(*id)?.terms()?;
        terms.stages.contains(&stage).then(|| {
            let guide = terms.guide && terms.stages.len() > 2;
            (id.stream(), Event::SaleType(SaleTypeEvent::StageUnlinked { stage, guide }))
        })
    });
    linking.collect()
}

impl Decider for Name {
    type Command = std::convert::Infallible;
    type Event = events::NameEvent;
    type State = Self;

    fn decide(_: &Self, command: Self::Command, _: &Context<'_>) -> Result<Decision, Refusal> {
        match command {}
    }

    fn evolve(state: Self, event: &Self::Event) -> Self {
        state.evolve(event)
    }
}
