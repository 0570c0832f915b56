//! Answers to what a guide suggests (SG-20, SG-21, SG-23).

use domain::sale::SaleCommand;
use events::GuideItemId;
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 2] = [
    row(
        Right::ChangeSales,
        "AnswerFollowUpSuggestion",
        "/v1/sales/{id}/answer-follow-up-suggestion",
        "Say whether a suggested follow-up is to be created (SG-20, SG-21)",
        BodySchema::of::<AnswerFollowUpSuggestion>(),
        answer_follow_up,
    ),
    row(
        Right::ChangeSales,
        "AnswerStageSuggestion",
        "/v1/sales/{id}/answer-stage-suggestion",
        "Say whether the sale moves to the suggested stage; yes moves it (SG-23)",
        BodySchema::of::<AnswerStageSuggestion>(),
        answer_stage,
    ),
];

/// AnswerFollowUpSuggestion. Nothing is created by it; creating answers by itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerFollowUpSuggestion {
    /// What was suggested.
    item: Uuid,
    /// To be created, or not now.
    accepted: bool,
}

fn answer_follow_up(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let AnswerFollowUpSuggestion { item, accepted } = asked.body()?;
    let item = GuideItemId(item);
    asked.on_sale(SaleCommand::AnswerFollowUpSuggestion { item, accepted })
}

/// AnswerStageSuggestion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerStageSuggestion {
    /// Yes or no.
    accepted: bool,
}

fn answer_stage(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let AnswerStageSuggestion { accepted } = asked.body()?;
    asked.on_sale(SaleCommand::AnswerStageSuggestion { accepted })
}
