//! Histories: every event of one record and what it changed, field by field.
//!
//! Read from the log itself, so they are complete and never behind; only names come from the read model.

use chrono::{DateTime, Utc};
use events::{Event, Recorded, StreamName, TenantSlug};
use serde::Serialize;
use service_runtime::{Actor, Problem};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{Labels, Questions, Sight, Snapshot, When, log_failed, unreadable};
use crate::changes::{Change, Field, changes};

/// One event of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEvent {
    /// Position in the log.
    position: i64,
    /// Position of the tenant's event before it.
    previous: i64,
    /// Version of the record it made.
    version: i64,
    /// Wire name of the event.
    #[serde(rename = "type")]
    event_type: String,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// When it took effect.
    effective_at: DateTime<Utc>,
    /// Who caused it.
    actor: String,
    /// The command that was decided.
    command: Option<String>,
    /// Ties together what one request caused.
    correlation: Option<Uuid>,
    /// The event that caused it, when a process manager sent the command.
    causation: Option<Uuid>,
    /// Every field it changed.
    changes: Vec<Change>,
}

/// The history of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct History {
    /// The newest position of the log.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Oldest first.
    events: Vec<HistoryEvent>,
}

/// A record whose history can be told.
pub(crate) trait Told: Clone {
    /// The record after an event, or what is wrong with the stream.
    ///
    /// # Errors
    /// The event does not follow from those before it.
    fn next(before: Option<Self>, fact: &Event, event: &Recorded) -> Result<Self, &'static str>;

    /// Whether it is in somebody's sight, if the sale it is about is.
    fn in_sight(&self, sight: &Sight) -> bool;

    /// The stream of the sale it is about, when it is not one itself and not the caller's own.
    fn about(&self, sight: &Sight, tenant: &TenantSlug) -> Option<Uuid>;

    /// Every field in the order it is told, always the same ones. Derived figures are not told: they follow.
    fn fields(&self, labels: &Labels) -> Vec<Field>;
}

impl History {
    /// The history of a stream as far as it was true and known; none when there is none of it.
    pub async fn of<T: Told>(
        questions: &Questions,
        actor: &Actor,
        when: &When,
        stream: &StreamName,
    ) -> Result<Option<Self>, Problem> {
        let mut snapshot = Snapshot::open(questions, actor, when).await?;
        let labels = Labels::load(&mut snapshot).await?;
        let seen = Seen::of::<T>(questions, actor, &mut snapshot, stream).await?;
        seen.map_or(Ok(None), |seen| Self::of_seen::<T>(&seen, &snapshot, &labels))
    }

    /// The history of a record whose events are there already.
    pub fn of_seen<T: Told>(
        seen: &Seen,
        snapshot: &Snapshot,
        labels: &Labels,
    ) -> Result<Option<Self>, Problem> {
        let then = then(&seen.events, snapshot.as_of, snapshot.known_at);
        let events = told::<T>(then, labels)?;
        let history = Self { position: seen.head, as_of: snapshot.at, events };
        Ok((!history.events.is_empty()).then_some(history))
    }
}

/// The events of a record that its asker may see, as they are in the log.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The newest position of the log.
    pub head: i64,
    /// Oldest first, none beyond it.
    pub events: Vec<Recorded>,
}

impl Seen {
    /// Of a stream; none when the asker may not see what it is now.
    pub async fn of<T: Told>(
        questions: &Questions,
        actor: &Actor,
        snapshot: &mut Snapshot,
        stream: &StreamName,
    ) -> Result<Option<Self>, Problem> {
        let stream_id = stream.stream_id(&actor.tenant);
        let head = questions.store.head().await.map_err(|e| log_failed(&e))?;
        let stored = questions.store.load(&actor.tenant, stream_id, 0).await;
        let mut events = stored.and_then(event_store::verify::whole).map_err(|e| log_failed(&e))?;
        events.retain(|event| event.position <= head);
        if let Some(sight) = snapshot.sight.clone() {
            let record = folded::<T>(&events)?.filter(|record| record.in_sight(&sight));
            let Some(record) = record else { return Ok(None) };
            let about = record.about(&sight, &actor.tenant);
            if let Some(sale) = about
                && snapshot.seen_sales(&[sale]).await?.is_empty()
            {
                return Ok(None);
            }
        }
        Ok(Some(Self { head, events }))
    }
}

/// Those of some events that were in effect and recorded by then.
pub(crate) fn then(
    events: &[Recorded],
    as_of: Option<DateTime<Utc>>,
    known_at: Option<DateTime<Utc>>,
) -> impl Iterator<Item = &Recorded> {
    events.iter().filter(move |event| {
        as_of.is_none_or(|as_of| event.effective() <= as_of)
            && known_at.is_none_or(|known_at| event.recorded_at <= known_at)
    })
}

/// The record after all of these events; none after none.
pub(crate) fn folded<'a, T: Told>(
    events: impl IntoIterator<Item = &'a Recorded>,
) -> Result<Option<T>, Problem> {
    let mut record: Option<T> = None;
    for event in events {
        let fact = event.decode().map_err(|e| unreadable(&e))?;
        let unfoldable = |what| unreadable(&Unfoldable { position: event.position, what });
        record = Some(T::next(record, &fact, event).map_err(unfoldable)?);
    }
    Ok(record)
}

fn told<'a, T: Told>(
    events: impl Iterator<Item = &'a Recorded>,
    labels: &Labels,
) -> Result<Vec<HistoryEvent>, Problem> {
    let mut record: Option<T> = None;
    let mut told = Vec::new();
    for event in events {
        let fact = event.decode().map_err(|e| unreadable(&e))?;
        let unfoldable = |what| unreadable(&Unfoldable { position: event.position, what });
        let before = record.as_ref().map(|record| record.fields(labels));
        let after = T::next(record, &fact, event).map_err(unfoldable)?;
        told.push(line(event, changes(before, after.fields(labels)))?);
        record = Some(after);
    }
    Ok(told)
}

/// The event of the log does not follow from those before it.
#[derive(Debug, thiserror::Error)]
#[error("position {position}: {what}")]
struct Unfoldable {
    position: i64,
    what: &'static str,
}

fn line(event: &Recorded, changes: Vec<Change>) -> Result<HistoryEvent, Problem> {
    let metadata = event.metadata().map_err(|e| unreadable(&e))?;
    Ok(HistoryEvent {
        position: event.position,
        previous: event.previous,
        version: event.version,
        event_type: event.event_type.clone(),
        recorded_at: event.recorded_at,
        effective_at: event.effective(),
        actor: metadata.actor,
        command: metadata.command,
        correlation: metadata.correlation,
        causation: metadata.causation,
        changes,
    })
}
