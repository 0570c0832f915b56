//! A log line for machines: one JSON object, all members at the top.
//!
//! | member | meaning |
//! |---|---|
//! | `timestamp` | RFC 3339, UTC, microseconds |
//! | `level` | `ERROR`, `WARN`, `INFO`, `DEBUG`, `TRACE` |
//! | `target` | the module that speaks |
//! | `message` | what it says |
//! | `trace_id` | the trace the line belongs to, as in problems, answers and spans |
//! | all others | what the line and the spans around it carry, under the names they have in the code |

use std::fmt;

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock::Clock;

/// Members that are always there; nothing else may take their names.
const FIXED: [&str; 3] = ["timestamp", "level", "target"];

/// What the exporter is told through fields is no member of a line.
const EXPORTER: &str = "otel.";

/// Writes lines for machines.
#[derive(Debug, Clone, Copy)]
pub(super) struct JsonLine;

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    target: &'a str,
    #[serde(flatten)]
    members: Members,
}

#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
struct Members(Map<String, Value>);

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut members = Members::default();
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<N>>().map(|fields| fields.as_str());
            if let Some(Ok(Value::Object(fields))) = fields.map(serde_json::from_str) {
                fields.into_iter().for_each(|(name, value)| members.put(&name, value));
            }
        }
        event.record(&mut members);
        let line = Line {
            timestamp: Clock::system().now().to_rfc3339_opts(SecondsFormat::Micros, true),
            level: event.metadata().level().as_str(),
            target: event.metadata().target(),
            members,
        };
        writeln!(writer, "{}", serde_json::to_string(&line).map_err(|_| fmt::Error)?)
    }
}

impl Members {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        let name = name.trim_start_matches("r#");
        if !FIXED.contains(&name) && !name.starts_with(EXPORTER) {
            self.0.insert(name.to_owned(), value.into());
        }
    }
}

impl Visit for Members {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }
}
