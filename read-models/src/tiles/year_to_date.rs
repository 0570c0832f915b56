//! `GET /v1/tiles/year-to-date`: what was won since the first of January beside the same days of last year (SF-5).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use super::{Days, TileFigures, Whose, once};
use crate::ask::{Asked, CurrencyParam, Dated, Drill, InCurrency, Questions, Snapshot, When};
use crate::compared::{of_minor, percent, shown};
use crate::shares::shares;
use crate::standing::{Figures, Key, Periods, Taken};

/// Won sales of one year.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct YearToDate {
    /// First close date.
    from: NaiveDate,
    /// Last close date.
    to: NaiveDate,
    #[serde(flatten)]
    won: TileFigures,
}

/// The tile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct YearsCompared {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of the sums.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    /// From 1 January to `today`.
    this: YearToDate,
    /// The same days a year before.
    last: YearToDate,
    /// The amount of this year in percent of last year's, two places; none when nothing was won then.
    #[schema(example = "112.40")]
    percent: Option<String>,
}

/// Won this year and in the same days of last year
///
/// Of the caller's first group, unless `owner` or `group` says whose; of everybody for a caller without a group.
#[utoipa::path(
    get,
    path = "/v1/tiles/year-to-date",
    tag = "tiles",
    params(When, Whose, CurrencyParam),
    responses((status = 200, description = "The tile", body = YearsCompared), QueryProblems)
)]
pub(crate) async fn year_to_date(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, whose, currency)): Asked<(Drill, When, Whose, CurrencyParam)>,
) -> Result<Json<YearsCompared>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let (whose, drill) = of_group(whose, &actor, drill);
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let dated = Dated::always(currency.clone());
    let this = to_date(snapshot.today);
    let last = (year_before(this.0), year_before(this.1));
    let now = won(&mut snapshot, &whose, &dated, this).await?;
    let then = won(&mut snapshot, &whose, &dated, last).await?;
    let amount = |won: &Won| of_minor(won.figures.amount, currency.asked.places());
    let grown = amount(&now).zip(amount(&then)).and_then(|(now, then)| percent(now, then));
    let year = |(from, to): Days, won: &Won| {
        let drill = drill.with("status", "won").dated(Some(from), Some(to));
        YearToDate { from, to, won: TileFigures::of(&won.figures, &currency, &drill) }
    };
    Ok(Json(YearsCompared {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        missing_rates: once([now.missing.as_slice(), then.missing.as_slice()].concat()),
        this: year(this, &now),
        last: year(last, &then),
        percent: grown.map(|percent| shown(percent, 2)),
    }))
}

/// What was won in some days.
struct Won {
    figures: Figures,
    missing: Vec<String>,
}

async fn won(
    snapshot: &mut Snapshot,
    whose: &Whose,
    dated: &Dated,
    (from, to): Days,
) -> Result<Won, Problem> {
    let taken = Taken {
        filters: &whose.filters(&["won"]),
        dated,
        key: Key::Nothing,
        item: None,
        items: None,
        periods: Some(&Periods::cut(from, to, "year")),
    };
    let shares = shares(snapshot, &taken).await?;
    let mut figures = Figures::default();
    shares.shares.iter().for_each(|share| figures.join(&share.figures));
    Ok(Won { figures, missing: shares.missing.into_iter().collect() })
}

/// The caller's first group, unless somebody else's sales are asked for.
fn of_group(whose: Whose, actor: &Actor, drill: Drill) -> (Whose, Drill) {
    let group = actor.groups.first().filter(|_| whose.owner.is_none() && whose.group.is_none());
    let Some(group) = group else { return (whose, drill) };
    let own = Whose { group: Some(vec![group.clone()]), ..whose };
    (own, drill.of_key("group", Some(group)))
}

/// From the first of January to a day.
fn to_date(today: NaiveDate) -> Days {
    (NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today), today)
}

/// The same day a year before; 28 February of 29 February.
fn year_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_months(Months::new(12)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_span_of_last_year_ends_on_the_same_day_sf_5() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(to_date(day("2026-03-10")), (day("2026-01-01"), day("2026-03-10")));
        assert_eq!(year_before(day("2028-02-29")), day("2027-02-28"));
        assert_eq!(year_before(day("2026-12-31")), day("2025-12-31"));
    }
}
