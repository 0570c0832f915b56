//! Groups as SQL gives them: one pass over the sales, then the levels over what is left of them.

use std::collections::HashMap;

use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

use super::by::{By, LEVELS_MAX};
use crate::ask::{Filters, InCurrency, Snapshot, add, bind_matching, failed, matching};
use crate::upcoming::ahead;

/// Groups of all levels at most.
pub(super) const GROUPS_MAX: usize = 5_000;

/// GROUPING of three keys when the first none, one, two, three of them are kept.
const LEVELS: [i32; LEVELS_MAX + 1] = [0b111, 0b011, 0b001, 0b000];

/// A group, or all sales together.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    level: i32,
    one: Option<String>,
    two: Option<String>,
    three: Option<String>,
    pub count: i64,
    /// Those whose currency has a rate.
    pub rated: i64,
    pub amount: Option<String>,
    pub amount_min: Option<String>,
    pub amount_max: Option<String>,
    pub weighted: Option<String>,
    pub weighted_min: Option<String>,
    pub weighted_max: Option<String>,
    pub profit: Option<String>,
    pub profit_min: Option<String>,
    pub profit_max: Option<String>,
    pub chance: Option<String>,
    pub chance_min: Option<String>,
    pub chance_max: Option<String>,
    /// Currencies without a rate.
    pub missing: Option<Vec<String>>,
}

/// Where a group stands: the keys from the outermost to its own.
pub(super) type Path = Vec<Option<String>>;

impl Row {
    /// Where it stands; nowhere for all sales together.
    pub fn path(&self) -> Path {
        let depth = LEVELS.iter().position(|level| *level == self.level).unwrap_or(0);
        [&self.one, &self.two, &self.three].into_iter().take(depth).cloned().collect()
    }
}

/// What a sale is grouped by, under the word of a parameter.
macro_rules! key {
    ($word:literal) => {
        concat!(
            "CASE ",
            $word,
            "::text WHEN 'stage' THEN s.stage_id::text WHEN 'sale_type' THEN s.sale_type_id::text WHEN 'owner' THEN s.owner
               WHEN 'group' THEN s.owner_group WHEN 'status' THEN s.status WHEN 'source' THEN s.source
               WHEN 'category' THEN s.category WHEN 'competitor' THEN s.competitor WHEN 'credited' THEN s.credited
               WHEN 'currency' THEN s.currency WHEN 'company' THEN s.company_id::text
               WHEN 'month' THEN to_char(s.sale_date, 'YYYY-MM') WHEN 'quarter' THEN to_char(s.sale_date, 'YYYY-\"Q\"Q')
               WHEN 'year' THEN to_char(s.sale_date, 'YYYY') END"
        )
    };
}

/// All groups of all levels, and all sales together.
///
/// # Errors
/// 422: there are too many.
pub(super) async fn rows(
    snapshot: &mut Snapshot,
    filters: &Filters,
    currency: &InCurrency,
    group_by: &[By],
) -> Result<Vec<Row>, Problem> {
    snapshot.plan_anew().await?;
    let mut arguments = bind_matching(snapshot, filters, currency);
    for level in 0..LEVELS_MAX {
        add(&mut arguments, group_by.get(level).map(|by| by.word()));
    }
    add(&mut arguments, LEVELS[group_by.len().min(LEVELS_MAX)]);
    // all sales together are a row, and one more group shows that there are too many
    add(&mut arguments, i64::try_from(GROUPS_MAX + 2).unwrap_or(i64::MAX));
    let rows: Vec<Row> = sqlx::query_as_with(
        concat!(
            "WITH cell AS MATERIALIZED (SELECT ",
            key!("$37"),
            " AS one, ",
            key!("$38"),
            " AS two, ",
            key!("$39"),
            " AS three, ",
            include_str!("cells.sql"),
            include_str!("../cards_from.sql"),
            ahead!(),
            " WHERE ",
            matching!(),
            include_str!("groups.sql")
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    if rows.len() > GROUPS_MAX + 1 {
        let detail =
            format!("there are more than {GROUPS_MAX} groups; ask for fewer by filters or levels");
        return Err(Problem::refused("too_many_groups", detail));
    }
    Ok(rows)
}

/// The names of companies, each as the newest of these sales calls it.
pub(super) async fn companies(
    snapshot: &mut Snapshot,
    filters: &Filters,
    currency: &InCurrency,
    ids: Vec<Uuid>,
) -> Result<HashMap<String, String>, Problem> {
    let mut arguments: PgArguments = bind_matching(snapshot, filters, currency);
    add(&mut arguments, ids);
    let named: Vec<(Uuid, Option<String>)> = sqlx::query_as_with(
        concat!(
            "SELECT DISTINCT ON (s.company_id) s.company_id, s.company_name FROM sale_version AS s ",
            ahead!(),
            " WHERE s.company_id = ANY ($37) AND ",
            matching!(),
            " ORDER BY s.company_id, s.number DESC"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(named.into_iter().filter_map(|(id, name)| Some((id.to_string(), name?))).collect())
}
