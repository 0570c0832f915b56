//! Owner, stage, probability, amount and margin of a sale (SO-6 … SO-11).

use domain::Refusal;
use domain::sale::{MarginFigure, SaleCommand};
use events::{Money, Probability, StageId, UserId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::fields::{self, DecimalText};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 5] = [
    row(
        Right::ChangeSales,
        "ChangeOwner",
        "/v1/sales/{id}/change-owner",
        "Hand the sale over",
        BodySchema::of::<ChangeOwner>(),
        change_owner,
    ),
    row(
        Right::ChangeSales,
        "AdvanceStage",
        "/v1/sales/{id}/advance-stage",
        "Go to any stage of the type (SO-6, SO-8)",
        BodySchema::of::<AdvanceStage>(),
        advance_stage,
    ),
    row(
        Right::ChangeSales,
        "OverrideProbability",
        "/v1/sales/{id}/override-probability",
        "Set the probability until the next stage change (SO-7)",
        BodySchema::of::<OverrideProbability>(),
        override_probability,
    ),
    row(
        Right::ChangeSales,
        "ChangeAmount",
        "/v1/sales/{id}/change-amount",
        "Change the amount; cost stays (SO-11)",
        BodySchema::of::<ChangeAmount>(),
        change_amount,
    ),
    row(
        Right::ChangeSales,
        "SetMargin",
        "/v1/sales/{id}/set-margin",
        "Set cost, profit or percent; the others follow (SO-10)",
        BodySchema::of::<SetMargin>(),
        set_margin,
    ),
];

/// ChangeOwner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOwner {
    /// A user of the tenant.
    #[schema(value_type = String)]
    owner: UserId,
}

fn change_owner(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeOwner = asked.body()?;
    asked.on_sale(SaleCommand::ChangeOwner { owner: body.owner, caller: asked.caller() })
}

/// AdvanceStage.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceStage {
    /// Any stage of the sale's type.
    stage: Uuid,
}

fn advance_stage(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AdvanceStage = asked.body()?;
    asked.on_sale(SaleCommand::AdvanceStage { stage: StageId(body.stage) })
}

/// OverrideProbability.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideProbability {
    /// Whole percent, 0–100.
    #[schema(value_type = u8, maximum = 100)]
    probability: Probability,
}

fn override_probability(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: OverrideProbability = asked.body()?;
    asked.on_sale(SaleCommand::OverrideProbability { probability: body.probability })
}

/// ChangeAmount.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAmount {
    /// In the sale's currency.
    #[schema(value_type = fields::Money)]
    amount: Money,
}

fn change_amount(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeAmount = asked.body()?;
    asked.on_sale(SaleCommand::ChangeAmount { amount: body.amount })
}

/// SetMargin: exactly one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMargin {
    /// Cost.
    #[schema(value_type = Option<fields::Money>)]
    total_cost: Option<Money>,
    /// Amount minus cost.
    #[schema(value_type = Option<fields::Money>)]
    profit: Option<Money>,
    /// Profit in percent of the amount.
    #[schema(value_type = Option<String>, example = "40")]
    profit_percent: Option<DecimalText>,
}

fn set_margin(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetMargin = asked.body()?;
    let figure = match (body.total_cost, body.profit, body.profit_percent) {
        (Some(cost), None, None) => MarginFigure::TotalCost(cost),
        (None, Some(profit), None) => MarginFigure::Profit(profit),
        (None, None, Some(percent)) => MarginFigure::ProfitPercent(percent.0),
        (_, _, _) => {
            return Err(crate::http::answers::refused(
                &Refusal::ExactlyOneMarginFigure,
                asked.pointer,
            ));
        }
    };
    asked.on_sale(SaleCommand::SetMargin(figure))
}
