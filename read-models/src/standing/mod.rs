//! The standing of a tenant: its sales and open activities as they are now, in memory, column by column; and its past,
//! all versions of them, once somebody asks about it.
//!
//! One question for many looks how far the tables are, brings what is held there by what changed since, and each answers
//! from it what SQL would have answered there, rounding and order included. Tenants beyond the memory allowed are answered
//! by SQL, and so is what looks at columns that are not held. Must not decide what a question means.

mod agenda;
mod apart;
mod block;
mod catalogue;
mod chosen;
mod companies;
mod convert;
mod diary;
mod figures;
mod front;
mod fronts;
mod keep;
mod keeper;
mod kept;
mod leading;
mod mark;
mod moments;
mod order;
mod past;
mod places;
mod remembered;
mod rows;
mod sales;
mod searched;
mod seats;
mod seen;
mod since;
mod slot;
mod sought;
mod standings;
mod stays;
mod sums;
mod told;
mod versions;
mod view;
mod words;

use std::sync::Arc;

use agenda::Agenda;
use sales::Sales;

use crate::parties::KeptParties;
use crate::targets::KnownTargets;
use seats::Seats;

pub(crate) use block::Linked;
pub(crate) use catalogue::Catalogue;
pub(crate) use companies::{Companies, OfCompany};
pub(crate) use convert::{converted, fits};
pub(crate) use diary::{ActivityHeld, Days};
pub(crate) use figures::{Figures, Share, Shares, Taken};
pub(crate) use fronts::{First, Piece};
pub(crate) use keeper::Keeper;
pub(crate) use kept::{KeptRows, VersionOf, Weigh};
pub(crate) use mark::Mark;
pub(crate) use order::{InOrder, Place};
pub(crate) use past::PastKeeper;
pub(crate) use places::Instant;
pub(crate) use rows::beyond;
pub(crate) use slot::{Slot, Writing};
pub(crate) use sought::Sought;
pub use standings::Standings;
pub(crate) use stays::{Exit, InStage, Passing, Stays};
pub(crate) use sums::{Key, Part, Periods, Total, totals_by};
pub(crate) use versions::Past;
pub(crate) use view::View;

/// What a tenant's sales and activities are at one position; never changes.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Of which tables, at which position.
    pub mark: Mark,
    /// Settings, names, rates.
    pub catalogue: Arc<Catalogue>,
    sales: Sales,
    agenda: Agenda,
    /// Where each sale stands.
    seats: Seats,
    /// Rows that were looked up.
    pub rows: Arc<KeptRows>,
    /// Types of targets, and targets; none when there are too many.
    pub targets: Option<Arc<KnownTargets>>,
    /// What companies are; none when there are too many.
    pub companies: Option<Arc<Companies>>,
    /// What is known of companies and contacts that were looked up.
    pub parties: Arc<KeptParties>,
    /// Activities done before this day are not held.
    floor: i32,
}
