//! Standing still: why, since when it was said, and what makes a part go on. Owns the halt in
//! `es_ops.projection_part` and in the metrics; must not move the checkpoint.

use read_models::OnPoison;
use sqlx::{PgPool, Row};

use super::fault::Halted;
use super::lane::{Lane, LaneError, Step};
use super::lease::{Lease, Part};
use crate::metrics;

/// How a lane stands with its halt.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// An event failed for good, under this policy.
    pub(super) poisoned: Option<OnPoison>,
    /// The part's row holds a halt that the next success makes untrue.
    pub(super) marked: bool,
    /// What this process has said about it; it is said once.
    told: Option<Halted>,
    /// The checkpoint behind which a batch failed first; its further tries are not warned of.
    failing: Option<i64>,
}

impl Lane {
    /// Says that a batch failed, once for all its tries.
    pub(super) fn warn_once(&mut self, lease: Lease, reason: &str) {
        if self.standing.failing.replace(lease.position) != Some(lease.position) {
            tracing::warn!(
                model = self.part.model,
                generation = self.part.generation,
                after = lease.position,
                reason,
                "a batch failed and is tried again, smaller"
            );
        }
    }

    /// Stands still, and says why the first time; only the owner of the lease can know.
    pub(super) async fn halt(&mut self, lease: Lease, halted: Halted) -> Result<Step, LaneError> {
        if !self.part.set_halted(&self.pool, lease, Some(&halted)).await? {
            return Ok(self.overtaken());
        }
        self.standing.marked = true;
        if self.standing.told.as_ref() != Some(&halted) {
            tracing::error!(
                model = self.part.model,
                generation = self.part.generation,
                position = halted.position,
                reason = halted.reason.map(read_models::Reason::as_str),
                "projection halted: {}",
                halted.sentence
            );
            self.standing.told = Some(halted.clone());
        }
        self.show().await?;
        Ok(Step::Halted(halted.sentence))
    }

    /// Whether the event that failed may be tried again: somebody cleared the halt or changed the
    /// policy under which it stands.
    pub(super) async fn pardoned(&mut self, under: OnPoison) -> Result<bool, LaneError> {
        let halted = self.part.state(&self.pool).await?.halted.is_some();
        if halted && self.part.on_poison(&self.pool).await? == under {
            return Ok(false);
        }
        self.pardon();
        Ok(true)
    }

    /// Gives the event that failed its tries back.
    pub(super) fn pardon(&mut self) {
        self.standing.poisoned = None;
        self.standing.told = None;
        self.attempt.pardon();
    }

    /// Takes the halt back after a success.
    pub(super) async fn unmark(&mut self, lease: Lease) -> Result<(), LaneError> {
        if self.standing.marked {
            if !self.part.set_halted(&self.pool, lease, None).await? {
                // the part is another's, or its checkpoint went back: the next claim tells
                self.lease = None;
                return Ok(());
            }
            self.standing = Standing::default();
            tracing::info!(
                model = self.part.model,
                generation = self.part.generation,
                position = lease.position,
                "projection goes on"
            );
            self.show().await?;
        }
        Ok(())
    }

    /// Brings the metrics of halts and queues up to date at once.
    pub(super) async fn show(&self) -> Result<(), LaneError> {
        metrics::standing(&self.part, &self.part.state(&self.pool).await?);
        Ok(())
    }
}

impl Part {
    /// What the generation does about poison.
    pub(super) async fn on_poison(&self, pool: &PgPool) -> Result<OnPoison, sqlx::Error> {
        let row = sqlx::query(
            "SELECT on_poison FROM es_ops.projection WHERE name = $1 AND generation = $2",
        )
        .bind(self.model)
        .bind(self.generation)
        .fetch_optional(pool)
        .await?;
        let word: Option<String> = row.map(|row| row.try_get("on_poison")).transpose()?;
        // a word this program does not know comes from a newer one: the careful policy holds
        Ok(word.and_then(|word| OnPoison::parse(&word)).unwrap_or(OnPoison::Halt))
    }
}
