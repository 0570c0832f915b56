//! Figures as files: pipeline columns, forecast rows, sale summary.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem};

use super::table::{Shown, Taking, number, text};
use super::{ExportParams, FileAnswers};
use crate::ask::{Asked, ColumnParam, CurrencyParam, Drill, Filters, PageParams, Questions, When};
use crate::card_page::CardSort;
use crate::forecast::{ForecastParams, forecast};
use crate::pipeline::{PipelineParams, pipeline};
use crate::sale_summary::{SummaryBy, sale_summary};

const CURRENCY: Shown = text("currency", "/currency").of_answer();

const PIPELINE: [Shown; 7] = [
    text("key", "/key"),
    text("name", "/name"),
    number("rank", "/rank"),
    number("count", "/count"),
    number("amount", "/amount"),
    number("weighted", "/weighted"),
    CURRENCY,
];

const SUMMARY: [Shown; 15] = [
    text("key", "/key"),
    text("name", "/name"),
    number("open_count", "/open/count"),
    number("open_amount", "/open/amount"),
    number("open_weighted", "/open/weighted"),
    number("stalled_count", "/stalled/count"),
    number("stalled_amount", "/stalled/amount"),
    number("stalled_weighted", "/stalled/weighted"),
    number("won_count", "/won/count"),
    number("won_amount", "/won/amount"),
    number("won_weighted", "/won/weighted"),
    number("lost_count", "/lost/count"),
    number("lost_amount", "/lost/amount"),
    number("lost_weighted", "/lost/weighted"),
    CURRENCY,
];

const FORECAST: [Shown; 20] = [
    text("period", "/period"),
    text("key", "/key"),
    text("name", "/name"),
    number("open_count", "/open/count"),
    number("open_amount", "/open/amount"),
    number("open_weighted", "/open/weighted"),
    number("stalled_count", "/stalled/count"),
    number("stalled_amount", "/stalled/amount"),
    number("stalled_weighted", "/stalled/weighted"),
    number("won_count", "/won/count"),
    number("won_amount", "/won/amount"),
    number("won_weighted", "/won/weighted"),
    number("lost_count", "/lost/count"),
    number("lost_amount", "/lost/amount"),
    number("lost_weighted", "/lost/weighted"),
    number("target", "/target"),
    number("attainment", "/attainment"),
    number("gap", "/gap"),
    number("coverage", "/coverage"),
    CURRENCY,
];

/// The forecast as a file
#[utoipa::path(
    get,
    path = "/v1/forecast/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, ForecastParams, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn forecast_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, filters, currency, asked, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        ForecastParams,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (drill, when, filters, currency, asked);
    let Json(answer) = forecast(State(questions), actor, Asked(asked)).await?;
    taking.rows("forecast", &FORECAST, &answer, "/rows").await
}

/// Columns of the pipeline as a file
#[utoipa::path(
    get,
    path = "/v1/pipeline/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, PipelineParams, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn pipeline_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, filters, currency, asked, params)): Asked<(
        When,
        Filters,
        CurrencyParam,
        PipelineParams,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (
        when,
        filters,
        currency,
        asked,
        CardSort::by_sale_date(),
        ColumnParam::default(),
        PageParams::first(),
    );
    let Json(answer) = pipeline(State(questions), actor, Asked(asked)).await?;
    taking.rows("pipeline", &PIPELINE, &answer, "/columns").await
}

/// The sale summary as a file
#[utoipa::path(
    get,
    path = "/v1/sale-summary/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, SummaryBy, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn sale_summary_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, filters, currency, by, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        SummaryBy,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (drill, when, filters, currency, by, PageParams::every_row());
    let Json(answer) = sale_summary(State(questions), actor, Asked(asked)).await?;
    taking.rows("sale-summary", &SUMMARY, &answer, "/rows").await
}
