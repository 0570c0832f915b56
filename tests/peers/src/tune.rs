//! Which pool is best for a peer: 8, 16 and 32 connections at 32 and 128 clients. The answers stand in README.md.

use crate::run::{database, dropped, fresh, one, within};

/// Seconds of a try.
const SECONDS: &str = "3";

/// Tries the named peers.
pub async fn pools(url: &str, peers: &[String]) -> anyhow::Result<()> {
    for peer in peers {
        for clients in ["32", "128"] {
            for pool in ["8", "16", "32"] {
                let database = database(peer);
                fresh(url, &database).await?;
                let words = [peer, "commands", clients, SECONDS, pool].map(str::to_owned);
                match one(&within(url, &database)?, &words).await {
                    Ok(measured) => println!(
                        "{peer:<14} {clients:>4} clients, pool {pool:>3}: {:>7.0} commands/s, p99 {:.1} ms, retries {:.0} %",
                        measured.rate, measured.p99_ms, measured.retries_percent
                    ),
                    Err(error) => {
                        println!("{peer:<14} {clients:>4} clients, pool {pool:>3}: {error:#}")
                    }
                }
                dropped(url, &database).await?;
            }
        }
    }
    Ok(())
}
