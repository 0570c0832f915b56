//! The baseline: pgbench inserting one row a transaction, as many clients, same server, same settings.

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::stack::Stack;

/// One 400-byte row with a unique index per transaction.
const SCRIPT: &str = "INSERT INTO bench_row (stream, version, body) VALUES (gen_random_uuid(), 1, repeat('x', 400));\n";

/// Transactions per second of `clients` clients.
pub async fn single_inserts(stack: &Stack, clients: usize, seconds: u64) -> anyhow::Result<f64> {
    let script = stack.folder().join("insert.sql");
    std::fs::write(&script, SCRIPT).context("the baseline's script")?;
    let threads = clients.min(2);
    let output = Command::new(stack.pgbench())
        .args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", &threads.to_string()])
        .args(["-T", &seconds.to_string(), "-f"])
        .arg(&script)
        .arg(stack.superuser_url())
        .output()
        .await
        .context("pgbench is needed for the baseline; it comes with Postgres")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let line =
        text.lines().find(|line| line.starts_with("tps = ")).context("pgbench prints its rate")?;
    let number = line.split_whitespace().nth(2).context("pgbench prints a number")?;
    Ok(number.parse()?)
}
