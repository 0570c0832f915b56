//! The baseline: pgbench inserting one row a transaction, as many clients, same server, same settings.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::load::times::Times;
use crate::machine::Stack;

/// One 400-byte row with a unique index per transaction. The row travels as a parameter of a prepared statement, as a
/// driver sends it.
const SCRIPT: &str =
    "INSERT INTO bench_row (stream, version, body) VALUES (gen_random_uuid(), 1, :body);\n";
/// The baseline's table.
pub const TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_row (stream uuid, version bigint, body text, UNIQUE (stream, version))";
/// Bytes of a row's body.
const BODY_BYTES: usize = 400;

/// How often a run is repeated, twice as long each time: while connections are being made a loaded machine may not get
/// to a single transaction.
const ATTEMPTS: u32 = 3;

/// Transactions a second of `clients` clients.
pub async fn single_inserts(stack: &Stack, clients: usize, time: Duration) -> anyhow::Result<f64> {
    for attempt in 0..ATTEMPTS {
        let text = told(stack, clients, time * 2_u32.pow(attempt), &[]).await?;
        if let Some(line) = text.lines().find(|line| line.starts_with("tps = ")) {
            let number = line.split_whitespace().nth(2).context("pgbench prints a number")?;
            return Ok(number.parse()?);
        }
    }
    bail!("pgbench with {clients} clients finishes no transaction")
}

/// 99 of 100 transactions took at most so many milliseconds. A run of its own: writing each one down costs the rate.
pub async fn p99_of(stack: &Stack, clients: usize, time: Duration) -> anyhow::Result<f64> {
    told(stack, clients, time, &["-l", "--log-prefix", "transactions"]).await?;
    p99_ms(stack.folder())
}

/// Runs it; what it printed.
async fn told(
    stack: &Stack,
    clients: usize,
    time: Duration,
    more: &[&str],
) -> anyhow::Result<String> {
    stack.execute(TABLE).await?;
    let script = stack.folder().join("insert.sql");
    std::fs::write(&script, SCRIPT).context("the baseline's script")?;
    let threads = clients.min(2);
    let output = Command::new(stack.pgbench())
        .args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", &threads.to_string()])
        .args(["-D", &format!("body={}", "x".repeat(BODY_BYTES))])
        .args(more)
        .args(["-T", &time.as_secs().to_string(), "-f"])
        .arg(&script)
        .arg(stack.superuser_url())
        .current_dir(stack.folder())
        .output()
        .await
        .context("pgbench is needed for the baseline; it comes with Postgres")?;
    if !output.status.success() {
        bail!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// From the logs of every transaction, which are deleted: the third word of a line is its time in microseconds.
fn p99_ms(folder: &Path) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| name.starts_with("transactions.")) {
            let text = std::fs::read_to_string(&path)?;
            let words = text.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok());
            times.extend(words.map(Duration::from_micros));
            std::fs::remove_file(&path)?;
        }
    }
    Ok(Times::new(times, Duration::ZERO).percentile_ms(99))
}
