//! What every question shares: strict parameters, the moment it asks about, one snapshot of the database,
//! filters, pages. Owns access to the query role's pool; must not know what is asked.

mod asking;
mod asking_past;
mod chosen;
mod columns;
mod cursor;
mod dated;
mod drill;
mod filters;
mod given;
mod labels;
mod least;
mod live;
mod members;
mod own;
mod page;
mod rates;
mod set_then;
mod shown;
mod sight;
mod snapshot;
mod transaction;
mod wall_clock;
mod when;

use event_store::EventStore;
use service_runtime::Clock;

use crate::Standings;

pub(crate) use chosen::{Chosen, ChosenUser, WithDeleted};
pub(crate) use columns::{ColumnParam, Shown};
pub(crate) use cursor::{Fingerprint, Pinned};
pub(crate) use dated::{Dated, RatesByDay, RatesOf, RatesParam};
pub(crate) use drill::{Drill, encoded};
pub(crate) use filters::{ABSENT, Filters, add, bind_matching, matching, reversed};
pub(crate) use given::{Asked, FromGiven, Given, bad};
pub(crate) use labels::{Labels, coordinates, moment};
pub(crate) use least::Least;
pub use live::{Live, NotLive};
pub(crate) use members::owners_and_members;
pub(crate) use own::Own;
pub(crate) use page::{Direction, Page, PageParams};
pub(crate) use rates::{CurrencyParam, InCurrency, bind_fractions};
pub(crate) use set_then::set_then;
pub(crate) use sight::{Sight, sale_is_seen};
pub(crate) use snapshot::{Snapshot, failed, log_failed, unreadable, wait_for_log};
pub(crate) use transaction::Statements;
pub(crate) use wall_clock::WallClock;
pub(crate) use when::{
    AsItStands, Moment, When, day, instant, min_position, moment as moment_of, start_of_day,
    time_of_day,
};

/// What the routes need: the state of their router.
#[derive(Debug, Clone)]
pub struct Questions {
    /// Connections of the query role (es_query) to the live generations.
    pub live: Live,
    /// What questions about now are answered from.
    pub standings: Standings,
    /// The log, for histories and the event feed.
    pub store: EventStore,
    /// Tells "now" and, from it, "today".
    pub clock: Clock,
    /// The log whose checkpoint answers carry.
    pub log_id: i16,
}
