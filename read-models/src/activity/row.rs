//! One version of an activity, as the table keeps it. Plain values; knows no event, no question and no day.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// An activity at one version. Its slot is either two days or two instants, the other pair is none.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Activity {
    /// Public id.
    pub activity_id: Uuid,
    /// `meeting`, `to_do`, `call` or `document`.
    pub kind: String,
    /// First day, when it lasts whole days.
    pub from_day: Option<NaiveDate>,
    /// Last day, the deadline of a to-do.
    pub to_day: Option<NaiveDate>,
    /// Start, when it has times.
    pub starts_at: Option<DateTime<Utc>>,
    /// End, when it has times.
    pub ends_at: Option<DateTime<Utc>>,
    /// Whose diary it is in (`sub`).
    pub owner: String,
    /// The owner's primary group when they became owner.
    pub owner_group: Option<String>,
    /// Its name.
    pub title: String,
    /// Long text.
    pub description: Option<String>,
    /// Stream of the sale it is about.
    pub sale_stream_id: Option<Uuid>,
    /// Public id of that sale.
    pub sale_id: Option<Uuid>,
    /// Company linked to.
    pub company_id: Option<Uuid>,
    /// Its name.
    pub company_name: Option<String>,
    /// Contact linked to.
    pub contact_id: Option<Uuid>,
    /// Its name.
    pub contact_name: Option<String>,
    /// Project linked to.
    pub project_id: Option<Uuid>,
    /// Its name.
    pub project_name: Option<String>,
    /// Minutes before the start its owner is reminded (SD-6).
    pub alarm_minutes: Option<i32>,
    /// Where it takes place.
    pub location: Option<String>,
    /// Key of its priority (SD-5).
    pub priority: Option<String>,
    /// Key of its type (SD-1).
    pub follow_up_type: Option<String>,
    /// Who gave it to its owner, when that was somebody else (SD-8).
    pub assigned_by: Option<String>,
    /// `assigned`, `seen` or `declined`; none when it waits for no answer (SD-10).
    pub assignment: Option<String>,
    /// The first occurrence of its series (SD-11).
    pub series_id: Option<Uuid>,
    /// Which occurrence it is, from 1.
    pub series_number: Option<i32>,
    /// The item of a guide it was created from (SG-12).
    pub guide_item: Option<Uuid>,
    /// What a document was written from (SG-5).
    pub template: Option<String>,
    /// Our reference on a document.
    pub our_reference: Option<String>,
    /// The business date it was done; none while it is not (SD-9).
    pub completed_on: Option<NaiveDate>,
    /// Gone from every list.
    pub deleted: bool,
    /// When it was planned, in effect.
    pub planned_at: DateTime<Utc>,
}

/// A text in lower case, by Unicode and not by the database's locale: what filters by its beginning compare.
pub(super) fn folded(text: Option<&str>) -> Option<String> {
    text.map(str::to_lowercase)
}
