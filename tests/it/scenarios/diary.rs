//! S17: membership of the diary, exact, with both red columns; on several days, in several zones, as of and as
//! known at other moments. And the diary's parts of S1 and S8.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use system_tests::{Fixture, World};

use super::{TODAY, fjord};

/// When sales and activities of S17 were entered.
const ENTERED: &str = "2026-03-01T09:00:00Z";

const S17: &str = "/v1/diary?owner=ola&from=2026-03-01&to=2026-03-31&days_ahead=7&today=2026-03-10";

async fn on(world: &World, fixture: &Fixture, path: String, body: Value) {
    fixture.at(world, ENTERED, &path, body).await;
}

/// Plans an activity of a sale; answers its id.
async fn planned(world: &World, fixture: &Fixture, sale: &str, mut body: Value) -> String {
    body["sale"] = json!(sale);
    body["title"] = json!("Follow-up");
    let answer = fixture.at(world, ENTERED, "/v1/activities", body).await;
    answer["id"].as_str().unwrap().to_owned()
}

/// Sales A to H with their activities; answers the activity of D.
async fn s17(world: &World, fixture: &Fixture) -> String {
    let mut sales = Vec::new();
    for (title, date) in [
        ("A", "2026-03-20"),
        ("B", "2026-06-01"),
        ("C", "2026-06-01"),
        ("D", "2026-06-01"),
        ("E", "2026-06-01"),
        ("F", "2026-06-01"),
        ("G", "2026-06-01"),
        ("H", "2026-03-05"),
    ] {
        let more = json!({"sale_date": date, "owner": "ola"});
        sales.push(fixture.sale(world, ENTERED, title, more).await);
    }
    let [_, b, c, d, e, f, g, _] = &sales[..] else { unreachable!("eight sales") };
    let meeting = json!({"kind": "meeting", "start": "2026-03-15T09:00:00Z"});
    planned(world, fixture, b, meeting).await;
    planned(world, fixture, c, json!({"kind": "to_do", "end": "2026-03-25"})).await;
    let call = json!({"kind": "call", "start": "2026-03-09T09:00:00Z"});
    let of_d = planned(world, fixture, d, call).await;
    let terms = json!({"reopen_date": "2026-09-01", "reason": "budget-next-year"});
    on(world, fixture, format!("/v1/sales/{e}/stall"), terms).await;
    for sale in [f, g] {
        let sold = json!({"reason": "best-product", "close_date": "2026-03-05"});
        let at = "2026-03-05T15:00:00Z";
        fixture.at(world, at, &format!("/v1/sales/{sale}/mark-sold"), sold).await;
    }
    fixture.at(world, "2026-03-05T16:00:00Z", &format!("/v1/sales/{g}/complete"), json!({})).await;
    of_d
}

/// Title, rules, red in the diary, red in a selection (SF-12), next activity date, status; by title.
async fn table(world: &World, fixture: &Fixture, question: &str) -> Vec<Value> {
    let diary = world.get(&fixture.importer, question).await.expect(200).json();
    let mut rows: Vec<Value> = diary["sales"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let selection = row["overdue_activity"] == true || row["overdue_sale_date"] == true;
            let next = &row["next_activity_date"];
            json!([row["title"], row["rules"], row["red"], selection, next, row["status"]])
        })
        .collect();
    rows.sort_by_key(ToString::to_string);
    rows
}

fn expected() -> [Value; 6] {
    [
        json!(["A", [1], false, false, null, "open"]),
        json!(["B", [2], false, false, "2026-03-15", "open"]),
        json!(["D", [3], true, true, "2026-03-09", "open"]),
        json!(["E", [4], false, false, "2026-09-01", "stalled"]),
        json!(["F", [1], false, false, null, "won"]),
        json!(["H", [1], false, true, null, "open"]),
    ]
}

/// Rule by rule: SD-17, SD-18, SD-19, SD-20.
#[tokio::test]
async fn s17_the_table_sd_16_to_sd_20_on_several_days_as_of_and_known_at() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let of_d = s17(&world, &fixture).await;
    assert_eq!(table(&world, &fixture, S17).await, expected());
    let plain = table(&world, &fixture, "/v1/diary").await;
    assert_eq!(plain, expected(), "whose, when and how far are those of S17 by default");

    let other = S17.replace("today=2026-03-10", "today=2026-03-08");
    let d = json!(["D", [2], false, false, "2026-03-09", "open"]);
    assert_eq!(table(&world, &fixture, &other).await[2], d, "tomorrow");
    let other = S17.replace("days_ahead=7", "days_ahead=15");
    let c = json!(["C", [2], false, false, "2026-03-25", "open"]);
    assert_eq!(table(&world, &fixture, &other).await[2], c, "15 days ahead, limits included");
    let autumn = "/v1/diary?from=2026-09-01&to=2026-09-30&today=2026-08-28";
    let e = json!(["E", [2, 4], false, false, "2026-09-01", "stalled"]);
    assert_eq!(table(&world, &fixture, autumn).await[3], e);

    let path = format!("/v1/activities/{of_d}/complete");
    fixture.at(&world, "2026-03-10T08:00:00Z", &path, json!({})).await;
    let mut without: Vec<Value> = expected().into();
    without.remove(2);
    assert_eq!(table(&world, &fixture, S17).await, without, "nothing of D is open any more");
    let before = format!("{S17}&as_of=2026-03-10T07:59:59Z");
    assert_eq!(table(&world, &fixture, &before).await, expected());
    let log = world.store().read_after(0, 1_000).await.unwrap();
    let known = log[log.len() - 2].recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    assert_eq!(table(&world, &fixture, &format!("{S17}&known_at={known}")).await, expected());
}

#[tokio::test]
async fn s17_in_several_zones_a36() {
    for (zone, until_red, red) in [
        // the call of D ends at 09:15 UTC: 10:15, 23:15 on the same day, and 06:15
        ("UTC", "2026-03-09T23:59:59Z", "2026-03-10T00:00:00Z"),
        ("Europe/Oslo", "2026-03-09T22:59:59Z", "2026-03-09T23:00:00Z"),
        ("Pacific/Kiritimati", "2026-03-09T09:59:59Z", "2026-03-09T10:00:00Z"),
        ("America/Santiago", "2026-03-10T02:59:59Z", "2026-03-10T03:00:00Z"),
    ] {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        s17(&world, &fixture).await;
        let path = "/v1/tenants/demo/set-time-zone";
        let body = json!({"time_zone": zone});
        world.post(&fixture.importer, path, &body).await.expect(200);
        let now = S17.replace("&today=2026-03-10", "");
        world.set_clock(until_red);
        let d = &table(&world, &fixture, &now).await[2];
        assert_eq!(d, &json!(["D", [2], false, false, "2026-03-09", "open"]), "{zone}");
        world.set_clock(red);
        assert_eq!(table(&world, &fixture, &now).await, expected(), "{zone}");
    }
}

#[tokio::test]
async fn s1_a_new_sale_without_activities_due_in_june_is_not_in_the_diary() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    fjord(&world, &fixture).await;
    assert_eq!(table(&world, &fixture, "/v1/diary").await, [] as [Value; 0]);
}

#[tokio::test]
async fn s8_a_sold_sale_leaves_the_diary_with_its_tick_so_21_sd_16() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fjord(&world, &fixture).await;
    let sold = json!({"reason": "best-product", "close_date": "2026-03-09"});
    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/mark-sold"), sold).await;
    let row = json!(["Fjord ERP", [1], false, false, null, "won"]);
    assert_eq!(table(&world, &fixture, "/v1/diary").await, [row], "not completed, date in range");
    fixture.at(&world, TODAY, &format!("/v1/sales/{sale}/complete"), json!({})).await;
    assert_eq!(table(&world, &fixture, "/v1/diary").await, [] as [Value; 0]);
}
