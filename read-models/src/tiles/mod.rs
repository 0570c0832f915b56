//! Tiles: the few figures a page of a dashboard shows, each with the list that adds up to it (SF-1 to SF-6, ST-20).

mod activity_pace;
mod big_number;
mod compare_to_target;
mod largest_upcoming;
mod my_forecast;
mod year_to_date;

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;
use service_runtime::{Actor, Problem};
use utoipa::{IntoParams, ToSchema};

use crate::ask::{Drill, Filters, FromGiven, Given, InCurrency};
use crate::standing::Figures;
pub(crate) use activity_pace::{__path_activity_pace, activity_pace};
pub(crate) use big_number::{__path_big_number, big_number};
pub(crate) use compare_to_target::{__path_compare_to_target, compare_to_target};
pub(crate) use largest_upcoming::{__path_largest_upcoming, largest_upcoming};
pub(crate) use my_forecast::{__path_my_forecast, my_forecast};
pub(crate) use year_to_date::{__path_year_to_date, year_to_date};

/// Whose sales a tile is about.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// Owners (`sub`).
    #[param(explode = false)]
    owner: Option<Vec<String>>,
    /// Groups of the owners.
    #[param(explode = false)]
    group: Option<Vec<String>>,
}

impl FromGiven for Whose {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok(Self { owner: given.list("owner")?, group: given.list("group")? })
    }
}

impl Whose {
    /// The caller's own sales, unless somebody else's are asked for.
    fn else_own(self, actor: &Actor, drill: Drill) -> (Self, Drill) {
        if self.owner.is_some() || self.group.is_some() {
            return (self, drill);
        }
        let user = actor.user.as_str();
        let own = Self { owner: Some(vec![user.to_owned()]), group: None };
        (own, drill.of_key("owner", Some(user)))
    }

    /// Sales of these statuses, and only those.
    fn filters(&self, statuses: &[&'static str]) -> Filters {
        Filters {
            status: Some(statuses.to_vec()),
            owner: self.owner.clone(),
            group: self.group.clone(),
            ..Filters::default()
        }
    }
}

/// Sorted, each once.
fn once(mut currencies: Vec<String>) -> Vec<String> {
    currencies.sort();
    currencies.dedup();
    currencies
}

/// Some sales, added up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TileFigures {
    /// How many, also those whose currency has no rate.
    count: i64,
    /// Sum of the converted, rounded amounts.
    #[schema(example = "63385.00")]
    amount: String,
    /// Sum of the converted, rounded weighted amounts.
    #[schema(example = "12677.00")]
    weighted: String,
    /// The list of these sales.
    drill: String,
}

impl TileFigures {
    fn of(figures: &Figures, currency: &InCurrency, drill: &Drill) -> Self {
        Self {
            count: figures.count,
            amount: currency.text(&figures.amount.to_string()),
            weighted: currency.text(&figures.weighted.to_string()),
            drill: drill.to_sales(),
        }
    }
}

/// First and last day.
type Days = (NaiveDate, NaiveDate);

/// The month a day lies in, so many months later.
fn month_of(day: NaiveDate, later: i32) -> Days {
    let first = day.with_day(1).unwrap_or(day);
    let months = Months::new(later.unsigned_abs());
    let moved =
        if later < 0 { first.checked_sub_months(months) } else { first.checked_add_months(months) };
    let first = moved.unwrap_or(first);
    let next = first.checked_add_months(Months::new(1));
    (first, next.and_then(|next| next.pred_opt()).unwrap_or(first))
}
