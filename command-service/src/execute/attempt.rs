//! One round of a command: look up, decide, append or probe.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::tenant::TenantCommand;
use domain::{Context, Decision, Order, References, Refusal, State, decide, needs};
use event_store::{Filter, Group, Outcome, ReceiptRequest, StreamAppend};
use events::{Event, Metadata, NewEvent, StreamName};
use service_runtime::ids;

use super::Executor;
use crate::call::{Answer, Call, ExecuteError, FixedAnswer};
use crate::stream_actor::Folded;

/// How a round ended.
pub(super) enum Step {
    /// Done.
    Answered(Answer),
    /// The decision touches streams whose turn is not held yet.
    MoreTurns(Vec<StreamName>),
    /// The cache was behind the log; what was stale is forgotten.
    Stale,
    /// Somebody else appended first.
    Conflict {
        /// Present version of the command's own stream.
        version: i64,
    },
}

/// Streams a decision rests on, as they were seen.
struct Seen {
    own: Folded,
    tenant: Folded,
    references: References,
    streams: Vec<(StreamName, i64)>,
}

/// A "no" or "nothing to do" that has to be checked against the log before it leaves.
enum Verdict {
    Refused(Refusal),
    Precondition,
    Nothing,
}

impl Executor {
    /// Decides on what is known now. The turns of `held` are ours.
    pub(super) async fn attempt(
        &self,
        call: &Call,
        stream: &StreamName,
        order: &Order,
        held: &BTreeSet<StreamName>,
    ) -> Result<Step, ExecuteError> {
        let seen = self.look_up(call, stream, order).await?;
        if call.if_version.is_some_and(|version| version != seen.own.version) {
            return self.after_probe(call, stream, seen, Verdict::Precondition).await;
        }
        let order = self.with_world(call, order.clone()).await?;
        let at = call.effective_at.unwrap_or_else(|| self.clock.now());
        match decide(&seen.own.state, order, &context(call, at, &seen)) {
            Err(refusal) => self.after_probe(call, stream, seen, Verdict::Refused(refusal)).await,
            Ok(decision) if decision.events.is_empty() && decision.beside.is_empty() => {
                self.after_probe(call, stream, seen, Verdict::Nothing).await
            }
            Ok(decision) => self.append(call, stream, seen, decision, held).await,
        }
    }

    /// The command's stream, the tenant, and everything else the decision asks for.
    async fn look_up(
        &self,
        call: &Call,
        stream: &StreamName,
        order: &Order,
    ) -> Result<Seen, ExecuteError> {
        let own = self.actors.folded(&call.tenant, stream).await?;
        let tenant_stream = StreamName::of_tenant(&call.tenant);
        let tenant = self.actors.folded(&call.tenant, &tenant_stream).await?;
        let mut references = References::default();
        let mut streams = vec![(stream.clone(), own.version)];
        if tenant_stream != *stream {
            streams.push((tenant_stream.clone(), tenant.version));
        }
        references.insert(tenant_stream, tenant.state.clone());
        loop {
            let wanted = needs(&own.state, order, &call.actor, &references);
            if wanted.is_empty() {
                return Ok(Seen { own, tenant, references, streams });
            }
            for wanted in wanted {
                let folded = self.actors.folded(&call.tenant, &wanted).await?;
                streams.push((wanted.clone(), folded.version));
                references.insert(wanted, folded.state);
            }
        }
    }

    /// Fills in what only the whole log knows: whether amounts exist in the base currency.
    async fn with_world(&self, call: &Call, mut order: Order) -> Result<Order, ExecuteError> {
        if let Order::Tenant(TenantCommand::SetBaseCurrency { amounts_exist, .. }) = &mut order {
            let types = vec!["sale.registered".to_owned(), "currency.rate-set".to_owned()];
            let filter = Filter { types, limit: 1, ..Filter::default() };
            *amounts_exist = !self.store.read_tenant(&call.tenant, &filter).await?.is_empty();
        }
        Ok(order)
    }

    /// One probe: a receipt under the key wins; a stale stream sends us back; else the verdict stands.
    async fn after_probe(
        &self,
        call: &Call,
        stream: &StreamName,
        seen: Seen,
        verdict: Verdict,
    ) -> Result<Step, ExecuteError> {
        let ids: Vec<_> =
            seen.streams.iter().map(|(stream, _)| stream.stream_id(&call.tenant)).collect();
        let probe = self.store.probe(call.key.map(|key| key.key), &ids).await?;
        if let (Some((receipt, request)), Some(key)) = (probe.receipt, call.key) {
            return if request == key.request {
                Ok(Step::Answered(from_receipt(&receipt)?))
            } else {
                Err(ExecuteError::KeyReused)
            };
        }
        let mut stale = false;
        for ((name, version), current) in seen.streams.iter().zip(probe.versions) {
            if *version != current {
                self.actors.forget(&call.tenant, name);
                stale = true;
            }
        }
        match verdict {
            _ if stale => Ok(Step::Stale),
            Verdict::Refused(refusal) => Err(refusal.into()),
            Verdict::Precondition => Err(ExecuteError::Precondition { version: seen.own.version }),
            Verdict::Nothing => self.nothing(call, stream, &seen).await,
        }
    }

    /// Answers a command that changes nothing; with a key it leaves a receipt.
    async fn nothing(
        &self,
        call: &Call,
        stream: &StreamName,
        seen: &Seen,
    ) -> Result<Step, ExecuteError> {
        let fixed = FixedAnswer { id: stream.id.clone(), events: Vec::new(), created: false };
        let answer =
            Answer { fixed, version: seen.own.version, position: None, number: seen.own.number };
        if call.key.is_none() || seen.tenant.version == 0 {
            return Ok(Step::Answered(answer));
        }
        let append =
            StreamAppend { stream: stream.clone(), expected: seen.own.version, events: Vec::new() };
        let outcome = self.batcher.append(group(call, &answer.fixed, vec![append])?).await?;
        match outcome {
            Outcome::Appended(_) => Ok(Step::Answered(answer)),
            other => self.not_appended(call, std::slice::from_ref(stream), other),
        }
    }

    /// Sends the facts to the log and remembers what became of the streams.
    async fn append(
        &self,
        call: &Call,
        stream: &StreamName,
        seen: Seen,
        decision: Decision,
        held: &BTreeSet<StreamName>,
    ) -> Result<Step, ExecuteError> {
        let created = seen.own.version == 0;
        let names =
            decision.events.iter().map(|fact| events::codec::encode(fact).0.to_owned()).collect();
        let fixed = FixedAnswer { id: stream.id.clone(), events: names, created };
        let facts = by_stream(call, stream, &seen, decision);
        let missing: Vec<_> = facts
            .iter()
            .map(|(name, _)| name)
            .filter(|name| !held.contains(*name))
            .cloned()
            .collect();
        if !missing.is_empty() {
            return Ok(Step::MoreTurns(missing));
        }
        let mut appends = Vec::with_capacity(facts.len());
        let mut befores = Vec::with_capacity(facts.len());
        for (name, facts) in &facts {
            let before = if name == stream {
                seen.own.clone()
            } else {
                self.actors.folded(&call.tenant, name).await?
            };
            let events = facts
                .iter()
                .map(|fact| NewEvent::new(ids::new_id(), fact, &metadata(call, name)))
                .collect();
            appends.push(StreamAppend { stream: name.clone(), expected: before.version, events });
            befores.push(before);
        }
        match self.batcher.append(group(call, &fixed, appends)?).await? {
            Outcome::Appended(appended) => {
                let mut afters = facts.iter().zip(befores).map(|((name, facts), before)| {
                    let number = if name == stream { appended.number } else { None };
                    (name, before.after(facts, number))
                });
                let (_, own) = afters.next().expect("invariant: the own stream comes first");
                self.actors.appended(&call.tenant, stream, own.clone());
                for (name, folded) in afters {
                    self.actors.appended(&call.tenant, name, folded);
                }
                let answer = Answer {
                    fixed,
                    version: own.version,
                    position: appended.last,
                    number: own.number,
                };
                Ok(Step::Answered(answer))
            }
            other => {
                let streams: Vec<_> = facts.into_iter().map(|(name, _)| name).collect();
                self.not_appended(call, &streams, other)
            }
        }
    }

    /// What an outcome other than "appended" means.
    fn not_appended(
        &self,
        call: &Call,
        streams: &[StreamName],
        outcome: Outcome,
    ) -> Result<Step, ExecuteError> {
        match outcome {
            Outcome::Appended(_) => Ok(Step::Stale),
            Outcome::Duplicate(receipt) => Ok(Step::Answered(from_receipt(&receipt)?)),
            Outcome::KeyReused => Err(ExecuteError::KeyReused),
            Outcome::Conflict { versions } => {
                for stream in streams {
                    self.actors.forget(&call.tenant, stream);
                }
                Ok(Step::Conflict { version: versions.first().copied().unwrap_or_default() })
            }
            Outcome::EffectiveTimeFalls => Err(ExecuteError::EffectiveTimeFalls),
            Outcome::EffectiveTimeInFuture => Err(ExecuteError::EffectiveTimeInFuture),
            Outcome::Poisoned(reason) => Err(ExecuteError::Poisoned(reason)),
        }
    }
}

/// What the decision may know.
fn context<'a>(call: &'a Call, at: DateTime<Utc>, seen: &'a Seen) -> Context<'a> {
    let today = at.with_timezone(&seen.references.tenant().time_zone()).date_naive();
    Context { at, today, actor: &call.actor, reach: call.reach, references: &seen.references }
}

/// Facts by stream: the command's own first, then the others; the tenant's provisioning goes along once.
fn by_stream(
    call: &Call,
    stream: &StreamName,
    seen: &Seen,
    decision: Decision,
) -> Vec<(StreamName, Vec<Event>)> {
    let mut facts = vec![(stream.clone(), decision.events)];
    for (name, fact) in decision.beside {
        match facts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, list)) => list.push(fact),
            None => facts.push((name, vec![fact])),
        }
    }
    if let State::Tenant(tenant) = &*seen.tenant.state
        && !tenant.is_provisioned()
    {
        let provisioned = Event::Tenant(tenant.provisioning());
        let tenant_stream = StreamName::of_tenant(&call.tenant);
        if tenant_stream == *stream {
            facts[0].1.insert(0, provisioned);
        } else {
            facts.push((tenant_stream, vec![provisioned]));
        }
    }
    facts
}

/// The group as the log takes it.
fn group(
    call: &Call,
    fixed: &FixedAnswer,
    appends: Vec<StreamAppend>,
) -> Result<Group, ExecuteError> {
    let answer =
        serde_json::to_vec(fixed).map_err(|error| ExecuteError::Poisoned(error.to_string()))?;
    let receipt = call.key.map(|key| ReceiptRequest { key: key.key, request: key.request, answer });
    Ok(Group { tenant: call.tenant.clone(), receipt, effective_at: call.effective_at, appends })
}

/// What surrounds an event of this call on `stream`.
fn metadata(call: &Call, stream: &StreamName) -> Metadata {
    Metadata {
        stream: stream.to_string(),
        actor: call.actor.to_string(),
        command: Some(call.command.to_owned()),
        correlation: call.correlation,
        causation: call.causation,
        traceparent: call.traceparent.clone(),
    }
}

/// The first answer, again.
fn from_receipt(receipt: &event_store::StoredReceipt) -> Result<Answer, ExecuteError> {
    let fixed = serde_json::from_slice(&receipt.answer)
        .map_err(|error| ExecuteError::Poisoned(error.to_string()))?;
    Ok(Answer { fixed, version: receipt.version, position: receipt.last, number: receipt.number })
}
