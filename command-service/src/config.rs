//! Settings of command-service, from `SALGSLOGG_*`. Must not hold anything a running service changes.

use serde::Deserialize;
use service_runtime::auth::JwksSource;
use service_runtime::config::Secret;

/// Every setting with its default and unit.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// `SALGSLOGG_LISTEN`: address and port to serve on.
    #[serde(default = "listen")]
    pub listen: String,
    /// `SALGSLOGG_LOG_ID`: the log this service writes.
    #[serde(default = "first_log")]
    pub log_id: i16,
    /// `SALGSLOGG_LOG_URL`: Postgres of the log, as a member of `es_append`.
    pub log_url: Secret,
    /// `SALGSLOGG_LOG_CONNECTIONS`: connections to it at most.
    #[serde(default = "connections")]
    pub log_connections: u32,
    /// `SALGSLOGG_NATS_URL`: NATS, as the relay's user; without it nothing is published.
    pub nats_url: Option<Secret>,
    /// `SALGSLOGG_NATS_TENANT_CONSUMERS`: tenants that get a durable consumer of their own.
    #[serde(default)]
    pub nats_tenant_consumers: Vec<String>,
    /// `SALGSLOGG_JWKS`: file or URL with the keys of the token issuer.
    pub jwks: JwksSource,
    /// `SALGSLOGG_JWT_ISSUER`: the `iss` that is believed.
    pub jwt_issuer: String,
    /// `SALGSLOGG_JWT_AUDIENCE`: the `aud` that is meant.
    pub jwt_audience: String,
    /// `SALGSLOGG_CORS_ORIGINS`: origins that browsers may call from.
    #[serde(default)]
    pub cors_origins: Vec<String>,
}

fn listen() -> String {
    "127.0.0.1:8080".to_owned()
}

fn first_log() -> i16 {
    1
}

fn connections() -> u32 {
    12
}
