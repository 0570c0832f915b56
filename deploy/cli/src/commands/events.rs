//! `salgslogg events`: the log of the tenant, page by page, and on as it grows with `--follow`.

use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use serde_json::Value;

use super::Format;
use super::reading::{parse, text};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Caller, Stack};

/// Events asked for at once.
const PAGE: u64 = 1000;
/// Pause before looking again at the end of the log.
const POLL: Duration = Duration::from_millis(500);
/// How often in a row a broken connection is tried again while following.
const BROKEN_MAX: u32 = 60;

/// Arguments of `events`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  salgslogg events\n  salgslogg events --after 1200 --limit 10\n  \
    salgslogg events --type sale.won --json\n  salgslogg events --aggregate sale --id 0198c0de-0000-7000-8000-000000000001\n  \
    salgslogg events --follow --json >> log.ndjson"
)]
pub struct Arguments {
    /// Begin after this position
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
    /// Stop after so many events
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Only events of this type, such as sale.stage-advanced
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only events about this kind of thing: sale, activity, stage, sale-type, currency, user, tenant
    #[arg(long, value_name = "AGGREGATE")]
    aggregate: Option<String>,
    /// Only events about this id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Keep going: print new events as they are recorded, until interrupted
    #[arg(long)]
    follow: bool,
}

/// Reads and prints, to the end of the log or for ever.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let client = stack.queries(Caller::Auditor)?;
    let mut after = arguments.after;
    let mut left = arguments.limit.unwrap_or(u64::MAX);
    let mut broken = 0;
    while left > 0 {
        let page = left.min(PAGE);
        let body = match client.get("/v1/events", &arguments.parameters(after, page)).await {
            Ok(body) => body,
            Err(Failure::Unreachable(_)) if arguments.follow && broken < BROKEN_MAX => {
                broken += 1;
                crate::clock::pause(POLL).await;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        broken = 0;
        let printed = print(&body, format)?;
        after = printed.last.unwrap_or(after);
        left -= printed.count.min(left);
        if printed.count < page {
            if !arguments.follow {
                break;
            }
            crate::clock::pause(POLL).await;
        }
    }
    Ok(())
}

impl Arguments {
    fn parameters(&self, after: u64, limit: u64) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("after", after.to_string()), ("limit", limit.to_string())];
        let filters = [("type", &self.kind), ("aggregate", &self.aggregate), ("id", &self.id)];
        parameters
            .extend(filters.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        parameters
    }
}

/// What a page held.
struct Printed {
    count: u64,
    last: Option<u64>,
}

fn print(body: &Bytes, format: Format) -> Result<Printed, Failure> {
    let lines: Vec<_> =
        body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    let position = |line: &&[u8]| {
        let position = parse(line)?["position"].as_u64();
        position.ok_or_else(|| Failure::Unexpected("an event without a position".to_owned()))
    };
    let last = lines.last().map(position).transpose()?;
    match format {
        Format::Machine => output::bytes(body)?,
        Format::People => {
            let mut text = String::new();
            for line in &lines {
                text.push_str(&people(&parse(line)?));
                text.push('\n');
            }
            output::bytes(text.as_bytes())?;
        }
    }
    Ok(Printed { count: lines.len() as u64, last })
}

/// An event on one line: position, effective time, type, stream, actor, content.
fn people(event: &Value) -> String {
    format!(
        "{:>9}  {}  {:<24}  {}  {}  {}",
        text(&event["position"]),
        text(&event["effective_at"]),
        text(&event["type"]),
        text(&event["stream"]),
        text(&event["actor"]),
        event["data"]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let event = serde_json::json!({ "position": 17, "type": "sale.won", "stream": "sale/0198", "actor": "ola",
            "effective_at": "2026-03-12T08:00:00Z", "recorded_at": "2026-03-12T08:00:01Z", "data": { "reason": "price" } });
        let expected = "       17  2026-03-12T08:00:00Z  sale.won                  sale/0198  ola  {\"reason\":\"price\"}";
        assert_eq!(people(&event), expected);
    }

    #[test]
    fn filters_are_sent_only_when_given() {
        let arguments = Arguments {
            after: 0,
            limit: None,
            kind: Some("sale.won".to_owned()),
            aggregate: None,
            id: None,
            follow: false,
        };
        let names: Vec<_> = arguments
            .parameters(5, 10)
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(names, ["after=5", "limit=10", "type=sale.won"]);
    }
}
