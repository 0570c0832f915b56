//! The log is gone for a while: 503 with a time to come back, and afterwards nothing lost and nothing twice
//! (cases 1, 3 and 4 over HTTP).

use std::collections::BTreeSet;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use sqlx::AssertSqlSafe;
use system_tests::{Fixture, Reply, World};

/// Opens or closes the database for everybody but superusers, and throws command-service out.
async fn open_for_connections(world: &World, open: bool) {
    let owner = world.database.owner();
    let name: String =
        sqlx::query_scalar("SELECT current_database()").fetch_one(owner).await.unwrap();
    let places = if open { -1 } else { 0 };
    let text = format!("ALTER DATABASE {name} CONNECTION LIMIT {places}");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(owner).await.unwrap();
    throw_out(world).await;
}

async fn throw_out(world: &World) {
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND usename = 'salgslogg_command'",
    )
    .execute(world.database.owner())
    .await
    .unwrap();
}

async fn register(world: &World, fixture: &Fixture, n: usize) -> Reply {
    let body = json!({"title": format!("Sale {n}"), "sale_type": fixture.new});
    let ask = world.command(Method::POST, "/v1/sales").bearer(&fixture.importer);
    ask.header("idempotency-key", &format!("k{n}")).json(&body).send().await
}

/// Registrations `0..n` under their keys, at once; each is accepted or told to come back.
async fn all(world: &World, fixture: &Fixture, n: usize) -> Vec<Option<String>> {
    let replies = join_all((0..n).map(|n| register(world, fixture, n))).await;
    let id = |reply: Reply| {
        if reply.status == 201 {
            return Some(reply.json()["id"].as_str().unwrap().to_owned());
        }
        let reply = reply.expect_problem(503, "unavailable");
        assert!(reply.header("retry-after").is_some());
        None
    };
    replies.into_iter().map(id).collect()
}

async fn registered(world: &World) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM es.event WHERE event_type = 'sale.registered'")
        .fetch_one(world.database.owner())
        .await
        .unwrap()
}

#[tokio::test]
async fn without_the_log_commands_are_told_to_come_back_and_then_go_on() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    all(&world, &fixture, 5).await;
    open_for_connections(&world, false).await;
    let down = all(&world, &fixture, 40).await;
    assert!(down.iter().all(Option::is_none), "not even a repeat can be judged: {down:?}");
    let ready = world.command(Method::GET, "/readyz").send().await;
    ready.expect_problem(503, "not_ready");
    world.command(Method::GET, "/livez").send().await.expect(200);
    assert_eq!(registered(&world).await, 5);
    open_for_connections(&world, true).await;
    let ids: BTreeSet<_> = all(&world, &fixture, 40).await.into_iter().flatten().collect();
    assert_eq!((ids.len(), registered(&world).await), (40, 40));
    world.command(Method::GET, "/readyz").send().await.expect(200);
}

#[tokio::test]
async fn connections_cut_under_load_lose_nothing_and_double_nothing() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let cut = async {
        for _ in 0..10 {
            throw_out(&world).await;
            tokio::task::yield_now().await;
        }
    };
    let (first, ()) = tokio::join!(all(&world, &fixture, 200), cut);
    let second = all(&world, &fixture, 200).await;
    for (first, second) in first.iter().zip(&second) {
        assert!(second.is_some());
        assert!(first.is_none() || first == second, "answered {first:?}, then {second:?}");
    }
    let ids: BTreeSet<_> = second.into_iter().flatten().collect();
    assert_eq!((ids.len(), registered(&world).await), (200, 200));
}
