//! `salgslogg partition`: the room for events and receipts to come. command-service makes it ahead by itself; here an
//! operator sees it, and makes it where no service runs.

use clap::{Args, Subcommand};
use event_store::partitions::{self, Ahead, Partition};
use event_store::{EventStore, StoreError};
use serde_json::json;

use super::Format;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;
use crate::stack::Stack;
use crate::tables::{Column, grouped, render};

/// Below so many empty partitions of events or days of receipts an alarm goes off.
const ALARM: Ahead = Ahead { events: 2, days: 7 };

/// What to do with partitions.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Every partition of events, what is in it, and how much room is ahead; ends with 1 when an alarm is due
    #[command(
        after_help = "Examples:\n  salgslogg partition list\n  salgslogg partition list --json"
    )]
    List(Where),
    /// Make what is missing ahead, as command-service does every five minutes
    #[command(after_help = ENSURE_HELP)]
    Ensure(Where),
}

const ENSURE_HELP: &str = "\
Needs a login that may append (group es_append) or owns the log (es_owner). Any number of callers at once; nothing
happens where enough is ahead. When it waits, somebody holds es.event: look at pg_stat_activity.

Example:
  salgslogg partition ensure";

/// Arguments of both.
#[derive(Debug, Args)]
pub struct Where {
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Runs either.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let (Arguments::List(Where { database }) | Arguments::Ensure(Where { database })) = arguments;
    let store = Database::find(database, stack.environment())?.store(1)?;
    let ahead = match arguments {
        Arguments::List(_) => partitions::ahead(&store).await,
        Arguments::Ensure(_) => partitions::ensure(&store).await,
    };
    let ahead = ahead.map_err(refused)?;
    print(&store, ahead, format).await?;
    if ahead.events < ALARM.events || ahead.days < ALARM.days {
        return Err(Failure::Negative(
            "too little room is ahead: run `salgslogg partition ensure`, and see why command-service did not".to_owned(),
        ));
    }
    Ok(())
}

pub(super) fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::Unavailable(error) => failed(&error),
        StoreError::Corrupt { .. } | StoreError::Archived { .. } => {
            Failure::Unexpected(error.to_string())
        }
    }
}

async fn print(store: &EventStore, ahead: Ahead, format: Format) -> Result<(), Failure> {
    let head = store.head().await.map_err(refused)?;
    let all = partitions::list(store).await.map_err(refused)?;
    match format {
        Format::Machine => {
            let row = |one: &Partition| {
                json!({"name": one.name, "first": one.first_position, "last": one.last_position, "bytes": one.bytes,
                       "state": state(one, head), "archive": one.file})
            };
            let rows: Vec<_> = all.iter().map(row).collect();
            output::json(
                &json!({"head": head, "events_ahead": ahead.events, "receipt_days_ahead": ahead.days,
                                 "partitions": rows}),
            )
        }
        Format::People => {
            output::line(&people(&all, head))?;
            output::line(&format!(
                "{} empty partitions of events are ahead (alarm below {}), receipts have a place for {} days (alarm below {})",
                ahead.events, ALARM.events, ahead.days, ALARM.days
            ))
        }
    }
}

fn state(one: &Partition, head: i64) -> &'static str {
    match &one.file {
        Some(_) => "archived",
        None if one.first_position > head => "empty",
        None if one.last_position < head => "full",
        None => "being filled",
    }
}

fn people(all: &[Partition], head: i64) -> String {
    let columns = [
        Column::left("partition"),
        Column::right("from"),
        Column::right("to"),
        Column::right("MB"),
        Column::left("state"),
    ];
    let figure = |figure: i64| grouped(&figure.to_string());
    let row = |one: &Partition| {
        let state = match &one.file {
            Some(file) => format!("in the archive {file}"),
            None => state(one, head).to_owned(),
        };
        let (first, last) = (figure(one.first_position), figure(one.last_position));
        vec![one.name.clone(), first, last, figure(one.bytes / 1_000_000), state]
    };
    render(&columns, all.iter().map(row))
}
