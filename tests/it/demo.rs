//! The demo tenant through both services: every line is accepted, a load that was killed goes on, loading
//! again adds nothing, and the tables show what was promised.

use std::collections::BTreeSet;

use local_stack::demo::{Wave, script};
use reqwest::Method;
use serde_json::Value;
use system_tests::World;

/// What the demo says on the world's day.
fn waves() -> Vec<Wave> {
    script("2026-03-10".parse().unwrap())
}

/// Sends lines as the importer; each of them must be accepted.
async fn send(world: &World, lines: &[String]) {
    let token = world.token("importer", "importer");
    let ask = world.command(Method::POST, "/v1/commands").bearer(&token);
    let reply = ask.header("content-type", "application/x-ndjson").body(lines.concat());
    let answers = reply.send().await.expect(200).lines();
    assert_eq!(answers.len(), lines.len());
    for (answer, line) in answers.iter().zip(lines) {
        assert!([200, 201].contains(&answer["status"].as_u64().unwrap()), "{answer} for {line}");
    }
}

async fn load(world: &World) {
    for wave in waves() {
        send(world, &wave.lines).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_was_killed_goes_on_and_loading_again_adds_nothing() {
    let world = World::start().await;
    let mut waves = waves();
    let last = waves.pop().unwrap();
    for wave in waves {
        send(&world, &wave.lines).await;
    }
    send(&world, &last.lines[..last.lines.len() / 3]).await;
    let killed = world.head().await;
    load(&world).await;
    let whole = world.head().await;
    assert!(killed < whole, "{killed} of {whole} events before it was killed");
    load(&world).await;
    assert_eq!(world.head().await, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn pipeline_diary_and_forecast_show_what_the_demo_promises() {
    let world = World::start().await;
    load(&world).await;
    let manager = world.token("kari", "manager");
    let answer = world.get(&manager, "/v1/pipeline?currency=EUR").await.expect(200).json();
    let count = |status: &str| answer["totals"][status]["count"].as_u64().unwrap();
    let counts = ["open", "stalled", "won", "lost"].map(count);
    assert_eq!(counts.iter().sum::<u64>(), 300, "{counts:?}");
    assert_eq!(answer["missing_rates"], serde_json::json!([]));
    assert_eq!(answer["columns"].as_array().unwrap().len(), 10, "nine stages, and none");

    for owner in ["ola", "kari", "sanne", "joost"] {
        let path = format!("/v1/diary?owner={owner}&limit=500");
        let diary = world.get(&manager, &path).await.expect(200).json();
        let sales = diary["sales"].as_array().unwrap();
        let rules: BTreeSet<u64> = sales
            .iter()
            .flat_map(|sale| sale["rules"].as_array().unwrap())
            .filter_map(Value::as_u64)
            .collect();
        assert_eq!(rules.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4], "SD-17 to SD-20, {owner}");
        let red = |rows: &[Value], mark: &str| rows.iter().any(|row| row[mark] == true);
        assert!(red(sales, "red"), "SD-19, {owner}");
        assert!(red(diary["activities"].as_array().unwrap(), "overdue"), "SD-15, {owner}");
    }

    let path = "/v1/forecast?from=2025-04-01&to=2026-12-31&period=quarter&currency=EUR";
    let forecast = world.get(&manager, path).await.expect(200).json();
    let rows = forecast["rows"].as_array().unwrap();
    let won = rows.iter().filter(|row| row["won"]["count"].as_u64() > Some(0)).count();
    assert!(won >= 3, "quarters with something won: {forecast}");
}
