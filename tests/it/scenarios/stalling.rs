//! S7: stalled and reopened, by hand and by the process manager with a clock in hand.

use command_service::process::Steps as _;
use serde_json::json;
use system_tests::{Fixture, World};

use super::{card, fjord, pipeline};

/// An open sale in QT, 500 000 NOK, stalled until September; stalled without effective time, so that timers run.
async fn stalled(world: &World, fixture: &Fixture) -> String {
    let sale = fjord(world, fixture).await;
    fixture.on(world, &sale, "advance-stage", json!({"stage": fixture.qt})).await;
    let terms = json!({"reopen_date": "2026-09-01", "reason": "budget-next-year"});
    fixture.on(world, &sale, "stall", terms).await;
    sale
}

async fn pump_at(world: &World, at: &str) {
    world.set_clock(at);
    let mut process = world.command.stalled_sale_reopen();
    process.pump(world.clock.now()).await.unwrap();
    process.release().await.unwrap();
}

#[tokio::test]
async fn s7_a_stalled_sale_leaves_the_open_totals_and_shows_its_terms_so_13_so_15() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = stalled(&world, &fixture).await;

    let board = pipeline(&world, &fixture, "").await;
    assert_eq!(board["totals"]["open"], json!({"count": 0, "amount": "0.00", "weighted": "0.00"}));
    assert_eq!(board["totals"]["stalled"]["weighted"], "31692.50");
    let lanes = pipeline(&world, &fixture, "&group_by=status").await;
    assert_eq!(lanes["columns"][0]["key"], "stalled", "{lanes}");
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!((&seen["status"], &seen["reopen_date"]), (&json!("stalled"), &json!("2026-09-01")));
    assert_eq!(seen["next_activity_date"], "2026-09-01");
    assert_eq!((&seen["stage"]["id"], &seen["probability"]), (&json!(fixture.qt), &json!(50)));
}

#[tokio::test]
async fn s7_the_process_manager_reopens_on_the_date_and_not_before_so_16() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = stalled(&world, &fixture).await;

    pump_at(&world, "2026-08-31T23:59:59Z").await;
    assert_eq!(card(&world, &fixture, &sale).await["status"], "stalled");
    pump_at(&world, "2026-09-01T00:00:00Z").await;
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!((&seen["status"], &seen["probability"]), (&json!("open"), &json!(50)));
    assert_eq!(pipeline(&world, &fixture, "").await["totals"]["open"]["weighted"], "31692.50");

    let history =
        world.get(&fixture.importer, &format!("/v1/sales/{sale}/history")).await.expect(200).json();
    let last = history["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["type"], &last["actor"]),
        (&json!("sale.reopened"), &json!("stalled-sale-reopen"))
    );

    let head = world.head().await;
    pump_at(&world, "2026-09-02T00:00:00Z").await;
    assert_eq!(world.head().await, head, "a timer fires once");
}

#[tokio::test]
async fn s7_changed_terms_and_a_reopening_by_hand_make_the_september_timer_do_nothing() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let later = stalled(&world, &fixture).await;
    let by_hand = stalled(&world, &fixture).await;
    fixture.on(&world, &later, "change-stall-terms", json!({"reopen_date": "2026-10-01"})).await;
    fixture.on(&world, &by_hand, "reopen", json!({})).await;

    let head = world.head().await;
    pump_at(&world, "2026-09-01T00:00:00Z").await;
    assert_eq!(world.head().await, head);
    assert_eq!(card(&world, &fixture, &later).await["status"], "stalled");
    pump_at(&world, "2026-10-01T00:00:00Z").await;
    assert_eq!(card(&world, &fixture, &later).await["status"], "open");
}

#[tokio::test]
async fn s7_a_stall_needs_a_reason_and_a_date_that_is_not_past() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    let path = format!("/v1/sales/{sale}/stall");
    let without = json!({"reopen_date": "2026-09-01"});
    world.post(&fixture.importer, &path, &without).await.expect_problem(400, "missing_field");
    let past = json!({"reopen_date": "2026-03-09", "reason": "budget"});
    world.post(&fixture.importer, &path, &past).await.expect_problem(422, "reopen_date_past");
}
