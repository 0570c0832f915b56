//! Why a relay stops. A [`Halt`] is a fact about the two histories that no retry may paper over; a
//! [`Fault`] is a machine that did not answer. Must not decide what follows: the relay does.

use events::DecodeError;

/// Log and stream contradict each other. The relay publishes nothing until the condition has gone;
/// commands are accepted all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The log was restored or failed over with loss (case 32).
    #[error("stream ahead of the log: stream at {stream}, log at {log}")]
    StreamAhead {
        /// Last sequence of the stream.
        stream: i64,
        /// Last position of the log.
        log: i64,
    },
    /// The stream carries other content at this position.
    #[error("histories differ at position {position}")]
    HistoriesDiffer {
        /// The first position found to differ.
        position: i64,
    },
    /// Somebody else published into the subjects of the log (case 31).
    #[error("foreign message at sequence {sequence}")]
    ForeignMessage {
        /// Where it stands.
        sequence: i64,
    },
    /// The log skips a position, which it promises not to.
    #[error("hole in the log: expected position {expected}, found {found:?}")]
    Hole {
        /// The position that is missing.
        expected: i64,
        /// What came instead, if anything.
        found: Option<i64>,
    },
    /// The stream's settings cannot be brought to ours.
    #[error("stream settings differ: {0}")]
    StreamSettings(&'static str),
    /// An event that the NATS server refuses for its size.
    #[error("event at position {position} is larger than the server's max_payload")]
    TooLarge {
        /// The event.
        position: i64,
    },
    /// An event whose metadata cannot be read.
    #[error("event at position {position} cannot be read: {reason}")]
    Unreadable {
        /// The event.
        position: i64,
        /// What the codec said.
        reason: String,
    },
}

impl Halt {
    /// Every [`code`](Self::code).
    pub const CODES: [&str; 7] = [
        "stream_ahead",
        "histories_differ",
        "foreign_message",
        "hole",
        "stream_settings",
        "too_large",
        "unreadable",
    ];

    /// The label of metrics and alarms.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StreamAhead { .. } => "stream_ahead",
            Self::HistoriesDiffer { .. } => "histories_differ",
            Self::ForeignMessage { .. } => "foreign_message",
            Self::Hole { .. } => "hole",
            Self::StreamSettings(_) => "stream_settings",
            Self::TooLarge { .. } => "too_large",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// Where the two histories part, when that is one place.
    pub fn position(&self) -> Option<i64> {
        match self {
            Self::StreamAhead { log, .. } => Some(log + 1),
            Self::HistoriesDiffer { position }
            | Self::TooLarge { position }
            | Self::Unreadable { position, .. } => Some(*position),
            Self::ForeignMessage { sequence } => Some(*sequence),
            Self::Hole { expected, .. } => Some(*expected),
            Self::StreamSettings(_) => None,
        }
    }

    pub(super) fn unreadable(position: i64, error: &DecodeError) -> Self {
        Self::Unreadable { position, reason: error.to_string() }
    }
}

/// A machine did not answer as hoped. The window is dropped and the stream asked again.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database of the log, its lease included.
    #[error("the log cannot be read")]
    Log(#[source] event_store::StoreError),
    /// The NATS server, or the way to it.
    #[error("nats does not answer: {what}")]
    Nats {
        /// What was being done.
        what: &'static str,
        /// What the client said.
        #[source]
        source: async_nats::Error,
    },
    /// The connection broke while acknowledgements were due.
    #[error("the nats connection broke")]
    Disconnected,
    /// A message was not accepted: another relay was faster, or one before it was lost.
    #[error("position {position} was not accepted: {reason}")]
    NotAccepted {
        /// The first position without an acknowledgement.
        position: i64,
        /// What the server or the client said.
        reason: String,
    },
}

impl Fault {
    pub(super) fn nats(what: &'static str, source: impl Into<async_nats::Error>) -> Self {
        Self::Nats { what, source: source.into() }
    }
}

/// Either way of not going on.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// Log and stream contradict each other.
    #[error(transparent)]
    Halted(#[from] Halt),
    /// A machine did not answer.
    #[error(transparent)]
    Broken(#[from] Fault),
}
