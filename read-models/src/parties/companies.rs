//! `GET /v1/companies`: the registered companies of the tenant, filtered, by name, page by page.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::CountryCode;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::labelled::{CompanyLabels, Labelled};
use crate::ask::{
    ABSENT, Asked, Direction, FromGiven, Given, PageParams, Questions, Snapshot, When, add, bad,
    coordinates, failed,
};

/// Which companies, in which order.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompanyFilters {
    /// Public ids, separated by commas.
    #[param(explode = false)]
    pub id: Option<Vec<Uuid>>,
    /// A part of the name, in any case.
    pub q: Option<String>,
    /// Keys of categories, separated by commas; `(none)` for companies without one.
    #[param(explode = false)]
    pub category: Option<Vec<String>>,
    /// Keys of businesses, separated by commas; `(none)` for companies without one.
    #[param(explode = false)]
    pub business: Option<Vec<String>>,
    /// ISO 3166-1 codes of two capital letters, separated by commas; `(none)` for companies without one.
    #[param(explode = false)]
    pub country: Option<Vec<String>>,
    /// `name`, the default, or `-name` for the other way.
    #[param(value_type = Option<String>, example = "-name")]
    pub sort: Direction,
}

impl FromGiven for CompanyFilters {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let country = |text: &str| {
            let known = text == ABSENT || CountryCode::parse(text).is_ok();
            known.then(|| text.to_owned())
        };
        let rule = "must be ISO 3166-1 codes such as NO, or (none), separated by commas";
        Ok(Self {
            id: ids(given, "id")?,
            q: part_of_name(given),
            category: given.list("category")?,
            business: given.list("business")?,
            country: given.list_of("country", rule, country)?,
            sort: by_name(given)?,
        })
    }
}

/// A parameter with one or more ids.
pub(super) fn ids(given: &mut Given, name: &'static str) -> Result<Option<Vec<Uuid>>, Problem> {
    let rule = "must be one or more UUIDs separated by commas";
    given.list_of(name, rule, |text| Uuid::parse_str(text).ok())
}

/// What the name must have in it, in lower case; white space alone asks for nothing.
pub(super) fn part_of_name(given: &mut Given) -> Option<String> {
    given.text("q").map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty())
}

/// Which way names are sorted.
pub(super) fn by_name(given: &mut Given) -> Result<Direction, Problem> {
    match given.text("sort").as_deref() {
        None | Some("name") => Ok(Direction::Up),
        Some("-name") => Ok(Direction::Down),
        Some(_) => Err(bad("sort", "must be name, with - for the other way")),
    }
}

/// A company.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Company {
    /// Public id.
    id: Uuid,
    /// Version, for `If-Match`.
    version: i64,
    /// What people call it.
    name: String,
    /// What it is to us.
    category: Option<Labelled>,
    /// What it does.
    business: Option<Labelled>,
    /// Where it is: ISO 3166-1, two letters.
    #[schema(example = "NO")]
    country: Option<String>,
    /// When its newest fact took effect.
    updated_at: DateTime<Utc>,
}

/// A company as its row has it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct CompanyRow {
    id: Uuid,
    version: i64,
    name: String,
    category: Option<String>,
    business: Option<String>,
    country: Option<String>,
    updated_at: DateTime<Utc>,
}

impl CompanyRow {
    /// Version of its stream.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// With labels.
    pub fn told(self, labels: &CompanyLabels) -> Company {
        Company {
            id: self.id,
            version: self.version,
            name: self.name,
            category: labels.category(self.category),
            business: labels.business(self.business),
            country: self.country,
            updated_at: self.updated_at,
        }
    }
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompanyList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The language of the labels: `en`, `nb` or `nl`.
    language: &'static str,
    companies: Vec<Company>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Registered companies
#[utoipa::path(
    get,
    path = "/v1/companies",
    tag = "companies",
    params(When, CompanyFilters, AcceptLanguage, PageParams),
    responses((status = 200, description = "One page", body = CompanyList), QueryProblems)
)]
pub(crate) async fn companies(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((when, filters, page)): Asked<(When, CompanyFilters, PageParams)>,
) -> Result<Json<CompanyList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let language = language.best();
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let mut arguments = coordinates(&snapshot);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    add(&mut arguments, filters.id);
    add(&mut arguments, filters.q);
    add(&mut arguments, filters.category);
    add(&mut arguments, filters.business);
    add(&mut arguments, filters.country);
    add(&mut arguments, filters.sort == Direction::Down);
    add(&mut arguments, ABSENT);
    let mut rows: Vec<CompanyRow> = sqlx::query_as_with(
        "SELECT company_id AS id, version, name, category, business, country, effective_at AS updated_at
           FROM company_version
          WHERE tenant_id = $1 AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at,
                                      next_position, $2, $3, $4)
            AND ($7::uuid[] IS NULL OR company_id = ANY ($7))
            AND ($8::text IS NULL OR strpos(name_folded, $8) > 0)
            AND ($9::text[] IS NULL OR COALESCE(category, $13) = ANY ($9))
            AND ($10::text[] IS NULL OR COALESCE(business, $13) = ANY ($10))
            AND ($11::text[] IS NULL OR COALESCE(country, $13) = ANY ($11))
          ORDER BY CASE WHEN NOT $12::boolean THEN name_folded END COLLATE \"C\",
                   CASE WHEN $12 THEN name_folded END COLLATE \"C\" DESC, company_id
          LIMIT $5 OFFSET $6",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let next = page.cut(&mut rows);
    let labels = CompanyLabels::load(&mut snapshot, language).await?;
    let companies = rows.into_iter().map(|row| row.told(&labels)).collect();
    let (position, as_of) = (snapshot.position, snapshot.at);
    Ok(Json(CompanyList { position, as_of, language, companies, next }))
}
