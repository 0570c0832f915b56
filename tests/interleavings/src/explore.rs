//! Orders, one after the other. A failure prints the seed that leads to it again (`SALGSLOGG_SEED`).

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use service_runtime::config::standard;
use shuttle::rand::Rng;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::sync::atomic::{AtomicBool, Ordering};
use shuttle::{Config, Runner};

/// Orders of one scene: of every day, and with `./deploy/test --faults`.
const ORDERS: (usize, usize) = (4_000, 200_000);
/// Orders after which a mutant must have been found; most are within a few hundred.
const FOUND_WITHIN: usize = 200_000;
/// Tasks that are held back on purpose, in the second half of the orders (PCT's depth).
const DEPTH: usize = 3;

/// Lets any other task on, if the scheduler says so.
pub fn switch() {
    AtomicBool::new(false).load(Ordering::SeqCst);
}

/// One time in so many.
#[must_use]
pub fn chance(of: u32) -> bool {
    below(of) == 0
}

/// A number below a bound, by the scheduler's choice.
#[must_use]
pub fn below(bound: u32) -> u32 {
    shuttle::rand::thread_rng().gen_range(0..bound)
}

/// Runs a scene in many orders: half of them by chance alone, half with a few tasks held back for long.
///
/// # Panics
/// When one of them fails, or ends in a deadlock.
pub fn explore(scene: impl Fn() + Send + Sync + 'static) {
    let full = standard("SALGSLOGG_FAULTS").as_deref() == Some("full");
    run(scene, if full { ORDERS.1 } else { ORDERS.0 });
}

/// Demands that a scene with a mutant in it fails in one of the orders, with these words.
///
/// # Panics
/// When it does not.
pub fn finds(words: &str, scene: impl Fn() + Send + Sync + 'static) {
    let found = catch_unwind(AssertUnwindSafe(|| run(scene, FOUND_WITHIN)));
    let Err(found) = found else { panic!("nothing was found in {FOUND_WITHIN} orders") };
    let told = told(found.as_ref());
    assert!(told.contains(words), "something else was found: {told}");
}

fn told(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("something without words")
}

fn run(scene: impl Fn() + Send + Sync + 'static, orders: usize) {
    let scene = Arc::new(scene);
    let seed = standard("SALGSLOGG_SEED").and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| service_runtime::ids::new_id().as_u64_pair().1);
    let half = orders / 2;
    under(RandomScheduler::new_from_seed(seed, half), &scene, seed);
    under(PctScheduler::new_from_seed(seed, DEPTH, half), &scene, seed);
}

fn under(
    scheduler: impl Scheduler + 'static,
    scene: &Arc<impl Fn() + Send + Sync + 'static>,
    seed: u64,
) {
    let scene = Arc::clone(scene);
    let runner = || Runner::new(scheduler, Config::new()).run(move || scene());
    if let Err(found) = catch_unwind(AssertUnwindSafe(runner)) {
        panic!("with SALGSLOGG_SEED={seed}: {}", told(found.as_ref()));
    }
}
