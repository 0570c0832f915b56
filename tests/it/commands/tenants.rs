//! A tenant begins with its first accepted command, in the same group; nothing refused makes one (design §2).

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::World;
use uuid::Uuid;

const TYPE: Uuid = Uuid::from_u128(5);

fn simple() -> Value {
    json!({"id": TYPE, "name": "Simple sale"})
}

/// Types and actors of the whole log.
async fn log(world: &World) -> Vec<(String, Value)> {
    let events = world.store().read_after(0, 1_000).await.unwrap();
    let read = |event: &events::Recorded| {
        (event.event_type.clone(), serde_json::from_slice(&event.payload).unwrap())
    };
    events.iter().map(read).collect()
}

fn types(log: &[(String, Value)]) -> Vec<&str> {
    log.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[tokio::test]
async fn the_first_accepted_command_provisions_the_tenant_in_its_own_group() {
    let world = World::start().await;
    let token = world.token_of("acme", "ola", &["admin"]);
    assert_eq!(world.head().await, 0);
    let answer = world.post(&token, "/v1/sale-types", &simple()).await.expect(201).json();
    let log = log(&world).await;
    assert_eq!(types(&log), ["sale-type.defined", "name.reserved", "tenant.provisioned"]);
    assert_eq!(log[2].1, json!({"base_currency": "EUR", "time_zone": "UTC"}));
    assert_eq!((&answer["position"], &answer["version"]), (&json!(3), &json!(1)));
    assert_eq!(answer["events"], json!(["sale-type.defined"]));
    let batches: i64 = sqlx::query_scalar("SELECT count(*) FROM es.batch")
        .fetch_one(world.database.owner())
        .await
        .unwrap();
    assert_eq!(batches, 1, "one commit holds them all");
}

#[tokio::test]
async fn a_setting_may_be_the_first_command_and_is_answered_like_any_other() {
    let world = World::start().await;
    for (tenant, command, body, events) in [
        (
            "oslo",
            "set-time-zone",
            json!({"time_zone": "Europe/Oslo"}),
            json!(["tenant.provisioned", "tenant.time-zone-changed"]),
        ),
        (
            "norge",
            "set-base-currency",
            json!({"base_currency": "NOK"}),
            json!(["tenant.provisioned", "tenant.base-currency-changed"]),
        ),
        ("utc", "set-time-zone", json!({"time_zone": "UTC"}), json!(["tenant.provisioned"])),
    ] {
        let token = world.token_of(tenant, "ola", &["admin"]);
        let path = format!("/v1/tenants/{tenant}/{command}");
        let send = |key: &'static str, body: &Value| {
            let ask = world.command(Method::POST, &path).bearer(&token);
            ask.header("idempotency-key", key).json(body).send()
        };
        let first = send("k", &body).await.expect(200);
        let answer = first.json();
        assert_eq!(answer["events"], events, "{tenant}");
        assert_eq!(answer["version"], events.as_array().unwrap().len(), "{tenant}");
        assert_eq!(send("k", &body).await.expect(200).text, first.text);
        let again = send("k-2", &body).await.expect(200).json();
        assert_eq!((&again["events"], &again["version"]), (&json!([]), &answer["version"]));
    }
}

#[tokio::test]
async fn a_refused_first_request_provisions_nothing() {
    let world = World::start().await;
    let token = world.token_of("acme", "ola", &["importer"]);
    let seller = world.token_of("acme", "ola", &["seller"]);
    let nowhere = format!("/v1/sales/{TYPE}/complete");
    for (token, path, body, status) in [
        (&token, "/v1/sales", json!({"title": "x", "sale_type": TYPE}), 422),
        (&token, "/v1/sales", json!({"title": "x"}), 400),
        (&token, nowhere.as_str(), json!({}), 404),
        (&seller, "/v1/sale-types", simple(), 403),
        (&token, "/v1/currencies/EUR/set-rate", json!({"rate": "2", "unit": 1}), 422),
        (&token, "/v1/tenants/demo/set-time-zone", json!({"time_zone": "Europe/Oslo"}), 404),
        (&token, "/v1/sale-types", json!({"name": "x", "guide": true}), 422),
    ] {
        let ask = world.command(Method::POST, path).bearer(token).header("idempotency-key", "k");
        ask.json(&body).send().await.expect(status);
    }
    let future = world.post_at(&token, "2100-01-01T00:00:00Z", "/v1/sale-types", &simple()).await;
    future.expect_problem(422, "effective_time_in_future");
    let ask = world.command(Method::POST, "/v1/sale-types").bearer(&token);
    let stale = ask.header("if-match", "\"7\"").json(&simple()).send().await;
    stale.expect_problem(412, "precondition_failed");
    let stored = world.stored().await;
    let all = (stored.head, stored.events, stored.receipts, stored.tenants, stored.streams);
    assert_eq!(all, (0, 0, 0, 0, 0));
}

#[tokio::test]
async fn two_first_commands_at_once_provision_one_tenant_once() {
    let world = World::start().await;
    let other = world.replica().await;
    let token = world.token_of("acme", "ola", &["admin"]);
    let replies = join_all((0..8).map(|n| {
        let path = "/v1/sale-types";
        let ask = if n % 2 == 0 { world.command(Method::POST, path) } else { other.command(path) };
        ask.bearer(&token).json(&json!({"name": format!("Type {n}")})).send()
    }))
    .await;
    for reply in replies {
        assert!([201, 409].contains(&reply.status.as_u16()), "{}", reply.text);
    }
    let log = log(&world).await;
    let provisioned = types(&log).into_iter().filter(|kind| *kind == "tenant.provisioned");
    assert_eq!((provisioned.count(), world.stored().await.tenants), (1, 1));
}

#[tokio::test]
async fn the_base_currency_changes_only_while_no_amount_exists() {
    let world = World::start().await;
    let token = world.token_of("acme", "ola", &["admin"]);
    let base = |code: &str| json!({ "base_currency": code });
    let path = "/v1/tenants/acme/set-base-currency";
    world.post(&token, "/v1/sale-types", &simple()).await.expect(201);
    world.post(&token, path, &base("NOK")).await.expect(200);
    let sale = json!({"title": "Fjord", "sale_type": TYPE});
    world.post(&token, "/v1/sales", &sale).await.expect(201);
    let log = log(&world).await;
    let (kind, payload) = log.iter().find(|(kind, _)| kind == "sale.registered").unwrap();
    assert_eq!(payload["amount"], json!({"amount": "0.00", "currency": "NOK"}), "{kind}");
    world.post(&token, path, &base("EUR")).await.expect_problem(422, "amounts_exist");
    let same = world.post(&token, path, &base("NOK")).await.expect(200).json();
    assert_eq!(same["events"], json!([]));
    let rate = json!({"rate": "1", "unit": 1});
    let own = world.post(&token, "/v1/currencies/NOK/set-rate", &rate).await;
    own.expect_problem(422, "base_currency_has_no_rate");
}

#[tokio::test]
async fn a_caller_without_a_user_is_added_from_the_token_and_nobody_else_is() {
    let world = World::start().await;
    let admin = world.token("admin", "admin");
    world.post(&admin, "/v1/sale-types", &simple()).await.expect(201);
    let token = world.token("nina", "seller");
    let stranger = json!({"title": "Fjord", "sale_type": TYPE, "owner": "nobody"});
    let manager = world.token("mia", "manager");
    let refused = world.post(&manager, "/v1/sales", &stranger).await;
    let refused = refused.expect_problem(422, "unknown_owner").json();
    assert_eq!(refused["errors"][0]["pointer"], "/owner");
    let head = world.head().await;
    let own = json!({"title": "Fjord", "sale_type": TYPE});
    world.post(&token, "/v1/sales", &own).await.expect(201);
    let log = log(&world).await;
    let log = &log[usize::try_from(head).unwrap()..];
    assert_eq!(types(log), ["sale.registered", "user.added"]);
    let added = json!({"name": "nina", "groups": ["north"], "primary_group": "north"});
    assert_eq!(log[1].1, added);
    assert_eq!((&log[0].1["owner"], &log[0].1["owner_group"]), (&json!("nina"), &json!("north")));
    world.post(&token, "/v1/sales", &own).await.expect(201);
    let twice = world.store().read_after(head, 100).await.unwrap();
    assert_eq!(twice.iter().filter(|event| event.event_type == "user.added").count(), 1);
}
