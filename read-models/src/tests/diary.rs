//! The diary: scenario S17 exact, and its rules one by one, for several todays, zones, moments and knowledge.

use chrono_tz::Tz;
use events::sale::Registration;
use events::{Event, SaleEvent, StreamName, TenantEvent};
use serde_json::{Value, json};

use super::agenda::{activity, assigned, completed, days, deleted, planned, reopened, times};
use super::facts::{SC, all_profit, day, key, money, registered, registration, sale};
use super::{World, instant, today};
use events::{Probability, Title};

/// A sale of Ola's with a title and a sale date.
fn dated(title: &str, date: &str) -> Event {
    registered(Registration {
        title: Title::parse(title).unwrap(),
        sale_date: day(date),
        ..registration()
    })
}

fn won(on: &str) -> Event {
    let amount = money("480000", "NOK");
    Event::Sale(SaleEvent::Won {
        close_date: day(on),
        reason: key("best-product"),
        amount,
        margin: all_profit(&amount),
        probability: Probability::WON,
        stage_when_closed: Some(SC),
    })
}

fn stalled_until(date: &str) -> Event {
    let (reopen_date, reason) = (day(date), key("budget-next-year"));
    Event::Sale(SaleEvent::Stalled { reopen_date, reason })
}

/// Sales A to H of S17, all registered on 2026-03-01; activities as the table has them.
async fn s17() -> World {
    let mut world = World::provisioned().await;
    let at = Some(instant("2026-03-01T09:00:00Z"));
    let done = Event::Sale(SaleEvent::Completed {});
    let sales = [
        vec![dated("A", "2026-03-20")],
        vec![dated("B", "2026-06-01")],
        vec![dated("C", "2026-06-01")],
        vec![dated("D", "2026-06-01")],
        vec![dated("E", "2026-06-01"), stalled_until("2026-09-01")],
        vec![dated("F", "2026-06-01"), won("2026-03-05")],
        vec![dated("G", "2026-06-01"), won("2026-03-05"), done],
        vec![dated("H", "2026-03-05")],
    ];
    for (n, facts) in (1..).zip(sales) {
        world.record_at(at, &sale(n).stream(), &facts).await;
    }
    for (n, of, slot) in [
        (1, 2, times("2026-03-15T09:00:00Z", "2026-03-15T10:00:00Z")),
        (2, 3, days("2026-03-25", "2026-03-25")),
        (3, 4, times("2026-03-09T09:00:00Z", "2026-03-09T10:00:00Z")),
    ] {
        let fact = planned(&format!("Follow-up {n}"), Some(sale(of)), slot);
        world.record_at(at, &activity(n), &[fact]).await;
    }
    world.follow().await;
    world
}

/// Title, rules, red, red in a selection (SF-12), next activity date and status of every listed sale, by title.
fn table(diary: &Value) -> Value {
    let mut rows: Vec<_> = diary["sales"].as_array().unwrap().clone();
    rows.sort_by_key(|row| row["title"].as_str().unwrap().to_owned());
    let row = |row: &Value| {
        assert_eq!(row["red"], row["overdue_activity"], "A2: diary red is an overdue activity");
        let either = row["overdue_activity"] == true || row["overdue_sale_date"] == true;
        json!([
            row["title"],
            row["rules"],
            row["red"],
            either,
            row["next_activity_date"],
            row["status"]
        ])
    };
    assert_eq!(diary["sale_count"], rows.len());
    rows.iter().map(row).collect()
}

const S17: &str = "/v1/diary?owner=ola&from=2026-03-01&to=2026-03-31&today=2026-03-10&days_ahead=7";

fn s17_table() -> Value {
    json!([
        ["A", [1], false, false, null, "open"],
        ["B", [2], false, false, "2026-03-15", "open"],
        ["D", [3], true, true, "2026-03-09", "open"],
        ["E", [4], false, false, "2026-09-01", "stalled"],
        ["F", [1], false, false, null, "won"],
        ["H", [1], false, true, null, "open"],
    ])
}

#[tokio::test]
async fn s17_diary_membership_sd_16_to_sd_20_with_both_red_columns() {
    let world = s17().await;
    let diary = world.ask(S17).await;
    assert_eq!(table(&diary), s17_table());
    assert_eq!(table(&world.ask("/v1/diary").await), s17_table(), "the defaults are those of S17");
    let f = diary["sales"].as_array().unwrap().iter().find(|row| row["title"] == "F").unwrap();
    assert_eq!((&f["completed"], &f["close_date"]), (&json!(false), &json!("2026-03-05")));
    let listed: Vec<_> = diary["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["title"].clone(), row["start_day"].clone(), row["overdue"].clone()))
        .collect();
    assert_eq!(
        listed,
        [
            (json!("Follow-up 3"), json!("2026-03-09"), json!(true)),
            (json!("Follow-up 1"), json!("2026-03-15"), json!(false)),
            (json!("Follow-up 2"), json!("2026-03-25"), json!(false)),
        ],
        "the third lies in the display range"
    );
    assert_eq!(diary["activity_count"], 3);
}

#[tokio::test]
async fn s17_on_other_days() {
    let world = s17().await;
    let at = |today: &str, days_ahead: i32| {
        format!(
            "/v1/diary?owner=ola&from=2026-03-01&to=2026-03-31&today={today}&days_ahead={days_ahead}"
        )
    };
    let rules = async |question: String| {
        let rows = table(&world.ask(&question).await);
        let rules: Vec<_> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                format!(
                    "{}{}{}",
                    row[0].as_str().unwrap(),
                    row[1],
                    if row[2] == true { " red" } else { "" }
                )
            })
            .collect();
        rules.join(", ")
    };
    let rest = "E[4], F[1], H[1]";
    assert_eq!(
        rules(at("2026-03-07", 7)).await,
        format!("A[1], D[2], {rest}"),
        "15 March is 8 days off"
    );
    assert_eq!(
        rules(at("2026-03-08", 7)).await,
        format!("A[1], B[2], D[2], {rest}"),
        "limits included"
    );
    assert_eq!(
        rules(at("2026-03-09", 7)).await,
        format!("A[1], B[2], D[2], {rest}"),
        "it ends today"
    );
    assert_eq!(rules(at("2026-03-10", 15)).await, format!("A[1], B[2], C[2], D[3] red, {rest}"));
    assert_eq!(rules(at("2026-03-10", 0)).await, format!("A[1], D[3] red, {rest}"));
    assert_eq!(
        rules(at("2026-03-16", 0)).await,
        format!("A[1], B[3] red, D[3] red, {rest}"),
        "B's activity is over since yesterday"
    );
    let autumn = "/v1/diary?owner=ola&from=2026-09-01&to=2026-09-30&today=2026-08-28";
    assert_eq!(
        rules(autumn.to_owned()).await,
        "B[3] red, C[3] red, D[3] red, E[2,4]",
        "the reopen date stands for the next activity"
    );
}

#[tokio::test]
async fn s17_as_of_and_known_at_other_moments() {
    let mut world = s17().await;
    let done = completed("2026-03-10");
    world.record_at(Some(instant("2026-03-10T12:00:00Z")), &activity(3), &[done]).await;
    world.follow().await;
    let without_red = table(&world.ask(S17).await);
    assert_eq!(without_red.as_array().unwrap().len(), 5, "D left: nothing of it is open any more");
    let before = world.ask(&format!("{S17}&as_of=2026-03-10T11:59:59Z")).await;
    assert_eq!(table(&before), s17_table());
    let known: Value = world.log().await.last().unwrap().recorded_at.to_rfc3339().into();
    let known = known.as_str().unwrap().replace('+', "%2B");
    let log = world.log().await;
    let earlier = log[log.len() - 2].recorded_at;
    let earlier = earlier.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    assert_eq!(table(&world.ask(&format!("{S17}&known_at={earlier}")).await), s17_table());
    assert_eq!(table(&world.ask(&format!("{S17}&known_at={known}")).await), without_red);
    let early = world.ask(&format!("{S17}&as_of=2026-02-28")).await;
    assert_eq!((&early["sales"], &early["activities"]), (&json!([]), &json!([])));
}

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
    world.to_do(today(), 1, None, "2026-03-10").await;
    world.to_do(today(), 2, None, "2026-03-11").await;
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
    world.to_do(today(), 1, None, "2026-03-10").await;
    world.to_do(today(), 2, None, "2026-03-10").await;
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
        world.to_do(today(), n, None, &format!("2026-03-1{n}")).await;
    }
    for n in 1..=2 {
        world.record(&sale(n).stream(), &[dated(&n.to_string(), "2026-03-20")]).await;
    }
    world.follow().await;
    let first = world.ask("/v1/diary?limit=2").await;
    world.to_do(today(), 6, None, "2026-03-11").await;
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
