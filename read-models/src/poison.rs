//! What a read model does about an event that cannot be applied. Never: skip it.

/// The policy of a generation, in `es_ops.projection.on_poison`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPoison {
    /// Stand still before the event. For rows that are added up: totals that lack a sale would be wrong.
    Halt,
    /// Set the event's stream aside, its later events queued behind it, and go on with the others.
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
