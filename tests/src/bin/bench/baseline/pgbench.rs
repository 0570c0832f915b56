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

/// What pgbench told.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Transactions per second.
    pub rate: f64,
    /// 99 of 100 took at most this, in milliseconds.
    pub p99_ms: f64,
}

/// Single-row inserts of `clients` clients.
pub async fn single_inserts(stack: &Stack, clients: usize, time: Duration) -> anyhow::Result<Told> {
    stack.execute(TABLE).await?;
    let script = stack.folder().join("insert.sql");
    std::fs::write(&script, SCRIPT).context("the baseline's script")?;
    let threads = clients.min(2);
    let output = Command::new(stack.pgbench())
        .args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", &threads.to_string()])
        .args(["-D", &format!("body={}", "x".repeat(BODY_BYTES))])
        .args(["-T", &time.as_secs().to_string(), "-l", "--log-prefix", "transactions", "-f"])
        .arg(&script)
        .arg(stack.superuser_url())
        .current_dir(stack.folder())
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
    Ok(Told { rate: number.parse()?, p99_ms: p99_ms(stack.folder())? })
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
