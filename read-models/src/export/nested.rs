//! What lies within each other as a flat file: groups of sales, columns of the board.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem};

use super::table::{Shown, Taking, number, text};
use super::{ExportParams, FileAnswers};
use crate::ask::{Asked, ColumnParam, CurrencyParam, Drill, Filters, Questions, When};
use crate::board::{BoardParams, board};
use crate::grouped::{GroupedParams, grouped};

const GROUPED: [Shown; 25] = [
    number("level", "/level"),
    text("key_1", "/path/0/key"),
    text("name_1", "/path/0/name"),
    text("key_2", "/path/1/key"),
    text("name_2", "/path/1/name"),
    text("key_3", "/path/2/key"),
    text("name_3", "/path/2/name"),
    number("count", "/count"),
    number("amount", "/amount/sum"),
    number("amount_average", "/amount/average"),
    number("amount_minimum", "/amount/minimum"),
    number("amount_maximum", "/amount/maximum"),
    number("weighted", "/weighted/sum"),
    number("weighted_average", "/weighted/average"),
    number("weighted_minimum", "/weighted/minimum"),
    number("weighted_maximum", "/weighted/maximum"),
    number("profit", "/profit/sum"),
    number("profit_average", "/profit/average"),
    number("profit_minimum", "/profit/minimum"),
    number("profit_maximum", "/profit/maximum"),
    text("currency", "/currency").of_answer(),
    number("probability_average", "/probability/average"),
    number("probability_minimum", "/probability/minimum"),
    number("probability_maximum", "/probability/maximum"),
    text("group_by", "/group_by").of_answer(),
];

const BOARD: [Shown; 12] = [
    text("part", "/part"),
    text("key", "/key"),
    text("name", "/name"),
    number("rank", "/rank"),
    text("subgroup_key", "/subgroup/key"),
    text("subgroup_name", "/subgroup/name"),
    number("count", "/figures/count"),
    number("amount", "/figures/amount"),
    number("weighted", "/figures/weighted"),
    number("sum", "/figures/sum"),
    text("summarize", "/summarize").of_answer(),
    text("currency", "/currency").of_answer(),
];

/// Sales in groups as a file
#[utoipa::path(
    get,
    path = "/v1/sales/grouped/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, GroupedParams, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn grouped_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, filters, currency, asked, params)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        GroupedParams,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (drill, when, filters, currency, asked);
    let Json(answer) = grouped(State(questions), actor, Asked(asked)).await?;
    let rows = |answer: &Value| {
        let mut rows = Vec::new();
        unfold(&answer["groups"], &[], &mut rows);
        rows
    };
    taking.chosen("grouped-sales", &GROUPED, &answer, rows).await
}

/// Each group before the groups within it, with the path that leads to it.
fn unfold(groups: &Value, above: &[Value], rows: &mut Vec<Value>) {
    for group in groups.as_array().into_iter().flatten() {
        let here = json!({"key": group["key"], "name": group["name"]});
        let path: Vec<Value> = above.iter().cloned().chain([here]).collect();
        let mut row = json!({"level": path.len(), "path": path});
        for figure in ["count", "amount", "weighted", "profit", "probability"] {
            row[figure] = group[figure].clone();
        }
        rows.push(row);
        unfold(&group["groups"], &path, rows);
    }
}

/// Columns and lanes of the board as a file
#[utoipa::path(
    get,
    path = "/v1/board/export",
    tag = "sales",
    params(BoardParams, When, Filters, CurrencyParam, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn board_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, asked, when, filters, currency, params)): Asked<(
        Drill,
        BoardParams,
        When,
        Filters,
        CurrencyParam,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (drill, asked, when, filters, currency, ColumnParam::default());
    let Json(answer) = board(State(questions), actor, Asked(asked)).await?;
    taking.chosen("board", &BOARD, &answer, stands).await
}

/// Columns, then lanes; each before what it is divided into.
fn stands(answer: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for (part, name) in [("column", "columns"), ("lane", "lanes")] {
        for column in answer[name].as_array().into_iter().flatten() {
            let row = |subgroup: &Value, figures: &Value| {
                json!({"part": part, "key": column["key"], "name": column["name"], "rank": column["rank"],
                       "subgroup": subgroup, "figures": figures})
            };
            rows.push(row(&Value::Null, column));
            let subgroups = column["subgroups"].as_array().into_iter().flatten();
            rows.extend(subgroups.map(|subgroup| row(subgroup, subgroup)));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_within_groups_become_rows_with_their_path() {
        let inner = json!([{"key": null, "name": null, "count": 1, "groups": []}]);
        let groups = json!([{"key": "ola", "name": "Ola", "count": 3, "groups": inner}]);
        let mut rows = Vec::new();
        unfold(&groups, &[], &mut rows);
        let told: Vec<(&Value, &Value, Option<&Value>)> = rows
            .iter()
            .map(|row| (&row["level"], &row["count"], row.pointer("/path/0/key")))
            .collect();
        let ola = json!("ola");
        assert_eq!(told, [(&json!(1), &json!(3), Some(&ola)), (&json!(2), &json!(1), Some(&ola))]);
    }
}
