//! How the board of a selection looks (SF-14), and how views and criteria look in OpenAPI.

use domain::selection::SelectionCommand;
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use super::on;
use crate::http::fields::patch;
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 1] = [row(
    Right::ChangeSales,
    "SetSelectionView",
    "/v1/selections/{id}/set-view",
    "Say how its board looks; null for the usual way (SF-14)",
    BodySchema::of::<SetSelectionView>(),
    set_view,
)];

/// Bytes of criteria or of a view at most, as JSON: a selection and a user keep them in every version.
const JSON_BYTES_MAX: usize = 65_536;

/// Refuses criteria, or a view, that nobody wrote by hand.
pub(in crate::http) fn fits(asked: &Asked<'_>, field: &str) -> Result<(), Problem> {
    let bytes = asked.body.get(field).map_or(0, |value| value.to_string().len());
    if bytes <= JSON_BYTES_MAX {
        return Ok(());
    }
    Err(asked.invalid(&format!("/{field}"), "must be 65536 bytes of JSON at most"))
}

/// SetSelectionView.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSelectionView {
    /// All of it; null for the usual way.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<BoardView>)]
    view: Option<Option<Box<events::BoardView>>>,
}

fn set_view(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SetSelectionView { view } = asked.body()?;
    fits(asked, "view")?;
    let missing = || {
        let pointer = format!("{}/view", asked.pointer);
        Problem::bad_body("missing_field", pointer, "give a view, or null for the usual way")
    };
    on(asked, SelectionCommand::SetSelectionView { view: view.ok_or_else(missing)? })
}

/// Criteria of sales: one block is enough, and of a block all criteria are needed (SF-7).
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the wire shape of events::Criteria in the OpenAPI document"
)]
pub struct Criteria {
    /// Blocks, of which one is enough.
    any: Vec<Block>,
}

/// Criteria that are all needed.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the wire shape of events::Criteria in the OpenAPI document"
)]
pub struct Block {
    /// All of them.
    all: Vec<Criterion>,
}

/// One condition.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the wire shape of events::Criteria in the OpenAPI document"
)]
pub struct Criterion {
    /// A field of `GET /v1/criteria-fields`.
    #[schema(example = "amount")]
    field: String,
    /// One of its operators.
    #[schema(example = "gt")]
    operator: String,
    /// What it is compared with, as many as the operator takes.
    #[schema(required = false, example = json!(["5000"]))]
    values: Vec<String>,
}

/// What columns and subgroups of the board stand for.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the wire shape of events::BoardView in the OpenAPI document"
)]
pub enum BoardGroup {
    /// Stages.
    Stage,
    /// Sale types.
    SaleType,
    /// Owners.
    Owner,
    /// Groups of owners.
    Group,
    /// Open, stalled, won, lost.
    Status,
}

/// What a column is summed up by.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the wire shape of events::BoardView in the OpenAPI document"
)]
pub enum Summarize {
    /// Amounts.
    Amount,
    /// Amounts times probability.
    Weighted,
}

/// A view of the board (SF-14).
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the wire shape of events::BoardView in the OpenAPI document"
)]
pub struct BoardView {
    /// What columns stand for.
    group_by: BoardGroup,
    /// What each column is divided by.
    subgroup_by: Option<BoardGroup>,
    /// A field that lists of sales can be sorted by, `-` before it for highest first.
    #[schema(example = "-amount")]
    sort: Option<String>,
    /// What is summed up; amounts when left out.
    summarize: Option<Summarize>,
    /// Leave won and lost sales out (SF-16); they are there when left out.
    hide_closed: Option<bool>,
    /// Currency of the sums; the base currency when left out.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    /// Which sales.
    criteria: Option<Criteria>,
}
