//! What the process tells about itself: log lines on standard error, metrics for Prometheus, and spans for
//! an OpenTelemetry collector if there is one. Must not hold names, notes or tokens, and must not hold up a
//! command, whatever the collector does.

mod export;
mod line;
mod metrics;
#[cfg(test)]
mod tests;

use std::io::IsTerminal;

use serde::Deserialize;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config;
use export::Export;
use line::JsonLine;

pub use metrics::Metrics;

/// The logging is set up already, or a setting cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The setting `SALGSLOGG_LOG` is no filter.
    #[error("the setting SALGSLOGG_LOG is not a filter such as info,command_service=debug")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The address of the collector, or another setting of the export, cannot be used.
    #[error(
        "spans cannot be exported: SALGSLOGG_OTLP_ENDPOINT, or one of the variables OTEL_EXPORTER_OTLP_…, \
         is not what it should be, such as http://localhost:4318"
    )]
    Export,
    /// Somebody in this process did it before.
    #[error("the log is set up already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

#[derive(Debug, Default, Deserialize)]
struct Settings {
    #[serde(default)]
    log: Option<String>,
    #[serde(default)]
    otlp_endpoint: Option<String>,
}

/// What was started; end it last, so that the last spans leave too.
#[derive(Debug)]
#[must_use]
pub struct Telemetry {
    export: Option<Export>,
}

/// Sets up log and spans of this process. Call it once, in `main`.
///
/// Lines go to standard error, filtered by `SALGSLOGG_LOG` (default `info`), for people on a terminal, as
/// JSON elsewhere. Spans go to the collector at `SALGSLOGG_OTLP_ENDPOINT` or at the address the standard
/// variables `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` name (OTLP over HTTP);
/// the other standard variables (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`,
/// `OTEL_BSP_…`) hold too. Without an address no span is made for export. Panics are logged as errors.
///
/// # Errors
/// When a setting cannot be used or the log is set up already.
pub fn start(service: &'static str) -> Result<Telemetry, TelemetryError> {
    let settings: Settings = config::from_environment().unwrap_or_default();
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or("info"))?;
    let export = Export::open(service, settings.otlp_endpoint.as_deref())?;
    match &export {
        // one filter for everything is the cheaper way, as long as there is nobody else to serve
        None => tracing_subscriber::registry().with(filter).with(lines()).try_init()?,
        Some(export) => tracing_subscriber::registry()
            .with(lines().with_filter(filter))
            .with(export.layer())
            .try_init()?,
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(tracing::field::display);
        let text = panic.payload_as_str().unwrap_or_default();
        tracing::error!(place, "panicked: {text}");
    }));
    Ok(Telemetry { export })
}

impl Telemetry {
    /// Sends what is left to the collector, and waits for it a few seconds at most.
    pub async fn end(self) {
        if let Some(export) = self.export {
            export.end().await;
        }
    }
}

/// Lines for whoever reads standard error.
fn lines<S>() -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        lines.compact().boxed()
    } else {
        lines.fmt_fields(JsonFields::new()).event_format(JsonLine).boxed()
    }
}
