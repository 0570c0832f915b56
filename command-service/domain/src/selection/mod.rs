//! A selection of sales (SF-10, SF-11).

use events::SelectionEvent;

use crate::{Context, Decider, Decision, Refusal};

/// What is remembered of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// Nothing yet.
    #[default]
    Unknown,
}

impl Decider for Selection {
    type Command = std::convert::Infallible;
    type Event = SelectionEvent;
    type State = Self;

    fn decide(_: &Self, command: Self::Command, _: &Context<'_>) -> Result<Decision, Refusal> {
        match command {}
    }

    fn evolve(state: Self, _: &Self::Event) -> Self {
        state
    }
}
