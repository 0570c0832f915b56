//! `POST /v1/commands`, line by line: what each line answers, and that a bad one fails alone (design §4.1).

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, Reply, World};
use uuid::Uuid;

const MIB: usize = 1024 * 1024;

/// Sends lines as they are.
pub(super) async fn send(world: &World, token: &str, text: impl Into<reqwest::Body>) -> Reply {
    let ask = world.command(Method::POST, "/v1/commands").bearer(token);
    ask.header("content-type", "application/x-ndjson").body(text).send().await
}

/// One line each.
pub(super) fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

fn register(fixture: &Fixture, title: &str) -> Value {
    json!({"command": "RegisterSale", "body": {"title": title, "sale_type": fixture.new}})
}

/// Status, then code of the problem or first event.
fn told(result: &Value) -> (u64, &str) {
    let word = result["problem"]["code"].as_str().or_else(|| result["events"][0].as_str());
    (result["status"].as_u64().unwrap(), word.unwrap_or_default())
}

/// A line, and what it must get: status, code or first event, place of the fault.
type Row = (Value, u64, &'static str, &'static str);

/// One line of each kind, in an order in which the good ones work.
fn rows(fixture: &Fixture, sale: &str) -> Vec<Row> {
    let nobody = Uuid::from_u128(404);
    let on = |command: &str, body: Value| json!({"command": command, "id": sale, "body": body});
    let advance =
        |id: &Value| json!({"command": "AdvanceStage", "id": id, "body": {"stage": fixture.qt}});
    let with = |mut line: Value, member: &str, value: Value| {
        line[member] = value;
        line
    };
    vec![
        (register(fixture, "a"), 201, "sale.registered", ""),
        (json!({"command": "Explode"}), 400, "unknown_command", "/command"),
        (json!({"id": sale}), 400, "missing_field", "/command"),
        (json!([]), 400, "wrong_type", ""),
        (with(register(fixture, "b"), "colour", json!(1)), 400, "unknown_field", "/colour"),
        (on("AdvanceStage", json!({})), 400, "missing_field", "/body/stage"),
        (on("AdvanceStage", json!({"stage": 7})), 400, "wrong_type", "/body/stage"),
        (
            on("AdvanceStage", json!({"stage": nobody})),
            422,
            "stage_not_in_sale_type",
            "/body/stage",
        ),
        (advance(&json!(nobody)), 404, "not_found", ""),
        (advance(&json!("x")), 400, "malformed_id", "/id"),
        (json!({"command": "ReopenSale"}), 400, "malformed_id", "/id"),
        (with(advance(&json!(sale)), "key", json!("")), 400, "invalid_value", "/key"),
        (with(advance(&json!(sale)), "if_version", json!(9)), 412, "precondition_failed", ""),
        (
            with(advance(&json!(sale)), "effective_at", json!("x")),
            400,
            "invalid_value",
            "/effective_at",
        ),
        (
            with(advance(&json!(sale)), "effective_at", json!("2026-02-01T00:00:00Z")),
            422,
            "effective_time_falls",
            "",
        ),
        (with(advance(&json!(sale)), "if_version", json!(1)), 200, "sale.stage-advanced", ""),
        (on("CompleteSale", json!({})), 422, "not_closed", ""),
        (
            json!({"command": "MarkLost", "id": sale, "body": {"reason": "price"}}),
            200,
            "sale.lost",
            "",
        ),
        (json!({"command": "CompleteSale", "id": sale}), 200, "sale.completed", ""),
    ]
}

#[tokio::test]
async fn every_line_gets_the_status_it_would_have_had_by_itself_and_a_bad_one_fails_alone() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let table = rows(&fixture, &sale);
    let sent: Vec<Value> = table.iter().map(|(line, ..)| line.clone()).collect();
    let reply = send(&world, &fixture.importer, lines(&sent)).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    let results = reply.lines();
    assert_eq!(results.len(), table.len());
    for ((line, status, word, pointer), (result, number)) in
        table.iter().zip(results.iter().zip(1..))
    {
        assert_eq!(result["line"], number);
        assert_eq!(told(result), (*status, *word), "{line}");
        let place = &result["problem"]["errors"][0]["pointer"];
        let expected =
            if pointer.is_empty() && *word != "wrong_type" { Value::Null } else { json!(pointer) };
        assert_eq!(*place, expected, "{line}");
    }
}

#[tokio::test]
async fn lines_need_not_be_json_nor_end_nor_hold_anything() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let good = register(&fixture, "good");
    let mut text = format!("\n  \r\n{{\"command\":\n\"\\ud800\"\n{good}\r\n").into_bytes();
    text.extend_from_slice(b"{\"command\": \"\xff\"}\n{\"command\":\"a\",\"command\":\"b\"}\n\n");
    text.extend_from_slice(good.to_string().as_bytes());
    let results = send(&world, &fixture.importer, text).await.expect(200).lines();
    let told: Vec<_> = results.iter().map(|r| (r["line"].as_u64().unwrap(), told(r))).collect();
    let malformed = (400, "malformed_body");
    let accepted = (201, "sale.registered");
    assert_eq!(
        told,
        [
            (3, malformed),
            (4, malformed),
            (5, accepted),
            (6, malformed),
            (7, malformed),
            (9, accepted)
        ]
    );
}

#[tokio::test]
async fn a_line_may_have_1_mib_and_not_a_byte_more() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let line = |bytes: usize| {
        let line = register(&fixture, "long").to_string();
        let padding = " ".repeat(bytes - line.len() - 1);
        format!("{{{padding}{}", &line[1..]) + "\""
    };
    // blanks inside the object count; the closing quote is cut off again below
    let exact = line(MIB).trim_end_matches('"').to_owned() + " ";
    assert_eq!(exact.len(), MIB);
    let over = format!("{} {}", &exact[..1], &exact[1..]);
    assert_eq!(over.len(), MIB + 1);
    let text =
        format!("{over}\n{{\"command\":\"AddUser\",\"body\":{{\"id\":\"u\",\"name\":\"U\"}}}}\n");
    let results = send(&world, &fixture.importer, text).await.expect(200).lines();
    assert_eq!(told(&results[0]), (413, "body_too_large"));
    assert_eq!(told(&results[1]), (201, "user.added"));
    let huge = "x".repeat(10 * MIB);
    let results =
        send(&world, &fixture.importer, format!("{huge}\n{huge}")).await.expect(200).lines();
    assert_eq!(results.iter().map(told).collect::<Vec<_>>(), [(413, "body_too_large"); 2]);
}

#[tokio::test]
async fn roles_are_judged_line_by_line() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let stage = json!({"command": "AddStage", "body": {"name": "Pilot", "probability": 1}});
    let mut timed = register(&fixture, "timed");
    timed["effective_at"] = json!("2026-03-01T08:00:00Z");
    let sent = lines(&[stage, timed, register(&fixture, "mine")]);
    let seller = world.token("kari", "seller");
    let results = send(&world, &seller, sent.clone()).await.expect(200).lines();
    let told: Vec<_> = results.iter().map(told).collect();
    assert_eq!(told, [(403, "forbidden"), (403, "forbidden"), (201, "sale.registered")]);
    let before = world.stored().await;
    // they have favourites and preferences to say (SO-32), and nothing else
    for role in ["auditor", "analyst"] {
        let results =
            send(&world, &world.token("eva", role), sent.clone()).await.expect(200).lines();
        let told: Vec<_> = results.iter().map(self::told).collect();
        assert_eq!(told, [(403, "forbidden"); 3]);
    }
    let without = world.token_of("demo", "eva", &[]);
    send(&world, &without, sent.clone()).await.expect_problem(403, "forbidden");
    let ask = world.command(Method::POST, "/v1/commands");
    let stranger =
        ask.header("content-type", "application/x-ndjson").body(sent.clone()).send().await;
    stranger.expect_problem(401, "token_missing");
    let ask = world.command(Method::POST, "/v1/commands").bearer(&seller);
    let json = ask.header("content-type", "application/json").body(sent).send().await;
    json.expect_problem(415, "unsupported_media_type");
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn a_key_means_the_same_in_a_line_and_in_a_header() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = Uuid::from_u128(0x42);
    let body = json!({"id": id, "title": "Fjord", "sale_type": fixture.new});
    let ask = world.command(Method::POST, "/v1/sales").bearer(&fixture.importer);
    let first = ask.header("idempotency-key", "k").json(&body).send().await.expect(201).json();
    let in_body = json!({"command": "RegisterSale", "key": "k", "body": body});
    let mut in_line = json!({"command": "RegisterSale", "key": "\"k\"", "id": id, "body": body});
    in_line["body"].as_object_mut().unwrap().remove("id");
    let mut other = in_line.clone();
    other["id"] = json!(Uuid::from_u128(0x43));
    let mut twice = in_body.clone();
    twice["id"] = json!(Uuid::from_u128(0x43));
    let sent = lines(&[in_body, in_line, other, twice]);
    let results = send(&world, &fixture.importer, sent).await.expect(200).lines();
    for result in &results[..2] {
        assert_eq!(result["status"], 201);
        for member in ["id", "version", "position", "number", "events"] {
            assert_eq!(result[member], first[member], "{member}");
        }
    }
    assert_eq!(told(&results[2]), (422, "key_reused"), "another object is another request");
    assert_eq!(told(&results[3]), (400, "malformed_id"), "which of the two ids?");
}
