//! What a question looks at: a tenant's rows as they are now, or as they were at a moment.

use std::sync::Arc;

use super::Standing;
use super::agenda::{Item, Owners};
use super::chosen::Chosen;
use super::places::Instant;
use super::sales::{Ahead, Block, Sales};
use super::versions::Past;

/// Rows of one moment.
#[derive(Debug, Clone)]
pub(crate) enum View {
    /// The current ones.
    Now(Arc<Standing>),
    /// Those that held then.
    Then(Arc<Past>, Instant),
}

/// Where a sale of a view stands: block and place.
pub(super) type At = (usize, usize);

impl View {
    /// The columns of the sales, and their words.
    pub(super) fn sales(&self) -> &Sales {
        match self {
            Self::Now(standing) => &standing.sales,
            Self::Then(past, _) => &past.sales,
        }
    }

    /// Owners and groups of the activities.
    pub(super) fn owners(&self) -> &Owners {
        match self {
            Self::Now(standing) => &standing.agenda.owners,
            Self::Then(past, _) => &past.owners,
        }
    }

    /// Activities done before this day are not there.
    pub(super) fn floor(&self) -> i32 {
        match self {
            Self::Now(standing) => standing.floor,
            Self::Then(..) => i32::MIN,
        }
    }

    /// Shows every sale that is meant, with what lies ahead of it; of the past only when `ahead` says that it is needed.
    pub(super) fn each(
        &self,
        chosen: &Chosen,
        ahead: bool,
        mut show: impl FnMut(&Block, At, Option<Ahead>),
    ) {
        match self {
            Self::Now(standing) => {
                for (number, block) in standing.sales.blocks.iter().enumerate() {
                    for at in 0..block.len() {
                        if chosen.has(block, at, block.ahead[at]) {
                            show(block, (number, at), Some(block.ahead[at]));
                        }
                    }
                }
            }
            Self::Then(past, moment) => {
                let aheads = (ahead || chosen.looks_ahead()).then(|| past.ahead(*moment));
                for (number, block) in past.sales.blocks.iter().enumerate() {
                    for at in (0..block.len()).filter(|at| past.holds(number, *at, *moment)) {
                        let sale = past.number(number, at);
                        let ahead = aheads.as_ref().and_then(|aheads| aheads.get(sale)).copied();
                        if chosen.has(block, at, ahead.unwrap_or(Ahead::NOTHING)) {
                            show(block, (number, at), ahead);
                        }
                    }
                }
            }
        }
    }

    /// Shows every activity that is not deleted.
    pub(super) fn each_item(&self, mut show: impl FnMut(&Item)) {
        match self {
            Self::Now(standing) => {
                standing.agenda.blocks.iter().flat_map(|block| block.iter()).for_each(show);
            }
            Self::Then(past, moment) => past.items(*moment).for_each(|(item, _)| show(item)),
        }
    }
}
