//! The figures of the write machine, under their names, with what people read about them in `/metrics`.
//! Owns names and labels; must not decide. The relay and the process managers set theirs themselves.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::call::{Answer, ExecuteError};

/// Says what every figure means, and shows those that count rare things before the first of them.
pub(crate) fn describe(log_id: i16) {
    describe_counter!(
        "salgslogg_commands_total",
        "Commands carried out or refused, also those of bulk lines and process managers, by command and status."
    );
    describe_gauge!(
        "salgslogg_command_places_taken",
        "Commands that wait or are being carried out; at most salgslogg_command_places."
    );
    describe_gauge!(
        "salgslogg_command_places",
        "Commands that may wait at once; beyond that they are answered with 503."
    );
    describe_histogram!("salgslogg_batch_commands", "Commands appended to the log in one call.");
    describe_histogram!("salgslogg_batch_events", "Events appended to the log in one call.");
    describe_histogram!(
        "salgslogg_append_seconds",
        "Time of one call to the log, waiting for its lock and the flush to disk included."
    );
    describe_counter!(
        "salgslogg_append_failures_total",
        "Calls to the log that failed as a whole."
    );
    describe_gauge!(
        "salgslogg_event_partitions_ahead",
        "Empty partitions of events in front of the head; below 2 none could be made."
    );
    describe_gauge!(
        "salgslogg_receipt_room_seconds",
        "For how long from today on receipts of idempotency keys have a partition."
    );
    gauge!("salgslogg_command_places_taken").set(0.0);
    counter!("salgslogg_append_failures_total").absolute(0);
    relay(log_id);
    process();
}

fn relay(log_id: i16) {
    describe_gauge!(
        "salgslogg_relay_head_position",
        "Last position of the log, as the relay saw it."
    );
    describe_gauge!(
        "salgslogg_relay_published_position",
        "Last position the stream has acknowledged; true in the replica that leads."
    );
    describe_gauge!(
        "salgslogg_relay_backlog",
        "Events committed but not in the stream yet; true in the replica that leads."
    );
    describe_gauge!(
        "salgslogg_relay_leading",
        "1 in the replica that holds the relay's lease, 0 in those that wait for it."
    );
    describe_gauge!(
        "salgslogg_relay_interruptions",
        "Steps in a row that ended because log or NATS did not answer."
    );
    describe_gauge!(
        "salgslogg_relay_halted",
        "1 while nothing is published because log and stream contradict each other, by reason."
    );
    describe_gauge!(
        "salgslogg_relay_halted_position",
        "The position the relay stands before, 0 while it goes on."
    );
    describe_counter!(
        "salgslogg_relay_regressed_total",
        "Times the stream had lost a tail it had acknowledged; it was filled again."
    );
    describe_counter!(
        "salgslogg_relay_resets_total",
        "Times the stream was made anew because an operator asked."
    );
    let log = || log_id.to_string();
    counter!("salgslogg_relay_regressed_total", "log" => log()).absolute(0);
    counter!("salgslogg_relay_resets_total", "log" => log()).absolute(0);
    gauge!("salgslogg_relay_halted_position", "log" => log()).set(0.0);
    for reason in crate::relay::Halt::CODES {
        gauge!("salgslogg_relay_halted", "log" => log(), "reason" => reason).set(0.0);
    }
}

fn process() {
    describe_gauge!(
        "salgslogg_process_position",
        "Last position a process manager has seen; true in the replica that runs it."
    );
    describe_gauge!(
        "salgslogg_process_halted",
        "1 while a process manager cannot go on because something stored cannot be read."
    );
    describe_counter!(
        "salgslogg_process_commands_total",
        "Commands a process manager has sent and that are settled."
    );
    counter!("salgslogg_process_commands_total", "process" => "stalled-sale-reopen").absolute(0);
}

/// A command came to its end.
pub(crate) fn command(command: &'static str, outcome: &Result<Answer, ExecuteError>) {
    counter!("salgslogg_commands_total", "command" => command, "status" => status(outcome))
        .increment(1);
}

/// How a command ended, in one of a few words.
fn status(outcome: &Result<Answer, ExecuteError>) -> &'static str {
    match outcome {
        Ok(answer) if answer.position.is_none() => "unchanged",
        Ok(_) => "accepted",
        Err(ExecuteError::Refused(_)) => "refused",
        Err(ExecuteError::Precondition { .. }) => "precondition_failed",
        Err(ExecuteError::LostRace(_)) => "lost_race",
        Err(ExecuteError::KeyReused) => "key_reused",
        Err(ExecuteError::EffectiveTimeFalls | ExecuteError::EffectiveTimeInFuture) => {
            "effective_time_refused"
        }
        Err(ExecuteError::Overloaded | ExecuteError::TenantOverloaded) => "overloaded",
        Err(ExecuteError::Unavailable(_) | ExecuteError::Unreadable(_)) => "unavailable",
        Err(ExecuteError::Undecodable(_) | ExecuteError::Poisoned(_)) => "failed",
    }
}

/// A batch was handed to the log and came back after `took`.
pub(crate) fn batch(commands: usize, events: usize, took: Duration) {
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    histogram!("salgslogg_batch_commands").record(float(commands));
    histogram!("salgslogg_batch_events").record(float(events));
    histogram!("salgslogg_append_seconds").record(took);
}

/// A batch failed as a whole.
pub(crate) fn batch_failed() {
    counter!("salgslogg_append_failures_total").increment(1);
}
