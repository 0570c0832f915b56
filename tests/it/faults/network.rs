//! The wire between command-service and Postgres fails in every way a wire can (C1): nobody is told something untrue,
//! no request outlives its deadline, and afterwards work goes on by itself.

use std::time::Duration;

use event_store::testing::TestDatabase;
use event_store::{EventStore, Wakeups};
use local_stack::proxy::{Mode, Proxy};
use serde_json::json;
use service_runtime::clock::Stopwatch;
use system_tests::eventually::eventually;
use system_tests::{Fleet, Member, counts};

use super::seed::{Chance, tell};
use super::traffic::Traffic;

/// Clients at work.
const CLIENTS: usize = 6;

/// The deadline of a request, and what a loaded machine may add.
const ANSWERED_WITHIN: Duration = Duration::from_secs(25);

/// A proxy before the server of an address, and the address that leads through it.
async fn before_log(url: &str) -> (Proxy, String) {
    let (login, place) = url.split_once('@').unwrap();
    let (server, database) = place.split_once('/').unwrap();
    let proxy = Proxy::before(server).await.unwrap();
    let through = format!("{login}@127.0.0.1:{}/{database}", proxy.port());
    (proxy, through)
}

/// A fleet whose command-service reaches the log through a proxy.
struct Scene {
    fleet: Fleet,
    traffic: Traffic,
    proxy: Proxy,
}

impl Scene {
    async fn open() -> Self {
        let mut fleet = Fleet::start(1, 1).await;
        let url = fleet.database.url_for("salgslogg_command");
        let (proxy, through) = before_log(&url).await;
        fleet.restart_told(Member::Command(0), &[("SALGSLOGG_LOG_URL", &through)]).await;
        fleet.leases_end().await;
        let traffic = Traffic::start(&fleet, CLIENTS).await;
        traffic.goes_on(10).await;
        Self { fleet, traffic, proxy }
    }

    /// One command of one client, while the wire is bad: answered, whatever the answer is.
    async fn one_request_is_answered(&self) {
        let client = reqwest::Client::builder().timeout(ANSWERED_WITHIN).build().unwrap();
        let url = format!("{}/v1/stages", self.fleet.command_urls()[0]);
        // refused for its body in the end, so that nothing is written that nobody was told of
        let ask = client.post(url).bearer_auth(self.fleet.token()).json(&json!({"name": ""}));
        let watch = Stopwatch::start();
        let answer = ask.send().await;
        assert!(answer.is_ok(), "no answer after {:?}: {answer:?}", watch.elapsed());
    }

    async fn suffer(&self, mode: Mode, more: usize) {
        tell(&format!("{mode:?}"));
        self.proxy.set(mode);
        let (done, refused) = (self.traffic.done(), self.traffic.refused());
        eventually("somebody notices", Duration::from_secs(30), async || {
            self.traffic.refused() > refused || self.traffic.done() > done + more
        })
        .await;
        self.one_request_is_answered().await;
        self.proxy.set(Mode::Open);
        self.traffic.goes_on(5).await;
    }

    async fn ends_in_order(self) {
        let Self { fleet, traffic, proxy } = self;
        traffic.repeats_are_answered_as_before(&fleet).await;
        let acknowledged = traffic.end().await;
        fleet.leases_end().await;
        fleet.settled().await;
        acknowledged.are_in(&fleet.store).await;
        fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
        drop(proxy);
    }
}

/// Relay, process managers and read models wait for such wake-ups: one that never came would end them for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wire_that_falls_silent_stops_no_follower_and_is_listened_on_again_c1() {
    let database = TestDatabase::create().await;
    let (proxy, through) = before_log(&database.url_for("salgslogg_command")).await;
    let store = EventStore::new(event_store::connect(&through, 4).unwrap(), 1);
    let mut wakeups = Wakeups::new(&store);
    for listens in [false, true] {
        proxy.set(Mode::Open);
        // a connection rests in the pool, too young to be tried before its next use
        eventually("a connection rests", Duration::from_secs(10), async || {
            let rests = store.pool().num_idle() > 0;
            if !rests {
                store.head().await.unwrap();
            }
            rests
        })
        .await;
        if listens {
            wakeups.next().await;
        }
        proxy.set(Mode::Silent);
        // lost on its way to whoever listens; a connection that has lost something never speaks again
        sqlx::query("SELECT pg_notify('es', '1:1')").execute(database.owner()).await.unwrap();
        let woken = tokio::time::timeout(ANSWERED_WITHIN, wakeups.next()).await;
        woken.expect("nobody waits for an answer that never comes");
    }
    proxy.set(Mode::Open);
    let before = proxy.passed().connections;
    eventually("somebody listens again", Duration::from_secs(60), async || {
        wakeups.next().await;
        proxy.passed().connections > before
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_the_wire_to_postgres_fails_nothing_hangs_or_is_lost_c1() {
    let mut chance = Chance::told();
    let (seed, rounds) = (chance.seed(), counts::runs(1, 10));
    let (scene, mut suffered) = (Scene::open().await, 0);
    for _ in 0..rounds {
        let cut = Mode::ResetAfter(1 + chance.below(20_000) as u64);
        let modes = [
            Mode::Reset,
            Mode::Silent,
            Mode::HalfOpen,
            Mode::Delayed(Duration::from_millis(100)),
            Mode::Throttled { per_second: 1_024 },
            cut,
        ];
        for mode in chance.shuffled(modes.to_vec()) {
            scene.suffer(mode, 10).await;
            suffered += 1;
        }
    }
    scene.ends_in_order().await;
    counts::tell("C1 log", suffered, 0, &[seed]);
}
