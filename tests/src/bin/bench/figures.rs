//! A figure, its baseline of the same run, and how both are printed.

use std::io::{Write, stdout};

use serde_json::json;

use crate::targets;

/// One row of the report.
#[derive(Debug, Default)]
pub struct Figure {
    /// Stable name, as in the targets table.
    pub name: String,
    /// Which part of it, where a name has several.
    pub part: &'static str,
    /// Unit of value and baseline.
    pub unit: &'static str,
    /// Name of the baseline.
    pub baseline: String,
    /// Measured values, one a repeat.
    pub values: Vec<f64>,
    /// Measured baselines, one a repeat.
    pub baselines: Vec<f64>,
    /// Something worth knowing beside it.
    pub note: String,
}

/// Prints figures as they come.
#[derive(Debug)]
pub struct Report {
    json: bool,
}

/// The middle value; of two middles the lower.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

impl Report {
    /// Starts a table, or lines of JSON.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints one figure.
    #[expect(clippy::float_arithmetic, reason = "a ratio of two measured rates")]
    pub fn add(&mut self, figure: &Figure) -> std::io::Result<()> {
        let (value, baseline) = (median(&figure.values), median(&figure.baselines));
        let ratio = value / baseline;
        let low = figure.values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = figure.values.iter().copied().fold(0.0, f64::max);
        let target = targets::of(&figure.name, figure.part);
        let reached = target.map_or("", |target| target.reached(ratio, value));
        if self.json {
            let line = json!({"name": figure.name, "part": figure.part, "value": value, "unit": figure.unit,
                "baseline": figure.baseline, "baseline_value": baseline, "ratio": ratio, "min": low, "max": high,
                "floor": target.map(|t| t.steps[0]), "target": target.map(|t| t.steps[1]),
                "stretch": target.map(|t| t.steps[2]), "reached": reached, "note": figure.note});
            return writeln!(stdout(), "{line}");
        }
        let name = format!("{} {}", figure.name, figure.part);
        let steps = target
            .map_or(String::new(), |t| format!("{}/{}/{}", t.steps[0], t.steps[1], t.steps[2]));
        let number = |number: f64| {
            if number < 100.0 { format!("{number:.2}") } else { format!("{number:.0}") }
        };
        writeln!(
            stdout(),
            "{name:<31}{:>8} {:<11}({} … {})  ÷ {} {}  ratio {ratio:.3}  [{steps}] {reached}  {}",
            number(value),
            figure.unit,
            number(low),
            number(high),
            figure.baseline,
            number(baseline),
            figure.note,
        )
    }

    /// Says what the figures mean.
    pub fn end(&self) -> std::io::Result<()> {
        if self.json {
            return Ok(());
        }
        writeln!(
            stdout(),
            "medians (minimum … maximum) ÷ baseline of the same run; [floor/target/stretch]"
        )
    }
}
