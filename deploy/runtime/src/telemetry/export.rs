//! Spans on their way to a collector: OTLP over HTTP, in batches, from a thread of its own. A full queue
//! drops spans, a collector that is down costs nothing but a warning. Must not export other crates' spans.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::Filter;
use tracing_subscriber::registry::LookupSpan;

use super::TelemetryError;
use crate::trace::span::Ids;
use crate::{config, ids};

/// The last spans at shutdown may take this long.
const FAREWELL: Duration = Duration::from_secs(5);

/// Crates whose spans mean something to an operator.
const OURS: [&str; 5] =
    ["command_service", "event_store", "projection_service", "read_models", "service_runtime"];

/// An open export.
#[derive(Debug)]
pub(super) struct Export(SdkTracerProvider);

impl Export {
    /// An export to `endpoint`, else to where the standard variables point; none when nobody says where.
    pub(super) fn open(
        service: &'static str,
        endpoint: Option<&str>,
    ) -> Result<Option<Self>, TelemetryError> {
        let standard = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
            .into_iter()
            .any(|name| config::standard(name).is_some());
        let disabled = config::standard("OTEL_SDK_DISABLED").is_some_and(|word| word == "true");
        if disabled || (endpoint.is_none() && !standard) {
            return Ok(None);
        }
        // the process has one provider of cryptography; whoever comes second finds it there
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut exporter = SpanExporter::builder().with_http();
        if let Some(endpoint) = endpoint {
            exporter =
                exporter.with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')));
        }
        let exporter = exporter.build().map_err(|_| TelemetryError::Export)?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_id_generator(Ids::default())
            .with_resource(resource(service))
            .build();
        Ok(Some(Self(provider)))
    }

    /// What hands our spans over.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("salgslogg"))
            .with_context_activation(false)
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter())
    }

    /// Sends what is left.
    pub(super) async fn end(self) {
        let last = move || self.0.shutdown_with_timeout(FAREWELL);
        match tokio::task::spawn_blocking(last).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last spans did not reach the collector"),
            Err(error) => tracing::warn!(%error, "the export of spans could not be ended"),
        }
    }
}

/// Lets our spans through. It never says "always": that answer would be remembered, and whoever merely asks
/// what is enabled, as sqlx does before each query, would decide for the next span on its thread.
fn filter<S: Subscriber>() -> impl Filter<S> + use<S> {
    dynamic_filter_fn(|what, _| exported(what)).with_max_level_hint(Level::DEBUG)
}

fn exported(what: &Metadata<'_>) -> bool {
    let from = what.target().split("::").next().unwrap_or_default();
    what.is_span() && *what.level() <= Level::DEBUG && OURS.contains(&from)
}

/// Who sends; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win.
fn resource(service: &'static str) -> Resource {
    let builder = Resource::builder_empty()
        .with_service_name(service)
        .with_attributes([
            KeyValue::new("service.namespace", "salgslogg"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", ids::new_id().to_string()),
        ])
        .with_detectors(&[
            Box::new(TelemetryResourceDetector),
            Box::new(EnvResourceDetector::new()),
        ]);
    match config::standard("OTEL_SERVICE_NAME") {
        Some(name) => builder.with_service_name(name).build(),
        None => builder.build(),
    }
}
