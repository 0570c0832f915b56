//! Sets of ids, and how an id is hashed.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use uuid::Uuid;

/// Sales by their public ids.
pub(crate) type SaleSet = HashSet<Uuid, Ids>;

/// Hashes ids by their own bits.
pub(crate) type Ids = BuildHasherDefault<IdBits>;

/// The bits of an id: those of version 7 differ in the last ones, those of names everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct IdBits(u64);

impl Hasher for IdBits {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(29) ^ u64::from_le_bytes(eight))
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    /// Mixed once more: of ids that are counted only the last bytes differ, and a product carries nothing downwards.
    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        mixed ^ (mixed >> 29)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    /// Ids of version 7, and those of systems that count in their last or in their first bytes.
    #[test]
    fn ids_fall_into_different_places_however_they_were_made() {
        let many = 1 << 16;
        let counted = |from: u32| (0..many).map(move |n| Uuid::from_u128(n << from));
        let random = (0..many).map(|_| service_runtime::ids::new_id());
        let all: [(&str, Vec<Uuid>); 4] = [
            ("last bytes", counted(0).collect()),
            ("in the middle", counted(56).collect()),
            ("first bytes", counted(112).collect()),
            ("version 7", random.collect()),
        ];
        for (made, ids) in all {
            let hash = |id: &Uuid| Ids::default().hash_one(id);
            let places: HashSet<u64> = ids.iter().map(|id| hash(id) % (1 << 16)).collect();
            let marks: HashSet<u64> = ids.iter().map(|id| hash(id) >> 57).collect();
            // dice would fill 63 in 100
            assert!(places.len() > 38_000, "{made}: {} places", places.len());
            assert_eq!(marks.len(), 128, "{made}");
        }
    }
}
