//! `GET /v1/contacts`: the registered contacts of the tenant, filtered, by name, page by page.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::companies::{by_name, ids, part_of_name};
use crate::ask::{
    ABSENT, Asked, Direction, FromGiven, Given, PageParams, Questions, Snapshot, When, add,
    coordinates, failed,
};
use crate::card::Named;

/// Contacts that are shown beside their company.
const BESIDE: i64 = 100;

/// Which contacts, in which order.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContactFilters {
    /// Public ids, separated by commas.
    #[param(explode = false)]
    pub id: Option<Vec<Uuid>>,
    /// A part of the name, in any case.
    pub q: Option<String>,
    /// Ids of the companies they work for, separated by commas; `(none)` for those who work for none.
    #[param(explode = false, value_type = Option<Vec<Uuid>>)]
    pub company: Option<Vec<Option<Uuid>>>,
    /// Whole addresses, separated by commas, in any case of the letters a to z; `(none)` for contacts without one.
    #[param(explode = false)]
    pub email: Option<Vec<String>>,
    /// `name`, the default, or `-name` for the other way.
    #[param(value_type = Option<String>, example = "-name")]
    pub sort: Direction,
}

impl FromGiven for ContactFilters {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rule = "must be UUIDs or (none), separated by commas";
        let company = |text: &str| match text {
            ABSENT => Some(None),
            text => Uuid::parse_str(text).ok().map(Some),
        };
        let folded = |list: Vec<String>| list.iter().map(|one| one.to_ascii_lowercase()).collect();
        Ok(Self {
            id: ids(given, "id")?,
            q: part_of_name(given),
            company: given.list_of("company", rule, company)?,
            email: given.list("email")?.map(folded),
            sort: by_name(given)?,
        })
    }
}

/// A contact.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Contact {
    /// Public id.
    id: Uuid,
    /// Version, for `If-Match`.
    version: i64,
    /// What people call them.
    name: String,
    /// The registered company they work for.
    company: Option<Named>,
    /// Where mail reaches them (SK-6).
    email: Option<String>,
    /// Where a call reaches them (SK-6).
    phone: Option<String>,
    /// When their newest fact took effect.
    updated_at: DateTime<Utc>,
}

impl Contact {
    /// Version of their stream.
    pub fn version(&self) -> i64 {
        self.version
    }
}

/// A contact as their row has it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct ContactRow {
    id: Uuid,
    version: i64,
    name: String,
    company_id: Option<Uuid>,
    company_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    updated_at: DateTime<Utc>,
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            name: row.name,
            company: row.company_id.map(|id| Named { id, name: row.company_name }),
            email: row.email,
            phone: row.phone,
            updated_at: row.updated_at,
        }
    }
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    contacts: Vec<Contact>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Registered contacts
#[utoipa::path(
    get,
    path = "/v1/contacts",
    tag = "companies",
    params(When, ContactFilters, PageParams),
    responses((status = 200, description = "One page", body = ContactList), QueryProblems)
)]
pub(crate) async fn contacts(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, filters, page)): Asked<(When, ContactFilters, PageParams)>,
) -> Result<Json<ContactList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let mut arguments = coordinates(&snapshot);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    add(&mut arguments, filters.id);
    add(&mut arguments, filters.q);
    add(&mut arguments, filters.company);
    add(&mut arguments, filters.email);
    add(&mut arguments, filters.sort == Direction::Down);
    add(&mut arguments, ABSENT);
    let mut rows: Vec<ContactRow> = sqlx::query_as_with(
        concat!(
            "SELECT ",
            include_str!("contact_columns.sql"),
            "   AND ($7::uuid[] IS NULL OR v.contact_id = ANY ($7))
                AND ($8::text IS NULL OR strpos(v.name_folded, $8) > 0)
                AND ($9::uuid[] IS NULL OR v.company_id = ANY ($9)
                     OR (v.company_id IS NULL AND array_position($9, NULL) IS NOT NULL))
                AND ($10::text[] IS NULL OR COALESCE(lower(v.email COLLATE \"C\"), $12) = ANY ($10))
              ORDER BY CASE WHEN NOT $11::boolean THEN v.name_folded END COLLATE \"C\",
                       CASE WHEN $11 THEN v.name_folded END COLLATE \"C\" DESC, v.contact_id
              LIMIT $5 OFFSET $6"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let next = page.cut(&mut rows);
    let contacts = rows.into_iter().map(Contact::from).collect();
    Ok(Json(ContactList { position: snapshot.position, as_of: snapshot.at, contacts, next }))
}

/// The first contacts of a company by name, and how many there are.
pub(super) async fn contacts_of(
    snapshot: &mut Snapshot,
    company: Uuid,
) -> Result<(Vec<Contact>, i64), Problem> {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, company);
    add(&mut arguments, BESIDE);
    let rows: Vec<ContactRow> = sqlx::query_as_with(
        concat!(
            "SELECT ",
            include_str!("contact_columns.sql"),
            " AND v.company_id = $5 ORDER BY v.name_folded COLLATE \"C\", v.contact_id LIMIT $6"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, company);
    let count = sqlx::query_scalar_with(
        "SELECT count(*) FROM contact_version
          WHERE tenant_id = $1 AND company_id = $5
            AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)",
        arguments,
    );
    let count = count.fetch_one(&mut *snapshot.tx).await.map_err(|e| failed(&e))?;
    Ok((rows.into_iter().map(Contact::from).collect(), count))
}

/// A contact by their stream; none who was not known at the moment.
pub(super) async fn contact_of(
    snapshot: &mut Snapshot,
    stream: Uuid,
) -> Result<Option<Contact>, Problem> {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, stream);
    let row: Option<ContactRow> = sqlx::query_as_with(
        concat!("SELECT ", include_str!("contact_columns.sql"), " AND v.stream_id = $5"),
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(row.map(Contact::from))
}
