//! Case 53 from outside: an operator archives, takes out, replays and puts back by the runbook while both services run.

use event_store::testing::TestDatabase;
use serde_json::{Value, json};
use system_tests::{Fixture, World};

use crate::runbook::Shell;

const PAGE: &str = "archive.md";

/// A world over partitions of twenty positions, and one sale of their beginning.
async fn a_long_log() -> (World, Fixture, String) {
    let database = TestDatabase::create_partitioned(20, 16).await;
    read_models::schema::migrate(&mut database.superuser().await).await.unwrap();
    let world = World::over(database).await;
    let fixture = Fixture::set_up(&world).await;
    let mut oldest = None;
    for n in 0..20 {
        let title = format!("sale {n}");
        let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", &title, json!({})).await;
        for title in ["a", "b", "c"] {
            fixture.on(&world, &sale, "edit", json!({ "title": format!("{n} {title}") })).await;
        }
        oldest.get_or_insert(sale);
    }
    world.caught_up().await;
    (world, fixture, oldest.unwrap())
}

fn lines(told: &str) -> Vec<Value> {
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_53_an_operator_archives_by_the_runbook_and_nobody_is_given_a_hole() {
    let (world, fixture, oldest) = a_long_log().await;
    let folder = tempfile::tempdir().unwrap();
    let url = world.database.url_for("salgslogg_operator");
    let place = folder.path().to_str().unwrap();
    let shell = Shell::new(None, &[("DATABASE_URL", &url), ("ARCHIVE", place)]);
    let before = shell.script("salgslogg archive replay").await.unwrap();
    let auditor = world.token("even", "auditor");
    let history = format!("/v1/sales/{oldest}/history");
    let known = world.get(&auditor, &history).await.expect(200).json();

    let listed = shell.script("salgslogg partition list --json").await.unwrap();
    let full = lines(&listed)[0]["partitions"].as_array().unwrap().clone();
    let full = full.iter().filter(|one| one["state"] == "full").count();
    assert!(full >= 3, "{listed}");
    for _ in 0..full {
        shell.run(PAGE, "Write and prove").await;
    }
    shell.run(PAGE, "Take it out").await;
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2 * full, "a file and a manifest for each full partition");

    // refused by name, never shortened
    for path in [history.as_str(), "/v1/events?after=0"] {
        let refused = world.get(&auditor, path).await.expect_problem(503, "archived");
        let file = "log-1-0000000000001-0000000000020.ndjson.gz";
        assert!(refused.text.contains(file), "{path}: {}", refused.text);
    }
    for (command, says) in [
        ("salgslogg archive replay --quiet", "lie in the archive log-1-"),
        ("salgslogg projection rebuild sale", "lie in the archive log-1-"),
    ] {
        let refused = shell.script(command).await.unwrap_err();
        assert!(refused.contains(says), "{command}: {refused}");
    }
    // what does not need them goes on
    let more = fixture.sale(&world, "2026-03-02T08:00:00Z", "after", json!({})).await;
    world.get(&auditor, &format!("/v1/sales/{more}")).await.expect(200);
    let head = world.head().await;
    world.get(&auditor, &format!("/v1/events?after={}", head - 1)).await.expect(200);

    let told = shell.run(PAGE, "Replay").await;
    assert!(told.contains(&format!("positions 1 to {head} are proved")), "{told}");
    let after = shell.script(r#"salgslogg archive replay "$ARCHIVE"/*.ndjson.gz"#).await.unwrap();
    assert!(
        after.starts_with(&before) && after.len() > before.len(),
        "the same bytes, and the new sale"
    );

    shell.run(PAGE, "Put it back").await;
    assert!(shell.script("salgslogg archive replay").await.unwrap() == after);
    let again = world.get(&auditor, &history).await.expect(200).json();
    assert_eq!(again["events"], known["events"]);
    world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}

/// Leases are shown with their holder, and given back without harm: the next claim gets a higher epoch.
#[tokio::test]
async fn a_lease_is_shown_and_given_back() {
    let world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    world.caught_up().await;
    let mut relay = world.command.relay().unwrap().unwrap();
    relay.pump().await;
    let url = world.database.url_for("salgslogg_operator");
    let shell = Shell::new(None, &[("DATABASE_URL", &url)]);
    let epoch = async || {
        let told = shell.script("salgslogg lease list --json").await.unwrap();
        let leases = lines(&told)[0]["leases"].as_array().unwrap().clone();
        let relays = leases.iter().find(|one| one["kind"] == "relay").unwrap().clone();
        (relays["epoch"].as_i64().unwrap(), relays["owner"].is_string(), leases.len())
    };
    let (before, held, all) = epoch().await;
    assert!(held && all >= 3, "a relay and two read models");
    let unasked = shell.script("salgslogg lease release relay").await.unwrap_err();
    assert!(unasked.contains("give --yes to give back the lease of the relay"), "{unasked}");
    let unknown = shell.script("salgslogg lease release process nobody --yes").await.unwrap_err();
    assert!(unknown.contains("there is no such lease"), "{unknown}");
    let told = shell.script("salgslogg lease release relay --yes --json").await.unwrap();
    assert_eq!(lines(&told)[0]["released"], 1);
    assert!(!epoch().await.1);
    relay.pump().await;
    relay.pump().await;
    let (after, held, _) = epoch().await;
    assert!(held && after > before, "{before} then {after}");
    shell.script("salgslogg lease release projection sale --yes").await.unwrap();
    fixture.sale(&world, "2026-03-01T08:00:00Z", "after", json!({})).await;
    let fenced = world.query.run_until_caught_up().await;
    assert!(fenced.is_err(), "whoever held it is told, and asks for it again");
    world.caught_up().await;
    relay.pump().await;
    world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}
