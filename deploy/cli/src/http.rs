//! Asks one side of the stack over HTTP and turns its refusals into [`Failure`]s.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Body, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;

/// Time to wait for a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Time to wait for the whole answer to a question.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// The error document of the stack (RFC 9457). Unknown members are left alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// Stable machine word, such as `sale_closed`.
    pub code: String,
    /// Short sentence about the kind of problem.
    pub title: String,
    /// What is wrong this time.
    pub detail: Option<String>,
    /// Where to look in the logs.
    pub trace_id: Option<String>,
    /// Faults of single fields.
    pub errors: Vec<FieldError>,
}

/// One faulty field of a request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct FieldError {
    /// JSON Pointer into the body; empty for a fault elsewhere.
    pub pointer: String,
    /// Name of the faulty query parameter; empty for a fault elsewhere.
    pub parameter: String,
    /// What is wrong with it.
    pub detail: String,
}

impl FieldError {
    fn place(&self) -> &str {
        if self.pointer.is_empty() { &self.parameter } else { &self.pointer }
    }
}

impl Problem {
    /// The problem in one line for people.
    pub fn sentence(&self) -> String {
        let mut text = self
            .detail
            .clone()
            .filter(|detail| !detail.is_empty())
            .unwrap_or_else(|| self.title.clone());
        for error in &self.errors {
            if !text.contains(&error.detail) {
                text.push_str(&format!("; {}: {}", error.place(), error.detail));
            }
        }
        if text.is_empty() { self.code.clone() } else { text }
    }
}

/// One side of the stack, asked with one token.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    /// A client for the side at `url`. Nothing is connected yet.
    pub fn new(url: String, token: String) -> Result<Self, Failure> {
        let parsed = reqwest::Url::parse(&url)
            .map_err(|error| Failure::Usage(format!("`{url}` is no URL: {error}")))?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("salgslogg/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_MAX)
            .tcp_nodelay(true);
        if parsed.scheme() == "http" {
            builder = builder.tls_certs_only([]); // reads no certificate store; a bare machine may have none
        }
        if matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|error| Failure::Unexpected(format!("cannot speak HTTP: {error}")))?;
        Ok(Self { http, url, token })
    }

    /// The address this client asks.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks a question and returns the body of its answer.
    pub async fn get(&self, path: &str, parameters: &[(&str, String)]) -> Result<Bytes, Failure> {
        let request =
            self.http.get(format!("{}{path}", self.url)).query(parameters).timeout(ANSWER_MAX);
        let response = self.send(request).await?;
        response.bytes().await.map_err(|error| self.unreachable(&error))
    }

    /// Sends one command. `unseen`: only if what it is for does not exist yet.
    pub async fn command(&self, path: &str, body: &Value, unseen: bool) -> Result<Bytes, Failure> {
        let mut request =
            self.http.post(format!("{}{path}", self.url)).timeout(ANSWER_MAX).json(body);
        if unseen {
            request = request.header("if-match", "\"0\"");
        }
        let response = self.send(request).await?;
        response.bytes().await.map_err(|error| self.unreachable(&error))
    }

    /// Sends NDJSON and returns the answer as soon as it begins; both may go on for as long as they like.
    pub async fn post_lines(&self, path: &str, lines: Body) -> Result<Response, Failure> {
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/x-ndjson");
        self.send(request.body(lines)).await
    }

    /// A connection that broke while an answer was read.
    pub fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Failure::Unreachable(format!("the stack at {} does not answer: {cause}", self.url))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request
            .bearer_auth(&self.token)
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.bytes().await.unwrap_or_default();
        Err(refusal(status, &body))
    }
}

/// Reads a refused request by its status and problem document.
fn refusal(status: StatusCode, body: &[u8]) -> Failure {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    let said = problem.sentence();
    let text = if said.is_empty() { format!("the stack answered {status}") } else { said };
    match status.as_u16() {
        401 => Failure::NotAuthorised(format!("the token was refused: {text}")),
        403 => Failure::NotAuthorised(text),
        404 => Failure::NotFound(text),
        400 | 413 | 415 => Failure::Usage(text),
        409 | 412 | 422 => Failure::Negative(text),
        429 | 502..=504 => Failure::Unreachable(format!("the stack cannot answer now: {text}")),
        _ => match problem.trace_id {
            Some(trace) => Failure::Unexpected(format!("{text} (status {status}, trace {trace})")),
            None => Failure::Unexpected(format!("{text} (status {status})")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_the_stack_said() {
        let body =
            br#"{"type":"/problems/forbidden","title":"Forbidden","status":403,"code":"forbidden",
                        "detail":"a seller does not read the log","trace_id":"t"}"#;
        let failure = refusal(StatusCode::FORBIDDEN, body);
        assert_eq!(
            (failure.exit_code(), failure.to_string().as_str()),
            (3, "a seller does not read the log")
        );
    }

    #[test]
    fn field_errors_are_part_of_the_sentence() {
        let body = br#"{"title":"Malformed","errors":[{"pointer":"/amount","code":"type","detail":"is no amount"}]}"#;
        let failure = refusal(StatusCode::BAD_REQUEST, body);
        assert_eq!(
            (failure.exit_code(), failure.to_string().as_str()),
            (2, "Malformed; /amount: is no amount")
        );
    }

    #[test]
    fn what_the_sentence_says_already_is_not_said_again() {
        let body = br#"{"title":"Bad parameter","detail":"as_of: must be a date",
                        "errors":[{"parameter":"as_of","code":"bad_parameter","detail":"must be a date"},
                                  {"parameter":"sort","code":"bad_parameter","detail":"is unknown"}]}"#;
        let failure = refusal(StatusCode::BAD_REQUEST, body);
        assert_eq!(failure.to_string(), "as_of: must be a date; sort: is unknown");
    }

    #[test]
    fn a_status_without_a_document_is_named() {
        assert_eq!(refusal(StatusCode::NOT_FOUND, b"<html>").exit_code(), 4);
        assert_eq!(refusal(StatusCode::SERVICE_UNAVAILABLE, b"").exit_code(), 5);
        let odd = refusal(StatusCode::INTERNAL_SERVER_ERROR, b"");
        assert_eq!(odd.exit_code(), 6);
        assert!(odd.to_string().contains("500"), "{odd}");
    }
}
