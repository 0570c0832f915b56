//! A type of sales targets (ST-1 to ST-6).

use events::TargetTypeEvent;

use crate::{Context, Decider, Decision, Refusal};

/// What is remembered of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TargetType {
    /// Nothing yet.
    #[default]
    Unknown,
}

impl Decider for TargetType {
    type Command = std::convert::Infallible;
    type Event = TargetTypeEvent;
    type State = Self;

    fn decide(_: &Self, command: Self::Command, _: &Context<'_>) -> Result<Decision, Refusal> {
        match command {}
    }

    fn evolve(state: Self, _: &Self::Event) -> Self {
        state
    }
}
