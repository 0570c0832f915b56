//! What criteria found, kept beside the columns of a tenant and brought on by what changed since: a search that is made
//! again looks at changed rows only, and at none while nothing changes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use events::criteria::About;
use moka::sync::Cache;
use service_runtime::Problem;
use uuid::Uuid;

use super::{Ids, SaleSet};
use crate::ask::Snapshot;
use crate::standing::{Mark, Standing};

/// Longer descriptions of a criterion are not kept.
const KEY_BYTES_MAX: usize = 4_096;

/// Roughly what a sale takes, and an activity with its sale.
const SALE_BYTES: usize = 32;
const PART_BYTES: usize = 80;

/// What is found.
#[derive(Debug, Clone)]
pub(super) enum Elements {
    /// Sales; companies or contacts where a criterion is about those.
    Sales(SaleSet),
    /// Activities or stakeholders, with the sales they belong to.
    Parts(HashMap<Uuid, Uuid, Ids>),
}

impl Elements {
    /// None yet.
    pub fn of(about: About) -> Self {
        match about {
            About::Sale => Self::Sales(SaleSet::default()),
            About::Activity | About::Stakeholder => Self::Parts(HashMap::default()),
        }
    }

    /// One that passes, and its sale.
    pub fn insert(&mut self, element: Uuid, sale: Uuid) {
        match self {
            Self::Sales(sales) => drop(sales.replace(sale)),
            Self::Parts(parts) => drop(parts.insert(element, sale)),
        }
    }

    /// One that does not pass.
    pub fn remove(&mut self, element: &Uuid) {
        match self {
            Self::Sales(sales) => drop(sales.take(element)),
            Self::Parts(parts) => drop(parts.remove(element)),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Sales(sales) => sales.len() * SALE_BYTES,
            Self::Parts(parts) => parts.len() * PART_BYTES,
        }
    }
}

/// What a criterion found.
#[derive(Debug)]
pub(crate) struct Known {
    mark: Mark,
    sales: OnceLock<Arc<SaleSet>>,
    /// Activities or stakeholders and their sales; none of a criterion about sales.
    parts: HashMap<Uuid, Uuid, Ids>,
    bytes: usize,
}

impl Known {
    fn new(mark: Mark, elements: Elements) -> Arc<Self> {
        let bytes = elements.bytes();
        let (sales, parts) = match elements {
            Elements::Sales(sales) => (OnceLock::from(Arc::new(sales)), HashMap::default()),
            Elements::Parts(parts) => (OnceLock::new(), parts),
        };
        Arc::new(Self { mark, sales, parts, bytes })
    }

    /// Activities or stakeholders and their sales.
    pub(super) fn parts(&self) -> &HashMap<Uuid, Uuid, Ids> {
        &self.parts
    }

    /// The sales.
    pub(super) fn sales(&self) -> Arc<SaleSet> {
        Arc::clone(self.sales.get_or_init(|| Arc::new(self.parts.values().copied().collect())))
    }

    /// To be changed.
    fn elements(&self, about: About) -> Elements {
        match about {
            About::Sale => Elements::Sales((*self.sales()).clone()),
            About::Activity | About::Stakeholder => Elements::Parts(self.parts.clone()),
        }
    }
}

/// What the criteria of a tenant found, those that were asked for lately.
#[derive(Debug)]
pub(crate) struct Searches(Cache<String, Arc<Known>>);

impl Searches {
    /// None yet, and never more bytes than these.
    pub fn within(bytes: usize) -> Self {
        let weigh = |key: &String, known: &Arc<Known>| {
            u32::try_from(key.len() + known.bytes).unwrap_or(u32::MAX)
        };
        let capacity = u64::try_from(bytes).unwrap_or(u64::MAX);
        Self(Cache::builder().max_capacity(capacity).weigher(weigh).build())
    }

    /// What they take once the cache has counted what was kept.
    #[cfg(test)]
    pub fn counted(&self) -> usize {
        self.0.run_pending_tasks();
        self.bytes()
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        usize::try_from(self.0.weighted_size()).unwrap_or(usize::MAX)
    }
}

/// A criterion that may be known already.
pub(super) struct Remembering {
    /// Beside which columns it is kept, and as what; none when it is not.
    beside: Option<(Arc<Standing>, String)>,
    before: Option<Arc<Known>>,
}

impl Remembering {
    /// A criterion of a snapshot, described by `key`; with `lasting` it is kept. Afterwards statements can be run.
    pub async fn of(
        snapshot: &mut Snapshot,
        lasting: bool,
        key: impl FnOnce() -> String,
    ) -> Result<Self, Problem> {
        let about_now = snapshot.as_of.is_none() && snapshot.known_at.is_none();
        let standing = snapshot.standing.clone().filter(|_| lasting && about_now);
        // rows of parked streams may be written below the position
        let standing = standing.filter(|standing| standing.mark.parked.is_empty());
        let beside = standing.map(|standing| (standing, key()));
        let mut beside = beside.filter(|(_, key)| key.len() <= KEY_BYTES_MAX);
        let mut before = beside.as_ref().and_then(|(standing, key)| {
            let known = standing.rows.searches.0.get(key)?;
            let usable = known.mark.same_rows(&standing.mark)
                && known.mark.position <= standing.mark.position;
            usable.then_some(known)
        });
        let as_is =
            |known: &Arc<Known>, standing: &Standing| known.mark.position == standing.mark.position;
        let exact = before.as_ref().zip(beside.as_ref());
        if !exact.is_some_and(|(known, (standing, _))| as_is(known, standing)) {
            snapshot.plan_anew().await?;
            // one read model is ahead: what changed since is not what is current
            if !snapshot.is_current() {
                (beside, before) = (None, None);
            }
        }
        Ok(Self { beside, before })
    }

    /// What was found at this very position.
    pub fn as_is(&self) -> Option<Arc<Known>> {
        let (standing, _) = self.beside.as_ref()?;
        self.before.clone().filter(|known| known.mark.position == standing.mark.position)
    }

    /// Only what changed after this position has to be looked at.
    pub fn since(&self) -> Option<i64> {
        self.before.as_ref().map(|known| known.mark.position)
    }

    /// What was found before.
    pub fn begin(&self, about: About) -> Elements {
        let before = self.before.as_ref().map(|known| known.elements(about));
        before.unwrap_or_else(|| Elements::of(about))
    }

    /// What is found now.
    pub fn keep(self, elements: Elements) -> Arc<Known> {
        let Some((standing, key)) = self.beside else {
            return Known::new(Mark::default(), elements);
        };
        let known = Known::new(standing.mark.clone(), elements);
        standing.rows.searches.0.insert(key, Arc::clone(&known));
        known
    }
}
