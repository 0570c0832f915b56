//! Names to show beside ids: the version that holds at the moment of the question, else the first known one,
//! because a label is better than none.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use service_runtime::Problem;
use sqlx::FromRow;
use sqlx::postgres::{PgArguments, PgRow};
use uuid::Uuid;

use super::filters::add;
use super::wall_clock::WallClock;
use super::{Snapshot, failed};

/// A name and the place it is sorted at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub name: String,
    pub rank: i32,
}

/// The names of a tenant's stages, sale types and users.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    pub stages: HashMap<Uuid, Label>,
    pub sale_types: HashMap<Uuid, String>,
    pub users: HashMap<String, String>,
    pub offered: Offered,
}

/// What sales can be moved to.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    /// Sale types that are not deleted.
    pub sale_types: HashMap<Uuid, OfferedType>,
    /// Sale types with stakeholders, deleted ones too (SK-1).
    pub with_stakeholders: HashSet<Uuid>,
    /// Sale types with a guide, deleted ones too, and whether it suggests anything (SG-1).
    pub with_guide: HashMap<Uuid, bool>,
}

/// A sale type that can be chosen.
#[derive(Debug)]
pub(crate) struct OfferedType {
    /// Its stages that are not deleted.
    pub stages: Vec<Uuid>,
}

impl Offered {
    fn of(stages: &[StageRow], sale_types: &[SaleTypeRow]) -> Self {
        let deleted: HashSet<Uuid> =
            stages.iter().filter(|(.., deleted)| *deleted).map(|(id, ..)| *id).collect();
        let kept = |stages: &[Uuid]| {
            stages.iter().filter(|stage| !deleted.contains(stage)).copied().collect()
        };
        let offered = sale_types.iter().filter(|row| !row.deleted);
        Self {
            sale_types: offered
                .map(|row| (row.sale_type_id, OfferedType { stages: kept(&row.stages) }))
                .collect(),
            with_stakeholders: sale_types
                .iter()
                .filter(|row| row.stakeholders)
                .map(|row| row.sale_type_id)
                .collect(),
            with_guide: sale_types
                .iter()
                .filter(|row| row.guide)
                .map(|row| (row.sale_type_id, row.has_items))
                .collect(),
        }
    }
}

/// Id, name, rank, whether it is deleted.
type StageRow = (Uuid, String, i32, bool);

#[derive(Debug, FromRow)]
struct SaleTypeRow {
    sale_type_id: Uuid,
    name: String,
    stages: Vec<Uuid>,
    stakeholders: bool,
    guide: bool,
    has_items: bool,
    deleted: bool,
}

/// Of each id the current version; and the held version first, else the lowest, for the coordinates in $1 to $4.
macro_rules! labels_sql {
    ($id:literal, $columns:literal, $table:literal) => {
        Statements {
            now: concat!(
                "SELECT ",
                $id,
                ", ",
                $columns,
                " FROM ",
                $table,
                "
                  WHERE tenant_id = $1 AND next_position = 9223372036854775807"
            ),
            then: concat!(
                "SELECT DISTINCT ON (",
                $id,
                ") ",
                $id,
                ", ",
                $columns,
                " FROM ",
                $table,
                "
                  WHERE tenant_id = $1 AND ($4::bigint IS NULL OR position <= $4)
                  ORDER BY ",
                $id,
                ", held(effective_at, recorded_at, position, next_effective_at, next_recorded_at,
                           next_position, $2, $3, $4) IS TRUE DESC, version"
            ),
        }
    };
}

/// The same about now and about any other moment.
#[derive(Debug, Clone, Copy)]
struct Statements {
    now: &'static str,
    then: &'static str,
}

/// The rows of a table, one for each id.
async fn named<T>(snapshot: &mut Snapshot, statements: Statements) -> Result<Vec<T>, Problem>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let rows = match snapshot.is_current() {
        true => {
            let rows = sqlx::query_as(statements.now).bind(snapshot.tenant_id);
            rows.fetch_all(&mut *snapshot.tx).await
        }
        false => {
            let rows = sqlx::query_as_with(statements.then, coordinates(snapshot));
            rows.fetch_all(&mut *snapshot.tx).await
        }
    };
    rows.map_err(|e| failed(&e))
}

impl Labels {
    /// Every name of the snapshot's tenant.
    pub async fn load(snapshot: &mut Snapshot) -> Result<Arc<Self>, Problem> {
        match &snapshot.standing {
            Some(standing) => Ok(Arc::clone(&standing.catalogue.labels)),
            None => Self::read(snapshot).await.map(Arc::new),
        }
    }

    /// As the tables have them.
    pub async fn read(snapshot: &mut Snapshot) -> Result<Self, Problem> {
        let stages: Vec<StageRow> = named(
            snapshot,
            labels_sql!(
                "stage_id",
                "COALESCE(name ->> 'en', name ->> 'nb', name ->> 'nl'), rank, deleted",
                "stage_version"
            ),
        )
        .await?;
        let sale_types: Vec<SaleTypeRow> = named(
            snapshot,
            labels_sql!(
                "sale_type_id",
                "COALESCE(name ->> 'en', name ->> 'nb', name ->> 'nl') AS name, stages, stakeholders, guide,
                 COALESCE(jsonb_array_length(items), 0) > 0 AS has_items, deleted",
                "sale_type_version"
            ),
        )
        .await?;
        let users: Vec<(String, String)> =
            named(snapshot, labels_sql!("user_id", "name", "user_version")).await?;
        let offered = Offered::of(&stages, &sale_types);
        let label = |(id, name, rank, _): StageRow| (id, Label { name, rank });
        Ok(Self {
            stages: stages.into_iter().map(label).collect(),
            sale_types: sale_types.into_iter().map(|row| (row.sale_type_id, row.name)).collect(),
            users: users.into_iter().collect(),
            offered,
        })
    }
}

/// `$1` to `$4`: tenant, `as_of`, `known_at`, pinned position.
pub(crate) fn coordinates(snapshot: &Snapshot) -> PgArguments {
    let mut arguments = PgArguments::default();
    add(&mut arguments, snapshot.tenant_id);
    add(&mut arguments, snapshot.as_of);
    add(&mut arguments, snapshot.known_at);
    add(&mut arguments, snapshot.pin);
    arguments
}

/// `$1` to `$7`: the coordinates, today, and the tenant's zone as `wall_clock` takes it.
pub(crate) fn moment(snapshot: &Snapshot) -> PgArguments {
    let mut arguments = coordinates(snapshot);
    let clock = WallClock::of(snapshot.zone);
    add(&mut arguments, snapshot.today);
    add(&mut arguments, &clock.changes);
    add(&mut arguments, &clock.offsets);
    arguments
}
