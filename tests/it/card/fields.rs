//! The field dictionary of a sale: every field is on the card (SO-F1 … SO-F36).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;

const AT: &str = "2026-03-02T08:00:00Z";

fn party(n: u128, name: &str) -> Value {
    json!({"id": Uuid::from_u128(n), "name": name})
}

/// A party of which nothing is known.
fn unregistered(mut party: Value, known: &[&str]) -> Value {
    for field in known {
        party[*field] = Value::Null;
    }
    party
}

/// Demands values at places of a card.
#[track_caller]
fn holds(card: &Value, expected: &[(&str, Value)]) {
    for (place, value) in expected {
        assert_eq!(card.pointer(place), Some(value), "{place}: {card}");
    }
}

#[tokio::test]
async fn every_field_of_an_open_sale_is_on_its_card() {
    // SO-F1 SO-F2 SO-F3 SO-F4 SO-F5 SO-F6 SO-F7 SO-F8 SO-F9 SO-F10 SO-F11 SO-F12 SO-F13 SO-F14 SO-F15 SO-F16 SO-F17
    // SO-F18 SO-F19 SO-F20 SO-F24 SO-F25 SO-F26 SO-F29 SO-F30 SO-F32 SO-F33 SO-F34 SO-F36 SO-27
    let mut desk = Desk::new().await;
    let more = json!({"amount": {"amount": "500000", "currency": "NOK"}, "description": "Long text",
        "company": party(1, "Fjord AS"), "contact": party(2, "Per"), "project": party(3, "Harbour"),
        "source": "fair", "competitor": "acme", "credited": "north-sales", "note": "Call them",
        "visible_for": "group", "visible_group": "North"});
    desk.sale = desk.fixture.sale(&desk.world, AT, "Fjord CRM", more).await;
    desk.on("set-margin", json!({"total_cost": {"amount": "300000", "currency": "NOK"}})).await;
    let link = json!({"kind": "url", "target": "https://example.com", "name": "Tender"});
    desk.on("add-link", link.clone()).await;
    let call = json!({"kind": "call", "title": "Call", "sale": desk.sale, "start": "2026-03-17T09:00:00Z"});
    let later = json!({"kind": "call", "title": "Later", "sale": desk.sale, "start": "2026-03-18T09:00:00Z"});
    desk.world.post(&desk.fixture.importer, "/v1/activities", &later).await.expect(201);
    let next =
        desk.world.post(&desk.fixture.importer, "/v1/activities", &call).await.expect(201).json();
    let card = desk.card().await;
    holds(
        &card,
        &[
            ("/number", json!("1002")),
            ("/title", json!("Fjord CRM")),
            ("/description", json!("Long text")),
            ("/sale_type/id", json!(desk.fixture.new)),
            ("/category", json!("New business")),
            ("/stage/id", json!(desk.fixture.fm)),
            ("/probability", json!(20)),
            ("/amount", json!({"amount": "500000.00", "currency": "NOK"})),
            ("/weighted/amount", json!("100000.00")),
            ("/total_cost/amount", json!("300000.00")),
            ("/profit/amount", json!("200000.00")),
            ("/profit_percent", json!("40.00")),
            ("/company", unregistered(party(1, "Fjord AS"), &["category", "business", "country"])),
            ("/contact", unregistered(party(2, "Per"), &["email", "phone"])),
            ("/project", party(3, "Harbour")),
            ("/owner", json!("ola")),
            ("/group", json!("North")),
            ("/sale_date", json!("2026-06-02")),
            ("/next_activity_date", json!("2026-03-17")),
            ("/next_activity_id", next["id"].clone()),
            ("/source", json!("fair")),
            ("/competitor", json!("acme")),
            ("/credited", json!("north-sales")),
            ("/status", json!("open")),
            ("/icon", json!("coin")),
            ("/completed", json!(false)),
            ("/visible_for", json!("group")),
            ("/visible_group", json!("North")),
            ("/note", json!("Call them")),
            ("/links", json!([link])),
            ("/registered_on", json!("2026-03-02")),
            ("/registered_by", json!("ola")),
            ("/updated_by", json!("ola")),
            ("/update_count", json!(2)),
        ],
    );
}

#[tokio::test]
async fn a_stalled_sale_shows_its_terms_instead_of_the_next_activity_so_15() {
    // SO-F19 SO-F20 SO-F21 SO-F22 SO-F23 SO-27
    let desk = Desk::new().await;
    let call = json!({"kind": "call", "title": "Call", "sale": desk.sale, "start": "2026-03-17T09:00:00Z"});
    desk.world.post(&desk.fixture.importer, "/v1/activities", &call).await.expect(201);
    desk.on("stall", json!({"reopen_date": "2026-09-01", "reason": "budget"})).await;
    let stalled = [
        ("/status", json!("stalled")),
        ("/icon", json!("red-triangle")),
        ("/reopen_date", json!("2026-09-01")),
        ("/stall_reason", json!("budget")),
        ("/next_activity_date", json!("2026-09-01")),
    ];
    holds(&desk.card().await, &stalled);
    holds(&desk.card().await, &[("/next_activity_id", json!(null))]);
    holds(&desk.listed().await, &stalled);
}

#[tokio::test]
async fn a_closed_sale_shows_how_it_ended_so_20_so_21() {
    // SO-F18 SO-F25 SO-F27 SO-F28 SO-F29 SO-F30 SO-F31 SO-27
    let mut desk = Desk::new().await;
    for (command, status, icon) in [("mark-sold", "won", "tick"), ("mark-lost", "lost", "cross")] {
        desk.sale = desk.fixture.sale(&desk.world, AT, "Closing", json!({})).await;
        let end = json!({"reason": "price", "close_date": "2026-03-09", "competitor": "acme"});
        desk.on(command, end).await;
        desk.on("complete", json!({})).await;
        holds(
            &desk.card().await,
            &[
                ("/status", json!(status)),
                ("/icon", json!(icon)),
                ("/sale_date", json!("2026-03-09")),
                ("/close_date", json!("2026-03-09")),
                ("/reason", json!("price")),
                ("/competitor", json!("acme")),
                ("/stage_when_closed/id", json!(desk.fixture.fm)),
                ("/completed", json!(true)),
            ],
        );
    }
}
