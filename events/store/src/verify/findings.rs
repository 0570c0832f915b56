//! Contradictions as a list: what stands where, and what should.

use std::fmt;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Events and batches in the order of the log.
    Log,
    /// Versions of streams, and the row of each.
    Streams,
    /// Receipts of commands.
    Receipts,
    /// The JetStream stream.
    Messages,
    /// Rows of read models.
    ReadModels,
}

impl Area {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Streams => "streams",
            Self::Receipts => "receipts",
            Self::Messages => "messages",
            Self::ReadModels => "read models",
        }
    }
}

/// A contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub area: Area,
    /// Where in the log; 0 when it has no place there.
    pub position: i64,
    /// Which rule, in words.
    pub what: String,
    /// What stands there.
    pub stored: String,
    /// What should.
    pub expected: String,
}

impl Finding {
    /// A finding; `stored` and `expected` are cut to what a report can hold.
    pub fn new(
        area: Area,
        position: i64,
        what: impl Into<String>,
        stored: impl fmt::Display,
        expected: impl fmt::Display,
    ) -> Self {
        let cut = |value: &dyn fmt::Display| value.to_string().chars().take(200).collect();
        Self { area, position, what: what.into(), stored: cut(&stored), expected: cut(&expected) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "position {}: {}", self.position, self.what)?;
        if self.stored.is_empty() && self.expected.is_empty() {
            return Ok(());
        }
        write!(f, " (stored {}, expected {})", self.stored, self.expected)
    }
}

/// Findings, the first ones in words and all of them counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    kept: Vec<Finding>,
    count: u64,
}

impl Findings {
    /// How many are kept in words.
    pub const KEPT: usize = 100;

    /// Adds one.
    pub fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.kept.len() < Self::KEPT {
            self.kept.push(finding);
        }
    }

    /// The first ones.
    #[must_use]
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// How many there are, kept or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first one.
    #[must_use]
    pub fn first(&self) -> Option<&Finding> {
        self.kept.first()
    }
}

/// A hash as people compare it.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>() + "…"
}
