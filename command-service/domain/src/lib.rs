//! Every decision of the write side, as pure functions: state and command in, facts or a refusal out.
//!
//! Nothing here reads a clock, makes an id, looks something up or waits. What a decision needs stands in
//! its [`Context`]; what it has to know of other streams it names in [`needs`] and finds in
//! [`References`].
//!
//! # How to add a command
//! 1. Here, in the aggregate's file: a variant, its arm in `decide`, its tests.
//! 2. In `command-service/src/http/`: its route and body.
//!
//! A new refusal is a variant of [`Refusal`] with its code; the compiler then asks for its status.

pub mod activity;
pub mod company;
pub mod contact;
pub mod currency;
pub mod custom_field;
pub mod list;
pub mod name;
#[cfg(test)]
mod properties;
pub mod references;
pub mod refusal;
pub mod rights;
pub mod sale;
pub mod sale_type;
pub mod selection;
#[cfg(test)]
pub mod spec;
pub mod stage;
pub mod state;
pub mod target;
pub mod target_type;
pub mod tenant;
pub mod user;

use chrono::{DateTime, NaiveDate, Utc};
use events::{Event, StreamName, UserId};

pub use references::{Order, References, named_by, needs};
pub use refusal::Refusal;
pub use rights::By;
pub use state::State;

/// Everything a decision may know besides the state and the command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The business instant: `Effective-At`, else the service's clock.
    pub at: DateTime<Utc>,
    /// The business date: `at` in the tenant's zone.
    pub today: NaiveDate,
    /// Who asks.
    pub actor: &'a UserId,
    /// Who that is to rights.
    pub by: By<'a>,
    /// What was looked up in other streams.
    pub references: &'a References,
}

/// What follows from an accepted command. Empty: the command said what already was.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Facts for the command's own stream, in order.
    pub events: Vec<Event>,
    /// Facts for other streams, to be stored in the same atomic group.
    pub beside: Vec<(StreamName, Event)>,
}

impl Decision {
    /// Nothing new: said twice, done once.
    pub fn nothing() -> Self {
        Self { events: Vec::new(), beside: Vec::new() }
    }

    /// Whether nothing follows.
    pub fn is_nothing(&self) -> bool {
        self.events.is_empty() && self.beside.is_empty()
    }

    /// Facts for the command's own stream only.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        Self { events: events.into_iter().collect(), beside: Vec::new() }
    }
}

/// One aggregate: how it decides and how it remembers.
pub trait Decider {
    /// What may be asked.
    type Command;
    /// What may happen.
    type Event;
    /// What is remembered.
    type State: Default;

    /// Facts that follow, or the reason why not. Deterministic.
    fn decide(
        state: &Self::State,
        command: Self::Command,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal>;

    /// The state after a fact. Total: any stored history folds.
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;
}

/// Decides an order on the state of its stream.
pub fn decide(state: &State, order: Order, context: &Context<'_>) -> Result<Decision, Refusal> {
    match (state, order) {
        (State::Sale(state), Order::Sale(command)) => sale::Sale::decide(state, command, context),
        (State::Activity(state), Order::Activity(command)) => {
            activity::Activity::decide(state, command, context)
        }
        (State::Stage(state), Order::Stage(command)) => {
            stage::Stage::decide(state, command, context)
        }
        (State::SaleType(state), Order::SaleType(command)) => {
            sale_type::SaleType::decide(state, command, context)
        }
        (State::Currency(state), Order::Currency(command)) => {
            currency::Currency::decide(state, command, context)
        }
        (State::User(state), Order::User(command)) => user::User::decide(state, command, context),
        (State::Tenant(state), Order::Tenant(command)) => {
            tenant::Tenant::decide(state, command, context)
        }
        (State::List(state), Order::List(command)) => list::List::decide(state, command, context),
        (State::Selection(state), Order::Selection(command)) => {
            selection::Selection::decide(state, command, context)
        }
        (State::TargetType(state), Order::TargetType(command)) => {
            target_type::TargetType::decide(state, command, context)
        }
        (State::Target(state), Order::Target(command)) => {
            target::Target::decide(state, command, context)
        }
        (State::Company(state), Order::Company(command)) => {
            company::Company::decide(state, command, context)
        }
        (State::Contact(state), Order::Contact(command)) => {
            contact::Contact::decide(state, command, context)
        }
        (_, order) => Err(Refusal::WrongStream(order.aggregate())),
    }
}
