//! `GET /v1/tiles/activity-pace`: how many activities of each kind were planned and done, week by week (SF-4).

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, Days as Later, Months, NaiveDate, Utc};
use events::activity::Kind;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};

use super::{Days, month_of};
use crate::activities::{ActivityFilters, entries_sql, matching_activities};
use crate::ask::{
    Asked, Drill, FromGiven, Given, Questions, Snapshot, When, add, bad, failed, moment,
};

const PERIODS_DEFAULT: u32 = 4;
const PERIODS_MAX: u32 = 53;

/// Which periods.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaceAsked {
    /// `week` (from Monday) or `month`. Default: `week`.
    #[param(value_type = Option<String>)]
    period: &'static str,
    /// How many of them, the last one being that of `today`. Default 4.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 53)]
    periods: u32,
}

impl FromGiven for PaceAsked {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let period = match given.text("period").as_deref() {
            None | Some("week") => "week",
            Some("month") => "month",
            Some(_) => return Err(bad("period", "must be week or month")),
        };
        let rule = "must be a whole number from 1 to 53";
        let periods = given.take::<u32>("periods", rule)?.unwrap_or(PERIODS_DEFAULT);
        if !(1..=PERIODS_MAX).contains(&periods) {
            return Err(bad("periods", rule));
        }
        Ok(Self { period, periods })
    }
}

impl PaceAsked {
    /// The periods up to that of a day, the earliest first.
    fn days(self, today: NaiveDate) -> Vec<Days> {
        let monday = today - Later::new(u64::from(today.weekday().num_days_from_monday()));
        let days = |before: u32| {
            if self.period == "month" {
                let moved = today.with_day(1)?.checked_sub_months(Months::new(before))?;
                return Some(month_of(moved, 0));
            }
            let from = monday.checked_sub_days(Later::new(7 * u64::from(before)))?;
            Some((from, from.checked_add_days(Later::new(6))?))
        };
        (0..self.periods).rev().filter_map(days).collect()
    }
}

/// Activities of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KindPace {
    /// `meeting`, `to_do`, `call` or `document`.
    kind: &'static str,
    /// Not done.
    planned: i64,
    /// Done.
    completed: i64,
    /// The list of those that are not done.
    drill_planned: String,
    /// The list of those that are done.
    drill_completed: String,
}

/// A week or month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PacePeriod {
    /// First day.
    from: NaiveDate,
    /// Last day.
    to: NaiveDate,
    /// Each kind with the activities that have a day in the period.
    kinds: Vec<KindPace>,
}

/// The tile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActivityPace {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The earliest first.
    periods: Vec<PacePeriod>,
}

/// Activities by kind, planned and done, by week or month
///
/// The caller's own, unless `owner`, `group` or `members` says whose.
#[utoipa::path(
    get,
    path = "/v1/tiles/activity-pace",
    tag = "tiles",
    params(When, PaceAsked, PaceOf),
    responses((status = 200, description = "The tile", body = ActivityPace), QueryProblems)
)]
pub(crate) async fn activity_pace(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, asked, of)): Asked<(Drill, When, PaceAsked, PaceOf)>,
) -> Result<Json<ActivityPace>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let drill = drill.without(&["period", "periods"]);
    let (owner, drill) = match of.is_of_nobody() {
        true => {
            let user = actor.user.as_str();
            (Some(vec![user.to_owned()]), drill.of_key("owner", Some(user)))
        }
        false => (of.owner, drill),
    };
    let mut filters = ActivityFilters::of_people(owner, of.group, of.members);
    filters.resolve(&mut snapshot).await?;
    let days = asked.days(snapshot.today);
    let counts = counts(&mut snapshot, &filters, &days).await?;
    let period = |(from, to): &Days| PacePeriod {
        from: *from,
        to: *to,
        kinds: Kind::ALL.map(|kind| pace(kind, (*from, *to), &counts, &drill)).into(),
    };
    Ok(Json(ActivityPace {
        position: snapshot.position,
        as_of: snapshot.at,
        periods: days.iter().map(period).collect(),
    }))
}

/// Whose activities.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaceOf {
    /// Owners (`sub`).
    #[param(explode = false)]
    owner: Option<Vec<String>>,
    /// Groups of the owners.
    #[param(explode = false)]
    group: Option<Vec<String>>,
    /// Groups whose members' activities are counted, beside those of `owner` (SD-22).
    #[param(explode = false)]
    members: Option<Vec<String>>,
}

impl FromGiven for PaceOf {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let (owner, group) = (given.list("owner")?, given.list("group")?);
        Ok(Self { owner, group, members: given.list("members")? })
    }
}

impl PaceOf {
    fn is_of_nobody(&self) -> bool {
        self.owner.is_none() && self.group.is_none() && self.members.is_none()
    }
}

/// How many of a period, kind and whether they are done.
type Counts = HashMap<(NaiveDate, String, bool), i64>;

fn pace(kind: Kind, (from, to): Days, counts: &Counts, drill: &Drill) -> KindPace {
    let count = |done| counts.get(&(from, kind.as_str().to_owned(), done)).copied().unwrap_or(0);
    let drill = drill.with("kind", kind.as_str()).with("from", from).with("to", to);
    let list = |done: bool| drill.with("completed", done).to("/v1/activities");
    KindPace {
        kind: kind.as_str(),
        planned: count(false),
        completed: count(true),
        drill_planned: list(false),
        drill_completed: list(true),
    }
}

/// Activities that have a day in a period, by kind and whether they are done.
async fn counts(
    snapshot: &mut Snapshot,
    filters: &ActivityFilters,
    days: &[Days],
) -> Result<Counts, Problem> {
    let mut arguments = moment(snapshot);
    filters.bind(&mut arguments);
    add(&mut arguments, days.iter().map(|(from, _)| *from).collect::<Vec<_>>());
    add(&mut arguments, days.iter().map(|(_, to)| *to).collect::<Vec<_>>());
    let rows: Vec<(NaiveDate, String, bool, i64)> = sqlx::query_as_with(
        concat!(
            "WITH m AS (SELECT w.begins, w.ends, ",
            entries_sql!(),
            matching_activities!(),
            ")
             SELECT p.first_day, m.kind, m.completed_on IS NOT NULL, count(*)
               FROM m JOIN unnest($27::date[], $28::date[]) AS p (first_day, last_day)
                 ON m.ends::date >= p.first_day AND m.begins::date <= p.last_day
              GROUP BY 1, 2, 3"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let count =
        |(from, kind, done, count): (NaiveDate, String, bool, i64)| ((from, kind, done), count);
    Ok(rows.into_iter().map(count).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_and_months_on_the_first_sf_4() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let weeks = PaceAsked { period: "week", periods: 2 }.days(day("2026-03-11"));
        let expected = [("2026-03-02", "2026-03-08"), ("2026-03-09", "2026-03-15")];
        assert_eq!(weeks, expected.map(|(from, to)| (day(from), day(to))));
        let months = PaceAsked { period: "month", periods: 3 }.days(day("2026-03-31"));
        assert_eq!(months[1], (day("2026-02-01"), day("2026-02-28")));
    }
}
