//! What a read model does about an event that cannot be applied, and the words for why. Never: skip it.

use events::DecodeError;

use crate::ApplyError;

/// The policy of a generation, in `es_ops.projection.on_poison`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPoison {
    /// Stand still before the event. For rows that are added up: totals that lack a sale would be wrong.
    Halt,
    /// Set the event's stream aside, its later events queued behind it, and go on with the others. For rows that
    /// depend on their own stream alone: applied later, the queue must give the rows it would have given in order.
    ParkStream,
}

impl OnPoison {
    /// Every policy, for exhaustive checks.
    pub const ALL: [Self; 2] = [Self::Halt, Self::ParkStream];

    /// The word in the database and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Halt => "halt",
            Self::ParkStream => "park_stream",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text)
    }
}

/// Why a part stands still or a stream is parked: the word for metrics, `/v1/projections` and alarms. Tells nothing
/// of what an event holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A type this program does not know: a newer writer (case 40).
    UnknownEventType,
    /// A version of the payload above this program's: a newer writer.
    NewerEventVersion,
    /// The bytes do not have the shape of their type and version.
    UnreadableEvent,
    /// The event does not follow from the stream before it.
    DoesNotFollow,
    /// The database refuses the rows.
    RefusedByDatabase,
    /// Stream and log, or read model and log, contradict each other (case 32).
    LogContradicted,
    /// The event at the checkpoint is not the log's: the rows are of a history that was lost (case 32). Only a rebuild helps.
    OtherHistory,
    /// More streams or events would have to be parked than a generation may hold.
    TooManyParked,
}

impl Reason {
    /// Every reason, for metrics.
    pub const ALL: [Self; 8] = [
        Self::UnknownEventType,
        Self::NewerEventVersion,
        Self::UnreadableEvent,
        Self::DoesNotFollow,
        Self::RefusedByDatabase,
        Self::LogContradicted,
        Self::OtherHistory,
        Self::TooManyParked,
    ];

    /// The stable word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownEventType => "unknown_event_type",
            Self::NewerEventVersion => "newer_event_version",
            Self::UnreadableEvent => "unreadable_event",
            Self::DoesNotFollow => "does_not_follow",
            Self::RefusedByDatabase => "refused_by_database",
            Self::LogContradicted => "log_contradicted",
            Self::OtherHistory => "other_history",
            Self::TooManyParked => "too_many_parked",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

impl From<&DecodeError> for Reason {
    fn from(error: &DecodeError) -> Self {
        match error {
            DecodeError::UnknownType(_) => Self::UnknownEventType,
            DecodeError::FromTheFuture { .. } => Self::NewerEventVersion,
            DecodeError::NoUpcaster { .. }
            | DecodeError::Malformed { .. }
            | DecodeError::UnknownStream(_) => Self::UnreadableEvent,
            DecodeError::At { source, .. } => Self::from(source.as_ref()),
        }
    }
}

impl From<&ApplyError> for Reason {
    fn from(error: &ApplyError) -> Self {
        match error {
            ApplyError::Decode(error) => Self::from(error),
            ApplyError::Unfoldable { .. } => Self::DoesNotFollow,
            ApplyError::Database(_) => Self::RefusedByDatabase,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_an_error_keeps_its_reason_wherever_it_is_wrapped() {
        for policy in OnPoison::ALL {
            assert_eq!(OnPoison::parse(policy.as_str()), Some(policy));
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        let unknown = DecodeError::UnknownType("sale.teleported".into()).at(7);
        assert_eq!(Reason::from(&ApplyError::from(unknown)), Reason::UnknownEventType);
    }
}
