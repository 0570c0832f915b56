//! A change on one replica is seen by the next decision on the other, whose cache still holds the past: for
//! a refusal, a no-op and a 412 (design §2, Command handling), and for what an accepted command writes.

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, Replica, World};

struct Two {
    world: World,
    other: Replica,
    fixture: Fixture,
    sale: String,
}

impl Two {
    /// Two replicas that both know the fixture's sale, stages, types, users and tenant by heart.
    async fn warm() -> Self {
        let world = World::start().await;
        let other = world.replica().await;
        let fixture = Fixture::set_up(&world).await;
        let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
        let two = Self { world, other, fixture, sale };
        for stage in [two.fixture.fm, two.fixture.qt, two.fixture.fm] {
            two.there("advance-stage", json!({"stage": stage})).await;
            two.here("advance-stage", json!({"stage": stage})).await;
        }
        two
    }

    fn path(&self, command: &str) -> String {
        format!("/v1/sales/{}/{command}", self.sale)
    }

    /// On the world's own replica; demands acceptance.
    async fn here(&self, command: &str, body: Value) -> Value {
        let path = self.path(command);
        self.world.post(&self.fixture.importer, &path, &body).await.expect(200).json()
    }

    /// On the other one; demands acceptance.
    async fn there(&self, command: &str, body: Value) -> Value {
        let path = self.path(command);
        self.other.post(&self.fixture.importer, &path, &body).await.expect(200).json()
    }

    async fn change_here(&self, path: &str, body: Value) {
        let reply = self.world.post(&self.fixture.importer, path, &body).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text);
    }

    /// The newest event of a type.
    async fn newest(&self, kind: &str) -> Value {
        let events = self.world.store().read_after(0, 10_000).await.unwrap();
        let event = events.iter().rev().find(|event| event.event_type == kind).unwrap();
        serde_json::from_slice(&event.payload).unwrap()
    }
}

#[tokio::test]
async fn a_refusal_rests_on_what_the_other_replica_wrote() {
    let two = Two::warm().await;
    two.here("stall", json!({"reopen_date": "2030-01-01", "reason": "budget"})).await;
    let (path, body) = (two.path("advance-stage"), json!({"stage": two.fixture.qt}));
    let refused = two.other.post(&two.fixture.importer, &path, &body).await;
    refused.expect_problem(422, "sale_stalled");
    two.here("reopen", json!({})).await;
    // the other replica has just seen "stalled"; a refusal on that memory would be a lie
    assert_eq!(two.there("advance-stage", body).await["events"], json!(["sale.stage-advanced"]));
}

#[tokio::test]
async fn a_no_op_rests_on_what_the_other_replica_wrote() {
    let two = Two::warm().await;
    two.here("advance-stage", json!({"stage": two.fixture.sc})).await;
    // in the other replica's memory the sale is in the first stage
    let answer = two.there("advance-stage", json!({"stage": two.fixture.fm})).await;
    assert_eq!(answer["events"], json!(["sale.stage-advanced"]));
}

#[tokio::test]
async fn a_412_rests_on_what_the_other_replica_wrote() {
    let two = Two::warm().await;
    let send = |version: i64, title: &'static str| {
        let ask = two.other.command(&two.path("edit")).bearer(&two.fixture.importer);
        let ask = ask.header("if-match", &format!("\"{version}\""));
        ask.json(&json!({ "title": title })).send()
    };
    let seen = two.here("edit", json!({"title": "Fjord ERP 2"})).await["version"].clone();
    let seen = seen.as_i64().unwrap();
    // in the other replica's memory this version does not exist yet
    assert_eq!(send(seen, "Fjord ERP 3").await.expect(200).json()["version"], seen + 1);
    two.here("edit", json!({"title": "Fjord ERP 4"})).await;
    let refused = send(seen, "Fjord ERP 5").await.expect_problem(412, "precondition_failed").json();
    assert_eq!(refused["version"], seen + 2, "the present version, not the remembered one");
}

/// SO-46: an edited type counts at once.
#[tokio::test]
async fn a_type_that_was_given_another_stage_offers_it_everywhere() {
    let two = Two::warm().await;
    let body = json!({"name": "Pilot", "probability": 65});
    let pilot = two.world.post(&two.fixture.importer, "/v1/stages", &body).await.expect(201).json();
    let (path, advance) = (two.path("advance-stage"), json!({"stage": pilot["id"]}));
    let refused = two.other.post(&two.fixture.importer, &path, &advance).await;
    refused.expect_problem(422, "stage_not_in_sale_type");
    let stages = json!([two.fixture.fm, pilot["id"], two.fixture.qt]);
    let edit = format!("/v1/sale-types/{}/edit", two.fixture.new);
    two.change_here(&edit, json!({"stages": stages})).await;
    assert_eq!(two.there("advance-stage", advance).await["events"], json!(["sale.stage-advanced"]));
    assert_eq!(two.newest("sale.stage-advanced").await["probability"], 65);
    let gone = json!({"stage": two.fixture.sc});
    let refused = two.other.post(&two.fixture.importer, &path, &gone).await;
    refused.expect_problem(422, "stage_not_in_sale_type");
}

#[tokio::test]
async fn an_accepted_command_writes_the_probability_the_stage_has_now_so_6() {
    let two = Two::warm().await;
    let edit = format!("/v1/stages/{}/edit", two.fixture.qt);
    two.change_here(&edit, json!({"probability": 60})).await;
    two.there("advance-stage", json!({"stage": two.fixture.qt})).await;
    assert_eq!(two.newest("sale.stage-advanced").await["probability"], 60);
}

/// SO-46.
#[tokio::test]
async fn a_type_without_the_stage_any_more_refuses_a_stale_replica() {
    let two = Two::warm().await;
    let edit = format!("/v1/sale-types/{}/edit", two.fixture.new);
    two.change_here(&edit, json!({"stages": [two.fixture.fm, two.fixture.sc]})).await;
    let (path, body) = (two.path("advance-stage"), json!({"stage": two.fixture.qt}));
    let refused = two.other.post(&two.fixture.importer, &path, &body).await;
    refused.expect_problem(422, "stage_not_in_sale_type");
}

#[tokio::test]
async fn a_registration_takes_its_defaults_from_the_type_as_it_is_now() {
    let two = Two::warm().await;
    let register = json!({"title": "Nord CRM", "sale_type": two.fixture.new});
    two.other.post(&two.fixture.importer, "/v1/sales", &register).await.expect(201);
    let edit = format!("/v1/sale-types/{}/edit", two.fixture.new);
    let changes = json!({"category": "Renewal", "duration": {"n": 1, "unit": "days"},
        "stages": [two.fixture.qt, two.fixture.sc]});
    two.change_here(&edit, changes).await;
    two.other.post(&two.fixture.importer, "/v1/sales", &register).await.expect(201);
    let sale = two.newest("sale.registered").await;
    assert_eq!((&sale["category"], &sale["sale_date"]), (&json!("Renewal"), &json!("2026-03-11")));
    assert_eq!((&sale["stage"], &sale["probability"]), (&json!(two.fixture.qt), &json!(50)));
}

#[tokio::test]
async fn a_user_added_on_one_replica_can_own_sales_on_the_other() {
    let two = Two::warm().await;
    let (path, body) = (two.path("change-owner"), json!({"owner": "nina"}));
    let refused = two.other.post(&two.fixture.importer, &path, &body).await;
    refused.expect_problem(422, "unknown_owner");
    two.change_here("/v1/users", json!({"id": "nina", "name": "Nina", "groups": ["South"]})).await;
    assert_eq!(two.there("change-owner", body).await["events"], json!(["sale.owner-changed"]));
    assert_eq!(two.newest("sale.owner-changed").await["owner_group"], "South");
}

#[tokio::test]
async fn the_tenants_zone_decides_the_business_date_everywhere_at_once() {
    let two = Two::warm().await;
    two.world.set_clock("2026-03-10T23:30:00Z");
    let register = |title: &str| json!({"title": title, "sale_type": two.fixture.simple});
    two.other.post(&two.fixture.importer, "/v1/sales", &register("a")).await.expect(201);
    assert_eq!(two.newest("sale.registered").await["sale_date"], "2026-03-10");
    let zone = json!({"time_zone": "Europe/Oslo"});
    two.change_here("/v1/tenants/demo/set-time-zone", zone).await;
    two.other.post(&two.fixture.importer, "/v1/sales", &register("b")).await.expect(201);
    assert_eq!(two.newest("sale.registered").await["sale_date"], "2026-03-11");
}

#[tokio::test]
async fn the_base_currency_of_a_registration_is_the_one_the_tenant_has_now() {
    let world = World::start().await;
    let other = world.replica().await;
    let token = world.token("ola", "importer");
    let kind = json!({"id": uuid::Uuid::from_u128(5), "name": "Simple"});
    world.post(&token, "/v1/sale-types", &kind).await.expect(201);
    // the other replica learns the tenant by heart: EUR
    let stale = json!({"name": "Simple"});
    other.post(&token, "/v1/sale-types", &stale).await.expect_problem(422, "name_taken");
    let base = json!({"base_currency": "NOK"});
    let path = "/v1/tenants/demo/set-base-currency";
    world.command(Method::POST, path).bearer(&token).json(&base).send().await.expect(200);
    let body = json!({"title": "Fjord", "sale_type": uuid::Uuid::from_u128(5)});
    other.post(&token, "/v1/sales", &body).await.expect(201);
    let events = world.store().read_after(0, 100).await.unwrap();
    let sale = events.iter().find(|event| event.event_type == "sale.registered").unwrap();
    let sale: Value = serde_json::from_slice(&sale.payload).unwrap();
    assert_eq!(sale["amount"], json!({"amount": "0.00", "currency": "NOK"}));
}
