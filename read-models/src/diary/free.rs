//! `GET /v1/diary/free`: whether somebody is free at a time, what lies there, and when they are free next (SD-7).
//!
//! Overlapping is allowed; this is a hint. Meetings and calls that are not done take time, to-dos do not; a whole day
//! takes the tenant's working day (SD-4). The first free slot is as long as the wished one and begins no earlier. A wish
//! inside the working day is answered inside one. Slots that touch do not overlap.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::activities::{Entry, EntryRow, entries, entries_sql};
use crate::ask::{
    Asked, FromGiven, Given, Labels, Questions, Snapshot, When, add, bad, failed, instant, moment,
    time_of_day,
};

/// The longest wish, and how far ahead a free slot is looked for.
const DAYS_MAX: i64 = 31;

/// Activities that are looked at; nobody has more in two months.
const ROWS_MAX: i64 = 5_000;

/// Parameters of the question.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FreeParams {
    /// Whose diary (`sub`). Default: who asks.
    owner: Option<String>,
    /// When the wished slot begins (RFC 3339).
    #[param(value_type = DateTime<Utc>, required = true, example = "2026-03-17T09:00:00Z")]
    start: Option<DateTime<Utc>>,
    /// When it ends, at most 31 days later.
    #[param(value_type = DateTime<Utc>, required = true, example = "2026-03-17T10:00:00Z")]
    end: Option<DateTime<Utc>>,
    /// The activity that is to be moved there: it is not in its own way.
    activity: Option<Uuid>,
}

impl FromGiven for FreeParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let (start, end) = (instant(given, "start")?, instant(given, "end")?);
        let activity = given.take("activity", "must be a UUID")?;
        Ok(Self { owner: given.text("owner"), start, end, activity })
    }
}

impl FreeParams {
    /// The slot that is wished for.
    fn wished(&self) -> Result<Slot, Problem> {
        let given = |name, at: Option<DateTime<Utc>>| {
            let rule = "must be an instant (RFC 3339)";
            at.ok_or_else(|| Problem::bad_parameter("missing_parameter", name, rule))
        };
        let (start, end) = (given("start", self.start)?, given("end", self.end)?);
        if end < start {
            return Err(bad("end", "must not be before start"));
        }
        if end - start > TimeDelta::days(DAYS_MAX) {
            return Err(bad("end", "must not be more than 31 days after start"));
        }
        Ok(Slot { start, end })
    }
}

/// A slot of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Slot {
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
}

/// The hint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Free {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Whose diary.
    owner: String,
    /// The wished slot.
    wished: Slot,
    /// Whether something lies there already.
    conflict: bool,
    /// What lies there, by start.
    overlapping: Vec<Entry>,
    /// The first free slot of this length; none within 31 days.
    free: Option<Slot>,
}

/// Is somebody free then, and when else
#[utoipa::path(
    get,
    path = "/v1/diary/free",
    tag = "activities",
    params(When, FreeParams),
    responses((status = 200, description = "The hint", body = Free), QueryProblems)
)]
pub(crate) async fn free(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, params)): Asked<(When, FreeParams)>,
) -> Result<Json<Free>, Problem> {
    actor.require(Right::ReadTenant)?;
    let wished = params.wished()?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let owner = params.owner.clone().unwrap_or_else(|| actor.user.as_str().to_owned());
    let labels = Labels::load(&mut snapshot).await?;
    let rows = around(&mut snapshot, &owner, wished).await?;
    let mut taken = entries(&mut snapshot, rows, &labels.users).await?;
    taken.retain(|entry| Some(entry.id) != params.activity);
    let busy: Vec<Slot> = taken.iter().filter_map(Entry::busy).collect();
    let hours = (snapshot.diary.day_from.time(), snapshot.diary.day_to.time());
    let free = first_free(wished, busy, hours, snapshot.zone);
    taken.retain(|entry| entry.busy().is_some_and(|slot| overlap(wished, slot)));
    taken.sort_by_key(|entry| (entry.busy_from, entry.id));
    Ok(Json(Free {
        position: snapshot.position,
        as_of: snapshot.at,
        owner,
        wished,
        conflict: !taken.is_empty(),
        overlapping: taken,
        free,
    }))
}

/// What takes the owner's time from the wish until as far as a free slot is looked for.
async fn around(
    snapshot: &mut Snapshot,
    owner: &str,
    wished: Slot,
) -> Result<Vec<EntryRow>, Problem> {
    let end = horizon(wished);
    let day = |at: DateTime<Utc>| at.with_timezone(&snapshot.zone).date_naive();
    let (first, last) = (day(wished.start), day(end));
    let mut arguments = moment(snapshot);
    add(&mut arguments, owner);
    add(&mut arguments, first);
    add(&mut arguments, last);
    add(&mut arguments, ROWS_MAX);
    sqlx::query_as_with(
        concat!(
            "SELECT NULL::text AS description, ",
            entries_sql!(),
            " AND a.owner = $8 AND a.kind <> 'to_do' AND a.completed_on IS NULL AND $5::date IS NOT NULL
              AND w.begins::date <= $10::date AND w.ends::date >= $9::date
              ORDER BY w.begins, a.activity_id LIMIT $11"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

fn horizon(wished: Slot) -> DateTime<Utc> {
    let ahead = TimeDelta::days(DAYS_MAX) + (wished.end - wished.start);
    wished.start.checked_add_signed(ahead).unwrap_or(wished.end)
}

/// Whether two slots share time; an instant shares it with what goes on around it.
fn overlap(wished: Slot, taken: Slot) -> bool {
    let begins_before_the_end =
        taken.start < wished.end || (wished.start == wished.end && taken.start <= wished.start);
    begins_before_the_end && taken.end > wished.start
}

/// The first slot of the wished length in which nothing lies.
fn first_free(
    wished: Slot,
    mut busy: Vec<Slot>,
    hours: (NaiveTime, NaiveTime),
    zone: Tz,
) -> Option<Slot> {
    busy.sort_by_key(|slot| slot.start);
    let length = wished.end - wished.start;
    let in_hours = working_day(wished.start, hours, zone);
    let kept_in_hours = in_hours.start <= wished.start && wished.end <= in_hours.end;
    let last = horizon(wished);
    let mut start = wished.start;
    while start < last {
        let candidate = Slot { start, end: start.checked_add_signed(length)? };
        let in_the_way = busy.iter().filter(|taken| overlap(candidate, **taken));
        let after = in_the_way.map(|taken| taken.end).max();
        let working = working_day(start, hours, zone);
        start = match after {
            Some(after) => after,
            None if !kept_in_hours => return Some(candidate),
            None if start < working.start => working.start,
            None if candidate.end <= working.end => return Some(candidate),
            None => next_morning(start, hours.0, zone)?,
        };
    }
    None
}

/// The working day of the day an instant lies on.
fn working_day(at: DateTime<Utc>, hours: (NaiveTime, NaiveTime), zone: Tz) -> Slot {
    let day = at.with_timezone(&zone).date_naive();
    Slot { start: time_of_day(day, hours.0, zone), end: time_of_day(day, hours.1, zone) }
}

fn next_morning(at: DateTime<Utc>, from: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let next = at.with_timezone(&zone).date_naive().checked_add_days(Days::new(1))?;
    Some(time_of_day(next, from, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(from: &str, to: &str) -> Slot {
        let at = |text: &str| format!("2026-03-{text}:00Z").parse().unwrap();
        Slot { start: at(from), end: at(to) }
    }

    fn found(wished: Slot, busy: &[Slot]) -> Option<Slot> {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        first_free(wished, busy.to_vec(), (hour(8), hour(16)), Tz::UTC)
    }

    /// SD-7.
    #[test]
    fn the_first_free_slot_lies_after_what_is_in_the_way_sd_7() {
        let wished = slot("17T09:00", "17T10:00");
        assert_eq!(found(wished, &[]), Some(wished));
        let busy = [slot("17T09:30", "17T10:30"), slot("17T11:00", "17T12:00")];
        assert_eq!(
            found(wished, &busy),
            Some(slot("17T12:00", "17T13:00")),
            "half an hour is too short"
        );
        let touching = [slot("17T08:00", "17T09:00"), slot("17T10:00", "17T11:00")];
        assert_eq!(found(wished, &touching), Some(wished));
    }

    /// SD-7.
    #[test]
    fn a_wish_inside_the_working_day_stays_inside_one_sd_7() {
        let afternoon = slot("17T15:00", "17T16:00");
        let busy = [slot("17T15:30", "17T15:45")];
        assert_eq!(found(afternoon, &busy), Some(slot("18T08:00", "18T09:00")));
        let evening = slot("17T19:00", "17T20:00");
        let busy = [slot("17T19:30", "17T19:45")];
        assert_eq!(found(evening, &busy), Some(slot("17T19:45", "17T20:45")));
        let months =
            Slot { end: slot("17T15:00", "17T16:00").end + TimeDelta::days(90), ..afternoon };
        assert_eq!(found(afternoon, &[months]), None, "not within 31 days");
    }

    /// SD-7.
    #[test]
    fn an_instant_is_taken_while_something_goes_on_sd_7() {
        let noon = slot("17T12:00", "17T12:00");
        assert!(overlap(noon, slot("17T12:00", "17T13:00")));
        assert!(!overlap(noon, slot("17T11:00", "17T12:00")));
        assert_eq!(
            found(noon, &[slot("17T11:30", "17T12:30")]),
            Some(slot("17T12:30", "17T12:30"))
        );
    }
}
