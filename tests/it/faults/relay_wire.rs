//! The wire between relay and NATS fails in every way a wire can (C1): no step of the relay hangs, and afterwards the
//! stream is the log, message for message.

use std::time::Duration;

use command_service::relay::{NatsAddress, Pumped, Relay, Settings};
use local_stack::proxy::{Mode, Proxy};
use serde_json::json;
use system_tests::counts::{self, Rounds};
use system_tests::{Fixture, World};

use super::outage::edits;
use super::seed::{Chance, tell};

/// The longest wait of a relay for one answer in this test.
const ANSWER: Duration = Duration::from_millis(500);

/// No step may take longer: some answers, and what a loaded machine adds.
const STEP_AT_MOST: Duration = Duration::from_secs(60);

const MODES: usize = 6;

/// The n-th way to fail, at a place that chance chooses.
fn mode(n: usize, chance: &mut Chance) -> Mode {
    match n {
        0 => Mode::Reset,
        1 => Mode::Silent,
        2 => Mode::HalfOpen,
        3 => Mode::Delayed(Duration::from_millis(100)),
        4 => Mode::Throttled { per_second: 1_000 },
        _ => Mode::ResetAfter(chance.below(40_000) as u64),
    }
}

async fn step(relay: &mut Relay) -> Pumped {
    tokio::time::timeout(STEP_AT_MOST, relay.pump()).await.expect("a step of the relay hangs")
}

/// Both services, a sale to edit, and a relay behind a wire that can fail.
struct Scene {
    world: World,
    fixture: Fixture,
    sale: String,
    proxy: Proxy,
    relay: Relay,
}

impl Scene {
    async fn open() -> Self {
        let world = World::with_nats().await;
        let fixture = Fixture::set_up(&world).await;
        let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
        let direct = world.nats.as_ref().unwrap().url_for("relay");
        let (login, server) = direct.split_once('@').unwrap();
        let proxy = Proxy::before(server).await.unwrap();
        let address = NatsAddress::parse(&format!("{login}@127.0.0.1:{}", proxy.port())).unwrap();
        let settings = Settings { answer_timeout: ANSWER, ..Settings::default() };
        let relay = Relay::new(world.store().clone(), address, settings);
        Self { world, fixture, sale, proxy, relay }
    }

    async fn edits(&self, count: usize) {
        edits(&self.world, &self.fixture, &self.sale, count).await;
    }

    /// The wire fails while messages are on their way, and is whole again; whether the relay was interrupted.
    async fn fails(&mut self, mode: Mode, chance: &mut Chance) -> bool {
        self.edits(30 + chance.below(60)).await;
        let early = chance.once_in(2);
        let proxy = &self.proxy;
        let (pumped, ()) = tokio::join!(step(&mut self.relay), async {
            if !early {
                // somewhere in the middle of the step
                let passed = proxy.passed().to_server;
                while proxy.passed().to_server == passed {
                    tokio::task::yield_now().await;
                }
            }
            proxy.set(mode);
        });
        self.edits(10).await;
        let again = step(&mut self.relay).await;
        tell(&format!("{mode:?}: {pumped:?}, {again:?}"));
        self.proxy.set(Mode::Open);
        let head = self.world.head().await;
        let mut steps = 0;
        while !matches!(step(&mut self.relay).await, Pumped::UpTo(position) if position == head) {
            steps += 1;
            assert!(steps < 20, "{mode:?}: the relay does not get to {head}");
        }
        self.world.caught_up().await;
        let found = self.world.log_ok().await.unwrap_or_else(|error| panic!("{mode:?}: {error}"));
        assert_eq!(found.messages, Some(head));
        matches!(again, Pumped::Interrupted(_))
    }
}

/// Six ways to fail, each while messages are on their way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_wire_to_nats_leaves_no_hole_and_no_duplicate() {
    let mut scene = Scene::open().await;
    let mut chance = Chance::told();
    let mut rounds = Rounds::of("C1", &[chance.seed()]);
    let (seeds, mut interrupted) = (counts::runs(1, 10), 0);
    for n in (0..seeds).flat_map(|_| 0..MODES) {
        let mode = mode(n, &mut chance);
        let round = async { interrupted += usize::from(scene.fails(mode, &mut chance).await) };
        if !rounds.held(round).await {
            scene = Scene::open().await;
        }
    }
    rounds.end();
    assert!(interrupted >= 3 * seeds, "the wire was never bad enough");
}
