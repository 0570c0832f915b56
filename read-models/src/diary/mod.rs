//! `GET /v1/diary`: what somebody has to do: their activities, and the sales that want attention (SD-13 to SD-21).
//!
//! An activity is listed while it is not done, and still on the day it was done; it leaves by the next day (SD-13), at once
//! when the tenant wants that:
//!
//! - it starts within `days_ahead` days from today, or has started already: so overdue ones stay (SD-14, SD-15); or
//! - one of its days lies in the display range.
//!
//! A sale is listed while its completed tick is not set, also a won or lost one (SD-16), by these rules:
//!
//! 1. its sale date lies in the display range (SD-17);
//! 2. its next activity date lies from today to `days_ahead` days later, both included (SD-18);
//! 3. one of its activities is overdue, whoever does it: it is red (SD-19, A2);
//! 4. it is stalled; its reopen date stands for the next activity date, here as in rule 2 (SD-20, SO-15).
//!
//! Days are those of the tenant's zone. Nothing here is stored by day: `today` is a parameter of the question.

mod free;
mod params;
mod rows;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use crate::activities::Entry;
use crate::ask::{
    Asked, InCurrency, Labels, PageParams, Questions, Snapshot, When, owners_and_members,
};
use crate::card::Card;
use crate::card_page::mark_favourites;
pub(crate) use free::{__path_free, Slot, free};
use params::DiaryParams;
use rows::{activities, sales};

/// A sale that wants attention.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiarySale {
    #[serde(flatten)]
    sale: Card,
    /// The rules that selected it: 1 sale date, 2 next activity, 3 overdue activity, 4 stalled.
    rules: Vec<i32>,
    /// An activity is overdue. A passed sale date alone does not make it red here (A2).
    red: bool,
}

/// Somebody whose diary is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    /// `sub` of their tokens.
    id: String,
    /// Their name.
    name: Option<String>,
}

impl Person {
    fn all(owners: Option<&[String]>, labels: &Labels) -> Vec<Self> {
        let person = |id: &String| Self { id: id.clone(), name: labels.users.get(id).cloned() };
        owners.unwrap_or_default().iter().map(person).collect()
    }
}

/// Somebody's diary.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Diary {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The day marks refer to.
    today: NaiveDate,
    /// First day of the display range.
    from: NaiveDate,
    /// Last day of the display range.
    to: NaiveDate,
    /// The people whose diaries these are, when they were named or are members of a group that was (SD-12, SD-22).
    people: Vec<Person>,
    /// How far both lists look ahead.
    days_ahead: i32,
    /// Activities on all pages.
    activity_count: i64,
    /// Sales on all pages.
    sale_count: i64,
    /// By start as the tenant's clock shows it, whole days at midnight.
    activities: Vec<Entry>,
    /// By next activity date, those without one last; then by number.
    sales: Vec<DiarySale>,
    /// Cursor of the next page, while either list goes on.
    next: Option<String>,
}

/// The diary: activities, and sales that want attention
#[utoipa::path(
    get,
    path = "/v1/diary",
    tag = "activities",
    params(When, DiaryParams, PageParams),
    responses((status = 200, description = "The diary", body = Diary), QueryProblems)
)]
pub(crate) async fn diary(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, params, page)): Asked<(When, DiaryParams, PageParams)>,
) -> Result<Json<Diary>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let preferences = snapshot.preferences(actor.user.as_str()).await?;
    let mut wanted = params.wanted(&actor, snapshot.today, preferences)?;
    let members = wanted.members.take();
    wanted.owner =
        owners_and_members(&mut snapshot, wanted.owner.take(), members.as_deref()).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let currency = InCurrency::load(&mut snapshot, None).await?;
    let (activity_count, mut activities) =
        activities(&mut snapshot, &wanted, &page, &labels).await?;
    let (sale_count, mut sales) = sales(&mut snapshot, &wanted, &page, &labels, &currency).await?;
    let next = page.cut(&mut activities);
    let next = page.cut(&mut sales).or(next);
    mark_favourites(&mut snapshot, &actor, sales.iter_mut().map(|listed| &mut listed.sale)).await?;
    Ok(Json(Diary {
        position: snapshot.position,
        as_of: snapshot.at,
        today: snapshot.today,
        from: wanted.from,
        to: wanted.to,
        people: Person::all(wanted.owner.as_deref(), &labels),
        days_ahead: wanted.days_ahead,
        activity_count,
        sale_count,
        activities,
        sales,
        next,
    }))
}
