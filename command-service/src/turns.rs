//! Turns on streams: whoever holds one is alone with that stream in this process; the others come in the order in which
//! they asked. A turn exists while somebody holds it or waits for it, and lies apart from the cache of states: that one
//! may forget a stream at any moment. Must not know what is done in a turn.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// All turns of a process. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct TurnTable(Arc<std::sync::Mutex<HashMap<Uuid, Wanted>>>);

/// A turn that somebody holds or waits for.
#[derive(Debug, Default)]
struct Wanted {
    lock: Arc<tokio::sync::Mutex<()>>,
    /// Who holds it and who waits for it.
    wanted: usize,
}

/// Turns that are held; dropping them lets the next commands on.
#[derive(Debug)]
#[must_use]
pub struct Turns(#[expect(dead_code, reason = "kept to be dropped")] Vec<Turn>);

/// One turn, held or waited for.
#[derive(Debug)]
struct Turn {
    table: TurnTable,
    stream_id: Uuid,
    held: Option<OwnedMutexGuard<()>>,
}

impl TurnTable {
    /// Waits for the turn of every stream, in the order of their ids, so two groups never wait for each other.
    pub async fn take(&self, streams: impl IntoIterator<Item = Uuid>) -> Turns {
        let mut ordered: Vec<Uuid> = streams.into_iter().collect();
        ordered.sort_unstable();
        ordered.dedup();
        let mut turns = Vec::with_capacity(ordered.len());
        for stream_id in ordered {
            turns.push(self.turn(stream_id).await);
        }
        Turns(turns)
    }

    /// Turns that somebody holds or waits for.
    pub fn wanted(&self) -> usize {
        self.table().len()
    }

    async fn turn(&self, stream_id: Uuid) -> Turn {
        let lock = {
            let mut table = self.table();
            let wanted = table.entry(stream_id).or_default();
            wanted.wanted += 1;
            Arc::clone(&wanted.lock)
        };
        // there before it is held: who stops waiting gives his place back too
        let mut turn = Turn { table: self.clone(), stream_id, held: None };
        turn.held = Some(lock.lock_owned().await);
        turn
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Uuid, Wanted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.held.take());
        let mut table = self.table.table();
        if let Entry::Occupied(mut entry) = table.entry(self.stream_id) {
            entry.get_mut().wanted -= 1;
            if entry.get().wanted == 0 {
                entry.remove();
            }
        }
    }
}
