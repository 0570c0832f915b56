//! `GET /v1/custom-fields`: the fields a tenant had added to its sales at a moment, and what a card shows of them (SO-30,
//! SO-F35). For every other question they are settings: also one about the past reads them as they are now.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::{FieldDefinition, FieldItem, FieldKind, FieldValue, ListKey, LocalName};
use serde::Serialize;
use serde_json::{Value, json};
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use sqlx::types::Json as SqlJson;
use utoipa::ToSchema;

use crate::ask::{Asked, Questions, Snapshot, When, failed, set_then};
use crate::sale::Fields;

/// A custom field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CustomField {
    /// What values are kept under.
    key: String,
    /// Name in English, else in another language.
    name: String,
    /// Name in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    names: LocalName,
    /// `text`, `number`, `date`, `boolean` or `list`.
    #[schema(value_type = String)]
    kind: FieldKind,
    /// What there is to choose from, for a list.
    items: Vec<CustomFieldChoice>,
    /// Shown on the first tab too.
    promoted: bool,
}

/// An item of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CustomFieldChoice {
    /// What is stored.
    key: String,
    /// Name in English, else in another language.
    name: String,
    /// Name in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    names: LocalName,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomFieldList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// By key.
    custom_fields: Vec<CustomField>,
}

/// A custom field of a card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Filled {
    /// Key of the field.
    key: String,
    /// Its name in English, else in another language.
    name: String,
    /// `text`, `number`, `date`, `boolean` or `list`.
    #[schema(value_type = String)]
    kind: FieldKind,
    /// Shown on the first tab too.
    promoted: bool,
    /// Text, number and date as text, `true` or `false`, the key of an item; none when it is empty.
    value: Value,
}

/// Definitions by key.
pub(crate) type Definitions = BTreeMap<ListKey, FieldDefinition>;

/// The custom fields of sales
#[utoipa::path(
    get,
    path = "/v1/custom-fields",
    tag = "catalogue",
    params(When),
    responses((status = 200, description = "All of them", body = CustomFieldList), QueryProblems)
)]
pub(crate) async fn custom_fields(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(when): Asked<When>,
) -> Result<Json<CustomFieldList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let held: Definitions = snapshot.set_then(set_then!("fields")).await?;
    let custom_fields = held.into_values().map(shown).collect();
    Ok(Json(CustomFieldList { position: snapshot.position, as_of: snapshot.at, custom_fields }))
}

/// The fields of the snapshot's tenant as they are now.
pub(crate) async fn definitions(snapshot: &mut Snapshot) -> Result<Definitions, Problem> {
    let found: Option<SqlJson<Definitions>> = sqlx::query_scalar(
        "SELECT fields FROM tenant_version
          WHERE tenant_id = $1 AND ($2::bigint IS NULL OR position <= $2)
          ORDER BY version DESC LIMIT 1",
    )
    .bind(snapshot.tenant_id)
    .bind(snapshot.pin)
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(found.map(|SqlJson(definitions)| definitions).unwrap_or_default())
}

/// Every field with its value.
pub(crate) fn filled(definitions: &Definitions, held: &Fields) -> Vec<Filled> {
    let filled = |field: &FieldDefinition| Filled {
        key: field.key.as_str().to_owned(),
        name: field.name.in_language("en").to_owned(),
        kind: field.kind,
        promoted: field.promoted,
        value: held.0.get(&field.key).map_or(Value::Null, plain),
    };
    definitions.values().map(filled).collect()
}

/// A value as clients read it.
pub(crate) fn plain(value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(text) => json!(text),
        FieldValue::Number(number) => json!(number.to_string()),
        FieldValue::Date(day) => json!(day),
        FieldValue::Boolean(yes) => json!(yes),
        FieldValue::List(key) => json!(key),
    }
}

fn shown(field: FieldDefinition) -> CustomField {
    let choice = |item: FieldItem| CustomFieldChoice {
        key: String::from(item.key),
        name: item.name.in_language("en").to_owned(),
        names: item.name,
    };
    CustomField {
        key: String::from(field.key),
        name: field.name.in_language("en").to_owned(),
        names: field.name,
        kind: field.kind,
        items: field.items.into_iter().map(choice).collect(),
        promoted: field.promoted,
    }
}
