//! What a tenant sells with as files: users, stages, sale types, currencies, types of targets.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem};

use super::table::{Shown, Taking, day, instant, mark, number, text};
use super::{ExportParams, FileAnswers};
use crate::ask::{Asked, Chosen, ChosenUser, PageParams, Questions, When, WithDeleted};
use crate::currencies::currencies;
use crate::sale_types::sale_types;
use crate::stages::stages;
use crate::targets::target_types;
use crate::users::users;

const USERS: [Shown; 4] = [
    text("id", "/id"),
    text("name", "/name"),
    text("groups", "/groups"),
    text("primary_group", "/primary_group"),
];

const STAGES: [Shown; 8] = [
    text("name", "/name"),
    text("name_en", "/names/en"),
    text("name_nb", "/names/nb"),
    text("name_nl", "/names/nl"),
    number("probability", "/probability"),
    number("rank", "/rank"),
    mark("deleted", "/deleted"),
    text("id", "/id"),
];

const SALE_TYPES: [Shown; 13] = [
    text("name", "/name"),
    text("name_en", "/names/en"),
    text("name_nb", "/names/nb"),
    text("name_nl", "/names/nl"),
    text("category", "/category"),
    number("duration", "/duration/n"),
    text("duration_unit", "/duration/unit"),
    text("stages", "/stages"),
    mark("guide", "/guide"),
    mark("auto_advance", "/auto_advance"),
    mark("stakeholders", "/stakeholders"),
    mark("deleted", "/deleted"),
    text("id", "/id"),
];

const CURRENCIES: [Shown; 7] = [
    text("code", "/code"),
    mark("base", "/base"),
    number("rate", "/rate"),
    number("unit", "/unit"),
    day("valid_from", "/valid_from"),
    instant("recorded_at", "/recorded_at"),
    number("places", "/places"),
];

const TARGET_TYPES: [Shown; 6] = [
    text("name", "/name"),
    text("dimension", "/dimension"),
    text("unit", "/unit"),
    mark("groups_only", "/groups_only"),
    mark("default", "/default"),
    text("id", "/id"),
];

/// Users as a file
#[utoipa::path(
    get,
    path = "/v1/users/export",
    tag = "catalogue",
    params(When, ChosenUser, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn users_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, chosen, params)): Asked<(When, ChosenUser, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, chosen, PageParams::every_row());
    let Json(answer) = users(State(questions), actor, Asked(asked)).await?;
    taking.rows("users", &USERS, &answer, "/users").await
}

/// Stages as a file
#[utoipa::path(
    get,
    path = "/v1/stages/export",
    tag = "catalogue",
    params(When, Chosen, WithDeleted, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn stages_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, chosen, with, params)): Asked<(When, Chosen, WithDeleted, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, chosen, with, PageParams::every_row());
    let Json(answer) = stages(State(questions), actor, Asked(asked)).await?;
    taking.rows("stages", &STAGES, &answer, "/stages").await
}

/// Sale types as a file
#[utoipa::path(
    get,
    path = "/v1/sale-types/export",
    tag = "catalogue",
    params(When, Chosen, WithDeleted, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn sale_types_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, chosen, with, params)): Asked<(When, Chosen, WithDeleted, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, chosen, with, PageParams::every_row());
    let Json(answer) = sale_types(State(questions), actor, Asked(asked)).await?;
    taking.rows("sale-types", &SALE_TYPES, &answer, "/sale_types").await
}

/// Currencies and their rates as a file
#[utoipa::path(
    get,
    path = "/v1/currencies/export",
    tag = "catalogue",
    params(When, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn currencies_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, params)): Asked<(When, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, PageParams::every_row());
    let Json(answer) = currencies(State(questions), actor, Asked(asked)).await?;
    taking.rows("currencies", &CURRENCIES, &answer, "/currencies").await
}

/// Types of sales targets as a file
#[utoipa::path(
    get,
    path = "/v1/target-types/export",
    tag = "targets",
    params(When, Chosen, AcceptLanguage, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn target_types_export(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((when, chosen, params)): Asked<(When, Chosen, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = Asked((when, chosen));
    let Json(answer) = target_types(State(questions), actor, language, asked).await?;
    taking.rows("target-types", &TARGET_TYPES, &answer, "/target_types").await
}
