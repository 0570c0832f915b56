//! A log in memory, just enough to decide: streams, their facts, their folded states.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use events::{Event, StreamName, TenantSlug, UserId};

use super::orders::Asked;
use crate::{By, Context, Decision, References, Refusal, State, decide, needs};

/// All streams of one tenant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct World {
    streams: BTreeMap<StreamName, (State, Vec<Event>)>,
}

impl World {
    /// A stream as it is; empty when nothing happened on it.
    pub(super) fn state(&self, stream: &StreamName) -> State {
        let known = self.streams.get(stream).map(|(state, _)| state.clone());
        known.unwrap_or_else(|| State::empty(stream.aggregate))
    }

    /// Whether anything happened on a stream.
    pub(super) fn knows(&self, stream: &StreamName) -> bool {
        self.streams.contains_key(stream)
    }

    /// Every stream and its state.
    pub(super) fn streams(&self) -> impl Iterator<Item = (&StreamName, &State)> {
        self.streams.iter().map(|(stream, (state, _))| (stream, state))
    }

    /// Every fact of every stream.
    pub(super) fn facts(&self) -> impl Iterator<Item = &Event> {
        self.streams.values().flat_map(|(_, facts)| facts)
    }

    /// The facts of one stream, in order.
    pub(super) fn facts_of(&self, stream: &StreamName) -> impl Iterator<Item = &Event> {
        self.streams.get(stream).into_iter().flat_map(|(_, facts)| facts)
    }

    /// Decides as the service does: look up what is needed, then ask.
    pub(super) fn decide(&self, asked: &Asked) -> Result<Decision, Refusal> {
        let at: DateTime<Utc> = "2026-03-10T09:00:00Z".parse().unwrap();
        let actor = UserId::parse(asked.actor).unwrap();
        let state = self.state(&asked.stream);
        let mut references = References::default();
        let tenant = StreamName::of_tenant(&TenantSlug::parse("demo").unwrap());
        references.insert(tenant.clone(), self.state(&tenant));
        loop {
            let wanted = needs(&state, &asked.order, &actor, &references);
            if wanted.is_empty() {
                break;
            }
            for stream in wanted {
                references.insert(stream.clone(), self.state(&stream));
            }
        }
        let context = Context {
            at,
            today: at.date_naive(),
            actor: &actor,
            by: By::Ourselves,
            references: &references,
        };
        decide(&state, asked.order.clone(), &context)
    }

    /// Decides and remembers what follows.
    pub(super) fn carry_out(&mut self, asked: &Asked) -> Result<Decision, Refusal> {
        let decision = self.decide(asked)?;
        for fact in &decision.events {
            self.happened(asked.stream.clone(), fact.clone());
        }
        for (stream, fact) in &decision.beside {
            self.happened(stream.clone(), fact.clone());
        }
        Ok(decision)
    }

    fn happened(&mut self, stream: StreamName, fact: Event) {
        let empty = (State::empty(stream.aggregate), Vec::new());
        let (state, facts) = self.streams.entry(stream).or_insert(empty);
        *state = state.clone().evolve(&fact);
        facts.push(fact);
    }
}
