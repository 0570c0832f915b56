//! An activity as answers show it. Decides what is overdue and on which days an activity lies; asks for nothing but
//! the names of sales.

mod held;
mod names;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use events::activity::Kind;
use serde::Serialize;
use service_runtime::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::activity::Activity;
use crate::ask::{Snapshot, add, failed, moment, start_of_day, time_of_day};
use crate::card::Named;
use crate::diary::Slot;
pub(crate) use held::held_entries;
use names::SaleName;

/// Columns and rows of activities that are not deleted and that the caller sees, with when they begin and end (`w`). Goes on
/// with more conditions; `$1` to `$7` are what [`moment`] binds.
macro_rules! entries_sql {
    () => {
        concat!(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/activities/entry_columns.sql")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/activities/entries.sql")),
            "  AND ",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/activities/seen.sql"))
        )
    };
}
pub(crate) use entries_sql;

/// Where an activity begins or ends: a day, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Edge {
    /// A whole day.
    Day(NaiveDate),
    /// RFC 3339.
    At(DateTime<Utc>),
}

impl Edge {
    /// Begin and end; the tables' rule says that one pair is there.
    pub fn both(
        days: Option<(NaiveDate, NaiveDate)>,
        times: Option<(DateTime<Utc>, DateTime<Utc>)>,
    ) -> (Self, Self) {
        let days = days.map(|(from, to)| (Self::Day(from), Self::Day(to)));
        let times = times.map(|(from, to)| (Self::At(from), Self::At(to)));
        days.or(times).expect("invariant: an activity has either days or times")
    }
}

/// A meeting, a to-do, a call or a document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Public id.
    pub id: Uuid,
    /// Version of the stream: the `ETag`, for `If-Match`.
    pub version: i64,
    /// `meeting`, `to_do`, `call` or `document`.
    pub kind: String,
    /// Its name.
    pub title: String,
    /// A date, when it lasts whole days; else an instant.
    pub start: Edge,
    /// The last day of whole days, the deadline of a to-do; else an instant.
    pub end: Edge,
    /// It lasts whole days.
    pub all_day: bool,
    /// The day it starts on in the tenant's zone.
    pub start_day: NaiveDate,
    /// The day it ends on in the tenant's zone.
    pub end_day: NaiveDate,
    /// Whose diary it is in (`sub`).
    pub owner: String,
    /// Their name.
    pub owner_name: Option<String>,
    /// Their primary group when they became owner.
    pub group: Option<String>,
    /// The sale it is about.
    pub sale_id: Option<Uuid>,
    /// Number of that sale.
    #[schema(example = "1001")]
    pub sale_number: Option<String>,
    /// Name of that sale, at the moment of the question.
    pub sale_title: Option<String>,
    /// Company linked to.
    pub company: Option<Named>,
    /// Contact linked to.
    pub contact: Option<Named>,
    /// Project linked to.
    pub project: Option<Named>,
    /// Minutes before the start its owner is reminded; none: no alarm (SD-6).
    pub alarm_minutes: Option<i32>,
    /// When that is; whole days start at midnight.
    pub alarm_at: Option<DateTime<Utc>>,
    /// Where it takes place (SD-2).
    pub location: Option<String>,
    /// Key of its priority, of the list of priorities (SD-5).
    pub priority: Option<String>,
    /// Key of its type, of the list of types of follow-ups (SD-1).
    #[serde(rename = "type")]
    pub follow_up_type: Option<String>,
    /// Who gave it to its owner, when that was somebody else (SD-8).
    pub assigned_by: Option<String>,
    /// `assigned`, `seen` or `declined`; none when it waits for no answer (SD-10).
    pub assignment: Option<String>,
    /// The series it is an occurrence of (SD-11).
    pub series: Option<SeriesPlace>,
    /// The item of a sales guide it was created from (SG-12).
    pub guide_item: Option<Uuid>,
    /// What a document was written from (SG-5).
    pub template: Option<String>,
    /// Our reference on a document.
    pub our_reference: Option<String>,
    /// `completed`, else how its assignment stands, else `not_started` (SD-10).
    pub status: String,
    /// From when its owner is taken: a whole day of a meeting or call is the working day (SD-4); to-dos and documents
    /// take nobody.
    pub busy_from: Option<DateTime<Utc>>,
    /// Until when.
    pub busy_to: Option<DateTime<Utc>>,
    /// Done (SD-9).
    pub completed: bool,
    /// The business date it was done.
    pub completed_on: Option<NaiveDate>,
    /// Not done, and its end day lies before today; never, when the tenant or the question wants no marks (SD-15).
    pub overdue: bool,
    /// Day it was planned, in the tenant's zone.
    pub planned_on: NaiveDate,
    /// When its newest fact took effect.
    pub updated_at: DateTime<Utc>,
}

impl Entry {
    /// The time it takes of its owner.
    pub fn busy(&self) -> Option<Slot> {
        let (start, end) = self.busy_from.zip(self.busy_to)?;
        Some(Slot { start, end })
    }
}

/// Which occurrence of a series an activity is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SeriesPlace {
    /// The first occurrence.
    pub id: Uuid,
    /// Which one it is, from 1.
    pub number: i32,
}

impl SeriesPlace {
    fn of((id, number): (Uuid, i32)) -> Self {
        Self { id, number }
    }
}

/// What the SQL of every question about activities answers.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct EntryRow {
    stream_id: Uuid,
    version: i64,
    effective_at: DateTime<Utc>,
    #[sqlx(flatten)]
    activity: Activity,
}

impl EntryRow {
    /// Those of some streams, in the order of these.
    pub async fn at(snapshot: &mut Snapshot, streams: &[Uuid]) -> Result<Vec<Self>, Problem> {
        let mut arguments = moment(snapshot);
        add(&mut arguments, streams);
        let rows: Vec<Self> = sqlx::query_as_with(
            concat!(
                "SELECT NULL::text AS description, ",
                entries_sql!(),
                " AND a.stream_id = ANY ($8)"
            ),
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        let mut rows: HashMap<Uuid, Self> =
            rows.into_iter().map(|row| (row.stream_id, row)).collect();
        Ok(streams.iter().filter_map(|stream| rows.remove(stream)).collect())
    }

    /// The long text; loaded only for a single activity.
    pub fn take_description(&mut self) -> Option<String> {
        self.activity.description.take()
    }

    /// The entry, as of the snapshot's day.
    fn entry(
        &self,
        snapshot: &Snapshot,
        users: &HashMap<String, String>,
        sales: &HashMap<Uuid, SaleName>,
    ) -> Entry {
        let zone = snapshot.zone;
        let sale = self.activity.sale_stream_id.and_then(|stream| sales.get(&stream));
        let activity = &self.activity;
        let days = activity.from_day.zip(activity.to_day);
        let (start, end) = Edge::both(days, activity.starts_at.zip(activity.ends_at));
        let (start_day, end_day) = (day(start, zone), day(end, zone));
        let completed = activity.completed_on.is_some();
        let party =
            |id: Option<Uuid>, name: &Option<String>| id.map(|id| Named { id, name: name.clone() });
        let alarm = activity.alarm_minutes.map(|minutes| TimeDelta::minutes(i64::from(minutes)));
        let (busy_from, busy_to) = busy(&activity.kind, start, end, snapshot).unzip();
        let status = match (completed, activity.assignment.as_deref()) {
            (true, _) => "completed",
            (false, Some(assignment)) => assignment,
            (false, None) => "not_started",
        };
        Entry {
            series: activity.series_id.zip(activity.series_number).map(SeriesPlace::of),
            guide_item: activity.guide_item,
            template: activity.template.clone(),
            our_reference: activity.our_reference.clone(),
            status: status.to_owned(),
            busy_from,
            busy_to,
            id: activity.activity_id,
            version: self.version,
            kind: activity.kind.clone(),
            title: activity.title.clone(),
            start,
            end,
            all_day: activity.from_day.is_some(),
            start_day,
            end_day,
            owner_name: users.get(&activity.owner).cloned(),
            owner: activity.owner.clone(),
            group: activity.owner_group.clone(),
            sale_id: activity.sale_id,
            sale_number: sale.map(|sale| sale.number.to_string()),
            sale_title: sale.map(|sale| sale.title.clone()),
            company: party(activity.company_id, &activity.company_name),
            contact: party(activity.contact_id, &activity.contact_name),
            project: party(activity.project_id, &activity.project_name),
            alarm_minutes: activity.alarm_minutes,
            alarm_at: alarm.and_then(|lead| instant(start, zone).checked_sub_signed(lead)),
            location: activity.location.clone(),
            priority: activity.priority.clone(),
            follow_up_type: activity.follow_up_type.clone(),
            assigned_by: activity.assigned_by.clone(),
            assignment: activity.assignment.clone(),
            completed,
            completed_on: activity.completed_on,
            overdue: snapshot.diary.mark_overdue && !completed && end_day < snapshot.today,
            planned_on: day(Edge::At(activity.planned_at), zone),
            updated_at: self.effective_at,
        }
    }
}

/// The entries of a page, with the names of the sales they are about.
pub(crate) async fn entries(
    snapshot: &mut Snapshot,
    rows: Vec<EntryRow>,
    users: &HashMap<String, String>,
) -> Result<Vec<Entry>, Problem> {
    let streams: Vec<Uuid> = rows.iter().filter_map(|row| row.activity.sale_stream_id).collect();
    let sales = SaleName::of(snapshot, &streams).await?;
    Ok(rows.into_iter().map(|row| row.entry(snapshot, users, &sales)).collect())
}

/// SD-4: whole days of a meeting or call take the working day, from the first day's morning to the last day's evening.
fn busy(
    kind: &str,
    start: Edge,
    end: Edge,
    snapshot: &Snapshot,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let hours = (snapshot.diary.day_from.time(), snapshot.diary.day_to.time());
    match (start, end) {
        _ if [Kind::ToDo, Kind::Document].map(Kind::as_str).contains(&kind) => None,
        (Edge::At(from), Edge::At(to)) => Some((from, to)),
        (Edge::Day(from), Edge::Day(to)) => Some((
            time_of_day(from, hours.0, snapshot.zone),
            time_of_day(to, hours.1, snapshot.zone),
        )),
        (Edge::At(_), Edge::Day(_)) | (Edge::Day(_), Edge::At(_)) => None,
    }
}

fn day(edge: Edge, zone: Tz) -> NaiveDate {
    match edge {
        Edge::Day(day) => day,
        Edge::At(at) => at.with_timezone(&zone).date_naive(),
    }
}

fn instant(edge: Edge, zone: Tz) -> DateTime<Utc> {
    match edge {
        Edge::Day(day) => start_of_day(day, zone),
        Edge::At(at) => at,
    }
}
