//! Registered companies and contacts as files.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem};

use super::table::{Shown, Taking, instant, text};
use super::{ExportParams, FileAnswers};
use crate::ask::{Asked, PageParams, Questions, When};
use crate::parties::{CompanyFilters, ContactFilters, companies, contacts};

const COMPANIES: [Shown; 8] = [
    text("name", "/name"),
    text("category", "/category/key"),
    text("category_name", "/category/label"),
    text("business", "/business/key"),
    text("business_name", "/business/label"),
    text("country", "/country"),
    instant("updated_at", "/updated_at"),
    text("id", "/id"),
];

const CONTACTS: [Shown; 7] = [
    text("name", "/name"),
    text("company", "/company/name"),
    text("email", "/email"),
    text("phone", "/phone"),
    instant("updated_at", "/updated_at"),
    text("company_id", "/company/id"),
    text("id", "/id"),
];

/// Registered companies as a file
#[utoipa::path(
    get,
    path = "/v1/companies/export",
    tag = "companies",
    params(When, CompanyFilters, AcceptLanguage, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn companies_export(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((when, filters, params)): Asked<(When, CompanyFilters, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, filters, PageParams::every_row());
    let Json(answer) = companies(State(questions), actor, language, Asked(asked)).await?;
    taking.rows("companies", &COMPANIES, &answer, "/companies").await
}

/// Registered contacts as a file
#[utoipa::path(
    get,
    path = "/v1/contacts/export",
    tag = "companies",
    params(When, ContactFilters, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn contacts_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, filters, params)): Asked<(When, ContactFilters, ExportParams)>,
) -> Result<Response, Problem> {
    let taking = Taking::begin(&questions, &actor, &when, params).await?;
    let asked = (when, filters, PageParams::every_row());
    let Json(answer) = contacts(State(questions), actor, Asked(asked)).await?;
    taking.rows("contacts", &CONTACTS, &answer, "/contacts").await
}
