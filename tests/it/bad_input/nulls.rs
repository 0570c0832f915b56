//! Null in a body: it clears what need not be there and never passes for no change. What is always there is left out or
//! given, and the OpenAPI document says the same (design §4.1).

use std::collections::{BTreeMap, BTreeSet};

use command_service::http::commands;
use command_service::http::route::CommandRoute;
use serde_json::{Value, json};

use super::trial::{Expected, Trial};

/// Fields of commands on something that is there in which null clears.
const CLEARED: [(&str, &[&str]); 11] = [
    // SO-5: all but the title (SO-F2) and the date (SO-F18)
    (
        "EditSale",
        &["company", "competitor", "contact", "credited", "description", "project", "source"],
    ),
    // SK-2
    ("ChangeStakeholders", &["comment", "role"]),
    // SD-2: all but the title
    (
        "EditActivity",
        &[
            "alarm_minutes",
            "company",
            "contact",
            "description",
            "location",
            "priority",
            "project",
            "sale",
            "type",
        ],
    ),
    // SO-47: all but name, probability and rank
    ("EditStage", &["description"]),
    // SO-45, SO-36
    ("EditSaleType", &["category", "duration"]),
    // SG-4, SG-5, SG-6
    ("EditSuggestedFollowUp", &["duration_minutes", "purpose", "text", "type"]),
    ("EditSuggestedDocument", &["our_reference", "purpose", "subject", "template"]),
    // SD-3: the diary's usual length again
    ("EditListItem", &["minutes"]),
    // SF-10, SF-14: a group goes with a word of visibility
    ("EditSelection", &["category", "description", "visible_group"]),
    ("SetSelectionView", &["view"]),
    // ST-12: the base currency again
    ("SetTargetCurrency", &["currency"]),
];

/// The same for companies and contacts (SO-F14, ST-2; SO-F15, SK-6).
const CLEARED_OF_PARTIES: [(&str, &[&str]); 2] = [
    ("EditCompany", &["business", "category", "country"]),
    ("EditContact", &["company", "email", "phone"]),
];

/// Fields of commands on something that is there in which null is as good as leaving them out: nothing is there yet that
/// they could leave as it is.
const AS_LEFT_OUT: [(&str, &[&str]); 9] = [
    // SO-15, SO-16: today
    ("MarkSold", &["close_date"]),
    ("MarkLost", &["close_date"]),
    // SO-11: exactly one of the three
    ("SetMargin", &["profit", "profit_percent", "total_cost"]),
    // SO-31: goes with a group only
    ("SetVisibility", &["visible_group"]),
    // SO-38: today
    ("SetRate", &["valid_from"]),
    // SO-19, SD-1, SD-3: what a new item begins with
    ("AddListItem", &["kind", "minutes", "rank"]),
    // SG-4, SG-5
    (
        "AddSuggestedFollowUp",
        &["duration_minutes", "id", "offset_days", "purpose", "rank", "required", "text", "type"],
    ),
    (
        "AddSuggestedDocument",
        &["id", "our_reference", "purpose", "rank", "required", "subject", "template"],
    ),
    // ST-11: last year's row, nothing more
    ("CopyTarget", &["from", "percent"]),
];

/// The fields of a body, and whether null may stand in them.
fn fields(route: &CommandRoute) -> BTreeMap<String, bool> {
    let Some(body) = route.body else { return BTreeMap::new() };
    let schema = serde_json::to_value((body.schema)()).unwrap();
    let is_null = |kind: &Value| kind == "null" || kind["type"] == "null";
    let among = |kinds: &Value| kinds.as_array().is_some_and(|kinds| kinds.iter().any(is_null));
    let nullable = |field: &Value| among(&field["type"]) || among(&field["oneOf"]);
    let properties = schema["properties"].as_object().unwrap();
    properties.iter().map(|(name, field)| (name.clone(), nullable(field))).collect()
}

/// Whoever adds a field that may be null says here what null means.
#[test]
fn null_is_documented_where_it_means_something_and_nowhere_else() {
    let tables = CLEARED.iter().chain(&CLEARED_OF_PARTIES).chain(&AS_LEFT_OUT);
    let told: BTreeMap<&str, BTreeSet<String>> = tables
        .map(|(command, fields)| (*command, fields.iter().map(ToString::to_string).collect()))
        .collect();
    let documented: BTreeMap<&str, BTreeSet<String>> = commands()
        .filter(|route| !route.creates())
        .map(|route| {
            let nullable = fields(route).into_iter().filter(|(_, nullable)| *nullable);
            (route.command, nullable.map(|(name, _)| name).collect())
        })
        .filter(|(_, fields): &(_, BTreeSet<String>)| !fields.is_empty())
        .collect();
    assert_eq!(documented, told);
}

#[tokio::test]
async fn null_where_something_always_is_is_refused_with_its_place() {
    let trial = Trial::start().await;
    let (mut refused, mut lines) = (0, Vec::new());
    for example in trial.examples.iter().filter(|example| !example.route.creates()) {
        let id = example.path.split('/').nth(3).unwrap();
        for (field, _) in fields(example.route).into_iter().filter(|(_, nullable)| !nullable) {
            // alone and beside everything else
            let alone =
                example.mandatory.iter().map(|it| ((*it).to_owned(), example.body[*it].clone()));
            let alone = Value::Object(alone.collect());
            for mut body in [alone, example.body.clone()] {
                body[&field] = Value::Null;
                let expected = Expected::new(400, "wrong_type").at(format!("/{field}"));
                trial.value(&example.path, &body, expected).await;
                let line = json!({"command": example.route.command, "id": id, "body": body});
                lines.push((format!("/body/{field}"), line.to_string()));
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused}");
    let ask = trial.ask("/v1/commands").header("content-type", "application/x-ndjson");
    let text: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    let results = ask.body(text.join("\n")).send().await.expect(200).lines();
    assert_eq!(results.len(), lines.len());
    for (result, (pointer, line)) in results.iter().zip(&lines) {
        let problem = &result["problem"];
        assert_eq!(
            (&result["status"], &problem["code"]),
            (&json!(400), &json!("wrong_type")),
            "{line}"
        );
        assert_eq!(problem["errors"][0]["pointer"], json!(pointer), "{line}");
    }
    trial.end().await;
}

/// SO-5: a field that need not be there may be cleared, also beside nothing else.
#[tokio::test]
async fn null_is_taken_where_it_clears_so_5() {
    let trial = Trial::start().await;
    for (command, fields) in CLEARED.iter().chain(&CLEARED_OF_PARTIES) {
        let example = trial.examples.iter().find(|it| it.route.command == *command).unwrap();
        for field in *fields {
            let mut body = json!({});
            for mandatory in example.mandatory {
                body[*mandatory] = example.body[*mandatory].clone();
            }
            if *field == "visible_group" {
                body["visible_for"] = json!("all");
            }
            body[*field] = Value::Null;
            let reply = trial.ask(&example.path).json(&body).send().await;
            assert_eq!(reply.status.as_u16(), 200, "{command} {body}: {}", reply.text);
        }
    }
    let selection = trial.examples.iter().find(|it| it.route.command == "EditSelection").unwrap();
    let expected = Expected::new(400, "invalid_value").at("/visible_group");
    trial.value(&selection.path, &json!({"visible_group": null}), expected).await;
}
