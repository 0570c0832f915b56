//! What a search comes to before a question looks at rows.

use std::sync::Arc;

use uuid::Uuid;

use super::SaleSet;
use crate::standing::Sought;

/// All of these have to hold: of each one of its blocks, of a block all leaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found(Vec<Vec<Vec<Leaf>>>);

/// One criterion.
#[derive(Debug, Clone)]
pub(crate) enum Leaf {
    /// A test of a column that is held in memory.
    Held(Sought),
    /// Sales that were looked up, or all but these.
    Looked(Arc<SaleSet>, bool),
}

impl Leaf {
    /// These sales.
    pub fn these(sales: SaleSet) -> Self {
        Self::Looked(Arc::new(sales), true)
    }
}

/// Sales, or all but these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meant {
    /// Which.
    pub sales: SaleSet,
    /// Whether these are meant, not all others.
    pub these: bool,
}

impl Found {
    /// One of these blocks has to hold too; none asks nothing.
    pub fn narrow(&mut self, blocks: Vec<Vec<Leaf>>) {
        if !blocks.is_empty() {
            self.0.push(blocks);
        }
    }

    /// Only these sales.
    pub fn narrow_to(&mut self, sales: impl IntoIterator<Item = Uuid>) {
        self.narrow(vec![vec![Leaf::these(sales.into_iter().collect())]]);
    }

    /// Whether nothing was asked.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// What has to hold.
    pub fn all(&self) -> &[Vec<Vec<Leaf>>] {
        &self.0
    }

    /// The sales that are meant; none while a leaf has to be tested in memory.
    pub fn meant(&self) -> Option<Meant> {
        let all = self.0.iter().map(|blocks| {
            let blocks = blocks.iter().map(|leaves| {
                let leaves = leaves.iter().map(|leaf| match leaf {
                    Leaf::Held(_) => None,
                    Leaf::Looked(sales, these) => {
                        Some(Meant { sales: (**sales).clone(), these: *these })
                    }
                });
                Some(leaves.collect::<Option<Vec<_>>>()?.into_iter().fold(Meant::all(), Meant::and))
            });
            let blocks = blocks.collect::<Option<Vec<_>>>()?;
            Some(blocks.into_iter().fold(Meant::none(), Meant::or))
        });
        Some(all.collect::<Option<Vec<_>>>()?.into_iter().fold(Meant::all(), Meant::and))
    }
}

impl Meant {
    /// All sales.
    pub fn all() -> Self {
        Self { sales: SaleSet::default(), these: false }
    }

    /// No sale.
    pub fn none() -> Self {
        Self { sales: SaleSet::default(), these: true }
    }

    /// The others.
    fn turned(self) -> Self {
        Self { these: !self.these, ..self }
    }

    /// What is meant by both.
    pub fn and(mut self, mut other: Self) -> Self {
        match (self.these, other.these) {
            (true, _) => {
                self.sales.retain(|sale| other.has(*sale));
                self
            }
            (false, true) => {
                other.sales.retain(|sale| self.has(*sale));
                other
            }
            (false, false) => {
                self.sales.extend(other.sales);
                self
            }
        }
    }

    /// What is meant by either.
    pub fn or(self, other: Self) -> Self {
        self.turned().and(other.turned()).turned()
    }

    /// Whether a sale is meant.
    pub fn has(&self, sale: Uuid) -> bool {
        self.sales.contains(&sale) == self.these
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(bits: u8) -> SaleSet {
        (0..8).filter(|bit| bits >> bit & 1 == 1).map(Uuid::from_u128).collect()
    }

    fn leaf() -> impl Strategy<Value = (u8, bool)> {
        (any::<u8>(), any::<bool>())
    }

    proptest! {
        #[test]
        fn sets_and_their_opposites_are_combined_as_each_sale_would_be(
            all in prop::collection::vec(prop::collection::vec(prop::collection::vec(leaf(), 1..4), 1..4), 0..3),
        ) {
            let mut found = Found::default();
            for blocks in &all {
                let leaf = |(bits, these): &(u8, bool)| Leaf::Looked(Arc::new(set(*bits)), *these);
                let blocks = blocks.iter().map(|leaves| leaves.iter().map(leaf).collect());
                found.narrow(blocks.collect());
            }
            let meant = found.meant().unwrap();
            for bit in 0..9 {
                let holds = |(bits, these): &(u8, bool)| (bit < 8 && bits >> bit & 1 == 1) == *these;
                let expected = all.iter().all(|blocks| blocks.iter().any(|leaves| leaves.iter().all(holds)));
                prop_assert_eq!(meant.has(Uuid::from_u128(bit)), expected);
            }
        }
    }
}
