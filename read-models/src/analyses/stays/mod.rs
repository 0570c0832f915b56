//! Stays of sales in stages: from the event that brought a sale into a stage to the one that took it out (domain §4.5).
//!
//! - Time in a stage is Σ (leave − enter) in effective time, to the microsecond; days are of 24 hours. A sale that is still
//!   there stays until the moment that is asked about.
//! - A stalled sale stays in its stage: nothing took it out. A won or lost one does not; reopened, it begins another stay,
//!   also in the same stage. (`days_in_stage` of a card is another figure: it counts from the last change of stage.)
//! - A stay ends in one way: `went_on` to a later stage, `went_back` to an earlier one, `moved` to one that is neither (of
//!   another type, or to none), `won`, `lost`; or it is `still_there`. Later is what stands later in the order of the type
//!   the sale has then, and where the type does not tell, what has the higher rank.
//! - Which sales are meant is said by the filters of lists, of the moment that is asked about; of them only what had been
//!   recorded and was in effect by then is told.

mod conversion;
mod days;
mod of_sale;
mod sales;
mod walked;

use chrono::{DateTime, Days, NaiveDate, Utc};
use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::ask::{
    Filters, FromGiven, Given, InCurrency, Labels, Snapshot, add, bad, bind_matching, day,
    reversed, start_of_day,
};

pub(crate) use conversion::{__path_stage_conversion, stage_conversion};
pub(crate) use of_sale::{__path_sale_stages, sale_stages};
pub(crate) use sales::{__path_stage_sales, StagePart, stage_sales};

/// The stays of the sales that match: a `WITH` list that is not closed yet; `$1` to `$42` as [`bind_stays`] binds them.
macro_rules! stays {
    () => {
        concat!(
            include_str!("meant.sql"),
            $crate::upcoming::ahead!(),
            " WHERE ($40::uuid IS NULL OR s.stream_id = $40) AND ",
            $crate::ask::matching!(),
            include_str!("stay.sql")
        )
    };
}
use stays;

/// When sales have to enter a stage to be told of.
#[derive(Debug, Clone, Copy, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Entered {
    /// First day on which a sale entered a stage, inclusive, in the tenant's zone.
    from: Option<NaiveDate>,
    /// Last day on which it did, inclusive.
    to: Option<NaiveDate>,
}

impl FromGiven for Entered {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let (from, to) = (day(given, "from")?, day(given, "to")?);
        if reversed(from, to) {
            return Err(bad("from", "must not be after to"));
        }
        Ok(Self { from, to })
    }
}

impl Entered {
    /// First instant, and the first one after.
    fn instants(self, snapshot: &Snapshot) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let start = |day| start_of_day(day, snapshot.zone);
        let after = self.to.map(|to| to.checked_add_days(Days::new(1)).unwrap_or(to));
        (self.from.map(start), after.map(start))
    }
}

/// Binds `$1` to `$42`; the stays of one stream, or of all that match.
fn bind_stays(
    snapshot: &Snapshot,
    (filters, currency): (&Filters, &InCurrency),
    entered: Entered,
    stream: Option<Uuid>,
    labels: &Labels,
) -> PgArguments {
    let mut arguments = bind_matching(snapshot, filters, currency);
    let to = &mut arguments;
    let (from, until) = entered.instants(snapshot);
    add(to, from);
    add(to, until);
    add(to, snapshot.at);
    add(to, stream);
    let (stages, ranks): (Vec<Uuid>, Vec<i32>) =
        labels.stages.iter().map(|(id, label)| (*id, label.rank)).unzip();
    add(to, stages);
    add(to, ranks);
    arguments
}
