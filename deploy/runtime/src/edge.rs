//! The outermost layers of both services, in one order: trace, metrics, panics, cross-origin rules,
//! deadline, tokens. Whatever goes wrong outside a handler leaves as a problem too.

mod answered;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use http::header::{
    AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::Instrument;

use self::answered::Answered;
use crate::auth::Authenticator;
use crate::clock::Stopwatch;
use crate::limits::REQUEST_DEADLINE;
use crate::problem::Problem;
use crate::trace::{TRACE_ID, Traceparent, span};

/// How long a browser may remember what a cross-origin request may do.
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

/// What surrounds the routes of a service.
#[derive(Debug, Clone)]
pub struct Edge {
    authenticator: Authenticator,
    origins: Vec<HeaderValue>,
    deadline: Duration,
}

/// An allowed origin that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an origin such as https://app.example")]
pub struct BadOrigin(String);

impl Edge {
    /// An edge that knows whom to believe; no other origin may call from a browser.
    #[must_use]
    pub fn new(authenticator: Authenticator) -> Self {
        Self { authenticator, origins: Vec::new(), deadline: REQUEST_DEADLINE }
    }

    /// Allows browsers to call from these origins, each written out: `https://app.example`.
    ///
    /// # Errors
    /// When one is not an origin; `*` is none on purpose.
    pub fn allow_origins<T: AsRef<str>>(mut self, origins: &[T]) -> Result<Self, BadOrigin> {
        for origin in origins {
            self.origins.push(parse_origin(origin.as_ref())?);
        }
        Ok(self)
    }

    /// Answers within `deadline` instead of [`REQUEST_DEADLINE`].
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Puts the layers around `routes`. Call it last: routes added later stand outside.
    ///
    /// A handler that is not done at the deadline is dropped where it awaits: work that must be
    /// finished belongs to a task. The body of a streamed answer may take as long as it needs.
    pub fn surround(self, routes: Router) -> Router {
        answered::describe();
        let (deadline, answered) = (self.deadline, Arc::new(Answered::default()));
        // one layer of all of them: the router boxes and clones each layer of its own once a request
        let layers = ServiceBuilder::new()
            .layer(from_fn(move |request, next| observe(Arc::clone(&answered), request, next)))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(cors(self.origins))
            .layer(from_fn(move |request, next| within(deadline, request, next)))
            .layer(Extension(self.authenticator));
        routes
            .fallback(|uri: Uri| async move { Problem::no_such_route(uri.path()) })
            .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
            .layer(layers)
    }
}

fn parse_origin(text: &str) -> Result<HeaderValue, BadOrigin> {
    let bad = || BadOrigin(text.to_owned());
    let uri: Uri = text.parse().map_err(|_| bad())?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    let bare = uri.host().is_some() && uri.query().is_none() && !text.ends_with('/');
    if !web || !bare || !matches!(uri.path(), "" | "/") {
        return Err(bad());
    }
    HeaderValue::from_str(text).map_err(|_| bad())
}

fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    let own = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            own("idempotency-key"),
            own("effective-at"),
            own("traceparent"),
        ])
        .expose_headers([
            CONTENT_DISPOSITION,
            ETAG,
            LOCATION,
            RETRY_AFTER,
            own("salgslogg-position"),
            TRACE_ID,
        ])
        .max_age(PREFLIGHT_AGE)
}

async fn within(deadline: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::deadline_exceeded(deadline).into_response(),
    }
}

/// A handler's panic, as an error to log.
#[derive(Debug, thiserror::Error)]
#[error("panicked: {0}")]
struct Panicked(String);

fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let text = payload.downcast_ref::<String>().cloned();
    let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    Problem::internal(&Panicked(text.unwrap_or_default())).into_response()
}

/// Runs a request as a part of its trace, counts and times it, and tells the trace id.
async fn observe(counted: Arc<Answered>, request: Request, next: Next) -> Response {
    let sent = Traceparent::sent(request.headers());
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let parent = sent.map_or_else(Traceparent::begin, Traceparent::child);
    let trace_id = parent.trace_id();
    let span = tracing::info_span!("request", %trace_id, %method, route, otel.kind = "server");
    let parent = span::begin(&span, sent, parent, || format!("{} {route}", known(&method)));
    let watch = Stopwatch::start();

    let mut response = parent.scope(next.run(request)).instrument(span.clone()).await;

    let (elapsed, status) = (watch.elapsed(), response.status());
    span.in_scope(|| log(status, elapsed));
    span::answered(&span, &method, route, status);
    counted.count(known(&method), route, status, elapsed);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(TRACE_ID, trace_id.header());
    response
}

fn log(status: StatusCode, elapsed: Duration) {
    let (status, elapsed_ms) = (status.as_u16(), elapsed.as_millis());
    if status >= 400 {
        tracing::info!(status, elapsed_ms, "refused");
    } else {
        tracing::debug!(status, elapsed_ms, "answered");
    }
}

/// A method as a label: clients may invent methods, labels must be few.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests;
