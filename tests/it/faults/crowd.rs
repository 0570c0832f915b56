//! 64 writers who saw one version of one sale, round after round (X1, case 10): exactly one wins each round, the others
//! learn the truth.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, World, counts};

/// Writers who are there at once.
const WRITERS: usize = 64;

async fn edit(world: &World, fixture: &Fixture, sale: &str, version: usize, writer: usize) -> u16 {
    let ask = world.command(Method::POST, &format!("/v1/sales/{sale}/edit"));
    let ask = ask.bearer(&fixture.importer).header("if-match", &format!("\"{version}\""));
    let title = format!("v{version} of {writer}");
    let reply = ask.json(&json!({"title": title})).send().await;
    match reply.status.as_u16() {
        200 => assert_eq!(reply.json()["version"], json!(version + 1), "{title}"),
        412 => {
            let told: Value = reply.json();
            assert_eq!(told["code"], "precondition_failed", "{told}");
        }
        other => panic!("{title}: {other} {}", reply.text),
    }
    reply.status.as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_writers_on_one_version_exactly_one_wins_every_round_x1_case_10() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-01-12T09:00:00Z", "Fjord ERP", json!({})).await;
    let rounds = counts::runs(60, 10_000);
    for round in 0..rounds {
        let version = 1 + round;
        let writers = (0..WRITERS).map(|writer| edit(&world, &fixture, &sale, version, writer));
        let won = join_all(writers).await.into_iter().filter(|status| *status == 200).count();
        assert_eq!(won, 1, "version {version} has {won} winners");
    }
    world.query.run_until_caught_up().await.unwrap();
    world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    counts::tell("X1", rounds, 0, &[]);
}
