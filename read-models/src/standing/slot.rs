//! A tenant's place among the standings: what readers share, and the writer behind a lock.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use service_runtime::Problem;
use service_runtime::clock::Stopwatch;
use tokio::sync::{Mutex as Turn, MutexGuard};

use super::keep::{Held, Keep, Refreshed};
use super::told::Told;
use super::{Mark, Standings};
use crate::NotLive;
use crate::ask::Snapshot;

/// How long a tenant that is too large is left to SQL before it is tried again.
pub(super) const TOO_LARGE_FOR: Duration = Duration::from_secs(600);

/// What is held of one tenant. Many questions share one refresh.
#[derive(Debug)]
pub(crate) struct Slot<K: Keep> {
    current: Mutex<Option<Arc<K::Held>>>,
    keeper: Turn<K>,
    /// Rises with every refresh.
    refreshes: AtomicU64,
    /// How many looks for the newest standing have begun.
    looks: AtomicU64,
    /// The last of them that the standing is known to show, by number.
    shown: AtomicU64,
    /// The last of them that found what memory does not go into.
    in_vain: AtomicU64,
    told: Told,
    bytes: AtomicUsize,
    used: Mutex<Stopwatch>,
    too_large: Mutex<Option<Stopwatch>>,
}

impl<K: Keep> Default for Slot<K> {
    fn default() -> Self {
        Self {
            current: Mutex::default(),
            keeper: Turn::default(),
            refreshes: AtomicU64::new(0),
            looks: AtomicU64::new(0),
            shown: AtomicU64::new(0),
            in_vain: AtomicU64::new(0),
            told: Told::default(),
            bytes: AtomicUsize::new(0),
            used: Mutex::new(Stopwatch::start()),
            too_large: Mutex::default(),
        }
    }
}

/// The turn to bring a standing up to date.
pub(crate) struct Writing<'a, K: Keep> {
    slot: &'a Slot<K>,
    keeper: MutexGuard<'a, K>,
}

impl<K: Keep> Slot<K> {
    /// How often it was brought up to date; a snapshot opened afterwards is not older than any of these.
    pub fn refreshes(&self) -> u64 {
        self.refreshes.load(Ordering::Acquire)
    }

    /// How many looks have begun, each under the turn to write.
    pub fn looks(&self) -> u64 {
        self.looks.load(Ordering::SeqCst)
    }

    /// The newest standing.
    pub fn current(&self) -> Option<Arc<K::Held>> {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Stopwatch::start();
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest standing, if it is exactly what a snapshot would show.
    pub fn fitting(&self, mark: &Mark) -> Option<Arc<K::Held>> {
        self.current().filter(|held| held.mark() == mark)
    }

    /// How far the read models are at a moment after the call; `look` asks the database, once for many questions.
    ///
    /// # Errors
    /// There is nothing to ask.
    pub async fn told<F>(&self, look: impl FnOnce() -> F + Send) -> Result<Mark, Arc<NotLive>>
    where
        F: Future<Output = Result<Mark, NotLive>> + Send,
    {
        self.told.after_now(look).await
    }

    /// Which one it is, among all.
    pub(super) fn id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Roughly what it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Acquire)
    }

    /// How long nobody has asked for it.
    pub(super) fn idle(&self) -> Duration {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// The turn to write, if it is free and there is room.
    pub fn try_write(&self) -> Option<Writing<'_, K>> {
        let keeper = self.keeper.try_lock().ok().filter(|_| self.has_room())?;
        Some(Writing { slot: self, keeper })
    }

    /// Waits for the turn to write, so long at most.
    pub async fn write(&self, patience: Duration) -> Option<Writing<'_, K>> {
        let keeper = tokio::time::timeout(patience, self.keeper.lock()).await.ok()?;
        self.has_room().then_some(Writing { slot: self, keeper })
    }

    fn has_room(&self) -> bool {
        let too_large = *self.too_large.lock().unwrap_or_else(PoisonError::into_inner);
        too_large.is_none_or(|since| since.elapsed() >= TOO_LARGE_FOR)
    }
}

impl<K: Keep> Writing<'_, K> {
    /// The position the writer has reached.
    pub fn reached(&self) -> i64 {
        self.keeper.reached()
    }

    /// A look begins: what it shows is not older than any question that was asked before.
    pub fn begin(&self) {
        self.slot.looks.fetch_add(1, Ordering::SeqCst);
    }

    /// The newest standing is all that the look showed.
    pub fn shows(&self) {
        self.slot.shown.store(self.slot.looks(), Ordering::SeqCst);
    }

    /// The look found what memory does not go into.
    pub fn in_vain(&self) {
        self.slot.in_vain.store(self.slot.looks(), Ordering::SeqCst);
    }

    /// Whether one did that began after so many others: the next one would find the same.
    pub fn in_vain_after(&self, looks: u64) -> bool {
        self.slot.in_vain.load(Ordering::SeqCst) > looks
    }

    /// The newest standing, if a look showed it that began after so many others.
    pub fn shown_after(&self, looks: u64) -> Option<Arc<K::Held>> {
        let shown = self.slot.shown.load(Ordering::SeqCst) > looks;
        self.slot.current().filter(|_| shown)
    }

    /// Whether there is anything, be it not all: what there was no room for is gone.
    pub fn holds_any(&self) -> bool {
        self.slot.bytes() > 0
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
    ) -> Result<Option<Arc<K::Held>>, Problem> {
        self.slot.refreshes.fetch_add(1, Ordering::AcqRel);
        let done = self.keeper.refresh(snapshot, mark, standings.limit()).await?;
        self.slot.bytes.store(self.keeper.bytes(), Ordering::Release);
        let current = match done {
            Refreshed::Whole(held) if standings.make_room(self.slot.id()) => Some(held),
            Refreshed::Partly if standings.make_room(self.slot.id()) => return Ok(None),
            Refreshed::Whole(_) | Refreshed::Partly | Refreshed::TooLarge => {
                tracing::info!(
                    tenant = snapshot.tenant_id,
                    bytes = self.keeper.bytes(),
                    "no room for this tenant's standing; its questions are answered by SQL"
                );
                *self.keeper = K::default();
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
