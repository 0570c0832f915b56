//! The JetStream stream of a log: its settings, its creation and its deletion. Must not publish.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::context::{Context, CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};
use events::TenantSlug;

use super::halt::{Fault, Halt, Stop};
use super::settings::Settings;

/// The server's smallest window; duplicates are refused by sequence, not by message id.
const DUPLICATE_WINDOW: Duration = Duration::from_millis(100);

/// JetStream's code for a stream that does not exist.
const NOT_FOUND: usize = 404;

/// Messages a tenant's consumer may hold without acknowledging them.
const MAX_ACK_PENDING: i64 = 1_000;

/// Time after which an unacknowledged message is delivered again.
const ACK_WAIT: Duration = Duration::from_secs(30);

/// How far the stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Lowest sequence still kept.
    pub(super) first: i64,
    /// Last sequence ever given, also when retention removed the message.
    pub(super) last: i64,
}

impl Extent {
    fn of(info: &Info) -> Self {
        Self {
            first: position(info.state.first_sequence),
            last: position(info.state.last_sequence),
        }
    }
}

/// A stream sequence as a log position: they are the same number.
pub(super) fn position(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

fn sequence(position: i64) -> u64 {
    u64::try_from(position).unwrap_or(0)
}

/// `SALES_<log>`.
pub fn stream_name(log_id: i16) -> String {
    format!("SALES_{log_id}")
}

/// Asks the stream where it is; none if there is no stream. Settings that drifted are put right.
pub(super) async fn find(
    context: &Context,
    settings: &Settings,
    log_id: i16,
) -> Result<Option<Extent>, Stop> {
    let stream = match context.get_stream(stream_name(log_id)).await {
        Ok(stream) => stream,
        Err(error) => {
            return match error.kind() {
                GetStreamErrorKind::JetStream(reply) if reply.code() == NOT_FOUND => Ok(None),
                GetStreamErrorKind::JetStream(_)
                | GetStreamErrorKind::Request
                | GetStreamErrorKind::EmptyName
                | GetStreamErrorKind::InvalidStreamName => {
                    Err(Fault::nats("stream info", error).into())
                }
            };
        }
    };
    let info = stream.cached_info();
    if let Some(setting) = difference(&info.config, settings, log_id) {
        let wished = wished(info.config.clone(), settings, log_id);
        let updated = context.update_stream(&wished).await.map_err(|error| match error.kind() {
            CreateStreamErrorKind::JetStream(_) => Stop::Halted(Halt::StreamSettings(setting)),
            _ => Stop::Broken(Fault::nats("stream update", error)),
        })?;
        refuse_difference(&updated.config, settings, log_id)?;
        tracing::warn!(stream = %wished.name, setting, "the settings of the stream had drifted and were put right");
    }
    Ok(Some(Extent::of(info)))
}

/// Creates the stream so that its first message is `first`, and reads the settings back: a server
/// that does not know one of them ignores it without a word.
pub(super) async fn create(
    context: &Context,
    settings: &Settings,
    log_id: i16,
    first: i64,
) -> Result<Extent, Stop> {
    let fresh =
        Config { first_sequence: Some(sequence(first)), max_consumers: -1, ..Config::default() };
    let config = wished(fresh, settings, log_id);
    let stream = context
        .create_stream(config)
        .await
        .map_err(|error| Fault::nats("stream creation", error))?;
    let info = stream.cached_info();
    refuse_difference(&info.config, settings, log_id)?;
    let extent = Extent::of(info);
    if extent.last != first - 1 {
        return Err(Halt::StreamSettings("first_seq").into());
    }
    tracing::info!(stream = %info.config.name, first, "created the stream");
    Ok(extent)
}

/// Deletes the stream if it is there.
pub(super) async fn delete(context: &Context, log_id: i16) -> Result<(), Fault> {
    let stream = match context.get_stream(stream_name(log_id)).await {
        Ok(stream) => stream.cached_info().config.name.clone(),
        Err(error) if matches!(error.kind(), GetStreamErrorKind::JetStream(reply) if reply.code() == NOT_FOUND) =>
        {
            return Ok(());
        }
        Err(error) => return Err(Fault::nats("stream info", error)),
    };
    context.delete_stream(stream).await.map_err(|error| Fault::nats("stream deletion", error))?;
    Ok(())
}

/// Gives a tenant its durable pull consumer, named after it and filtered to its subjects.
pub(super) async fn ensure_consumer(
    context: &Context,
    log_id: i16,
    tenant: &TenantSlug,
) -> Result<(), Fault> {
    let config = pull::Config {
        durable_name: Some(tenant.to_string()),
        filter_subject: format!("sales.{log_id}.{tenant}.>"),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: MAX_ACK_PENDING,
        ..pull::Config::default()
    };
    context
        .create_consumer_on_stream(config, stream_name(log_id))
        .await
        .map_err(|error| Fault::nats("consumer creation", error))?;
    Ok(())
}

/// `from` with everything the design fixes. What belongs to the stream's birth stays, compression too: new streams
/// have none, because a node that was killed and came back could not write its compressed blocks on (case 30).
fn wished(from: Config, settings: &Settings, log_id: i16) -> Config {
    Config {
        name: stream_name(log_id),
        subjects: vec![format!("sales.{log_id}.>")],
        description: Some(format!("events of log {log_id}, sequence = position")),
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        num_replicas: settings.replicas,
        max_bytes: settings.max_bytes,
        max_messages: settings.max_msgs,
        max_messages_per_subject: -1,
        max_age: settings.max_age,
        duplicate_window: DUPLICATE_WINDOW,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        ..from
    }
}

fn refuse_difference(config: &Config, settings: &Settings, log_id: i16) -> Result<(), Halt> {
    difference(config, settings, log_id).map_or(Ok(()), |name| Err(Halt::StreamSettings(name)))
}

/// The first setting that is not as wished.
fn difference(found: &Config, settings: &Settings, log_id: i16) -> Option<&'static str> {
    let wished = wished(found.clone(), settings, log_id);
    let checks = [
        ("subjects", found.subjects == wished.subjects),
        ("retention", found.retention == wished.retention),
        ("discard", found.discard == wished.discard),
        ("storage", found.storage == wished.storage),
        ("num_replicas", found.num_replicas == wished.num_replicas),
        ("max_bytes", found.max_bytes == wished.max_bytes),
        ("max_msgs", found.max_messages == wished.max_messages),
        ("max_msgs_per_subject", found.max_messages_per_subject == wished.max_messages_per_subject),
        ("max_age", found.max_age == wished.max_age),
        ("duplicate_window", found.duplicate_window == wished.duplicate_window),
        ("deny_delete", found.deny_delete),
        ("deny_purge", found.deny_purge),
        ("allow_direct", found.allow_direct),
        ("sealed", !found.sealed),
        ("mirror", found.mirror.is_none()),
        ("sources", found.sources.as_ref().is_none_or(Vec::is_empty)),
        ("subject_transform", found.subject_transform.is_none()),
    ];
    checks.into_iter().find_map(|(name, same)| (!same).then_some(name))
}
