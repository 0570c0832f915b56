//! Activities in bulk: the lines of one run in order, a bad one fails alone (design §4.1).

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::stored_after;
use crate::commands::bulk::{lines, send};

fn on(id: Uuid, command: &str, body: Value) -> Value {
    json!({"command": command, "id": id, "body": body})
}

#[tokio::test]
async fn the_life_of_many_activities_in_one_request_line_by_line_with_effective_times() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-01-02T08:00:00Z", "Fjord ERP", json!({})).await;
    let before = world.head().await;
    let day = |day: u32| format!("2026-02-{day:02}T10:00:00Z");
    let steps = |id: Uuid| {
        let plan = json!({"kind": "to_do", "title": "Send the offer", "sale": sale});
        [
            on(id, "PlanActivity", plan),
            on(id, "RescheduleActivity", json!({"end": "2026-02-20"})),
            on(id, "EditActivity", json!({"title": "Send the second offer"})),
            on(id, "AssignActivity", json!({"owner": "per"})),
            on(id, "CompleteActivity", json!({})),
            on(id, "ReopenActivity", json!({})),
            on(id, "DeleteActivity", json!({})),
        ]
    };
    // step by step over all of them: the lines of one are far apart
    let ids: Vec<Uuid> = (1..=20).map(|n| Uuid::from_u128(0x6000 + n)).collect();
    let lives: Vec<_> = ids.iter().map(|id| steps(*id)).collect();
    let mut asked = Vec::new();
    for step in 0..7 {
        for life in &lives {
            let mut line = life[step].clone();
            line["effective_at"] = json!(day(u32::try_from(step).unwrap() + 1));
            asked.push(line);
        }
    }
    let results = send(&world, &fixture.importer, lines(&asked)).await.expect(200).lines();
    assert_eq!(results.len(), asked.len());
    for (result, line) in results.iter().zip(&asked) {
        let expected = if line["command"] == "PlanActivity" { 201 } else { 200 };
        assert_eq!(result["status"], expected, "{result}");
        assert_eq!(result["id"], line["id"]);
    }
    let stored = stored_after(&world, before).await;
    assert_eq!(stored.len(), asked.len());
    let planned = stored.iter().find(|(kind, _)| kind == "activity.planned").unwrap();
    assert_eq!(planned.1["slot"]["to_day"], "2026-02-01", "the day it was planned, not today");
    let done = stored.iter().find(|(kind, _)| kind == "activity.completed").unwrap();
    assert_eq!(done.1, json!({"completed_on": "2026-02-05"}));
}

#[tokio::test]
async fn a_bad_line_fails_alone_and_says_where() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let (id, nowhere) = (Uuid::from_u128(0x6001), Uuid::from_u128(404));
    let plan = |more: Value| {
        let mut body = json!({"kind": "meeting", "title": "Demo"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"command": "PlanActivity", "body": body})
    };
    let start = "2026-03-17T09:00:00Z";
    let rows = [
        (
            on(id, "PlanActivity", json!({"kind": "to_do", "title": "Offer"})),
            201,
            "activity.planned",
            "",
        ),
        (plan(json!({})), 422, "start_required", "/body/start"),
        (plan(json!({"start": "2026-02-30"})), 400, "invalid_value", "/body/start"),
        (plan(json!({"start": "2026-03-17"})), 422, "time_expected", "/body/start"),
        (plan(json!({"start": start, "sale": nowhere})), 422, "unknown_sale", "/body/sale"),
        (plan(json!({"start": start, "title": ""})), 422, "title_required", "/body/title"),
        (plan(json!({"start": start, "kind": "party"})), 400, "invalid_value", "/body/kind"),
        (on(id, "RescheduleActivity", json!({"end": start})), 422, "day_expected", "/body/end"),
        (on(nowhere, "CompleteActivity", json!({})), 404, "not_found", ""),
        (on(id, "CompleteActivity", json!({"when": "now"})), 400, "unknown_field", "/body/when"),
        (
            json!({"command": "CompleteActivity", "id": id, "if_version": 7}),
            412,
            "precondition_failed",
            "",
        ),
        (json!({"command": "CompleteActivity", "id": id}), 200, "activity.completed", ""),
        (on(id, "AssignActivity", json!({"owner": "per"})), 422, "activity_completed", ""),
        (on(id, "Complete", json!({})), 400, "unknown_command", "/command"),
    ];
    let before = world.stored().await;
    let asked: Vec<Value> = rows.iter().map(|row| row.0.clone()).collect();
    let results = send(&world, &fixture.importer, lines(&asked)).await.expect(200).lines();
    for ((line, status, word, place), result) in rows.iter().zip(&results) {
        assert_eq!(result["status"], *status, "{line}: {result}");
        let told = result["problem"]["code"].as_str().or_else(|| result["events"][0].as_str());
        assert_eq!(told, Some(*word), "{line}: {result}");
        let pointer = result["problem"]["errors"][0]["pointer"].as_str();
        assert_eq!(pointer.unwrap_or_default(), *place, "{line}: {result}");
    }
    assert_eq!(results.len(), rows.len());
    assert_eq!(world.stored().await.events, before.events + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_file_introduces_may_be_used_further_down_the_same_file() {
    let world = World::start().await;
    let token = world.token("ola", "importer");
    let id = |kind: u128, n: u128| Uuid::from_u128(0x7000 + 0x100 * kind + n);
    let mut asked =
        vec![json!({"command": "SetTimeZone", "id": "demo", "body": {"time_zone": "Europe/Oslo"}})];
    for n in 0..40 {
        let user = format!("user-{n}");
        let (stage, kind, sale, call) = (id(1, n), id(2, n), id(3, n), id(4, n));
        asked.extend([
            json!({"command": "AddUser", "body": {"id": user, "name": user}}),
            on(stage, "AddStage", json!({"name": format!("Stage {n}"), "probability": 20})),
            on(kind, "DefineSaleType", json!({"name": format!("Type {n}"), "stages": [stage]})),
            on(
                sale,
                "RegisterSale",
                json!({"title": "Fjord", "sale_type": kind, "stage": stage, "owner": user}),
            ),
            on(
                call,
                "PlanActivity",
                json!({"kind": "call", "title": "Ring", "sale": sale, "owner": user}),
            ),
            on(call, "CompleteActivity", json!({})),
        ]);
    }
    let results = send(&world, &token, lines(&asked)).await.expect(200).lines();
    assert_eq!(results.len(), asked.len());
    for (result, line) in results.iter().zip(&asked) {
        assert!(result["status"].as_u64().unwrap() < 300, "{line}: {result}");
    }
}
