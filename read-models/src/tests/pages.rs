//! Pages of one question show one snapshot, whatever is written between them.

use events::Event;
use events::SaleEvent;
use serde_json::Value;
use service_runtime::Role;

use super::World;
use super::facts::{currency_stream, day, key, rate, sale, worth};

fn numbers(sales: &Value) -> Vec<String> {
    let sales = sales.as_array().unwrap().iter();
    sales.map(|sale| format!("{} {}", sale["number"], sale["converted"]["amount"])).collect()
}

async fn change_everything(world: &mut World, round: u128) {
    for n in (round..120).step_by(7) {
        let (reopen_date, reason) = (day("2027-01-01"), key("budget"));
        let stalled = Event::Sale(SaleEvent::Stalled { reopen_date, reason });
        world.record(&sale(n).stream(), &[stalled]).await;
    }
    world.record(&sale(200 + round).stream(), &[worth("999999", "EUR", 90)]).await;
    let next_rate = rate("NOK", &format!("{}", 20 + round), 100, "2026-01-01");
    world.record(&currency_stream("NOK"), &[next_rate]).await;
    world.clock.advance(std::time::Duration::from_secs(86_400));
    world.follow().await;
}

#[tokio::test]
async fn pages_equal_one_snapshot_while_writes_go_on() {
    let mut world = World::provisioned().await;
    for n in 0..120 {
        let currency = if n % 2 == 0 { "NOK" } else { "EUR" };
        world
            .record(&sale(n).stream(), &[worth(&format!("{}", 1_000 + n * 37 % 911), currency, 50)])
            .await;
    }
    world.follow().await;
    let question = "/v1/pipeline?sort=-amount&status=open";
    let whole = world.ask(&format!("{question}&limit=500")).await;
    assert_eq!(whole["next"], Value::Null);
    let mut page = world.ask(&format!("{question}&limit=50")).await;
    let first = page.clone();
    let mut seen = numbers(&page["sales"]);
    let mut round = 1;
    while let Some(cursor) = page["next"].as_str() {
        change_everything(&mut world, round).await;
        page = world.ask(&format!("{question}&limit=50&cursor={cursor}")).await;
        for same in ["position", "as_of", "columns", "totals", "missing_rates"] {
            assert_eq!(page[same], first[same], "{same}");
        }
        seen.extend(numbers(&page["sales"]));
        round += 1;
    }
    assert_eq!(seen, numbers(&whole["sales"]));
    let now = world.ask(&format!("{question}&limit=500")).await;
    assert_ne!(now["totals"], whole["totals"], "a new question sees the changes");
}

#[tokio::test]
async fn a_cursor_of_another_question_is_refused() {
    let mut world = World::provisioned().await;
    for n in 0..3 {
        world.record(&sale(n).stream(), &[worth("100", "EUR", 50)]).await;
    }
    world.follow().await;
    let page = world.ask("/v1/sales?limit=2").await;
    let cursor = page["next"].as_str().unwrap();
    assert_eq!(
        world.ask(&format!("/v1/sales?limit=1&cursor={cursor}")).await["sales"][0]["number"],
        "1003"
    );
    for other in ["/v1/sales?owner=kari&cursor=", "/v1/pipeline?cursor=", "/v1/stages?cursor="] {
        let (status, code) = world.refused(&format!("{other}{cursor}")).await;
        assert_eq!((status, code.as_str()), (400, "unknown_cursor"), "{other}");
    }
    let stranger = events::TenantSlug::parse("other").unwrap();
    let question = format!("/v1/sales?limit=2&cursor={cursor}");
    let (status, body) = world.ask_as(&stranger, Role::Manager, &question).await;
    assert_eq!((status.as_u16(), &body["code"]), (400, &Value::from("unknown_cursor")));
}
