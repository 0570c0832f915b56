//! The register of behaviours, `tests/coverage/domain.csv`: every numbered row of the domain names the tests that show
//! it. Each of them exists and says the row's number; a row of what is being built without a test says what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::sources::{Source, none, root, rust};

const REGISTER: &str = "tests/coverage/domain.csv";

/// Rows by prefix, and whether they are being built: then a row without a test says why in its note.
const ROWS: [(&str, u32, bool); 10] = [
    ("SO-F", 36, true),
    ("SO-", 50, true),
    ("SG-", 31, true),
    ("SD-", 30, true),
    ("SQ-", 43, false),
    ("SK-", 7, true),
    ("SF-", 18, true),
    ("ST-", 21, true),
    ("DX-", 42, false),
    ("BCM-", 39, false),
];

/// One line of the register.
struct Row {
    row: String,
    tests: Vec<String>,
    note: String,
}

fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("row,tests,note"), "{REGISTER} has other columns");
    let read = |line: &str| {
        let fields: Vec<&str> = line.splitn(3, ',').collect();
        let [row, tests, note] = fields[..] else {
            panic!("{REGISTER}: a line with {} fields: {line}", fields.len())
        };
        let tests = tests.split(';').filter(|name| !name.is_empty()).map(str::to_owned);
        Row { row: row.to_owned(), tests: tests.collect(), note: note.to_owned() }
    };
    lines.map(read).collect()
}

/// Every row, and whether it is being built.
fn expected() -> BTreeMap<String, bool> {
    let of = |(prefix, count, built): (&str, u32, bool)| {
        let prefix = prefix.to_owned();
        (1..=count).map(move |number| (format!("{prefix}{number}"), built))
    };
    ROWS.into_iter().flat_map(of).collect()
}

/// The functions that cargo runs as tests, each with its comments, attributes and body.
fn tests(sources: &[Source]) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for source in sources {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let word = line.trim_start();
            if word != "#[test]" && !word.starts_with("#[tokio::test") {
                continue;
            }
            let indent = &line[..line.len() - word.len()];
            let is_about = |line: &&&str| {
                let line = line.trim_start();
                line.starts_with("//") || line.starts_with("#[")
            };
            let first = at - lines[..at].iter().rev().take_while(is_about).count();
            let end = format!("{indent}}}");
            let body = lines[at..].iter().position(|line| *line == end).unwrap_or_default();
            let text = lines[first..=at + body].join("\n");
            let name = text.split_once("fn ").map_or("", |(_, after)| after);
            let name = name.split(['(', '<']).next().unwrap_or_default();
            let known = found.entry(name.to_owned()).or_default();
            known.push('\n');
            known.push_str(&text);
        }
    }
    found
}

/// Whether a text says a row's number, as `SO-13` or, within a name, as `so_13`.
fn says(text: &str, row: &str) -> bool {
    let within = row.to_lowercase().replace('-', "_");
    [row, &within].into_iter().any(|form| {
        text.match_indices(form).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + form.len()..].chars().next();
            !before.is_some_and(|c| c.is_ascii_alphanumeric())
                && !after.is_some_and(|c| c.is_ascii_alphanumeric())
        })
    })
}

fn faults(rows: &[Row], known: &BTreeMap<String, String>) -> Vec<String> {
    let (expected, mut seen, mut faults) = (expected(), BTreeSet::new(), Vec::new());
    for Row { row, tests, note } in rows {
        if !seen.insert(row.clone()) {
            faults.push(format!("{row} has two lines"));
        }
        match expected.get(row) {
            None => faults.push(format!("{row} is no row we know")),
            Some(true) if tests.is_empty() && note.is_empty() => {
                faults.push(format!("{row} names no test and does not say what is missing"));
            }
            Some(_) => {}
        }
        for name in tests {
            match known.get(name) {
                None => faults.push(format!("{row}: there is no test {name}")),
                Some(text) if !says(text, row) => {
                    faults.push(format!("{row}: {name} never mentions it"));
                }
                Some(_) => {}
            }
        }
    }
    let missing = expected.keys().filter(|row| !seen.contains(*row));
    faults.extend(missing.map(|row| format!("{row} has no line")));
    faults
}

#[test]
fn every_row_of_the_domain_names_tests_that_mention_it() {
    let text = fs::read_to_string(root().join(REGISTER)).unwrap();
    none(faults(&rows(&text), &tests(&rust())));
}

#[test]
fn the_rule_says_no_to_a_row_without_a_test_that_mentions_it() {
    let source = |text: &str| Source { path: "a.rs".to_owned(), text: text.to_owned() };
    let known = tests(&[source(
        "/// SO-13, and SG-1 beside it.\n#[test]\nfn it_stalls() {\n    one();\n}\n\
         mod tests {\n    #[tokio::test]\n    async fn it_is_a_diary_sd_13() {\n        // SD-14\n    }\n}\n",
    )]);
    assert_eq!(known.keys().collect::<Vec<_>>(), ["it_is_a_diary_sd_13", "it_stalls"]);
    let line = |line: &str| {
        let rows = rows(&format!("row,tests,note\n{line}"));
        let case = rows[0].row.clone();
        faults(&rows, &known)
            .into_iter()
            .find(|fault| fault.split([' ', ':']).next() == Some(&case))
    };
    assert_eq!(line("SO-13,it_stalls,"), None);
    assert_eq!(line("SD-13,it_is_a_diary_sd_13,"), None);
    assert_eq!(line("SD-14,it_is_a_diary_sd_13,"), None);
    assert_eq!(line("SQ-1,,"), None, "not built yet");
    assert_eq!(line("SG-3,,not met: nobody wrote it"), None);
    for red in ["SO-1,it_stalls,", "SD-1,it_is_a_diary_sd_13,", "SO-13,it_runs,", "SG-3,,"] {
        assert!(line(red).is_some(), "{red}");
    }
    assert!(line("SO-51,it_stalls,").is_some() && line("XX-1,,").is_some());
    assert!(faults(&[], &known).contains(&"SO-F36 has no line".to_owned()));
}
