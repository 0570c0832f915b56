//! eventually-postgres on our workload, in a program of its own because of what it stands on.
//!
//! The same words and the same line of JSON as `peers cell`.

#[path = "../../src/load.rs"]
mod load;
mod peer;
#[path = "../../src/sale.rs"]
mod sale;
#[path = "../../src/upsert.rs"]
mod view;

use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let url = std::env::var("PEERS_DATABASE_URL").context("PEERS_DATABASE_URL names a Postgres")?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let measured = match words.as_slice() {
        ["cell", "eventually", "commands", clients, seconds, pool] => {
            peer::commands(&url, clients.parse()?, seconds.parse()?, pool.parse()?)?
        }
        ["cell", "eventually", "projection", sales] => peer::project(&url, sales.parse()?)?,
        other => bail!("no such measurement: {other:?}"),
    };
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}
