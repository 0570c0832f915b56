//! Rates by day: each sale is worth what its currency was worth on its own sale date, which is the close date of what is
//! won or lost (domain §4.7). A rate that begins after the day of the answer is not known there yet.

use std::sync::Arc;

use chrono::NaiveDate;
use events::CurrencyCode;
use rust_decimal::Decimal;
use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use utoipa::IntoParams;

use super::filters::add;
use super::given::{FromGiven, Given, bad};
use super::{InCurrency, Snapshot, failed, unreadable};
use crate::money::{Rate, Rates};

/// The rates there are from a day on; the first begins before all days.
pub(crate) type RatesByDay = Vec<(NaiveDate, Rates)>;

/// Which rates turn the sales of a list into the currency of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RatesOf {
    /// Those of the day of the answer.
    #[default]
    Answer,
    /// Of each sale those of its sale date.
    SaleDate,
}

/// Parameter of a list of sales.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RatesParam {
    /// `answer`: `converted` is by the rates of the day of the answer. `sale_date`: of each sale by those of its sale date,
    /// as targets are compared with what was won; filters and order stay with those of the day. Default: `answer`.
    #[param(value_type = Option<String>, example = "sale_date")]
    pub rates: RatesOf,
}

impl FromGiven for RatesParam {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rates = match given.text("rates").as_deref() {
            None | Some("answer") => RatesOf::Answer,
            Some("sale_date") => RatesOf::SaleDate,
            Some(_) => return Err(bad("rates", "must be answer or sale_date")),
        };
        Ok(Self { rates })
    }
}

/// A currency, and how to get there from the amounts of each day.
#[derive(Debug, Clone)]
pub(crate) struct Dated {
    pieces: Vec<(NaiveDate, InCurrency)>,
}

impl Dated {
    /// The same rates for all days.
    pub fn always(currency: InCurrency) -> Self {
        Self { pieces: vec![(NaiveDate::MIN, currency)] }
    }

    /// The rates of the days up to `to`.
    pub fn of(
        by_day: &RatesByDay,
        asked: CurrencyCode,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Self {
        let begins = by_day.partition_point(|(day, _)| *day <= from).saturating_sub(1);
        let within = by_day[begins..].iter().take_while(|(day, _)| *day <= to || *day <= from);
        let piece = |(day, rates): &(NaiveDate, Rates)| (*day, InCurrency::of(rates, asked));
        Self { pieces: within.map(piece).collect() }
    }

    /// Each piece with the day it begins on, the earliest first.
    pub fn pieces(&self) -> &[(NaiveDate, InCurrency)] {
        &self.pieces
    }

    /// The rates of a day.
    pub fn at(&self, day: NaiveDate) -> &InCurrency {
        let at = self.pieces.partition_point(|(from, _)| *from <= day).saturating_sub(1);
        &self.pieces[at].1
    }

    /// Binds five arrays: currency, first and last day, numerator, denominator.
    pub fn bind(&self, arguments: &mut PgArguments) {
        let mut rows: Vec<(String, NaiveDate, NaiveDate, String, String)> = Vec::new();
        for (at, (from, currency)) in self.pieces.iter().enumerate() {
            let next = self.pieces.get(at + 1).and_then(|(day, _)| day.pred_opt());
            let days = (at_least(*from), next.map_or(LAST, at_least));
            rows.extend(currency.fractions().map(|(code, numerator, denominator)| {
                (code.to_owned(), days.0, days.1, numerator.to_string(), denominator.to_string())
            }));
        }
        fn column<T, C>(rows: &[T], of: impl Fn(&T) -> C) -> Vec<C> {
            rows.iter().map(of).collect()
        }
        add(arguments, column(&rows, |row| row.0.clone()));
        add(arguments, column(&rows, |row| row.1));
        add(arguments, column(&rows, |row| row.2));
        add(arguments, column(&rows, |row| row.3.clone()));
        add(arguments, column(&rows, |row| row.4.clone()));
    }
}

/// Days the database knows as days, too.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("invariant: a day");
const LAST: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("invariant: a day");

fn at_least(day: NaiveDate) -> NaiveDate {
    day.max(FIRST)
}

impl Snapshot {
    /// All rates that began up to the day of the answer, as they were known.
    pub async fn rates_by_day(&mut self) -> Result<Arc<RatesByDay>, Problem> {
        let day = self.day();
        let catalogue = self.standing.as_ref().map(|standing| Arc::clone(&standing.catalogue));
        if let Some(known) = catalogue.as_ref().and_then(|catalogue| catalogue.rates_by_day(day)) {
            return Ok(known);
        }
        let by_day = Arc::new(self.read_rates_by_day(day).await?);
        if let Some(catalogue) = catalogue {
            catalogue.keep_rates_by_day(day, &by_day);
        }
        Ok(by_day)
    }

    async fn read_rates_by_day(&mut self, day: NaiveDate) -> Result<RatesByDay, Problem> {
        let found: Vec<(NaiveDate, String, Decimal, i32)> = sqlx::query_as(
            "SELECT valid_from, currency, rate, unit FROM rate_version
              WHERE tenant_id = $1 AND valid_from <= $2
                AND ($3::timestamptz IS NULL OR recorded_at <= $3) AND ($4::bigint IS NULL OR position <= $4)
              ORDER BY valid_from, position",
        )
        .bind(self.tenant_id)
        .bind(day)
        .bind(self.known_at)
        .bind(self.pin)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))?;
        let base = self.base_currency;
        let mut by_day: RatesByDay = vec![(NaiveDate::MIN, Rates::from([(base, Rate::ONE)]))];
        for (from, currency, rate, unit) in found {
            let currency = CurrencyCode::parse(&currency).map_err(|e| unreadable(&e))?;
            if currency == base {
                continue;
            }
            let (day, mut rates) = by_day.last().cloned().unwrap_or_default();
            rates.insert(currency, Rate { rate, unit });
            if day == from {
                by_day.pop();
            }
            by_day.push((from, rates));
        }
        Ok(by_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn by_day() -> RatesByDay {
        let nok = CurrencyCode::parse("NOK").unwrap();
        let with = |rate: &str| {
            let rate = Rate { rate: rate.parse().unwrap(), unit: 100 };
            Rates::from([(CurrencyCode::EUR, Rate::ONE), (nok, rate)])
        };
        vec![
            (NaiveDate::MIN, Rates::from([(CurrencyCode::EUR, Rate::ONE)])),
            (day("2026-01-01"), with("12")),
            (day("2026-03-10"), with("8.5")),
            (day("2026-07-01"), with("9")),
        ]
    }

    #[test]
    fn a_range_is_cut_where_rates_change_and_nowhere_else() {
        let begins = |from: &str, to: &str| -> Vec<String> {
            let dated = Dated::of(&by_day(), CurrencyCode::EUR, (day(from), day(to)));
            dated.pieces().iter().skip(1).map(|(day, _)| day.to_string()).collect()
        };
        assert_eq!(begins("2026-01-01", "2026-12-31"), ["2026-03-10", "2026-07-01"]);
        assert_eq!(begins("2025-01-01", "2026-03-09"), ["2026-01-01"]);
        assert!(begins("2026-03-10", "2026-06-30").is_empty());
        let early = Dated::of(&by_day(), CurrencyCode::EUR, (day("2020-01-01"), day("2020-12-31")));
        assert!(early.pieces()[0].1.fraction("NOK").is_none(), "no rate that early");
        let march = Dated::of(&by_day(), CurrencyCode::EUR, (day("2026-03-10"), day("2026-03-10")));
        assert_eq!(march.pieces()[0].1.fraction("NOK"), Some((17, 200)));
    }
}
