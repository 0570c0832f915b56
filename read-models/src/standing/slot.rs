//! A tenant's place among the standings: what readers share, and the writer behind a lock.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use service_runtime::Problem;
use service_runtime::clock::Stopwatch;
use tokio::sync::{Mutex as Turn, MutexGuard};

use super::keeper::{Keeper, Refreshed};
use super::{Mark, Standing, Standings};
use crate::ask::Snapshot;

/// How long a question waits for another one that brings the standing up to date.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long a tenant that is too large is left to SQL before it is tried again.
pub(super) const TOO_LARGE_FOR: Duration = Duration::from_secs(60);

/// The standing of one tenant. Many questions share one refresh.
#[derive(Debug)]
pub(crate) struct Slot {
    current: Mutex<Option<Arc<Standing>>>,
    keeper: Turn<Keeper>,
    /// Rises with every refresh.
    refreshes: AtomicU64,
    pub(super) bytes: AtomicUsize,
    used: Mutex<Stopwatch>,
    too_large: Mutex<Option<Stopwatch>>,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            current: Mutex::default(),
            keeper: Turn::default(),
            refreshes: AtomicU64::new(0),
            bytes: AtomicUsize::new(0),
            used: Mutex::new(Stopwatch::start()),
            too_large: Mutex::default(),
        }
    }
}

/// The turn to bring a standing up to date.
pub(crate) struct Writing<'a> {
    slot: &'a Slot,
    keeper: MutexGuard<'a, Keeper>,
}

impl Slot {
    /// How often it was brought up to date; a snapshot opened afterwards is not older than any of these.
    pub fn refreshes(&self) -> u64 {
        self.refreshes.load(Ordering::Acquire)
    }

    /// The newest standing.
    pub fn current(&self) -> Option<Arc<Standing>> {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Stopwatch::start();
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest standing, if it is exactly what a snapshot would show.
    pub fn fitting(&self, mark: &Mark) -> Option<Arc<Standing>> {
        self.current().filter(|standing| standing.mark == *mark)
    }

    /// How long nobody has asked for it.
    pub(super) fn idle(&self) -> Duration {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Waits for the turn to write; none while somebody fills it from nothing, which may take long.
    pub async fn write(&self) -> Option<Writing<'_>> {
        let too_large = *self.too_large.lock().unwrap_or_else(PoisonError::into_inner);
        if too_large.is_some_and(|since| since.elapsed() < TOO_LARGE_FOR) {
            return None;
        }
        let keeper = if self.current().is_none() {
            self.keeper.try_lock().ok()?
        } else {
            tokio::time::timeout(PATIENCE, self.keeper.lock()).await.ok()?
        };
        Some(Writing { slot: self, keeper })
    }
}

impl Writing<'_> {
    /// The position the writer has reached.
    pub fn reached(&self) -> i64 {
        self.keeper.reached()
    }

    /// Brings the standing to the snapshot's position; none where it cannot be had.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn refresh(
        &mut self,
        standings: &Standings,
        snapshot: &mut Snapshot,
        mark: &Mark,
    ) -> Result<Option<Arc<Standing>>, Problem> {
        self.slot.refreshes.fetch_add(1, Ordering::AcqRel);
        let done = self.keeper.refresh(snapshot, mark, standings.limit()).await?;
        self.slot.bytes.store(self.keeper.bytes(), Ordering::Release);
        let current = match done {
            Refreshed::Whole(standing) if standings.make_room(self.slot) => Some(standing),
            Refreshed::Partly if standings.make_room(self.slot) => return Ok(None),
            Refreshed::Whole(_) | Refreshed::Partly | Refreshed::TooLarge => {
                tracing::info!(
                    tenant = snapshot.tenant_id,
                    bytes = self.keeper.bytes(),
                    "no room for this tenant's standing; its questions are answered by SQL"
                );
                *self.keeper = Keeper::default();
                self.slot.bytes.store(0, Ordering::Release);
                let mut since = self.slot.too_large.lock().unwrap_or_else(PoisonError::into_inner);
                *since = Some(Stopwatch::start());
                None
            }
        };
        *self.slot.current.lock().unwrap_or_else(PoisonError::into_inner) = current.clone();
        Ok(current)
    }
}
