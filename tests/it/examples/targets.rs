//! Examples about sales targets.

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

/// A type of targets by sale type.
const BY_TYPE: Uuid = Uuid::from_u128(0x4ffc);

const AT: &str = "2026-03-01T08:00:00Z";

/// The object a command is for, prepared; none for commands about something else.
pub(super) async fn target(world: &World, fixture: &Fixture, command: &str) -> Option<String> {
    Some(match command {
        "DefineTargetType" => {
            defined(world, fixture, json!({"id": BY_TYPE, "dimension": "sale_type"})).await;
            String::new()
        }
        "EditTargetType" => defined(world, fixture, json!({"dimension": "credited"})).await,
        "DeleteTargetType" => defined(world, fixture, json!({"dimension": "competitor"})).await,
        "PasteTargets" => {
            added(world, fixture, json!({"target_type": BY_TYPE, "year": 2026})).await;
            BY_TYPE.to_string()
        }
        "AddTarget" => {
            let mut last = of_north(fixture);
            last["year"] = json!(2025);
            filled(world, fixture, last).await;
            String::new()
        }
        "LockTarget" => added(world, fixture, json!({"year": 2101})).await,
        "UnlockTarget" => {
            let id = added(world, fixture, json!({"year": 2102})).await;
            fixture.at(world, AT, &format!("/v1/targets/{id}/lock"), json!({})).await;
            id
        }
        "ClearTarget" => filled(world, fixture, json!({"year": 2103})).await,
        "RemoveTarget" => filled(world, fixture, json!({"year": 2104})).await,
        "SetTargetCells" => added(world, fixture, json!({"year": 2105})).await,
        "SetInitialAmount" => added(world, fixture, json!({"year": 2106})).await,
        "CopyTarget" => {
            filled(world, fixture, json!({"year": 2107})).await;
            added(world, fixture, json!({"year": 2108})).await
        }
        "SetTargetCurrency" => added(world, fixture, json!({"year": 2109})).await,
        _ => return None,
    })
}

/// A row of North about new customers, in kroner.
fn of_north(fixture: &Fixture) -> Value {
    json!({"target_type": BY_TYPE, "item": fixture.new, "level": "group", "assignee": "North",
        "currency": "NOK"})
}

async fn defined(world: &World, fixture: &Fixture, more: Value) -> String {
    let mut body = json!({"name": "Targets", "unit": "amount"});
    super::merge(&mut body, more);
    let answer = fixture.at(world, AT, "/v1/target-types", body).await;
    answer["id"].as_str().expect("an id").to_owned()
}

/// A row, the company's unless `more` says otherwise.
async fn added(world: &World, fixture: &Fixture, more: Value) -> String {
    let mut body = json!({"level": "company"});
    super::merge(&mut body, more);
    let answer = fixture.at(world, AT, "/v1/targets", body).await;
    answer["id"].as_str().expect("an id").to_owned()
}

/// The same with 100.00 a month.
async fn filled(world: &World, fixture: &Fixture, more: Value) -> String {
    let id = added(world, fixture, more).await;
    let path = format!("/v1/targets/{id}/set-initial-amount");
    fixture.at(world, AT, &path, json!({"amount": "1200"})).await;
    id
}

/// The id of the company's row in a year, as the server makes it.
fn company(target_type: Uuid, year: u16) -> String {
    let place = events::target::TargetPlace {
        target_type: events::TargetTypeId(target_type),
        item: None,
        year,
        assignee: events::target::Assignee::Company,
    };
    place.id().to_string()
}

/// Every field of a command's body, and those that must be there; none for other commands.
pub(super) fn body(
    command: &str,
    fixture: &Fixture,
    new: Uuid,
) -> Option<(Value, &'static [&'static str])> {
    let name = json!({"en": format!("{command} {new}"), "nb": "Mål", "nl": "Doel"});
    let default = events::target_type::DEFAULT.0;
    Some(match command {
        "DefineTargetType" => (
            json!({"id": new, "name": name, "dimension": "source", "unit": "count", "items": ["fair"],
                "groups_only": true}),
            &["name", "dimension", "unit"],
        ),
        "EditTargetType" => {
            (json!({"name": name, "items": ["north-sales"], "groups_only": true}), &[])
        }
        "PasteTargets" => {
            let row =
                json!({"target": company(BY_TYPE, 2026), "from": 2, "cells": ["100.50", null]});
            (json!({ "rows": [row] }), &["rows"])
        }
        "AddTarget" => {
            let mut body = of_north(fixture);
            super::merge(&mut body, json!({"year": 2026, "copy_last_year": "10"}));
            (body, &["year", "level"])
        }
        "SetTargetCells" => (json!({"cells": vec!["100.50"; 12]}), &["cells"]),
        "SetInitialAmount" => (json!({"amount": "1000000"}), &["amount"]),
        "CopyTarget" => (json!({"from": company(default, 2107), "percent": "2.5"}), &[]),
        "SetTargetCurrency" => (json!({"currency": "NOK"}), &[]),
        "SetTargetPeriod" => (json!({"period": "quarter"}), &["period"]),
        "DeleteTargetType" | "LockTarget" | "UnlockTarget" | "ClearTarget" | "RemoveTarget" => {
            (json!({}), &[])
        }
        _ => return None,
    })
}
