//! `GET /v1/due`: what wants somebody's attention now (domain §4.8, as far as sales and activities go).
//!
//! - `alarm`: an alarm that rang, until the activity is done or its last day is over (SD-6);
//! - `overdue_activity`: not done, and its end day lies before today (SD-15);
//! - `assignment`: given by somebody else, waiting for an answer (SD-8);
//! - `overdue_sale`: open, and its sale date lies before today;
//! - `reopen`: stalled, and its reopen date has come;
//! - `follow_up`: stalled for later and nothing planned: an offer to plan something (SO-14).
//!
//! One thing may be listed under several kinds. The earliest day comes first.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::ask::{
    Asked, FromGiven, Given, Labels, Page, PageParams, Questions, Snapshot, When, add, failed,
    moment, owners_and_members, sale_is_seen,
};
use crate::figures::Amount;

const KINDS: [&str; 6] =
    ["alarm", "overdue_activity", "assignment", "overdue_sale", "reopen", "follow_up"];

/// Parameters of the list.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DueParams {
    /// Owners (`sub`), separated by commas. Default: who asks, unless groups are given.
    #[param(explode = false)]
    owner: Option<Vec<String>>,
    /// Groups whose members' items are shown, separated by commas (SD-22).
    #[param(explode = false)]
    members: Option<Vec<String>>,
    /// Only these: alarm, overdue_activity, assignment, overdue_sale, reopen, follow_up.
    #[param(value_type = Option<Vec<String>>, explode = false)]
    kind: Option<Vec<&'static str>>,
}

impl FromGiven for DueParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rule = format!("must be one or more of {}, separated by commas", KINDS.join(", "));
        let known = |text: &str| KINDS.into_iter().find(|kind| *kind == text);
        Ok(Self {
            owner: given.list("owner")?,
            members: given.list("members")?,
            kind: given.list_of("kind", &rule, known)?,
        })
    }
}

/// Something that wants attention.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DueItem {
    /// Why: `alarm`, `overdue_activity`, `assignment`, `overdue_sale`, `reopen` or `follow_up`.
    kind: String,
    /// `activity` or `sale`.
    about: String,
    /// Its public id.
    id: Uuid,
    /// Its name.
    title: String,
    /// Whose it is (`sub`).
    owner: String,
    /// Their name.
    owner_name: Option<String>,
    /// The instant it starts or ended, of an activity with times.
    due_at: Option<DateTime<Utc>>,
    /// The day it is about, in the tenant's zone.
    due_day: NaiveDate,
    /// Days from that day to today; below 0 when it is still to come.
    days_late: i64,
    /// The amount, of a sale.
    amount: Option<Amount>,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Due {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The day marks refer to.
    today: NaiveDate,
    /// Items on all pages.
    count: i64,
    items: Vec<DueItem>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// What wants attention now
#[utoipa::path(
    get,
    path = "/v1/due",
    tag = "activities",
    params(When, DueParams, PageParams),
    responses((status = 200, description = "One page", body = Due), QueryProblems)
)]
pub(crate) async fn due(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, params, page)): Asked<(When, DueParams, PageParams)>,
) -> Result<Json<Due>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let caller = || vec![actor.user.as_str().to_owned()];
    let owner = params.owner.or_else(|| params.members.is_none().then(caller));
    let owner = owners_and_members(&mut snapshot, owner, params.members.as_deref()).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let mut rows = rows(&mut snapshot, owner.as_deref(), params.kind.as_deref(), &page).await?;
    let count = rows.first().map_or(page.offset(), |row| row.total);
    let next = page.cut(&mut rows);
    let today = snapshot.today;
    let items = rows.into_iter().map(|row| row.item(today, &labels)).collect();
    let (position, as_of) = (snapshot.position, snapshot.at);
    Ok(Json(Due { position, as_of, today, count, items, next }))
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    kind: String,
    about: String,
    id: Uuid,
    title: String,
    owner: String,
    due_at: Option<DateTime<Utc>>,
    due_day: NaiveDate,
    amount_minor: Option<i64>,
    currency: Option<String>,
    total: i64,
}

impl Row {
    fn item(self, today: NaiveDate, labels: &Labels) -> DueItem {
        let amount = self.amount_minor.zip(self.currency.as_deref());
        DueItem {
            kind: self.kind,
            about: self.about,
            id: self.id,
            title: self.title,
            owner_name: labels.users.get(&self.owner).cloned(),
            owner: self.owner,
            due_at: self.due_at,
            due_day: self.due_day,
            days_late: (today - self.due_day).num_days(),
            amount: amount.map(|(minor, currency)| Amount::of(minor, currency)),
        }
    }
}

async fn rows(
    snapshot: &mut Snapshot,
    owner: Option<&[String]>,
    kind: Option<&[&'static str]>,
    page: &Page,
) -> Result<Vec<Row>, Problem> {
    let mut arguments = moment(snapshot);
    add(&mut arguments, owner);
    add(&mut arguments, snapshot.at);
    add(&mut arguments, kind);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    sqlx::query_as_with(
        concat!(
            include_str!("open.sql"),
            include_str!("../activities/seen.sql"),
            include_str!("held.sql"),
            sale_is_seen!(),
            include_str!("due.sql")
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
