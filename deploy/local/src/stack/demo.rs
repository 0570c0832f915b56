//! The demo tenant: loads `demo.toml` through the public API, then shows its pipeline and forecast
//! with the command line. Loading again says the same commands with the same keys, so nothing doubles.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use service_runtime::clock::{Clock, Stopwatch, back_off};
use tokio::process::Command;
use uuid::Uuid;

use crate::console;
use crate::stack::env_file::Surroundings;
use crate::stack::{Stack, built, http};

/// How long the read models may take to show the demo.
const SHOWN_AT_MOST: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    step: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    ago: i64,
    post: String,
    body: Value,
}

impl Stack {
    /// Loads the demo unless an earlier start has done so.
    ///
    /// # Errors
    /// When a command is refused or a service cannot be reached.
    pub async fn load_demo(&mut self) -> Result<()> {
        if self.state.demo.complete {
            return Ok(());
        }
        let began = match &self.state.demo.began {
            Some(text) => {
                text.parse::<DateTime<Utc>>().context("the state names no time for the demo")?
            }
            None => Clock::system().now(),
        };
        self.state.demo.began = Some(began.to_rfc3339());
        self.state.save(&self.places)?;
        let surroundings = self.surroundings()?;
        console::during("loading the demo tenant", load(&surroundings, began)).await?;
        self.state.demo.complete = true;
        self.state.save(&self.places)
    }

    /// Prints the demo tenant's pipeline and forecast as the command line shows them.
    ///
    /// # Errors
    /// When the stack does not run.
    pub async fn show_demo(&self) -> Result<()> {
        let surroundings = self.surroundings()?;
        let year = Clock::system().now().year();
        let (from, to) = (format!("{year}-01-01"), format!("{}-12-31", year + 1));
        let forecast =
            ["forecast", "--from", &from, "--to", &to, "--period", "quarter", "--currency", "EUR"];
        for (title, arguments) in
            [("Pipeline", &["pipeline", "--currency", "EUR"][..]), ("Forecast", &forecast[..])]
        {
            console::say(format_args!("\n{title} of the demo tenant"));
            let mut command = Command::new(built("salgslogg")?);
            command.args(arguments).envs(surroundings.pairs()).stdin(Stdio::null());
            let told = command.output().await.context("the command line does not start")?;
            console::show(&String::from_utf8_lossy(&told.stdout));
            if !told.status.success() {
                console::warn(String::from_utf8_lossy(&told.stderr).trim());
            }
        }
        Ok(())
    }
}

/// Sends every step in order and waits until the read models show the last one.
async fn load(surroundings: &Surroundings, began: DateTime<Utc>) -> Result<()> {
    let script: Script =
        toml::from_str(include_str!("../../demo.toml")).context("demo.toml is damaged")?;
    let client = http::client()?;
    let mut last = 0;
    for (number, step) in script.step.iter().enumerate() {
        // One second apart, so that steps of the same day keep their order.
        let seconds = i64::try_from(number).unwrap_or_default();
        let at =
            began - TimeDelta::days(step.ago) - TimeDelta::hours(1) + TimeDelta::seconds(seconds);
        let url = format!("{}{}", surroundings.command_url, named(&step.post));
        let answer = client
            .post(url)
            .bearer_auth(surroundings.token("TOKEN_IMPORTER"))
            .header("Idempotency-Key", format!("demo-{number}"))
            .header("Effective-At", at.to_rfc3339())
            .json(&filled(&step.body, began))
            .send()
            .await
            .context("command-service cannot be reached")?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        if !status.is_success() && status != StatusCode::CONFLICT {
            bail!("the demo's {} was refused with {status}: {body}", step.post);
        }
        last = body["position"].as_i64().unwrap_or(last);
    }
    shown(&client, surroundings, last).await
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

/// `text` with every `{name}` replaced by that name's id.
fn named(text: &str) -> String {
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("salgslogg-demo/{name}").as_bytes());
        out.push_str(&id.to_string());
        out.push_str(rest);
    }
    out
}

/// `body` with ids and dates filled in.
fn filled(body: &Value, began: DateTime<Utc>) -> Value {
    match body {
        Value::String(text) => {
            match text.strip_prefix("day").and_then(|days| days.parse::<i64>().ok()) {
                Some(days) => (began.date_naive() + TimeDelta::days(days)).to_string().into(),
                None => named(text).into(),
            }
        }
        Value::Array(items) => items.iter().map(|item| filled(item, began)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled(value, began))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_script_is_readable_and_has_twelve_sales() {
        let script: Script = toml::from_str(include_str!("../../demo.toml")).unwrap();
        assert_eq!(script.step.iter().filter(|step| step.post == "/v1/sales").count(), 12);
    }

    #[test]
    fn ids_and_dates_are_filled_in_the_same_way_each_time() {
        let began: DateTime<Utc> = "2026-03-10T09:00:00Z".parse().unwrap();
        let body = json!({"id": "{fjord}", "sale_date": "day-4", "stages": ["{fjord}"], "n": 3, "name": "daylight"});
        let once = filled(&body, began);
        assert_eq!(once, filled(&body, began));
        assert_eq!(once["sale_date"], "2026-03-06");
        assert_eq!(once["name"], "daylight");
        assert_eq!(once["id"], once["stages"][0]);
        assert_eq!(
            named("/v1/sales/{fjord}/stall"),
            format!("/v1/sales/{}/stall", once["id"].as_str().unwrap())
        );
    }
}
