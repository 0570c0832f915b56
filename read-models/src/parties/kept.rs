//! What is known of companies and contacts, kept beside the columns of a tenant from question to question: also that
//! nothing is known. Whoever brings the columns on throws it away when a company or contact changed, so what is kept is
//! true at every position it is asked at.

use std::sync::Arc;

use moka::sync::Cache;
use uuid::Uuid;

use super::known::{KnownCompany, KnownContact};

/// Which part of what all columns may take.
const SHARE: usize = 128;

/// What an entry takes beside its texts.
const ENTRY_BYTES: usize = 160;

/// Something that can be kept.
pub(crate) trait Told: Send + Sync + 'static {
    /// What its texts take.
    fn text_bytes(&self) -> usize;
}

impl Told for KnownCompany {
    fn text_bytes(&self) -> usize {
        [&self.category, &self.business, &self.country].into_iter().flatten().map(String::len).sum()
    }
}

impl Told for KnownContact {
    fn text_bytes(&self) -> usize {
        [&self.email, &self.phone].into_iter().flatten().map(String::len).sum()
    }
}

/// What is known of those of one kind, by stream.
#[derive(Debug)]
pub(crate) struct KeptOf<T: Told>(Cache<Uuid, Arc<T>>);

impl<T: Told> KeptOf<T> {
    fn within(bytes: usize) -> Self {
        let weigh = |_: &Uuid, known: &Arc<T>| {
            u32::try_from(ENTRY_BYTES + known.text_bytes()).unwrap_or(u32::MAX)
        };
        let capacity = u64::try_from(bytes).unwrap_or(u64::MAX);
        Self(Cache::builder().max_capacity(capacity).weigher(weigh).build())
    }

    /// What is known, as far as it is kept.
    pub fn look_up(&self, stream: &Uuid) -> Option<Arc<T>> {
        self.0.get(stream)
    }

    /// Keeps what is known.
    pub fn keep(&self, stream: Uuid, known: &Arc<T>) {
        self.0.insert(stream, Arc::clone(known));
    }

    fn bytes(&self) -> usize {
        usize::try_from(self.0.weighted_size()).unwrap_or(usize::MAX)
    }
}

/// What is known of a tenant's companies and contacts that were asked for lately.
#[derive(Debug)]
pub(crate) struct KeptParties {
    limit: usize,
    /// Companies.
    pub companies: KeptOf<KnownCompany>,
    /// Contacts.
    pub contacts: KeptOf<KnownContact>,
}

impl Default for KeptParties {
    fn default() -> Self {
        Self::beside(0)
    }
}

impl KeptParties {
    /// None yet, and never more than a small part of what all columns may take.
    pub fn beside(limit: usize) -> Self {
        let each = limit / SHARE / 2;
        Self { limit, companies: KeptOf::within(each), contacts: KeptOf::within(each) }
    }

    /// As many may be kept, none is.
    pub fn emptied(&self) -> Self {
        Self::beside(self.limit)
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        self.companies.bytes() + self.contacts.bytes()
    }
}
