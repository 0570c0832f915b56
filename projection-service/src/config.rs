//! The settings of the service, each with its unit and default. Read once, at start.

use std::time::Duration;

use read_models::Standings;
use serde::Deserialize;
use service_runtime::auth::JwksSource;
use service_runtime::config::{ConfigError, Secret, from_environment};

/// The settings of one process. The variable of a field is `SALGSLOGG_` and its name in capitals.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Where to listen, `host:port`. Default `127.0.0.1:8081`.
    #[serde(default = "listen")]
    pub listen: String,
    /// The log this process follows. Default 1.
    #[serde(default = "log_id")]
    pub log_id: i16,
    /// Postgres of the log; the login needs `es_read`.
    pub log_url: Secret,
    /// Postgres of the read models, to write; the login needs `es_project`.
    pub read_url: Secret,
    /// Postgres of the read models, to ask; the login needs `es_query`, and row-level security
    /// applies to it.
    pub query_url: Secret,
    /// JetStream, `nats://user:password@host:port`.
    pub nats_url: Secret,
    /// Public keys of the token issuer: a path or an address.
    pub jwks: JwksSource,
    /// The only accepted `iss`.
    pub jwt_issuer: String,
    /// The `aud` that must be among the token's.
    pub jwt_audience: String,
    /// Origins a browser may call from, separated by commas. Default none.
    #[serde(default)]
    pub cors_origins: Vec<String>,
    /// Connections for questions, at most. Default 16.
    #[serde(default = "query_connections")]
    pub query_connections: u32,
    /// Memory for what questions about now are answered from, all tenants together, MiB; 0: all are answered by SQL.
    /// Default 512.
    #[serde(default = "standings_mib")]
    pub standings_mib: u16,
    /// How fast and how patiently the projections run.
    #[serde(skip)]
    pub pace: Pace,
}

/// How fast and how patiently the projections run. The defaults suit every machine; tests and
/// operators in trouble change them.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// Most events of a live batch, events, at most 2 000. Default 500.
    pub projection_batch_max: u16,
    /// Most events of a batch in catch-up, events. Default 10 000.
    pub projection_page_max: u16,
    /// How long a live batch waits for more events, ms. Default 20.
    pub projection_linger_ms: u64,
    /// How long to wait for news before the log is asked, ms. Default 500.
    pub projection_poll_ms: u64,
    /// Lag from which the log is read instead of the stream, events. Default 10 000.
    pub projection_lag_max: i64,
    /// How long a lease holds without renewal, ms. Default 15 000.
    pub projection_lease_ttl_ms: u64,
    /// How often a lease is renewed, ms; well below the lease's time. Default 5 000.
    pub projection_renew_ms: u64,
    /// Streams a generation may set aside before it stands still, streams. Default 1 000.
    pub projection_parked_streams_max: u16,
    /// Events that may wait behind them before it stands still, events. Default 100 000.
    pub projection_parked_events_max: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            projection_batch_max: 500,
            projection_page_max: 10_000,
            projection_linger_ms: 20,
            projection_poll_ms: 500,
            projection_lag_max: 10_000,
            projection_lease_ttl_ms: 15_000,
            projection_renew_ms: 5_000,
            projection_parked_streams_max: 1_000,
            projection_parked_events_max: 100_000,
        }
    }
}

impl Pace {
    pub(crate) fn batch_max(&self) -> usize {
        usize::from(self.projection_batch_max.clamp(1, 2_000))
    }

    pub(crate) fn page_max(&self) -> usize {
        usize::from(self.projection_page_max.max(1))
    }

    pub(crate) fn linger(&self) -> Duration {
        Duration::from_millis(self.projection_linger_ms)
    }

    pub(crate) fn parked_streams_max(&self) -> usize {
        usize::from(self.projection_parked_streams_max)
    }

    pub(crate) fn parked_events_max(&self) -> usize {
        usize::try_from(self.projection_parked_events_max).unwrap_or(usize::MAX)
    }

    pub(crate) fn poll(&self) -> Duration {
        Duration::from_millis(self.projection_poll_ms)
    }

    pub(crate) fn lease_ttl(&self) -> Duration {
        Duration::from_millis(self.projection_lease_ttl_ms)
    }

    pub(crate) fn renew(&self) -> Duration {
        Duration::from_millis(self.projection_renew_ms)
    }
}

impl Config {
    pub(crate) fn standings(&self) -> Standings {
        Standings::within(usize::from(self.standings_mib) << 20)
    }

    /// Reads the environment.
    ///
    /// # Errors
    /// Names the first variable that is missing or cannot be read.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let settings: Self = from_environment()?;
        Ok(Self { pace: from_environment()?, ..settings })
    }
}

/// Where the service listens unless it is told otherwise.
#[must_use]
pub fn listen() -> String {
    "127.0.0.1:8081".to_owned()
}

fn log_id() -> i16 {
    1
}

fn query_connections() -> u32 {
    16
}

fn standings_mib() -> u16 {
    512
}
