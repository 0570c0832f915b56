//! The restart storm: NATS and both services, as real processes, are killed with SIGKILL, paused and started again in
//! any order while clients work. Nothing that was acknowledged is lost or doubled, and it ends with "log ok"
//! (cases 1, 2, 25, 35 and their combinations).

use std::time::Duration;

use service_runtime::clock::Stopwatch;
use system_tests::eventually::eventually;
use system_tests::{Fleet, Member, counts};

use super::quiet::{WITH_NOTICES, quiet};
use super::seed::{Chance, tell};
use super::traffic::Traffic;

/// Clients at work.
const CLIENTS: usize = 8;

/// How long a storm is.
enum Strength {
    /// So many blows, and nobody waits for a lease to run out.
    Short { blows: usize },
    /// For so long and so many kills (K2), with leases that run out by themselves.
    Full { lasting: Duration, kills: usize },
}

struct Storm {
    fleet: Fleet,
    traffic: Traffic,
    chance: Chance,
    /// Leases are ended by the test instead of by time.
    hurried: bool,
    blows: usize,
    /// Services and servers that were killed.
    struck: usize,
    seed: u64,
}

impl Storm {
    async fn brew(hurried: bool) -> Self {
        let chance = Chance::told();
        let seed = chance.seed();
        let fleet = Fleet::start_told(2, 2, &[WITH_NOTICES]).await;
        let traffic = Traffic::start(&fleet, CLIENTS).await;
        Self { fleet, traffic, chance, hurried, blows: 0, struck: 0, seed }
    }

    /// Clients get more done while one service at least is there.
    async fn people_work(&self, more: usize) {
        let goal = self.traffic.done() + more;
        eventually("clients go on", Duration::from_secs(60), async || self.traffic.done() >= goal)
            .await;
    }

    /// Kills or pauses one to three, lets people work if anybody is left to serve them, and brings all back.
    async fn blow(&mut self) {
        self.blows += 1;
        let struck = 1 + self.chance.below(3);
        let victims = self.chance.shuffled(self.fleet.members());
        let mut paused = Vec::new();
        let mut killed = Vec::new();
        for victim in victims.into_iter().take(struck) {
            if victim != Member::Nats && self.chance.once_in(4) {
                self.fleet.pause(victim);
                paused.push(victim);
            } else {
                self.fleet.kill(victim).await;
                self.struck += 1;
                killed.push(victim);
            }
        }
        if self.hurried {
            self.fleet.leases_end().await;
        }
        let gone = |member| paused.contains(&member) || killed.contains(&member);
        if [0, 1].iter().any(|n| !gone(Member::Command(*n))) {
            let more = 5 + self.chance.below(30);
            self.people_work(more).await;
        }
        for member in self.chance.shuffled(killed) {
            self.fleet.start_again(member).await;
            self.traffic.look_up(&self.fleet);
        }
        for member in self.chance.shuffled(paused) {
            self.fleet.resume(member);
        }
        let more = 5 + self.chance.below(30);
        self.people_work(more).await;
    }

    async fn ends_with_log_ok(self) {
        let Self { fleet, traffic, hurried, blows, struck, seed, .. } = self;
        let acknowledged = traffic.end().await;
        if hurried {
            fleet.leases_end().await;
        }
        quiet(&fleet).await;
        every_stall_was_answered_once(&fleet).await;
        fleet.settled().await;
        let commands = acknowledged.are_in(&fleet.store).await;
        let found = fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
        tell(&format!(
            "{blows} blows, {commands} commands acknowledged, {} events",
            found.log.head
        ));
        counts::tell("K2", struck, 0, &[seed]);
        assert_eq!(found.messages, Some(found.log.head), "the stream has kept everything");
        assert!(
            commands > 0 && found.rows.iter().any(|(model, rows)| *model == "sale" && *rows > 0)
        );
    }
}

/// What a process manager says to a stall is in the log as often as the stall is, and about it (SO-14).
async fn every_stall_was_answered_once(fleet: &Fleet) {
    let unanswered = "SELECT count(*) FILTER (WHERE event_type = 'sale.stalled'), \
                      count(*) FILTER (WHERE offers <> 1) FROM (SELECT event_type, (SELECT count(*) \
                      FROM es.event AS offer WHERE offer.event_type = 'sale.follow-up-offered' \
                      AND offer.stream_id = stall.stream_id) AS offers FROM es.event AS stall \
                      WHERE event_type = 'sale.stalled') AS stalls";
    let (stalls, otherwise): (i64, i64) =
        sqlx::query_as(unanswered).fetch_one(fleet.database.owner()).await.unwrap();
    assert!(stalls > 0, "people stall sales");
    assert_eq!(otherwise, 0, "of {stalls} stalls so many were not answered once");
}

async fn storm(strength: Strength) {
    let hurried = matches!(strength, Strength::Short { .. });
    let mut storm = Storm::brew(hurried).await;
    match strength {
        Strength::Short { blows } => {
            for _ in 0..blows {
                storm.blow().await;
            }
        }
        Strength::Full { lasting, kills } => {
            let watch = Stopwatch::start();
            while watch.elapsed() < lasting || storm.struck < kills {
                storm.blow().await;
            }
        }
    }
    storm.ends_with_log_ok().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_in_whatever_order_nothing_is_lost_or_doubled() {
    storm(Strength::Short { blows: 40 }).await;
}

/// `./deploy/test --faults`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_minutes_leaves_the_log_as_it_should_be() {
    if super::seed::all_faults() {
        storm(Strength::Full { lasting: Duration::from_secs(300), kills: 200 }).await;
    }
}
