//! Five times as many commands as there are places (case 18): as many wait as may, everybody else is told at once when to
//! come back, and what was accepted is stored, and nothing else.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use service_runtime::{Tasks, ids};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use system_tests::Fleet;
use system_tests::eventually::eventually;
use tokio::sync::mpsc;

use super::seed::tell;

/// Places of the service, and those that one tenant may take.
const PLACES: (usize, usize) = (64, 48);
/// Commands that come at once.
const COMMANDS: usize = 5 * PLACES.0;
/// How long everything may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Status, `Retry-After` and name of a command.
type Answered = (u16, Option<String>, String);

/// A service with few places, and a log that takes nothing for a while.
struct Scene {
    fleet: Fleet,
    /// One for all: making one for each command takes longer than the service waits for the log.
    client: reqwest::Client,
    tasks: Tasks,
    answers: mpsc::UnboundedReceiver<Answered>,
    /// Holds the log's lock.
    holder: PoolConnection<Postgres>,
}

impl Scene {
    /// Every command has been sent, none can be stored.
    async fn open(more: &[(&str, &str)]) -> Self {
        let places = PLACES.0.to_string();
        let told = [&[("SALGSLOGG_COMMANDS_WAITING_MAX", places.as_str())], more].concat();
        let fleet = Fleet::start_told(1, 1, &told).await;
        let client = reqwest::Client::new();
        let first = define(&client, &fleet, "the first").await;
        assert_eq!(first.0, 201, "which makes the tenant");
        let mut holder = fleet.database.owner().acquire().await.unwrap();
        sqlx::query("SELECT pg_advisory_lock(17747, 1)").execute(&mut *holder).await.unwrap();
        let (tasks, (told, answers)) = (Tasks::new(), mpsc::unbounded_channel());
        for number in 0..COMMANDS {
            let (told, name) = (told.clone(), format!("type {number}"));
            let asked = define(&client, &fleet, &name);
            tasks.spawn(async move {
                let (status, retry_after) = asked.await;
                let _test_is_over = told.send((status, retry_after, name));
            });
        }
        Self { fleet, client, tasks, answers, holder }
    }

    /// Commands that wait, as the service's own figures say.
    async fn waiting(&self) -> usize {
        let url = format!("{}/metrics", self.fleet.command_urls()[0]);
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        let line = text.lines().find(|line| line.starts_with("salgslogg_command_places_taken "));
        line.and_then(|line| line.split(' ').nth(1)?.parse::<f64>().ok()).unwrap_or_default()
            as usize
    }

    async fn next(&mut self) -> Answered {
        tokio::time::timeout(PATIENCE, self.answers.recv()).await.unwrap().unwrap()
    }

    /// The log takes commands again; answers what became of those that waited.
    async fn released(&mut self, waiting: usize) -> Vec<Answered> {
        sqlx::query("SELECT pg_advisory_unlock(17747, 1)")
            .execute(&mut *self.holder)
            .await
            .unwrap();
        let mut answered = Vec::new();
        for _ in 0..waiting {
            answered.push(self.next().await);
        }
        answered
    }
}

/// Defines a sale type; the request is on its way once this is awaited.
fn define(
    client: &reqwest::Client,
    fleet: &Fleet,
    name: &str,
) -> impl Future<Output = (u16, Option<String>)> + use<> {
    let body: Value = json!({"id": ids::new_id(), "name": name});
    let ask = client
        .post(format!("{}/v1/sale-types", fleet.command_urls()[0]))
        .bearer_auth(fleet.token())
        .json(&body);
    async move {
        let reply = ask.send().await.unwrap();
        let after = reply.headers().get("retry-after").and_then(|value| value.to_str().ok());
        (reply.status().as_u16(), after.map(str::to_owned))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_times_as_many_commands_as_places_are_told_to_come_back_and_none_is_lost_case_18() {
    let mut scene = Scene::open(&[]).await;
    let (_, of_tenant) = PLACES;
    // while nothing is stored, all but those that have a place are answered
    for _ in of_tenant..COMMANDS {
        let (status, retry_after, name) = scene.next().await;
        assert_eq!(status, 429, "{name}");
        assert!(retry_after.is_some_and(|after| after.parse::<u32>().is_ok()), "{name}");
    }
    assert_eq!(scene.waiting().await, of_tenant);
    let accepted = scene.released(of_tenant).await;
    assert!(accepted.iter().all(|(status, ..)| *status == 201), "{accepted:?}");
    // there is room again
    assert_eq!(define(&scene.client, &scene.fleet, "the last").await.0, 201);
    let mut names: BTreeSet<_> = accepted.into_iter().map(|(_, _, name)| name).collect();
    names.extend(["the first".to_owned(), "the last".to_owned()]);
    let mut stored = BTreeSet::new();
    for row in scene.fleet.store.read_after(0, 1_000).await.unwrap() {
        if row.event_type == "sale-type.defined" {
            let fact: Value = serde_json::from_slice(&row.payload).unwrap();
            let name = fact["name"].as_object().and_then(|name| name.values().next()?.as_str());
            assert!(stored.insert(name.unwrap().to_owned()), "{fact} is there twice");
        }
    }
    assert_eq!(stored, names, "what was accepted is stored, and nothing else");
    scene.fleet.settled().await;
    let found = scene.fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    tell(&format!("{} of {COMMANDS} accepted, {} events", names.len() - 2, found.log.head));
    scene.tasks.stop();
}

/// Without the bound everybody waits: what arrives is what is held in memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_places_everybody_waits_case_18() {
    let mut scene = Scene::open(&[("SALGSLOGG_WITHOUT", "places")]).await;
    eventually("all of them wait", PATIENCE, async || scene.waiting().await == COMMANDS).await;
    let all = scene.released(COMMANDS).await;
    assert!(!all.iter().any(|(status, ..)| *status == 429), "{all:?}");
    scene.tasks.stop();
}
