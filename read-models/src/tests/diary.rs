//! The diary's rules one by one: zones, completion, ranges, owners, pages.

use chrono_tz::Tz;
use events::{Event, SaleEvent, StreamName, TenantEvent};
use serde_json::{Value, json};

use super::agenda::{activity, assigned, completed, days, deleted, planned, reopened, times};
use super::facts::sale;
use super::s17::{dated, table, won};
use super::{World, instant, today};

/// Sets the tenant's zone, as a command would.
async fn in_zone(world: &mut World, zone: Tz) {
    let changed = TenantEvent::TimeZoneChanged { time_zone: zone };
    let tenant = StreamName::of_tenant(&world.tenant);
    world.record(&tenant, &[Event::Tenant(changed)]).await;
}

#[tokio::test]
async fn days_are_those_of_the_tenants_zone_a36() {
    for (zone, ended, start_day, red_on) in [
        (Tz::UTC, "2026-03-09T23:30:00Z", "2026-03-09", "2026-03-10"),
        (Tz::Europe__Oslo, "2026-03-09T23:30:00Z", "2026-03-10", "2026-03-11"),
        (Tz::Pacific__Kiritimati, "2026-03-09T09:59:00Z", "2026-03-09", "2026-03-10"),
        (Tz::Pacific__Kiritimati, "2026-03-09T10:00:00Z", "2026-03-10", "2026-03-11"),
        // Santiago's clocks go from 24:00 back to 23:00 on 4 April, and from 0:00 to 1:00 on 6 September
        (Tz::America__Santiago, "2026-04-05T02:59:00Z", "2026-04-04", "2026-04-05"),
        (Tz::America__Santiago, "2026-04-05T03:59:00Z", "2026-04-04", "2026-04-05"),
        (Tz::America__Santiago, "2026-04-05T04:00:00Z", "2026-04-05", "2026-04-06"),
        (Tz::America__Santiago, "2026-09-06T03:59:00Z", "2026-09-05", "2026-09-06"),
        (Tz::America__Santiago, "2026-09-06T04:00:00Z", "2026-09-06", "2026-09-07"),
    ] {
        let mut world = World::provisioned().await;
        in_zone(&mut world, zone).await;
        let at = Some(instant("2026-01-01T09:00:00Z"));
        world.record_at(at, &sale(1).stream(), &[dated("Z", "2030-01-01")]).await;
        let fact = planned("Call", Some(sale(1)), times(ended, ended));
        world.record_at(at, &activity(1), &[fact]).await;
        world.follow().await;
        let on =
            |day: &str| format!("/v1/diary?today={day}&days_ahead=0&from=2030-02-01&to=2030-02-02");
        let red = world.ask(&on(red_on)).await;
        assert_eq!(table(&red), json!([["Z", [3], true, true, start_day, "open"]]), "{zone}");
        assert_eq!(red["activities"][0]["overdue"], true, "{zone}");
        let day = world.ask(&on(start_day)).await;
        assert_eq!(table(&day), json!([["Z", [2], false, false, start_day, "open"]]), "{zone}");
        assert_eq!(day["activities"][0]["start_day"], start_day);
        world.clock.set(instant(ended));
        let now = world.ask("/v1/diary?days_ahead=0&from=2030-02-01&to=2030-02-02").await;
        assert_eq!(now["today"], start_day, "{zone}: today follows the clock into the zone");
        let sorted =
            world.ask("/v1/sales?sort=next_activity_date&next_activity_to=2026-12-31").await;
        assert_eq!(sorted["sales"][0]["next_activity_date"], start_day, "{zone}");
        let none = world.ask(&format!("/v1/sales?next_activity_from={red_on}")).await;
        assert_eq!(none["sales"], json!([]), "{zone}");
    }
}

/// Title and mark of every activity listed on a day.
async fn listed(world: &World, day: &str) -> Value {
    let diary = world.ask(&format!("/v1/diary?today={day}")).await;
    let rows = diary["activities"].as_array().unwrap();
    rows.iter().map(|row| json!([row["title"], row["completed"]])).collect()
}

#[tokio::test]
async fn a_completed_activity_leaves_by_the_next_day_sd_13() {
    let mut world = World::provisioned().await;
    world.plan_to_do(today(), 1, None, "2026-03-10").await;
    world.plan_to_do(today(), 2, None, "2026-03-11").await;
    world.record(&activity(1), &[completed("2026-03-10")]).await;
    world.follow().await;
    assert_eq!(listed(&world, "2026-03-10").await, json!([["To-do 1", true], ["To-do 2", false]]));
    assert_eq!(listed(&world, "2026-03-11").await, json!([["To-do 2", false]]));
    world.record(&activity(1), &[reopened()]).await;
    world.follow().await;
    assert_eq!(listed(&world, "2026-03-11").await, json!([["To-do 1", false], ["To-do 2", false]]));
    world.record(&activity(1), &[deleted()]).await;
    world.follow().await;
    assert_eq!(
        listed(&world, "2026-03-11").await,
        json!([["To-do 2", false]]),
        "gone from every list"
    );
}

#[tokio::test]
async fn an_activity_is_listed_when_near_begun_or_in_the_range_sd_14() {
    let mut world = World::provisioned().await;
    for (n, slot) in [
        (1, days("2026-02-01", "2026-03-20")),
        (2, days("2026-03-17", "2026-03-17")),
        (3, days("2026-03-18", "2026-03-18")),
        (4, days("2026-04-28", "2026-05-02")),
        (5, days("2026-04-01", "2026-04-30")),
    ] {
        world.record(&activity(n), &[planned(&n.to_string(), None, slot)]).await;
    }
    world.follow().await;
    let diary = world.ask("/v1/diary?from=2026-05-01&to=2026-05-31").await;
    let listed: Vec<_> =
        diary["activities"].as_array().unwrap().iter().map(|row| row["title"].clone()).collect();
    assert_eq!(listed, ["1", "2", "4"], "begun; limits included; its days touch the range");
}

#[tokio::test]
async fn s8_a_sold_sale_stays_until_its_tick_is_set_so_21_sd_16() {
    let mut world = World::provisioned().await;
    let stream = sale(1).stream();
    world.record_at(Some(today()), &stream, &[dated("S8", "2026-06-10"), won("2026-03-09")]).await;
    world.follow().await;
    assert_eq!(
        table(&world.ask("/v1/diary").await),
        json!([["S8", [1], false, false, null, "won"]])
    );
    let done = Event::Sale(SaleEvent::Completed {});
    world.record_at(Some(today()), &stream, &[done]).await;
    world.follow().await;
    assert_eq!(world.ask("/v1/diary").await["sales"], json!([]));
    let cleared = Event::Sale(SaleEvent::CompletionCleared {});
    world.record_at(Some(today()), &stream, &[cleared]).await;
    world.follow().await;
    assert_eq!(world.ask("/v1/diary").await["sale_count"], 1);
}

#[tokio::test]
async fn a_diary_is_of_its_owner_or_of_groups_sd_8_sd_22() {
    let mut world = World::provisioned().await;
    world.plan_to_do(today(), 1, None, "2026-03-10").await;
    world.plan_to_do(today(), 2, None, "2026-03-10").await;
    world.record(&activity(2), &[assigned("per")]).await;
    world.record(&sale(1).stream(), &[dated("Ola's", "2026-03-20")]).await;
    world.follow().await;
    let counts = async |question: &str| {
        let diary = world.ask(question).await;
        (diary["activity_count"].as_i64().unwrap(), diary["sale_count"].as_i64().unwrap())
    };
    assert_eq!(counts("/v1/diary").await, (1, 1), "who asks");
    assert_eq!(counts("/v1/diary?owner=per").await, (1, 0), "assigned to him");
    assert_eq!(counts("/v1/diary?owner=ola,per").await, (2, 1));
    assert_eq!(counts("/v1/diary?group=South").await, (1, 0));
    assert_eq!(counts("/v1/diary?group=South,North").await, (2, 1));
    assert_eq!(counts("/v1/diary?owner=nobody").await, (0, 0));
}

#[tokio::test]
async fn both_lists_are_paged_by_one_cursor_and_counted_whole() {
    let mut world = World::provisioned().await;
    for n in 1..=5 {
        world.plan_to_do(today(), n, None, &format!("2026-03-1{n}")).await;
    }
    for n in 1..=2 {
        world.record(&sale(n).stream(), &[dated(&n.to_string(), "2026-03-20")]).await;
    }
    world.follow().await;
    let first = world.ask("/v1/diary?limit=2").await;
    world.plan_to_do(today(), 6, None, "2026-03-11").await;
    world.follow().await;
    let mut seen = Vec::new();
    let mut page = first;
    loop {
        assert_eq!((&page["activity_count"], &page["sale_count"]), (&json!(5), &json!(2)));
        let titles = page["activities"].as_array().unwrap().iter();
        seen.extend(titles.map(|row| row["title"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        page = world.ask(&format!("/v1/diary?limit=2&cursor={next}")).await;
        assert_eq!(page["sales"], json!([]), "both sales were on the first page");
    }
    assert_eq!(seen, ["To-do 1", "To-do 2", "To-do 3", "To-do 4", "To-do 5"], "one snapshot");
}
