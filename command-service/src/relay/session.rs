//! One connection to NATS and the window of messages under way on it. A session is thrown away at
//! the first trouble, with its window: the stream itself says what arrived.

use std::collections::VecDeque;

use async_nats::ConnectOptions;
use async_nats::header::HeaderMap;
use async_nats::jetstream::context::{Context, ContextBuilder, PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::stream::DirectGetErrorKind;
use events::Recorded;
use service_runtime::fault_point;
use tokio::sync::watch;

use super::encode::encode;
use super::halt::{Fault, Halt, Stop};
use super::settings::{NatsAddress, Settings};
use super::stream::stream_name;

/// A live connection, and what was published on it without an answer yet.
pub(super) struct Session {
    pub(super) context: Context,
    stream: String,
    under_way: VecDeque<(i64, PublishAckFuture)>,
    window: usize,
    broken: watch::Receiver<bool>,
}

impl Session {
    /// Connects; an unreachable server is a fault at once, the caller decides when to try again.
    pub(super) async fn open(
        address: &NatsAddress,
        settings: &Settings,
        log_id: i16,
    ) -> Result<Self, Fault> {
        let (broke, broken) = watch::channel(false);
        let mut options = ConnectOptions::new()
            .name("salgslogg relay")
            .custom_inbox_prefix(address.inbox_prefix())
            .connection_timeout(settings.answer_timeout)
            .max_reconnects(1)
            .event_callback(move |event| {
                if matches!(event, async_nats::Event::Disconnected | async_nats::Event::Closed) {
                    broke.send_replace(true);
                }
                std::future::ready(())
            });
        if let (Some(user), Some(password)) = (&address.user, &address.password) {
            options = options.user_and_password(user.clone(), password.clone());
        }
        let client = options
            .connect(address.servers.as_slice())
            .await
            .map_err(|error| Fault::nats("connecting", error))?;
        let context = ContextBuilder::new()
            .timeout(settings.answer_timeout)
            .max_ack_inflight(settings.window)
            .build(client);
        let stream = stream_name(log_id);
        Ok(Self { context, stream, under_way: VecDeque::new(), window: settings.window, broken })
    }

    /// Sends a row on its way, after making room in the window. Returns the newest position that
    /// was acknowledged meanwhile.
    pub(super) async fn publish(&mut self, row: &Recorded) -> Result<Option<i64>, Stop> {
        if !row.verify_hash() {
            let reason = "the content hash does not fit the content".to_owned();
            return Err(Halt::Unreadable { position: row.position, reason }.into());
        }
        let message = encode(row).map_err(|error| Halt::unreadable(row.position, &error))?;
        let mut acked = None;
        while self.under_way.len() >= self.window {
            acked = self.settle_one().await?;
        }
        fault_point::pass("relay.before-publish");
        let sent = self
            .context
            .publish_with_headers(message.subject, message.headers, message.payload)
            .await;
        match sent {
            Ok(ack) => self.under_way.push_back((row.position, ack)),
            Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                return Err(Halt::TooLarge { position: row.position }.into());
            }
            Err(error) => return Err(Fault::nats("publishing", error).into()),
        }
        Ok(acked)
    }

    /// Waits for every acknowledgement still due. Returns the newest acknowledged position.
    pub(super) async fn settle(&mut self) -> Result<Option<i64>, Fault> {
        let mut acked = None;
        while !self.under_way.is_empty() {
            acked = self.settle_one().await?;
        }
        Ok(acked)
    }

    async fn settle_one(&mut self) -> Result<Option<i64>, Fault> {
        let Some((position, ack)) = self.under_way.pop_front() else { return Ok(None) };
        let refused = |reason: String| Fault::NotAccepted { position, reason };
        tokio::select! {
            biased;
            answer = ack.into_future() => match answer {
                Ok(answer) if i64::try_from(answer.sequence) == Ok(position) => Ok(Some(position)),
                Ok(answer) => Err(refused(format!("stored as sequence {}", answer.sequence))),
                Err(error) => Err(refused(error.to_string())),
            },
            _ = self.broken.wait_for(|broken| *broken) => Err(Fault::Disconnected),
        }
    }

    /// The envelope of a stored message; none when retention removed it.
    pub(super) async fn envelope(&self, sequence: i64) -> Result<Option<HeaderMap>, Fault> {
        let wanted = u64::try_from(sequence).unwrap_or(0);
        let stream = self
            .context
            .get_stream_no_info(&self.stream)
            .await
            .map_err(|error| Fault::nats("stream name", error))?;
        match stream.direct_get(wanted).await {
            Ok(message) => Ok(Some(message.headers)),
            Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::nats("reading a message", error)),
        }
    }
}
