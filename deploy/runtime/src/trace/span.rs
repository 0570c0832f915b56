//! Spans of ours and the traces they belong to. The ids of a request are decided by [`Traceparent`], export or
//! not: answers, problems, event metadata, log lines and the collector show the same. Without an export,
//! everything here costs next to nothing.

use std::cell::Cell;
use std::collections::HashSet;

use http::{Method, StatusCode};
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId as ExportedTrace, TraceState,
};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{TraceId, Traceparent};

/// Links of one span at most: as many as the exporter sends.
pub const LINKS_MAX: usize = 128;

thread_local! {
    /// The place the span being started must have.
    static DECIDED: Cell<Option<Traceparent>> = const { Cell::new(None) };
}

/// Ids for exported spans: the ones decided for a request, else random ones.
#[derive(Debug, Default)]
pub(crate) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> ExportedTrace {
        let decided = DECIDED.get().map(|ours| ExportedTrace::from_bytes(ours.trace.0));
        decided.unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        let decided = DECIDED.get().map(|ours| SpanId::from_bytes(ours.span));
        decided.unwrap_or_else(|| self.0.new_span_id())
    }
}

/// Gives `span`, if it is exported, the place `ours`: a child of what the caller `sent`, else the beginning
/// of a trace; `name` is what it is called there. Answers the place with the word whether it is recorded.
pub(crate) fn begin(
    span: &Span,
    sent: Option<Traceparent>,
    ours: Traceparent,
    name: impl FnOnce() -> String,
) -> Traceparent {
    let parent = Context::new();
    let parent = match sent {
        Some(sent) => parent.with_remote_span_context(sent.remote()),
        None => parent,
    };
    if span.set_parent(parent).is_err() {
        return ours;
    }
    DECIDED.set(Some(ours));
    let context = span.context();
    DECIDED.set(None);
    context.span().update_name(name());
    let flags = context.span().span_context().trace_flags().to_u8();
    Traceparent { flags, ..ours }
}

/// How a request ended, for its exported span (OpenTelemetry's conventions for HTTP servers). Paths are left
/// out: they hold ids.
pub(crate) fn answered(span: &Span, method: &Method, route: &str, status: StatusCode) {
    if exported(span).is_none() {
        return;
    }
    span.set_attribute("http.request.method", method.to_string());
    span.set_attribute("http.route", route.to_owned());
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_attribute("error.type", status.as_str().to_owned());
        span.set_status(Status::error(""));
    }
}

/// Marks `span`, if it is exported, as failed: by a fault of ours, never by a refusal.
pub fn failed(span: &Span) {
    if exported(span).is_some() {
        span.set_status(Status::error(""));
    }
}

/// Where `span` stands in its trace, if it is exported.
#[must_use]
pub fn exported(span: &Span) -> Option<Traceparent> {
    let context = span.context();
    let current = context.span();
    let place = current.span_context();
    place.is_valid().then(|| Traceparent {
        trace: TraceId(place.trace_id().to_bytes()),
        span: place.span_id().to_bytes(),
        flags: place.trace_flags().to_u8(),
    })
}

/// Links `span`, if it is exported, to the first [`LINKS_MAX`] different places it came from. `causes` is
/// not looked at otherwise.
pub fn link(span: &Span, causes: impl IntoIterator<Item = Traceparent>) {
    if exported(span).is_none() {
        return;
    }
    let mut linked = HashSet::new();
    for cause in causes {
        if linked.len() == LINKS_MAX {
            return;
        }
        if linked.insert(cause) {
            span.add_link(cause.remote());
        }
    }
}

impl Traceparent {
    fn remote(self) -> SpanContext {
        SpanContext::new(
            ExportedTrace::from_bytes(self.trace.0),
            SpanId::from_bytes(self.span),
            TraceFlags::new(self.flags),
            true,
            TraceState::default(),
        )
    }
}
