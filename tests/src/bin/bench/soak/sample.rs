//! What the stack uses, every quarter of a minute, as lines of a CSV.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use service_runtime::clock::Stopwatch;
use sqlx::PgPool;
use tokio::sync::Mutex;

use super::load::{Tally, read};
use super::{Wanted, wait};
use crate::machine::cost::Cost;
use crate::machine::{Stack, reached};

/// Names of the columns.
pub const COLUMNS: [&str; 25] = [
    "second",
    "commands",
    "command_mean_us",
    "sent_again",
    "refused",
    "questions",
    "question_mean_us",
    "questions_failed",
    "restarts",
    "rebuilds",
    "head",
    "lag_events",
    "command_rss",
    "command_files",
    "command_cpu_ms",
    "projection_rss",
    "projection_files",
    "projection_cpu_ms",
    "postgres_anonymous",
    "postgres_files",
    "postgres_cpu_ms",
    "nats_rss",
    "stream_dead_rows",
    "log_bytes",
    "wal_bytes",
];

/// One line, in the order of the columns.
pub type Sample = [i64; COLUMNS.len()];

/// Samples until the time is over.
pub async fn run(
    stack: &Mutex<Stack>,
    tally: &Tally,
    wanted: &Wanted,
    every: Duration,
) -> anyhow::Result<Vec<Sample>> {
    let log = stack.lock().await.superuser().await?;
    let mut file = File::create(&wanted.csv)?;
    writeln!(file, "{}", COLUMNS.join(","))?;
    let watch = Stopwatch::start();
    let mut samples = Vec::new();
    for number in 1.. {
        let at = every * number;
        if at > wanted.time {
            break;
        }
        wait(watch, at).await;
        let sample = take(stack, tally, &log, watch.elapsed()).await?;
        writeln!(file, "{}", sample.map(|number| number.to_string()).join(","))?;
        samples.push(sample);
    }
    Ok(samples)
}

async fn take(
    stack: &Mutex<Stack>,
    tally: &Tally,
    log: &PgPool,
    at: Duration,
) -> anyhow::Result<Sample> {
    let head = reached::head(log).await?;
    let lag = head - reached::position(log).await?;
    let (dead, log_bytes, wal): (i64, i64, i64) = sqlx::query_as(
        "SELECT COALESCE((SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'es.stream'::regclass), 0),
                (SELECT COALESCE(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
                  WHERE relnamespace = 'es'::regnamespace AND relkind IN ('r', 'm')),
                (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint",
    )
    .fetch_one(log)
    .await?;
    let (command, projection, postgres, nats) = {
        let stack = stack.lock().await;
        (stack.command.cost(), stack.projection.cost(), stack.postgres_cost(), stack.nats_cost())
    };
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let cpu = |cost: Cost| i64::try_from(cost.processor.as_millis()).unwrap_or(i64::MAX);
    let count = |counter| number(read(counter));
    let mean = |sum, of| number(read(sum) / read(of).max(1));
    Ok([
        number(at.as_secs()),
        count(&tally.commands),
        mean(&tally.command_micros, &tally.commands),
        count(&tally.again),
        count(&tally.refused),
        count(&tally.questions),
        mean(&tally.question_micros, &tally.questions),
        count(&tally.questions_failed),
        count(&tally.restarts),
        count(&tally.rebuilds),
        head,
        lag,
        number(command.resident),
        number(command.files),
        cpu(command),
        number(projection.resident),
        number(projection.files),
        cpu(projection),
        number(postgres.anonymous),
        number(postgres.files),
        cpu(postgres),
        number(nats.resident),
        dead,
        log_bytes,
        wal,
    ])
}
