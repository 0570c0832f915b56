//! The page of cards that pipeline and list share: how it is sorted, cut and filled with what lies ahead.

use std::collections::HashMap;
use std::sync::Arc;

use service_runtime::{Actor, Problem};
use sqlx::postgres::PgArguments;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::ask::{
    Direction, Filters, FromGiven, Given, Page, Snapshot, add, bad, bind_fractions, bind_matching,
    coordinates, failed, sale_is_seen,
};
use crate::card::{Card, CardRow, Surface};
use crate::kept_cards::{Shape, rows_at};
use crate::standing::{InOrder, Place, Standing, VersionOf, fits};
use crate::upcoming::Upcoming;

/// The fields cards can be sorted by.
const SORTS: [&str; 14] = [
    "number",
    "title",
    "status",
    "owner",
    "group",
    "company",
    "amount",
    "weighted",
    "probability",
    "sale_date",
    "next_activity_date",
    "days_in_stage",
    "registered_on",
    "updated_at",
];

/// How cards are sorted.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CardSort {
    /// A field, `-field` for highest first: number, title, status, owner, group, company, amount and weighted
    /// (converted), probability, sale_date, next_activity_date, days_in_stage, registered_on, updated_at.
    /// Default: `sale_date`.
    #[param(value_type = Option<String>, example = "-amount")]
    pub sort: (&'static str, Direction),
}

impl FromGiven for CardSort {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let Some(text) = given.text("sort") else { return Ok(Self::by_sale_date()) };
        let rule = || {
            bad("sort", &format!("must be one of {}, with - for highest first", SORTS.join(", ")))
        };
        Self::parse(&text).ok_or_else(rule)
    }
}

impl Default for CardSort {
    fn default() -> Self {
        Self::by_sale_date()
    }
}

impl CardSort {
    /// The order when nobody asks for another one.
    pub fn by_sale_date() -> Self {
        Self { sort: ("sale_date", Direction::Up) }
    }

    /// A field, `-` before it for highest first; none for what is no field.
    pub fn parse(text: &str) -> Option<Self> {
        let (field, direction) = match text.strip_prefix('-') {
            Some(field) => (field, Direction::Down),
            None => (text, Direction::Up),
        };
        let known = SORTS.into_iter().find(|known| *known == field)?;
        Some(Self { sort: (known, direction) })
    }
}

/// Cards in their order: `$1` to `$36` as `bind_matching` binds them, then field and direction. A part of them is cut
/// out by `LIMIT $39 OFFSET $40`.
macro_rules! cards {
    () => {
        concat!(
            "SELECT NULL::text AS description, NULL::text AS note, NULL::text AS links, NULL::text AS stakeholders, NULL::text AS fields, ",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/card_columns.sql")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/cards_from.sql")),
            $crate::upcoming::ahead!(),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/cards_sort.sql")),
            $crate::ask::matching!(),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/cards.sql"))
        )
    };
}
#[cfg(test)]
pub(crate) use cards;

/// One page of the matching cards, and the cursor of the next.
pub(crate) async fn page_of_cards(
    snapshot: &mut Snapshot,
    filters: &Filters,
    sort: &CardSort,
    page: &Page,
    on: &Surface<'_>,
) -> Result<(Vec<Card>, Option<String>), Problem> {
    let part = (page.fetch(), page.offset());
    if let Some(mut places) = placed(snapshot, filters, sort, part, on) {
        let next = page.cut(&mut places);
        return Ok((cards_at(snapshot, &places, on).await?, next));
    }
    snapshot.plan_anew().await?;
    let arguments = bind_part(snapshot, filters, sort, part, on);
    let mut rows: Vec<CardRow> =
        sqlx::query_as_with(concat!(cards!(), "LIMIT $39 OFFSET $40"), arguments)
            .fetch_all(&mut *snapshot.tx)
            .await
            .map_err(|e| failed(&e))?;
    let next = page.cut(&mut rows);
    let ids: Vec<Uuid> = rows.iter().map(CardRow::id).collect();
    let ahead = Upcoming::of(snapshot, &ids).await?;
    let card = |row: CardRow| {
        let ahead = ahead.get(&row.id()).copied().unwrap_or(Upcoming::NOTHING);
        row.card(on, ahead)
    };
    Ok((rows.into_iter().map(card).collect(), next))
}

/// The first of the matching sales in their order, `most` of them at most: their cards can be looked up piece by piece.
pub(crate) async fn first_places(
    snapshot: &mut Snapshot,
    filters: &Filters,
    sort: &CardSort,
    most: i64,
    on: &Surface<'_>,
) -> Result<Vec<Place>, Problem> {
    if let Some(places) = placed(snapshot, filters, sort, (most, 0), on) {
        return Ok(places);
    }
    snapshot.plan_anew().await?;
    let arguments = bind_part(snapshot, filters, sort, (most, 0), on);
    let streams: Vec<Uuid> = sqlx::query_scalar_with(
        concat!("SELECT stream_id FROM (", cards!(), "LIMIT $39 OFFSET $40) AS sorted"),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(streams.into_iter().map(Place::of).collect())
}

/// Filters, order, and which part of the order: how many, after how many.
fn bind_part(
    snapshot: &Snapshot,
    filters: &Filters,
    sort: &CardSort,
    (fetch, offset): (i64, i64),
    on: &Surface<'_>,
) -> PgArguments {
    let mut arguments = bind_matching(snapshot, filters, on.currency());
    add(&mut arguments, sort.sort.0);
    add(&mut arguments, sort.sort.1 == Direction::Down);
    add(&mut arguments, fetch);
    add(&mut arguments, offset);
    arguments
}

/// A part of the order as the standing has it.
fn placed(
    snapshot: &Snapshot,
    filters: &Filters,
    sort: &CardSort,
    (fetch, offset): (i64, i64),
    on: &Surface<'_>,
) -> Option<Vec<Place>> {
    let (field, direction) = sort.sort;
    let order = InOrder { field, direction, fetch, offset };
    snapshot.view()?.page(filters, snapshot.today, on.currency(), order)
}

/// The cards of these sales, in this order; places of memory are those of this snapshot's.
pub(crate) async fn cards_at(
    snapshot: &mut Snapshot,
    places: &[Place],
    on: &Surface<'_>,
) -> Result<Vec<Card>, Problem> {
    let cards = match kept(snapshot, places, on) {
        Some((standing, wanted)) => {
            let rows = rows_at(snapshot, &standing, Shape::Card, &wanted).await?;
            let card = |(row, ahead): (&Option<Arc<CardRow>>, Upcoming)| {
                row.as_ref().map(|row| row.card(on, ahead))
            };
            let aheads = places.iter().map(|place| place.ahead.unwrap_or(Upcoming::NOTHING));
            rows.iter().zip(aheads).filter_map(card).collect()
        }
        None => seen_cards_at(snapshot, places, on).await?,
    };
    if cards.len() < places.len() {
        return Err(Problem::internal(&Lost));
    }
    Ok(cards)
}

/// Which versions the cards are of, where memory tells it of all of them.
fn kept(
    snapshot: &Snapshot,
    places: &[Place],
    on: &Surface<'_>,
) -> Option<(Arc<Standing>, Vec<VersionOf>)> {
    let standing = snapshot.standing.clone().filter(|_| fits(on.currency()))?;
    let version = |place: &Place| Some((place.stream, place.ahead.and(place.version)?));
    Some((standing, places.iter().map(version).collect::<Option<_>>()?))
}

/// The cards of those of these sales that the caller sees, in this order.
pub(crate) async fn seen_cards_at(
    snapshot: &mut Snapshot,
    places: &[Place],
    on: &Surface<'_>,
) -> Result<Vec<Card>, Problem> {
    let streams: Vec<Uuid> = places.iter().map(|place| place.stream).collect();
    let mut arguments = coordinates(snapshot);
    bind_fractions(&mut arguments, on.currency());
    add(&mut arguments, streams);
    let rows: Vec<CardRow> = sqlx::query_as_with(
        concat!(
            "SELECT NULL::text AS description, NULL::text AS note, NULL::text AS links, NULL::text AS stakeholders, NULL::text AS fields, ",
            include_str!("card_columns.sql"),
            include_str!("cards_by_stream.sql"),
            " AND ",
            sale_is_seen!()
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let mut rows: HashMap<Uuid, CardRow> =
        rows.into_iter().map(|row| (row.stream(), row)).collect();
    let missing: Vec<Uuid> = places
        .iter()
        .filter(|place| place.ahead.is_none())
        .filter_map(|place| rows.get(&place.stream).map(CardRow::id))
        .collect();
    let looked_up = match missing.as_slice() {
        [] => HashMap::new(),
        missing => Upcoming::of(snapshot, missing).await?,
    };
    let card = |place: &Place| {
        let row = rows.remove(&place.stream)?;
        let ahead = place.ahead.or_else(|| looked_up.get(&row.id()).copied());
        Some(row.card(on, ahead.unwrap_or(Upcoming::NOTHING)))
    };
    Ok(places.iter().filter_map(card).collect())
}

/// Marks those of some cards that the caller marked as favourites (SO-32).
pub(crate) async fn mark_favourites(
    snapshot: &mut Snapshot,
    actor: &Actor,
    cards: impl IntoIterator<Item = &mut Card>,
) -> Result<(), Problem> {
    let marked = snapshot.favourites(actor).await?;
    for card in cards {
        card.favourite = marked.contains(&card.id);
    }
    Ok(())
}

/// Rows changed without the log: the standing and the tables contradict each other.
#[derive(Debug, thiserror::Error)]
#[error("a sale of the standing is not in its table")]
struct Lost;
