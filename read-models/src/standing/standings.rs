//! What is held of all tenants a process answers for, within a number of bytes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Slot;
use super::keep::Keep;
use super::keeper::Keeper;
use super::past::PastKeeper;

/// How long a tenant must have been silent before another one may take its memory.
const IDLE: Duration = Duration::from_secs(60);

/// What is held of each tenant; clones share it.
#[derive(Debug, Clone)]
pub struct Standings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    held: Mutex<Tenants>,
}

#[derive(Debug, Default)]
struct Tenants {
    now: HashMap<i32, Arc<Slot<Keeper>>>,
    past: HashMap<i32, Arc<Slot<PastKeeper>>>,
}

impl Standings {
    /// None yet; all together take at most about `limit` bytes. With 0 every question is answered by SQL.
    #[must_use]
    pub fn within(limit: usize) -> Self {
        Self(Arc::new(Inner { limit, held: Mutex::default() }))
    }

    /// The place of a tenant as it is now; none when nothing is to be held.
    pub(crate) fn of(&self, tenant_id: i32) -> Option<Arc<Slot<Keeper>>> {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        (self.0.limit > 0).then(|| Arc::clone(held.now.entry(tenant_id).or_default()))
    }

    /// The place of a tenant's past; none when nothing is to be held.
    pub(crate) fn past_of(&self, tenant_id: i32) -> Option<Arc<Slot<PastKeeper>>> {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        (self.0.limit > 0).then(|| Arc::clone(held.past.entry(tenant_id).or_default()))
    }

    pub(super) fn limit(&self) -> usize {
        self.0.limit
    }

    /// Lets go of what lay idle longest until all fit; whether they do. What is now does not wait for a past.
    pub(super) fn make_room(&self, keeping: usize) -> bool {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_now = held.now.values().any(|slot| slot.id() == keeping);
        let past_for = if is_now { Duration::ZERO } else { IDLE };
        while held.bytes() > self.0.limit {
            let gone =
                leave(&mut held.past, keeping, past_for) || leave(&mut held.now, keeping, IDLE);
            if !gone {
                return false;
            }
        }
        true
    }
}

impl Tenants {
    fn bytes(&self) -> usize {
        let now: usize = self.now.values().map(|slot| slot.bytes()).sum();
        now + self.past.values().map(|slot| slot.bytes()).sum::<usize>()
    }
}

/// Removes the one that lay idle longest, at least so long, and takes something; whether there was one.
fn leave<K: Keep>(slots: &mut HashMap<i32, Arc<Slot<K>>>, keeping: usize, idle: Duration) -> bool {
    let others = slots.iter().filter(|(_, slot)| slot.id() != keeping && slot.bytes() > 0);
    let longest = others.map(|(tenant, slot)| (slot.idle(), *tenant)).max();
    match longest.filter(|(silent, _)| *silent >= idle) {
        Some((_, tenant)) => slots.remove(&tenant).is_some(),
        None => false,
    }
}
