//! What a relay is told: where NATS is and how much of the log its stream keeps. Must not connect.

use std::time::Duration;

use async_nats::ServerAddr;
use events::TenantSlug;
use percent_encoding::percent_decode_str;

/// The limits of a relay and of its stream.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Positions a new stream is filled with, counted back from the head; none = the whole log.
    pub replay_window: Option<u32>,
    /// Age at which the stream forgets a message; zero = never.
    pub max_age: Duration,
    /// Bytes at which the stream forgets its oldest messages; −1 = never.
    pub max_bytes: i64,
    /// Messages beyond which the stream forgets its oldest; −1 = never.
    pub max_msgs: i64,
    /// Copies of the stream in a NATS cluster.
    pub replicas: usize,
    /// Messages under way without an acknowledgement.
    pub window: usize,
    /// The longest wait for one answer of the NATS server.
    pub answer_timeout: Duration,
    /// Tenants that get a durable pull consumer of their own.
    pub tenants: Vec<TenantSlug>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            replay_window: None,
            max_age: Duration::ZERO,
            max_bytes: -1,
            max_msgs: -1,
            replicas: 1,
            window: 1_024,
            answer_timeout: Duration::from_secs(5),
            tenants: Vec::new(),
        }
    }
}

impl Settings {
    /// The first position of a stream made while the log ends at `head`: what it would forget at once is not sent.
    pub(super) fn first_position(&self, head: i64) -> i64 {
        let window = self.replay_window.map_or(i64::MAX, i64::from);
        let kept = if self.max_msgs < 0 { window } else { window.min(self.max_msgs) };
        head.saturating_sub(kept).max(0) + 1
    }
}

/// A NATS server address that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("not a nats address: {0}")]
pub struct AddressError(String);

/// Where NATS is and who we are there.
#[derive(Clone)]
pub struct NatsAddress {
    pub(super) servers: Vec<ServerAddr>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
}

impl NatsAddress {
    /// Reads `nats://user:password@host:port`, or several with commas between them. User and
    /// password stand in the first and are percent-encoded where needed.
    ///
    /// # Errors
    /// When a part is not a URL. The message never quotes it: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let servers = text
            .split(',')
            .map(|part| {
                part.trim().parse::<ServerAddr>().map_err(|error| AddressError(error.to_string()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let first = servers.first().ok_or_else(|| AddressError("empty".into()))?;
        let (user, password) = (first.username().map(plain), first.password().map(plain));
        Ok(Self { servers, user, password })
    }

    /// Prefix of the inboxes this user may listen to: nobody reads another's replies.
    pub(super) fn inbox_prefix(&self) -> String {
        self.user.as_ref().map_or_else(|| "_INBOX".to_owned(), |user| format!("_INBOX_{user}"))
    }
}

fn plain(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_come_from_the_address_and_name_the_inbox() {
        let address =
            NatsAddress::parse("nats://relay:p%40ss@127.0.0.1:4222,nats://127.0.0.2:4222").unwrap();
        assert_eq!(address.user.as_deref(), Some("relay"));
        assert_eq!(address.password.as_deref(), Some("p@ss"));
        assert_eq!(address.servers.len(), 2);
        assert_eq!(address.inbox_prefix(), "_INBOX_relay");
        assert_eq!(NatsAddress::parse("nats://127.0.0.1:4222").unwrap().inbox_prefix(), "_INBOX");
    }

    #[test]
    fn a_new_stream_begins_where_its_limits_would_have_left_it() {
        let settings =
            |replay_window, max_msgs| Settings { replay_window, max_msgs, ..Settings::default() };
        assert_eq!(settings(None, -1).first_position(5_000), 1);
        assert_eq!(settings(Some(100), -1).first_position(5_000), 4_901);
        assert_eq!(settings(Some(100), 10).first_position(5_000), 4_991);
        assert_eq!(settings(None, 10_000).first_position(5_000), 1);
        assert_eq!(settings(None, 10).first_position(0), 1);
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_quoting_it() {
        let error = NatsAddress::parse("http://relay:secret@host").err().unwrap();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
