//! The connection to JetStream: finds the stream and opens one ordered consumer on it. Owns nothing
//! about positions beyond where to start; the client library checks consumer sequences only, so
//! every message is judged again by the tail.

use std::time::Duration;

use async_nats::ServerAddr;
use async_nats::connection::State;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions};
use percent_encoding::percent_decode_str;
use service_runtime::config::Secret;

/// How long the server may take to answer before the log is read in Postgres instead.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the stream cannot be read now. The log in Postgres serves until it can.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreachable {
    #[error("the server cannot be reached: {0}")]
    Server(String),
    #[error("the stream {0} does not exist")]
    NoStream(String),
    #[error("the server refused: {0}")]
    Refused(String),
    #[error("the server did not answer in time")]
    TimedOut,
}

/// Sequences of the first and the last message a stream holds or held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// A server, connected on first use and kept.
#[derive(Debug)]
pub(super) struct Server {
    url: Secret,
    stream: String,
    subjects: String,
    client: Option<Client>,
}

impl Server {
    pub(super) fn new(url: &Secret, log_id: i16) -> Self {
        Self {
            url: url.clone(),
            stream: format!("SALES_{log_id}"),
            subjects: format!("sales.{log_id}.>"),
            client: None,
        }
    }

    /// First and last sequence of the stream, with the handle to open a reader on it.
    pub(super) async fn look(&mut self) -> Result<(Ends, jetstream::stream::Stream), Unreachable> {
        let context = self.context().await?;
        let found = patiently(context.get_stream(&self.stream)).await?;
        let stream = found.map_err(|error| match error.kind() {
            GetStreamErrorKind::JetStream(code) if code.code() == 404 => {
                Unreachable::NoStream(self.stream.clone())
            }
            _ => Unreachable::Refused(error.to_string()),
        })?;
        let state = &stream.cached_info().state;
        let ends = Ends { first: signed(state.first_sequence), last: signed(state.last_sequence) };
        Ok((ends, stream))
    }

    /// An ordered consumer whose first message should be the one at `start`.
    pub(super) async fn open(
        &self,
        stream: &jetstream::stream::Stream,
        start: i64,
    ) -> Result<Ordered, Unreachable> {
        let config = OrderedConfig {
            description: Some("projection-service".into()),
            filter_subject: self.subjects.clone(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: start.unsigned_abs() },
            ..OrderedConfig::default()
        };
        let consumer = patiently(stream.create_consumer(config)).await?;
        let consumer = consumer.map_err(|error| Unreachable::Refused(error.to_string()))?;
        let messages = patiently(consumer.messages()).await?;
        messages.map_err(|error| Unreachable::Refused(error.to_string()))
    }

    async fn context(&mut self) -> Result<Context, Unreachable> {
        let client = match &self.client {
            Some(client) => client,
            None => self.client.insert(connect(&self.url).await?),
        };
        if client.connection_state() != State::Connected {
            return Err(Unreachable::Server("the connection is lost and being renewed".into()));
        }
        Ok(jetstream::new(client.clone()))
    }
}

/// `nats://user:password@host:port`, or several with commas between them; who we are stands in the
/// first, percent-encoded where needed. The client library itself ignores users in addresses.
async fn connect(url: &Secret) -> Result<Client, Unreachable> {
    let servers = url.reveal().split(',').map(|part| part.trim().parse::<ServerAddr>());
    let servers = servers.collect::<Result<Vec<_>, _>>().map_err(server)?;
    let mut options = ConnectOptions::new().name("projection-service").connection_timeout(PATIENCE);
    if let Some(user) = servers.first().and_then(|first| first.username()) {
        let password = servers.first().and_then(|first| first.password()).unwrap_or_default();
        // The server's permissions let a user read this inbox and nobody else's.
        options = options
            .custom_inbox_prefix(format!("_INBOX_{}", plain(user)))
            .user_and_password(plain(user), plain(password));
    }
    options.connect(servers).await.map_err(server)
}

fn server(error: impl std::fmt::Display) -> Unreachable {
    Unreachable::Server(error.to_string())
}

fn plain(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

async fn patiently<T>(question: impl Future<Output = T>) -> Result<T, Unreachable> {
    tokio::time::timeout(PATIENCE, question).await.map_err(|_| Unreachable::TimedOut)
}

fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
