//! What the log says about an event of a sale beside the fact itself.

use chrono::{DateTime, Utc};
use events::{Recorded, StreamName};
use uuid::Uuid;

use crate::ApplyError;

/// Who, when and, of the registration, which sale.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// When the fact took effect.
    pub effective_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who caused it.
    pub actor: String,
    /// Public id and number of the sale; on the registration only.
    pub registered: Option<(Uuid, i64)>,
}

impl Surroundings {
    /// Those of a recorded event.
    ///
    /// # Errors
    /// Its metadata cannot be read, or its number stands on a stream without a UUID.
    pub fn of(event: &Recorded) -> Result<Self, ApplyError> {
        let metadata = event.metadata()?;
        let registered = match event.number {
            Some(number) => Some((public_id(&metadata.stream, event.position)?, number)),
            None => None,
        };
        Ok(Self {
            effective_at: event.effective(),
            recorded_at: event.recorded_at,
            actor: metadata.actor,
            registered,
        })
    }
}

/// The UUID people know the stream by.
fn public_id(stream: &str, position: i64) -> Result<Uuid, ApplyError> {
    let what = "a stream whose public id is no UUID";
    StreamName::parse(stream)
        .and_then(|stream| Uuid::parse_str(&stream.id).ok())
        .ok_or(ApplyError::Unfoldable { position, what })
}
