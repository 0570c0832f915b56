//! Random histories of commands through HTTP against a model that shares no code with the product: what is accepted and
//! why not, and after every step pipeline, cards, diary and guides (SO-1 to SO-22, SD-13 to SD-20, SG-1 to SG-29).
//! A history that fails is told with its seed and made as short as it gets.

mod cast;
mod choose;
mod compare;
mod doing;
mod guiding;
mod model;
mod money;
mod moves;
mod play;
mod predict;
mod requests;
mod selling;

use system_tests::counts;

use crate::faults::seed::{Chance, tell};
use choose::history;
use moves::Move;
use play::{Fault, play};

/// Moves of a history.
const MOVES: usize = 60;

/// Histories a failing one is tried as, while it gets shorter.
const TRIES: usize = 60;

/// The history of a seed; a failing one is shortened before it is told.
async fn holds(seed: u64) {
    tell(&format!("SALGSLOGG_SEED={seed}"));
    let whole = history(seed, MOVES);
    let Err(Fault { after, seen }) = play(&whole).await else { return };
    let (short, last) = shortened(whole[..after].to_vec()).await;
    let told: Vec<String> = short.iter().map(|step| format!("  {step:?}")).collect();
    panic!(
        "SALGSLOGG_SEED={seed}, move {after}: {seen}\n{} moves are enough:\n{}\n{}",
        short.len(),
        told.join("\n"),
        last.as_ref().unwrap_or(&seen)
    );
}

/// Drops moves as long as the history still fails: first halves, then smaller pieces, then single ones.
async fn shortened(mut failing: Vec<Move>) -> (Vec<Move>, Option<String>) {
    let (mut piece, mut tries, mut seen) = (failing.len() / 2, 0, None);
    while piece > 0 {
        let mut at = 0;
        while at < failing.len() && tries < TRIES {
            let rest = [&failing[..at], &failing[failing.len().min(at + piece)..]].concat();
            tries += 1;
            match play(&rest).await {
                Err(fault) => {
                    failing = rest[..fault.after].to_vec();
                    seen = Some(fault.seen);
                }
                Ok(()) => at += piece,
            }
        }
        piece /= 2;
    }
    (failing, seen)
}

/// The seeds of every day, a few a test, so that they run beside each other.
async fn hold(seeds: [u64; 3]) {
    for seed in seeds {
        holds(seed).await;
    }
}

#[tokio::test]
async fn random_histories_are_answered_and_shown_as_the_model_says_1() {
    hold([1, 2, 3]).await;
}

#[tokio::test]
async fn random_histories_are_answered_and_shown_as_the_model_says_2() {
    hold([4, 5, 6]).await;
}

/// Another seed with every run; many of them with the full counts.
#[tokio::test]
async fn a_history_nobody_has_seen_is_answered_and_shown_as_the_model_says() {
    let mut chance = Chance::told();
    for run in 0..counts::runs(1, 100) {
        let next = u64::try_from(chance.below(0xffff_ffff)).unwrap();
        holds(if run == 0 { chance.seed() } else { next }).await;
    }
}

/// The histories are worth something: everything that can be done is done somewhere, with every kind of ending.
#[test]
fn the_histories_do_everything_and_are_refused_for_many_reasons() {
    let mut done = std::collections::BTreeMap::<String, usize>::new();
    let mut codes = std::collections::BTreeSet::new();
    for seed in 1..=40 {
        let mut model = model::Model::new();
        for step in history(seed, MOVES) {
            match model.apply(&step) {
                model::Verdict::Done => {
                    let text = format!("{:?}", step.what);
                    let words = text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
                    *done.entry(words.take(2).collect::<Vec<_>>().join(" ")).or_default() += 1;
                }
                model::Verdict::Nothing => {}
                model::Verdict::Refused(reasons) => codes.extend(reasons),
            }
        }
    }
    tell(&format!("{done:?}"));
    tell(&format!("{codes:?}"));
    for what in [
        "Days",
        "Register NewSale",
        "Sale Advance",
        "Sale Override",
        "Sale ChangeAmount",
        "Sale SetCost",
        "Sale ChangeOwner",
        "Sale EditDate",
        "Sale Stall",
        "Sale ChangeTerms",
        "Sale Reopen",
        "Sale Sold",
        "Sale Lost",
        "Sale Complete",
        "Sale ChangeType",
        "Sale AnswerFollowUp",
        "Sale AnswerStage",
        "Sale Delete",
        "Plan Plan",
        "Create Creation",
        "Activity Complete",
        "Activity Reopen",
        "Activity Delete",
        "Activity Move",
        "Activity Assign",
        "Activity About",
        "Type New",
        "Type Renewal",
    ] {
        assert!(done.get(what).is_some_and(|times| *times >= 3), "{what}: {done:?}");
    }
    assert!(codes.len() >= 20, "{codes:?}");
}
