//! The figures of the read machine, under their names. Owns names and labels; must not decide.
//!
//! What each of them means stands in [`describe`] and in `/metrics`. Those of a read model carry `model` and
//! `generation`.

use std::time::Duration;

use metrics::{Label, describe_counter, describe_gauge, describe_histogram};
use read_models::Reason;

use crate::runner::{Part, PartState};
use crate::source::{Departure, Origin};

/// Says what every figure means, and shows those that count rare things before the first of them.
pub(crate) fn describe() {
    describe_gauge!("salgslogg_projection_position", "Checkpoint of a read model.");
    describe_gauge!("salgslogg_projection_lag_events", "Head of the log minus checkpoint.");
    describe_gauge!(
        "salgslogg_projection_lag_seconds",
        "Age of the oldest event not applied yet, 0 when there is none."
    );
    describe_gauge!(
        "salgslogg_projection_live",
        "1 for the generation that answers questions, 0 for one that is built or kept beside it."
    );
    describe_gauge!(
        "salgslogg_projection_lease_held",
        "1 while some process holds the lease, which means somebody applies events."
    );
    describe_counter!("salgslogg_projection_events_total", "Events applied by this process.");
    describe_counter!("salgslogg_projection_batches_total", "Batches applied by this process.");
    describe_histogram!(
        "salgslogg_projection_apply_seconds",
        "Time of a batch, its commit included."
    );
    describe_counter!(
        "salgslogg_projection_fenced_total",
        "Commits refused because another process had taken the lease."
    );
    describe_gauge!("salgslogg_projection_halted", "1 while a read model stands still.");
    describe_gauge!(
        "salgslogg_projection_halted_position",
        "The position it stands before, 0 while it goes on."
    );
    describe_gauge!("salgslogg_projection_halted_reason", "1 for the reason it stands still for.");
    describe_gauge!(
        "salgslogg_projection_parked_streams",
        "Streams set aside because an event in them could not be applied."
    );
    describe_gauge!("salgslogg_projection_parked_events", "Events waiting in those streams.");
    describe_gauge!(
        "salgslogg_projection_source",
        "1 for where this process reads events now: the stream, or the log in Postgres."
    );
    describe_counter!(
        "salgslogg_projection_stream_left_total",
        "Times this process left the stream for the log, by reason."
    );
    for reason in Departure::ALL {
        metrics::counter!("salgslogg_projection_stream_left_total", "reason" => reason.as_str())
            .absolute(0);
    }
}

/// Shows what a part counts before it counts anything.
pub(crate) fn begins(part: &Part) {
    metrics::counter!("salgslogg_projection_batches_total", labels(part)).absolute(0);
    metrics::counter!("salgslogg_projection_events_total", labels(part)).absolute(0);
    metrics::counter!("salgslogg_projection_fenced_total", labels(part)).absolute(0);
}

fn labels(part: &Part) -> Vec<Label> {
    vec![Label::new("model", part.model), Label::new("generation", part.generation.to_string())]
}

/// A batch was committed.
pub(crate) fn applied(part: &Part, events: usize, position: i64, took: Duration) {
    metrics::counter!("salgslogg_projection_batches_total", labels(part)).increment(1);
    metrics::counter!("salgslogg_projection_events_total", labels(part))
        .increment(u64::try_from(events).unwrap_or(u64::MAX));
    metrics::gauge!("salgslogg_projection_position", labels(part)).set(float(position));
    metrics::histogram!("salgslogg_projection_apply_seconds", labels(part))
        .record(took.as_secs_f64());
}

/// How far a read model is behind the log.
pub(crate) fn lag(part: &Part, position: i64, events: i64, age: Duration) {
    metrics::gauge!("salgslogg_projection_position", labels(part)).set(float(position));
    metrics::gauge!("salgslogg_projection_lag_events", labels(part)).set(float(events));
    metrics::gauge!("salgslogg_projection_lag_seconds", labels(part)).set(age.as_secs_f64());
}

/// A commit was refused by the fence.
pub(crate) fn fenced(part: &Part) {
    metrics::counter!("salgslogg_projection_fenced_total", labels(part)).increment(1);
}

/// Whether a part answers questions and somebody works on it; whether it stands still, before which position and why, and what it has set aside.
pub(crate) fn standing(part: &Part, state: &PartState) {
    let halted = state.halted.as_ref();
    metrics::gauge!("salgslogg_projection_live", labels(part)).set(f64::from(u8::from(state.live)));
    metrics::gauge!("salgslogg_projection_lease_held", labels(part))
        .set(f64::from(u8::from(state.owned)));
    metrics::gauge!("salgslogg_projection_halted", labels(part))
        .set(f64::from(u8::from(halted.is_some())));
    metrics::gauge!("salgslogg_projection_halted_position", labels(part))
        .set(float(halted.map_or(0, |halted| halted.position)));
    for reason in Reason::ALL {
        let mut labels = labels(part);
        labels.push(Label::new("reason", reason.as_str()));
        let this = halted.is_some_and(|halted| halted.reason == Some(reason));
        metrics::gauge!("salgslogg_projection_halted_reason", labels)
            .set(f64::from(u8::from(this)));
    }
    metrics::gauge!("salgslogg_projection_parked_streams", labels(part))
        .set(float(state.parked_streams));
    metrics::gauge!("salgslogg_projection_parked_events", labels(part))
        .set(float(state.parked_events));
}

/// A part that is followed no more: whatever it stood still for or had set aside alarms nobody.
pub(crate) fn ended(part: &Part) {
    standing(part, &PartState::default());
}

/// Where the newest batch came from.
pub(crate) fn source(origin: Origin) {
    for place in [Origin::Stream, Origin::Log] {
        metrics::gauge!("salgslogg_projection_source", "source" => place.as_str())
            .set(f64::from(u8::from(place == origin)));
    }
}

/// The reader left the stream.
pub(crate) fn left_stream(reason: Departure) {
    metrics::counter!("salgslogg_projection_stream_left_total", "reason" => reason.as_str())
        .increment(1);
}

/// Gauges are floats; positions stay exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "a gauge, exact up to 2^53 events")]
fn float(number: i64) -> f64 {
    number as f64
}
