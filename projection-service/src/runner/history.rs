//! Is the history the rows are of still the log's? A log that comes back from a backup and grows again holds other
//! events at positions a read model has seen already. Owns the comparison of the checkpoint's event, and of the last
//! event of a batch, with the log; must not write rows.

use read_models::Reason;

use super::fault::Halted;
use super::lane::{Lane, LaneError, Step};
use super::lease::{Lease, Part};
use crate::source::{Batch, Source, SourceError};

type Hash = [u8; 32];

/// What the log says about the event at the checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checkpoint {
    /// It is the one that was applied, or there is none.
    Same,
    /// Nobody has noted which one was applied.
    Unknown(Hash),
    /// The log ends before it.
    Missing,
    /// Another one.
    Other,
}

/// Judges a checkpoint by what was applied there and what the log holds there.
fn judge(lease: Lease, log: Option<Hash>) -> Checkpoint {
    match (lease.applied, log) {
        _ if lease.position == 0 => Checkpoint::Same,
        (_, None) => Checkpoint::Missing,
        (None, Some(hash)) => Checkpoint::Unknown(hash),
        (Some(applied), Some(hash)) if applied == hash => Checkpoint::Same,
        (Some(_), Some(_)) => Checkpoint::Other,
    }
}

impl Lane {
    /// Compares the checkpoint with the log, once after each claim and renewal of the lease. A read model of another
    /// history stands still until it is rebuilt; one that is merely ahead is the source's to judge.
    pub(super) async fn astray(
        &mut self,
        lease: Lease,
        source: &Source,
    ) -> Result<Option<Step>, LaneError> {
        if self.proven {
            return Ok(None);
        }
        let hashes = source.store().recorded_event_hashes(&[lease.position]).await;
        let log = hashes.map_err(SourceError::Log).map_err(LaneError::Source)?;
        match judge(lease, log.first().copied().flatten()) {
            Checkpoint::Other => return self.other_history(lease).await.map(Some),
            Checkpoint::Unknown(hash) => self.part.learn(&self.pool, lease, hash).await?,
            Checkpoint::Same | Checkpoint::Missing => {}
        }
        self.proven = true;
        Ok(None)
    }

    /// Compares a batch with the log before it is applied: it must follow the event at the checkpoint, and what came
    /// from the stream or was read ahead, perhaps a while ago, must still be what the log holds.
    pub(super) async fn apart(
        &mut self,
        lease: Lease,
        batch: &Batch,
        source: &Source,
    ) -> Result<Option<Step>, LaneError> {
        let Some(last) = batch.end else { return Ok(None) };
        let asked = [lease.position, last.position];
        let hashes = source.store().recorded_event_hashes(&asked).await;
        let log = hashes.map_err(SourceError::Log).map_err(LaneError::Source)?;
        match judge(lease, log.first().copied().flatten()) {
            Checkpoint::Other => return self.other_history(lease).await.map(Some),
            Checkpoint::Same | Checkpoint::Unknown(_) => {}
            Checkpoint::Missing => return Ok(Some(self.distrust(lease, source).await)),
        }
        match log.get(1) {
            Some(held) if *held != Some(last.hash) => Ok(Some(self.distrust(lease, source).await)),
            Some(_) | None => Ok(None),
        }
    }

    /// What was read is of a history the log does not tell: the source starts over and says what is wrong.
    async fn distrust(&mut self, lease: Lease, source: &Source) -> Step {
        source.distrust(lease.position).await;
        self.proven = false;
        let reason = "events were read that the log does not hold";
        self.warn_once(lease, reason);
        Step::Failed(reason.into())
    }

    async fn other_history(&mut self, lease: Lease) -> Result<Step, LaneError> {
        self.proven = false;
        let position = lease.position;
        let sentence = format!(
            "other history: the read model and the log hold different events at position {position}; rebuild it"
        );
        self.halt(lease, Halted { position, reason: Some(Reason::OtherHistory), sentence }).await
    }
}

impl Part {
    /// Content hash of the event at the checkpoint, if somebody has noted it.
    pub(super) async fn applied(&self, pool: &sqlx::PgPool) -> Result<Option<Hash>, sqlx::Error> {
        let found: Option<Option<Hash>> = sqlx::query_scalar(
            "SELECT applied_hash FROM es_ops.projection_part
              WHERE name = $1 AND generation = $2 AND log_id = $3 AND part = $4",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(self.part)
        .fetch_optional(pool)
        .await?;
        Ok(found.flatten())
    }

    /// Notes the event at a checkpoint that an older program left, and nothing if it has moved since.
    async fn learn(
        &self,
        pool: &sqlx::PgPool,
        lease: Lease,
        hash: Hash,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE es_ops.projection_part SET applied_hash = $7
              WHERE name = $1 AND generation = $2 AND log_id = $3 AND part = $4
                AND lease_owner = $5 AND lease_epoch = $6 AND position = $8 AND applied_hash IS NULL",
        )
        .bind(self.model)
        .bind(self.generation)
        .bind(self.log_id)
        .bind(self.part)
        .bind(lease.owner)
        .bind(lease.epoch)
        .bind(hash)
        .bind(lease.position)
        .execute(pool)
        .await
        .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_judged_by_its_event() {
        let at =
            |position, applied| Lease { owner: uuid::Uuid::nil(), epoch: 1, position, applied };
        let (one, two) = ([1; 32], [2; 32]);
        assert_eq!(judge(at(0, None), None), Checkpoint::Same);
        assert_eq!(judge(at(7, Some(one)), Some(one)), Checkpoint::Same);
        assert_eq!(judge(at(7, Some(one)), Some(two)), Checkpoint::Other);
        assert_eq!(judge(at(7, Some(one)), None), Checkpoint::Missing);
        assert_eq!(judge(at(7, None), Some(two)), Checkpoint::Unknown(two));
    }
}
