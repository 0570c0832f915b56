//! Deadlines for what is asked of the read models' database. A wire that swallows bytes never says that it is broken (C1):
//! a lane that waited for such an answer would stand still for ever, and say nothing.

use std::io;
use std::time::Duration;

use tokio::time::timeout;

/// Whoever has not answered a small question by then is gone. Longer than a lock can be held against it: a batch whose
/// owner fell asleep is rolled back after 10 s.
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// What a batch, or a page of a queue, takes at most: ten times the longest statement.
pub(super) const WORKS_WITHIN: Duration = Duration::from_secs(600);

/// The answer to `question`, or the error of a broken connection.
pub(super) async fn answered<T, E: From<sqlx::Error>>(
    question: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    timeout(ANSWERS_WITHIN, question).await.unwrap_or_else(|_| Err(silence().into()))
}

/// Nobody answered.
pub(super) fn silence() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}

/// Whether nobody answered, on an old connection or on a new one, rather than something being refused.
pub(super) fn silent(error: &sqlx::Error) -> bool {
    let late = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
    matches!(error, sqlx::Error::PoolTimedOut)
        || matches!(error, sqlx::Error::Io(error) if late(error))
}
