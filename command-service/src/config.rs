//! Settings of command-service, from `SALGSLOGG_*`. Must not hold anything a running service changes.

use std::time::Duration;

use events::TenantSlug;
use serde::Deserialize;
use service_runtime::auth::JwksSource;
use service_runtime::config::Secret;

use crate::places::WAITING_MAX;
use crate::relay::Settings;

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
    /// `SALGSLOGG_COMMANDS_WAITING_MAX`: commands that may wait at once, three quarters of them of one tenant; more are told
    /// to come back. At most what it is by default.
    #[serde(default = "waiting_max")]
    pub commands_waiting_max: usize,
    /// `SALGSLOGG_NOTICES`: whether reminders, notices of assignments, offers of follow-ups and suggestions of guides are
    /// recorded (SD-6, SO-14, SG-19, SG-23, §6-A32). On by default.
    #[serde(default = "notices")]
    pub notices: bool,
    /// `SALGSLOGG_NATS_URL`: NATS, as the relay's user; without it nothing is published.
    pub nats_url: Option<Secret>,
    /// `SALGSLOGG_NATS_TENANT_CONSUMERS`: tenants that get a durable consumer of their own.
    #[serde(default)]
    pub nats_tenant_consumers: Vec<String>,
    /// `SALGSLOGG_STREAM_MAX_MSGS`: messages beyond which the stream forgets its oldest; unset = never.
    pub stream_max_msgs: Option<u32>,
    /// `SALGSLOGG_STREAM_MAX_BYTES`: bytes beyond which it does; unset = never.
    pub stream_max_bytes: Option<u64>,
    /// `SALGSLOGG_STREAM_MAX_AGE_S`: seconds after which it forgets a message; unset = never.
    pub stream_max_age_s: Option<u64>,
    /// `SALGSLOGG_STREAM_REPLAY_WINDOW`: positions a new stream is filled with, counted back from the head; unset = all.
    pub stream_replay_window: Option<u32>,
    /// `SALGSLOGG_STREAM_REPLICAS`: copies of the stream in a NATS cluster. Default 1.
    #[serde(default = "one")]
    pub stream_replicas: u8,
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

impl Config {
    /// What the relay is told about its stream; zero counts as unset, as it does to the server.
    pub(crate) fn relay_settings(&self, tenants: Vec<TenantSlug>) -> Settings {
        let limit = |limit: u64| i64::try_from(limit).ok().filter(|limit| *limit > 0);
        Settings {
            replay_window: self.stream_replay_window,
            max_age: Duration::from_secs(self.stream_max_age_s.unwrap_or_default()),
            max_bytes: self.stream_max_bytes.and_then(limit).unwrap_or(-1),
            max_msgs: self.stream_max_msgs.and_then(|msgs| limit(msgs.into())).unwrap_or(-1),
            replicas: usize::from(self.stream_replicas),
            tenants,
            ..Settings::default()
        }
    }
}

fn one() -> u8 {
    1
}

/// Where the service listens unless it is told otherwise.
pub fn listen() -> String {
    "127.0.0.1:8080".to_owned()
}

fn first_log() -> i16 {
    1
}

fn connections() -> u32 {
    12
}

fn notices() -> bool {
    true
}

fn waiting_max() -> usize {
    WAITING_MAX
}
