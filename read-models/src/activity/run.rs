//! One run of the log: load the current rows it touches, fold in memory, write every version it makes.

use std::collections::{HashMap, HashSet};

use events::{ActivityEvent, Event, Recorded};
use sqlx::PgConnection;
use uuid::Uuid;

use super::evolve::{Surroundings, evolve};
use super::row::Activity;
use super::save;
use crate::ApplyError;
use crate::version::{Chain, Place};

pub(super) async fn apply(tx: &mut PgConnection, events: &[Recorded]) -> Result<(), ApplyError> {
    let facts = decoded(events)?;
    let later = facts.iter().filter(|(_, fact)| !begins(fact));
    let streams: HashSet<Uuid> = later.map(|(event, _)| event.stream_id).collect();
    let streams: Vec<Uuid> = streams.into_iter().collect();
    let before = save::load_current(tx, &streams).await?;
    save::save(tx, &fold(&facts, before)?).await?;
    Ok(())
}

/// Whether a fact is the first of its stream.
fn begins(fact: &ActivityEvent) -> bool {
    matches!(fact, ActivityEvent::Planned { .. } | ActivityEvent::DocumentCreated { .. })
}

/// The facts of activities among these events.
fn decoded(events: &[Recorded]) -> Result<Vec<(&Recorded, ActivityEvent)>, ApplyError> {
    let mut facts = Vec::with_capacity(events.len());
    for event in events {
        match event.decode()? {
            Event::Activity(fact) => facts.push((event, fact)),
            Event::Sale(_)
            | Event::Stage(_)
            | Event::SaleType(_)
            | Event::User(_)
            | Event::Currency(_)
            | Event::Tenant(_)
            | Event::Name(_)
            | Event::List(_)
            | Event::Selection(_)
            | Event::TargetType(_)
            | Event::Target(_)
            | Event::Company(_)
            | Event::Contact(_) => {}
        }
    }
    Ok(facts)
}

/// Every version these facts make, given what was current before them.
fn fold(
    facts: &[(&Recorded, ActivityEvent)],
    mut before: HashMap<Uuid, Activity>,
) -> Result<Chain<Activity>, ApplyError> {
    let mut made = Chain::default();
    for (event, fact) in facts {
        add(&mut made, &mut before, event, fact)?;
    }
    Ok(made)
}

/// Adds the version one fact makes; nothing when it cannot be folded.
pub(super) fn add(
    made: &mut Chain<Activity>,
    before: &mut HashMap<Uuid, Activity>,
    event: &Recorded,
    fact: &ActivityEvent,
) -> Result<(), ApplyError> {
    let place = Place::of(event);
    let unfoldable = |what| ApplyError::Unfoldable { position: event.position, what };
    let held = before.remove(&place.stream_id);
    let held = held.or_else(|| made.latest(&place.stream_id).cloned());
    let activity_id = Uuid::parse_str(&event.stream()?.id)
        .map_err(|_| unfoldable("a stream whose public id is no UUID"))?;
    let effective_at = event.effective();
    let around = Surroundings { activity_id, tenant: &event.tenant, effective_at };
    made.push(place, evolve(held, fact, around).map_err(unfoldable)?);
    Ok(())
}
