//! The figures of answers: money as text, counts with their sums, the four totals. Never an empty object.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ask::InCurrency;
use crate::money::decimal_text;
use crate::sale::Status;

/// Money on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Amount {
    /// Decimal with the places of its currency.
    #[schema(example = "500000.00")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "NOK")]
    pub currency: String,
}

impl Amount {
    /// Minor units of a stored currency.
    pub fn of(minor: i64, currency: &str) -> Self {
        let places = events::CurrencyCode::parse(currency).map_or(2, |code| code.places());
        Self { amount: decimal_text(&minor.to_string(), places), currency: currency.to_owned() }
    }
}

/// How many sales, what they are worth, and what that is worth by their chances; in the asked currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Measure {
    /// Sales, also those whose currency has no rate.
    pub count: i64,
    /// Sum of the converted, rounded amounts.
    #[schema(example = "63385.00")]
    pub amount: String,
    /// Sum of the converted, rounded weighted amounts.
    #[schema(example = "12677.00")]
    pub weighted: String,
}

impl Measure {
    /// Of no sales.
    pub fn zero(currency: &InCurrency) -> Self {
        Self { count: 0, amount: currency.text("0"), weighted: currency.text("0") }
    }

    /// Of sums as SQL gives them.
    pub fn of(
        count: i64,
        amount: Option<&str>,
        weighted: Option<&str>,
        currency: &InCurrency,
    ) -> Self {
        let text = |minor: Option<&str>| currency.text(minor.unwrap_or("0"));
        Self { count, amount: text(amount), weighted: text(weighted) }
    }
}

/// One measure a status: stalled sales are in no open total (§6-A12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ByStatus {
    /// Open sales.
    pub open: Measure,
    /// Stalled sales.
    pub stalled: Measure,
    /// Won sales.
    pub won: Measure,
    /// Lost sales.
    pub lost: Measure,
}

impl ByStatus {
    /// Of no sales.
    pub fn zero(currency: &InCurrency) -> Self {
        let zero = Measure::zero(currency);
        Self { open: zero.clone(), stalled: zero.clone(), won: zero.clone(), lost: zero }
    }

    /// Sets the measure of a status.
    pub fn set(&mut self, status: Status, measure: Measure) {
        match status {
            Status::Open => self.open = measure,
            Status::Stalled => self.stalled = measure,
            Status::Won => self.won = measure,
            Status::Lost => self.lost = measure,
        }
    }
}
