//! What a list of activities adds up to: how many, how long, from when to when; as a whole and by group (SD-24 to SD-26).

use chrono::NaiveDate;
use serde::Serialize;
use service_runtime::Problem;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use super::entries_sql;
use super::filters::{ActivityFilters, matching_activities};
use crate::ask::{FromGiven, Given, Snapshot, add, bad, failed, moment};

/// Fields a list can be grouped by.
const KEYS: [&str; 9] =
    ["owner", "group", "kind", "priority", "completed", "day", "company", "contact", "sale"];

/// Fields at once.
const KEYS_MAX: usize = 3;

/// Groups in an answer.
const GROUPS_MAX: usize = 1_000;

/// Parameters of the sums.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryParams {
    /// Up to three fields, the outer one first: owner, group, kind, priority, completed, day, company, contact, sale.
    #[param(value_type = Option<Vec<String>>, explode = false)]
    group_by: Vec<&'static str>,
    /// `true`: the sums over all pages too, without groups.
    #[param(value_type = Option<bool>)]
    sums: bool,
}

impl FromGiven for SummaryParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rule = format!("must be up to three of {}, separated by commas", KEYS.join(", "));
        let known = |text: &str| KEYS.into_iter().find(|key| *key == text);
        let group_by = given.list_of("group_by", &rule, known)?.unwrap_or_default();
        let mut once = group_by.clone();
        once.sort_unstable();
        once.dedup();
        if group_by.len() > KEYS_MAX || once.len() < group_by.len() {
            return Err(bad("group_by", &rule));
        }
        let sums = given.take("sums", "must be true or false")?.unwrap_or_default();
        Ok(Self { group_by, sums })
    }
}

/// How long they last, in minutes; whole days have no length.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Minutes {
    sum: Option<i64>,
    avg: Option<i64>,
    min: Option<i64>,
    max: Option<i64>,
}

/// What some activities add up to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sums {
    /// How many there are, on all pages.
    count: i64,
    /// How long they last.
    minutes: Minutes,
    /// The first day one starts on.
    first_day: Option<NaiveDate>,
    /// The last day one ends on.
    last_day: Option<NaiveDate>,
}

/// One group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    /// The value of each field it is grouped by; null where there is none.
    #[schema(value_type = std::collections::HashMap<String, Option<String>>)]
    keys: BTreeMap<&'static str, Option<String>>,
    #[serde(flatten)]
    sums: Sums,
}

/// All of it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Summary {
    /// Over all pages; when sums or groups were asked for.
    pub sums: Option<Sums>,
    /// By the fields asked for, the outer one first; 1000 at most.
    pub groups: Option<Vec<Group>>,
    /// There are more groups.
    pub more_groups: bool,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    whole: bool,
    k1: Option<String>,
    k2: Option<String>,
    k3: Option<String>,
    count: i64,
    minutes_sum: Option<i64>,
    minutes_avg: Option<i64>,
    minutes_min: Option<i64>,
    minutes_max: Option<i64>,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
}

impl Row {
    fn sums(&self) -> Sums {
        let minutes = Minutes {
            sum: self.minutes_sum,
            avg: self.minutes_avg,
            min: self.minutes_min,
            max: self.minutes_max,
        };
        let (count, first_day, last_day) = (self.count, self.first_day, self.last_day);
        Sums { count, minutes, first_day, last_day }
    }
}

impl Summary {
    /// The sums that were asked for; nothing is asked of the database when none were.
    pub async fn of(
        snapshot: &mut Snapshot,
        filters: &ActivityFilters,
        params: &SummaryParams,
    ) -> Result<Self, Problem> {
        if !params.sums && params.group_by.is_empty() {
            return Ok(Self::default());
        }
        let mut rows = rows(snapshot, filters, &params.group_by).await?;
        let whole = rows.iter().position(|row| row.whole).map(|at| rows.remove(at).sums());
        let more_groups = rows.len() > GROUPS_MAX;
        rows.truncate(GROUPS_MAX);
        let group = |row: Row| {
            let sums = row.sums();
            let keys = params.group_by.iter().copied().zip([row.k1, row.k2, row.k3]).collect();
            Group { keys, sums }
        };
        let groups = (!params.group_by.is_empty()).then(|| rows.into_iter().map(group).collect());
        let none = Minutes { sum: None, avg: None, min: None, max: None };
        let nothing = Sums { count: 0, minutes: none, first_day: None, last_day: None };
        Ok(Self { sums: Some(whole.unwrap_or(nothing)), groups, more_groups })
    }
}

async fn rows(
    snapshot: &mut Snapshot,
    filters: &ActivityFilters,
    group_by: &[&'static str],
) -> Result<Vec<Row>, Problem> {
    let mut arguments = moment(snapshot);
    filters.bind(&mut arguments);
    for at in 0..KEYS_MAX {
        add(&mut arguments, group_by.get(at).copied());
    }
    add(&mut arguments, i64::try_from(GROUPS_MAX + 2).unwrap_or(i64::MAX));
    sqlx::query_as_with(
        concat!(
            "WITH m AS (SELECT w.begins, w.ends,
               (EXTRACT(EPOCH FROM a.ends_at - a.starts_at) / 60)::bigint AS minutes, ",
            entries_sql!(),
            matching_activities!(),
            ") ",
            include_str!("summary.sql")
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
