//! The figures of the read machine, under their names. Owns names and labels; must not decide.
//!
//! | name | meaning |
//! |---|---|
//! | `salgslogg_projection_position{model}` | checkpoint |
//! | `salgslogg_projection_lag_events{model}` | head of the log minus checkpoint |
//! | `salgslogg_projection_lag_seconds{model}` | age of the oldest event not applied yet, 0 when there is none |
//! | `salgslogg_projection_events_total{model}`, `…_batches_total{model}` | applied |
//! | `salgslogg_projection_apply_seconds{model}` | duration of a batch, commit included |
//! | `salgslogg_projection_fenced_total{model}` | commits refused because the lease was lost |
//! | `salgslogg_projection_halted{model}` | 1 while the part stands still |
//! | `salgslogg_projection_source{source}` | 1 for where events come from now, `stream` or `log` |
//! | `salgslogg_projection_stream_left_total{reason}` | switches from stream to log |

use std::time::Duration;

use crate::source::{Departure, Origin};

/// A batch was committed.
pub(crate) fn applied(model: &'static str, events: usize, position: i64, took: Duration) {
    metrics::counter!("salgslogg_projection_batches_total", "model" => model).increment(1);
    metrics::counter!("salgslogg_projection_events_total", "model" => model)
        .increment(u64::try_from(events).unwrap_or(u64::MAX));
    metrics::gauge!("salgslogg_projection_position", "model" => model).set(float(position));
    metrics::histogram!("salgslogg_projection_apply_seconds", "model" => model)
        .record(took.as_secs_f64());
}

/// How far a read model is behind the log.
pub(crate) fn lag(model: &'static str, position: i64, events: i64, age: Duration) {
    metrics::gauge!("salgslogg_projection_position", "model" => model).set(float(position));
    metrics::gauge!("salgslogg_projection_lag_events", "model" => model).set(float(events));
    metrics::gauge!("salgslogg_projection_lag_seconds", "model" => model).set(age.as_secs_f64());
}

/// A commit was refused by the fence.
pub(crate) fn fenced(model: &'static str) {
    metrics::counter!("salgslogg_projection_fenced_total", "model" => model).increment(1);
}

/// A part halted or goes on.
pub(crate) fn halted(model: &'static str, stands: bool) {
    metrics::gauge!("salgslogg_projection_halted", "model" => model)
        .set(f64::from(u8::from(stands)));
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
