//! Targets nobody can have: years, figures, blocks, items, assignees (ST-1 to ST-19).

use serde_json::{Value, json};
use uuid::Uuid;

use super::trial::{Expected, Trial};

fn invalid(pointer: &str) -> Expected {
    Expected { codes: vec!["invalid_value", "wrong_type"], ..Expected::new(400, "invalid_value") }
        .at(pointer)
}

fn refusal(code: &'static str, pointer: &str) -> Expected {
    Expected::new(422, code).at(pointer)
}

/// What is no decimal number in a string.
const NO_FIGURES: [&str; 14] = [
    "",
    " ",
    "x",
    "1e3",
    "+1",
    "1,5",
    "1 000",
    ".5",
    "5.",
    "--1",
    "0x10",
    "NaN",
    "∞",
    "12345678901234567890123456789",
];

impl Trial {
    fn path_of(&self, command: &str) -> String {
        let example = self.examples.iter().find(|example| example.route.command == command);
        example.unwrap().path.clone()
    }
}

fn twelve(at: usize, figure: &Value) -> Value {
    let mut cells = vec![json!("1"); 12];
    cells[at] = figure.clone();
    json!({ "cells": cells })
}

#[tokio::test]
async fn a_figure_is_a_decimal_in_a_string_or_refused_where_it_stands_st_8_st_10() {
    let trial = Trial::start().await;
    let (cells, initial) = (trial.path_of("SetTargetCells"), trial.path_of("SetInitialAmount"));
    let texts = NO_FIGURES.map(|text| json!(text));
    let others = [json!(1), json!(1.5), json!(true), json!([]), json!({})];
    for bad in texts.iter().chain(&others) {
        trial.value(&initial, &json!({ "amount": bad }), invalid("/amount")).await;
        trial.value(&cells, &twelve(5, bad), invalid("/cells/5")).await;
    }
    for (bad, code) in [
        ("-0.01", "figure_negative"),
        ("-1", "figure_negative"),
        ("10000000000000.01", "amount_too_large"),
        ("99999999999999999999", "amount_too_large"),
        ("0.001", "too_many_places"),
    ] {
        trial.value(&initial, &json!({ "amount": bad }), refusal(code, "/amount")).await;
        trial.value(&cells, &twelve(11, &json!(bad)), refusal(code, "/cells/11")).await;
    }
    for count in [0, 1, 4, 11, 13, 1_000] {
        let body = json!({"cells": vec!["1"; count]});
        trial.value(&cells, &body, refusal("cells_count", "/cells")).await;
    }
    trial.end().await;
}

#[tokio::test]
async fn figures_percentages_and_years_are_accepted_at_their_limits_st_8() {
    let trial = Trial::start().await;
    for (command, body) in [
        ("SetTargetCells", json!({"cells": vec!["10000000000000"; 12]})),
        ("SetTargetCells", json!({"cells": vec!["0.01"; 12]})),
        ("SetTargetCells", json!({"cells": vec!["-0"; 12]})),
        ("SetInitialAmount", json!({"amount": "10000000000000.00"})),
        ("SetInitialAmount", json!({"amount": "0"})),
        ("CopyTarget", json!({"percent": "10000"})),
        ("CopyTarget", json!({"percent": "0.0001"})),
        ("CopyTarget", json!({"percent": -100})),
    ] {
        trial.ask(&trial.path_of(command)).json(&body).send().await.expect(200);
    }
    for year in [1900, 9999] {
        let body = json!({"year": year, "level": "company"});
        trial.ask("/v1/targets").json(&body).send().await.expect(201);
    }
}

#[tokio::test]
async fn a_percentage_out_of_range_is_refused_st_9_st_11() {
    let trial = Trial::start().await;
    let copy = trial.path_of("CopyTarget");
    for bad in [
        json!("-100.0001"),
        json!("10000.0001"),
        json!("0.00001"),
        json!(-101),
        json!(10_001),
        json!("ten"),
        json!("10 %"),
        json!(""),
        json!(true),
    ] {
        trial.value(&copy, &json!({ "percent": bad }), invalid("/percent")).await;
        let body = json!({"year": 2026, "level": "company", "copy_last_year": bad});
        trial.value("/v1/targets", &body, invalid("/copy_last_year")).await;
    }
    for bad in ["x", "", "5a1b5106"] {
        trial.value(&copy, &json!({ "from": bad }), invalid("/from")).await;
    }
    let nobody = json!({"from": Uuid::from_u128(404)});
    trial.value(&copy, &nobody, refusal("unknown_target", "/from")).await;
    trial.end().await;
}

#[tokio::test]
async fn a_row_that_cannot_be_is_refused_field_by_field_st_8() {
    let trial = Trial::start().await;
    let add = async |more: Value, expected: Expected| {
        let mut body = json!({"year": 2026, "level": "company"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        trial.value("/v1/targets", &body, expected).await;
    };
    for year in [
        json!(1899),
        json!(10_000),
        json!(0),
        json!(-2026),
        json!(99_999),
        json!("2026"),
        json!(2026.5),
    ] {
        add(json!({ "year": year }), invalid("/year")).await;
    }
    for level in ["", "users", "Company", "everybody"] {
        add(json!({ "level": level }), invalid("/level")).await;
    }
    add(json!({"assignee": "North"}), invalid("/assignee")).await;
    for level in ["group", "user"] {
        let missing = Expected::new(400, "missing_field").at("/assignee");
        add(json!({ "level": level }), missing).await;
        for bad in ["", " "] {
            add(json!({"level": level, "assignee": bad}), invalid("/assignee")).await;
        }
    }
    add(json!({"level": "group", "assignee": "語".repeat(240)}), invalid("/assignee")).await;
    add(json!({"level": "user", "assignee": "u".repeat(256)}), invalid("/assignee")).await;
    let nobody = json!({"level": "user", "assignee": "nobody"});
    add(nobody, refusal("unknown_owner", "/assignee")).await;
    for currency in ["nok", "NO", "XXX", "", "kroner"] {
        add(json!({ "currency": currency }), invalid("/currency")).await;
    }
    let own = json!({"level": "user", "assignee": "ola", "currency": "NOK"});
    add(own, refusal("no_own_currency", "/currency")).await;
    for item in ["", "Fair", "a b", "æ"] {
        add(json!({ "item": item }), invalid("/item")).await;
    }
    add(json!({"item": "k".repeat(61)}), invalid("/item")).await;
    add(json!({"item": "k".repeat(60)}), refusal("unknown_target_item", "/item")).await;
    for kind in ["x", "", "all_sales"] {
        add(json!({ "target_type": kind }), invalid("/target_type")).await;
    }
    let unknown = json!({"target_type": Uuid::from_u128(404)});
    add(unknown, refusal("unknown_target_type", "/target_type")).await;
    trial.end().await;
}

#[tokio::test]
async fn a_type_that_cannot_be_is_refused_field_by_field_st_1() {
    let trial = Trial::start().await;
    let define = async |more: Value, expected: Expected| {
        let mut body = json!({"name": "Sources", "dimension": "source", "unit": "count"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        trial.value("/v1/target-types", &body, expected).await;
    };
    for dimension in ["", "Source", "stage", "field", "field.", "field.Route", "field.a b"] {
        define(json!({ "dimension": dimension }), invalid("/dimension")).await;
    }
    for dimension in ["field.nowhere", "field.licences"] {
        define(json!({ "dimension": dimension }), refusal("unknown_dimension", "/dimension")).await;
    }
    for dimension in ["all_sales", "sale_type", "credited", "competitor"] {
        define(json!({ "dimension": dimension }), refusal("dimension_taken", "/dimension")).await;
    }
    for unit in ["", "Amount", "sum", "weighted"] {
        define(json!({ "unit": unit }), invalid("/unit")).await;
    }
    let items = |n: usize| (0..n).map(|n| format!("k{n}")).collect::<Vec<_>>();
    let edit = trial.path_of("EditTargetType");
    for bad in [json!([""]), json!(["A"]), json!(["k".repeat(61)]), json!(items(501))] {
        define(json!({ "items": bad }), invalid("/items")).await;
        trial.value(&edit, &json!({ "items": bad }), invalid("/items")).await;
    }
    define(json!({"items": ["a", "b", "a"]}), refusal("item_listed_twice", "/items/2")).await;
    let paths = [edit.clone(), trial.path_of("DeleteTargetType"), trial.path_of("PasteTargets")];
    trial.ask(&edit).json(&json!({"items": items(500)})).send().await.expect(200);
    trial
        .ask("/v1/target-types")
        .json(&json!({"name": "n".repeat(239), "dimension": "source",
        "unit": "count", "items": items(500)}))
        .send()
        .await
        .expect(201);
    let long = json!({"name": "n".repeat(240)});
    trial.value(&edit, &long, invalid("/name")).await;
    assert_eq!(paths.len(), 3);
}

#[tokio::test]
async fn a_block_that_cannot_be_is_refused_with_its_row_st_19() {
    let trial = Trial::start().await;
    let path = trial.path_of("PasteTargets");
    let example = trial.examples.iter().find(|it| it.route.command == "PasteTargets").unwrap();
    let target = example.body["rows"][0]["target"].clone();
    let paste = async |row: Value, expected: Expected| {
        trial.value(&path, &json!({ "rows": [row] }), expected).await;
    };
    for figure in NO_FIGURES {
        paste(json!({"target": target, "cells": [null, figure]}), invalid("/rows/0/cells/1")).await;
    }
    for from in [json!(0), json!(13), json!(-1), json!("1"), json!(1.5)] {
        paste(json!({"target": target, "from": from, "cells": ["1"]}), invalid("/rows/0/from"))
            .await;
    }
    for id in ["", "x"] {
        paste(json!({"target": id, "cells": ["1"]}), invalid("/rows/0/target")).await;
    }
    let unknown = refusal("unknown_target", "/rows/0/target");
    paste(json!({"target": Uuid::from_u128(404), "cells": ["1"]}), unknown).await;
    for (from, cells) in [(1, 13), (12, 2), (7, 7)] {
        let row = json!({"target": target, "from": from, "cells": vec!["1"; cells]});
        paste(row, refusal("cells_count", "/rows/0/cells")).await;
    }
    paste(
        json!({"target": target, "cells": ["1", "-1"]}),
        refusal("figure_negative", "/rows/0/cells/1"),
    )
    .await;
    let missing = |field: &str| Expected::new(400, "missing_field").at(format!("/rows/0/{field}"));
    paste(json!({"cells": ["1"]}), missing("target")).await;
    paste(json!({"target": target}), missing("cells")).await;
    let colour = json!({"target": target, "cells": ["1"], "colour": "red"});
    paste(colour, Expected::new(400, "unknown_field").at("/rows/0/colour")).await;
    trial.value(&path, &json!({"rows": []}), invalid("/rows")).await;
    let row = json!({"target": target, "cells": []});
    let twice = json!({"rows": [row, row]});
    trial.value(&path, &twice, refusal("target_listed_twice", "/rows/1/target")).await;
    let many = json!({"rows": vec![row; 501]});
    trial.value(&path, &many, invalid("/rows")).await;
    // 500 get as far as their ids
    let row = |n: u128| json!({"target": Uuid::from_u128(n), "cells": []});
    let most = json!({"rows": (1..=500).map(row).collect::<Vec<_>>()});
    trial.value(&path, &most, refusal("unknown_target", "/rows/0/target")).await;
    for period in ["", "year", "Month", "months"] {
        let path = trial.path_of("SetTargetPeriod");
        trial.value(&path, &json!({ "period": period }), invalid("/period")).await;
    }
    trial.end().await;
}
