//! Selections as files: the list of them, and the members of one (SF-10, SF-12).

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem};
use uuid::Uuid;

use super::sales::file_of_sales;
use super::table::{Shown, Taking, instant, mark, number, text};
use super::{ExportParams, FileAnswers};
use crate::ask::{Asked, CurrencyParam, Filters, PageParams, Questions, RatesParam, When};
use crate::card_page::CardSort;
use crate::selections::{SelectionFilters, selections};

const SELECTIONS: [Shown; 12] = [
    text("name", "/name"),
    text("kind", "/kind"),
    text("owner", "/owner"),
    text("group", "/group"),
    text("category", "/category"),
    text("description", "/description"),
    text("visible_for", "/visible_for"),
    text("visible_group", "/visible_group"),
    mark("completed", "/completed"),
    number("member_count", "/member_count"),
    instant("updated_at", "/updated_at"),
    text("id", "/id"),
];

/// Selections as a file
#[utoipa::path(
    get,
    path = "/v1/selections/export",
    tag = "selections",
    params(When, SelectionFilters, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn selections_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, filters, params)): Asked<(When, SelectionFilters, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, filters, PageParams::every_row());
    let Json(answer) = selections(State(questions), actor, Asked(asked)).await?;
    taking.rows("selections", &SELECTIONS, &answer, "/selections").await
}

/// The members of a selection as a file
#[utoipa::path(
    get,
    path = "/v1/selections/{id}/members/export",
    tag = "selections",
    params(
        ("id" = Uuid, Path, description = "Public id of the selection"),
        When, CurrencyParam, RatesParam, CardSort, ExportParams
    ),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn members_export(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, worth, sort, params)): Asked<(
        When,
        (CurrencyParam, RatesParam),
        CardSort,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let filters = Filters { selection: Some(id), ..Filters::default() };
    file_of_sales("members", questions, actor, (when, filters, worth, sort, params)).await
}
