//! Analyses as files: lost sales by reason and competitor, stage conversion, the sales behind it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value};
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem};

use super::table::{Shown, Taking, instant, number, text};
use super::{ExportParams, FileAnswers};
use crate::analyses::{
    Entered, LossParams, StagePart, loss_analysis, stage_conversion, stage_sales,
};
use crate::ask::{Asked, CurrencyParam, Drill, Filters, PageParams, Questions, When};

const LOSSES: [Shown; 11] = [
    text("group", "/group"),
    text("group_name", "/group_name"),
    text("reason", "/reason"),
    text("reason_name", "/reason_name"),
    text("competitor", "/competitor"),
    text("competitor_name", "/competitor_name"),
    number("count", "/count"),
    number("amount", "/amount"),
    text("currency", "/currency").of_answer(),
    number("count_share", "/count_share"),
    number("amount_share", "/amount_share"),
];

const STAGES: [Shown; 25] = [
    text("stage", "/name"),
    number("rank", "/rank"),
    number("entered", "/entered"),
    number("entries", "/entries"),
    number("went_on", "/went_on"),
    number("went_back", "/went_back"),
    number("moved", "/moved"),
    number("won", "/won"),
    number("lost", "/lost"),
    number("still_there", "/still_there"),
    number("conversion", "/conversion"),
    number("ended_won", "/ended_won"),
    number("ended_lost", "/ended_lost"),
    number("win_rate", "/win_rate"),
    number("days_sales", "/days/sales"),
    number("days_average", "/days/average"),
    number("days_median", "/days/median"),
    number("days_minimum", "/days/minimum"),
    number("days_maximum", "/days/maximum"),
    number("days_so_far_average", "/days_so_far/average"),
    number("days_so_far_median", "/days_so_far/median"),
    number("days_so_far_minimum", "/days_so_far/minimum"),
    number("days_so_far_maximum", "/days_so_far/maximum"),
    text("from", "/from").of_answer(),
    text("stage_id", "/stage"),
];

const STAGE_SALES: [Shown; 13] = [
    number("number", "/number"),
    text("title", "/title"),
    text("owner", "/owner"),
    text("owner_name", "/owner_name"),
    text("status", "/status"),
    text("stage", "/stage_name"),
    instant("entered_at", "/entered_at"),
    instant("left_at", "/left_at"),
    number("entries", "/entries"),
    number("days", "/days"),
    text("exit", "/exit"),
    text("stage_id", "/stage"),
    text("id", "/id"),
];

/// Lost sales by reason and competitor as a file
#[utoipa::path(
    get,
    path = "/v1/loss-analysis/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, LossParams, AcceptLanguage, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn loss_analysis_export(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((drill, when, filters, currency, loss, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        LossParams,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (drill, when, filters, currency, loss);
    let Json(answer) = loss_analysis(State(questions), actor, language, Asked(asked)).await?;
    taking.chosen("loss-analysis", &LOSSES, &answer, losses).await
}

/// Pairs of reason and competitor; with a breakdown its reasons, then its competitors, group by group.
fn losses(answer: &Value) -> Vec<Value> {
    let rows = |of: &Value, name: &str| of[name].as_array().cloned().unwrap_or_default();
    let groups = rows(answer, "groups");
    if groups.is_empty() {
        return rows(answer, "by_reason_and_competitor");
    }
    let within = |group: &Value| {
        let named = |mut row: Value| {
            let members = row.as_object_mut().map(std::mem::take).unwrap_or_default();
            let of = [("group", &group["key"]), ("group_name", &group["name"])];
            let of = of.map(|(name, value)| (name.to_owned(), value.clone()));
            Value::Object(members.into_iter().chain(of).collect::<Map<_, _>>())
        };
        let all = rows(group, "by_reason").into_iter().chain(rows(group, "by_competitor"));
        all.map(named).collect::<Vec<_>>()
    };
    groups.iter().flat_map(within).collect()
}

/// Stage conversion and time in stage as a file
#[utoipa::path(
    get,
    path = "/v1/stage-conversion/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, Entered, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn stage_conversion_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, filters, currency, entered, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        Entered,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (drill, when, filters, currency, entered);
    let Json(answer) = stage_conversion(State(questions), actor, Asked(asked)).await?;
    taking.rows("stage-conversion", &STAGES, &answer, "/stages").await
}

/// The sales behind stage conversion as a file
#[utoipa::path(
    get,
    path = "/v1/stage-conversion/sales/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, Entered, StagePart, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn stage_sales_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, filters, currency, entered, part, params)): Asked<(
        When,
        Filters,
        CurrencyParam,
        Entered,
        StagePart,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, filters, currency, entered, part, PageParams::every_row());
    let Json(answer) = stage_sales(State(questions), actor, Asked(asked)).await?;
    taking.rows("stage-sales", &STAGE_SALES, &answer, "/sales").await
}
