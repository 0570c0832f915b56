//! A sales target (ST-7 to ST-19).

use events::TargetEvent;

use crate::{Context, Decider, Decision, Refusal};

/// What is remembered of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Target {
    /// Nothing yet.
    #[default]
    Unknown,
}

impl Decider for Target {
    type Command = std::convert::Infallible;
    type Event = TargetEvent;
    type State = Self;

    fn decide(_: &Self, command: Self::Command, _: &Context<'_>) -> Result<Decision, Refusal> {
        match command {}
    }

    fn evolve(state: Self, _: &Self::Event) -> Self {
        state
    }
}
