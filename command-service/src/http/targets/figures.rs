//! The figures of a row: typed in, split from an annual one, copied, and the currency they are in (ST-10 to ST-12).

use domain::target::{Percent, TargetCommand};
use events::{CurrencyCode, TargetId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::limits::{self, Figure, PercentField};
use crate::http::fields::patch;
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 4] = [
    row(
        Right::ChangeSales,
        "SetTargetCells",
        "/v1/targets/{id}/set-cells",
        "Set the figures of a row (ST-8)",
        BodySchema::of::<SetTargetCells>(),
        set_cells,
    ),
    row(
        Right::ChangeSales,
        "SetInitialAmount",
        "/v1/targets/{id}/set-initial-amount",
        "Split an annual figure equally over the cells; the last one takes what is left over (ST-10)",
        BodySchema::of::<SetInitialAmount>(),
        set_initial_amount,
    ),
    row(
        Right::ChangeSales,
        "CopyTarget",
        "/v1/targets/{id}/copy",
        "Take the figures of another row, or of last year, so many percent higher (ST-11)",
        BodySchema::of::<CopyTarget>(),
        copy,
    ),
    row(
        Right::ChangeSales,
        "SetTargetCurrency",
        "/v1/targets/{id}/set-currency",
        "Give a row of the company or of a group a currency of its own; the figures stay (ST-12)",
        BodySchema::of::<SetTargetCurrency>(),
        set_currency,
    ),
];

/// SetTargetCells.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTargetCells {
    /// One figure a period: twelve, or four; null leaves a cell as it is. Not negative, with the places of the row's currency
    /// at most; counts are whole numbers.
    #[schema(value_type = Vec<Option<String>>, min_items = 4, max_items = 12)]
    cells: Vec<Option<Figure>>,
}

fn set_cells(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SetTargetCells { cells } = asked.body()?;
    asked.on_target(TargetCommand::SetTargetCells { cells: limits::figures(cells) })
}

/// SetInitialAmount.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetInitialAmount {
    /// Of the whole year.
    #[schema(value_type = String, example = "1000000")]
    amount: Figure,
}

fn set_initial_amount(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SetInitialAmount { amount } = asked.body()?;
    asked.on_target(TargetCommand::SetInitialAmount { amount: amount.0 })
}

/// CopyTarget.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyTarget {
    /// Id of the other row; the same row of last year when left out.
    from: Option<Uuid>,
    /// How much more; 0 when left out.
    #[schema(value_type = Option<String>, example = "10")]
    percent: Option<PercentField>,
}

fn copy(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let CopyTarget { from, percent } = asked.body()?;
    let (id, from) = (TargetId(asked.uuid()?), from.map(TargetId));
    let percent = percent.map_or_else(Percent::default, |percent| percent.0);
    asked.on_target(TargetCommand::CopyTarget { id, from, percent })
}

/// SetTargetCurrency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTargetCurrency {
    /// ISO 4217 code; null for the base currency.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{3}$")]
    currency: Option<Option<CurrencyCode>>,
}

fn set_currency(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SetTargetCurrency { currency } = asked.body()?;
    let Some(currency) = currency else {
        let (pointer, rule) = (format!("{}/currency", asked.pointer), "give a currency, or null");
        return Err(Problem::bad_body("missing_field", pointer, rule));
    };
    asked.on_target(TargetCommand::SetTargetCurrency { currency })
}
