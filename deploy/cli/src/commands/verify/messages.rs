//! Does the stream tell the log's history? Every message still in it stands at the position that is its sequence, with
//! the same subject, headers and bytes as the log's event there, and its hash fits. Reads only: an ephemeral consumer.

use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use async_nats::jetstream::{self, Context, Message};
use event_store::EventStore;
use event_store::verify::{Area, Finding, Findings, Step};
use events::Recorded;
use futures::StreamExt;

use super::envelope;

/// Events read from the log at once.
const PAGE: i64 = 2_000;

/// The longest wait for one message that must be there.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message that the stream should have is never handed out; what comes behind it could not be judged.
const MUTE: &str = "the message is not delivered, and none behind it";

/// Why the stream could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum Unjudged {
    /// NATS did not answer, or refused.
    #[error("the stream cannot be read: {0}")]
    Nats(String),
    /// The log did not.
    #[error("the log cannot be read: {0}")]
    Log(#[from] event_store::StoreError),
}

fn nats(error: impl std::fmt::Display) -> Unjudged {
    Unjudged::Nats(error.to_string())
}

/// JetStream at an address, as a user when one is named.
///
/// # Errors
/// When the server does not answer.
pub async fn connect(url: &str, user: Option<(&str, &str)>) -> Result<Context, Unjudged> {
    let options = ConnectOptions::new().name("salgslogg verify");
    let options = match user {
        Some((name, password)) => options
            .user_and_password(name.to_owned(), password.to_owned())
            .custom_inbox_prefix(format!("_INBOX_{name}")),
        None => options,
    };
    Ok(jetstream::new(options.connect(url).await.map_err(nats)?))
}

/// Compares the messages of `from` to `head` that the stream still holds; answers how many were equal. Ends at the first
/// message that the server says it has and does not deliver, which is a finding.
///
/// # Errors
/// NATS or log cannot be read.
pub async fn judge(
    store: &EventStore,
    context: &Context,
    (from, head): (i64, i64),
    findings: &mut Findings,
    progress: &mut (dyn FnMut(Step) + Send),
) -> Result<i64, Unjudged> {
    let name = format!("SALES_{}", store.log_id());
    let stream = match context.get_stream(&name).await {
        Ok(stream) => stream,
        Err(error) => {
            add(findings, 0, "there is no stream", error.to_string(), name);
            return Ok(0);
        }
    };
    let state = &stream.cached_info().state;
    let signed = |sequence: u64| i64::try_from(sequence).unwrap_or(i64::MAX);
    let (first, last) = (signed(state.first_sequence), signed(state.last_sequence));
    ends(last, head, store.head().await?, findings);
    let (from, to) = (from.max(first), head.min(last));
    if from > to || state.messages == 0 {
        return Ok(0);
    }
    let start_sequence = u64::try_from(from).unwrap_or(1);
    let policy = DeliverPolicy::ByStartSequence { start_sequence };
    let config = OrderedConfig { deliver_policy: policy, ..OrderedConfig::default() };
    let consumer = stream.create_consumer(config).await.map_err(nats)?;
    let mut messages = consumer.messages().await.map_err(nats)?;
    let (mut expected, mut equal, mut ahead) = (from, 0, None::<(i64, Message)>);
    while expected <= to {
        let rows = store.read_after(expected - 1, PAGE.min(to - expected + 1)).await?;
        let Some(end) = rows.last().map(|row| row.position) else { break };
        for row in rows {
            let at = row.position;
            while ahead.as_ref().is_none_or(|(sequence, _)| *sequence < at) {
                let next = tokio::time::timeout(PATIENCE, messages.next()).await;
                let Ok(Some(Ok(message))) = next else { break };
                let sequence = signed(message.info().map_err(nats)?.stream_sequence);
                ahead = Some((sequence, message));
            }
            match &ahead {
                Some((sequence, message)) if *sequence == at => {
                    equal += i64::from(equals(&row, message, findings));
                }
                Some((sequence, _)) if *sequence > at => {
                    add(findings, at, "the message is missing", "nothing".into(), row.event_type);
                }
                _ => {
                    add(findings, at, MUTE, held(&stream, at).await?, row.event_type);
                    return Ok(equal);
                }
            }
        }
        expected = end + 1;
        progress(Step { area: Area::Messages, done: end, all: to, found: findings.count() });
    }
    Ok(equal)
}

fn add(findings: &mut Findings, at: i64, what: &str, stored: String, expected: String) {
    findings.add(Finding::new(Area::Messages, at, what, stored, expected));
}

/// Where the stream ends, against the events it must hold and the newest of the log.
fn ends(last: i64, head: i64, newest: i64, findings: &mut Findings) {
    if last < head {
        add(
            findings,
            last + 1,
            "the stream ends before the log",
            last.to_string(),
            head.to_string(),
        );
    }
    if last > newest {
        add(
            findings,
            newest + 1,
            "the stream goes on behind the log",
            last.to_string(),
            newest.to_string(),
        );
    }
}

/// What the server itself says of a message that it does not deliver; an error when it says nothing at all.
async fn held(stream: &Stream, at: i64) -> Result<String, Unjudged> {
    match stream.get_raw_message(at.unsigned_abs()).await {
        Ok(message) => Ok(format!("a message of {} bytes", message.payload.len())),
        Err(error) => match error.kind() {
            RawMessageErrorKind::NoMessageFound => Ok("nothing".to_owned()),
            RawMessageErrorKind::JetStream(refused) => Ok(refused.to_string()),
            RawMessageErrorKind::InvalidSubject | RawMessageErrorKind::Other => Err(nats(error)),
        },
    }
}

fn equals(row: &Recorded, message: &Message, findings: &mut Findings) -> bool {
    let mut differs = Vec::new();
    let subject = envelope::subject(row);
    if message.subject.as_str() != subject {
        differs.push(("the subject of the message", message.subject.to_string(), subject));
    }
    if message.payload.as_ref() != row.payload.as_slice() {
        let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        differs.push(("the bytes of the message", told(&message.payload), told(&row.payload)));
    }
    let headers = message.headers.clone().unwrap_or_default();
    let expected = envelope::headers(row).unwrap_or_default();
    for (name, value) in &expected {
        let stored = headers.get(*name).map(|value| value.as_str().to_owned());
        if stored.as_ref() != Some(value) {
            let stored = format!("{name} {}", stored.unwrap_or_else(|| "missing".to_owned()));
            differs.push(("a header of the message", stored, value.clone()));
        }
    }
    if headers.len() > expected.len() {
        let (stored, expected) = (headers.len().to_string(), expected.len().to_string());
        differs.push(("the message has headers of its own", stored, expected));
    }
    let equal = differs.is_empty();
    for (what, stored, expected) in differs {
        findings.add(Finding::new(Area::Messages, row.position, what, stored, expected));
    }
    equal
}
