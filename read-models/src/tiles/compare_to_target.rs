//! `GET /v1/tiles/compare-to-target`: sales of this year, quarter or month in percent of their targets (ST-20).

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use events::target_type::Unit;
use rust_decimal::Decimal;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use super::{Days, Whose, month_of, once};
use crate::ask::{
    Asked, CurrencyParam, Dated, Drill, FromGiven, Given, InCurrency, Labels, Questions, Snapshot,
    When, bad,
};
use crate::compared::{Compared, of_minor, shown};
use crate::forecast::{Goals, Span, spans};
use crate::shares::shares;
use crate::standing::{Figures, Key, Periods, Taken};

const OWN: [&str; 3] = ["span", "measure", "by"];
const SPANS: [&str; 3] = ["month", "quarter", "year"];
const MEASURES: [&str; 3] = ["amount", "weighted", "count"];
const BY: [&str; 3] = ["owner", "group", "sale_date"];

/// What is compared.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompareAsked {
    /// Sale dates of this `month`, `quarter` or `year`, that of `today`. Default: `month`.
    #[param(value_type = Option<String>)]
    span: &'static str,
    /// `amount` or `count` of won sales, or `weighted` of those that are won or open. Default: `amount`.
    #[param(value_type = Option<String>)]
    measure: &'static str,
    /// `owner`, `group`, or `sale_date`: month by month. Default: `owner`.
    #[param(value_type = Option<String>)]
    by: &'static str,
}

impl FromGiven for CompareAsked {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let mut word = |name: &'static str, known: [&'static str; 3], usual: &'static str| {
            let text = given.text(name).unwrap_or_else(|| usual.to_owned());
            let found = known.into_iter().find(|known| *known == text);
            found.ok_or_else(|| bad(name, &format!("must be one of {}", known.join(", "))))
        };
        let span = word("span", SPANS, "month")?;
        let measure = word("measure", MEASURES, "amount")?;
        Ok(Self { span, measure, by: word("by", BY, "owner")? })
    }
}

impl CompareAsked {
    /// The days of the span a day lies in.
    fn days(self, today: NaiveDate) -> Days {
        let edge = |month, day| NaiveDate::from_ymd_opt(today.year(), month, day).unwrap_or(today);
        let first = (today.month() - 1) / 3 * 3 + 1;
        if self.span == "year" {
            (edge(1, 1), edge(12, 31))
        } else if self.span == "quarter" {
            (edge(first, 1), month_of(edge(first, 1), 2).1)
        } else {
            month_of(today, 0)
        }
    }

    fn statuses(self) -> &'static [&'static str] {
        if self.measure == "weighted" { &["open", "won"] } else { &["won"] }
    }

    /// What forecasts call it.
    fn group_by(self) -> Option<&'static str> {
        (self.by != "sale_date").then_some(self.by)
    }

    fn unit(self) -> Unit {
        if self.measure == "count" { Unit::Count } else { Unit::Amount }
    }

    fn reached(self, figures: &Figures, currency: &InCurrency) -> Option<Decimal> {
        if self.measure == "count" {
            return Some(Decimal::from(figures.count));
        }
        let weighted = self.measure == "weighted";
        let minor = if weighted { figures.weighted } else { figures.amount };
        of_minor(minor, currency.asked.places())
    }
}

/// One owner, group or month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComparedRow {
    /// `sub`, group or month; none for sales of nobody's group.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    /// What the sales add up to.
    #[schema(example = "79570.60")]
    actual: Option<String>,
    /// Target, actual in percent of it, and what is missing.
    #[serde(flatten)]
    compared: Compared,
    /// The list of the sales.
    drill: String,
}

/// The tile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComparedToTarget {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// First sale date.
    from: NaiveDate,
    /// Last sale date.
    to: NaiveDate,
    /// What is added up.
    measure: &'static str,
    /// Its currency; none for a count.
    currency: Option<String>,
    /// Currencies without a rate: their sales are counted but stand in no sum, and their targets are compared with none.
    missing_rates: Vec<String>,
    /// By key, months in their order.
    rows: Vec<ComparedRow>,
}

/// Sales in percent of their targets
#[utoipa::path(
    get,
    path = "/v1/tiles/compare-to-target",
    tag = "tiles",
    params(When, Whose, CompareAsked, CurrencyParam),
    responses((status = 200, description = "The tile", body = ComparedToTarget), QueryProblems)
)]
pub(crate) async fn compare_to_target(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, whose, asked, currency)): Asked<(
        Drill,
        When,
        Whose,
        CompareAsked,
        CurrencyParam,
    )>,
) -> Result<Json<ComparedToTarget>, Problem> {
    actor.require(Right::ReadTenant)?;
    let drill = drill.without(&OWN);
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let (from, to) = asked.days(snapshot.today);
    let word = if asked.by == "sale_date" { "month" } else { asked.span };
    let spans = spans((from, to), word);
    let filters = whose.filters(asked.statuses());
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let taken = Taken {
        filters: &filters,
        dated: &Dated::always(currency.clone()),
        key: asked.group_by().map_or(Key::Nothing, Key::Column),
        item: None,
        items: None,
        periods: Some(&Periods::cut(from, to, word)),
    };
    let shares = shares(&mut snapshot, &taken).await?;
    let of = (&drill, &filters, asked.group_by(), asked.unit());
    let goals = Goals::of(&mut snapshot, &actor, of, (word, &spans), &currency).await?;
    let mut reached: BTreeMap<(String, Option<String>), Figures> = BTreeMap::new();
    let names: Vec<&String> = spans.keys().collect();
    for share in shares.shares {
        let Some(period) = names.get(share.period) else { continue };
        reached.entry(((*period).clone(), share.key)).or_default().join(&share.figures);
    }
    let labels = Labels::load(&mut snapshot).await?;
    let making =
        Making { asked, drill: &drill, spans: &spans, currency: &currency, labels: &labels };
    let keys: BTreeSet<_> = reached.keys().chain(goals.by.keys()).cloned().collect();
    let row = |key: (String, Option<String>)| {
        let figures = reached.get(&key).copied().unwrap_or_default();
        let target = goals.by.get(&key);
        making.row(key, &figures, target)
    };
    let missing = shares.missing.into_iter().chain(goals.missing.iter().cloned());
    Ok(Json(ComparedToTarget {
        position: snapshot.position,
        as_of: snapshot.at,
        from,
        to,
        measure: asked.measure,
        currency: (asked.measure != "count").then(|| currency.asked.as_str().to_owned()),
        missing_rates: once(missing.collect()),
        rows: keys.into_iter().map(row).collect(),
    }))
}

/// What rows are made of.
struct Making<'a> {
    asked: CompareAsked,
    drill: &'a Drill,
    spans: &'a BTreeMap<String, Span>,
    currency: &'a InCurrency,
    labels: &'a Labels,
}

impl Making<'_> {
    fn row(
        &self,
        (period, key): (String, Option<String>),
        figures: &Figures,
        target: Option<&Decimal>,
    ) -> ComparedRow {
        let places = if self.asked.measure == "count" { 0 } else { self.currency.asked.places() };
        let actual = self.asked.reached(figures, self.currency);
        let compared = target.zip(actual).map(|(target, won)| Compared::of(*target, won, places));
        let user = key.as_ref().filter(|_| self.asked.by == "owner");
        let name = user.and_then(|user| self.labels.users.get(user)).cloned();
        let days = self.spans.get(&period);
        let mut drill = self.drill.with("status", self.asked.statuses().join(","));
        drill = drill.dated(days.map(|span| span.from), days.map(|span| span.to));
        if let Some(word) = self.asked.group_by() {
            drill = drill.of_key(word, key.as_deref());
        }
        let key = if self.asked.by == "sale_date" { Some(period) } else { key };
        ComparedRow {
            name: name.or_else(|| key.clone()),
            key,
            actual: actual.map(|actual| shown(actual, places)),
            compared: compared.unwrap_or_default(),
            drill: drill.to_sales(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_the_one_today_lies_in_st_20() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let of = |span| {
            let asked = CompareAsked { span, measure: "amount", by: "owner" };
            asked.days(day("2026-05-31"))
        };
        assert_eq!(of("month"), (day("2026-05-01"), day("2026-05-31")));
        assert_eq!(of("quarter"), (day("2026-04-01"), day("2026-06-30")));
        assert_eq!(of("year"), (day("2026-01-01"), day("2026-12-31")));
    }
}
