//! One accepted request for every command of the product, on objects that are ready for it. A command
//! without an example fails every test that goes through all routes.

mod companies;
mod guide;
mod selections;
mod targets;

use command_service::http::commands;
use command_service::http::route::CommandRoute;
use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

/// The sale that activities are about.
pub const FOLLOWED_UP: Uuid = Uuid::from_u128(0x4fff);

/// Somebody who is involved in a sale.
const INVOLVED: Uuid = Uuid::from_u128(0x4ffe);

/// A request that would be accepted.
pub struct Example {
    /// The row of the command table.
    pub route: &'static CommandRoute,
    /// The path with its id.
    pub path: String,
    /// The body with every field the command knows.
    pub body: Value,
    /// Fields that must be there.
    pub mandatory: &'static [&'static str],
}

impl Example {
    /// Whether the command has a body at all.
    pub fn has_body(&self) -> bool {
        self.route.body.is_some()
    }

    /// The same request on another object.
    pub fn path_with(&self, id: &str) -> String {
        self.route.path.replace("{id}", id)
    }

    /// Whether the id in the path is a UUID.
    pub fn has_uuid(&self) -> bool {
        let aggregate = self.route.path.split('/').nth(2).unwrap_or_default();
        !self.route.creates()
            && [
                "sales",
                "activities",
                "stages",
                "sale-types",
                "selections",
                "target-types",
                "targets",
                "companies",
                "contacts",
            ]
            .contains(&aggregate)
    }
}

/// One example for every command; sales are the importer's own, `ola`.
pub async fn all(world: &World, fixture: &Fixture) -> Vec<Example> {
    let mut examples = Vec::new();
    let id = json!({"id": FOLLOWED_UP});
    fixture.sale(world, "2026-03-01T08:00:00Z", "Followed up", id).await;
    for key in ["licences", "unused"] {
        let field = json!({"key": key, "name": key, "kind": "number"});
        let path = format!("/v1/tenants/{}/define-custom-field", fixture.tenant);
        fixture.at(world, "2026-01-01T00:00:00Z", &path, field).await;
    }
    let items = fixture.guide(world).await;
    for (route, n) in commands().zip(0x5000_u128..) {
        let id = match guide::target(world, fixture, items, route.command).await {
            Some(id) => id,
            None => match selections::target(world, fixture, route.command).await {
                Some(id) => id,
                None => match targets::target(world, fixture, route.command).await {
                    Some(id) => id,
                    None => match companies::target(world, fixture, route.command).await {
                        Some(id) => id,
                        None => target(world, fixture, route).await,
                    },
                },
            },
        };
        let new = Uuid::from_u128(n);
        let (body, mandatory) = guide::body(route.command, fixture, items, new)
            .or_else(|| selections::body(route.command, new))
            .or_else(|| targets::body(route.command, fixture, new))
            .or_else(|| companies::body(route.command, new))
            .unwrap_or_else(|| body(route.command, fixture, new));
        let path = route.path.replace("{id}", &id);
        examples.push(Example { route, path, body, mandatory });
    }
    examples
}

/// The object the command is for, prepared.
async fn target(world: &World, fixture: &Fixture, route: &CommandRoute) -> String {
    match (route.command, route.path.split('/').nth(2)) {
        _ if route.creates() => String::new(),
        ("SetRate", _) => "SEK".into(),
        (_, Some("tenants")) => fixture.tenant.clone(),
        (command, Some("lists")) => list(world, fixture, command).await,
        (_, Some("stages")) => fixture.sc.to_string(),
        (command, Some("activities")) => activity(world, fixture, command).await,
        (_, Some("sale-types")) => fixture.simple.to_string(),
        (command, _) => {
            let mut amount = json!({"amount": {"amount": "1000", "currency": "NOK"}});
            if command == "ChangeSaleType" {
                amount["sale_type"] = json!(fixture.simple);
            }
            let sale = fixture.sale(world, "2026-03-01T08:00:00Z", command, amount).await;
            let stall = json!({"reopen_date": "2030-01-01", "reason": "budget"});
            let before: &[(&str, Value)] = match command {
                "ReopenSale" | "ChangeStallTerms" => &[("stall", stall)],
                "RemoveLink" => &[("add-link", link())],
                "ChangeStakeholders" | "RemoveStakeholders" => {
                    &[("add-stakeholders", json!({"stakeholders": [stakeholder()]}))]
                }
                "CompleteSale" => &[("mark-lost", json!({"reason": "price"}))],
                "ClearCompletion" => {
                    &[("mark-lost", json!({"reason": "price"})), ("complete", json!({}))]
                }
                _ => &[],
            };
            for (step, body) in before {
                let path = format!("/v1/sales/{sale}/{step}");
                world
                    .post_at(&fixture.importer, "2026-03-01T09:00:00Z", &path, body)
                    .await
                    .expect(200);
            }
            sale
        }
    }
}

/// A meeting of the importer's, `ola`; for ReopenActivity a completed one.
async fn activity(world: &World, fixture: &Fixture, command: &str) -> String {
    if command.ends_with("Assignment") {
        return assigned(world, command).await;
    }
    let at = "2026-03-01T08:00:00Z";
    let body = json!({"kind": "meeting", "title": command, "start": "2026-03-17T09:00:00Z"});
    let answer = fixture.at(world, at, "/v1/activities", body).await;
    let id = answer["id"].as_str().expect("an id").to_owned();
    if command == "ReopenActivity" {
        fixture.at(world, at, &format!("/v1/activities/{id}/complete"), json!({})).await;
    }
    id
}

/// A meeting that a manager gave to `ola` and that waits for an answer.
async fn assigned(world: &World, title: &str) -> String {
    let body =
        json!({"kind": "meeting", "title": title, "start": "2026-03-17T09:00:00Z", "owner": "ola"});
    let mia = world.token("mia", "manager");
    let answer = world.post(&mia, "/v1/activities", &body).await.expect(201).json();
    answer["id"].as_str().expect("an id").to_owned()
}

/// The list of types of follow-ups or of reasons, which was changed before; for RestoreListItem the item is deleted.
async fn list(world: &World, fixture: &Fixture, command: &str) -> String {
    let (list, before, body) = match command {
        "RestoreListItem" => ("reason_sold", "delete-item", json!({"key": "trust"})),
        "DeleteListItem" => ("reason_lost", "edit-item", json!({"key": "unknown", "rank": 11})),
        _ => ("follow_up_type", "edit-item", json!({"key": "preparation", "rank": 55})),
    };
    let path = format!("/v1/lists/{list}/{before}");
    fixture.at(world, "2026-03-01T08:00:00Z", &path, body).await;
    list.to_owned()
}

/// Every field of a command's body, and those that must be there.
fn body(command: &str, fixture: &Fixture, new: Uuid) -> (Value, &'static [&'static str]) {
    sale_body(command, fixture, new)
        .or_else(|| details_body(command))
        .unwrap_or_else(|| catalogue_body(command, fixture, new))
}

/// The same for what lies on the first tab of a card and how a sale ends.
fn sale_body(
    command: &str,
    fixture: &Fixture,
    new: Uuid,
) -> Option<(Value, &'static [&'static str])> {
    let party = json!({"id": Uuid::from_u128(7), "name": "Fjord AS"});
    let money = json!({"amount": "900.50", "currency": "NOK"});
    let edit = json!({"title": "Fjord ERP 2", "description": "Larger", "sale_date": "2026-07-01",
        "source": "fair", "credited": "north-sales", "competitor": "acme", "company": party,
        "contact": party, "project": party});
    Some(match command {
        "RegisterSale" => {
            let mut body = edit;
            let more = json!({"id": new, "title": "Fjord ERP", "sale_type": fixture.new,
                "amount": money, "owner": "kari", "stage": fixture.qt, "probability": 45,
                "external_reference": "crm-17", "note": "Call them", "visible_for": "group",
                "visible_group": "North", "links": [link()]});
            merge(&mut body, more);
            (body, &["title", "sale_type"])
        }
        "EditSale" => (edit, &[]),
        "ChangeOwner" => (json!({"owner": "kari"}), &["owner"]),
        "AdvanceStage" => (json!({"stage": fixture.qt}), &["stage"]),
        "OverrideProbability" => (json!({"probability": 45}), &["probability"]),
        "ChangeAmount" => (json!({"amount": money}), &["amount"]),
        "SetMargin" => (json!({"total_cost": money}), &[]),
        "StallSale" => {
            (json!({"reopen_date": "9000-01-01", "reason": "budget"}), &["reopen_date", "reason"])
        }
        "ChangeStallTerms" => (json!({"reopen_date": "9000-01-01", "reason": "other"}), &[]),
        "MarkSold" => (
            json!({"reason": "price", "close_date": "2026-03-09", "amount": money,
                "competitor": "acme"}),
            &["reason"],
        ),
        "MarkLost" => (
            json!({"reason": "price", "close_date": "2026-03-09", "competitor": "acme"}),
            &["reason"],
        ),
        "ReopenSale" | "CompleteSale" | "ClearCompletion" | "DeleteSale" => (json!({}), &[]),
        "ChangeSaleType" => {
            (json!({"sale_type": fixture.new, "stage": fixture.qt}), &["sale_type"])
        }
        "ChangeCurrency" => (json!({"currency": "EUR"}), &["currency"]),
        _ => return None,
    })
}

/// The same for what sales refer to.
fn catalogue_body(command: &str, fixture: &Fixture, new: Uuid) -> (Value, &'static [&'static str]) {
    let name = json!({"en": format!("{command} {new}"), "nb": format!("nb {new}"), "nl": format!("nl {new}")});
    let stages = json!([fixture.fm, fixture.qt, fixture.sc]);
    let stage = json!({"name": name, "probability": 35, "description": "Trial run", "rank": 4});
    let kind = json!({"name": name, "category": "Renewal", "duration": {"n": 2, "unit": "weeks"},
        "stages": stages, "guide": true, "auto_advance": true, "stakeholders": true});
    match command {
        "AddStage" => {
            let mut body = stage;
            merge(&mut body, json!({"id": new}));
            (body, &["name", "probability"])
        }
        "EditStage" => (stage, &[]),
        "DefineSaleType" => {
            let mut body = kind;
            merge(&mut body, json!({"id": new}));
            (body, &["name"])
        }
        "EditSaleType" => (kind, &[]),
        "SetRate" => {
            (json!({"rate": "0.0912", "unit": 10, "valid_from": "2026-02-01"}), &["rate", "unit"])
        }
        "AddUser" => (
            json!({"id": "nina", "name": "Nina", "groups": ["North", "South"], "primary_group": "South"}),
            &["id", "name"],
        ),
        "SetBaseCurrency" => (json!({"base_currency": "EUR"}), &["base_currency"]),
        "SetTimeZone" => (json!({"time_zone": "Europe/Oslo"}), &["time_zone"]),
        "SetRecordRights" => (
            json!({"role": "analyst", "records": "activities", "own": "update", "own_groups": "read",
                "other_groups": "read", "others": "none"}),
            &["role", "records", "own", "own_groups", "other_groups", "others"],
        ),
        "SetFunctionalRight" => (
            json!({"role": "analyst", "right": "add_users", "allowed": true}),
            &["role", "right", "allowed"],
        ),
        list if list.ends_with("ListItem") => list_body(list, &name),
        other => activity_body(other, new),
    }
}

/// The same for lists.
fn list_body(command: &str, labels: &Value) -> (Value, &'static [&'static str]) {
    match command {
        "AddListItem" => (
            json!({"key": "harbour-visit", "labels": labels, "rank": 5, "kind": "meeting", "minutes": 120}),
            &["key", "labels"],
        ),
        "EditListItem" => {
            (json!({"key": "demonstration", "labels": labels, "rank": 5, "minutes": 45}), &["key"])
        }
        "DeleteListItem" => (json!({"key": "no-budget"}), &["key"]),
        _ => (json!({"key": "trust"}), &["key"]),
    }
}

/// A link to another sale.
fn link() -> Value {
    json!({"kind": "sale", "target": FOLLOWED_UP, "name": "Followed up"})
}

/// Somebody who is involved.
fn stakeholder() -> Value {
    let party = json!({"id": Uuid::from_u128(7), "name": "Fjord AS"});
    json!({"id": INVOLVED, "company": party, "contact": party, "role": "user", "comment": "Ask first"})
}

/// The same for what lies on the other tabs of a card.
fn details_body(command: &str) -> Option<(Value, &'static [&'static str])> {
    Some(match command {
        "SetNote" => (json!({"note": "Call them"}), &["note"]),
        "AddLink" => (link(), &["kind", "target", "name"]),
        "RemoveLink" => {
            let mut body = link();
            body.as_object_mut().expect("an object").remove("name");
            (body, &["kind", "target"])
        }
        "SetVisibility" => {
            (json!({"visible_for": "group", "visible_group": "North"}), &["visible_for"])
        }
        "AddStakeholders" => (json!({"stakeholders": [stakeholder()]}), &["stakeholders"]),
        "ChangeStakeholders" => (
            json!({"stakeholders": [INVOLVED], "role": "influencer", "comment": "Ask twice"}),
            &["stakeholders"],
        ),
        "DefineCustomField" => (
            json!({"key": "delivery", "name": {"en": "Delivery", "nb": "Levering", "nl": "Levering"},
                "kind": "text", "items": [], "promoted": true}),
            &["key", "name", "kind"],
        ),
        "RemoveCustomField" => (json!({"key": "unused"}), &["key"]),
        "SetCustomFields" => (json!({"fields": {"licences": "12"}}), &["fields"]),
        "RemoveStakeholders" => (json!({"stakeholders": [INVOLVED]}), &["stakeholders"]),
        _ => return None,
    })
}

/// The same for activities.
fn activity_body(command: &str, new: Uuid) -> (Value, &'static [&'static str]) {
    let party = json!({"id": Uuid::from_u128(7), "name": "Fjord AS"});
    let edit = json!({"title": "Demo", "description": "Bring the contract", "sale": FOLLOWED_UP,
        "company": party, "contact": party, "project": party, "alarm_minutes": 15,
        "location": "Room 4", "priority": "high", "type": "demonstration"});
    let moved = json!({"start": "2026-03-18T10:00:00+01:00", "end": "2026-03-18T10:30:00+01:00",
        "all_day": false});
    match command {
        "PlanActivity" => {
            let mut body = json!({"id": new, "kind": "call", "owner": "kari", "alarm": true, "recurrence": "FREQ=WEEKLY;COUNT=3"});
            merge(&mut body, edit);
            merge(&mut body, moved);
            body["type"] = json!("phone-call");
            (body, &["kind", "title"])
        }
        "RescheduleActivity" => (moved, &[]),
        "EditActivity" => (edit, &[]),
        "AssignActivity" => (json!({"owner": "kari"}), &["owner"]),
        "CompleteActivity" | "ReopenActivity" | "DeleteActivity" => (json!({}), &[]),
        "SeeAssignment" | "AcceptAssignment" | "DeclineAssignment" => (json!({}), &[]),
        "SetAlarm" => (json!({"alarm": true, "alarm_minutes": 30}), &[]),
        "SetDiary" => (
            json!({"meeting_minutes": 45, "call_minutes": 20, "day_from": "08:30", "day_to": "17:00",
                "mark_overdue": false, "done_leave_at_once": true, "assignment_notices": false}),
            &[],
        ),
        unknown => panic!("no example for the command {unknown}: add one"),
    }
}

fn merge(body: &mut Value, more: Value) {
    let (Value::Object(body), Value::Object(more)) = (body, more) else { panic!("two objects") };
    body.extend(more);
}
