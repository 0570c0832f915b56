//! The whole command bus: take the turn, look up, decide, append; answer a repeat with the first answer.
//!
//! A state in the cache may be stale. An accepted command finds that out under the log's lock (a conflict:
//! reload and decide again). A refusal, a no-op or a 412 leaves only after one probe of the log says that
//! every stream it rests on is still where the decision saw it; what an accepted command only rests on (stage,
//! type, tenant) is asked for its whole batch at once (`batcher.rs`).

mod append;
mod attempt;
mod selection;

use std::collections::BTreeSet;

use domain::{Order, State};
use event_store::EventStore;
use events::rights::{Right, TenantRights};
use events::{StreamName, TenantSlug};
use futures::FutureExt;
use futures::future::BoxFuture;
use service_runtime::auth::Actor;
use service_runtime::clock::Clock;
use service_runtime::problem::Problem;
use service_runtime::trace::span;
use tracing::{Instrument, Span};

use crate::batcher::Batcher;
use crate::call::{Answer, Call, ExecuteError};
use crate::http::answers;
use crate::metrics;
use crate::places::Places;
use crate::stream_actor::StreamActors;
use attempt::{Round, Step};

/// Conflicts after which a command without `If-Match` gives up (design §2).
const CONFLICTS_MAX: usize = 3;
/// Rounds of any kind: looking up again, taking more turns, conflicts.
const ROUNDS_MAX: usize = 16;

/// Decides commands and appends what follows.
#[derive(Debug, Clone)]
pub struct Executor {
    store: EventStore,
    actors: StreamActors,
    batcher: Batcher,
    clock: Clock,
    places: Places,
}

impl Executor {
    /// Puts the parts together.
    pub fn new(store: EventStore, batcher: Batcher, clock: Clock, places: Places) -> Self {
        let actors = StreamActors::new(store.clone());
        Self { store, actors, batcher, clock, places }
    }

    /// Carries one order out on its stream.
    pub fn execute<'a>(
        &'a self,
        call: &'a Call,
        stream: StreamName,
        order: Order,
    ) -> BoxFuture<'a, Result<Answer, ExecuteError>> {
        let command = tracing::debug_span!(
            "command",
            otel.name = call.command,
            command = call.command,
            tenant = %call.tenant,
        );
        self.observed(call, stream, order).instrument(command).boxed()
    }

    /// Carries it out in its span, which the events will name as what they came from, and counts it.
    async fn observed(
        &self,
        call: &Call,
        stream: StreamName,
        order: Order,
    ) -> Result<Answer, ExecuteError> {
        let command = Span::current();
        let traced = span::exported(&command)
            .map(|place| Call { traceparent: Some(place.to_string()), ..call.clone() });
        let outcome = self.rounds(traced.as_ref().unwrap_or(call), stream, order).await;
        if outcome.as_ref().is_err_and(ExecuteError::is_ours) {
            span::failed(&command);
        }
        metrics::command(call.command, &outcome);
        outcome
    }

    /// Round after round until an answer stands.
    async fn rounds(
        &self,
        call: &Call,
        stream: StreamName,
        order: Order,
    ) -> Result<Answer, ExecuteError> {
        let _place = self.places.take(&call.tenant)?;
        let mut held = BTreeSet::from([stream.clone()]);
        let mut conflicts = 0;
        let mut first = true;
        for _ in 0..ROUNDS_MAX {
            let turns = self.actors.turns(&call.tenant, &held).await;
            let round = Round { call, stream: &stream, order: &order, held: &held, first };
            let step = self.attempt(round).await?;
            drop(turns);
            match step {
                Step::Answered(answer) => return Ok(answer),
                Step::MoreTurns(streams) => held.extend(streams),
                Step::Stale => first = false,
                Step::Conflict { version } => {
                    first = false;
                    // the conflict may be on another stream of the group: then the caller is still right
                    if call.if_version.is_some_and(|seen| seen != version) {
                        return Err(ExecuteError::Precondition { version });
                    }
                    conflicts += 1;
                    if conflicts > CONFLICTS_MAX {
                        return Err(ExecuteError::LostRace(stream));
                    }
                }
            }
        }
        Err(ExecuteError::LostRace(stream))
    }

    /// Who may do what in a tenant, as this replica knows it.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn tenant_rights(&self, tenant: &TenantSlug) -> Result<TenantRights, ExecuteError> {
        let folded = self.actors.folded(tenant, &StreamName::of_tenant(tenant)).await?;
        let State::Tenant(tenant) = &*folded.state else { return Ok(TenantRights::CONTRACT) };
        Ok(tenant.rights().clone())
    }

    /// Goes on only if the caller has a right in their tenant. A "no" is what the log says now, whatever was remembered;
    /// a "yes" is judged once more with the decision.
    ///
    /// # Errors
    /// 403 `forbidden`; 503 when the log cannot be read.
    pub async fn require(&self, actor: &Actor, right: Right) -> Result<(), Problem> {
        let unreadable = |error| answers::failed(&error, "");
        let known = self.tenant_rights(&actor.tenant).await.map_err(unreadable)?;
        if known.may(actor.roles, right) {
            return Ok(());
        }
        self.actors.forget(&actor.tenant, &StreamName::of_tenant(&actor.tenant));
        let now = self.tenant_rights(&actor.tenant).await.map_err(unreadable)?;
        actor.require_in(&now, right)
    }

    /// Streams as the cache knows them; other parts of the service read through it.
    pub fn actors(&self) -> &StreamActors {
        &self.actors
    }
}
