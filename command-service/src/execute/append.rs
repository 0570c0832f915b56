//! From a decision to the log: facts by stream, one group, and what the streams are afterwards.

use domain::{Decision, State};
use event_store::{Appended, Group, Outcome, ReceiptRequest, StreamAppend};
use events::{Event, Metadata, NewEvent, StreamName};
use service_runtime::{fault_point, ids};

use super::Executor;
use super::attempt::{Round, Seen, Step};
use crate::call::{Answer, Call, ExecuteError, FixedAnswer};
use crate::stream_actor::Folded;

/// New facts of one stream, and the stream before them.
struct Writing {
    stream: StreamName,
    facts: Vec<Event>,
    before: Folded,
}

impl Executor {
    /// Sends the facts to the log and remembers what became of the streams.
    pub(super) async fn append(
        &self,
        round: Round<'_>,
        seen: Seen,
        decision: Decision,
    ) -> Result<Step, ExecuteError> {
        let facts = by_stream(round, &seen, decision);
        let missing: Vec<_> = facts
            .iter()
            .map(|(name, _)| name)
            .filter(|name| !round.held.contains(*name))
            .cloned()
            .collect();
        if !missing.is_empty() {
            return Ok(Step::MoreTurns(missing));
        }
        let mut writings = Vec::with_capacity(facts.len());
        for (stream, facts) in facts {
            // the version the decision saw, not a newer one: the log judges whether it still holds
            let before = match seen.folded(&stream) {
                Some(folded) => folded.clone(),
                None => self.actors.folded(&round.call.tenant, &stream).await?,
            };
            writings.push(Writing { stream, facts, before });
        }
        self.send(round, &seen, writings).await
    }

    /// One group; the log's outcome is the command's.
    async fn send(
        &self,
        round: Round<'_>,
        seen: &Seen,
        writings: Vec<Writing>,
    ) -> Result<Step, ExecuteError> {
        let written = |name: &StreamName| writings.iter().any(|writing| writing.stream == *name);
        let rests_on: Vec<_> = seen
            .streams
            .iter()
            .filter(|(name, _)| !written(name))
            .map(|(name, folded)| (name.clone(), folded.version))
            .collect();
        let appends: Vec<_> =
            writings.iter().map(|writing| to_append(round.call, writing)).collect();
        let own = appends.first().expect("invariant: the own stream comes first");
        let fixed = FixedAnswer {
            id: round.stream.id.clone(),
            events: own.events.iter().map(|fact| fact.event_type.to_owned()).collect(),
            created: round.order.creates(),
        };
        let group = group(round.call, &fixed, appends)?;
        fault_point::pass("execute.before-append");
        match self.batcher.append(group, &rests_on).await? {
            Outcome::Appended(appended) => {
                Ok(Step::Answered(self.remember(round, fixed, writings, &appended)))
            }
            other => {
                let written = writings.iter().map(|writing| &writing.stream);
                let streams: Vec<_> =
                    written.chain(rests_on.iter().map(|(name, _)| name)).collect();
                self.not_appended(round.call, &streams, other)
            }
        }
    }

    /// What the streams are now, and the answer that follows.
    fn remember(
        &self,
        round: Round<'_>,
        fixed: FixedAnswer,
        writings: Vec<Writing>,
        appended: &Appended,
    ) -> Answer {
        let mut answer = Answer { fixed, version: 0, position: appended.last, number: None };
        for Writing { stream, facts, before } in writings {
            let own = stream == *round.stream;
            let after = before.after(&facts, if own { appended.number } else { None });
            if own {
                (answer.version, answer.number) = (after.version, after.number);
            }
            self.actors.appended(&round.call.tenant, &stream, after);
        }
        fault_point::pass("execute.before-answer");
        answer
    }
}

/// Facts by stream: the command's own first, then the others; the tenant's provisioning goes along once.
fn by_stream(round: Round<'_>, seen: &Seen, decision: Decision) -> Vec<(StreamName, Vec<Event>)> {
    let mut facts = vec![(round.stream.clone(), decision.events)];
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
        let tenant_stream = StreamName::of_tenant(&round.call.tenant);
        if tenant_stream == *round.stream {
            facts[0].1.insert(0, provisioned);
        } else {
            facts.push((tenant_stream, vec![provisioned]));
        }
    }
    facts
}

/// One stream's part of the group.
fn to_append(call: &Call, writing: &Writing) -> StreamAppend {
    let meta = metadata(call, &writing.stream);
    let events = writing.facts.iter().map(|fact| NewEvent::new(ids::new_id(), fact, &meta));
    StreamAppend {
        stream: writing.stream.clone(),
        expected: writing.before.version,
        events: events.collect(),
    }
}

/// The group as the log takes it.
pub(super) fn group(
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
