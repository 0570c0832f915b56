//! People who hang up while their command waits for the log (case 19); somebody holds the log's lock meanwhile.

use std::collections::BTreeSet;
use std::time::Duration;

use event_store::{EventStore, Group, StreamAppend};
use events::{Aggregate, NewEvent, StreamName, TenantSlug};
use futures::future::join_all;
use serde_json::json;
use service_runtime::ids::new_id;
use sqlx::PgConnection;
use system_tests::Fleet;
use system_tests::eventually::eventually;

/// Requests whose callers hang up.
const LEAVING: usize = 20;
const PATIENCE: Duration = Duration::from_secs(30);

/// Holds the log's lock: every append waits for it.
async fn hold_the_log(fleet: &Fleet) -> PgConnection {
    let mut holder = fleet.database.superuser().await;
    sqlx::raw_sql("SELECT pg_advisory_lock(17747, 1)").execute(&mut holder).await.unwrap();
    holder
}

async fn let_it_go(holder: &mut PgConnection) {
    sqlx::raw_sql("SELECT pg_advisory_unlock(17747, 1)").execute(holder).await.unwrap();
}

/// Server processes that wait for the log's lock.
async fn waiting_for_the_log(fleet: &Fleet) -> i64 {
    let text = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted";
    sqlx::query_scalar(text).fetch_one(fleet.database.owner()).await.unwrap()
}

/// Commands under way in the service.
async fn places_taken(fleet: &Fleet) -> usize {
    let url = format!("{}/metrics", fleet.command_urls()[0]);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("salgslogg_command_places_taken "));
    line.unwrap().parse::<f64>().unwrap() as usize
}

fn add_user(fleet: &Fleet, http: &reqwest::Client, name: &str) -> reqwest::RequestBuilder {
    let url = format!("{}/v1/users", fleet.command_urls()[0]);
    let ask = http.post(url).bearer_auth(fleet.token()).header("idempotency-key", name);
    ask.json(&json!({"id": name, "name": name}))
}

/// Names of the users that are in the log; each must be there once.
async fn stored(fleet: &Fleet) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for event in fleet.store.read_after(0, 100_000).await.unwrap() {
        let stream = event.stream().unwrap();
        if event.event_type == "user.added" && !stream.id.starts_with("ola") {
            assert!(names.insert(stream.id), "stored twice");
        }
    }
    names
}

/// Case 19: the call to the log belongs to the batcher. Whoever hangs up leaves a command that is done once or not at all,
/// and no server process waits on his behalf.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_hung_up_on_are_done_once_or_not_at_all_case_19() {
    let fleet = Fleet::start(1, 1).await;
    let http = reqwest::Client::new();
    assert_eq!(add_user(&fleet, &http, "first").send().await.unwrap().status(), 201);
    let mut holder = hold_the_log(&fleet).await;
    let name = |n: usize| format!("u{n}");
    let leaving = (0..LEAVING).map(|n| add_user(&fleet, &http, &name(n)).send());
    tokio::select! {
        answers = join_all(leaving) => panic!("{answers:?}"),
        () = eventually("all of them wait", PATIENCE, async || {
            places_taken(&fleet).await == LEAVING && waiting_for_the_log(&fleet).await == 1
        }) => {}
    }
    eventually("they are gone", PATIENCE, async || places_taken(&fleet).await == 0).await;
    assert_eq!(waiting_for_the_log(&fleet).await, 1, "one call, whoever hung up");
    let_it_go(&mut holder).await;
    eventually("what was on its way arrives", PATIENCE, async || stored(&fleet).await.len() > 1)
        .await;
    // whoever comes back with the same key is told what happened
    for n in 0..LEAVING {
        assert_eq!(add_user(&fleet, &http, &name(n)).send().await.unwrap().status(), 201);
    }
    assert_eq!(stored(&fleet).await.len(), LEAVING + 1);
    fleet.settled().await;
    fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}

/// The call inside the request: whoever hangs up leaves a server process that still waits for the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_a_call_inside_the_request_leaves_a_server_process_behind_case_19() {
    let fleet = Fleet::start(1, 1).await;
    let mut holder = hold_the_log(&fleet).await;
    let inside = async |store: &EventStore, n: usize| {
        let event = NewEvent {
            event_id: new_id(),
            event_type: "user.added",
            schema_version: 1,
            payload: br#"{"name":"u"}"#.to_vec(),
            meta: br#"{"stream":"user/u","actor":"ola"}"#.to_vec(),
        };
        let stream = StreamName::new(Aggregate::User, format!("u{n}"));
        let appends = vec![StreamAppend { stream, expected: 0, events: vec![event] }];
        let tenant = TenantSlug::parse("demo").unwrap();
        let group = Group { tenant, receipt: None, effective_at: None, appends };
        store.append(new_id(), &[group]).await.unwrap();
    };
    for (n, left) in (1..=5).enumerate() {
        tokio::select! {
            () = inside(&fleet.store, n) => panic!("nobody holds the log"),
            () = eventually("it waits", PATIENCE, async || waiting_for_the_log(&fleet).await >= left) => {}
        }
    }
    assert_eq!(waiting_for_the_log(&fleet).await, 5, "one for each who hung up");
    let_it_go(&mut holder).await;
}
