//! Where each sale stands, by its public id, in shards that are copied only when somebody still reads them.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::sales::Seat;

/// Enough that a new sale copies little, few enough that a clone does.
const SHARDS: usize = 256;

/// The seats of a tenant's sales. A clone shares the shards.
#[derive(Debug, Clone)]
pub(super) struct Seats(Vec<Arc<HashMap<Uuid, Seat>>>);

impl Default for Seats {
    fn default() -> Self {
        Self(vec![Arc::default(); SHARDS])
    }
}

impl Seats {
    /// Where a sale stands.
    pub fn of(&self, sale: Uuid) -> Option<Seat> {
        self.0[shard(sale)].get(&sale).copied()
    }

    /// A sale stands there from now on.
    pub fn insert(&mut self, sale: Uuid, seat: Seat) {
        Arc::make_mut(&mut self.0[shard(sale)]).insert(sale, seat);
    }

    /// The sales that stand somewhere.
    pub fn sales(&self) -> impl Iterator<Item = &Uuid> {
        self.0.iter().flat_map(|shard| shard.keys())
    }
}

/// The last byte of an id is as good as chance, whatever kind of id it is.
fn shard(sale: Uuid) -> usize {
    usize::from(sale.as_bytes()[15]) % SHARDS
}
