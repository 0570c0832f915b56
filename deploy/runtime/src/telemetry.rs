//! What the process tells about itself: log lines on standard error and metrics for Prometheus. Must
//! not hold names, notes or tokens.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock::back_off;
use crate::config;
use crate::tasks::Tasks;

/// Upper bounds of the buckets of every `…_seconds` histogram.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Upper bounds of the buckets of every `…_count` histogram: sizes of batches and pages.
const COUNTS: [f64; 12] =
    [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 2_000.0, 5_000.0];

/// How often samples are folded into buckets when nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// The logging is set up already, or the filter cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The setting `SALGSLOGG_LOG` is no filter.
    #[error("the setting SALGSLOGG_LOG is not a filter such as info,command_service=debug")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody in this process did it before.
    #[error("the log is set up already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    log: Option<String>,
}

/// Sets up the log of this process: filter from `SALGSLOGG_LOG` (default `info`), for people on a
/// terminal, JSON elsewhere, always on standard error. Panics are logged as errors. Call it once, in
/// `main`.
///
/// # Errors
/// When the filter cannot be read or the log is set up already.
pub fn start_log() -> Result<(), TelemetryError> {
    let settings = config::from_environment::<Settings>().unwrap_or(Settings { log: None });
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or("info"))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    if std::io::stderr().is_terminal() {
        registry.with(lines.compact()).try_init()?;
    } else {
        registry.with(lines.json().flatten_event(true).with_current_span(true)).try_init()?;
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(tracing::field::display);
        let text = panic.payload_as_str().unwrap_or_default();
        tracing::error!(place, "panicked: {text}");
    }));
    Ok(())
}

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Makes this process keep its metrics; however often it is called, they are kept once.
    ///
    /// # Panics
    /// When the process keeps its metrics in some other way already.
    pub fn install() -> Self {
        static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
        let install = || {
            PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
                .and_then(|it| {
                    it.set_buckets_for_metric(Matcher::Suffix("_count".to_owned()), &COUNTS)
                })
                .and_then(PrometheusBuilder::install_recorder)
                .expect("invariant: this is the only recorder of the process")
        };
        Self(INSTALLED.get_or_init(install).clone())
    }

    /// Keeps the memory of the metrics small, also when nobody asks for them.
    pub fn keep_small(&self, tasks: &Tasks) {
        let handle = self.0.clone();
        tasks.spawn_until_stopped(async move {
            loop {
                back_off(UPKEEP).await;
                handle.run_upkeep();
            }
        });
    }

    /// All metrics in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}
