//! `POST /v1/sales/find`: the list of sales, with criteria in a body where an address would be too long for them.
//!
//! Everything else is asked as of `GET /v1/sales`. Pages go on with the same body: a cursor knows it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use events::Criteria;
use serde::Deserialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, JsonBody, Params, Problem};
use utoipa::ToSchema;

use super::CriteriaPlace;
use super::criteria_schema::CriteriaJson;
use crate::ask::{
    ColumnParam, CurrencyParam, Filters, Fingerprint, FromGiven, Given, PageParams, Questions,
    RatesParam, When, bad,
};
use crate::card_page::CardSort;
use crate::sale_list::{ListAsked, SaleList, list_of_sales};

/// What is searched.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FindBody {
    /// Criteria.
    #[schema(value_type = CriteriaJson)]
    criteria: Criteria,
}

/// Parameters of the address, told apart from others by the body too.
pub(crate) struct AskedWith<T> {
    asked: T,
    criteria: Criteria,
}

impl<T: FromGiven, S: Send + Sync> FromRequest<S> for AskedWith<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Params(values): Params<BTreeMap<String, String>> =
            Params::from_request_parts(&mut parts, state).await?;
        if values.contains_key("criteria") {
            return Err(bad("criteria", "stands in the body here"));
        }
        let path = parts.uri.path().to_owned();
        let request = Request::from_parts(parts, body);
        let JsonBody { value: FindBody { criteria }, .. } =
            JsonBody::from_request(request, state).await?;
        let mut all = values.clone();
        all.insert("criteria".to_owned(), criteria.to_string());
        let asked = Given::new(values, Fingerprint::of(&path, &all)).all()?;
        Ok(Self { asked, criteria })
    }
}

/// Sales by criteria in a body
#[utoipa::path(
    post,
    path = "/v1/sales/find",
    tag = "sales",
    params(When, Filters, CurrencyParam, RatesParam, CardSort, ColumnParam, PageParams),
    request_body = FindBody,
    responses((status = 200, description = "One page of sales", body = SaleList), QueryProblems)
)]
pub(crate) async fn find_sales(
    State(questions): State<Questions>,
    actor: Actor,
    with: AskedWith<ListAsked>,
) -> Result<Json<SaleList>, Problem> {
    let AskedWith { mut asked, criteria } = with;
    asked.1.criteria = Some((criteria, CriteriaPlace::Body("/criteria")));
    list_of_sales(&questions, &actor, asked).await
}
