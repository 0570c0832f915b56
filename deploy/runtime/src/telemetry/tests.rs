//! What machines that read our lines rely on.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::*;

/// Collects what is written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    /// A layer that writes here.
    fn lines<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let writer = self.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        lines.fmt_fields(JsonFields::new()).event_format(JsonLine)
    }

    fn read(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn lines_of(work: impl FnOnce()) -> Vec<Value> {
    let paper = Paper::default();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(paper.lines()), work);
    paper.read()
}

#[test]
fn a_line_is_one_json_object_with_stable_names_at_the_top() {
    let lines = lines_of(|| {
        let span = tracing::info_span!("request", trace_id = "4bf9", otel.kind = "server");
        span.in_scope(|| {
            tracing::info!(status = 422, code = "sale_closed", "refused \"by\" a rule")
        });
    });
    let [line] = &lines[..] else { panic!("one line: {lines:?}") };
    let mut names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "level", "message", "status", "target", "timestamp", "trace_id"]);
    assert_eq!(line["message"], "refused \"by\" a rule");
    assert_eq!(line["status"], 422);
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["trace_id"], "4bf9");
    assert!(line["target"].as_str().unwrap().starts_with("service_runtime::telemetry"));
    let at = line["timestamp"].as_str().unwrap();
    assert!(at.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(at).is_ok(), "{at}");
}

#[test]
fn the_innermost_word_for_a_member_wins_and_nothing_takes_the_name_of_a_fixed_one() {
    let lines = lines_of(|| {
        let outer = tracing::info_span!("request", model = "outer", level = "span");
        let inner = outer.in_scope(|| tracing::info_span!("batch", model = "inner"));
        inner.in_scope(|| tracing::warn!(target = "mine", "said"));
    });
    assert_eq!(lines[0]["model"], "inner");
    assert_eq!(lines[0]["level"], "WARN");
    assert_ne!(lines[0]["target"], "mine");
}

/// sqlx asks before each query whether anybody wants to hear of it, and then says nothing.
#[test]
fn whoever_asks_what_is_enabled_takes_no_span_from_the_lines_that_follow() {
    let paper = Paper::default();
    let export = Export::open("test", Some("http://127.0.0.1:9")).unwrap().unwrap();
    let subscriber = tracing_subscriber::registry()
        .with(paper.lines().with_filter(EnvFilter::new("info")))
        .with(export.layer());
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..3 {
            let quiet = tracing::debug_span!("for the export only");
            let what = quiet.metadata().expect("the export wants it");
            tracing::dispatcher::get_default(|lines| lines.enabled(what));
            let span = tracing::info_span!("request", trace_id = "4bf9");
            span.in_scope(|| tracing::info!("answered"));
        }
    });
    let lines = paper.read();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line["trace_id"] == "4bf9"), "{lines:?}");
}

#[test]
fn nothing_is_exported_when_nobody_says_where() {
    assert!(Export::open("test", None).unwrap().is_none());
}

#[test]
fn an_address_that_is_none_is_refused_by_the_name_of_its_setting() {
    let refused = Export::open("test", Some("not an address")).unwrap_err().to_string();
    assert!(refused.contains("SALGSLOGG_OTLP_ENDPOINT"), "{refused}");
    assert!(!refused.contains("not an address"), "{refused}");
}
