//! Does the stream tell the log's history? Every message still in it is read, its hash recomputed, and compared with
//! the event at the position that is its sequence.

use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::{self, stream::Stream};
use event_store::EventStore;
use futures::StreamExt;
use local_stack::nats::{OPERATOR, Server};
use projection_service::wire;

use super::Contradiction;

/// Events read from the log at once.
const PAGE: i64 = 2_000;

/// The longest wait for one message that must be there.
const PATIENCE: Duration = Duration::from_secs(20);

fn differs(sequence: i64, what: impl Into<String>) -> Contradiction {
    Contradiction::Stream { sequence, what: what.into() }
}

/// JetStream, as the server's operator.
///
/// # Errors
/// When the server does not answer.
pub(crate) async fn jetstream(server: &Server) -> Result<jetstream::Context, Contradiction> {
    let operator =
        server.users().find(OPERATOR).expect("invariant: a test's server has an operator");
    let options =
        ConnectOptions::with_user_and_password(OPERATOR.into(), operator.password.clone());
    let client = options.custom_inbox_prefix(format!("_INBOX_{OPERATOR}"));
    let client = client.connect(server.url_for(OPERATOR)).await.map_err(Contradiction::unable)?;
    Ok(jetstream::new(client))
}

/// Compares every message with its event; answers how many there are.
pub(super) async fn equals(
    store: &EventStore,
    server: &Server,
    head: i64,
) -> Result<i64, Contradiction> {
    let name = command_service::relay::stream_name(store.log_id());
    let stream = jetstream(server).await?.get_stream(&name).await;
    let stream = stream.map_err(|error| differs(0, error.to_string()))?;
    let state = &stream.cached_info().state;
    let signed =
        |sequence: u64| i64::try_from(sequence).expect("invariant: a sequence is a position");
    let (first, last) = (signed(state.first_sequence), signed(state.last_sequence));
    if last != head {
        return Err(differs(last, format!("the stream ends here, the log at {head}")));
    }
    let kept = if state.messages == 0 { 0 } else { last - first + 1 };
    if signed(state.messages) != kept {
        return Err(differs(first, format!("{} of {kept} messages are there", state.messages)));
    }
    if kept > 0 {
        compare(store, &stream, first, last).await?;
    }
    Ok(kept)
}

async fn compare(
    store: &EventStore,
    stream: &Stream,
    first: i64,
    last: i64,
) -> Result<(), Contradiction> {
    let consumer = stream.create_consumer(OrderedConfig::default()).await;
    let messages = consumer.map_err(Contradiction::unable)?.messages().await;
    let mut messages = messages.map_err(Contradiction::unable)?;
    let mut expected = first;
    while expected <= last {
        let rows = store.read_after(expected - 1, PAGE.min(last - expected + 1)).await?;
        for row in rows {
            let message = tokio::time::timeout(PATIENCE, messages.next()).await;
            let message = message.map_err(|_| differs(expected, "is not delivered"))?;
            let message = message
                .and_then(Result::ok)
                .ok_or_else(|| differs(expected, "is not delivered"))?;
            let sequence = message.info().map_err(Contradiction::unable)?.stream_sequence;
            if i64::try_from(sequence) != Ok(expected) {
                return Err(differs(expected, format!("sequence {sequence} came instead")));
            }
            let headers = message.headers.clone().unwrap_or_default();
            let event = wire::decode(&headers, &message.payload, row.tenant_id)
                .map_err(|error| differs(expected, error.to_string()))?;
            if event != row {
                return Err(differs(expected, "is not the event the log holds"));
            }
            expected += 1;
        }
    }
    Ok(())
}
