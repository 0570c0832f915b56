//! Names of metrics: those a service exposes, and those a rule or a dashboard asks for.

use std::collections::BTreeSet;

/// What ours begin with; Prometheus' own (`up`, `ALERTS`) are not asked of us.
const OURS: [&str; 2] = ["salgslogg_", "http_"];

/// Endings a histogram gives its series.
const SERIES: [&str; 3] = ["_bucket", "_sum", "_count"];

/// Every name with a TYPE in an exposition, and that it has a HELP.
pub fn exposed(text: &str) -> BTreeSet<String> {
    let names = |word: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(word));
        lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
    };
    let typed = names("# TYPE ");
    assert_eq!(typed, names("# HELP "), "a type without a help, or a help without a type");
    typed
}

/// Every name of ours in an expression, without the ending of a histogram's series.
pub fn asked(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| OURS.iter().any(|prefix| word.starts_with(prefix)));
    ours.map(|word| {
        let stem = SERIES.iter().find_map(|ending| word.strip_suffix(ending));
        stem.unwrap_or(word).to_owned()
    })
    .collect()
}
