//! `GET /v1/lists`: the maintained lists with their items (SO-19, SD-1, SD-5), labelled in the language of whoever asks.
//!
//! Items of the product (`events::shipped`) are in every list; what commands made of them, and what they added, lies
//! over them. A list is short, at most 500 items of a tenant's own, so an answer is never cut into pages.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::{ListItem, ListName, LocalName, shipped};
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
    /// Of a type of follow-ups: the kind it belongs to, `meeting`, `to_do` or `call` (SD-1).
    kind: Option<String>,
    /// Of a type of follow-ups: how long they usually last; the diary's usual length when none (SD-3).
    minutes: Option<i32>,
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
    let changed = changed(&mut snapshot, &ListName::ALL).await?;
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
    let list = shown(list, &changed(&mut snapshot, &[list]).await?, params.deleted, language);
    Ok(Json(OneList { position: snapshot.position, as_of: snapshot.at, language, list }))
}

/// What commands made of an item: the newest row of its key that holds.
#[derive(Debug, sqlx::FromRow)]
struct Changed {
    list: String,
    key: String,
    labels: SqlJson<LocalName>,
    rank: i32,
    kind: Option<String>,
    minutes: Option<i32>,
    deleted: bool,
    version: i64,
    maintained: bool,
}

/// Every item of these lists that commands changed.
async fn changed(snapshot: &mut Snapshot, lists: &[ListName]) -> Result<Vec<Changed>, Problem> {
    let mut arguments = coordinates(snapshot);
    let words: Vec<&str> = lists.iter().map(|list| list.as_str()).collect();
    add(&mut arguments, words);
    sqlx::query_as_with(
        "WITH known AS (
           SELECT list, key, labels, rank, kind, minutes, deleted, version, added FROM list_item_version
            WHERE tenant_id = $1 AND list = ANY ($5)
              AND ($2::timestamptz IS NULL OR effective_at <= $2)
              AND ($3::timestamptz IS NULL OR recorded_at <= $3)
              AND ($4::bigint IS NULL OR position <= $4)),
         whole AS (SELECT list, max(version) AS version, bool_or(added) AS maintained FROM known GROUP BY list)
         SELECT DISTINCT ON (list, key) list, key, labels, rank, kind, minutes, deleted, whole.version, maintained
           FROM known JOIN whole USING (list) ORDER BY list, key, known.version DESC",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

/// The labels of a list's items by key, deleted ones too.
pub(crate) async fn item_labels(
    snapshot: &mut Snapshot,
    list: ListName,
    language: &str,
) -> Result<HashMap<String, String>, Problem> {
    let items = shown(list, &changed(snapshot, &[list]).await?, true, language).items;
    Ok(items.into_iter().map(|item| (item.key, item.label)).collect())
}

/// How long follow-ups of each type usually last, of those that say so (SD-3), deleted ones too.
pub(crate) async fn usual_minutes(
    snapshot: &mut Snapshot,
) -> Result<HashMap<String, u16>, Problem> {
    let list = ListName::FollowUpType;
    let items = shown(list, &changed(snapshot, &[list]).await?, true, "en").items.into_iter();
    let minutes = |item: OfferedItem| Some((item.key, u16::try_from(item.minutes?).ok()?));
    Ok(items.filter_map(minutes).collect())
}

/// A list: the product's items, and over them what commands made of it.
fn shown(list: ListName, changed: &[Changed], with_deleted: bool, language: &str) -> List {
    let of_ours = |of: ListItem| OfferedItem {
        key: of.key.as_str().to_owned(),
        label: of.labels.in_language(language).to_owned(),
        labels: of.labels,
        rank: of.rank,
        kind: of.kind.map(|kind| kind.as_str().to_owned()),
        minutes: of.minutes.map(i32::from),
        deleted: false,
    };
    let of_theirs = |row: &Changed| OfferedItem {
        key: row.key.clone(),
        label: row.labels.0.in_language(language).to_owned(),
        labels: row.labels.0.clone(),
        rank: row.rank,
        kind: row.kind.clone(),
        minutes: row.minutes,
        deleted: row.deleted,
    };
    let items = shipped::shipped(list).into_iter().map(of_ours);
    let mut items: BTreeMap<String, OfferedItem> =
        items.map(|item| (item.key.clone(), item)).collect();
    let own: Vec<&Changed> = changed.iter().filter(|row| row.list == list.as_str()).collect();
    items.extend(own.iter().map(|row| (row.key.clone(), of_theirs(row))));
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
