//! What can go wrong with the database. Refusals of the log are outcomes, not errors.

use std::io;

use thiserror::Error;
use tokio::time::timeout;

use crate::writer::ANSWERS_WITHIN;

/// A question to the log could not be answered.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database could not be reached or gave up; asking again later may work.
    #[error("the log cannot be reached")]
    Unavailable(#[from] sqlx::Error),
    /// A stored row cannot be read: the database was not written by this crate.
    #[error("position {position}: {what}")]
    Corrupt {
        /// The row's position, 0 when it has none.
        position: i64,
        /// What is wrong with it.
        what: String,
    },
    /// A range that is asked for was taken out of the table and lies in a file; asking again helps once an operator has
    /// put it back (case 53).
    #[error(
        "positions {first} to {last} lie in the archive {file}; `salgslogg archive restore {file}` puts them back"
    )]
    Archived {
        /// First position of the range.
        first: i64,
        /// Last position of the range.
        last: i64,
        /// Name of the file.
        file: String,
    },
}

/// A batch could not be stored. Nothing of it is, unless `Unavailable` says the outcome is unknown;
/// a repeat with the same keys is then answered with the truth.
#[derive(Debug, Error)]
pub enum AppendError {
    /// Events or receipts have no partition to go to: nobody created them ahead.
    #[error("no partition for new rows of es.{table}")]
    PartitionMissing {
        /// `event` or `command`.
        table: String,
    },
    /// The database could not be reached or gave up.
    #[error("the log cannot be written")]
    Unavailable(#[from] sqlx::Error),
}

/// What a failed call means for the batch it carried. Judged by SQLSTATE, never by message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection died: the batch may be stored or not.
    OutcomeUnknown,
    /// Rolled back by a race; the same batch may succeed.
    RolledBack,
    /// Some group carries what the database refuses.
    BadContent,
    /// The partition for new rows is missing.
    PartitionMissing,
    /// Everything else; rolled back or never sent.
    GaveUp,
}

pub(crate) fn classify(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            Failure::OutcomeUnknown
        }
        sqlx::Error::Encode(_) => Failure::BadContent,
        sqlx::Error::Database(refusal) => {
            let state = refusal.code().unwrap_or_default();
            match state.as_ref() {
                // a missing partition is a check violation that names no constraint
                "23514" if refusal.constraint().is_none() => Failure::PartitionMissing,
                "57P01" | "57P02" | "57P03" | "57P05" => Failure::OutcomeUnknown,
                "40001" | "40P01" => Failure::RolledBack,
                "ES003" | "ES004" => Failure::BadContent,
                _ => match state.get(..2) {
                    Some("08") => Failure::OutcomeUnknown,
                    Some("21" | "22" | "23" | "54") => Failure::BadContent,
                    _ => Failure::GaveUp,
                },
            }
        }
        _ => Failure::GaveUp,
    }
}

/// An answer, or the error that there is none: a wire that swallows bytes never says that it is broken (C1), so whoever
/// stays silent for longer than any statement may take counts as gone.
///
/// # Errors
/// Those of `question`, and a time-out as an error of the connection: the outcome is unknown.
pub async fn patiently<T>(
    question: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let silent = |_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    timeout(ANSWERS_WITHIN, question).await.unwrap_or_else(silent)
}

/// Reads anew when a connection turns out to be dead: after a restart of the database a pool may hold
/// several, and each failure removes one. A database that stays silent for longer than any statement may take
/// counts as unreachable (C1): a wire that swallows bytes never says that it is broken.
pub(crate) async fn read_again<T, Query>(
    pool: &sqlx::PgPool,
    mut query: impl FnMut() -> Query,
) -> Result<T, StoreError>
where
    Query: Future<Output = Result<T, sqlx::Error>>,
{
    let mut attempts_left = pool.options().get_max_connections();
    loop {
        let Ok(answer) = timeout(ANSWERS_WITHIN, query()).await else {
            return Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()).into());
        };
        match answer {
            Err(error) if attempts_left > 0 && classify(&error) == Failure::OutcomeUnknown => {
                attempts_left -= 1;
            }
            other => return other.map_err(StoreError::from),
        }
    }
}
