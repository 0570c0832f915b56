//! `./deploy/bench`: figures of this machine, each beside a baseline of the same run.
//!
//! Only ratios of one run count: machines are noisy. Baseline and candidate alternate, the median of the
//! repeats is printed with minimum and maximum. Everything runs durably on a private Postgres.

mod connection;
mod figures;
mod lifecycle;
mod pgbench;
mod stack;

use clap::Parser;

use figures::{Figure, Report, median};
use stack::Stack;

/// Seconds of one measurement.
const SECONDS: u64 = 5;
/// Seconds of one measurement with --quick.
const SECONDS_QUICK: u64 = 2;
/// Connections measured.
const CONNECTIONS: [usize; 4] = [1, 8, 32, 128];

/// Measures commands per second through HTTP beside pgbench's single-row insert.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    /// One JSON object per figure instead of a table.
    #[arg(long)]
    json: bool,
    /// Only figures whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// One repeat and short measurements.
    #[arg(long)]
    quick: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (repeats, seconds) = if arguments.quick { (1, SECONDS_QUICK) } else { (3, SECONDS) };
    let stack = Stack::start().await?;
    let mut report = Report::new(arguments.json);
    for connections in CONNECTIONS {
        let name = format!("http_commands_{connections}");
        if arguments.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let (mut baselines, mut rates, mut p99s) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..repeats {
            baselines.push(pgbench::single_inserts(&stack, connections, seconds).await?);
            let measured = lifecycle::run(&stack, connections, seconds).await?;
            rates.push(measured.commands_per_second);
            p99s.push(measured.p99_ms);
        }
        report.add(&Figure {
            name,
            unit: "commands/s",
            baseline: format!("pgbench_insert_{connections}"),
            values: rates,
            baselines,
            note: format!("p99 {:.1} ms", median(&p99s)),
        })?;
    }
    report.end()?;
    stack.stop().await;
    Ok(())
}
