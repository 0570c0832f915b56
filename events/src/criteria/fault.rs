//! Why a search cannot be asked, in words a person can act on.

use thiserror::Error;

/// What is wrong with criteria.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// Nobody knows such a field.
    #[error("{0:?} is not a field that can be searched")]
    UnknownField(String),
    /// Nobody knows such an operator.
    #[error("{0:?} is not an operator")]
    UnknownOperator(String),
    /// The operator is one of another kind of field.
    #[error("{operator} is not an operator of {field}, which is a field of kind {kind}")]
    OtherKind {
        /// Field.
        field: String,
        /// Operator.
        operator: &'static str,
        /// Kind of the field.
        kind: &'static str,
    },
    /// Too few values, or too many for the operator.
    #[error("{operator} takes {takes}")]
    OtherCount {
        /// Operator.
        operator: &'static str,
        /// How many it takes.
        takes: &'static str,
    },
    /// A value that the field cannot have.
    #[error("{field}: {value:?} {rule}")]
    Value {
        /// Field.
        field: String,
        /// The value, or its beginning.
        value: String,
        /// What it has to be.
        rule: &'static str,
    },
    /// More than there may be.
    #[error("at most {most} {what} are allowed")]
    TooMany {
        /// Blocks, criteria, values, characters, bytes.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// A block without any criterion.
    #[error("a block has at least one criterion")]
    EmptyBlock,
    /// A text that is no criterion.
    #[error("at character {at}: {expected} is expected")]
    Syntax {
        /// Which character, from 1.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
}

/// The beginning of what somebody wrote: refusals do not repeat long texts.
pub(super) fn beginning(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut beginning: String = text.chars().take(CHARS_MAX).collect();
    if beginning.len() < text.len() {
        beginning.push('…');
    }
    beginning
}
