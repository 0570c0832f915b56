//! The standing of a tenant: its sales and open activities as they are now, in memory, column by column; and its past,
//! all versions of them, once somebody asks about it.
//!
//! A question opens its snapshot, brings what is held to the snapshot's position by what changed since, and answers from
//! it what SQL would have answered there, rounding and order included. Tenants beyond the memory allowed are answered
//! by SQL, and so is what looks at columns that are not held. Must not decide what a question means.

mod agenda;
mod catalogue;
mod chosen;
mod convert;
mod diary;
mod front;
mod keeper;
mod mark;
mod order;
mod past;
mod places;
mod remembered;
mod rows;
mod sales;
mod seen;
mod slot;
mod standings;
mod sums;
mod versions;
mod view;
mod words;

use std::sync::Arc;

use agenda::Agenda;
use sales::Sales;

pub(crate) use catalogue::Catalogue;
pub(crate) use diary::Days;
pub(crate) use keeper::Keeper;
pub(crate) use mark::Mark;
pub(crate) use order::{InOrder, Place};
pub(crate) use past::PastKeeper;
pub(crate) use places::Instant;
pub(crate) use slot::{Slot, Writing};
pub use standings::Standings;
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
    /// Activities done before this day are not held.
    floor: i32,
}
