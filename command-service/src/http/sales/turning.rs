//! What turns a sale into another one: its type, its currency, its end for good (SO-9, SO-23, SO-39).

use domain::sale::SaleCommand;
use events::{CurrencyCode, SaleTypeId, StageId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::fields::never_null;
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 3] = [
    row(
        Right::ChangeSales,
        "ChangeSaleType",
        "/v1/sales/{id}/change-sale-type",
        "Give the sale another type (SO-9)",
        BodySchema::of::<ChangeSaleType>(),
        change_sale_type,
    ),
    row(
        Right::ChangeSales,
        "ChangeCurrency",
        "/v1/sales/{id}/change-currency",
        "The same figures in another currency (SO-39)",
        BodySchema::of::<ChangeCurrency>(),
        change_currency,
    ),
    row(
        Right::ChangeSales,
        "DeleteSale",
        "/v1/sales/{id}/delete",
        "Delete the sale for good; its history stays (SO-23)",
        None,
        delete,
    ),
];

/// ChangeSaleType.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSaleType {
    /// The new type.
    sale_type: Uuid,
    /// A stage of the new type. Left out: the present one if the new type has it too, else the first of a type with a
    /// guide, else none.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = Uuid)]
    stage: Option<Uuid>,
}

fn change_sale_type(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeSaleType = asked.body()?;
    let (sale_type, stage) = (SaleTypeId(body.sale_type), body.stage.map(StageId));
    asked.on_sale(SaleCommand::ChangeSaleType { sale_type, stage })
}

/// ChangeCurrency: nothing is converted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCurrency {
    /// ISO 4217 code; figures are rounded to its places.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "EUR")]
    currency: CurrencyCode,
}

fn change_currency(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeCurrency = asked.body()?;
    asked.on_sale(SaleCommand::ChangeCurrency { currency: body.currency })
}

fn delete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_sale(SaleCommand::DeleteSale)
}
