//! `GET /v1/companies/{id}`: what is known of a company, its contacts, and where its sales are.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use chrono::{DateTime, Utc};
use events::CompanyId;
use http::header::ETAG;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::companies::{Company, CompanyRow};
use super::contacts::{Contact, contacts_of};
use super::labelled::CompanyLabels;
use crate::ask::{Asked, Drill, Questions, Snapshot, When, add, coordinates, failed};

/// A company with its contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneCompany {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The language of the labels: `en`, `nb` or `nl`.
    language: &'static str,
    #[serde(flatten)]
    company: Company,
    /// The registered contacts who work for it, by name, the first hundred of them.
    contacts: Vec<Contact>,
    /// How many there are.
    contact_count: i64,
    /// What else belongs to it.
    drill: BehindCompany,
}

/// Lists of what belongs to a company, each a path with its query.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BehindCompany {
    /// The sales that are linked to it.
    sales: String,
    /// All its contacts.
    contacts: String,
}

/// One registered company, by its id
#[utoipa::path(
    get,
    path = "/v1/companies/{id}",
    tag = "companies",
    params(("id" = Uuid, Path, description = "Public id of the company"), When, AcceptLanguage),
    responses(
        (status = 200, description = "The company", body = OneCompany,
         headers(("ETag" = String, description = "Version of the company, for If-Match"))),
        QueryProblems
    )
)]
pub(crate) async fn company(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    language: AcceptLanguage,
    Asked((drill, when)): Asked<(Drill, When)>,
) -> Result<impl IntoResponse, Problem> {
    actor.require(Right::ReadTenant)?;
    let language = language.best();
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let stream = CompanyId(id).stream().stream_id(&actor.tenant);
    let row = row(&mut snapshot, stream).await?.ok_or_else(|| no_such_company(id))?;
    let labels = CompanyLabels::load(&mut snapshot, language).await?;
    let (contacts, contact_count) = contacts_of(&mut snapshot, id).await?;
    let etag = format!("\"{}\"", row.version());
    let drill = drill.with("company", id);
    let drill = BehindCompany { sales: drill.to_sales(), contacts: drill.to("/v1/contacts") };
    let (position, as_of) = (snapshot.position, snapshot.at);
    let company = row.told(&labels);
    let body = OneCompany { position, as_of, language, company, contacts, contact_count, drill };
    Ok((AppendHeaders([(ETAG, etag)]), Json(body)))
}

/// 404, the same for ids that never were, were not yet, that sales alone know, and of other tenants.
fn no_such_company(id: Uuid) -> Problem {
    Problem::not_found("no registered company has this id").about(format!("/v1/companies/{id}"))
}

async fn row(snapshot: &mut Snapshot, stream: Uuid) -> Result<Option<CompanyRow>, Problem> {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, stream);
    sqlx::query_as_with(
        "SELECT company_id AS id, version, name, category, business, country, effective_at AS updated_at
           FROM company_version
          WHERE tenant_id = $1 AND stream_id = $5
            AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)",
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
