//! One cheap look before an answer leaves: is there a receipt, and are the streams still where the
//! decision saw them.

use sqlx::Row;
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, read_again};
use crate::outcome::StoredReceipt;

/// What the log says about a command that is about to be decided or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The kept answer under the key, with the hash of the request it answered.
    pub receipt: Option<(StoredReceipt, [u8; 32])>,
    /// Current versions, one per stream asked for; 0 = does not exist.
    pub versions: Vec<i64>,
}

impl EventStore {
    /// Looks up a key (of the last 7 days) and the versions of streams, in one query, without a lock.
    pub async fn probe(
        &self,
        key: Option<[u8; 32]>,
        streams: &[Uuid],
    ) -> Result<Probe, StoreError> {
        let row = read_again(self.pool(), || {
            sqlx::query(include_str!("probe.sql"))
                .bind(self.log_id())
                .bind(streams)
                .bind(key)
                .fetch_one(self.pool())
        })
        .await?;
        let request: Option<[u8; 32]> = row.try_get("request_hash")?;
        let receipt = match request {
            None => None,
            Some(request) => Some((
                StoredReceipt {
                    answer: row.try_get("answer")?,
                    version: row.try_get("version")?,
                    last: row.try_get("last_position")?,
                    number: row.try_get("number")?,
                },
                request,
            )),
        };
        Ok(Probe { receipt, versions: row.try_get("versions")? })
    }
}
