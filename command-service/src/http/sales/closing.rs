//! Putting a sale on hold, selling, losing, completing and reopening it (SO-13 … SO-22).

use domain::sale::SaleCommand;
use events::sale::ReopenCause;
use events::{ListKey, Money};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use crate::http::fields::{self, Day, never_null};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 7] = [
    row(
        Right::ChangeSales,
        "StallSale",
        "/v1/sales/{id}/stall",
        "Put the sale on hold (SO-13)",
        BodySchema::of::<StallSale>(),
        stall,
    ),
    row(
        Right::ChangeSales,
        "ChangeStallTerms",
        "/v1/sales/{id}/change-stall-terms",
        "Change date or reason of the hold (SO-13)",
        BodySchema::of::<ChangeStallTerms>(),
        change_stall_terms,
    ),
    row(
        Right::ChangeSales,
        "ReopenSale",
        "/v1/sales/{id}/reopen",
        "Open a stalled, sold or lost sale again (SO-16, SO-22)",
        None,
        reopen,
    ),
    row(
        Right::ChangeSales,
        "MarkSold",
        "/v1/sales/{id}/mark-sold",
        "Mark as sold (SO-17)",
        BodySchema::of::<MarkSold>(),
        mark_sold,
    ),
    row(
        Right::ChangeSales,
        "MarkLost",
        "/v1/sales/{id}/mark-lost",
        "Mark as lost (SO-18)",
        BodySchema::of::<MarkLost>(),
        mark_lost,
    ),
    row(
        Right::ChangeSales,
        "CompleteSale",
        "/v1/sales/{id}/complete",
        "Tick a closed sale as completed (SO-21)",
        None,
        complete,
    ),
    row(
        Right::ChangeSales,
        "ClearCompletion",
        "/v1/sales/{id}/clear-completion",
        "Take the tick away (SO-21)",
        None,
        clear_completion,
    ),
];

/// StallSale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StallSale {
    /// Not before today.
    #[schema(value_type = String, format = Date)]
    reopen_date: Day,
    /// Key of a list item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    reason: ListKey,
}

fn stall(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: StallSale = asked.body()?;
    asked.on_sale(SaleCommand::StallSale { reopen_date: body.reopen_date.0, reason: body.reason })
}

/// ChangeStallTerms: any of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStallTerms {
    /// Not before today.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, format = Date)]
    reopen_date: Option<Day>,
    /// Key of a list item.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    reason: Option<ListKey>,
}

fn change_stall_terms(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeStallTerms = asked.body()?;
    let reopen_date = body.reopen_date.map(|day| day.0);
    asked.on_sale(SaleCommand::ChangeStallTerms { reopen_date, reason: body.reason })
}

fn reopen(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_sale(SaleCommand::ReopenSale { cause: ReopenCause::Manual })
}

/// MarkSold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkSold {
    /// Key of a list item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    reason: ListKey,
    /// Today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    close_date: Option<Day>,
    /// Actual value; the estimate when left out.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = fields::Money)]
    amount: Option<Money>,
    /// Key of a list item: who lost it to us; the known one when left out.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    competitor: Option<ListKey>,
}

fn mark_sold(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: MarkSold = asked.body()?;
    let close_date = body.close_date.map(|day| day.0);
    asked.on_sale(SaleCommand::MarkSold {
        reason: body.reason,
        close_date,
        amount: body.amount,
        competitor: body.competitor,
    })
}

/// MarkLost.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkLost {
    /// Key of a list item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    reason: ListKey,
    /// Today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    close_date: Option<Day>,
    /// Key of a list item; the known one when left out.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    competitor: Option<ListKey>,
}

fn mark_lost(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: MarkLost = asked.body()?;
    let close_date = body.close_date.map(|day| day.0);
    asked.on_sale(SaleCommand::MarkLost {
        reason: body.reason,
        close_date,
        competitor: body.competitor,
    })
}

fn complete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_sale(SaleCommand::CompleteSale)
}

fn clear_completion(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_sale(SaleCommand::ClearCompletion)
}
