//! The targets of a type and a year as their table has them, and which of them a caller sees (SO-44): a user's are that
//! user's own, a group's are of that group, the company's belong to nobody.

use std::sync::Arc;

use events::CurrencyCode;
use events::rights::{Level as RightsLevel, Principal, Records};
use events::target::Cell;
use rust_decimal::Decimal;
use service_runtime::{Actor, Problem};
use sqlx::types::Json as SqlJson;
use uuid::Uuid;

use crate::ask::{Snapshot, add, coordinates, failed, unreadable};

/// Who has to reach a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Level {
    Company,
    Group,
    User,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Company, Self::Group, Self::User];

    /// Its word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Group => "group",
            Self::User => "user",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

/// A target.
#[derive(Debug, Clone)]
pub(crate) struct TargetRow {
    pub id: Uuid,
    pub version: i64,
    pub item: Option<String>,
    pub level: Level,
    /// User or group; none for the company.
    pub assignee: Option<String>,
    /// The group itself; of a user the one they stand below.
    pub group: Option<String>,
    /// Cells are quarters, not months (ST-7).
    pub quarters: bool,
    /// Its own currency, else the base currency (ST-12).
    pub currency: CurrencyCode,
    pub cells: Vec<Decimal>,
    pub locked: bool,
}

impl TargetRow {
    /// All cells together.
    pub fn sum(&self) -> Decimal {
        self.cells.iter().sum()
    }
}

/// Which targets are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// Of a type and some years, first and last.
    Of(Uuid, (i32, i32)),
    /// The one of an id.
    Id(Uuid),
}

/// A target as its table has it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Stored {
    target_id: Uuid,
    target_type_id: Uuid,
    year: i32,
    version: i64,
    item: Option<String>,
    level: String,
    assignee: Option<String>,
    assignee_group: Option<String>,
    quarters: bool,
    currency: Option<String>,
    cells: SqlJson<Vec<Cell>>,
    locked: bool,
}

/// A target with the type and year it is of.
pub(crate) type Found = (Arc<TargetRow>, Uuid, i32);

/// The targets there are at a snapshot's moment, as far as the caller sees them: company, groups by name, users by id.
pub(crate) async fn seen_targets(
    snapshot: &mut Snapshot,
    actor: &Actor,
    which: Which,
) -> Result<Vec<Found>, Problem> {
    let principal = actor.principal();
    let known = snapshot.standing.as_ref().and_then(|standing| standing.targets.clone());
    let mut found = match (known, which) {
        (Some(known), Which::Of(of_type, years)) => known.of(of_type, years),
        (Some(known), Which::Id(id)) => known.of_id(id).into_iter().collect(),
        (None, which) => read(snapshot, which).await?,
    };
    found.retain(|(row, ..)| sees(snapshot, &principal, row));
    Ok(found)
}

/// The same by SQL, whoever sees them.
async fn read(snapshot: &mut Snapshot, which: Which) -> Result<Vec<Found>, Problem> {
    let (of_type, years, id) = match which {
        Which::Of(of_type, years) => (Some(of_type), years, None),
        Which::Id(id) => (None, (0, i32::MAX), Some(id)),
    };
    snapshot.plan_anew().await?;
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, of_type);
    add(&mut arguments, years.0);
    add(&mut arguments, years.1);
    add(&mut arguments, id);
    let rows: Vec<Stored> = sqlx::query_as_with(
        "SELECT target_id, target_type_id, year, version, item, level, assignee, assignee_group, period = 'quarter' AS quarters,
                currency, cells, locked
           FROM target_version
          WHERE tenant_id = $1 AND NOT removed
            AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)
            AND ($5::uuid IS NULL OR target_type_id = $5) AND year BETWEEN $6 AND $7
            AND ($8::uuid IS NULL OR target_id = $8)",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let base = snapshot.base_currency;
    let found = rows.into_iter().map(|row| row.found(base));
    let mut found = found.collect::<Result<Vec<Found>, Problem>>()?;
    found.sort_by(|(a, _, x), (b, _, y)| (x, a.place()).cmp(&(y, b.place())));
    Ok(found)
}

impl Snapshot {
    /// Those of these streams that are targets the caller sees, removed ones too: whose they are never changes.
    pub async fn seen_target_streams(
        &mut self,
        actor: &Actor,
        streams: &[Uuid],
    ) -> Result<Vec<Uuid>, Problem> {
        if streams.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<(Uuid, String, Option<String>, Option<String>)> = sqlx::query_as(
            "SELECT DISTINCT stream_id, level, assignee, assignee_group FROM target_version
              WHERE tenant_id = $1 AND stream_id = ANY ($2)",
        )
        .bind(self.tenant_id)
        .bind(streams)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))?;
        let who = actor.principal();
        let reads = |level: &str, assignee: Option<&str>, group: Option<&str>| {
            let owner = assignee.filter(|_| level == "user").unwrap_or_default();
            let whose = who.ownership(owner, group);
            self.rights.level(who.roles, Records::Targets, whose) >= RightsLevel::Read
        };
        let seen = rows.iter().filter(|(_, level, assignee, group)| {
            reads(level, assignee.as_deref(), group.as_deref())
        });
        Ok(seen.map(|(stream, ..)| *stream).collect())
    }
}

/// Whether a caller sees a target.
fn sees(snapshot: &Snapshot, who: &Principal, row: &TargetRow) -> bool {
    let owner = row.assignee.as_deref().filter(|_| row.level == Level::User);
    let whose = who.ownership(owner.unwrap_or_default(), row.group.as_deref());
    snapshot.rights.level(who.roles, Records::Targets, whose) >= RightsLevel::Read
}

impl TargetRow {
    /// Company first, then group by group: the group itself, its users.
    pub fn place(&self) -> (bool, Option<&str>, Level, Option<&str>, Option<&str>) {
        let below = self.level != Level::Company;
        (below, self.group.as_deref(), self.level, self.assignee.as_deref(), self.item.as_deref())
    }
}

/// A stored word that no fold wrote.
#[derive(Debug, thiserror::Error)]
#[error("a target of no level that is known")]
struct UnknownLevel;

impl Stored {
    /// With what it is of.
    pub fn found(self, base: CurrencyCode) -> Result<Found, Problem> {
        let (of_type, year) = (self.target_type_id, self.year);
        self.read(base).map(|row| (Arc::new(row), of_type, year))
    }

    fn read(self, base: CurrencyCode) -> Result<TargetRow, Problem> {
        let currency = self.currency.map_or(Ok(base), |code| CurrencyCode::parse(&code));
        Ok(TargetRow {
            id: self.target_id,
            version: self.version,
            item: self.item,
            level: Level::parse(&self.level).ok_or_else(|| unreadable(&UnknownLevel))?,
            assignee: self.assignee,
            group: self.assignee_group,
            quarters: self.quarters,
            currency: currency.map_err(|e| unreadable(&e))?,
            cells: self.cells.0.into_iter().map(|Cell(figure)| figure).collect(),
            locked: self.locked,
        })
    }
}
