//! What a caller sees of sales and activities (SO-44, SO-31), for SQL and for what is held in memory.
//!
//! Rights are settings, not history: also a question about the past is judged by the rights of now, and a record by whose
//! it is now. So a sale that somebody may not see is absent from every moment, and one they may see is whole.

use std::sync::Arc;

use events::rights::{Level, Ownership, Principal, Records, Right, TenantRights};
use service_runtime::{Actor, Problem};
use uuid::Uuid;

use super::{Snapshot, add, coordinates, failed};

/// Whether whoever asks sees the sale of a version `s`, by its newest version up to the pinned position in `$4`. A row
/// that is the newest itself, as nearly all are that are asked for, is judged without a look-up; the others by key: what
/// could be hashed the planner would hash, all versions there are.
macro_rules! sale_is_seen {
    () => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ask/seen_sale.sql"))
    };
}
pub(crate) use sale_is_seen;

/// A caller's sight.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    principal: Principal,
    sales: [bool; 4],
    activities: [bool; 4],
    hidden: bool,
}

impl Sight {
    /// What a caller sees in their tenant; none when that is everything.
    pub fn of(actor: &Actor, rights: &TenantRights) -> Option<Arc<Self>> {
        let reads = |records| {
            Ownership::ALL.map(|whose| rights.level(actor.roles, records, whose) >= Level::Read)
        };
        let (sales, activities) = (reads(Records::Sales), reads(Records::Activities));
        let hidden = rights.may(actor.roles, Right::SeeHiddenSales);
        let everything = hidden && !sales.contains(&false) && !activities.contains(&false);
        let sight = || Arc::new(Self { principal: actor.principal(), sales, activities, hidden });
        (!everything).then(sight)
    }

    /// The user who asks.
    pub fn user(&self) -> &str {
        self.principal.user.as_str()
    }

    /// Whether one of the caller's groups has this name.
    pub fn is_in(&self, group: &str) -> bool {
        self.principal.is_in(group)
    }

    /// Whether a sale of this ownership is seen, were it visible for all.
    pub fn reads_sales(&self, whose: Ownership) -> bool {
        self.sales[whose as usize]
    }

    /// Whether an activity of this ownership is seen.
    pub fn reads_activities(&self, whose: Ownership) -> bool {
        self.activities[whose as usize]
    }

    /// Whether sales that are not visible for all are seen like others.
    pub fn sees_hidden(&self) -> bool {
        self.hidden
    }

    /// Whether a sale is seen: as the SQL function `seen` has it.
    pub fn sees_sale(
        &self,
        owner: &str,
        group: Option<&str>,
        visible_for: &str,
        visible_group: Option<&str>,
    ) -> bool {
        let whose = self.principal.ownership(owner, group);
        let shown = whose == Ownership::Own
            || self.hidden
            || visible_for == "all"
            || (visible_for == "group" && visible_group.is_some_and(|group| self.is_in(group)));
        self.reads_sales(whose) && shown
    }

    /// Whether an activity is seen, if it is about no sale that is not.
    pub fn sees_activity(&self, owner: &str, group: Option<&str>) -> bool {
        self.reads_activities(self.principal.ownership(owner, group))
    }

    /// As the SQL function `sight` gives it: user, marks, groups. Marks are one letter each, 1 for yes: sales by
    /// ownership, hidden ones, activities by ownership; behind them the position up to which versions judge.
    fn words(&self, at: Option<i64>) -> Vec<String> {
        let marks = self.sales.iter().chain([&self.hidden]).chain(&self.activities);
        let marks: String = marks.map(|mark| if *mark { '1' } else { '0' }).collect();
        let marks = marks + &at.map(|at| at.to_string()).unwrap_or_default();
        let user = self.user().to_owned();
        [user, marks].into_iter().chain(self.principal.groups.iter().cloned()).collect()
    }
}

impl Snapshot {
    /// From here on statements and memory show what the caller sees. A later page shows what they see now, whatever its
    /// cursor's position, and that only the tables know.
    pub(super) async fn look_as(&mut self, actor: &Actor, later: bool) -> Result<(), Problem> {
        self.sight = Sight::of(actor, &self.rights);
        let Some(sight) = &self.sight else { return Ok(()) };
        if later {
            (self.standing, self.past) = (None, None);
        }
        let words = sight.words(self.pin.filter(|_| !later));
        if let Some(told) = self.tx.unopened() {
            told.sight = Some(words);
            return Ok(());
        }
        sqlx::query("SELECT set_config('salgslogg.sight', $1::text[]::text, true)")
            .bind(words)
            .execute(&mut *self.tx)
            .await
            .map_err(|e| failed(&e))?;
        Ok(())
    }

    /// Which of these streams are sales that the caller sees.
    pub async fn seen_sales(&mut self, streams: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
        let mut arguments = coordinates(self);
        add(&mut arguments, streams);
        // a sale is seen at every moment or at none, so $2 to $4 choose nothing
        sqlx::query_scalar_with(
            concat!(
                "SELECT DISTINCT s.stream_id FROM sale_version AS s
                  WHERE s.tenant_id = $1 AND s.stream_id = ANY ($5)
                    AND COALESCE($2::timestamptz, $3::timestamptz, now()) IS NOT NULL
                    AND COALESCE($4::bigint, 0) >= 0 AND ",
                sale_is_seen!()
            ),
            arguments,
        )
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))
    }

    /// Which of these streams are activities that the caller sees, deleted ones included.
    pub async fn seen_activities(&mut self, streams: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
        let mut arguments = coordinates(self);
        add(&mut arguments, streams);
        sqlx::query_scalar_with(
            concat!(
                "SELECT DISTINCT a.stream_id FROM activity_version AS a
                  WHERE a.tenant_id = $1 AND a.stream_id = ANY ($5)
                    AND COALESCE($2::timestamptz, $3::timestamptz, now()) IS NOT NULL
                    AND COALESCE($4::bigint, 0) >= 0 AND ",
                include_str!("../activities/seen.sql")
            ),
            arguments,
        )
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))
    }
}
