//! The fields activities can be sorted by.

use service_runtime::Problem;
use utoipa::IntoParams;

use crate::ask::{Direction, FromGiven, Given, bad};

const SORTS: [&str; 7] = ["start", "end", "title", "kind", "owner", "completed_on", "updated_at"];

/// How activities are sorted.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ActivitySort {
    /// A field, `-field` for highest first: start, end, title, kind, owner, completed_on, updated_at. Times are sorted
    /// as the tenant's clock shows them, whole days at midnight. Default: `start`.
    #[param(value_type = Option<String>, example = "-start")]
    pub sort: (&'static str, Direction),
}

impl FromGiven for ActivitySort {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let text = given.text("sort").unwrap_or_else(|| "start".to_owned());
        let (field, direction) = match text.strip_prefix('-') {
            Some(field) => (field, Direction::Down),
            None => (text.as_str(), Direction::Up),
        };
        let known = SORTS.into_iter().find(|known| *known == field);
        let rule = || {
            bad("sort", &format!("must be one of {}, with - for highest first", SORTS.join(", ")))
        };
        Ok(Self { sort: (known.ok_or_else(rule)?, direction) })
    }
}
