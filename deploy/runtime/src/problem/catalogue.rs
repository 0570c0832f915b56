//! The problems every route shares: one constructor each, so a code is written once. Codes of
//! business refusals come from the domain through [`Problem::refused`].

use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use http::StatusCode;

use super::{Place, Problem};

/// What a client is asked to wait when the log or a queue cannot take its request.
const RETRY_SOON: Duration = Duration::from_secs(1);

impl Problem {
    /// 400: the body does not have the documented shape.
    #[must_use]
    pub fn bad_body(
        code: &'static str,
        pointer: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        let detail = detail.into();
        Self::new(StatusCode::BAD_REQUEST, code, detail.clone()).at_pointer(pointer, code, detail)
    }

    /// 400: a query parameter is unknown, repeated or has a bad value.
    #[must_use]
    pub fn bad_parameter(code: &'static str, name: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let place = Place::Parameter(name.to_owned());
        Self::new(StatusCode::BAD_REQUEST, code, format!("{name}: {detail}"))
            .at(place, code, detail)
    }

    /// 400: a header does not have the documented shape.
    #[must_use]
    pub fn bad_header(name: &str, detail: impl Into<String>) -> Self {
        let (code, detail) = ("bad_header", detail.into());
        let place = Place::Header(name.to_owned());
        Self::new(StatusCode::BAD_REQUEST, code, format!("{name}: {detail}"))
            .at(place, code, detail)
    }

    /// 400: an id in the path does not have the shape of an id.
    #[must_use]
    pub fn malformed_id(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_id", detail)
    }

    /// 401: no token came with the request.
    #[must_use]
    pub fn token_missing() -> Self {
        let detail = "send a token in the Authorization header: Bearer <JWT>";
        Self::new(StatusCode::UNAUTHORIZED, "token_missing", detail).challenged("Bearer")
    }

    /// 401: the token is not accepted; `detail` names the rule, never the expected value.
    #[must_use]
    pub fn token_refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
            .challenged("Bearer error=\"invalid_token\"")
    }

    /// 403: the roles of the token do not allow this.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: nothing has this id in the caller's tenant.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 404: no route has this path.
    #[must_use]
    pub fn no_such_route(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "no_such_route", "nothing is served under this path")
            .about(path)
    }

    /// 405: the route exists, but not with this method.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        let detail = "this path is not served with this method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    }

    /// 409: somebody else was faster, also after the retries; read again and decide again.
    #[must_use]
    pub fn lost_race() -> Self {
        let detail = "the object changed while this command was decided; read it and try again";
        Self::new(StatusCode::CONFLICT, "lost_race", detail)
    }

    /// 409: the id of a creation is taken.
    #[must_use]
    pub fn already_exists(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "already_exists", detail)
    }

    /// 412: `If-Match` names another version than the present one.
    #[must_use]
    pub fn precondition_failed(version: i64) -> Self {
        let detail = format!("If-Match does not name the present version {version}");
        Self::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", detail)
            .with("version", version)
    }

    /// 413: the body, or a line of it, is longer than `max` bytes.
    #[must_use]
    pub fn body_too_large(max: usize) -> Self {
        let detail = format!("a body may have {max} bytes at most");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    }

    /// 415: the body is not what the route takes.
    #[must_use]
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("send Content-Type: {expected}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    /// 422: a business rule said no. `code` is the refusal's own.
    #[must_use]
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 422: the idempotency key was used with another body.
    #[must_use]
    pub fn key_reused() -> Self {
        Self::refused("key_reused", "this Idempotency-Key was used with another request")
    }

    /// 429: too much at once; come back after `wait`.
    #[must_use]
    pub fn too_many_requests(wait: Duration) -> Self {
        let detail = "too many requests; slow down";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(wait)
    }

    /// 500: a fault of ours. Logs `cause` with everything below it, once, under the trace id; the
    /// client learns the trace id only.
    #[must_use]
    pub fn internal(cause: &dyn Error) -> Self {
        let detail = "this is our fault; the trace id leads us to the cause";
        let problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        let trace_id = problem.0.trace.map(tracing::field::display);
        tracing::error!(trace_id, cause = chain(cause), "a request failed");
        problem
    }

    /// 503: a queue is full or the process is stopping; nothing was done.
    #[must_use]
    pub fn overloaded(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).retry_after(RETRY_SOON)
    }

    /// 503: something we depend on cannot be reached. Logs `cause` once, under the trace id.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>, cause: &dyn Error) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            .retry_after(RETRY_SOON);
        let trace_id = problem.0.trace.map(tracing::field::display);
        tracing::warn!(trace_id, cause = chain(cause), "a request could not be served");
        problem
    }

    /// 503: the answer rests on positions that lie in an archive. Asking again helps once an operator has put them back.
    #[must_use]
    pub fn archived(first: i64, last: i64, file: &str) -> Self {
        let detail = format!("positions {first} to {last} of the log lie in the archive {file}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "archived", detail)
    }

    /// 503: the request was not answered within its deadline. It may have been done: repeat it with
    /// the same `Idempotency-Key`.
    #[must_use]
    pub fn deadline_exceeded(deadline: Duration) -> Self {
        let detail = format!("not answered within {} s", deadline.as_secs());
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "deadline_exceeded", detail)
            .retry_after(RETRY_SOON)
    }
}

/// An error and all its sources in one line, for the log.
#[must_use]
pub fn chain(cause: &dyn Error) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        write!(text, ": {source}").expect("invariant: writing to a String cannot fail");
        next = source.source();
    }
    text
}
