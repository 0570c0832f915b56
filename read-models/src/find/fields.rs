//! `GET /v1/criteria-fields`: what can be searched and how (SF-7, SF-8), the tenant's own fields included (SO-30).

use axum::Json;
use axum::extract::State;
use events::criteria::{Field, Item, Kind, Operator};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use crate::ask::{Asked, Questions, Snapshot, When};
use crate::custom_fields::definitions;

/// A field that can be searched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriteriaField {
    /// As criteria name it; the tenant's own begin with `field.`.
    #[schema(example = "sale_date")]
    field: String,
    /// `sale`, `activity` or `stakeholder`: what a block asks of activities, or of stakeholders, it asks of one and the
    /// same.
    about: &'static str,
    /// `text`, `full_text`, `yes_no`, `number`, `money`, `date` or `list`.
    kind: &'static str,
    /// What a list holds: `word`, `user`, `id`; `choice` for the ones in `choices`.
    items: Option<&'static str>,
    /// All there are, where they are fixed.
    choices: Vec<String>,
    /// Operators of its kind.
    operators: Vec<CriteriaOperator>,
}

/// How a field is compared.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriteriaOperator {
    /// Its word.
    #[schema(example = "next_months")]
    operator: &'static str,
    /// Fewest values that are accepted: 0, because a criterion without one is no error. It asks nothing (SF-7), so a search
    /// of nothing else finds every sale.
    least_values: usize,
    /// Fewest values that ask something; 0 for operators that ask without any.
    asking_values: usize,
    /// Most values.
    most_values: usize,
}

/// Everything that can be searched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriteriaFields {
    /// The position of the log it shows.
    position: i64,
    fields: Vec<CriteriaField>,
}

/// What can be searched and how
#[utoipa::path(
    get,
    path = "/v1/criteria-fields",
    tag = "sales",
    params(When),
    responses((status = 200, description = "All of it", body = CriteriaFields), QueryProblems)
)]
pub(crate) async fn criteria_fields(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(when): Asked<When>,
) -> Result<Json<CriteriaFields>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let known = Field::ALL.iter().filter_map(|field| Some((field.clone(), field.kind()?)));
    let mut fields: Vec<CriteriaField> =
        known.map(|(field, kind)| shown(&field, kind, Vec::new())).collect();
    for field in definitions(&mut snapshot).await?.into_values() {
        let items = field.items.iter().map(|item| item.key.as_str().to_owned());
        let items = items.collect();
        fields.push(shown(&Field::Custom(field.key), Kind::from(field.kind), items));
    }
    Ok(Json(CriteriaFields { position: snapshot.position, fields }))
}

fn shown(field: &Field, kind: Kind, mut choices: Vec<String>) -> CriteriaField {
    let items = match kind {
        Kind::List(Item::Word) if choices.is_empty() => Some("word"),
        Kind::List(Item::Word) => Some("choice"),
        Kind::List(Item::User) => Some("user"),
        Kind::List(Item::Id | Item::IdOrNone) => Some("id"),
        Kind::List(Item::Of(words)) => {
            choices.extend(words.iter().map(|word| (*word).to_owned()));
            Some("choice")
        }
        Kind::Text | Kind::FullText | Kind::YesNo | Kind::Number | Kind::Money | Kind::Date => None,
    };
    let operator = |operator: &Operator| {
        let (asking_values, most_values) = operator.takes();
        CriteriaOperator { operator: operator.word(), least_values: 0, asking_values, most_values }
    };
    CriteriaField {
        field: field.to_string(),
        about: field.about().as_str(),
        kind: kind.as_str(),
        items,
        choices,
        operators: Operator::of(kind).iter().map(operator).collect(),
    }
}
