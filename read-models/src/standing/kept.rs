//! Rows behind a page's cards and entries, kept from question to question. A version of a stream never changes, so a row
//! is known by stream and version as long as the tables are the same: they are kept beside the tenant's columns and go
//! with them. Whether a caller may see one is decided before it is asked for.

use std::fmt::Debug;
use std::sync::Arc;

use moka::sync::Cache;
use uuid::Uuid;

use crate::activities::EntryRow;
use crate::card::CardRow;
use crate::find::Searches;
use crate::targets::TargetPage;

/// Stream and version.
pub(crate) type VersionOf = (Uuid, i64);

/// How many times as much the columns may take.
const SHARE: usize = 32;

/// A row that can be kept.
pub(crate) trait Weigh {
    /// Roughly what it takes.
    fn bytes(&self) -> usize;
}

/// Rows of one kind.
#[derive(Debug)]
pub(crate) struct Kept<T: Debug + Send + Sync + 'static>(Cache<VersionOf, Arc<T>>);

impl<T: Weigh + Debug + Send + Sync + 'static> Kept<T> {
    fn within(bytes: usize) -> Self {
        let weigh = |_: &VersionOf, row: &Arc<T>| u32::try_from(row.bytes()).unwrap_or(u32::MAX);
        let capacity = u64::try_from(bytes).unwrap_or(u64::MAX);
        Self(Cache::builder().max_capacity(capacity).weigher(weigh).build())
    }

    /// These rows, as far as they are kept.
    pub fn look_up(&self, wanted: &[VersionOf]) -> Vec<Option<Arc<T>>> {
        wanted.iter().map(|version| self.0.get(version)).collect()
    }

    /// Keeps a row.
    pub fn keep(&self, version: VersionOf, row: &Arc<T>) {
        self.0.insert(version, Arc::clone(row));
    }

    fn bytes(&self) -> usize {
        usize::try_from(self.0.weighted_size()).unwrap_or(usize::MAX)
    }
}

/// The rows of a tenant that were asked for lately.
#[derive(Debug)]
pub(crate) struct KeptRows {
    /// Sales as lists show them, without their long texts.
    pub cards: Kept<CardRow>,
    /// Sales with all their tabs.
    pub whole: Kept<CardRow>,
    /// Activities, without their long texts.
    pub entries: Kept<EntryRow>,
    /// Pages of targets, each at a position, under what they follow from.
    pub targets: Kept<TargetPage>,
    /// What criteria found that are not tests of columns.
    pub searches: Searches,
}

impl Default for KeptRows {
    fn default() -> Self {
        Self::beside(0)
    }
}

impl KeptRows {
    /// None yet, and never more than a small part of what all columns may take.
    pub fn beside(limit: usize) -> Self {
        let each = limit / SHARE / 4;
        Self {
            cards: Kept::within(2 * each),
            whole: Kept::within(each),
            entries: Kept::within(each),
            targets: Kept::within(limit / SHARE),
            searches: Searches::within(limit / SHARE),
        }
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        self.cards.bytes()
            + self.whole.bytes()
            + self.entries.bytes()
            + self.targets.bytes()
            + self.searches.bytes()
    }
}
