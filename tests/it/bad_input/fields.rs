//! Fields of another type, fields nobody knows, fields that are missing: on every route.

use serde_json::{Value, json};

use super::trial::{Expected, Trial};

/// Bodies of SetMargin, which takes one field at a time.
fn variants(command: &str, body: &Value) -> Vec<Value> {
    let mut bodies = vec![body.clone()];
    if command == "SetMargin" {
        bodies.push(json!({"profit": {"amount": "10.00", "currency": "NOK"}}));
        bodies.push(json!({"profit_percent": "40"}));
    }
    bodies
}

/// Decimals may be written as numbers too.
const DECIMALS: [&str; 4] = ["rate", "profit_percent", "percent", "copy_last_year"];

/// Fields that hold one text a language and are read as a whole.
fn is_name(field: &str) -> bool {
    ["name", "labels"].contains(&field)
}

/// Values that are not of the kind of `good`.
fn of_another_type(field: &str, good: &Value) -> Vec<Value> {
    let (text, number, list, object) = (json!("x"), json!(7), json!([]), json!({"x": 1}));
    match good {
        Value::String(_) if DECIMALS.contains(&field) => vec![text, json!(true), list, object],
        Value::String(_) => vec![number, json!(1.5), json!(true), list, object],
        Value::Number(_) => {
            vec![text, json!("7"), json!(1.5), json!(1e12), json!(true), list, object]
        }
        Value::Bool(_) => vec![text, json!("true"), json!(1), list, object],
        // a cell may be left open
        Value::Array(_) if field == "cells" => {
            vec![text, number, json!(true), object, json!([1]), json!([{}])]
        }
        Value::Array(_) => {
            vec![text, number, json!(true), object, json!([1]), json!([{}]), json!([null])]
        }
        Value::Object(_) if is_name(field) => vec![number, json!(true), list, object],
        // its keys are the tenant's
        Value::Object(_) if field == "fields" => {
            vec![text, number, json!(true), list, json!({})]
        }
        Value::Object(_) => vec![text, number, json!(true), list, object, json!({})],
        Value::Null => Vec::new(),
    }
}

#[tokio::test]
async fn a_field_of_another_type_is_refused_with_its_place() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        for body in variants(example.route.command, &example.body) {
            for (field, good) in body.as_object().unwrap() {
                for bad in of_another_type(field, good) {
                    let mut body = body.clone();
                    body[field] = bad;
                    let expected = Expected::value_at(format!("/{field}"));
                    trial.value(&example.path, &body, expected).await;
                }
            }
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn a_field_inside_a_field_is_judged_like_any_other() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        for body in variants(example.route.command, &example.body) {
            // `fields` has no members of its own: its keys are the tenant's
            let objects = body.as_object().unwrap().iter();
            let objects = objects.filter(|(field, good)| good.is_object() && *field != "fields");
            for (field, good) in objects {
                for (member, inner) in good.as_object().unwrap() {
                    let pointer = format!("/{field}/{member}");
                    for bad in of_another_type(member, inner).into_iter().chain([Value::Null]) {
                        let mut body = body.clone();
                        body[field][member] = bad;
                        // a name is read as a whole
                        let place =
                            if is_name(field) { format!("/{field}") } else { pointer.clone() };
                        trial.value(&example.path, &body, Expected::value_at(place)).await;
                    }
                    if !is_name(field) {
                        let mut body = body.clone();
                        body[field].as_object_mut().unwrap().remove(member);
                        let expected = Expected::new(400, "missing_field").at(pointer);
                        trial.value(&example.path, &body, expected).await;
                    }
                }
                let mut body = body.clone();
                body[field]["colour"] = json!("red");
                let expected = Expected::value_at(format!("/{field}"));
                trial.value(&example.path, &body, expected).await;
            }
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn a_field_nobody_knows_is_refused_by_name() {
    let trial = Trial::start().await;
    for example in &trial.examples {
        for unknown in ["colour", "Title", "title ", "__proto__", "", "a/b~c", "tenant", "number"] {
            let mut body = example.body.clone();
            body[unknown] = json!("x");
            let pointer = format!("/{}", unknown.replace('~', "~0").replace('/', "~1"));
            let expected = Expected::new(400, "unknown_field").at(pointer);
            trial.value(&example.path, &body, expected).await;
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn a_missing_mandatory_field_is_refused_by_name_also_when_it_is_null() {
    let trial = Trial::start().await;
    let mut mandatory = 0;
    for example in &trial.examples {
        for field in example.mandatory {
            mandatory += 1;
            let mut body = example.body.clone();
            body.as_object_mut().unwrap().remove(*field);
            let missing = Expected::new(400, "missing_field").at(format!("/{field}"));
            trial.value(&example.path, &body, missing).await;
            body[*field] = Value::Null;
            trial.value(&example.path, &body, Expected::value_at(format!("/{field}"))).await;
        }
    }
    assert_eq!(mandatory, 90, "the contract's table (design §4.1)");
    trial.end().await;
}

#[tokio::test]
async fn what_is_not_mandatory_may_be_left_out() {
    let trial = Trial::start().await;
    for example in trial.examples.iter().filter(|example| example.has_body()) {
        let mut body = example.body.clone();
        let keep = |field: &String, _: &mut Value| example.mandatory.contains(&field.as_str());
        body.as_object_mut().unwrap().retain(keep);
        // some commands want one of several, or one more
        match example.route.command {
            "SetMargin" => {
                let expected = Expected::new(422, "exactly_one_margin_figure");
                trial.value(&example.path, &body, expected).await;
            }
            "SetVisibility" => {
                let expected = Expected::new(400, "missing_field").at("/visible_group");
                trial.value(&example.path, &body, expected).await;
            }
            "SetSelectionView" => {
                let expected = Expected::new(400, "missing_field").at("/view");
                trial.value(&example.path, &body, expected).await;
            }
            "AddTarget" => {
                let expected = Expected::new(400, "missing_field").at("/assignee");
                trial.value(&example.path, &body, expected).await;
            }
            "SetTargetCurrency" => {
                let expected = Expected::new(400, "missing_field").at("/currency");
                trial.value(&example.path, &body, expected).await;
            }
            "AddListItem" => {
                let expected = Expected::new(400, "missing_field").at("/kind");
                trial.value(&example.path, &body, expected).await;
            }
            "CreateDocument" => {
                let expected = Expected::new(422, "title_required").at("/title");
                trial.value(&example.path, &body, expected).await;
                body["item"] = example.body["item"].clone();
                let expected = Expected::new(400, "missing_field").at("/sale");
                trial.value(&example.path, &body, expected).await;
            }
            "RegisterSale"
            | "PlanActivity"
            | "CreateFromGuideItem"
            | "AddStage"
            | "DefineSaleType"
            | "CreateSelection"
            | "DefineTargetType"
            | "RegisterCompany"
            | "RegisterContact" => {
                let reply = trial.ask(&example.path).json(&body).send().await.expect(201);
                let id = reply.json()["id"].as_str().unwrap().to_owned();
                assert_eq!(id.as_bytes()[14], b'7', "the server makes UUIDs of version 7: {id}");
            }
            "AddUser" => {
                body["id"] = json!("somebody");
                trial.ask(&example.path).json(&body).send().await.expect(201);
            }
            _ => {
                trial.ask(&example.path).json(&body).send().await.expect(200);
            }
        }
    }
}
