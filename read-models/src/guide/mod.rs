//! `GET /v1/sales/{id}/guide`: how far a sale is in the guide of its type (domain §4.6): stages with their marks, what is
//! suggested in each, and what was created from it.
//!
//! Items are read live (SG-6), so an edit shows at once, on running sales too; the version of the type says which guide it
//! is (§6-A39). What was created is found by the id of its item, whatever type the sale had meanwhile (SG-27), and counts
//! while it is not deleted (SG-17). Who sees the sale sees all of it.

mod answer;
mod item;
mod progress;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use events::SaleId;
use events::guide::SuggestedFollowUp;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, PathId, Problem, Right};
use uuid::Uuid;

use crate::ask::{Asked, Questions, Snapshot, When};
use crate::lists::usual_minutes;
use crate::sale_card::no_such_sale;
pub(crate) use answer::GuideProgress;
pub(crate) use item::TypeItem;
use progress::Created;
use rows::{OfSale, created, stages};

/// The guide of one sale
#[utoipa::path(
    get,
    path = "/v1/sales/{id}/guide",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), When, AcceptLanguage),
    responses((status = 200, description = "The guide and how far it is", body = GuideProgress), QueryProblems)
)]
pub(crate) async fn guide(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    language: AcceptLanguage,
    Asked(when): Asked<When>,
) -> Result<Json<GuideProgress>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_by_key(&questions, &actor, &when).await?;
    let stream_id = SaleId(id).stream().stream_id(&actor.tenant);
    let of_sale = OfSale::load(&mut snapshot, stream_id, actor.user.as_str()).await?;
    let of_sale = of_sale.ok_or_else(|| no_such_sale(id))?;
    if !of_sale.has_guide(&snapshot) {
        return Ok(Json(GuideProgress::none(&snapshot, &of_sale)));
    }
    let stages = stages(&mut snapshot, &of_sale).await?;
    let created = Created::of(created(&mut snapshot, id).await?);
    let lengths = lengths(&mut snapshot, &of_sale).await?;
    let language = language.best();
    let shown =
        answer::Shown { snapshot: &snapshot, language, of_sale: &of_sale, lengths: &lengths };
    Ok(Json(shown.progress(&stages, &created)))
}

/// How long follow-ups of a type usually last (SD-3); asked only for items that name a type and no length.
async fn lengths(
    snapshot: &mut Snapshot,
    of_sale: &OfSale,
) -> Result<HashMap<String, u16>, Problem> {
    let asks =
        |one: &SuggestedFollowUp| one.follow_up_type.is_some() && one.duration_minutes.is_none();
    let items = of_sale.items().items().iter();
    match items.filter_map(|item| item.terms.follow_up()).any(asks) {
        true => usual_minutes(snapshot).await,
        false => Ok(HashMap::new()),
    }
}
