//! What is done for all members of a selection: a run that cannot be meant is refused whole, and nothing is done (SF-17,
//! SF-18).

use serde_json::{Value, json};
use uuid::Uuid;

use super::selections::{AT, Desk};

#[tokio::test]
async fn a_run_is_refused_whole_before_anything_is_done_sf_17() {
    let desk = Desk::open().await;
    let run = Uuid::from_u128(1);
    let path = format!("/v1/selections/{}/update-members", desk.fixed);
    let note = json!({"note": "x"});
    for (body, status, code, pointer) in [
        (json!({"command": "SetNote", "body": note}), 400, "missing_field", "/run"),
        (json!({"run": "x", "command": "SetNote", "body": note}), 400, "invalid_value", "/run"),
        (json!({"run": run, "body": note}), 400, "missing_field", "/command"),
        (json!({"run": run, "command": "SetNote"}), 400, "missing_field", "/body"),
        (
            json!({"run": run, "command": "Explode", "body": note}),
            400,
            "unknown_command",
            "/command",
        ),
        (
            json!({"run": run, "command": "RegisterSale", "body": note}),
            400,
            "invalid_value",
            "/command",
        ),
        (
            json!({"run": run, "command": "DeleteSale", "body": {}}),
            400,
            "invalid_value",
            "/command",
        ),
        (
            json!({"run": run, "command": "SetTimeZone", "body": {"time_zone": "UTC"}}),
            400,
            "invalid_value",
            "/command",
        ),
        (
            json!({"run": run, "command": "AddMembers", "body": {"sales": []}}),
            400,
            "invalid_value",
            "/command",
        ),
    ] {
        desk.refused(&path, &body, status, code, pointer).await;
    }
}

#[tokio::test]
async fn the_body_and_the_sales_of_a_run_are_judged_at_their_place_sf_17() {
    let desk = Desk::open().await;
    let run = Uuid::from_u128(1);
    let path = format!("/v1/selections/{}/update-members", desk.fixed);
    let note = json!({"note": "x"});
    for (body, status, code, pointer) in [
        (json!({"run": run, "command": "SetNote", "body": {}}), 400, "missing_field", "/body/note"),
        (
            json!({"run": run, "command": "SetNote", "body": {"note": 1}}),
            400,
            "wrong_type",
            "/body/note",
        ),
        (
            json!({"run": run, "command": "SetNote", "body": {"note": "x", "colour": 1}}),
            400,
            "unknown_field",
            "/body/colour",
        ),
        (json!({"run": run, "command": "SetNote", "body": []}), 400, "wrong_type", "/body"),
        (
            json!({"run": run, "command": "SetNote", "body": note, "sales": ["x"]}),
            400,
            "invalid_value",
            "/sales/0",
        ),
        (
            json!({"run": run, "command": "SetNote", "body": note, "sales": vec![run; 10_001]}),
            400,
            "invalid_value",
            "/sales",
        ),
        (
            json!({"run": run, "command": "SetNote", "body": note, "key": "k"}),
            400,
            "unknown_field",
            "/key",
        ),
    ] {
        desk.refused(&path, &body, status, code, pointer).await;
    }
}

#[tokio::test]
async fn a_run_takes_no_header_of_one_command_and_no_parameter_sf_17() {
    let desk = Desk::open().await;
    let path = format!("/v1/selections/{}/update-members", desk.fixed);
    let dynamic = format!("/v1/selections/{}/update-members", desk.living);
    let (run, note) = (Uuid::from_u128(1), json!({"note": "x"}));
    let body = json!({"run": run, "command": "SetNote", "body": note});
    desk.refused(&dynamic, &body, 422, "members_required", "/sales").await;
    desk.refused("/v1/selections/x/update-members", &body, 400, "malformed_id", "").await;
    for (name, value) in [("idempotency-key", "k"), ("if-match", "\"1\""), ("effective-at", AT)] {
        let ask = desk.world.command(reqwest::Method::POST, &path).bearer(&desk.fixture.importer);
        let reply = ask.header(name, value).json(&body).send().await;
        reply.expect_problem(400, "bad_header");
    }
    let asked = format!("{path}?run=1");
    desk.refused(&asked, &body, 400, "unknown_parameter", "").await;
    let ask = desk.world.command(reqwest::Method::POST, &path).bearer(&desk.fixture.importer);
    let reply = ask.header("content-type", "text/plain").body(body.to_string()).send().await;
    reply.expect_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn follow_ups_are_refused_whole_before_anything_is_planned_sf_18() {
    let desk = Desk::open().await;
    let run = Uuid::from_u128(1);
    let path = format!("/v1/selections/{}/plan-follow-ups", desk.fixed);
    let call = |more: Value| {
        let mut activity = json!({"kind": "call", "title": "Call again"});
        activity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"run": run, "activity": activity})
    };
    for (body, code, pointer) in [
        (json!({"run": run}), "missing_field", "/activity"),
        (json!({"activity": {"kind": "call", "title": "x"}}), "missing_field", "/run"),
        (json!({"run": run, "activity": []}), "wrong_type", "/activity"),
        (json!({"run": run, "activity": {}}), "missing_field", "/activity/"),
        (call(json!({"id": run})), "unknown_field", "/activity/id"),
        (call(json!({"sale": desk.sale})), "unknown_field", "/activity/sale"),
        (call(json!({"kind": "party"})), "invalid_value", "/activity/kind"),
        (call(json!({"start": "soon"})), "invalid_value", "/activity/start"),
        (call(json!({"colour": "red"})), "unknown_field", "/activity/colour"),
        (call(json!({"title": "x".repeat(220)})), "invalid_value", "/activity/title"),
    ] {
        desk.refused(&path, &body, 400, code, pointer).await;
    }
    // what only a decision can tell is told a member
    let body = call(json!({"title": " "}));
    let lines = desk.world.post(&desk.fixture.importer, &path, &body).await.expect(200).lines();
    let told = (&lines[0]["status"], &lines[0]["problem"]["code"]);
    assert_eq!(told, (&json!(422), &json!("title_required")));
    assert_eq!(lines[0]["problem"]["errors"][0]["pointer"], "/activity/title");
}
