//! Requests answered, counted and timed. The registry is asked once per method, route and status, not once a request.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use http::StatusCode;
use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};

/// The figures of a router's answers.
#[derive(Default)]
pub(super) struct Answered(RwLock<HashMap<String, Vec<Figures>>>);

/// The figures of one route, method and status.
#[derive(Clone)]
struct Figures {
    method: &'static str,
    status: StatusCode,
    requests: Counter,
    duration: Histogram,
}

/// What is counted here, for people who read `/metrics`.
pub(super) fn describe() {
    describe_counter!("http_requests_total", "Requests answered, by method, route and status.");
    describe_histogram!(
        "http_request_duration_seconds",
        "Time from a request's head to the answer's head, by method and route."
    );
}

impl Answered {
    /// Counts one answer. Routes and methods are those of the router, so there are few.
    pub(super) fn count(
        &self,
        method: &'static str,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let known = self.known(method, route, status);
        let figures = known.unwrap_or_else(|| self.learn(method, route, status));
        figures.requests.increment(1);
        figures.duration.record(took);
    }

    fn known(&self, method: &str, route: &str, status: StatusCode) -> Option<Figures> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut known = routes.get(route)?.iter();
        known.find(|known| known.method == method && known.status == status).cloned()
    }

    fn learn(&self, method: &'static str, route: &str, status: StatusCode) -> Figures {
        let labels = [
            ("method", method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        let figures = Figures {
            method,
            status,
            requests: counter!("http_requests_total", &labels),
            duration: histogram!("http_request_duration_seconds", &labels[..2]),
        };
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(route.to_owned()).or_default().push(figures.clone());
        figures
    }
}
