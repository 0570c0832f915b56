//! Words that belong to somebody's machine or desk and not into the house.

use super::sources::{Source, all, none};

/// The words, turned by thirteen letters, so that this file does not hold them either.
const TURNED: [&str; 6] = ["/jbex/", "/gzc/onfu", "/ebbg/", "frffvba", "prb", "gbby yvoenel"];

/// Where such a word means something else: the place, the word around it, and what it means there.
const MEANS_ELSE: [(&str, &str, &str); 8] = [
    ("", "session_replication_role", "a setting of Postgres"),
    ("", "session_user", "the login, in Postgres"),
    ("", "target_session_attrs", "a part of connection strings"),
    ("", "idle_in_transaction_session_timeout", "a setting of Postgres"),
    ("command-service/src/relay/", "session", "the relay's time on one connection to NATS"),
    ("command-service/src/relay/", "Session", "the relay's time on one connection to NATS"),
    ("deploy/local/src/", "new_session", "setsid, of Unix"),
    ("deploy/local/src/stack/detach.rs", "session", "setsid, of Unix"),
];

fn turn(text: &str) -> String {
    let turned = |letter: char| match letter {
        'a'..='m' => char::from(letter as u8 + 13),
        'n'..='z' => char::from(letter as u8 - 13),
        other => other,
    };
    text.chars().map(turned).collect()
}

/// Whether `word` stands in `line`; a word of letters only must stand alone.
fn holds(line: &str, word: &str) -> bool {
    let letter = |at: Option<char>| at.is_some_and(|c| c.is_alphabetic());
    line.match_indices(word).any(|(at, _)| {
        let inside = letter(line[..at].chars().next_back())
            || letter(line[at + word.len()..].chars().next());
        !inside || !word.chars().all(char::is_alphabetic)
    })
}

fn faults(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    if source.path == "tests/it/architecture/words.rs" || source.path == "Cargo.lock" {
        return faults; // the meanings above
    }
    for (line, number) in source.text.lines().zip(1..) {
        let mut line = line.to_owned();
        for (place, allowed, _) in MEANS_ELSE {
            if source.path.starts_with(place) {
                line = line.replace(allowed, "");
            }
        }
        let line = line.to_lowercase();
        for word in TURNED.map(turn) {
            if holds(&line, &word) {
                faults.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    faults
}

#[test]
fn no_source_speaks_of_a_machine_or_a_desk() {
    none(all().iter().flat_map(faults).collect());
}

#[test]
fn the_rule_says_no() {
    let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    for word in TURNED {
        let word = turn(word);
        for text in [format!("let path = \"{word}x\";"), format!("// {}", word.to_uppercase())] {
            let text = if word.contains('/') { text } else { text.replace('x', "") };
            assert_eq!(faults(&source("events/src/x.rs", &text)).len(), 1, "{text}");
        }
    }
    for fine in [
        "obsessions and processions",
        "network/workers",
        "tmp/bashful",
        "SET session_replication_role",
    ] {
        assert!(faults(&source("events/src/x.rs", fine)).is_empty(), "{fine}");
    }
    assert!(faults(&source("command-service/src/relay/mod.rs", "mod session;")).is_empty());
}
