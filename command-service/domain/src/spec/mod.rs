//! Given, when, then: tests of decisions read as sentences.

pub mod guide;

use chrono::{DateTime, NaiveDate, Utc};
use events::rights::{Principal, Role};
use events::{Event, StreamName, UserId};

use crate::{By, Context, Decision, Order, References, Refusal, State, decide, needs};

/// A history, and the world it happened in.
#[derive(Debug, Clone)]
pub struct Given {
    state: State,
    references: References,
    at: DateTime<Utc>,
    actor: UserId,
    principal: Option<Principal>,
}

/// Starts from the facts of the stream under test.
pub fn given(aggregate: events::Aggregate, facts: impl IntoIterator<Item = Event>) -> Given {
    let state = facts.into_iter().fold(State::empty(aggregate), |state, fact| state.evolve(&fact));
    let at = "2026-03-10T09:00:00Z".parse().expect("a fixed instant");
    Given {
        state,
        references: References::default(),
        at,
        actor: UserId::parse("ola").expect("a name"),
        principal: None,
    }
}

impl Given {
    /// Adds a fact of another stream.
    pub fn and(self, stream: StreamName, fact: &Event) -> Self {
        self.and_all(stream, std::slice::from_ref(fact))
    }

    /// Adds the facts of another stream.
    pub fn and_all(mut self, stream: StreamName, facts: &[Event]) -> Self {
        let state = facts.iter().fold(State::empty(stream.aggregate), State::evolve);
        self.references.insert(stream, state);
        self
    }

    /// Another person asks, with the reach of a seller.
    pub fn by_seller(mut self, actor: &str) -> Self {
        self.actor = UserId::parse(actor).expect("a name");
        self.with_roles(&[Role::Seller], &[])
    }

    /// The same person, with these roles and groups.
    pub fn with_roles(mut self, roles: &[Role], groups: &[&str]) -> Self {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let roles = roles.iter().copied().collect();
        self.principal = Some(Principal { user: self.actor.clone(), groups, roles });
        self
    }

    /// Decides an order.
    #[track_caller]
    pub fn when(self, order: Order) -> Then {
        let mut references = self.references.clone();
        loop {
            let wanted = needs(&self.state, &order, &self.actor, &references);
            if wanted.is_empty() {
                break;
            }
            for stream in wanted {
                let empty = State::empty(stream.aggregate);
                references.insert(stream, empty);
            }
        }
        let today: NaiveDate = self.at.date_naive();
        let context = Context {
            at: self.at,
            today,
            actor: &self.actor,
            by: self.principal.as_ref().map_or(By::Ourselves, By::Principal),
            references: &references,
        };
        Then { decided: decide(&self.state, order, &context) }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Then {
    decided: Result<Decision, Refusal>,
}

impl Then {
    /// Exactly these facts.
    #[track_caller]
    pub fn then(self, facts: impl IntoIterator<Item = Event>) {
        let events = self.decided.map(|decision| decision.events);
        assert_eq!(events, Ok(facts.into_iter().collect()));
    }

    /// No fact, no refusal.
    #[track_caller]
    pub fn then_nothing(self) {
        self.then([]);
    }

    /// Exactly this refusal.
    #[track_caller]
    pub fn then_refused(self, refusal: Refusal) {
        assert_eq!(self.decided, Err(refusal));
    }

    /// The refusal, if it was one.
    pub fn refusal(self) -> Option<Refusal> {
        self.decided.err()
    }

    /// The facts, to look at or to go on from.
    #[track_caller]
    pub fn facts(self) -> Vec<Event> {
        self.decision().events
    }

    /// The facts of other streams too.
    #[track_caller]
    pub fn decision(self) -> Decision {
        self.decided.expect("the command was accepted")
    }
}
