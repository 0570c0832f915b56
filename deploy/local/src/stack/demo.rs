//! The demo tenant on a running stack: streams [`crate::demo`] through the bulk endpoint, then shows
//! pipeline, diary, forecast, targets and board with the command line.
//!
//! Loading again says the same lines with the same keys, so nothing doubles, and a load that was killed
//! goes on where it was.

use std::collections::VecDeque;
use std::io::{IsTerminal, stdout};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use chrono_tz::Europe::Oslo;
use futures::stream;
use reqwest::{Body, Client, Response};
use serde_json::Value;
use service_runtime::clock::{Clock, Stopwatch, back_off};
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::console;
use crate::demo::year_plan::VIEW;
use crate::demo::{Voice, Wave, script};
use crate::stack::env_file::Surroundings;
use crate::stack::{Stack, built, http};

/// How long the read models may take to show the demo.
const SHOWN_AT_MOST: Duration = Duration::from_secs(60);
/// How long one wave may take.
const WAVE_AT_MOST: Duration = Duration::from_secs(120);
/// Lines sent and not yet answered.
const WINDOW: usize = 256;
/// Whose diary is shown.
const SELLER: &str = "ola";

impl Stack {
    /// Loads the demo unless an earlier start has done so, or the tenant has a history of its own.
    ///
    /// # Errors
    /// When a command is refused or a service cannot be reached.
    pub async fn load_demo(&mut self) -> Result<()> {
        if self.state.demo.complete {
            return Ok(());
        }
        let surroundings = self.surroundings()?;
        let client = http::client()?;
        let began = match &self.state.demo.began {
            Some(text) => {
                text.parse::<DateTime<Utc>>().context("the state names no time for the demo")?
            }
            None if in_use(&client, &surroundings).await? => {
                console::say("the tenant demo has a history of its own; the demo is not loaded");
                return Ok(());
            }
            None => Clock::system().now(),
        };
        self.state.demo.began = Some(began.to_rfc3339());
        self.state.save(&self.places)?;
        let watch = Stopwatch::start();
        let day = began.with_timezone(&Oslo).date_naive();
        let sent = load(&client, &surroundings, day);
        let sent = console::during("loading the demo tenant", sent).await?;
        let seconds = watch.elapsed().as_secs_f32();
        console::say(format_args!("the demo tenant: {sent} commands in {seconds:.1} s"));
        self.state.demo.complete = true;
        self.state.save(&self.places)
    }

    /// Prints the demo tenant's pipeline, one seller's diary, the forecast, the targets and the manager's board, as the command line shows
    /// them.
    ///
    /// # Errors
    /// When the stack does not run.
    pub async fn show_demo(&self) -> Result<()> {
        let surroundings = self.surroundings()?;
        let (from, to) = quarters_around(Clock::system().now().with_timezone(&Oslo).date_naive());
        let (from, to) = (from.to_string(), to.to_string());
        let forecast =
            ["forecast", "--from", &from, "--to", &to, "--period", "quarter", "--currency", "EUR"];
        let tables = [
            ("The pipeline of the demo tenant", &["pipeline", "--currency", "EUR"][..]),
            ("Ola's diary", &["diary", "--owner", SELLER][..]),
            ("The forecast by quarter", &forecast[..]),
            ("Targets of the year", &["targets"]),
            ("Kari's board", &["board", "--view", VIEW]),
        ];
        for (title, arguments) in tables {
            console::say(format_args!("\n{title}: salgslogg {}", arguments.join(" ")));
            let mut command = Command::new(built("salgslogg")?);
            command.args(arguments).envs(surroundings.pairs()).stdin(Stdio::null());
            if stdout().is_terminal() {
                command.env("CLICOLOR_FORCE", "1");
            }
            let told = command.output().await.context("the command line does not start")?;
            console::show(&String::from_utf8_lossy(&told.stdout));
            if !told.status.success() {
                console::warn(String::from_utf8_lossy(&told.stderr).trim());
            }
        }
        Ok(())
    }
}

/// The first day of the quarter nine months ago and the last day of the one nine months ahead.
fn quarters_around(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let begins = day.with_day(1).and_then(|day| day.with_month(day.month0() / 3 * 3 + 1));
    let begins = begins.unwrap_or(day);
    let from = begins.checked_sub_months(Months::new(9)).unwrap_or(begins);
    let to = begins.checked_add_months(Months::new(12)).and_then(|day| day.pred_opt());
    (from, to.unwrap_or(day))
}

/// Whether somebody else has used the tenant already: a stack that was restored, or begun without the demo.
async fn in_use(client: &Client, surroundings: &Surroundings) -> Result<bool> {
    let url = format!("{}/v1/events?after=0&limit=1", surroundings.query_url);
    let asked = client.get(url).bearer_auth(surroundings.token("TOKEN_AUDITOR")).send().await;
    let answer = asked.and_then(Response::error_for_status);
    let told = answer.context("projection-service does not tell whether the log is empty")?;
    Ok(!told.bytes().await.context("projection-service hung up")?.is_empty())
}

/// Sends every wave in order and waits until the read models show the last one. Returns how many commands
/// there were.
async fn load(client: &Client, surroundings: &Surroundings, day: NaiveDate) -> Result<usize> {
    let (mut sent, mut reached) = (0, 0);
    for wave in script(day) {
        let position = send(client, surroundings, &wave).await;
        reached = reached.max(position.with_context(|| format!("the demo's {}", wave.what))?);
        sent += wave.lines.len();
    }
    shown(client, surroundings, reached).await?;
    Ok(sent)
}

/// Streams one wave; answers come back while lines still leave. Returns how far the log is then.
async fn send(client: &Client, surroundings: &Surroundings, wave: &Wave) -> Result<i64> {
    let window = if wave.in_step { 1 } else { WINDOW };
    let (feed, lines) = mpsc::channel::<String>(window);
    let lines = stream::unfold(lines, async |mut lines| {
        lines.recv().await.map(|line| (Ok::<_, std::io::Error>(line), lines))
    });
    let answer = client
        .post(format!("{}/v1/commands", surroundings.command_url))
        .timeout(WAVE_AT_MOST)
        .bearer_auth(surroundings.token(match wave.by {
            Voice::Importer => "TOKEN_IMPORTER",
            Voice::Manager => "TOKEN_MANAGER",
            Voice::Seller => "TOKEN_SELLER",
        }))
        .header("content-type", "application/x-ndjson")
        .body(Body::wrap_stream(lines))
        .send()
        .await
        .and_then(Response::error_for_status)
        .context("command-service does not take it")?;
    let mut answers = Answers { answer, rest: Vec::new() };
    let (mut unsent, mut waiting, mut reached) = (wave.lines.iter(), VecDeque::new(), 0);
    loop {
        while waiting.len() < window
            && let Some(line) = unsent.next()
        {
            feed.send(line.clone()).await.context("command-service hung up")?;
            waiting.push_back(line);
        }
        let Some(line) = waiting.pop_front() else { return Ok(reached) };
        reached = reached.max(accepted(&answers.next().await?, line)?);
    }
}

/// The position after an accepted line; what exists already was said by an earlier load.
fn accepted(result: &Value, line: &str) -> Result<i64> {
    match result["status"].as_i64() {
        Some(200 | 201) => Ok(result["position"].as_i64().unwrap_or_default()),
        Some(409) if result["problem"]["code"] == "already_exists" => Ok(0),
        _ => bail!("a line was refused: {} for {}", result["problem"], line.trim_end()),
    }
}

/// Lines of an answer as they come.
struct Answers {
    answer: Response,
    rest: Vec<u8>,
}

impl Answers {
    async fn next(&mut self) -> Result<Value> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return serde_json::from_slice(&line).context("an answer is no JSON");
            }
            let chunk = self.answer.chunk().await.context("command-service hung up")?;
            self.rest.extend(chunk.context("command-service ended before the last answer")?);
        }
    }
}

/// Waits until the read models have reached `position`.
async fn shown(client: &Client, surroundings: &Surroundings, position: i64) -> Result<()> {
    let url = format!("{}/v1/pipeline?limit=1&min_position={position}", surroundings.query_url);
    let watch = Stopwatch::start();
    let mut told = String::new();
    while watch.elapsed() < SHOWN_AT_MOST {
        let asked = client.get(&url).bearer_auth(surroundings.token("TOKEN_MANAGER")).send();
        match asked.await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) => told = format!("it answers {}", answer.status()),
            Err(_) => told = "it does not answer".to_owned(),
        }
        back_off(Duration::from_millis(200)).await;
    }
    bail!(
        "projection-service has not reached position {position} after {} s: {told}",
        SHOWN_AT_MOST.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_forecast_shows_the_quarters_around_a_day() {
        let around = |day: &str| {
            let (from, to) = quarters_around(day.parse().unwrap());
            format!("{from} {to}")
        };
        assert_eq!(around("2026-11-30"), "2026-01-01 2027-09-30");
        assert_eq!(around("2026-03-31"), "2025-04-01 2026-12-31");
        assert_eq!(around("2028-02-29"), "2027-04-01 2028-12-31");
    }

    #[test]
    fn a_line_that_exists_already_was_said_before_and_any_other_refusal_stops_the_load() {
        assert_eq!(accepted(&json!({"line": 1, "status": 201, "position": 17}), "x").unwrap(), 17);
        let exists = json!({"line": 1, "status": 409, "problem": {"code": "already_exists"}});
        assert_eq!(accepted(&exists, "x").unwrap(), 0);
        let refused = json!({"line": 1, "status": 422, "problem": {"code": "sale_closed"}});
        let told = accepted(&refused, "{\"command\":\"EditSale\"}\n").unwrap_err().to_string();
        assert!(told.contains("sale_closed") && told.contains("EditSale"), "{told}");
    }
}
