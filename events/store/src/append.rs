//! Appending groups: who may share a batch, what to do when one group spoils it, and how to learn the
//! truth after a lost connection. Decides nothing about events.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::{NewEvent, StreamName, TenantSlug};
use uuid::Uuid;

use crate::EventStore;
use crate::as_seen::AsSeen;
use crate::batch::{Batch, Resting};
use crate::error::{AppendError, Failure, classify, patiently};
use crate::outcome::{self, Appended, Outcome};

/// One command's wish: stored whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Whose log rows these are. An unknown tenant is entered when the group succeeds.
    pub tenant: TenantSlug,
    /// The command's key and answer; absent when a repeat need not be recognised.
    pub receipt: Option<ReceiptRequest>,
    /// Business time of all events, never falling within a stream, never in the future.
    pub effective_at: Option<DateTime<Utc>>,
    /// The streams, each at most once; the first is the primary one.
    pub appends: Vec<StreamAppend>,
}

/// Events for one stream, or none to only check its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamAppend {
    /// Which stream.
    pub stream: StreamName,
    /// The version the decision rests on; 0 = the stream must not exist.
    pub expected: i64,
    /// What to append; may be empty.
    pub events: Vec<NewEvent>,
}

/// A group and what it rests on.
pub(crate) type Resolved<'a> = (&'a Group, &'a [(Uuid, i64)]);

/// What makes a command repeatable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRequest {
    /// SHA-256 of tenant, principal and `Idempotency-Key`.
    pub key: [u8; 32],
    /// SHA-256 of the request: another one under the same key is refused.
    pub request: [u8; 32],
    /// Static part of the reply, returned for a repeat.
    pub answer: Vec<u8>,
}

impl EventStore {
    /// Appends groups, an outcome for each, in order. `writer` names the process in the batch row.
    ///
    /// One SQL call, one flush (a second call where something is not as it was seen), unless groups touch the same stream or key: later ones then follow in a
    /// call of their own and are judged after the earlier ones. Data that the database refuses fails
    /// its own group only. A batch whose connection dies is sent again until its outcome is known;
    /// groups without a key are recognised by their event ids. On an error nothing is known to be
    /// stored; repeat with the same keys.
    pub async fn append(
        &self,
        writer: Uuid,
        groups: &[Group],
    ) -> Result<Vec<Outcome>, AppendError> {
        self.append_resting(writer, groups, &[]).await
    }

    /// [`EventStore::append`] of groups whose decisions rest on other streams too: `rests_on` names them,
    /// group by group, with the versions they were seen at (none for groups behind its end).
    ///
    /// They are judged under the log's lock. A group one of whose streams has moved, also through an earlier
    /// group of the same call, gets [`Outcome::RestsOnThePast`] and nothing of it is stored.
    pub async fn append_resting(
        &self,
        writer: Uuid,
        groups: &[Group],
        rests_on: &[Resting],
    ) -> Result<Vec<Outcome>, AppendError> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; groups.len()];
        for wave in waves(groups, rests_on, &mut outcomes) {
            let mut pending = vec![wave];
            while let Some(part) = pending.pop() {
                let chosen: Vec<Resolved<'_>> = part
                    .iter()
                    .map(|index| (&groups[*index], rests_on.get(*index).map_or(&[][..], |r| r)))
                    .collect();
                match self.send_until_known(writer, &chosen).await {
                    Ok(known) => {
                        for (index, outcome) in part.iter().zip(known) {
                            outcomes[*index] = Some(outcome);
                        }
                    }
                    Err(error) => match (classify(&error), part.as_slice()) {
                        (Failure::BadContent, [one]) => {
                            outcomes[*one] = Some(Outcome::Poisoned(error.to_string()));
                        }
                        (Failure::BadContent, _) => {
                            let (left, right) = part.split_at(part.len() / 2);
                            pending.push(right.to_vec());
                            pending.push(left.to_vec());
                        }
                        (Failure::PartitionMissing, _) => {
                            return Err(AppendError::PartitionMissing { table: table_of(&error) });
                        }
                        _ => return Err(AppendError::Unavailable(error)),
                    },
                }
            }
        }
        Ok(outcomes.into_iter().map(|o| o.expect("every group is in one wave")).collect())
    }

    async fn send_until_known(
        &self,
        writer: Uuid,
        groups: &[Resolved<'_>],
    ) -> Result<Vec<Outcome>, sqlx::Error> {
        let batch = Batch::of(groups);
        // after a restart each connection of the pool may fail once before a fresh one is opened
        let mut attempts_left = self.pool().options().get_max_connections() + 2;
        let mut sent_before = false;
        loop {
            match self.send_once(writer, groups, &batch, sent_before).await {
                Err(error) if attempts_left > 0 => match classify(&error) {
                    Failure::OutcomeUnknown => {
                        tracing::warn!(error = %error, groups = groups.len(), "connection lost, sending the batch again");
                        sent_before = true;
                    }
                    Failure::RolledBack => {}
                    Failure::BadContent | Failure::PartitionMissing | Failure::GaveUp => {
                        return Err(error);
                    }
                },
                known => return known,
            }
            attempts_left -= 1;
        }
    }

    async fn send_once(
        &self,
        writer: Uuid,
        groups: &[Resolved<'_>],
        batch: &Batch<'_>,
        sent_before: bool,
    ) -> Result<Vec<Outcome>, sqlx::Error> {
        let mut connection = self.writer.take(self.pool()).await?;
        if self.writer.trusts_what_was_seen()
            && let Some(seen) = AsSeen::of(groups, batch)
        {
            let known = std::mem::take(&mut *self.writer.known());
            let whose = (self.log_id(), writer);
            let call = seen.send(batch, &mut connection, whose, &known);
            if let Some(sent) = patiently(call).await? {
                self.writer.give_back(connection);
                let outcomes = seen.outcomes(groups, batch, &sent);
                *self.writer.known() = seen.teach(known, batch, sent);
                return Ok(outcomes);
            }
        }
        let mut verdicts = patiently(batch.send(&mut connection, self.log_id(), writer)).await?;
        self.writer.give_back(connection);
        let mut outcomes = outcome::read(groups, &mut verdicts)?;
        let appended = |outcome: &Outcome| matches!(outcome, Outcome::Appended(_));
        self.writer.judged(outcomes.iter().all(appended));
        if sent_before {
            self.recognise(groups, &mut outcomes).await?;
        }
        Ok(outcomes)
    }

    /// Turns the conflict of a group without key into what it is when the first sending stored it. What it rested on may have
    /// moved since, through a neighbour in the same batch for one, and is judged first.
    async fn recognise(
        &self,
        groups: &[Resolved<'_>],
        outcomes: &mut [Outcome],
    ) -> Result<(), sqlx::Error> {
        for ((group, _), outcome) in groups.iter().zip(outcomes) {
            let (Outcome::Conflict { .. } | Outcome::RestsOnThePast) = outcome else { continue };
            let wrote = group.appends.iter().find_map(|a| a.events.first().map(|e| (a, e)));
            let (None, Some((append, event))) = (&group.receipt, wrote) else { continue };
            let look = sqlx::query_as(
                "SELECT e.position, s.number FROM es.event e JOIN es.stream s USING (log_id, stream_id) \
                 WHERE log_id = $1 AND stream_id = $2 AND e.stream_version = $3 AND e.event_id = $4",
            )
            .bind(self.log_id())
            .bind(append.stream.stream_id(&group.tenant))
            .bind(append.expected + 1)
            .bind(event.event_id)
            .fetch_optional(self.pool());
            let found: Option<(i64, Option<i64>)> = patiently(look).await?;
            if let Some((first, number)) = found {
                let count = |append: &StreamAppend| append.events.len() as i64;
                *outcome = Outcome::Appended(Appended {
                    versions: group.appends.iter().map(|a| a.expected + count(a)).collect(),
                    first: Some(first),
                    last: Some(first - 1 + group.appends.iter().map(count).sum::<i64>()),
                    number,
                });
            }
        }
        Ok(())
    }
}

/// Splits a batch so that within a wave every written stream and every key appears once, and that nothing
/// rests on a stream which an earlier group writes. Groups that cannot be sent at all get their outcome here.
fn waves(
    groups: &[Group],
    rests_on: &[Resting],
    outcomes: &mut [Option<Outcome>],
) -> Vec<Vec<usize>> {
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let mut written: HashMap<Uuid, usize> = HashMap::new();
    let mut touched: HashMap<Uuid, usize> = HashMap::new();
    let mut keys: HashMap<[u8; 32], usize> = HashMap::new();
    for (index, group) in groups.iter().enumerate() {
        let streams: Vec<(Uuid, bool)> = group
            .appends
            .iter()
            .map(|a| (a.stream.stream_id(&group.tenant), !a.events.is_empty()))
            .collect();
        if let Some(fault) = malformed(&streams) {
            outcomes[index] = Some(Outcome::Poisoned(fault.to_owned()));
            continue;
        }
        let after = |wave: Option<&usize>| wave.map_or(0, |last| last + 1);
        let key = group.receipt.as_ref().map(|receipt| receipt.key);
        let wave = streams
            .iter()
            .map(|(id, writes)| after(if *writes { touched.get(id) } else { written.get(id) }))
            .chain(rests_on.get(index).into_iter().flatten().map(|(id, _)| after(written.get(id))))
            .chain([after(key.and_then(|key| keys.get(&key)))])
            .max()
            .unwrap_or(0);
        for (id, writes) in streams {
            touched.insert(id, wave.max(touched.get(&id).copied().unwrap_or(0)));
            if writes {
                written.insert(id, wave);
            }
        }
        if let Some(key) = key {
            keys.insert(key, wave);
        }
        waves.resize_with(waves.len().max(wave + 1), Vec::new);
        waves[wave].push(index);
    }
    waves
}

fn malformed(streams: &[(Uuid, bool)]) -> Option<&'static str> {
    if streams.is_empty() {
        return Some("a group names no stream");
    }
    let twice = streams.iter().enumerate().any(|(i, a)| streams[..i].iter().any(|b| a.0 == b.0));
    twice.then_some("a group names a stream twice")
}

fn table_of(error: &sqlx::Error) -> String {
    let table = error.as_database_error().and_then(|refusal| refusal.table());
    table.unwrap_or("event").to_owned()
}
