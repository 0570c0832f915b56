//! The rates that hold at the moment of a question, and the currency an answer is in.

use std::collections::BTreeSet;
use std::sync::Arc;

use events::CurrencyCode;
use rust_decimal::Decimal;
use service_runtime::Problem;
use sqlx::postgres::PgArguments;

use utoipa::IntoParams;

use super::filters::add;
use super::given::{FromGiven, Given, bad};
use super::{Snapshot, failed, unreadable};
use crate::money::{Fraction, Rate, Rates, decimal_text, fractions};

/// The rates at a snapshot's moment: greatest `valid_from` not after the day of `as_of`, known at `known_at`;
/// of equals the later in the log. The base currency is 1.
async fn load_rates(snapshot: &mut Snapshot) -> Result<Arc<Rates>, Problem> {
    let day = snapshot.day();
    let catalogue = snapshot.standing.as_ref().map(|standing| Arc::clone(&standing.catalogue));
    if let Some(known) = catalogue.as_ref().and_then(|catalogue| catalogue.rates(day)) {
        return Ok(known);
    }
    let rates = Arc::new(read_rates(snapshot).await?);
    if let Some(catalogue) = catalogue {
        catalogue.keep_rates(day, &rates);
    }
    Ok(rates)
}

async fn read_rates(snapshot: &mut Snapshot) -> Result<Rates, Problem> {
    let found: Vec<(String, Decimal, i32)> = sqlx::query_as(
        "SELECT DISTINCT ON (currency) currency, rate, unit FROM rate_version
          WHERE tenant_id = $1 AND valid_from <= $2
            AND ($3::timestamptz IS NULL OR recorded_at <= $3) AND ($4::bigint IS NULL OR position <= $4)
          ORDER BY currency, valid_from DESC, position DESC",
    )
    .bind(snapshot.tenant_id)
    .bind(snapshot.day())
    .bind(snapshot.known_at)
    .bind(snapshot.pin)
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let mut rates = Rates::new();
    for (currency, rate, unit) in found {
        let currency = CurrencyCode::parse(&currency).map_err(|e| unreadable(&e))?;
        rates.insert(currency, Rate { rate, unit });
    }
    rates.insert(snapshot.base_currency, Rate::ONE);
    Ok(rates)
}

/// Parameter of every answer with sums.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CurrencyParam {
    /// Currency of sums, ISO 4217. Default: the tenant's base currency.
    #[param(value_type = Option<String>, example = "EUR")]
    pub currency: Option<CurrencyCode>,
}

impl FromGiven for CurrencyParam {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let text = given.text("currency");
        let rule = |error: events::ParseError| bad("currency", error.rule);
        Ok(Self {
            currency: text.map(|text| CurrencyCode::parse(&text).map_err(rule)).transpose()?,
        })
    }
}

/// The currency of an answer and how to get there.
#[derive(Debug, Clone)]
pub(crate) struct InCurrency {
    /// Asked for, else the tenant's base.
    pub asked: CurrencyCode,
    fractions: Vec<Fraction>,
    rated: bool,
}

impl InCurrency {
    /// Loads the rates of the snapshot's moment.
    pub async fn load(
        snapshot: &mut Snapshot,
        asked: Option<CurrencyCode>,
    ) -> Result<Self, Problem> {
        let asked = asked.unwrap_or(snapshot.base_currency);
        let rates = load_rates(snapshot).await?;
        Ok(Self::of(&rates, asked))
    }

    /// By these rates.
    pub fn of(rates: &Rates, asked: CurrencyCode) -> Self {
        Self { asked, fractions: fractions(rates, asked), rated: rates.contains_key(&asked) }
    }

    /// Every currency that has a rate, with numerator and denominator.
    pub fn fractions(&self) -> impl Iterator<Item = (&str, u128, u128)> {
        self.fractions.iter().map(|f| (f.currency.as_str(), f.numerator, f.denominator))
    }

    /// Numerator and denominator of a currency; none without a rate.
    pub fn fraction(&self, code: &str) -> Option<(u128, u128)> {
        let fraction = self.fractions.iter().find(|fraction| fraction.currency.as_str() == code)?;
        Some((fraction.numerator, fraction.denominator))
    }

    /// Which of the currencies of some sales stay out of the sums; the asked one too if it is to blame.
    pub fn missing(&self, present: impl IntoIterator<Item = String>) -> Vec<String> {
        let known = |code: &str| self.fractions.iter().any(|f| f.currency.as_str() == code);
        let mut missing: BTreeSet<String> =
            present.into_iter().filter(|code| !known(code)).collect();
        if !missing.is_empty() && !self.rated {
            missing.insert(self.asked.as_str().to_owned());
        }
        missing.into_iter().collect()
    }

    /// Minor units of the asked currency as a decimal.
    pub fn text(&self, minor: &str) -> String {
        decimal_text(minor, self.asked.places())
    }
}

/// Binds `$34` to `$36`: currencies, numerators, denominators.
pub(crate) fn bind_fractions(arguments: &mut PgArguments, currency: &InCurrency) {
    let column = |of: fn(&Fraction) -> String| -> Vec<String> {
        currency.fractions.iter().map(of).collect()
    };
    add(arguments, column(|fraction| fraction.currency.as_str().to_owned()));
    add(arguments, column(|fraction| fraction.numerator.to_string()));
    add(arguments, column(|fraction| fraction.denominator.to_string()));
}
