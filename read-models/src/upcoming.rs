//! What lies ahead of sales: their next activity and whether one is overdue, joined when somebody asks.
//!
//! The next activity is the oldest uncompleted one (SO-35, A1): also one in the past, of whatever owner, and whatever
//! the status of the sale. Overdue is an uncompleted activity whose end day lies before today (SD-15, A2). Both are
//! of the same moment, knowledge and position as the sales beside them; days are those of the tenant's zone.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_runtime::Problem;
use uuid::Uuid;

use crate::ask::{Snapshot, add, failed, moment};

/// Of every sale with an uncompleted activity: `sale_id`, `next_activity_date`, `overdue`. Goes on with more conditions
/// and ends with `GROUP BY a.sale_id`. `$1` to `$7` are what [`moment`] binds.
macro_rules! next_activity {
    () => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/next_activity.sql"))
    };
}
pub(crate) use next_activity;

/// Joins it to `sale_version AS s` as `n`. The planner leaves out of the plan what no column is taken of.
macro_rules! ahead {
    () => {
        concat!(
            "\nLEFT JOIN (",
            $crate::upcoming::next_activity!(),
            " GROUP BY a.sale_id) AS n ON n.sale_id = s.sale_id\n"
        )
    };
}
pub(crate) use ahead;

/// What lies ahead of one sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Upcoming {
    /// Start day of the next activity.
    pub next_activity_date: Option<NaiveDate>,
    /// An activity is overdue.
    pub overdue: bool,
}

impl Upcoming {
    /// Nothing does.
    pub const NOTHING: Self = Self { next_activity_date: None, overdue: false };

    /// Of these sales; those with nothing ahead are missing.
    pub async fn of(
        snapshot: &mut Snapshot,
        sales: &[Uuid],
    ) -> Result<HashMap<Uuid, Self>, Problem> {
        let mut arguments = moment(snapshot);
        add(&mut arguments, sales);
        let rows: Vec<(Uuid, Option<NaiveDate>, bool)> = sqlx::query_as_with(
            concat!(next_activity!(), " AND a.sale_id = ANY ($8) GROUP BY a.sale_id"),
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        let upcoming =
            |(sale, next_activity_date, overdue)| (sale, Self { next_activity_date, overdue });
        Ok(rows.into_iter().map(upcoming).collect())
    }
}
