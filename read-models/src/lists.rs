//! `GET /v1/lists`: the maintained lists with their items (SO-19, SD-5), labelled in the language of whoever asks.
//!
//! Items of the product (`events::shipped`) are in every list; what commands made of them, and what they added, lies
//! over them. A list is short, at most 500 items of a tenant's own, so an answer is never cut into pages.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::{ListName, LocalName, shipped};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, PathId, Problem, Right};
use sqlx::types::Json as SqlJson;
use utoipa::ToSchema;

use crate::ask::{Asked, Questions, Snapshot, When, WithDeleted, add, coordinates, failed};

/// An item that can be chosen, or could be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OfferedItem {
    /// What commands name it by.
    key: String,
    /// Its label in the language of `Accept-Language`, else English, else whichever there is.
    label: String,
    /// Its label in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    labels: LocalName,
    /// Order in the list, lowest first.
    rank: i32,
    /// Not to be chosen any more.
    deleted: bool,
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List {
    /// Its word: `source`, `reason_lost` and so on.
    list: &'static str,
    /// Version, for `If-Match`; 0 while nobody changed it.
    version: i64,
    /// An item was added to it: commands are held to its keys. Until then they take any key.
    maintained: bool,
    /// By rank, then label.
    items: Vec<OfferedItem>,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lists {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The language of the labels: `en`, `nb` or `nl`.
    language: &'static str,
    lists: Vec<List>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The language of the labels: `en`, `nb` or `nl`.
    language: &'static str,
    #[serde(flatten)]
    list: List,
}

/// Maintained lists
#[utoipa::path(
    get,
    path = "/v1/lists",
    tag = "catalogue",
    params(When, WithDeleted, AcceptLanguage),
    responses((status = 200, description = "Every list", body = Lists), QueryProblems)
)]
pub(crate) async fn lists(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((when, params)): Asked<(When, WithDeleted)>,
) -> Result<Json<Lists>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let language = language.best();
    let changed = changed(&mut snapshot).await?;
    let lists = ListName::ALL.into_iter();
    let lists = lists.map(|list| shown(list, &changed, params.deleted, language)).collect();
    let (position, as_of) = (snapshot.position, snapshot.at);
    Ok(Json(Lists { position, as_of, language, lists }))
}

/// One maintained list, by its word
#[utoipa::path(
    get,
    path = "/v1/lists/{id}",
    tag = "catalogue",
    params(When, WithDeleted, AcceptLanguage, ("id" = String, Path, description = "Its word, such as reason_lost")),
    responses((status = 200, description = "The list", body = OneList), QueryProblems)
)]
pub(crate) async fn list(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<String>,
    language: AcceptLanguage,
    Asked((when, params)): Asked<(When, WithDeleted)>,
) -> Result<Json<OneList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let unknown = || Problem::not_found("there is no list of this name");
    let list = ListName::parse(&id).ok_or_else(unknown)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let language = language.best();
    let list = shown(list, &changed(&mut snapshot).await?, params.deleted, language);
    Ok(Json(OneList { position: snapshot.position, as_of: snapshot.at, language, list }))
}

/// What commands made of an item: the newest row of its key that holds.
#[derive(Debug, sqlx::FromRow)]
struct Changed {
    list: String,
    key: String,
    labels: SqlJson<LocalName>,
    rank: i32,
    deleted: bool,
    version: i64,
    maintained: bool,
}

/// Every item that commands changed.
async fn changed(snapshot: &mut Snapshot) -> Result<Vec<Changed>, Problem> {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, ListName::ALL.map(ListName::as_str).to_vec());
    sqlx::query_as_with(
        "WITH known AS (
           SELECT list, key, labels, rank, deleted, version, added FROM list_item_version
            WHERE tenant_id = $1 AND list = ANY ($5)
              AND ($2::timestamptz IS NULL OR effective_at <= $2)
              AND ($3::timestamptz IS NULL OR recorded_at <= $3)
              AND ($4::bigint IS NULL OR position <= $4)),
         whole AS (SELECT list, max(version) AS version, bool_or(added) AS maintained FROM known GROUP BY list)
         SELECT DISTINCT ON (list, key) list, key, labels, rank, deleted, whole.version, maintained
           FROM known JOIN whole USING (list) ORDER BY list, key, known.version DESC",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

/// A list: the product's items, and over them what commands made of it.
fn shown(list: ListName, changed: &[Changed], with_deleted: bool, language: &str) -> List {
    let item = |key: &str, labels: &LocalName, rank, deleted| OfferedItem {
        key: key.to_owned(),
        label: labels.in_language(language).to_owned(),
        labels: labels.clone(),
        rank,
        deleted,
    };
    let mut items: BTreeMap<String, OfferedItem> = shipped::shipped(list)
        .iter()
        .map(|of| (of.key.as_str().to_owned(), item(of.key.as_str(), &of.labels, of.rank, false)))
        .collect();
    let own: Vec<&Changed> = changed.iter().filter(|row| row.list == list.as_str()).collect();
    for row in &own {
        items.insert(row.key.clone(), item(&row.key, &row.labels.0, row.rank, row.deleted));
    }
    let mut items: Vec<OfferedItem> = items.into_values().collect();
    items.retain(|item| with_deleted || !item.deleted);
    items.sort_by(|a, b| (a.rank, &a.label, &a.key).cmp(&(b.rank, &b.label, &b.key)));
    List {
        list: list.as_str(),
        version: own.first().map_or(0, |row| row.version),
        maintained: own.first().is_some_and(|row| row.maintained),
        items,
    }
}
