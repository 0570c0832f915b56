//! Filters over sales by field name, the same for pipeline, forecast and list.

use chrono::NaiveDate;
use events::{Criteria, CurrencyCode};
use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Encode, Postgres, Type};
use utoipa::IntoParams;
use uuid::Uuid;

use super::given::{FromGiven, Given, bad};
use super::least::Least;
use super::rates::InCurrency;
use super::{Snapshot, bind_fractions, moment, when};
use crate::find::{CriteriaPlace, Found, Meant, Typical};
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

/// What asks for sales that have nothing in a field. It is never a key; a group or a category of this very name is asked
/// for by criteria, and is none of the sales that this finds.
pub(crate) const ABSENT: &str = "(none)";

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
    /// Groups of the owners; `(none)` for sales of nobody's group. A group that is called so is found by criteria.
    #[param(explode = false)]
    pub group: Option<Vec<String>>,
    /// Keys of sources; `(none)` for sales without one.
    #[param(explode = false)]
    pub source: Option<Vec<String>>,
    /// Keys of competitors; `(none)` for sales without one.
    #[param(explode = false)]
    pub competitor: Option<Vec<String>>,
    /// Keys of reasons: why won, lost or stalled; `(none)` for sales without one.
    #[param(explode = false)]
    pub reason: Option<Vec<String>>,
    /// Ids of companies; `(none)` for sales without one.
    #[param(explode = false, value_type = Option<Vec<Uuid>>)]
    pub company: Option<Vec<Option<Uuid>>>,
    /// Ids of contacts.
    #[param(explode = false)]
    pub contact: Option<Vec<Uuid>>,
    /// Ids of projects.
    #[param(explode = false)]
    pub project: Option<Vec<Uuid>>,
    /// Sale numbers.
    #[param(explode = false)]
    pub number: Option<Vec<i64>>,
    /// Categories of sale types; `(none)` for sales without one.
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
    /// Words in titles, companies and contacts, by their stems in Norwegian, Dutch and English; `or` between words, `-` for
    /// words that must not be there, quotation marks around words that follow each other.
    pub q: Option<String>,
    /// Criteria (SF-7, SF-8): `status one_of open and amount gt 5000 or title contains "fjord, erp"`. Fields and operators
    /// are those of `/v1/criteria-fields`. A negated operator is true of whatever its opposite is not, also where there is
    /// no value; an amount without a rate is compared with nothing. What a block asks of activities, or of stakeholders,
    /// it asks of one and the same.
    #[param(value_type = Option<String>, example = "status one_of open and amount gt 5000")]
    pub criteria: Option<(Criteria, CriteriaPlace)>,
    /// Id of a selection: its members (SF-10).
    pub selection: Option<Uuid>,
    /// Key of a typical search (SF-9).
    #[param(value_type = Option<String>, example = "forgotten")]
    pub typical: Option<Typical>,
    /// The currency amounts are compared in; none for the tenant's.
    #[param(ignore)]
    pub compared_in: Option<CurrencyCode>,
    /// What was looked up.
    #[param(ignore)]
    pub found: Found,
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
            company: given.list_of("company", ids, |text| match text {
                ABSENT => Some(None),
                text => id(text).map(Some),
            })?,
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
            q: given.text("q").filter(|words| !words.trim().is_empty()),
            criteria: criteria(given)?,
            selection: given.take("selection", "must be a UUID")?,
            typical: typical(given)?,
            compared_in: given.currency(),
            found: Found::default(),
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

fn criteria(given: &mut Given) -> Result<Option<(Criteria, CriteriaPlace)>, Problem> {
    let Some(text) = given.text("criteria") else { return Ok(None) };
    let criteria = Criteria::parse(&text).map_err(|fault| bad("criteria", &fault.to_string()))?;
    Ok(Some((criteria, CriteriaPlace::Parameter("criteria"))))
}

fn typical(given: &mut Given) -> Result<Option<Typical>, Problem> {
    let text = given.text("typical");
    text.map(|text| Typical::parse(&text).ok_or_else(|| bad("typical", &Typical::rule())))
        .transpose()
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
    let found = found(snapshot, filters, currency);
    add(to, found.as_ref().map(|found| found.these));
    add(to, found.map(|found| found.sales.into_iter().collect::<Vec<Uuid>>()).unwrap_or_default());
    bind_fractions(to, currency);
    arguments
}

/// The sales a search comes to; none when there is no search.
fn found(snapshot: &Snapshot, filters: &Filters, currency: &InCurrency) -> Option<Meant> {
    if filters.found.is_everything() {
        return None;
    }
    if let Some(meant) = filters.found.meant() {
        return Some(meant);
    }
    // tests of columns were left to memory, which is there
    let held = snapshot.view().and_then(|view| view.meant(filters, snapshot.today, currency));
    Some(held.unwrap_or_else(Meant::none))
}
