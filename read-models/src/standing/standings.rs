//! The standings of all tenants a process answers for, within a number of bytes.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Slot;

/// How long a standing must have lain idle before another tenant's may push it out.
const IDLE: Duration = Duration::from_secs(60);

/// Standings by tenant; clones share them.
#[derive(Debug, Clone)]
pub struct Standings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    slots: Mutex<HashMap<i32, Arc<Slot>>>,
}

impl Standings {
    /// None yet; all together take at most about `limit` bytes. With 0 every question is answered by SQL.
    #[must_use]
    pub fn within(limit: usize) -> Self {
        Self(Arc::new(Inner { limit, slots: Mutex::default() }))
    }

    /// The place of a tenant; none when there are to be no standings.
    pub(crate) fn of(&self, tenant_id: i32) -> Option<Arc<Slot>> {
        if self.0.limit == 0 {
            return None;
        }
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(slots.entry(tenant_id).or_default()))
    }

    pub(super) fn limit(&self) -> usize {
        self.0.limit
    }

    /// Lets go of those that lay idle longest until all fit; whether they do.
    pub(super) fn make_room(&self, keeping: &Slot) -> bool {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let taken: usize = slots.values().map(|slot| slot.bytes.load(Ordering::Acquire)).sum();
            if taken <= self.0.limit {
                return true;
            }
            let idle = slots
                .iter()
                .filter(|(_, slot)| !std::ptr::eq(Arc::as_ptr(slot), keeping))
                .map(|(tenant, slot)| (slot.idle(), *tenant))
                .filter(|(idle, _)| *idle >= IDLE)
                .max();
            let Some((_, tenant)) = idle else { return false };
            slots.remove(&tenant);
        }
    }
}
