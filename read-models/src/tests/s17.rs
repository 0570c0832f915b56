//! Scenario S17: membership of the diary, exact, on several days, as of and as known at other moments.

use events::sale::Registration;
use events::{Event, Probability, SaleEvent, Title};
use serde_json::{Value, json};

use super::agenda::{activity, completed, days, planned, times};
use super::facts::{SC, all_profit, day, key, money, registered, registration, sale};
use super::{World, instant};

/// A sale of Ola's with a title and a sale date.
pub(super) fn dated(title: &str, date: &str) -> Event {
    registered(Registration {
        title: Title::parse(title).unwrap(),
        sale_date: day(date),
        ..registration()
    })
}

pub(super) fn won(on: &str) -> Event {
    let amount = money("480000", "NOK");
    Event::Sale(SaleEvent::Won {
        close_date: day(on),
        reason: key("best-product"),
        amount,
        margin: all_profit(&amount),
        probability: Probability::WON,
        stage_when_closed: Some(SC),
        competitor: None,
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
pub(super) fn table(diary: &Value) -> Value {
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
