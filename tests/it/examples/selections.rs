//! Examples about selections and views of the board.

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::FOLLOWED_UP;

const AT: &str = "2026-03-01T08:00:00Z";

/// The object a command is for, prepared; none for commands about something else.
pub(super) async fn target(world: &World, fixture: &Fixture, command: &str) -> Option<String> {
    Some(match command {
        "ChangeCriteria" => {
            let body = json!({"name": command, "kind": "dynamic", "criteria": criteria("erp")});
            made(world, fixture, body).await
        }
        "EditSelection" | "AddMembers" | "SetSelectionView" | "CompleteSelection"
        | "DeleteSelection" => {
            made(world, fixture, json!({"name": command, "kind": "static"})).await
        }
        "RemoveMembers" => {
            let body = json!({"name": command, "kind": "static", "members": [FOLLOWED_UP]});
            made(world, fixture, body).await
        }
        "ClearSelectionCompletion" => {
            let id = made(world, fixture, json!({"name": command, "kind": "static"})).await;
            fixture.at(world, AT, &format!("/v1/selections/{id}/complete"), json!({})).await;
            id
        }
        "SaveView" => "ola".into(),
        "RemoveView" => {
            let body = json!({"name": "Mine", "view": {"group_by": "owner"}});
            world.post(&fixture.importer, "/v1/users/ola/save-view", &body).await.expect(200);
            "ola".into()
        }
        _ => return None,
    })
}

async fn made(world: &World, fixture: &Fixture, body: Value) -> String {
    let answer = fixture.at(world, AT, "/v1/selections", body).await;
    answer["id"].as_str().expect("an id").to_owned()
}

fn criteria(text: &str) -> Value {
    json!({"any": [{"all": [{"field": "title", "operator": "contains", "values": [text]}]}]})
}

/// Every field of a command's body, and those that must be there.
pub(super) fn body(command: &str, new: Uuid) -> Option<(Value, &'static [&'static str])> {
    let edit = json!({"name": "Call them", "owner": "kari", "category": "autumn",
        "description": "Before the fair", "visible_for": "group", "visible_group": "North"});
    Some(match command {
        "CreateSelection" => {
            let mut body = edit;
            let more = json!({"id": new, "kind": "static", "criteria": criteria("fjord"),
                "members": [FOLLOWED_UP]});
            super::merge(&mut body, more);
            (body, &["name", "kind"])
        }
        "EditSelection" => (edit, &[]),
        "ChangeCriteria" => (json!({"criteria": criteria("fjord")}), &["criteria"]),
        "AddMembers" | "RemoveMembers" => (json!({"sales": [FOLLOWED_UP]}), &["sales"]),
        "SetSelectionView" => (json!({"view": {"group_by": "stage"}}), &[]),
        "CompleteSelection" | "ClearSelectionCompletion" | "DeleteSelection" => (json!({}), &[]),
        "SaveView" => (json!({"name": "Ours", "view": {"group_by": "stage"}}), &["name", "view"]),
        "RemoveView" => (json!({"name": "Mine"}), &["name"]),
        _ => return None,
    })
}
