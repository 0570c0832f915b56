//! What the run found, as two tables for people or one JSON object a figure for machines.

use serde_json::json;

use crate::load::Measured;

/// A cell of a table: every repeat, or why there is none.
pub type Cell = Result<Vec<Measured>, String>;

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// Stable name.
    pub name: String,
    /// Whether it is a peer, not a limit and not ours.
    pub peer: bool,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// A table: its rows are compared with the first one.
#[derive(Debug)]
pub struct Table {
    /// What is counted.
    pub unit: &'static str,
    /// Names of the columns, empty where there is only one.
    pub columns: Vec<String>,
    /// The first is what the others are divided by.
    pub rows: Vec<Row>,
}

/// The middle of the rates; of two middles the lower.
pub fn median(cell: &Cell, of: fn(&Measured) -> f64) -> Option<f64> {
    let mut values: Vec<f64> = cell.as_ref().ok()?.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

fn rate(cell: &Cell) -> Option<f64> {
    median(cell, |one| one.rate)
}

impl Table {
    /// The best peer of a column, by name and rate.
    pub fn best(&self, column: usize) -> Option<(&str, f64)> {
        let peers = self.rows.iter().filter(|row| row.peer);
        let rates =
            peers.filter_map(|row| Some((row.name.as_str(), rate(row.cells.get(column)?)?)));
        rates.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn limit(&self, column: usize) -> Option<f64> {
        rate(self.rows.first()?.cells.get(column)?)
    }

    /// For people.
    pub fn print(&self, title: &str) {
        println!("\n{title}\n{:<30}", "");
        print!("{:<30}", self.unit);
        for column in &self.columns {
            print!("{column:>30}");
        }
        println!();
        for row in &self.rows {
            print!("{:<30}", row.name);
            for (cell, column) in row.cells.iter().zip(0..) {
                let text = rate(cell).map_or_else(
                    || "–".to_owned(),
                    |rate| {
                        let ratio = self.limit(column).map_or(0.0, |limit| rate / limit);
                        let p99 = median(cell, |one| one.p99_ms).unwrap_or_default();
                        let p99 =
                            if p99 > 0.0 { format!(" p99 {p99:.1} ms") } else { String::new() };
                        format!("{rate:.0} ({ratio:.3}){p99}")
                    },
                );
                print!("{text:>30}");
            }
            println!();
        }
        for row in &self.rows {
            for cell in &row.cells {
                if let Err(error) = cell {
                    println!("{}: {error}", row.name);
                }
            }
            let retries =
                row.cells.iter().filter_map(|cell| median(cell, |one| one.retries_percent));
            let retries: Vec<String> = retries.map(|percent| format!("{percent:.0}")).collect();
            if retries.iter().any(|percent| percent != "0") {
                println!("{}: tried again, per 100 commands: {}", row.name, retries.join(" / "));
            }
        }
    }

    /// For machines: `peers_<what>_<row>_<column>`.
    pub fn json(&self, what: &str) {
        let limit_name = self.rows.first().map_or("", |row| row.name.as_str());
        for row in &self.rows {
            for ((cell, column), at) in row.cells.iter().zip(&self.columns).zip(0..) {
                let ending = if column.is_empty() { String::new() } else { format!("_{column}") };
                let name = format!("peers_{what}_{}{ending}", row.name.replace(['-', '/'], "_"));
                let baseline = format!("{limit_name}{ending}");
                let line = match cell {
                    Err(error) => {
                        json!({"name": name, "value": null, "unit": self.unit, "error": error})
                    }
                    Ok(all) => {
                        let value = rate(cell).unwrap_or_default();
                        let limit = self.limit(at);
                        let rates = || all.iter().map(|one| one.rate);
                        json!({"name": name, "value": value, "unit": self.unit, "baseline": baseline,
                            "baseline_value": limit, "ratio": limit.map(|limit| value / limit),
                            "min": rates().fold(f64::INFINITY, f64::min), "max": rates().fold(0.0, f64::max),
                            "p50_ms": median(cell, |one| one.p50_ms), "p99_ms": median(cell, |one| one.p99_ms),
                            "retries_percent": median(cell, |one| one.retries_percent)})
                    }
                };
                println!("{line}");
            }
        }
    }

    /// The best peer as a figure of its own.
    pub fn json_best(&self, name: &str, column: usize) {
        let Some((best, value)) = self.best(column) else { return };
        let limit = self.limit(column);
        let baseline = self.rows.first().map(|row| row.name.clone());
        println!(
            "{}",
            json!({"name": name, "value": value, "unit": self.unit, "baseline": baseline,
                "baseline_value": limit, "ratio": limit.map(|limit| value / limit), "note": best})
        );
    }
}
