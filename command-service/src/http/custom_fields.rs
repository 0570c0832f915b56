//! Custom fields: defining them for a tenant and filling them on a sale (SO-30, SO-F35).

use std::collections::BTreeMap;

use domain::custom_field::GivenValue;
use domain::sale::SaleCommand;
use domain::tenant::TenantCommand;
use events::{FieldDefinition, FieldItem, FieldKind, ListKey};
use serde::{Deserialize, Deserializer, de};
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use super::fields::{self, DecimalText, NameField};
use super::route::{Asked, BodySchema, CommandRoute, Decoded};
use super::settings::on_own_tenant;

/// Items of a list at most.
const ITEMS_MAX: usize = 200;

/// Fields of one command at most.
const AT_ONCE_MAX: usize = 100;

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 3] = [
    CommandRoute {
        command: "DefineCustomField",
        path: "/v1/tenants/{id}/define-custom-field",
        summary: "Define a field of sales, or define it anew (SO-30)",
        right: Right::MaintainTenant,
        body: BodySchema::of::<DefineCustomField>(),
        decode: define,
    },
    CommandRoute {
        command: "RemoveCustomField",
        path: "/v1/tenants/{id}/remove-custom-field",
        summary: "Show a field of sales no more (SO-30)",
        right: Right::MaintainTenant,
        body: BodySchema::of::<RemoveCustomField>(),
        decode: remove,
    },
    CommandRoute {
        command: "SetCustomFields",
        path: "/v1/sales/{id}/set-custom-fields",
        summary: "Fill or clear custom fields (SO-F35)",
        right: Right::ChangeSales,
        body: BodySchema::of::<SetCustomFields>(),
        decode: set,
    },
];

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldKind {
    /// A text of up to 2 048 characters.
    Text,
    /// A decimal number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Boolean,
    /// One of its items.
    List,
}

impl From<CustomFieldKind> for FieldKind {
    fn from(kind: CustomFieldKind) -> Self {
        match kind {
            CustomFieldKind::Text => Self::Text,
            CustomFieldKind::Number => Self::Number,
            CustomFieldKind::Date => Self::Date,
            CustomFieldKind::Boolean => Self::Boolean,
            CustomFieldKind::List => Self::List,
        }
    }
}

/// An item of a list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldItem {
    /// What is stored.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    key: ListKey,
    /// What people read.
    #[schema(value_type = fields::Name)]
    name: NameField,
}

/// DefineCustomField.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineCustomField {
    /// What values are kept under.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    key: ListKey,
    /// What people read.
    #[schema(value_type = fields::Name)]
    name: NameField,
    /// What it holds; never changes.
    kind: CustomFieldKind,
    /// What there is to choose from, for a list and for nothing else.
    #[serde(default)]
    #[schema(max_items = 200)]
    items: Vec<CustomFieldItem>,
    /// Show it on the first tab too; three fields at most.
    #[serde(default)]
    promoted: bool,
}

fn define(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: DefineCustomField = asked.body()?;
    let is_list = body.kind == CustomFieldKind::List;
    if is_list == body.items.is_empty() || body.items.len() > ITEMS_MAX {
        return Err(
            asked.invalid("/items", "must be 1 to 200 items for a list, and none for others")
        );
    }
    let mut keys: Vec<&ListKey> = body.items.iter().map(|item| &item.key).collect();
    keys.sort();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(asked.invalid("/items", "must have different keys"));
    }
    let item = |item: CustomFieldItem| FieldItem { key: item.key, name: item.name.0 };
    let definition = FieldDefinition {
        key: body.key,
        name: body.name.0,
        kind: body.kind.into(),
        items: body.items.into_iter().map(item).collect(),
        promoted: body.promoted,
    };
    on_own_tenant(asked, TenantCommand::DefineCustomField(definition))
}

/// RemoveCustomField.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveCustomField {
    /// Which one.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    key: ListKey,
}

fn remove(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: RemoveCustomField = asked.body()?;
    on_own_tenant(asked, TenantCommand::RemoveCustomField { key: body.key })
}

/// A text, a number, a date, true or false, or the key of an item.
struct Given(GivenValue);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Any {
            Boolean(bool),
            Text(String),
            Number(DecimalText),
        }
        let given = Any::deserialize(field).map_err(|_| {
            de::Error::custom("must be a text, a number of at most 15 digits, true or false")
        })?;
        Ok(Self(match given {
            Any::Boolean(yes) => GivenValue::Boolean(yes),
            Any::Text(text) => GivenValue::Text(text),
            Any::Number(number) => GivenValue::Text(number.0.to_string()),
        }))
    }
}

/// SetCustomFields: what is left out stays, null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCustomFields {
    /// Values by key of the field.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    fields: BTreeMap<String, Option<Given>>,
}

fn set(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetCustomFields = asked.body()?;
    if body.fields.is_empty() || body.fields.len() > AT_ONCE_MAX {
        return Err(asked.invalid("/fields", "must be 1 to 100 fields"));
    }
    let field = |(key, given): (String, Option<Given>)| {
        let key = ListKey::parse(&key).map_err(|error| asked.invalid("/fields", error.rule))?;
        Ok((key, given.map(|given| given.0)))
    };
    let fields = body.fields.into_iter().map(field).collect::<Result<_, Problem>>()?;
    asked.on_sale(SaleCommand::SetCustomFields(fields))
}
