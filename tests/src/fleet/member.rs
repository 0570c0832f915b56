//! Who can be killed.

use std::fmt;

/// One process of a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// The NATS server.
    Nats,
    /// A command-service, by number.
    Command(usize),
    /// A projection-service, by number.
    Query(usize),
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nats => f.write_str("nats"),
            Self::Command(n) => write!(f, "command-{n}"),
            Self::Query(n) => write!(f, "query-{n}"),
        }
    }
}
