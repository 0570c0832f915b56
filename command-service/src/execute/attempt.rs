//! One round of a command: look up, decide, then append (`append.rs`) or probe.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::rights::shown;
use domain::stage::StageCommand;
use domain::target::{NewLevel, NewTarget, TargetCommand};
use domain::tenant::TenantCommand;
use domain::{Context, Order, References, Refusal, State, decide, needs};
use event_store::{Filter, Outcome, StreamAppend};
use events::StreamName;

use super::Executor;
use super::append::group;
use crate::call::{Answer, Call, ExecuteError, FixedAnswer};
use crate::stream_actor::Folded;

/// What a round is about.
#[derive(Clone, Copy)]
pub(super) struct Round<'a> {
    /// Who asks, under which conditions.
    pub(super) call: &'a Call,
    /// The command's own stream.
    pub(super) stream: &'a StreamName,
    /// What is asked.
    pub(super) order: &'a Order,
    /// Streams whose turn is ours.
    pub(super) held: &'a BTreeSet<StreamName>,
    /// Nothing was found out yet: what is to be created is taken for new, and the log says if it is not.
    pub(super) first: bool,
}

/// How a round ended.
pub(super) enum Step {
    /// Done.
    Answered(Answer),
    /// The decision touches streams whose turn is not held yet.
    MoreTurns(Vec<StreamName>),
    /// The cache was behind the log; what was stale is forgotten.
    Stale,
    /// Somebody else appended first, to this command's stream or to another one of its group.
    Conflict {
        /// Present version of the command's own stream.
        version: i64,
    },
}

/// Streams a decision rests on, as they were seen.
pub(super) struct Seen {
    /// The command's own.
    pub(super) own: Folded,
    /// The tenant's.
    pub(super) tenant: Folded,
    references: References,
    /// Every one of them, the command's own first.
    pub(super) streams: Vec<(StreamName, Folded)>,
}

impl Seen {
    /// A stream as the decision saw it.
    pub(super) fn folded(&self, name: &StreamName) -> Option<&Folded> {
        self.streams.iter().find(|(seen, _)| seen == name).map(|(_, folded)| folded)
    }

    /// Whether the tenant has its first event.
    fn tenant_is_provisioned(&self) -> bool {
        matches!(&*self.tenant.state, State::Tenant(tenant) if tenant.is_provisioned())
    }
}

/// A "no" or "nothing to do" that has to be checked against the log before it leaves.
enum Verdict {
    Refused(Refusal),
    Precondition,
    Nothing,
}

impl Executor {
    /// Decides on what is known now.
    pub(super) async fn attempt(&self, round: Round<'_>) -> Result<Step, ExecuteError> {
        let call = round.call;
        let filled = self.with_found(call, round.order).await?;
        let round = Round { order: filled.as_ref().unwrap_or(round.order), ..round };
        let seen = self.look_up(round).await?;
        let at = call.effective_at.unwrap_or_else(|| self.clock.now());
        if call.if_version.is_some_and(|version| version != seen.own.version) {
            // what is not seen has no version to be told
            let verdict = match shown(&seen.own.state, &context(call, at, &seen)) {
                Ok(()) => Verdict::Precondition,
                Err(refusal) => Verdict::Refused(refusal),
            };
            return self.after_probe(round, seen, verdict).await;
        }
        let order = self.with_world(call, round.order.clone()).await?;
        let context = context(call, at, &seen);
        let allowed = call.right.map_or(Ok(()), |right| context.require(right));
        match allowed.and_then(|()| decide(&seen.own.state, order, &context)) {
            Err(refusal) => self.after_probe(round, seen, Verdict::Refused(refusal)).await,
            // what changes nothing may still be a tenant's first accepted command, which provisions it
            Ok(decision) if decision.is_nothing() && seen.tenant_is_provisioned() => {
                self.after_probe(round, seen, Verdict::Nothing).await
            }
            Ok(decision) => self.append(round, seen, decision).await,
        }
    }

    /// The command's stream, the tenant, and everything else the decision asks for.
    async fn look_up(&self, round: Round<'_>) -> Result<Seen, ExecuteError> {
        let Round { call, stream, order, .. } = round;
        let taken_for_new = round.first && order.creates();
        let own = match self.actors.remembered(&call.tenant, stream) {
            Some(folded) => folded,
            None if taken_for_new => Folded::empty(stream),
            None => self.actors.folded(&call.tenant, stream).await?,
        };
        let tenant_stream = StreamName::of_tenant(&call.tenant);
        let tenant = self.actors.folded(&call.tenant, &tenant_stream).await?;
        let mut references = References::default();
        let mut streams = vec![(stream.clone(), own.clone())];
        if tenant_stream != *stream {
            streams.push((tenant_stream.clone(), tenant.clone()));
        }
        references.insert(tenant_stream, tenant.state.clone());
        loop {
            let wanted = needs(&own.state, order, &call.actor, &references);
            if wanted.is_empty() {
                return Ok(Seen { own, tenant, references, streams });
            }
            for wanted in wanted {
                let folded = self.actors.folded(&call.tenant, &wanted).await?;
                references.insert(wanted.clone(), folded.state.clone());
                streams.push((wanted, folded));
            }
        }
    }

    /// Fills in, before anything is looked up, what is found in the log: which types a stage may have to be taken out of,
    /// and which members get a row with their group; nothing for other orders.
    async fn with_found(&self, call: &Call, order: &Order) -> Result<Option<Order>, ExecuteError> {
        if let Order::Stage(StageCommand::DeleteStage { id, .. }) = order {
            let (id, sale_types) = (*id, self.store.sale_types(&call.tenant).await?);
            return Ok(Some(Order::Stage(StageCommand::DeleteStage { id, sale_types })));
        }
        if let Order::Target(TargetCommand::AddTarget(new)) = order
            && let NewLevel::Group { group, .. } = &new.level
        {
            let members = self.store.primary_members(&call.tenant, group.as_str()).await?;
            let level = NewLevel::Group { group: group.clone(), members };
            let new = NewTarget { level, ..(**new).clone() };
            return Ok(Some(Order::Target(TargetCommand::AddTarget(Box::new(new)))));
        }
        Ok(None)
    }

    /// Fills in what only the whole log knows: whether amounts exist in the base currency.
    async fn with_world(&self, call: &Call, mut order: Order) -> Result<Order, ExecuteError> {
        if let Order::Tenant(TenantCommand::SetBaseCurrency { amounts_exist, .. }) = &mut order {
            let types = ["sale.registered", "currency.rate-set", "target.cells-set"];
            let types = types.map(str::to_owned).to_vec();
            let filter = Filter { types, limit: 1, ..Filter::default() };
            *amounts_exist = !self.store.read_tenant(&call.tenant, &filter).await?.is_empty();
        }
        Ok(order)
    }

    /// One probe: a receipt under the key wins; a stale stream sends us back; else the verdict stands.
    async fn after_probe(
        &self,
        round: Round<'_>,
        seen: Seen,
        verdict: Verdict,
    ) -> Result<Step, ExecuteError> {
        let call = round.call;
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
        for ((name, folded), current) in seen.streams.iter().zip(probe.versions) {
            if folded.version != current {
                self.actors.forget(&call.tenant, name);
                stale = true;
            }
        }
        match verdict {
            _ if stale => Ok(Step::Stale),
            Verdict::Refused(refusal) => Err(refusal.into()),
            Verdict::Precondition => Err(ExecuteError::Precondition { version: seen.own.version }),
            Verdict::Nothing => self.nothing(round, &seen).await,
        }
    }

    /// Answers a command that changes nothing; with a key it leaves a receipt.
    async fn nothing(&self, round: Round<'_>, seen: &Seen) -> Result<Step, ExecuteError> {
        let Round { call, stream, .. } = round;
        let fixed = FixedAnswer { id: stream.id.clone(), events: Vec::new(), created: false };
        let answer =
            Answer { fixed, version: seen.own.version, position: None, number: seen.own.number };
        if call.key.is_none() {
            return Ok(Step::Answered(answer));
        }
        let append =
            StreamAppend { stream: stream.clone(), expected: seen.own.version, events: Vec::new() };
        let sent = self.batcher.append(group(call, &answer.fixed, vec![append])?, &[]).await?;
        match sent {
            Outcome::Appended(_) => Ok(Step::Answered(answer)),
            other => self.not_appended(call, &[stream], other),
        }
    }

    /// What anything other than "appended" means for a group over `streams`.
    pub(super) fn not_appended(
        &self,
        call: &Call,
        streams: &[&StreamName],
        outcome: Outcome,
    ) -> Result<Step, ExecuteError> {
        let forget = || streams.iter().for_each(|name| self.actors.forget(&call.tenant, name));
        match outcome {
            Outcome::Appended(_) => Ok(Step::Stale),
            Outcome::Duplicate(receipt) => Ok(Step::Answered(from_receipt(&receipt)?)),
            Outcome::KeyReused => Err(ExecuteError::KeyReused),
            Outcome::Conflict { versions } => {
                forget();
                Ok(Step::Conflict { version: versions.first().copied().unwrap_or_default() })
            }
            Outcome::RestsOnThePast => {
                forget();
                Ok(Step::Stale)
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
    Context { at, today, actor: &call.actor, by: call.by(), references: &seen.references }
}

/// The first answer, again.
fn from_receipt(receipt: &event_store::StoredReceipt) -> Result<Answer, ExecuteError> {
    let fixed = serde_json::from_slice(&receipt.answer)
        .map_err(|error| ExecuteError::Poisoned(error.to_string()))?;
    Ok(Answer { fixed, version: receipt.version, position: receipt.last, number: receipt.number })
}
