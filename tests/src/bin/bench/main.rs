//! `./deploy/bench`: figures of this machine, each beside a baseline of the same run.
//!
//! Only ratios of one run count: machines are noisy. Baseline and candidate alternate, the median of the
//! repeats is printed with minimum and maximum. Everything runs durably on a private Postgres.

mod baseline;
mod figures;
mod load;
mod machine;
mod peers;
mod rows;
mod soak;
mod targets;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use figures::Report;
use rows::Run;

/// Measures the stack beside baselines of the same run.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    /// One JSON object per figure instead of a table.
    #[arg(long)]
    json: bool,
    /// Only figures whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// One repeat, short measurements, a tenth of the events; leaves out `memory`, `growth` and `verify`.
    #[arg(long)]
    quick: bool,
    /// Folder of the public data set for `import` [default: generated files of the same shape]
    #[arg(long, value_name = "FOLDER")]
    import_folder: Option<PathBuf>,
    /// Instead of figures: the program that compares other event stores, run beside a stack.
    #[arg(long, value_name = "PROGRAM")]
    peers: Option<PathBuf>,
    /// Instead of figures: a whole stack under a steady load for so many minutes.
    #[arg(long, value_name = "MINUTES", num_args = 0..=1, default_missing_value = "60")]
    soak: Option<u64>,
    /// Commands a second of the soak [default: half of the maximum]
    #[arg(long, requires = "soak")]
    rate: Option<u32>,
    /// Where the samples of the soak are written.
    #[arg(long, requires = "soak", default_value = "soak.csv")]
    csv: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(program) = &arguments.peers {
        return peers::run(program, arguments.json, arguments.quick).await;
    }
    if let Some(minutes) = arguments.soak {
        let time = Duration::from_secs(60 * minutes);
        return soak::run(&soak::Wanted { time, rate: arguments.rate, csv: arguments.csv }).await;
    }
    let run = Run {
        only: arguments.only,
        quick: arguments.quick,
        import_folder: arguments.import_folder,
    };
    let mut report = Report::new(arguments.json);
    rows::all(&run, &mut report).await?;
    report.end()?;
    Ok(())
}
