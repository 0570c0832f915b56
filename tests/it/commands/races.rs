//! Many at once, on two replicas: one effect, and the truth for everybody (cases 8 and 10).

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Ask, Fixture, Replica, Reply, World};

/// Takes turns between the replicas.
fn on_either(world: &World, other: &Replica, path: &str, n: usize) -> Ask {
    if n.is_multiple_of(2) { world.command(Method::POST, path) } else { other.command(path) }
}

/// Versions of a stream are 1, 2, 3 … and positions of the log have no hole.
async fn log_is_gapless(world: &World) {
    let events = world.store().read_after(0, 10_000).await.unwrap();
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.position, position);
        assert!(event.verify_hash(), "{position}");
    }
    let wrong: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT stream_id, count(*) AS n, max(stream_version) AS top \
         FROM es.event GROUP BY stream_id) s WHERE n <> top",
    )
    .fetch_one(world.database.owner())
    .await
    .unwrap();
    assert_eq!(wrong, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_sent_twenty_times_at_once_has_one_effect_and_one_answer_case_8() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let before = world.stored().await;
    let body = json!({"title": "Fjord ERP", "sale_type": fixture.new});
    let replies = join_all((0..20).map(|n| {
        let ask = on_either(&world, &other, "/v1/sales", n).bearer(&fixture.importer);
        ask.header("idempotency-key", "one").json(&body).send()
    }))
    .await;
    for reply in &replies {
        assert_eq!((reply.status.as_u16(), &reply.text), (201, &replies[0].text));
    }
    let after = world.stored().await;
    assert_eq!((after.events, after.receipts), (before.events + 1, before.receipts + 1));
    log_is_gapless(&world).await;
}

async fn twenty_writers(seen: Option<&str>) -> (World, Vec<Reply>) {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    // the other replica knows the sale by heart, so the first of its writers decides at once
    let known = format!("/v1/sales/{sale}/edit");
    other.post(&fixture.importer, &known, &json!({})).await.expect(200);
    let path = format!("/v1/sales/{sale}/override-probability");
    let replies = join_all((0..20).map(|n| {
        let ask = on_either(&world, &other, &path, n).bearer(&fixture.importer);
        let ask = match seen {
            Some(version) => ask.header("if-match", version),
            None => ask,
        };
        ask.json(&json!({"probability": 30 + n})).send()
    }))
    .await;
    log_is_gapless(&world).await;
    (world, replies)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_writers_who_saw_one_version_one_wins_case_10() {
    let (_world, replies) = twenty_writers(Some("\"1\"")).await;
    let (won, lost): (Vec<_>, Vec<_>) =
        replies.into_iter().partition(|reply| reply.status.is_success());
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert_eq!(won[0].json()["version"], 2);
    for reply in lost {
        let problem = reply.expect_problem(412, "precondition_failed").json();
        assert_eq!(problem["version"], 2, "the present version is told");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_writers_without_a_version_all_succeed_or_say_no_truthfully() {
    let (world, replies) = twenty_writers(None).await;
    let mut accepted = Vec::new();
    for reply in replies {
        if reply.status.is_success() {
            accepted.push(reply.json());
        } else {
            reply.expect_problem(409, "lost_race");
        }
    }
    assert!(accepted.len() >= 10, "one replica alone serialises its own: {}", accepted.len());
    let mut versions: Vec<i64> =
        accepted.iter().map(|answer| answer["version"].as_i64().unwrap()).collect();
    versions.sort_unstable();
    let expected: Vec<i64> = (2..).take(accepted.len()).collect();
    assert_eq!(
        versions, expected,
        "every accepted command is its own version, no other was stored"
    );
    let positions: Vec<&Value> = accepted.iter().map(|answer| &answer["position"]).collect();
    let stored: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM es.event WHERE event_type = 'sale.probability-overridden'",
    )
    .fetch_one(world.database.owner())
    .await
    .unwrap();
    assert_eq!(usize::try_from(stored).unwrap(), positions.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_412_is_never_told_to_a_caller_whose_version_is_the_present_one() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    for round in 0..12 {
        let mut edits = Vec::new();
        for n in 0..2 {
            let body = json!({"name": format!("Stage {round} {n}"), "probability": n});
            let stage = world.post(&fixture.importer, "/v1/stages", &body).await.expect(201).json();
            edits.push(format!("/v1/stages/{}/edit", stage["id"].as_str().unwrap()));
        }
        // both want one name: they race on the name's stream, while each stage stays at its version
        let wanted = json!({"name": format!("Wanted {round}")});
        let mut replies = join_all(edits.iter().enumerate().map(|(n, path)| {
            let ask = on_either(&world, &other, path, n).bearer(&fixture.importer);
            ask.header("if-match", "\"1\"").json(&wanted).send()
        }))
        .await;
        replies.sort_by_key(|reply| reply.status);
        let lost = replies.pop().unwrap();
        replies.pop().unwrap().expect(200);
        lost.expect_problem(422, "name_taken");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sale_numbers_are_1001_and_so_on_without_a_hole_under_a_crowd() {
    let world = World::start().await;
    let other = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let replies = join_all((0..60).map(|n| {
        let ask = on_either(&world, &other, "/v1/sales", n).bearer(&fixture.importer);
        ask.json(&json!({"title": format!("Sale {n}"), "sale_type": fixture.new})).send()
    }))
    .await;
    let mut in_log_order: Vec<(i64, i64)> = replies
        .into_iter()
        .map(|reply| {
            let answer = reply.expect(201).json();
            let number = answer["number"].as_str().unwrap().parse().unwrap();
            (answer["position"].as_i64().unwrap(), number)
        })
        .collect();
    in_log_order.sort_unstable();
    let numbers: Vec<i64> = in_log_order.into_iter().map(|(_, number)| number).collect();
    assert_eq!(numbers, (1_001..1_061).collect::<Vec<_>>());
    log_is_gapless(&world).await;
}
