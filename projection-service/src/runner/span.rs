//! The span of one batch, linked to what its events came from (OpenTelemetry's conventions for messaging: a
//! batch has many causes and one span). Must not influence what the lane does.

use events::Recorded;
use service_runtime::Traceparent;
use service_runtime::trace::span;
use tracing::Span;

use super::Part;

/// A span for applying `run` to `part`. The events' metadata is read only when the span is exported.
pub(super) fn batch(part: &Part, run: &[Recorded]) -> Span {
    let ends = (run.first().map(|event| event.position), run.last().map(|event| event.position));
    let batch = tracing::debug_span!(
        "apply",
        otel.name = %format_args!("apply {}", part.model),
        otel.kind = "consumer",
        messaging.system = "nats",
        messaging.operation.name = "apply",
        "messaging.operation.type" = "process",
        messaging.destination.name = %format_args!("SALES_{}", part.log_id),
        messaging.batch.message_count = run.len(),
        model = part.model,
        generation = part.generation,
        first_position = ends.0,
        last_position = ends.1,
    );
    span::link(&batch, run.iter().filter_map(cause));
    batch
}

/// Where the command of an event stood in its trace.
fn cause(event: &Recorded) -> Option<Traceparent> {
    Traceparent::parse(&event.metadata().ok()?.traceparent?)
}
