//! `GET /v1/contacts/{id}`: what is known of a contact, and where their sales are.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use chrono::{DateTime, Utc};
use events::ContactId;
use http::header::ETAG;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::contacts::{Contact, contact_of};
use crate::ask::{Asked, Drill, Questions, Snapshot, When};

/// A contact with where their sales are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneContact {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    #[serde(flatten)]
    contact: Contact,
    /// What else belongs to them.
    drill: BehindContact,
}

/// Lists of what belongs to a contact, each a path with its query.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BehindContact {
    /// The sales that are linked to them.
    sales: String,
}

/// One registered contact, by their id
#[utoipa::path(
    get,
    path = "/v1/contacts/{id}",
    tag = "companies",
    params(("id" = Uuid, Path, description = "Public id of the contact"), When),
    responses(
        (status = 200, description = "The contact", body = OneContact,
         headers(("ETag" = String, description = "Version of the contact, for If-Match"))),
        QueryProblems
    )
)]
pub(crate) async fn contact(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((drill, when)): Asked<(Drill, When)>,
) -> Result<impl IntoResponse, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let stream = ContactId(id).stream().stream_id(&actor.tenant);
    let contact = contact_of(&mut snapshot, stream).await?.ok_or_else(|| no_such_contact(id))?;
    let etag = format!("\"{}\"", contact.version());
    let drill = BehindContact { sales: drill.with("contact", id).to_sales() };
    let (position, as_of) = (snapshot.position, snapshot.at);
    let body = OneContact { position, as_of, contact, drill };
    Ok((AppendHeaders([(ETAG, etag)]), Json(body)))
}

/// 404, the same for ids that never were, were not yet, that sales alone know, and of other tenants.
fn no_such_contact(id: Uuid) -> Problem {
    Problem::not_found("no registered contact has this id").about(format!("/v1/contacts/{id}"))
}
