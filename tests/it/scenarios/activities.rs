//! S4 and S7 as far as activities reach: what an activity does to the sale it is about, on card, board and in the diary.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{TODAY, card, fjord, pipeline};

/// Plans Ola's meeting of an hour on 2026-03-17 about a sale.
async fn meeting(world: &World, fixture: &Fixture, sale: &str) -> String {
    let body = json!({"kind": "meeting", "title": "Customer meeting", "start": "2026-03-17T09:00:00Z",
        "sale": sale, "company": {"id": "0198f0a0-0000-7000-8000-0000000000f1", "name": "Fjord AS"}});
    let answer = fixture.at(world, TODAY, "/v1/activities", body).await;
    answer["id"].as_str().unwrap().to_owned()
}

/// Rules, red and next activity date of the only sale in the diary on a day; null when there is none.
async fn listed(world: &World, fixture: &Fixture, today: &str) -> Value {
    let path = format!("/v1/diary?from=2026-03-01&to=2026-03-31&days_ahead=7&today={today}");
    let diary = world.get(&fixture.importer, &path).await.expect(200).json();
    match diary["sales"].as_array().unwrap().as_slice() {
        [] => Value::Null,
        [row] => json!([row["rules"], row["red"], row["next_activity_date"]]),
        more => panic!("{more:?}"),
    }
}

#[tokio::test]
async fn s4_next_activity_overdue_mark_and_diary_so_35_sd_15_sd_18_sd_19() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    assert_eq!(card(&world, &fixture, &sale).await["next_activity_date"], Value::Null);
    let g1 = meeting(&world, &fixture, &sale).await;

    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(
        (&seen["next_activity_date"], &seen["overdue_activity"]),
        (&json!("2026-03-17"), &json!(false))
    );
    let rule_2 = json!([[2], false, "2026-03-17"]);
    assert_eq!(
        listed(&world, &fixture, "2026-03-10").await,
        rule_2,
        "10 + 7 days, limits included"
    );
    assert_eq!(listed(&world, &fixture, "2026-03-09").await, Value::Null);
    assert_eq!(listed(&world, &fixture, "2026-03-17").await, rule_2, "on the day itself");
    assert_eq!(listed(&world, &fixture, "2026-03-18").await, json!([[3], true, "2026-03-17"]));
    let board = pipeline(&world, &fixture, "&today=2026-03-18").await;
    assert_eq!(
        (&board["sales"][0]["next_activity_date"], &board["sales"][0]["overdue_activity"]),
        (&json!("2026-03-17"), &json!(true))
    );
    let overdue = pipeline(&world, &fixture, "&today=2026-03-18&overdue_activity=true").await;
    assert_eq!(overdue["totals"]["open"]["count"], 1);
    let overdue = pipeline(&world, &fixture, "&today=2026-03-17&overdue_activity=true").await;
    assert_eq!((&overdue["totals"]["open"]["count"], &overdue["sales"]), (&json!(0), &json!([])));

    world.set_clock("2026-03-18T09:00:00Z");
    let done = format!("/v1/activities/{g1}/complete");
    fixture.at(&world, "2026-03-18T09:00:00Z", &done, json!({})).await;
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(
        (&seen["next_activity_date"], &seen["overdue_activity"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(listed(&world, &fixture, "2026-03-18").await, Value::Null);
    let path = format!("/v1/sales/{sale}?as_of=2026-03-17&today=2026-03-18");
    let then = world.get(&fixture.importer, &path).await.expect(200).json();
    assert_eq!(then["overdue_activity"], true, "as it was the day before");
}

#[tokio::test]
async fn s7_reopen_date_instead_of_the_next_activity_so_15_sd_20() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    meeting(&world, &fixture, &sale).await;
    let terms = json!({"reopen_date": "2026-09-01", "reason": "budget-next-year"});
    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/stall"), terms).await;

    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(
        (&seen["next_activity_date"], &seen["reopen_date"], &seen["stall_reason"]),
        (&json!("2026-09-01"), &json!("2026-09-01"), &json!("budget-next-year"))
    );
    let list = world.get(&fixture.importer, "/v1/sales").await.expect(200).json();
    assert_eq!(list["sales"][0]["next_activity_date"], "2026-09-01");
    assert_eq!(listed(&world, &fixture, "2026-03-10").await, json!([[4], false, "2026-09-01"]));

    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/reopen"), json!({})).await;
    let seen = card(&world, &fixture, &sale).await;
    assert_eq!(
        (&seen["next_activity_date"], &seen["status"]),
        (&json!("2026-03-17"), &json!("open"))
    );
    assert_eq!(listed(&world, &fixture, "2026-03-10").await, json!([[2], false, "2026-03-17"]));
}

#[tokio::test]
async fn a_command_is_seen_by_the_next_question_with_its_etag_sd_2() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    let id = meeting(&world, &fixture, &sale).await;
    let path = format!("/v1/activities/{id}");
    let head = world.caught_up().await;
    let reply =
        world.get(&fixture.importer, &format!("{path}?min_position={head}")).await.expect(200);
    assert!(
        reply.header("etag").is_some_and(|tag| tag.starts_with("W/\"1-")),
        "{:?}",
        reply.headers
    );
    let seen = reply.json();
    assert_eq!(
        (&seen["start"], &seen["end"], &seen["sale_title"], &seen["owner"]),
        (
            &json!("2026-03-17T09:00:00Z"),
            &json!("2026-03-17T10:00:00Z"),
            &json!("Fjord ERP"),
            &json!("ola")
        )
    );
    let listed = world
        .get(&fixture.importer, &format!("/v1/activities?sale={sale}"))
        .await
        .expect(200)
        .json();
    assert_eq!(listed["activities"][0]["id"], json!(id));
    fixture.at(&world, TODAY, &format!("{path}/delete"), json!({})).await;
    world.get(&fixture.importer, &path).await.expect_problem(404, "not_found");
    let history = world.get(&fixture.importer, &format!("{path}/history")).await.expect(200).json();
    assert_eq!(history["events"][1]["type"], "activity.deleted");
}
