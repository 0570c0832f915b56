//! NATS is restarted, wiped, robbed of messages and given damaged files (N1, N2, N3): commands never notice, read
//! models never show what the log does not say, damage is named by its position, and the relay puts the stream right
//! by publishing again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_nats::jetstream::stream::Config;
use command_service::relay::{Pumped, Relay, Settings, encode};
use serde_json::json;
use system_tests::counts::{self, Rounds};
use system_tests::{Fixture, World};

use super::outage::{edits, relay_with};
use super::seed::{Chance, tell};

/// Steps a relay may need after a fault.
const STEPS: usize = 40;

/// Both services, a sale to edit, and a relay that this test steps.
struct Scene {
    world: World,
    fixture: Fixture,
    sale: String,
    relay: Relay,
}

impl Scene {
    async fn open() -> Self {
        let world = World::with_nats().await;
        let fixture = Fixture::set_up(&world).await;
        let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
        let patience = Duration::from_millis(800);
        let relay =
            relay_with(&world, Settings { answer_timeout: patience, ..Settings::default() });
        let mut scene = Self { world, fixture, sale, relay };
        scene.drain().await;
        scene.world.caught_up().await;
        scene
    }

    async fn edits(&self, count: usize) {
        edits(&self.world, &self.fixture, &self.sale, count).await;
    }

    /// Steps until the stream is at the head; false when the relay halts.
    async fn goes_on(&mut self) -> bool {
        let head = self.world.head().await;
        let mut last = None;
        for _ in 0..STEPS {
            match self.relay.pump().await {
                Pumped::UpTo(position) if position >= head => return true,
                Pumped::Halted(halt) => {
                    tell(&format!("the relay halts: {halt}"));
                    return false;
                }
                other @ (Pumped::UpTo(_) | Pumped::Standby | Pumped::Interrupted(_)) => {
                    last = Some(other);
                }
            }
        }
        panic!("the relay does not get to {head}: {last:?}");
    }

    async fn drain(&mut self) {
        assert!(self.goes_on().await, "the relay stands still");
    }

    async fn log_ok(&self) {
        self.world.caught_up().await;
        let found = self.world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.messages, Some(found.log.head));
    }

    /// The stream made as an operator must not make it, so that messages can be taken out of it.
    async fn stream_without_guards(&self) -> async_nats::jetstream::stream::Stream {
        let nats = self.world.operator().await;
        let config = nats.get_stream("SALES_1").await.unwrap().cached_info().config.clone();
        nats.delete_stream("SALES_1").await.unwrap();
        let config = Config { deny_delete: false, deny_purge: false, ..config };
        let stream = nats.create_stream(config).await.unwrap();
        for row in self.world.store().read_after(0, 5_000).await.unwrap() {
            let message = encode(&row).unwrap();
            let sent = nats.publish_with_headers(message.subject, message.headers, message.payload);
            sent.await.unwrap().await.unwrap();
        }
        stream
    }
}

async fn nats_is_away(scene: &mut Scene, fault: &str) {
    scene.edits(20).await;
    let nats = scene.world.nats.as_mut().unwrap();
    if fault == "restart" {
        nats.stop().await
    } else {
        nats.kill9().await
    }
    if fault == "outage" {
        scene.edits(100).await;
        assert!(matches!(scene.relay.pump().await, Pumped::Interrupted(_)));
    }
    scene.world.nats.as_mut().unwrap().start_again().await.unwrap();
    scene.edits(5).await;
    scene.drain().await;
    scene.log_ok().await;
}

/// N1: commands go on whatever NATS does, and what they wrote is published afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_dies_or_stays_away_costs_no_command_and_no_message() {
    let mut scene = Scene::open().await;
    let mut rounds = Rounds::of("N1", &[]);
    for _ in 0..counts::runs(1, 20) {
        for fault in ["restart", "kill -9", "outage"] {
            if !rounds.held(nats_is_away(&mut scene, fault)).await {
                scene = Scene::open().await;
            }
        }
    }
    rounds.end();
}

async fn the_stream_is_gone(scene: &mut Scene, how: &str) {
    scene.edits(50).await;
    scene.drain().await;
    if how == "wiped" {
        scene.world.nats.as_mut().unwrap().wipe().await.unwrap();
        scene.edits(20).await;
        scene.world.nats.as_mut().unwrap().start_again().await.unwrap();
    } else {
        scene.world.operator().await.delete_stream("SALES_1").await.unwrap();
    }
    let told = scene.world.log_ok().await.unwrap_err().to_string();
    assert!(told.starts_with("the stream"), "the damage is seen: {told}");
    scene.drain().await;
    scene.log_ok().await;
}

/// N2, wiped and deleted: the relay makes the stream again, and read models go on from their own checkpoints.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wiped_store_and_a_deleted_stream_come_back_from_the_log() {
    let mut scene = Scene::open().await;
    let mut rounds = Rounds::of("N2", &[]);
    for _ in 0..counts::runs(1, 5) {
        for how in ["wiped", "deleted"] {
            if !rounds.held(the_stream_is_gone(&mut scene, how)).await {
                scene = Scene::open().await;
            }
        }
    }
    rounds.end();
}

async fn messages_are_taken_out(scene: &mut Scene) {
    let stood = scene.world.caught_up().await;
    scene.edits(60).await;
    scene.drain().await;
    let stream = scene.stream_without_guards().await;
    for sequence in stood + 20..stood + 25 {
        stream.delete_message(sequence.unsigned_abs()).await.unwrap();
    }
    scene.drain().await;
    assert_eq!(scene.world.caught_up().await, scene.world.head().await, "from the log");
    let told = scene.world.log_ok().await.unwrap_err().to_string();
    assert!(told.starts_with("the stream"), "{told}");
    assert!(told.contains(&format!("{}", stood + 20)), "the position is named: {told}");
    scene.relay.reset().await.unwrap();
    scene.drain().await;
    scene.log_ok().await;
}

/// N2 and case 28, messages taken out of the middle: read models fetch them from the log, the judgement names the first
/// that is missing, and making the stream anew brings it back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_missing_in_the_middle_are_named_and_published_again() {
    let mut scene = Scene::open().await;
    let mut rounds = Rounds::of("N2", &[]);
    for _ in 0..counts::runs(1, 5) {
        if !rounds.held(messages_are_taken_out(&mut scene)).await {
            scene = Scene::open().await;
        }
    }
    rounds.end();
}

/// The files that hold messages.
fn blocks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(blocks(&path));
        } else if path.extension().is_some_and(|extension| extension == "blk") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Flips one bit of a block, or cuts its end off. Answers what it did.
fn damage(store: &Path, chance: &mut Chance) -> String {
    let blocks = blocks(store);
    let block = &blocks[chance.below(blocks.len())];
    let mut bytes = fs::read(block).unwrap();
    let at = chance.below(bytes.len());
    let what = if chance.once_in(4) {
        bytes.truncate(at);
        format!("cut at {at}")
    } else {
        bytes[at] ^= 1 << chance.below(8);
        format!("a bit at {at}")
    };
    fs::write(block, bytes).unwrap();
    what
}

/// How long a server may read damaged files before they are taken from it.
const READING_AT_MOST: Duration = Duration::from_secs(10);

/// How a damaged stream was put right.
#[derive(Debug, Default)]
struct Mended {
    refilled: usize,
    reset: usize,
    /// The server never came up over its files.
    wiped: usize,
}

async fn a_block_is_damaged(scene: &mut Scene, chance: &mut Chance, mended: &mut Mended) {
    scene.edits(40).await;
    scene.drain().await;
    let before = scene.world.head().await;
    let nats = scene.world.nats.as_mut().unwrap();
    nats.stop().await;
    let what = damage(&nats.store(), chance);
    if let Err(refused) = nats.start_again_within(READING_AT_MOST).await {
        tell(&format!("{what}: {refused:#}"));
        mended.wiped += 1;
        nats.wipe().await.unwrap();
        nats.start_again().await.unwrap();
        scene.drain().await;
        return scene.log_ok().await;
    }
    // read models read what is left of the stream, and the rest from the log
    assert_eq!(scene.world.caught_up().await, before);
    let seen = scene.world.log_ok().await.err().map(|error| error.to_string());
    tell(&format!("{what}: {seen:?}"));
    let named = |seen: &str| seen.starts_with("the stream, position");
    assert!(seen.as_deref().is_none_or(named), "{what}: {seen:?}");
    scene.edits(5).await;
    let published = scene.goes_on().await;
    scene.world.caught_up().await;
    if published && scene.world.log_ok().await.is_ok() {
        mended.refilled += usize::from(seen.is_some());
    } else {
        mended.reset += 1;
        assert!(seen.is_some(), "{what} was not seen at first");
        scene.relay.reset().await.unwrap();
        scene.drain().await;
    }
    scene.log_ok().await;
}

/// N3: a flipped bit or a block cut short. What the server lost, the relay publishes again; what it kept wrongly is
/// named and mended by a reset; no read model ever takes a damaged message for an event.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_blocks_are_noticed_and_never_believed() {
    let mut scene = Scene::open().await;
    let mut chance = Chance::told();
    let mut rounds = Rounds::of("N3", &[chance.seed()]);
    let mut mended = Mended::default();
    for _ in 0..counts::runs(5, 100) {
        let round = a_block_is_damaged(&mut scene, &mut chance, &mut mended);
        if !rounds.held(round).await {
            scene = Scene::open().await;
        }
    }
    tell(&format!("{mended:?}"));
    rounds.end();
}
