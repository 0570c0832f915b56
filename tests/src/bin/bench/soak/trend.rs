//! The table of a soak and its trend: the mean of the last third beside that of the first, in percent. Samples of a
//! program that was away are left out.

use std::io::{Write, stdout};

use super::load::{Tally, read};
use super::sample::{COLUMNS, Sample};

/// Columns whose level is looked at; the others are counters.
const LEVELS: [&str; 8] = [
    "command_rss",
    "command_files",
    "projection_rss",
    "projection_files",
    "postgres_anonymous",
    "postgres_files",
    "nats_rss",
    "stream_dead_rows",
];

/// Prints table and trend.
#[expect(clippy::float_arithmetic, reason = "means and percents")]
pub fn print(samples: &[Sample], tally: &Tally, rate: u32) -> anyhow::Result<()> {
    let mut out = stdout();
    let third = samples.len() / 3;
    let (first, last) = (&samples[..third], &samples[samples.len() - third..]);
    writeln!(out, "\n{:<26}{:>16}{:>16}{:>10}", "", "first third", "last third", "change")?;
    let mut row = |name: &str, before: f64, after: f64| {
        let change = (after / before - 1.0) * 100.0;
        writeln!(out, "{name:<26}{before:>16.1}{after:>16.1}{change:>+9.1}%")
    };
    for name in LEVELS {
        row(name, mean(first, name), mean(last, name))?;
    }
    row("lag_events", mean_of(first, "lag_events", false), mean_of(last, "lag_events", false))?;
    for (name, above, below) in [
        ("log bytes / event", "log_bytes", "head"),
        ("WAL bytes / event", "wal_bytes", "head"),
        ("command cpu µs / command", "command_cpu_ms", "commands"),
        ("postgres cpu µs / command", "postgres_cpu_ms", "commands"),
        ("command µs", "command_mean_us", ""),
        ("commands / s", "commands", "second"),
    ] {
        let scale = if above.ends_with("_ms") { 1_000.0 } else { 1.0 };
        row(name, gained(first, above, below) * scale, gained(last, above, below) * scale)?;
    }
    writeln!(
        out,
        "\n{} commands at {rate}/s wanted, {} sent again, {} refused; {} questions, {} failed; {} restarts, {} rebuilds",
        read(&tally.commands),
        read(&tally.again),
        read(&tally.refused),
        read(&tally.questions),
        read(&tally.questions_failed),
        read(&tally.restarts),
        read(&tally.rebuilds),
    )?;
    Ok(())
}

fn column(name: &str) -> usize {
    COLUMNS
        .iter()
        .position(|column| *column == name)
        .expect("invariant: rows are named after columns")
}

fn mean(samples: &[Sample], name: &str) -> f64 {
    mean_of(samples, name, true)
}

#[expect(clippy::float_arithmetic, reason = "a mean")]
fn mean_of(samples: &[Sample], name: &str, only_present: bool) -> f64 {
    let at = column(name);
    let values: Vec<f64> = samples
        .iter()
        .map(|sample| float(sample[at]))
        .filter(|value| !only_present || *value > 0.0)
        .collect();
    values.iter().sum::<f64>() / float(i64::try_from(values.len()).unwrap_or(1).max(1))
}

/// How much a counter rose within the samples, for each unit another one rose. A counter that a restart set back
/// counts from there on. Without another one: the mean of the column.
#[expect(clippy::float_arithmetic, reason = "a ratio")]
fn gained(samples: &[Sample], above: &str, below: &str) -> f64 {
    if below.is_empty() {
        return mean(samples, above);
    }
    let rise = |name: &str| {
        let at = column(name);
        samples.windows(2).map(|pair| (pair[1][at] - pair[0][at]).max(0)).sum::<i64>()
    };
    float(rise(above)) / float(rise(below).max(1))
}

/// Exact below 2^53, which no sample reaches.
#[expect(clippy::cast_precision_loss, reason = "samples are far below 2^53")]
fn float(number: i64) -> f64 {
    number as f64
}
