//! A key stands for one intention: said again, it is answered again and done once (cases 8 and 9).

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Ask, Fixture, Replica, Reply, World};

async fn keyed(ask: Ask, token: &str, key: &str, body: &Value) -> Reply {
    ask.bearer(token).header("idempotency-key", key).json(body).send().await
}

/// Sends under a key to the first replica, then again to both.
async fn said_thrice(world: &World, other: &Replica, path: &str, body: &Value) -> [Reply; 3] {
    let token = world.token("ola", "importer");
    let first = keyed(world.command(Method::POST, path), &token, "k-1", body).await;
    let again = keyed(world.command(Method::POST, path), &token, "\"k-1\"", body).await;
    let elsewhere = keyed(other.command(path), &token, "k-1", body).await;
    [first, again, elsewhere]
}

#[tokio::test]
async fn the_same_key_and_body_get_the_first_answer_on_every_replica() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let body = json!({"title": "Fjord ERP", "sale_type": fixture.new});
    let before = world.stored().await;
    let [first, again, elsewhere] = said_thrice(&world, &other, "/v1/sales", &body).await;
    for reply in [&first, &again, &elsewhere] {
        assert_eq!((reply.status, &reply.text), (first.status, &first.text));
        for header in ["etag", "location", "salgslogg-position"] {
            assert_eq!(reply.header(header), first.header(header), "{header}");
        }
    }
    assert_eq!(first.status, 201);
    assert_eq!(world.stored().await.events, before.events + 1);
    assert_eq!(world.stored().await.receipts, before.receipts + 1);
}

#[tokio::test]
async fn a_body_written_differently_that_says_the_same_is_the_same_request() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale_type = fixture.new;
    let texts = [
        format!(r#"{{"title":"Ål ERP","sale_type":"{sale_type}"}}"#),
        format!(r#" {{ "sale_type": "{sale_type}", "title": "\u00c5l ERP" }} "#),
    ];
    let mut answers = Vec::new();
    for text in texts {
        let ask = world.command(Method::POST, "/v1/sales").bearer(&fixture.importer);
        let ask = ask.header("idempotency-key", "k").header("content-type", "application/json");
        answers.push(ask.body(text).send().await.expect(201).text);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_command_that_changed_nothing_leaves_a_receipt_too() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let (path, before) = (format!("/v1/sales/{sale}/advance-stage"), world.stored().await);
    let body = json!({"stage": fixture.fm});
    let [first, again, elsewhere] = said_thrice(&world, &other, &path, &body).await;
    assert_eq!(first.json()["events"], json!([]));
    assert_eq!(first.json()["position"], Value::Null);
    // the sale moves on, so the same words would now be an event: the receipt answers instead
    fixture.on(&world, &sale, "advance-stage", json!({"stage": fixture.qt})).await;
    let [later, ..] = said_thrice(&world, &other, &path, &body).await;
    for reply in [again, elsewhere, later] {
        assert_eq!((reply.status, reply.text), (first.status, first.text.clone()));
    }
    let after = world.stored().await;
    assert_eq!((after.receipts, after.events), (before.receipts + 1, before.events + 1));
}

#[tokio::test]
async fn a_repeat_is_answered_although_the_command_would_now_be_refused() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let path = format!("/v1/sales/{sale}/mark-sold");
    let body = json!({"reason": "best-product"});
    let [first, again, elsewhere] = said_thrice(&world, &other, &path, &body).await;
    assert_eq!(first.status, 200);
    let unkeyed = world.post(&fixture.importer, &path, &body).await;
    unkeyed.expect_problem(422, "already_closed");
    for reply in [again, elsewhere] {
        assert_eq!((reply.status, reply.text), (first.status, first.text.clone()));
    }
}

#[tokio::test]
async fn a_repeat_is_answered_although_its_version_is_no_longer_the_present_one() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let path = format!("/v1/sales/{sale}/advance-stage");
    let send = || {
        let ask = world.command(Method::POST, &path).bearer(&fixture.importer);
        let ask = ask.header("if-match", "\"1\"").header("idempotency-key", "once");
        ask.json(&json!({"stage": fixture.qt})).send()
    };
    let first = send().await.expect(200);
    assert_eq!(send().await.expect(200).text, first.text);
}

#[tokio::test]
async fn a_key_used_with_another_request_is_refused_and_stores_nothing_case_9() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let second = fixture.sale(&world, "2026-03-01T08:00:00Z", "Nord CRM", json!({})).await;
    let path = |sale: &str, command: &str| format!("/v1/sales/{sale}/{command}");
    let body = json!({"stage": fixture.qt});
    let token = &fixture.importer;
    let ask = world.command(Method::POST, &path(&sale, "advance-stage"));
    keyed(ask, token, "k", &body).await.expect(200);
    let before = world.stored().await;
    for (path, body) in [
        (path(&sale, "advance-stage"), json!({"stage": fixture.sc})),
        (path(&sale, "advance-stage"), json!({"stage": fixture.fm})),
        (path(&second, "advance-stage"), body.clone()),
        (path(&sale, "override-probability"), json!({"probability": 1})),
        // would be refused by a rule as well: the reused key is what the caller has to know
        (path(&sale, "complete"), json!({})),
    ] {
        let here = keyed(world.command(Method::POST, &path), token, "k", &body).await;
        here.expect_problem(422, "key_reused");
        let there = keyed(other.command(&path), token, "k", &body).await;
        there.expect_problem(422, "key_reused");
    }
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn another_effective_time_is_another_request() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let path = format!("/v1/sales/{sale}/advance-stage");
    let send = |at: &'static str| {
        let ask = world.command(Method::POST, &path).bearer(&fixture.importer);
        let ask = ask.header("effective-at", at).header("idempotency-key", "k");
        ask.json(&json!({"stage": fixture.qt})).send()
    };
    let first = send("2026-03-02T08:00:00Z").await.expect(200);
    assert_eq!(send("2026-03-02T09:00:00+01:00").await.expect(200).text, first.text);
    send("2026-03-02T08:00:01Z").await.expect_problem(422, "key_reused");
}

#[tokio::test]
async fn a_key_belongs_to_one_principal_of_one_tenant() {
    let world = World::start().await;
    let demo = Fixture::set_up(&world).await;
    let other = Fixture::set_up_in(&world, "other").await;
    let body = json!({"title": "Fjord ERP", "sale_type": demo.new});
    let mut ids = Vec::new();
    for token in [&demo.importer, &world.token("kari", "importer"), &other.importer] {
        let reply = keyed(world.command(Method::POST, "/v1/sales"), token, "k", &body).await;
        ids.push(reply.expect(201).json()["id"].clone());
    }
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
}

#[tokio::test]
async fn a_refusal_is_not_kept_it_is_decided_anew() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let path = format!("/v1/sales/{sale}/complete");
    let nothing = json!({});
    let send = || keyed(world.command(Method::POST, &path), &fixture.importer, "k", &nothing);
    let before = world.stored().await;
    send().await.expect_problem(422, "not_closed");
    assert_eq!(world.stored().await, before);
    fixture.on(&world, &sale, "mark-lost", json!({"reason": "price"})).await;
    assert_eq!(send().await.expect(200).json()["events"], json!(["sale.completed"]));
}
