//! Three NATS servers that keep the stream three times: whoever leads is killed while people work, and each is wiped once
//! and comes back (case 30). The relay and the read models follow whoever leads. An acknowledged tail that is lost
//! (case 27) is provoked on a single server only, by the relay's own tests.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::stream::Info;
use command_service::relay::{NatsAddress, Relay, Settings, Status};
use local_stack::nats::{Cluster, OPERATOR, Users};
use serde_json::json;
use service_runtime::clock::back_off;
use service_runtime::config::Secret;
use system_tests::counts::{self, Rounds};
use system_tests::eventually::eventually;
use system_tests::log_ok::{Contradiction, Evidence, LogOk};
use system_tests::{Fixture, World, query_config};
use tokio::sync::watch;

use super::outage::edits;
use super::seed::tell;

/// An election, and what a loaded machine adds.
const PATIENCE: Duration = Duration::from_secs(90);

/// Both services, a cluster, and its relay at work.
struct Scene {
    world: World,
    fixture: Fixture,
    sale: String,
    cluster: Cluster,
    follower: projection_service::App,
    status: watch::Receiver<Status>,
    _folder: tempfile::TempDir,
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
fn server() -> PathBuf {
    PathBuf::from(std::env::var("SALGSLOGG_TEST_NATS_SERVER").unwrap())
}

impl Scene {
    async fn open(replicas: usize) -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
        let folder = tempfile::tempdir().unwrap();
        let users = Users::new(1).and_then(Users::with_operator).unwrap();
        let cluster = Cluster::start(&server(), folder.path(), &users).await.unwrap();
        let address = NatsAddress::parse(&cluster.urls_for("relay")).unwrap();
        let relay = Relay::new(
            world.store().clone(),
            address,
            Settings { replicas, ..Settings::default() },
        );
        let status = relay.status();
        world.tasks.spawn(relay.run(world.tasks.token()));
        let mut config = query_config(&world.database, &world.issuer, None);
        config.nats_url = Secret::new(cluster.urls_for("projection"));
        let follower = projection_service::App::connect(config, world.clock.clone()).await.unwrap();
        let scene = Self { world, fixture, sale, cluster, follower, status, _folder: folder };
        scene.published().await;
        scene
    }

    async fn edits(&self, count: usize) {
        edits(&self.world, &self.fixture, &self.sale, count).await;
    }

    /// Waits until the relay has published the whole log.
    async fn published(&self) {
        let head = self.world.head().await;
        let mut status = self.status.clone();
        let there = status.wait_for(|status| status.published >= head);
        tokio::time::timeout(PATIENCE, there).await.expect("the relay goes on").unwrap();
    }

    /// What the cluster says of the stream.
    async fn stream(&self) -> Option<Info> {
        let operator = self.cluster.nodes()[0].users().find(OPERATOR)?;
        let options = async_nats::ConnectOptions::with_user_and_password(
            OPERATOR.into(),
            operator.password.clone(),
        );
        let urls: Vec<_> = self.cluster.nodes().iter().map(|node| node.url_for(OPERATOR)).collect();
        let inbox = options.custom_inbox_prefix(format!("_INBOX_{OPERATOR}"));
        let client = inbox.connect(urls).await.ok()?;
        let stream = async_nats::jetstream::new(client).get_stream("SALES_1").await.ok()?;
        Some(stream.cached_info().clone())
    }

    /// The node that leads the stream.
    async fn leader(&self) -> usize {
        let mut found = None;
        eventually("somebody leads the stream", PATIENCE, async || {
            let leader = async { self.stream().await?.cluster?.leader }.await;
            found = leader
                .and_then(|name| self.cluster.nodes().iter().position(|node| node.name() == name));
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    /// Waits until every copy is where the leader is.
    async fn level(&self) {
        eventually("all three are level", PATIENCE, async || {
            let level = async {
                let cluster = self.stream().await?.cluster?;
                let level = cluster.replicas.iter().all(|copy| copy.current && !copy.offline);
                Some(level && cluster.replicas.len() == 2)
            };
            level.await == Some(true)
        })
        .await;
    }

    async fn log_ok(&self) -> Result<LogOk, Contradiction> {
        self.follower.run_until_caught_up().await.unwrap();
        let (nats, read_side) = (&self.cluster.nodes()[0], self.world.database.owner());
        Evidence { store: self.world.store(), nats: Some(nats), read_side }.log_ok().await
    }

    async fn assert_log_ok(&self) {
        self.published().await;
        self.level().await;
        let found = self.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.messages, Some(found.log.head), "no loss, no duplicate, no reordering");
    }
}

/// People work before, while and after whoever leads dies.
async fn the_leader_dies(scene: &mut Scene) {
    assert_eq!(scene.stream().await.unwrap().config.num_replicas, 3);
    let leader = scene.leader().await;
    let acknowledged = scene.world.head().await;
    let doomed = &mut scene.cluster.nodes_mut()[leader];
    let (world, fixture, sale) = (&scene.world, &scene.fixture, &scene.sale);
    tokio::join!(
        async {
            for _ in 0..10 {
                edits(world, fixture, sale, 40).await;
                back_off(Duration::from_millis(5)).await;
            }
        },
        doomed.kill9()
    );
    assert_eq!(scene.world.head().await, acknowledged + 400);
    scene.published().await;
    assert_ne!(scene.leader().await, leader, "another one leads");
    scene.cluster.nodes_mut()[leader].start_again().await.unwrap();
    tell(&format!("node {leader} died"));
    scene.assert_log_ok().await;
}

/// Case 30.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leader_of_the_stream_dies_again_and_again_under_load() {
    let mut scene = Scene::open(3).await;
    let mut rounds = Rounds::of("30", &[]);
    for _ in 0..counts::runs(2, 20) {
        if !rounds.held(the_leader_dies(&mut scene)).await {
            scene = Scene::open(3).await;
        }
    }
    rounds.end();
}

/// One of the three loses its disk and gets everything back from the other two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_wiped_gets_everything_back_from_the_others() {
    let mut scene = Scene::open(3).await;
    scene.edits(200).await;
    scene.published().await;
    for node in 0..3 {
        scene.cluster.nodes_mut()[node].wipe().await.unwrap();
        scene.edits(100).await;
        scene.published().await;
        scene.cluster.nodes_mut()[node].start_again().await.unwrap();
        scene.assert_log_ok().await;
    }
}

/// The control of case 30: with one copy the stream goes away with its node, and the judgement sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_single_copy_the_stream_is_lost_with_its_leader() {
    let mut scene = Scene::open(1).await;
    scene.edits(50).await;
    scene.published().await;
    let leader = scene.leader().await;
    scene.cluster.nodes_mut()[leader].wipe().await.unwrap();
    assert!(scene.stream().await.is_none(), "nobody else has it");
}
