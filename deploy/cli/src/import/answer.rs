//! Result lines of the bulk route, and what each means for the import.

use bytes::BytesMut;
use reqwest::Response;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::time::Duration;

use crate::failure::Failure;
use crate::http::{Client, Problem};
use crate::mapping::plan::Order;

/// Longest silence of the stack while answers are due.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// One result line.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// The number of the input line it answers, from 1.
    pub line: u64,
    /// HTTP status of this command alone.
    pub status: u16,
    /// What happened; empty when the command changed nothing.
    #[serde(default)]
    pub events: Vec<IgnoredAny>,
    /// Where its last event stands in the log.
    #[serde(default)]
    pub position: Option<u64>,
    /// Why it was refused.
    #[serde(default)]
    pub problem: Problem,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It happened now.
    Done,
    /// It had happened before.
    AlreadyThere,
    /// Not now; worth sending again.
    Later,
    /// Never in this form.
    Refused,
}

impl Answer {
    /// Judges an answer. `head` is where the log stood before the import: an answer that points at or below
    /// it is an earlier one given again. `existed` tells whether the record was found to be there before.
    pub fn verdict(&self, order: &Order, head: u64, existed: bool) -> Verdict {
        let earlier = self.position.is_none_or(|position| position <= head);
        match self.status {
            200..=299 if earlier || self.events.is_empty() => Verdict::AlreadyThere,
            200..=299 => Verdict::Done,
            409 if self.already_exists() => Verdict::AlreadyThere,
            _ if existed && order.done_if.contains(&self.problem.code) => Verdict::AlreadyThere,
            409 | 429 | 502..=504 => Verdict::Later,
            _ => Verdict::Refused,
        }
    }

    /// Whether the stack had the thing to be created.
    pub fn already_exists(&self) -> bool {
        self.status == 409 && self.problem.code == "already_exists"
    }
}

/// Reads result lines as they arrive.
pub struct Answers<'a> {
    client: &'a Client,
    response: Response,
    buffer: BytesMut,
    line: u64,
}

impl<'a> Answers<'a> {
    /// Reads the answer of a bulk request.
    pub fn new(client: &'a Client, response: Response) -> Self {
        Self { client, response, buffer: BytesMut::new(), line: 0 }
    }

    /// The next result line.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] when the stack falls silent or the connection ends early.
    pub async fn next(&mut self) -> Result<Answer, Failure> {
        let mut looked_at = 0;
        loop {
            if let Some(end) = self.buffer[looked_at..].iter().position(|byte| *byte == b'\n') {
                let line = self.buffer.split_to(looked_at + end + 1);
                if !line.trim_ascii().is_empty() {
                    return self.parse(&line);
                }
                looked_at = 0;
                continue;
            }
            looked_at = self.buffer.len();
            match tokio::time::timeout(SILENCE_MAX, self.response.chunk()).await {
                Ok(Ok(Some(chunk))) => self.buffer.extend_from_slice(&chunk),
                Ok(Ok(None)) => return Err(self.cut("ended its answer early")),
                Ok(Err(error)) => return Err(self.client.unreachable(&error)),
                Err(_) => return Err(self.cut("has been silent for a minute")),
            }
        }
    }

    fn parse(&mut self, line: &[u8]) -> Result<Answer, Failure> {
        self.line += 1;
        let odd = |why: String| {
            Failure::Unexpected(format!(
                "the stack's result line {} is unexpected: {why}",
                self.line
            ))
        };
        let answer: Answer =
            serde_json::from_slice(line).map_err(|error| odd(error.to_string()))?;
        if answer.line == self.line {
            Ok(answer)
        } else {
            Err(odd(format!("it answers line {}", answer.line)))
        }
    }

    fn cut(&self, what: &str) -> Failure {
        Failure::Unreachable(format!("the stack at {} {what}", self.client.url()))
    }
}
