//! `GET /v1/target-types`: what targets are set for (ST-1 to ST-6). The type everybody has is the first of them.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::LocalName;
use events::target::TargetPeriod;
use events::target_type::{DEFAULT, Dimension, Unit};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem, Right};
use sqlx::types::Json as SqlJson;
use utoipa::ToSchema;
use uuid::Uuid;

use super::items::ItemNames;
use crate::ask::{Asked, Chosen, Labels, Questions, Snapshot, When, coordinates, failed};

/// A type as its row has it.
#[derive(Debug, Clone)]
pub(crate) struct TargetKind {
    pub id: Uuid,
    /// 0 for the one nobody can change.
    pub version: i64,
    pub name: LocalName,
    pub dimension: Dimension,
    pub unit: Unit,
    /// All items of the dimension when empty (ST-4).
    pub items: Vec<String>,
    pub groups_only: bool,
}

impl TargetKind {
    /// "All sales – Amount" (ST-1).
    fn default_one() -> Self {
        let name = [
            ("en", "All sales – Amount"),
            ("nb", "Alle salg – beløp"),
            ("nl", "Alle verkopen – bedrag"),
        ];
        let name = name.map(|(language, text)| (language.to_owned(), text.to_owned()));
        Self {
            id: DEFAULT.0,
            version: 0,
            name: LocalName::try_from(std::collections::BTreeMap::from(name))
                .expect("invariant: a name in three languages"),
            dimension: Dimension::AllSales,
            unit: Unit::Amount,
            items: Vec::new(),
            groups_only: false,
        }
    }

    /// Every type of the snapshot, the default one first, then by id.
    pub async fn all(snapshot: &mut Snapshot) -> Result<Vec<Self>, Problem> {
        let known = snapshot.standing.as_ref().and_then(|standing| standing.targets.clone());
        match known {
            Some(known) => Ok(known.kinds.clone()),
            None => Self::read(snapshot).await,
        }
    }

    /// The same by SQL.
    pub async fn read(snapshot: &mut Snapshot) -> Result<Vec<Self>, Problem> {
        let rows: Vec<KindRow> = sqlx::query_as_with(
            "SELECT target_type_id, version, name, to_jsonb(dimension) AS dimension, to_jsonb(unit) AS unit, items, groups_only
               FROM target_type_version
              WHERE tenant_id = $1 AND NOT deleted
                AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)
              ORDER BY target_type_id",
            coordinates(snapshot),
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        let own = rows.into_iter().map(KindRow::kind);
        Ok(std::iter::once(Self::default_one()).chain(own).collect())
    }

    /// One of them; 404 for any other id.
    pub async fn one(snapshot: &mut Snapshot, id: Uuid) -> Result<Self, Problem> {
        if id == DEFAULT.0 {
            return Ok(Self::default_one());
        }
        let found = Self::all(snapshot).await?.into_iter().find(|kind| kind.id == id);
        found.ok_or_else(|| Problem::not_found("there is no type of targets with this id"))
    }
}

#[derive(Debug, sqlx::FromRow)]
struct KindRow {
    target_type_id: Uuid,
    version: i64,
    name: SqlJson<LocalName>,
    dimension: SqlJson<Dimension>,
    unit: SqlJson<Unit>,
    items: SqlJson<Vec<String>>,
    groups_only: bool,
}

impl KindRow {
    fn kind(self) -> TargetKind {
        TargetKind {
            id: self.target_type_id,
            version: self.version,
            name: self.name.0,
            dimension: self.dimension.0,
            unit: self.unit.0,
            items: self.items.0,
            groups_only: self.groups_only,
        }
    }
}

/// An item of a type.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypeItem {
    /// What targets name it by.
    key: String,
    /// Its label in the language of `Accept-Language`; the key where nobody knows one.
    label: String,
}

/// A type of targets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TargetType {
    /// Public id.
    id: Uuid,
    /// Version, for `If-Match`; 0 for the one everybody has.
    version: i64,
    /// Name in the language of `Accept-Language`, else English, else whichever there is.
    name: String,
    /// Name in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    names: LocalName,
    /// `all_sales`, `sale_type`, `source`, `credited`, `competitor`, `company_category`, `company_business`,
    /// `company_country` or `field.<key>` (ST-2).
    dimension: String,
    /// `amount`, `count` or `profit` (ST-3).
    unit: &'static str,
    /// Items that were chosen; empty for all of the dimension (ST-4).
    items: Vec<TypeItem>,
    /// Users have no targets of it (ST-5).
    groups_only: bool,
    /// "All sales – Amount", which can be neither edited nor deleted (ST-1).
    default: bool,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TargetTypeList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// What the cells of a target stand for that is added from now on: `month` or `quarter` (ST-7).
    period: String,
    /// The default one first.
    target_types: Vec<TargetType>,
}

/// Types of sales targets
#[utoipa::path(
    get,
    path = "/v1/target-types",
    tag = "targets",
    params(When, Chosen, AcceptLanguage),
    responses((status = 200, description = "Every type", body = TargetTypeList), QueryProblems)
)]
pub(crate) async fn target_types(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((when, chosen)): Asked<(When, Chosen)>,
) -> Result<Json<TargetTypeList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let language = language.best();
    let mut target_types = Vec::new();
    for kind in TargetKind::all(&mut snapshot).await? {
        if chosen.id.is_some_and(|id| id != kind.id) {
            continue;
        }
        let names = kind.item_names(&mut snapshot, &labels, language).await?;
        target_types.push(TargetType::of(kind, &names, language));
    }
    let period = period(&mut snapshot).await?;
    let (position, as_of) = (snapshot.position, snapshot.at);
    Ok(Json(TargetTypeList { position, as_of, period, target_types }))
}

/// A setting, hence as it is now whatever the moment that is asked about.
async fn period(snapshot: &mut Snapshot) -> Result<String, Problem> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT target_period FROM tenant_version
          WHERE tenant_id = $1 AND ($2::bigint IS NULL OR position <= $2) ORDER BY version DESC LIMIT 1",
    )
    .bind(snapshot.tenant_id)
    .bind(snapshot.pin)
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(found.unwrap_or_else(|| TargetPeriod::default().as_str().to_owned()))
}

impl TargetType {
    fn of(kind: TargetKind, names: &ItemNames, language: &str) -> Self {
        let item = |key: String| TypeItem { label: names.of(&key), key };
        Self {
            id: kind.id,
            version: kind.version,
            name: kind.name.in_language(language).to_owned(),
            names: kind.name,
            dimension: kind.dimension.word(),
            unit: kind.unit.as_str(),
            items: kind.items.into_iter().map(item).collect(),
            groups_only: kind.groups_only,
            default: kind.id == DEFAULT.0,
        }
    }
}
