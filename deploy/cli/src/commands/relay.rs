//! `salgslogg relay`: how far the stream of a log is, why it stands still if it does, and making it anew. Works with a
//! database role alone: a reset is a request in the relay's row, carried out by the command-service that relays.

use std::time::Duration;

use clap::{Args, Subcommand};
use event_store::relay_row::{RelayState, ask_relay_reset, relay_state};
use event_store::{EventStore, StoreError};
use serde_json::{Value, json};

use super::Format;
use crate::clock;
use crate::confirm::Consent;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;
use crate::stack::Stack;
use crate::tables::{Column, render};

/// How often the row is read while a reset is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Looks until the run ends with the request still waiting: 30 s.
const LOOKS: u32 = 120;

/// What to do with the relay.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// How far the stream is behind the log, who relays, and why nothing is published if that is so
    Status(Where),
    /// Delete the stream and fill it again from the log; who follows it goes on from a checkpoint of its own
    #[command(after_help = RESET_HELP)]
    Reset(Reset),
}

const RESET_HELP: &str = "\
When a relay has halted (`salgslogg relay status` says why), look first: a foreign message, a restored log and another
history all end here, a hole in the log does not. After a restore of the log stop both services, restore, start them,
then reset. Nothing is lost by a reset: the log in Postgres is the truth, and the stream is filled from it again.

Examples:
  salgslogg relay reset
  salgslogg relay reset --yes --from 120000";

/// Arguments of `relay status`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  salgslogg relay status\n  salgslogg relay status --json")]
pub struct Where {
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Arguments of `relay reset`.
#[derive(Debug, Args)]
pub struct Reset {
    /// First position of the new stream [default: where its limits would have left it, else 1]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    from: Option<i64>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Runs either.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    match arguments {
        Arguments::Status(Where { database }) => {
            let store = Database::find(database, stack.environment())?.store(1)?;
            print(&state(&store).await?, store.log_id(), format)
        }
        Arguments::Reset(reset) => {
            let store = Database::find(&reset.database, stack.environment())?.store(1)?;
            reset.run(&store, format).await
        }
    }
}

impl Reset {
    async fn run(&self, store: &EventStore, format: Format) -> Result<(), Failure> {
        let before = state(store).await?;
        if self.from.is_some_and(|from| from > before.head + 1) {
            let next = before.head + 1;
            return Err(Failure::Usage(format!(
                "--from can be at most {next}, one behind the log's head"
            )));
        }
        let stream = name(&before, store.log_id());
        let deed = match self.from {
            Some(from) => {
                format!("delete the stream {stream} and fill it again from position {from}")
            }
            None => format!("delete the stream {stream} and fill it again"),
        };
        self.consent.ask(&deed)?;
        let asked = ask_relay_reset(store, &stream, self.from).await.map_err(refused)?;
        for _ in 0..LOOKS {
            let now = state(store).await?;
            if now.reset_asked_at != Some(asked) {
                return print(&now, store.log_id(), format);
            }
            clock::pause(LOOK_EVERY).await;
        }
        Err(Failure::Negative(
            "the request is written down, but no command-service has carried it out yet: one that runs and reaches NATS will"
                .to_owned(),
        ))
    }
}

async fn state(store: &EventStore) -> Result<RelayState, Failure> {
    relay_state(store).await.map_err(refused)
}

fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::Unavailable(error) => failed(&error),
        StoreError::Corrupt { .. } | StoreError::Archived { .. } => {
            Failure::Unexpected(error.to_string())
        }
    }
}

fn name(state: &RelayState, log_id: i16) -> String {
    state.stream_name.clone().unwrap_or_else(|| format!("SALES_{log_id}"))
}

fn print(state: &RelayState, log_id: i16, format: Format) -> Result<(), Failure> {
    match format {
        Format::Machine => output::json(&machines(state, log_id)),
        Format::People => output::line(&people(state, log_id)),
    }
}

fn machines(state: &RelayState, log_id: i16) -> Value {
    let halted = state.halted.as_ref().map(|reason| {
        json!({"reason": reason, "code": state.halted_code, "position": state.halted_position,
               "since": state.halted_at})
    });
    let waiting = state.reset_asked_at.map(
        |at| json!({"asked_at": at, "asked_by": state.reset_asked_by, "from": state.reset_from}),
    );
    let done = state.reset_done_at.map(|at| json!({"done_at": at, "from": state.reset_done_from}));
    json!({
        "stream": name(state, log_id), "generation": state.stream_gen, "head": state.head, "acked": state.acked,
        "backlog": state.backlog(), "owner": state.lease_owner, "lease_left_s": state.lease_left_s,
        "heard_ago_s": state.heard_ago_s, "halted": halted, "reset_waiting": waiting, "reset_done": done,
    })
}

fn people(state: &RelayState, log_id: i16) -> String {
    let relayed_by = match (state.lease_owner, state.lease_left_s) {
        (Some(owner), Some(left)) if left > 0 => format!("{owner}, lease for {left} s more"),
        (Some(owner), _) => format!("nobody; {owner} was the last one"),
        (None, _) => "nobody".to_owned(),
    };
    let heard = state.heard_ago_s.map_or_else(|| "never".to_owned(), |ago| format!("{ago} s ago"));
    let mut rows = vec![
        ("stream", format!("{}, generation {}", name(state, log_id), state.stream_gen)),
        ("log ends at", state.head.to_string()),
        ("stream ends at", state.acked.to_string()),
        ("backlog", state.backlog().to_string()),
        ("relayed by", relayed_by),
        ("heard of", heard),
        ("halted", state.halted.clone().unwrap_or_else(|| "no".to_owned())),
    ];
    if let Some(since) = state.halted_at {
        rows.push(("halted since", since.format("%Y-%m-%d %H:%M:%S UTC").to_string()));
    }
    if let (Some(at), Some(by)) = (state.reset_asked_at, &state.reset_asked_by) {
        rows.push((
            "reset asked",
            format!("{} by {by}, waits", at.format("%Y-%m-%d %H:%M:%S UTC")),
        ));
    }
    if let (Some(at), Some(from)) = (state.reset_done_at, state.reset_done_from) {
        let at = at.format("%Y-%m-%d %H:%M:%S UTC");
        rows.push(("made anew", format!("{at}, from position {from}")));
    }
    let columns = [Column::left("relay"), Column::left("")];
    render(&columns, rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halted() -> RelayState {
        RelayState {
            stream_name: Some("SALES_1".into()),
            stream_gen: 2,
            head: 40,
            acked: 70,
            lease_owner: None,
            lease_left_s: None,
            heard_ago_s: Some(3),
            halted: Some("stream ahead of the log: stream at 70, log at 40".into()),
            halted_code: Some("stream_ahead".into()),
            halted_position: Some(41),
            halted_at: None,
            reset_asked_at: None,
            reset_asked_by: None,
            reset_from: None,
            reset_done_at: None,
            reset_done_from: None,
        }
    }

    #[test]
    fn a_halted_relay_says_why_to_people_and_machines() {
        let drawn = people(&halted(), 1);
        assert!(drawn.contains("stream at 70, log at 40"), "{drawn}");
        assert!(drawn.contains("SALES_1, generation 2"), "{drawn}");
        let answer = machines(&halted(), 1);
        assert_eq!(answer["halted"]["code"], "stream_ahead");
        assert_eq!((&answer["halted"]["position"], &answer["backlog"]), (&json!(41), &json!(0)));
    }

    #[test]
    fn a_log_that_was_never_relayed_has_a_status_too() {
        let never = RelayState { stream_name: None, halted: None, heard_ago_s: None, ..halted() };
        let drawn = people(&never, 3);
        assert!(drawn.contains("SALES_3") && drawn.contains("nobody"), "{drawn}");
    }
}
