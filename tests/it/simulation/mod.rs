//! Whole lives of the product from one seed each: random commands, questions and faults over the real services in
//! this process, on one clock in hand, with a relay and projections that move only when they are pumped. Each life ends
//! with "log ok" and with every question about the past answered as it was when it was first asked (S1).

mod faults;
mod follower;
mod life;
mod work;

use std::collections::BTreeMap;

use system_tests::counts;

use crate::faults::seed::{Chance, tell};
use life::Life;

/// What a life did, by name.
type Seen = BTreeMap<&'static str, usize>;

/// Steps of a life.
const STEPS: usize = 80;

/// Everything that must have happened at least once over the seeds: otherwise the lives proved less than they say.
const SOMETIMES: &[&str] = &[
    "registered",
    "edited",
    "moved",
    "closed",
    "refused",
    "planned",
    "repeated",
    "asked",
    "asked of the past",
    "command's connections killed",
    "projector cut before",
    "projector cut after",
    "projector killed",
    "lease lost",
    "delivered again in disorder",
    "NATS gone",
    "NATS back",
    "NATS wiped",
    "clock jumped ahead",
    "clock jumped back",
    "relay restarted",
];

async fn live(seed: u64) -> Seen {
    tell(&format!("SALGSLOGG_SEED={seed}"));
    let mut life = Life::begin(Chance::from_seed(seed)).await;
    for _ in 0..STEPS {
        life.step().await;
    }
    life.judge().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_in_whatever_order_the_log_is_ok_and_the_past_stays_as_it_was_s1() {
    let mut first = Chance::told();
    let mut seen = Seen::new();
    let mut seeds = Vec::new();
    for run in 0..counts::runs(5, 500) {
        let seed =
            if run == 0 { first.seed() } else { u64::try_from(first.below(0xffff_ffff)).unwrap() };
        for (what, times) in live(seed).await {
            *seen.entry(what).or_default() += times;
        }
        seeds.push(seed);
    }
    tell(&format!("{seen:?}"));
    counts::tell("S1", seeds.len(), 0, &seeds);
    let never: Vec<_> = SOMETIMES.iter().filter(|what| !seen.contains_key(*what)).collect();
    assert!(never.is_empty(), "never happened over {seeds:?}: {never:?}");
}
