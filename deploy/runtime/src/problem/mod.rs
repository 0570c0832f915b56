//! The only shape of a refusal on the wire: RFC 9457 problem documents with a stable `code`, the
//! trace id and the place of every fault. Must not carry a cause: causes are logged, once, under
//! the trace id (design §4).

mod catalogue;
mod openapi;
pub mod pages;

use std::fmt;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::trace::TraceId;

pub use catalogue::chain;
pub use openapi::{CommandProblems, QueryProblems};

/// The media type of every refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One refusal. Cheap to move; render it as a response or serialise it as one NDJSON line.
#[derive(Debug, Clone)]
pub struct Problem(Box<Document>);

#[derive(Debug, Clone)]
struct Document {
    status: StatusCode,
    code: &'static str,
    detail: String,
    instance: Option<String>,
    trace: Option<TraceId>,
    errors: Vec<FieldError>,
    extra: Vec<(&'static str, Value)>,
    retry_after: Option<Duration>,
    challenge: Option<&'static str>,
}

/// One fault in the request: where, which rule, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where the fault is.
    #[serde(flatten)]
    pub place: Place,
    /// The stable code of the rule.
    pub code: &'static str,
    /// The rule, for a person.
    pub detail: String,
}

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A JSON Pointer (RFC 6901) into the body; empty for the whole body.
    Pointer(String),
    /// The name of a query parameter.
    Parameter(String),
    /// The name of a header.
    Header(String),
}

impl Problem {
    /// A problem of `status` with its stable `code`; `detail` tells a person what to do.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        pages::must_explain(code);
        Self(Box::new(Document {
            status,
            code,
            detail: detail.into(),
            instance: None,
            trace: TraceId::current(),
            errors: Vec::new(),
            extra: Vec::new(),
            retry_after: None,
            challenge: None,
        }))
    }

    /// Adds one fault with its place.
    #[must_use]
    pub fn at(mut self, place: Place, code: &'static str, detail: impl Into<String>) -> Self {
        pages::must_explain(code);
        self.0.errors.push(FieldError { place, code, detail: detail.into() });
        self
    }

    /// Adds a fault in the body at a JSON Pointer.
    #[must_use]
    pub fn at_pointer(
        self,
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        self.at(Place::Pointer(pointer.into()), code, detail)
    }

    /// Adds an extension member, such as `position`.
    #[must_use]
    pub fn with(mut self, member: &'static str, value: impl Into<Value>) -> Self {
        self.0.extra.push((member, value.into()));
        self
    }

    /// Names the resource the problem is about.
    #[must_use]
    pub fn about(mut self, instance: impl Into<String>) -> Self {
        self.0.instance = Some(instance.into());
        self
    }

    /// Tells the client when to try again (rounded up to whole seconds, at least 1).
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Files the problem under another trace than the current request's.
    #[must_use]
    pub fn traced(mut self, trace: TraceId) -> Self {
        self.0.trace = Some(trace);
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What a person is told.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The faults with their places.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    fn challenged(mut self, challenge: &'static str) -> Self {
        self.0.challenge = Some(challenge);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.0.status.as_u16(), self.0.code, self.0.detail)
    }
}

impl std::error::Error for Problem {}

/// The title of a code, the same for every problem of that type: `sale_closed` → `Sale closed`.
fn title(code: &str) -> String {
    let mut words = code.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &format_args!("/problems/{}", document.code))?;
        map.serialize_entry("title", &title(document.code))?;
        map.serialize_entry("status", &document.status.as_u16())?;
        map.serialize_entry("detail", &document.detail)?;
        if let Some(instance) = &document.instance {
            map.serialize_entry("instance", instance)?;
        }
        map.serialize_entry("code", document.code)?;
        if let Some(trace) = document.trace {
            map.serialize_entry("trace_id", &trace)?;
        }
        map.serialize_entry("errors", &document.errors)?;
        for (member, value) in &document.extra {
            map.serialize_entry(member, value)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        self.0.trace = self.0.trace.or_else(TraceId::current);
        let body = serde_json::to_vec(&self).expect("invariant: a problem is plain JSON");
        let mut response = (self.0.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.0.retry_after {
            let whole = if wait.subsec_nanos() > 0 { 1 } else { 0 };
            let seconds = wait.as_secs().saturating_add(whole).max(1);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.0.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

#[cfg(test)]
mod tests;
