//! The register of faults, `tests/coverage/faults.csv`: every case of the failure list and every row of the plan of
//! counts names the tests that provoke it, and the tests that take its protection away and then see it fail. Each of
//! them exists; a fault without such a control says why.

use std::collections::BTreeSet;
use std::fs;

use super::sources::{Source, none, root, rust};

const REGISTER: &str = "tests/coverage/faults.csv";

/// Rows of the plan of counts that belong to the log.
const IDS: [&str; 16] =
    ["K1", "K2", "P1", "P2", "P3", "P4", "P5", "N1", "N2", "N3", "N4", "C1", "X1", "S1", "B1", "T"];

/// One line of the register.
struct Row {
    case: String,
    tests: Vec<String>,
    controls: Vec<String>,
    note: String,
}

fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("case,tests,controls,note"), "{REGISTER} has other columns");
    let names = |field: &str| -> Vec<String> {
        field.split(';').filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
    };
    lines
        .map(|line| {
            let fields: Vec<&str> = line.splitn(4, ',').collect();
            let [case, tests, controls, note] = fields[..] else {
                panic!("{REGISTER}: a line with {} fields: {line}", fields.len())
            };
            Row {
                case: case.to_owned(),
                tests: names(tests),
                controls: names(controls),
                note: note.to_owned(),
            }
        })
        .collect()
}

/// Every case and id that must have a line.
fn expected() -> BTreeSet<String> {
    let cases = (1..=47).chain([53]).map(|case| case.to_string());
    cases.chain(IDS.iter().map(ToString::to_string)).collect()
}

/// Names of the functions that cargo runs as tests.
fn tests(sources: &[Source]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources {
        let mut is_test = false;
        for line in source.text.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if is_test && let Some((_, after)) = line.split_once("fn ") {
                let name = after.split(['(', '<']).next().unwrap_or_default();
                names.insert(name.to_owned());
                is_test = false;
            }
        }
    }
    names
}

fn faults(rows: &[Row], known: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        if !seen.insert(row.case.clone()) {
            faults.push(format!("{} has two lines", row.case));
        }
        if row.tests.is_empty() && row.note.is_empty() {
            faults.push(format!("{} names no test", row.case));
        }
        if row.controls.is_empty() && row.note.is_empty() {
            faults.push(format!("{} has no control and does not say why", row.case));
        }
        for name in row.tests.iter().chain(&row.controls).filter(|name| !known.contains(*name)) {
            faults.push(format!("{}: there is no test {name}", row.case));
        }
    }
    faults.extend(expected().difference(&seen).map(|case| format!("{case} has no line")));
    faults.extend(seen.difference(&expected()).map(|case| format!("{case} is no fault we know")));
    faults
}

#[test]
fn every_fault_has_its_tests_and_its_controls() {
    let text = fs::read_to_string(root().join(REGISTER)).unwrap();
    none(faults(&rows(&text), &tests(&rust())));
}

#[test]
fn the_rule_says_no_to_a_fault_without_tests_or_controls() {
    let known = BTreeSet::from(["it_holds".to_owned(), "without_it_it_fails".to_owned()]);
    let line = |line: &str| {
        let rows = rows(&format!("case,tests,controls,note\n{line}"));
        let case = rows[0].case.clone();
        let found = faults(&rows, &known);
        found.into_iter().find(|fault| fault.split([' ', ':']).next() == Some(&case))
    };
    assert_eq!(line("1,it_holds,without_it_it_fails,"), None);
    assert_eq!(line("1,it_holds,,nothing can be taken away"), None);
    assert!(line("1,it_holds,,").is_some() && line("1,,without_it_it_fails,").is_some());
    assert!(line("1,it_holds;it_does_not,without_it_it_fails,").is_some());
    assert!(line("48,it_holds,without_it_it_fails,").is_some());
    let all = faults(&[], &known);
    assert!(
        all.contains(&"47 has no line".to_owned()) && all.contains(&"X1 has no line".to_owned())
    );
}
