//! A stage of the process: one shared list a tenant (SO-47, SO-48).

use events::stage::StageTerms;
use events::{Aggregate, Description, Event, LocalName, Probability, StageEvent, StageId};

use crate::name::{Name, rename};
use crate::{Context, Decider, Decision, Refusal};

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
}

impl Stage {
    /// Chance of winning a sale in it.
    pub fn probability(&self) -> Probability {
        match self {
            Self::Unknown => Probability::NONE,
            Self::Added(terms) => terms.probability,
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
            (Self::Added(_), StageCommand::AddStage { .. }) => {
                Err(Refusal::AlreadyExists(Aggregate::Stage))
            }
            (Self::Unknown, StageCommand::EditStage { .. }) => {
                Err(Refusal::Unknown(Aggregate::Stage))
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

    fn evolve(_: Self, event: &StageEvent) -> Self {
        match event {
            StageEvent::Added(terms) | StageEvent::Edited(terms) => Self::Added(terms.clone()),
        }
    }
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
