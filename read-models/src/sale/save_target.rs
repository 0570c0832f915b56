//! Types of targets and targets in their tables: what is current before a run, the versions a run makes, and the same
//! rows of a rebuild.

use std::collections::HashMap;

use events::target::{Assignee, Cell, TargetPeriod, TargetPlace};
use events::target_type::{Dimension, TargetTypeTerms, Unit};
use events::{CurrencyCode, ListKey, TargetTypeId, TypeName, UserId};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::save_catalogue::end_stored;
use super::target::Target;
use super::target_type::TargetType;
use crate::rebuild::{Jsonb, Sheets, Table};
use crate::version::{Chain, bind_places, bind_successors, places};

static TARGET_TYPES: Table = Table {
    name: "target_type_version",
    columns: places!("target_type_id, name, dimension, unit, items, groups_only, deleted"),
};
static TARGETS: Table = Table {
    name: "target_version",
    columns: places!(
        "target_id, target_type_id, item, year, level, assignee, assignee_group, period, currency, cells, locked, removed"
    ),
};

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("invariant: names and figures are plain text and encode")
}

/// The columns of a target beside those of its place in the log.
struct Columns<'a> {
    target_id: Uuid,
    target_type_id: Uuid,
    item: Option<&'a str>,
    year: i32,
    level: &'static str,
    assignee: Option<&'a str>,
    assignee_group: Option<&'a str>,
    period: &'static str,
    currency: Option<&'static str>,
    cells: String,
}

impl Target {
    fn columns(&self) -> Columns<'_> {
        let TargetPlace { target_type, item, year, assignee } = &self.place;
        let (name, group) = match assignee {
            Assignee::Company => (None, None),
            Assignee::Group { group } => (Some(group.as_str()), Some(group.as_str())),
            Assignee::User { user, group } => {
                (Some(user.as_str()), group.as_ref().map(TypeName::as_str))
            }
        };
        Columns {
            target_id: self.place.id().0,
            target_type_id: target_type.0,
            item: item.as_ref().map(ListKey::as_str),
            year: i32::from(*year),
            level: assignee.level(),
            assignee: name,
            assignee_group: group,
            period: self.period.as_str(),
            currency: self.currency.map(|code| code.as_str()),
            cells: json(&self.cells),
        }
    }
}

pub(super) async fn target_types(
    tx: &mut PgConnection,
    chain: &Chain<TargetType>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "target_type_version");
    bind_places(sqlx::query(include_str!("insert_target_type.sql")), &chain.versions)
        .bind(chain.column(|t| t.target_type_id))
        .bind(chain.column(|t| json(&t.terms.name)))
        .bind(chain.column(|t| t.dimension.word()))
        .bind(chain.column(|t| t.unit.as_str()))
        .bind(chain.column(|t| json(&t.terms.items)))
        .bind(chain.column(|t| t.terms.groups_only))
        .bind(chain.column(|t| t.deleted))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn targets(
    tx: &mut PgConnection,
    chain: &Chain<Target>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "target_version");
    let columns: Vec<Columns<'_>> = chain.column(Target::columns);
    fn all<'a, C>(columns: &'a [Columns<'a>], of: impl Fn(&'a Columns<'a>) -> C) -> Vec<C> {
        columns.iter().map(of).collect()
    }
    bind_places(sqlx::query(include_str!("insert_target.sql")), &chain.versions)
        .bind(all(&columns, |c| c.target_id))
        .bind(all(&columns, |c| c.target_type_id))
        .bind(all(&columns, |c| c.item))
        .bind(all(&columns, |c| c.year))
        .bind(all(&columns, |c| c.level))
        .bind(all(&columns, |c| c.assignee))
        .bind(all(&columns, |c| c.assignee_group))
        .bind(all(&columns, |c| c.period))
        .bind(all(&columns, |c| c.currency))
        .bind(all(&columns, |c| c.cells.as_str()))
        .bind(chain.column(|t| t.locked))
        .bind(chain.column(|t| t.removed))
        .execute(tx)
        .await?;
    Ok(())
}

/// Rows of a rebuild.
pub(super) fn hand_out(
    (types, targets): (&mut Chain<TargetType>, &mut Chain<Target>),
    open: Option<Uuid>,
    to: &mut Sheets,
) {
    for version in types.take_final(open) {
        let target_type = &version.row;
        let terms = &target_type.terms;
        to.row(&TARGET_TYPES, |row| {
            version.put(row);
            row.put(target_type.target_type_id).put(Jsonb(json(&terms.name)));
            row.put(target_type.dimension.word()).put(target_type.unit.as_str());
            row.put(Jsonb(json(&terms.items))).put(terms.groups_only).put(target_type.deleted);
        });
    }
    for version in targets.take_final(open) {
        let columns = version.row.columns();
        to.row(&TARGETS, |row| {
            version.put(row);
            row.put(columns.target_id).put(columns.target_type_id).put(columns.item);
            row.put(columns.year).put(columns.level).put(columns.assignee);
            row.put(columns.assignee_group).put(columns.period).put(columns.currency);
            row.put(Jsonb(columns.cells)).put(version.row.locked).put(version.row.removed);
        });
    }
}

/// A stream and its type as they are stored.
type CurrentType = (Uuid, Uuid, Json<Dimension>, Json<Unit>, Json<TargetTypeTerms>, bool);

pub(super) async fn current_types(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, TargetType>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CurrentType> = sqlx::query_as(
        "SELECT stream_id, target_type_id, to_jsonb(dimension), to_jsonb(unit),
                jsonb_build_object('name', name, 'items', items, 'groups_only', groups_only), deleted
           FROM target_type_version WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807",
    )
    .bind(streams)
    .fetch_all(tx)
    .await?;
    let target_type =
        |(stream, target_type_id, Json(dimension), Json(unit), Json(terms), deleted)| {
            (stream, TargetType { target_type_id, dimension, unit, terms, deleted })
        };
    Ok(rows.into_iter().map(target_type).collect())
}

/// A target as it is stored.
#[derive(Debug, sqlx::FromRow)]
struct CurrentTarget {
    stream_id: Uuid,
    target_type_id: Uuid,
    item: Option<String>,
    year: i32,
    level: String,
    assignee: Option<String>,
    assignee_group: Option<String>,
    period: String,
    currency: Option<String>,
    cells: Json<Vec<Cell>>,
    locked: bool,
    removed: bool,
}

impl CurrentTarget {
    /// None for words that no fold wrote.
    fn target(self) -> Option<Target> {
        let group = |name: Option<String>| name.map(|name| TypeName::parse(&name)).transpose();
        let assignee = match (self.level.as_str(), self.assignee) {
            ("company", _) => Assignee::Company,
            ("group", Some(name)) => Assignee::Group { group: TypeName::parse(&name).ok()? },
            ("user", Some(user)) => Assignee::User {
                user: UserId::parse(&user).ok()?,
                group: group(self.assignee_group).ok()?,
            },
            (_, _) => return None,
        };
        let item = self.item.map(|key| ListKey::parse(&key)).transpose().ok()?;
        let year = u16::try_from(self.year).ok()?;
        let target_type = TargetTypeId(self.target_type_id);
        let periods = [TargetPeriod::Month, TargetPeriod::Quarter];
        Some(Target {
            place: TargetPlace { target_type, item, year, assignee },
            period: periods.into_iter().find(|period| period.as_str() == self.period)?,
            currency: self.currency.map(|code| CurrencyCode::parse(&code)).transpose().ok()?,
            cells: self.cells.0,
            locked: self.locked,
            removed: self.removed,
        })
    }
}

pub(super) async fn current_targets(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, Target>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CurrentTarget> = sqlx::query_as(
        "SELECT stream_id, target_type_id, item, year, level, assignee, assignee_group, period, currency, cells, locked, removed
           FROM target_version WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807",
    )
    .bind(streams)
    .fetch_all(tx)
    .await?;
    let target = |row: CurrentTarget| Some((row.stream_id, row.target()?));
    Ok(rows.into_iter().filter_map(target).collect())
}
