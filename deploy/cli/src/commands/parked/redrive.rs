//! `salgslogg parked redrive`: asks for another try and waits for what comes of it.

use std::time::Duration;

use clap::Args;
use read_models::parked::{self, ParkedStream, Which};
use serde_json::json;
use sqlx::PgConnection;

use super::{Choice, Format};
use crate::clock::pause;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;

/// Looks while waiting: a quarter of a second apart.
const LOOKS_A_SECOND: u64 = 4;

/// Most streams asked for at once; a generation holds no more.
const STREAMS_MAX: i64 = 100_000;

/// Arguments of `parked redrive`.
#[derive(Debug, Args)]
#[command(after_help = "\
The projection that owns the read model applies the whole queue of a stream, in order and in one transaction. A stream
that still cannot be applied stays parked, with its newest error.

Examples:
  salgslogg parked redrive activity/0198c0de-0000-7000-8000-000000000001
  salgslogg parked redrive --all --model activity")]
pub struct Arguments {
    /// The stream, as `parked list` names it, or its key in the log
    #[arg(value_name = "STREAM", required_unless_present = "all")]
    stream: Option<String>,
    /// Every parked stream
    #[arg(long, conflicts_with = "stream")]
    all: bool,
    #[command(flatten)]
    choice: Choice,
    /// How long to wait for the projection, seconds; 0 only asks
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    wait: u64,
}

impl Arguments {
    pub(super) fn database(&self) -> &DatabaseArguments {
        &self.choice.database
    }
}

/// What came of the wishes.
#[derive(Debug)]
struct Outcome {
    asked: usize,
    back: usize,
    waiting: usize,
    /// Tried in vain, with the newest error.
    parked: Vec<ParkedStream>,
}

/// Asks, waits and prints; a stream that stays parked is a negative result.
pub(super) async fn run(
    database: &Database,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let mut connection = database.operator().await?;
    let (log_id, which) = (database.log_id(), arguments.choice.of(arguments.stream.as_ref()));
    let before = streams(&mut connection, log_id, &which).await?;
    if let (true, Some(stream)) = (before.is_empty(), &arguments.stream) {
        return Err(Failure::NotFound(format!("no parked stream {stream}")));
    }
    parked::ask_again(&mut connection, log_id, &which).await.map_err(|error| failed(&error))?;
    let mut outcome = look(&mut connection, log_id, &which, &before).await?;
    for _ in 0..arguments.wait * LOOKS_A_SECOND {
        if outcome.waiting == 0 {
            break;
        }
        pause(Duration::from_millis(1_000 / LOOKS_A_SECOND)).await;
        outcome = look(&mut connection, log_id, &which, &before).await?;
    }
    print(&outcome, format)?;
    match (&outcome.parked[..], outcome.waiting) {
        ([], 0) => Ok(()),
        ([], _) if arguments.wait == 0 => Ok(()),
        ([], waiting) => Err(Failure::Negative(format!(
            "{waiting} not tried yet: is a projection-service running? They stay asked for"
        ))),
        (parked, _) => Err(Failure::Negative(format!("{} still parked", parked.len()))),
    }
}

async fn streams(
    connection: &mut PgConnection,
    log_id: i16,
    which: &Which,
) -> Result<Vec<ParkedStream>, Failure> {
    let found = parked::list(connection, log_id, which, STREAMS_MAX).await;
    found.map(|(streams, _)| streams).map_err(|error| failed(&error))
}

/// Compares what was asked for with what is there now.
async fn look(
    connection: &mut PgConnection,
    log_id: i16,
    which: &Which,
    before: &[ParkedStream],
) -> Result<Outcome, Failure> {
    let key = |stream: &ParkedStream| (stream.model.clone(), stream.generation, stream.stream_id);
    let asked: std::collections::HashSet<_> = before.iter().map(key).collect();
    let mut there = streams(connection, log_id, which).await?;
    there.retain(|stream| asked.contains(&key(stream)));
    let back = before.len() - there.len();
    let waiting = there.iter().filter(|stream| stream.redrive_requested_at.is_some()).count();
    there.retain(|stream| stream.redrive_requested_at.is_none());
    Ok(Outcome { asked: before.len(), back, waiting, parked: there })
}

fn print(outcome: &Outcome, format: Format) -> Result<(), Failure> {
    let Outcome { asked, back, waiting, parked } = outcome;
    match format {
        Format::Machine => output::json(
            &json!({"asked": asked, "back": back, "waiting": waiting, "parked": parked}),
        ),
        Format::People if *asked == 0 => output::line("no parked streams"),
        Format::People => {
            output::line(&format!("{back} of {asked} back in their read model"))?;
            for stream in parked {
                let ParkedStream { model, stream, event_type, position, error, .. } = stream;
                output::line(&format!(
                    "{model}: {stream} stays parked: {event_type} at position {position}: {error}"
                ))?;
            }
            Ok(())
        }
    }
}
