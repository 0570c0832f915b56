//! The trace a request belongs to: read from `traceparent` (W3C Trace Context) or begun here, kept
//! for the time of the request and told in every answer. Must not trust more of the header than its shape.
//!
//! There is one notion of it: an exported span ([`span`]) has the ids decided here.

pub mod span;

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::ids;

/// The response header that tells the trace id.
pub const TRACE_ID: HeaderName = HeaderName::from_static("trace-id");

const TRACEPARENT: &str = "traceparent";

tokio::task_local! {
    static CURRENT: Traceparent;
}

/// The id all spans, log lines and problems of one request share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// The trace of the request this task is serving, if it is serving one. Tasks spawned by a
    /// request do not inherit it: take it along.
    #[must_use]
    pub fn current() -> Option<Self> {
        Traceparent::current().map(|parent| parent.trace)
    }

    /// The same 16 bytes, as events carry them.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        Uuid::from_bytes(self.0)
    }

    /// As the header `trace-id` carries it.
    pub(crate) fn header(self) -> HeaderValue {
        let mut digits = [0; 32];
        let digits = self.as_uuid().as_simple().encode_lower(&mut digits);
        HeaderValue::from_str(digits).expect("invariant: digits are visible")
    }
}

/// A position in a trace, as it travels in the `traceparent` header and in event metadata.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Traceparent {
    trace: TraceId,
    span: [u8; 8],
    flags: u8,
}

impl Traceparent {
    /// Begins a trace.
    #[must_use]
    pub fn begin() -> Self {
        Self { trace: TraceId(ids::random()), span: random_span(), flags: 0 }
    }

    /// Reads a header value: version 00 exactly, later versions by their first four fields.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let [version] = hex::<1>(fields.next()?)?;
        let trace = hex::<16>(fields.next()?)?;
        let span = hex::<8>(fields.next()?)?;
        let [flags] = hex::<1>(fields.next()?)?;
        let known = version != 0xff && (version != 0 || fields.next().is_none());
        (known && trace != [0; 16] && span != [0; 8]).then_some(Self {
            trace: TraceId(trace),
            span,
            flags,
        })
    }

    /// The caller's trace continued by a span of ours; a new trace if the caller sent none, more
    /// than one or a malformed one.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self::sent(headers).map_or_else(Self::begin, Self::child)
    }

    /// What the caller sent; none if that is missing, doubled or malformed.
    #[must_use]
    pub fn sent(headers: &HeaderMap) -> Option<Self> {
        let mut sent = headers.get_all(TRACEPARENT).iter();
        match (sent.next().and_then(|value| value.to_str().ok()), sent.next()) {
            (Some(only), None) => Self::parse(only),
            (Some(_) | None, _) => None,
        }
    }

    /// The trace of the request this task is serving.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|parent| *parent).ok()
    }

    /// The id of the trace.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        self.trace
    }

    /// Runs `work` as a part of this trace.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    pub(crate) fn child(self) -> Self {
        Self { span: random_span(), ..self }
    }
}

/// The request's place in its trace; begins a trace when no layer did.
impl<S: Sync> FromRequestParts<S> for Traceparent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::current().unwrap_or_else(|| Self::of(&parts.headers)))
    }
}

fn random_span() -> [u8; 8] {
    let [a, b, c, d, e, f, .., g, h] = ids::random();
    [a, b, c, d, e, f, g, h]
}

/// Exactly `N` bytes in lower-case hexadecimal, as W3C Trace Context demands.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let lower = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != 2 * N || !digits.iter().all(lower) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(self.as_uuid().as_simple(), f)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(self.as_uuid().as_simple(), f)
    }
}

impl Serialize for TraceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (span, flags) = (u64::from_be_bytes(self.span), self.flags);
        write!(f, "00-{}-{span:016x}-{flags:02x}", self.trace)
    }
}

impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|v| (http::header::TE, HeaderValue::from_static(v))).fold(
            HeaderMap::new(),
            |mut map, (_, value)| {
                map.append(TRACEPARENT, value);
                map
            },
        )
    }

    #[test]
    fn a_trace_is_continued_by_a_span_of_ours() {
        let parent = Traceparent::of(&headers(&[SENT]));
        assert_eq!(parent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(parent.to_string().ends_with("-01"));
        assert_ne!(parent.to_string(), SENT);
    }

    #[test]
    fn a_parsed_header_writes_itself_back() {
        assert_eq!(Traceparent::parse(SENT).unwrap().to_string(), SENT);
    }

    #[test]
    fn a_malformed_or_doubled_header_begins_a_new_trace() {
        for bad in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert!(Traceparent::parse(bad).is_none(), "{bad}");
        }
        let doubled = Traceparent::of(&headers(&[SENT, SENT]));
        assert_ne!(doubled.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn a_later_version_may_carry_more_fields() {
        let later =
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings";
        assert!(Traceparent::parse(later).is_some());
    }

    #[tokio::test]
    async fn the_trace_is_known_inside_its_scope_only() {
        let parent = Traceparent::begin();
        assert_eq!(parent.scope(async { TraceId::current() }).await, Some(parent.trace_id()));
        assert_eq!(TraceId::current(), None);
    }
}
