//! `GET /v1/selections/{id}/members`: the members the caller sees, as cards, sorted, page by page (SF-11, SF-12).
//!
//! A static selection keeps its members whatever becomes of them: one that was sold is shown sold. Members that are deleted,
//! or that the caller does not see, are absent. Working through them is `/v1/sales/{id}/neighbours?selection=` (SF-13).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{
    Asked, ColumnParam, CurrencyParam, Filters, InCurrency, Labels, PageParams, Questions, Shown,
    Snapshot, When,
};
use crate::card::{Card, Surface};
use crate::card_page::{CardSort, first_places, mark_favourites, page_of_cards};

/// Sales a tenant can have; what counts members goes so far.
const EVERY_SALE: i64 = 100_000_000;

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    #[serde(flatten)]
    card: Card,
    /// An activity is overdue, or the sale is open and its date has passed (SF-12).
    red: bool,
}

/// One page of members.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Currency of `converted`.
    currency: String,
    #[schema(value_type = Vec<Member>)]
    members: Vec<Shown<Member>>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Members of a selection
#[utoipa::path(
    get,
    path = "/v1/selections/{id}/members",
    tag = "selections",
    params(
        ("id" = Uuid, Path, description = "Public id of the selection"),
        When, CurrencyParam, CardSort, ColumnParam, PageParams
    ),
    responses((status = 200, description = "One page of members", body = MemberList), QueryProblems)
)]
pub(crate) async fn members(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, currency, sort, columns, page)): Asked<(
        When,
        CurrencyParam,
        CardSort,
        ColumnParam,
        PageParams,
    )>,
) -> Result<Json<MemberList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let columns = columns.among(&[&Card::COLUMNS, &["red"]])?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let filters = of_selection(&mut snapshot, &actor, id).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let (mut cards, next) = page_of_cards(&mut snapshot, &filters, &sort, &page, &on).await?;
    mark_favourites(&mut snapshot, &actor, &mut cards).await?;
    let member = |card: Card| Member { red: card.is_red(), card };
    Ok(Json(MemberList {
        position: snapshot.position,
        as_of: snapshot.at,
        currency: currency.asked.as_str().to_owned(),
        members: columns.of(cards.into_iter().map(member).collect())?,
        next,
    }))
}

/// Filters that only the members of a selection pass.
async fn of_selection(
    snapshot: &mut Snapshot,
    actor: &Actor,
    id: Uuid,
) -> Result<Filters, Problem> {
    let mut filters = Filters { selection: Some(id), ..Filters::default() };
    filters.resolve(snapshot, actor).await?;
    Ok(filters)
}

/// How many members the caller sees.
pub(super) async fn count(
    snapshot: &mut Snapshot,
    actor: &Actor,
    id: Uuid,
) -> Result<i64, Problem> {
    let filters = of_selection(snapshot, actor, id).await?;
    let currency = InCurrency::load(snapshot, None).await?;
    let labels = Labels::load(snapshot).await?;
    let on = Surface::of(snapshot, &labels, &currency);
    let sort = CardSort::default();
    let places = first_places(snapshot, &filters, &sort, EVERY_SALE, &on).await?;
    i64::try_from(places.len()).map_err(|error| Problem::internal(&error))
}
