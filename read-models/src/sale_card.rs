//! `GET /v1/sales/{id}`: everything about one sale, now or as of any moment.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use chrono::{DateTime, Utc};
use events::SaleId;
use http::header::ETAG;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::{Suggested, Terms, available, level};
use crate::ask::{
    Asked, CurrencyParam, InCurrency, Labels, Questions, Snapshot, When, add, bind_fractions,
    coordinates, failed, moment, sale_is_seen,
};
use crate::card::{Card, CardRow, Surface};
use crate::card_tabs::Tabs;
use crate::custom_fields::{Filled, definitions, filled};
use crate::kept_cards::{Shape, rows_at};
use crate::parties::KnownParties;
use crate::sale::Sale;
use crate::standing::fits;
use crate::upcoming::Upcoming;

/// A sale with all its tabs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleCard {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    #[serde(flatten)]
    sale: Card,
    #[serde(flatten)]
    tabs: Tabs,
    /// Every custom field of the tenant with what the sale holds in it (SO-F35).
    fields: Vec<Filled>,
    /// The activity behind the next activity date; none while stalled, or when it is not seen (SO-F20, SO-15, SO-44).
    next_activity_id: Option<Uuid>,
    /// How much of its guide is done; none without one.
    guide: Option<GuideSummary>,
    /// Names of the commands the reader may send, by rights and status.
    available_actions: Vec<&'static str>,
}

/// What is shown from beside the sale.
#[derive(Debug, sqlx::FromRow)]
struct Beside {
    next_activity_id: Option<Uuid>,
    favourite: bool,
    stakeholders: bool,
    guide: bool,
    items: i64,
    done: i64,
}

/// How much of a guide is done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GuideSummary {
    /// What is suggested, in all stages.
    items: i64,
    /// What was created from and is done.
    done: i64,
}

/// One sale
#[utoipa::path(
    get,
    path = "/v1/sales/{id}",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), When, CurrencyParam),
    responses(
        (status = 200, description = "The sale", body = SaleCard,
         headers(("ETag" = String, description = "Version of the sale, for If-Match"))),
        QueryProblems
    )
)]
pub(crate) async fn sale(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked((when, currency)): Asked<(When, CurrencyParam)>,
) -> Result<impl IntoResponse, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_near(&questions, &actor, &when).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let stream_id = SaleId(id).stream().stream_id(&actor.tenant);
    let found = found(&mut snapshot, &currency, id, stream_id).await?;
    let (row, ahead) = found.ok_or_else(|| no_such_sale(id))?;
    let labels = Labels::load(&mut snapshot).await?;
    let parties = KnownParties::of(&mut snapshot, &actor.tenant, row.sale()).await?;
    let tabs = row.tabs(&parties);
    let fields = match snapshot.standing.clone() {
        Some(standing) => filled(&standing.catalogue.fields, row.fields()),
        None => filled(&definitions(&mut snapshot).await?, row.fields()),
    };
    let held = held_beside(&snapshot, row.sale(), &actor, &labels);
    let beside = match held {
        Some(beside) => beside,
        None => beside(&mut snapshot, row.sale(), actor.user.as_str()).await?,
    };
    let has_guide = beside.guide && snapshot.features.guide;
    let terms = Terms {
        level: level(
            &actor,
            &snapshot.rights,
            (&row.sale().owner, row.sale().owner_group.as_deref()),
        ),
        completed: row.sale().completed,
        stakeholders: beside.stakeholders,
        features: snapshot.features,
        asked: Suggested::of(&row.sale().suggestions, has_guide),
    };
    let available_actions = available(row.sale().status, terms);
    let stalled = row.sale().reopen_date.is_some();
    let next_activity_id = beside.next_activity_id.filter(|_| !stalled);
    let on = Surface::of(&snapshot, &labels, &currency);
    let mut sale = row.card(&on, ahead);
    sale.favourite = beside.favourite;
    sale.acquaint(&parties);
    let etag = format!("\"{}\"", sale.version);
    let guide = has_guide.then_some(GuideSummary { items: beside.items, done: beside.done });
    let card = SaleCard {
        position: snapshot.position,
        as_of: snapshot.at,
        sale,
        tabs,
        fields,
        next_activity_id,
        guide,
        available_actions,
    };
    Ok((AppendHeaders([(ETAG, etag)]), Json(card)))
}

/// 404, the same for ids that never were, were not yet, and of other tenants.
pub(crate) fn no_such_sale(id: Uuid) -> Problem {
    Problem::not_found("no sale has this id").about(format!("/v1/sales/{id}"))
}

/// The sale and what lies ahead of it, out of memory if it is there.
async fn found(
    snapshot: &mut Snapshot,
    currency: &InCurrency,
    id: Uuid,
    stream_id: Uuid,
) -> Result<Option<(Arc<CardRow>, Upcoming)>, Problem> {
    let held = snapshot.standing.clone().zip(snapshot.view()).filter(|_| fits(currency));
    if let Some((standing, view)) = held {
        let sale = view.sale(id, snapshot.today).filter(|sale| !sale.deleted);
        let Some(sale) = sale else { return Ok(None) };
        let wanted = [(sale.stream, sale.version)];
        let mut rows = rows_at(snapshot, &standing, Shape::Whole, &wanted).await?;
        return Ok(rows.pop().flatten().map(|row| (row, sale.ahead)));
    }
    let Some(row) = row(snapshot, currency, stream_id).await? else { return Ok(None) };
    let ahead = Upcoming::of(snapshot, &[id]).await?;
    Ok(Some((Arc::new(row), ahead.get(&id).copied().unwrap_or(Upcoming::NOTHING))))
}

/// The same as [`beside`] out of memory, which does not know what was created from a guide.
fn held_beside(snapshot: &Snapshot, sale: &Sale, actor: &Actor, labels: &Labels) -> Option<Beside> {
    let own = snapshot.standing.as_ref().map(|standing| &standing.catalogue.own)?;
    let own = own.get(actor.user.as_str());
    let next_activity_id = snapshot.view()?.next_activity(sale.sale_id)?;
    let of_type = &labels.offered;
    let guide = of_type.with_guide.get(&sale.sale_type_id).copied();
    (guide != Some(true)).then(|| Beside {
        next_activity_id,
        favourite: own.is_some_and(|own| own.favourites.contains(&sale.sale_id)),
        stakeholders: of_type.with_stakeholders.contains(&sale.sale_type_id),
        guide: guide.is_some(),
        items: 0,
        done: 0,
    })
}

async fn beside(snapshot: &mut Snapshot, sale: &Sale, user: &str) -> Result<Beside, Problem> {
    let mut arguments = moment(snapshot);
    add(&mut arguments, sale.sale_id);
    add(&mut arguments, sale.sale_type_id);
    add(&mut arguments, user);
    sqlx::query_as_with(
        concat!(
            "SELECT (SELECT CASE WHEN ",
            include_str!("activities/seen.sql"),
            " THEN a.activity_id END ",
            include_str!("card_beside.sql")
        ),
        arguments,
    )
    .fetch_one(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

async fn row(
    snapshot: &mut Snapshot,
    currency: &InCurrency,
    stream_id: Uuid,
) -> Result<Option<CardRow>, Problem> {
    let mut arguments = coordinates(snapshot);
    bind_fractions(&mut arguments, currency);
    add(&mut arguments, vec![stream_id]);
    sqlx::query_as_with(
        concat!(
            "SELECT s.description, s.note, s.links::text AS links, s.stakeholders::text AS stakeholders, s.fields::text AS fields, s.suggestions::text AS suggestions, ",
            include_str!("card_columns.sql"),
            include_str!("cards_by_stream.sql"),
            " AND ",
            sale_is_seen!()
        ),
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
