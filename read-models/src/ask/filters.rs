//! Filters over sales by field name, the same for pipeline, forecast and list.

use chrono::NaiveDate;
use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Encode, Postgres, Type};
use utoipa::IntoParams;
use uuid::Uuid;

use super::given::{FromGiven, Given, bad};
use super::least::Least;
use super::rates::InCurrency;
use super::{Snapshot, bind_fractions, moment, when};
use crate::sale::Status;

/// The condition of every question over `sale_version AS s` and `n`, what lies ahead of each
/// ([`ahead`](crate::upcoming::ahead)): `$1` to `$7` the snapshot's moment, `$8` to `$33` these filters. Questions go on
/// at `$37`, after the fractions. A stalled sale's next activity is its reopening.
macro_rules! matching {
    () => {
        concat!(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ask/matching.sql")),
            "  AND ",
            $crate::ask::sale_is_seen!()
        )
    };
}
pub(crate) use matching;

/// Filters; each takes one or more values separated by commas unless it says otherwise.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filters {
    /// `open`, `stalled`, `won`, `lost`.
    #[param(value_type = Option<Vec<String>>, explode = false)]
    pub status: Option<Vec<&'static str>>,
    /// Ids of stages; `none` for sales without one.
    #[param(explode = false)]
    pub stage: Option<Vec<String>>,
    /// Ids of sale types.
    #[param(explode = false)]
    pub sale_type: Option<Vec<Uuid>>,
    /// Owners (`sub`).
    #[param(explode = false)]
    pub owner: Option<Vec<String>>,
    /// Groups of the owners.
    #[param(explode = false)]
    pub group: Option<Vec<String>>,
    /// Keys of sources.
    #[param(explode = false)]
    pub source: Option<Vec<String>>,
    /// Keys of competitors.
    #[param(explode = false)]
    pub competitor: Option<Vec<String>>,
    /// Keys of reasons: why won, lost or stalled.
    #[param(explode = false)]
    pub reason: Option<Vec<String>>,
    /// Ids of companies.
    #[param(explode = false)]
    pub company: Option<Vec<Uuid>>,
    /// Ids of contacts.
    #[param(explode = false)]
    pub contact: Option<Vec<Uuid>>,
    /// Ids of projects.
    #[param(explode = false)]
    pub project: Option<Vec<Uuid>>,
    /// Sale numbers.
    #[param(explode = false)]
    pub number: Option<Vec<i64>>,
    /// Categories of sale types.
    #[param(explode = false)]
    pub category: Option<Vec<String>>,
    /// Ids in the systems the sales came from.
    #[param(explode = false)]
    pub external_reference: Option<Vec<String>>,
    /// `true` or `false`.
    pub completed: Option<bool>,
    /// Beginning of the title, in any case.
    pub title: Option<String>,
    /// First sale date, inclusive.
    pub sale_date_from: Option<NaiveDate>,
    /// Last sale date, inclusive.
    pub sale_date_to: Option<NaiveDate>,
    /// First day of the next activity, inclusive; the reopen date counts while stalled.
    pub next_activity_from: Option<NaiveDate>,
    /// Last day of the next activity, inclusive.
    pub next_activity_to: Option<NaiveDate>,
    /// Whether an activity is overdue: `true` or `false`.
    pub overdue_activity: Option<bool>,
    /// Whether `company` and `contact` also find sales they are only a stakeholder of (SK-7): `true` or `false`, the
    /// default.
    pub include_stakeholders: Option<bool>,
    /// Whether won and lost sales are left out (SO-25): `true` or `false`, the default.
    pub skip_completed: Option<bool>,
    /// Lowest amount in the currency of the answer; sales without a rate are left out (SO-43).
    #[param(value_type = Option<String>, example = "50000.00")]
    pub min_amount: Option<Least>,
    /// Lowest weighted amount in the currency of the answer; sales without a rate are left out (SO-42).
    #[param(value_type = Option<String>, example = "10000.00")]
    pub min_weighted: Option<Least>,
    /// Whether the caller marked them as favourites (SO-32): `true` or `false`.
    pub favourite: Option<bool>,
    /// The sales the caller marked, once they are looked up.
    #[param(ignore)]
    pub marked: Vec<Uuid>,
}

impl FromGiven for Filters {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let ids = "must be one or more UUIDs separated by commas";
        let id = |text: &str| Uuid::parse_str(text).ok();
        let stage = |text: &str| match text {
            "none" => Some("none".to_owned()),
            text => id(text).map(|id| id.to_string()),
        };
        let words = "must be open, stalled, won, lost, or several of them separated by commas";
        let filters = Self {
            status: given
                .list_of("status", words, |text| Status::parse(text).map(Status::as_str))?,
            stage: given.list_of("stage", "must be UUIDs or none, separated by commas", stage)?,
            sale_type: given.list_of("sale_type", ids, id)?,
            owner: given.list("owner")?,
            group: given.list("group")?,
            source: given.list("source")?,
            competitor: given.list("competitor")?,
            reason: given.list("reason")?,
            company: given.list_of("company", ids, id)?,
            contact: given.list_of("contact", ids, id)?,
            project: given.list_of("project", ids, id)?,
            number: given.list_of("number", "must be sale numbers", |text| text.parse().ok())?,
            category: given.list("category")?,
            external_reference: given.list("external_reference")?,
            completed: given.take("completed", "must be true or false")?,
            title: given.text("title").map(|title| title.to_lowercase()),
            sale_date_from: when::day(given, "sale_date_from")?,
            sale_date_to: when::day(given, "sale_date_to")?,
            next_activity_from: when::day(given, "next_activity_from")?,
            next_activity_to: when::day(given, "next_activity_to")?,
            overdue_activity: given.take("overdue_activity", "must be true or false")?,
            include_stakeholders: given.take("include_stakeholders", "must be true or false")?,
            skip_completed: given.take("skip_completed", "must be true or false")?,
            min_amount: least(given, "min_amount")?,
            min_weighted: least(given, "min_weighted")?,
            favourite: given.take("favourite", "must be true or false")?,
            marked: Vec::new(),
        };
        if reversed(filters.sale_date_from, filters.sale_date_to) {
            return Err(bad("sale_date_from", "must not be after sale_date_to"));
        }
        if reversed(filters.next_activity_from, filters.next_activity_to) {
            return Err(bad("next_activity_from", "must not be after next_activity_to"));
        }
        Ok(filters)
    }
}

impl Filters {
    /// The statuses that are left; none for all.
    pub fn statuses(&self) -> Option<Vec<&'static str>> {
        if self.skip_completed != Some(true) {
            return self.status.clone();
        }
        let asked = |status: &Status| match &self.status {
            None => true,
            Some(statuses) => statuses.contains(&status.as_str()),
        };
        let left = [Status::Open, Status::Stalled].into_iter().filter(asked);
        Some(left.map(Status::as_str).collect())
    }
}

fn least(given: &mut Given, name: &'static str) -> Result<Option<Least>, Problem> {
    let text = given.text(name);
    text.map(|text| Least::parse(&text).ok_or_else(|| bad(name, Least::RULE))).transpose()
}

/// Whether a range of days ends before it begins.
pub(crate) fn reversed(from: Option<NaiveDate>, to: Option<NaiveDate>) -> bool {
    matches!((from, to), (Some(from), Some(to)) if from > to)
}

/// Adds a parameter; plain values always encode.
pub(crate) fn add<'q, T>(arguments: &mut PgArguments, value: T)
where
    T: Encode<'q, Postgres> + Type<Postgres>,
{
    arguments.add(value).expect("invariant: plain values encode");
}

/// Binds `$1` to `$36`: moment, filters, fractions.
pub(crate) fn bind_matching(
    snapshot: &Snapshot,
    filters: &Filters,
    currency: &InCurrency,
) -> PgArguments {
    let mut arguments = moment(snapshot);
    let to = &mut arguments;
    add(to, filters.statuses());
    add(to, &filters.stage);
    add(to, &filters.sale_type);
    add(to, &filters.owner);
    add(to, &filters.group);
    add(to, &filters.source);
    add(to, &filters.competitor);
    add(to, &filters.reason);
    add(to, &filters.company);
    add(to, &filters.contact);
    add(to, &filters.project);
    add(to, &filters.number);
    add(to, &filters.category);
    add(to, &filters.external_reference);
    add(to, filters.completed);
    add(to, &filters.title);
    add(to, filters.sale_date_from);
    add(to, filters.sale_date_to);
    add(to, filters.next_activity_from);
    add(to, filters.next_activity_to);
    add(to, filters.overdue_activity);
    add(to, filters.include_stakeholders.unwrap_or(false));
    let minor =
        |least: Option<Least>| least.map(|least| least.minor(currency.asked.places()).to_string());
    add(to, minor(filters.min_amount));
    add(to, minor(filters.min_weighted));
    add(to, filters.favourite);
    add(to, &filters.marked);
    bind_fractions(to, currency);
    arguments
}
