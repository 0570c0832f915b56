//! Other event stores on our workload, through their own interfaces, side by side in one run.
//!
//! `peers run [--json] [--quick]` is what `./deploy/bench --peers` starts beside a stack; `peers cell …` is one
//! measurement; `peers tune` tries pools. README.md says which settings were tried and which are kept.

mod cell;
mod cqrs;
mod decisions;
mod http;
mod load;
mod message_db;
mod prima;
mod report;
mod run;
mod sale;
mod tune;
mod upsert;
mod view;

use anyhow::{Context, bail};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let url = std::env::var("PEERS_DATABASE_URL").context(
        "PEERS_DATABASE_URL names a Postgres that may be filled; ./deploy/bench --peers sets it",
    )?;
    match words.split_first() {
        Some((word, words)) if word == "cell" => {
            let measured = cell::measure(&url, words).await?;
            println!("{}", serde_json::to_string(&measured)?);
            Ok(())
        }
        Some((word, words)) if word == "run" => run::all(&url, run::Settings::of(words)?).await,
        Some((word, words)) if word == "tune" => tune::pools(&url, words).await,
        _ => bail!("peers run [--json] [--quick] | cell … | tune [PEER]"),
    }
}
