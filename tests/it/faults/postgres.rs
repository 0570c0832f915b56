//! Postgres dies, or its disk does, under load (P1, P3, P4, P5; cases 4 and 17): a batch is there or not, nobody who was
//! told "done" is disappointed, and the services go on by themselves.

use std::process::Command;
use std::time::Duration;

use local_stack::postgres::Cluster;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use system_tests::eventually::eventually;
use system_tests::{Fleet, counts, own_cluster};

use super::seed::{Chance, tell};
use super::slow_disk::Tracer;
use super::traffic::Traffic;

/// Clients at work.
const CLIENTS: usize = 6;

/// One Postgres, both services over it, people at work. Dropped in this order.
struct Scene {
    traffic: Traffic,
    fleet: Fleet,
    cluster: Cluster,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn open() -> Self {
        Self::open_in(own_cluster::open_folder()).await
    }

    async fn open_in(folder: tempfile::TempDir) -> Self {
        let cluster = own_cluster::start(folder.path()).await;
        let database = own_cluster::database(&cluster).await;
        let fleet = Fleet::start_with(database, (1, 1), &[]).await;
        let traffic = Traffic::start(&fleet, CLIENTS).await;
        traffic.goes_on(10).await;
        Self { traffic, fleet, cluster, folder }
    }

    /// As `pg_ctl stop -m immediate`: no checkpoint, no farewell.
    async fn stop_immediately(&mut self) {
        kill(Pid::from_raw(self.cluster.pid().unwrap()), Signal::SIGQUIT).unwrap();
        eventually("Postgres ends", Duration::from_secs(20), async || {
            self.cluster.ended().is_some()
        })
        .await;
    }

    /// Every acknowledged command is there once and answered as before; then log ok.
    async fn ends_in_order(self) {
        let Self { traffic, fleet, cluster, folder } = self;
        traffic.repeats_are_answered_as_before(&fleet).await;
        let acknowledged = traffic.end().await;
        fleet.settled().await;
        let commands = acknowledged.are_in(&fleet.store).await;
        let found = fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
        tell(&format!("{commands} commands acknowledged, {} events", found.log.head));
        drop((fleet, cluster, folder));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_killed_or_restarted_under_load_loses_no_acknowledged_command_case_4_p1() {
    let mut chance = Chance::told();
    let (seed, runs) = (chance.seed(), counts::runs(2, 40));
    let mut scene = Scene::open().await;
    for run in 0..runs {
        scene.traffic.goes_on(chance.below(40)).await;
        if run % 2 == 0 {
            scene.cluster.kill().await
        } else {
            scene.stop_immediately().await
        }
        let refused = scene.traffic.refused();
        eventually("commands are refused", Duration::from_secs(10), async || {
            scene.traffic.refused() > refused
        })
        .await;
        scene.cluster.start_again().await.unwrap();
        scene.traffic.goes_on(5).await;
    }
    scene.ends_in_order().await;
    counts::tell("P1", runs, 0, &[seed]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_that_fails_ends_postgres_and_no_acknowledged_command_p3() {
    if !Tracer::is_possible() {
        return;
    }
    let mut chance = Chance::told();
    let (seed, runs) = (chance.seed(), counts::runs(1, 10));
    let mut scene = Scene::open().await;
    for _ in 0..runs {
        let before = panics(&scene.cluster);
        let failing = format!("error=EIO:when={}+", 1 + chance.below(15));
        let tracer = Tracer::inject(&scene.cluster, &failing, scene.folder.path()).await;
        eventually("Postgres panics", Duration::from_secs(60), async || {
            panics(&scene.cluster) > before
        })
        .await;
        drop(tracer);
        if scene.cluster.ended().is_some() {
            scene.cluster.start_again().await.unwrap();
        }
        scene.traffic.goes_on(10).await;
    }
    scene.ends_in_order().await;
    counts::tell("P3", runs, 0, &[seed]);
}

/// How often Postgres said that it cannot go on.
fn panics(cluster: &Cluster) -> usize {
    std::fs::read_to_string(cluster.log()).unwrap_or_default().matches("PANIC:").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_of_50_ms_is_slow_and_one_of_500_ms_sheds_load_without_hanging_p4() {
    if !Tracer::is_possible() {
        return;
    }
    let runs = counts::runs(1, 5);
    let scene = Scene::open().await;
    for _ in 0..runs {
        for (milliseconds, more) in [(50, 60), (500, 12)] {
            let delay = format!("delay_enter={}", milliseconds * 1_000);
            let tracer = Tracer::inject(&scene.cluster, &delay, scene.folder.path()).await;
            let refused = scene.traffic.refused();
            scene.traffic.goes_on(more).await;
            if milliseconds == 50 {
                assert_eq!(scene.traffic.refused(), refused, "nobody is refused at 50 ms");
            }
            drop(tracer);
            scene.traffic.goes_on(20).await;
        }
    }
    scene.ends_in_order().await;
    counts::tell("P4", 2 * runs, 0, &[]);
}

/// A file system of a few megabytes, which can be filled. Dropped, it is unmounted.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    /// None where a test may not mount, and that is said.
    fn mount(folder: &std::path::Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=192m,mode=755", "salgslogg-small-disk"]).arg(folder);
        let done = mount.status().is_ok_and(|status| status.success());
        if !done {
            tell("SKIPPED: this account may not mount a small disk");
        }
        done.then(|| Self(folder.to_owned()))
    }

    /// Takes every byte that is left.
    fn fill(&self) {
        use std::io::Write;
        let mut ballast = std::fs::File::create(self.0.join("ballast")).unwrap();
        let mut piece = vec![0; 1024 * 1024];
        while !piece.is_empty() {
            if ballast.write_all(&piece).is_err() {
                piece.truncate(piece.len() / 2);
            }
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_commands_until_there_is_room_case_17_p5() {
    let folder = own_cluster::open_folder();
    let Some(disk) = SmallDisk::mount(folder.path()) else { return };
    let runs = counts::runs(1, 5);
    let mut scene = Scene::open_in(folder).await;
    for _ in 0..runs {
        disk.fill();
        // the next segment of the write-ahead log has no room
        sqlx::query("SELECT pg_switch_wal()").execute(scene.fleet.database.owner()).await.ok();
        let refused = scene.traffic.refused();
        eventually("commands are refused", Duration::from_secs(60), async || {
            scene.traffic.refused() > refused + CLIENTS
        })
        .await;
        disk.make_room();
        if scene.cluster.ended().is_some() {
            scene.cluster.start_again().await.unwrap();
        }
        scene.traffic.goes_on(10).await;
    }
    scene.ends_in_order().await;
    drop(disk);
    counts::tell("P5", runs, 0, &[]);
}
