//! The metrics of the process, kept for Prometheus. Must not know what is counted.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::clock::back_off;
use crate::tasks::Tasks;

/// Upper bounds of the buckets of every `…_seconds` histogram.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Upper bounds of the buckets of every histogram of sizes: `…_commands`, `…_events`.
const SIZES: [f64; 12] =
    [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 2_000.0, 5_000.0];

/// How often samples are folded into buckets when nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Makes this process keep its metrics; however often it is called, they are kept once. What is counted
    /// before the first call is lost.
    ///
    /// # Panics
    /// When the process keeps its metrics in some other way already.
    pub fn install() -> Self {
        static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
        let buckets = |builder: PrometheusBuilder, suffix: &str, bounds: &[f64]| {
            builder.set_buckets_for_metric(Matcher::Suffix(suffix.to_owned()), bounds)
        };
        let install = || {
            buckets(PrometheusBuilder::new(), "_seconds", &SECONDS)
                .and_then(|it| buckets(it, "_commands", &SIZES))
                .and_then(|it| buckets(it, "_events", &SIZES))
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
