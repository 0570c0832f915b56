//! A search in numbers: criteria over columns, and sales that were looked up.

use std::sync::Arc;

use super::block::Block;
use super::sales::Sales;
use super::sought::Tested;
use crate::ask::InCurrency;
use crate::find::{Found, Leaf, SaleSet};

/// One criterion of a search.
#[derive(Debug)]
pub(super) enum Searched {
    /// A test of a column, or of what lies ahead.
    Tested(Tested),
    /// Sales that were looked up, or all but these.
    Looked(Arc<SaleSet>, bool),
}

impl Searched {
    /// Whether a sale is as it must be.
    #[inline]
    pub fn has(&self, block: &Block, at: usize) -> bool {
        match self {
            Self::Tested(test) => test.has(block, at, block.ahead[at]),
            Self::Looked(sales, these) => sales.contains(&block.sale[at]) == *these,
        }
    }

    /// The statuses it leaves.
    fn statuses(&self) -> [bool; 4] {
        match self {
            Self::Tested(test) => test.statuses(),
            Self::Looked(..) => [true; 4],
        }
    }
}

/// The search in numbers; none when SQL has to convert.
pub(super) fn search(
    found: &Found,
    sales: &Sales,
    currency: &InCurrency,
    today: i32,
) -> Option<Vec<Vec<Vec<Searched>>>> {
    let searched = |leaf: &Leaf| match leaf {
        Leaf::Held(sought) => {
            let test = sought.test(sales, currency, today)?;
            Some(Searched::Tested(test))
        }
        Leaf::Looked(sales, these) => Some(Searched::Looked(Arc::clone(sales), *these)),
    };
    let block = |leaves: &Vec<Leaf>| leaves.iter().map(searched).collect::<Option<Vec<_>>>();
    let blocks = |blocks: &Vec<Vec<Leaf>>| blocks.iter().map(block).collect::<Option<Vec<_>>>();
    found.all().iter().map(blocks).collect()
}

/// The statuses a search leaves, so that other sales need not be looked at.
pub(super) fn statuses_left(search: &[Vec<Vec<Searched>>]) -> [bool; 4] {
    let each = |number: usize| {
        search.iter().all(|blocks| {
            let leaves = |block: &Vec<Searched>| block.iter().all(|one| one.statuses()[number]);
            blocks.iter().any(leaves)
        })
    };
    [0, 1, 2, 3].map(each)
}
