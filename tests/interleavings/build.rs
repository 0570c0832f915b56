//! Takes the product's own sources and names other primitives in them: those of tokio, of std and of the cache become
//! ones that let another task on first. A mutant is such a source with one protection taken away; text that is not
//! there (any more) fails the build. Must not change what the code does in any other way.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// A source of the product as it is explored.
struct Explored {
    name: &'static str,
    source: &'static str,
    changes: &'static [(&'static str, &'static str)],
}

const BATCHER: &str = "command-service/src/batcher.rs";
const ACTOR: &str = "command-service/src/stream_actor.rs";
const TURNS: &str = "command-service/src/turns.rs";
const PLACES: &str = "command-service/src/places.rs";
const WINDOW: &str = "projection-service/src/source/window.rs";

/// Primitives by other names, in every source that has them.
const NAMES: [(&str, &str); 7] = [
    ("crate::", "crate::product::"),
    ("tokio::sync", "crate::asynchronous"),
    ("std::sync", "crate::standard"),
    ("moka::", "crate::forgetful::"),
    ("event_store::", "crate::log::"),
    ("service_runtime::tasks", "crate::tasks"),
    ("pub(super)", "pub"),
];

/// Limits that a few commands reach.
const SMALL: [(&str, &str); 4] = [
    ("COMMANDS_MAX: usize = 512", "COMMANDS_MAX: usize = 3"),
    ("EVENTS_MAX: usize = 2_000", "EVENTS_MAX: usize = 4"),
    ("BYTES_MAX: usize = 4 * 1024 * 1024", "BYTES_MAX: usize = 64"),
    ("KEPT: usize = 2_048", "KEPT: usize = 3"),
];

const EXPLORED: &[Explored] = &[
    Explored { name: "batcher", source: BATCHER, changes: &[] },
    Explored {
        name: "batcher_without_distinct_streams",
        source: BATCHER,
        changes: &[(
            "streams.extend(next.writes.iter().copied());",
            "if !(fits && distinct) { streams.extend(next.writes.iter().copied()); }",
        )],
    },
    Explored {
        name: "batcher_that_lets_commands_overtake",
        source: BATCHER,
        changes: &[(
            "streams.extend(next.writes.iter().copied());",
            "if fits && distinct { streams.extend(next.writes.iter().copied()); }",
        )],
    },
    Explored {
        name: "batcher_without_a_limit_of_events",
        source: BATCHER,
        changes: &[("next.events <= EVENTS_MAX", "next.events <= 2 * EVENTS_MAX")],
    },
    Explored {
        name: "batcher_without_a_limit_of_bytes",
        source: BATCHER,
        changes: &[("next.bytes <= BYTES_MAX", "next.bytes <= 2 * BYTES_MAX")],
    },
    Explored {
        name: "batcher_that_mixes_outcomes_up",
        source: BATCHER,
        changes: &[("zip(outcomes)", "zip(outcomes.into_iter().rev())")],
    },
    Explored {
        name: "batcher_that_is_silent_about_failures",
        source: BATCHER,
        changes: &[("fail(replies, &error);", "fail(replies.into_iter().take(0), &error);")],
    },
    Explored {
        name: "batcher_that_forgets_who_was_postponed",
        source: BATCHER,
        changes: &[("if postponed.is_empty() {", "{")],
    },
    Explored { name: "turns", source: TURNS, changes: &[] },
    Explored {
        name: "turns_that_end_while_somebody_waits",
        source: TURNS,
        changes: &[("if entry.get().wanted == 0", "if true")],
    },
    Explored {
        name: "turns_in_the_order_of_the_caller",
        source: TURNS,
        changes: &[("ordered.sort_unstable();", "")],
    },
    Explored {
        name: "turns_that_are_never_cleared_away",
        source: TURNS,
        changes: &[("entry.remove();", "")],
    },
    Explored { name: "stream_actor", source: ACTOR, changes: &[] },
    Explored {
        name: "actor_that_puts_a_forgotten_slot_back",
        source: ACTOR,
        changes: &[("Some(_) | None => Op::Nop", "Some(_) | None => Op::Put(Arc::clone(slot))")],
    },
    Explored {
        name: "actor_that_remembers_older_states",
        source: ACTOR,
        changes: &[("if !newer_known", "let _ = newer_known;")],
    },
    Explored { name: "places", source: PLACES, changes: &[] },
    Explored {
        name: "places_that_look_before_they_take",
        source: PLACES,
        changes: &[(
            "let of_tenant = taken.by_tenant.entry",
            "drop(taken); taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner); \
             let of_tenant = taken.by_tenant.entry",
        )],
    },
    Explored { name: "window", source: WINDOW, changes: &[] },
    Explored {
        name: "window_that_forgets_where_it_begins",
        source: WINDOW,
        changes: &[("run.before += 1;", "")],
    },
    Explored {
        name: "window_that_hands_out_in_two_looks",
        source: WINDOW,
        changes: &[(
            "let events: Vec<_> = run.events",
            "drop(run); let run = self.run(); let events: Vec<_> = run.events",
        )],
    },
];

/// The text as the test crate includes it: without the module's story and its own tests.
fn explored(text: &str, explored: &Explored) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with("//!"));
    let mut text: String = lines.flat_map(|line| [line, "\n"]).collect();
    for (from, to) in explored.changes {
        let found = text.matches(from).count();
        assert_eq!(found, 1, "{} has {found} times: {from}", explored.source);
        text = text.replacen(from, to, 1);
    }
    let changes = NAMES.iter().chain(&SMALL);
    changes.fold(text, |text, (from, to)| text.replace(from, to))
}

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders this way")]
fn folder(variable: &str) -> PathBuf {
    PathBuf::from(env::var_os(variable).expect("cargo tells its folders"))
}

fn main() {
    let (manifest, out) = (folder("CARGO_MANIFEST_DIR"), folder("OUT_DIR"));
    let root = manifest.join("../..");
    for one in EXPLORED {
        let path: &Path = &root.join(one.source);
        println!("cargo:rerun-if-changed={}", path.display());
        let text = fs::read_to_string(path).expect("the product's source can be read");
        let text = explored(&text, one);
        fs::write(out.join(format!("{}.rs", one.name)), text).expect("it can be written");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
