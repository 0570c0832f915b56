//! The first cards of every column, from memory or by SQL.

use std::collections::HashMap;

use service_runtime::{Actor, Problem};
use uuid::Uuid;

use super::headings::{key, word};
use super::params::Looked;
use crate::actions::{Suggested, Terms, available, level};
use crate::ask::{Direction, Filters, Labels, Snapshot, add, bind_matching, failed, matching};
use crate::board::BoardCard;
use crate::card::{Card, Surface};
use crate::card_page::{cards_at, mark_favourites};
use crate::sale::Status;
use crate::standing::{First, InOrder, Place};
use crate::upcoming::ahead;
use events::view::BoardGroup;

/// Cards of all columns at most: of many columns each shows fewer.
const CARDS_IN_ALL: usize = 2_000;

/// Where a card stands: its status, and of open sales the key of the column.
pub(super) type Stand = (usize, Option<String>);

/// The first sales of every column.
async fn firsts(
    snapshot: &mut Snapshot,
    filters: &Filters,
    looked: &Looked,
    on: &Surface<'_>,
) -> Result<Vec<First>, Problem> {
    let (field, direction) = looked.sort.sort;
    let order = InOrder { field, direction, fetch: looked.cards, offset: 0 };
    let (group, view) = (key(looked.group_by), snapshot.view());
    let held =
        view.and_then(|view| view.fronts(filters, snapshot.today, on.currency(), group, order));
    if let Some(held) = held {
        return Ok(held);
    }
    snapshot.plan_anew().await?;
    let mut arguments = bind_matching(snapshot, filters, on.currency());
    add(&mut arguments, field);
    add(&mut arguments, direction == Direction::Down);
    add(
        &mut arguments,
        Some(word(looked.group_by)).filter(|_| looked.group_by != BoardGroup::Status),
    );
    add(&mut arguments, looked.cards);
    let rows: Vec<(Uuid, Status, Option<String>)> = sqlx::query_as_with(
        concat!(
            "SELECT stream_id, status, key FROM (",
            include_str!("firsts.sql"),
            include_str!("../cards.sql"),
            ") AS place ",
            include_str!("../cards_from.sql"),
            ahead!(),
            include_str!("../cards_sort.sql"),
            matching!(),
            ") AS placed WHERE placed.place <= $40 ORDER BY placed.place"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let mut firsts: Vec<First> = Vec::new();
    let mut known: HashMap<Stand, usize> = HashMap::new();
    for (stream, status, key) in rows {
        let at = *known.entry((status as usize, key.clone())).or_insert_with(|| {
            firsts.push(First { status, key, places: Vec::new() });
            firsts.len() - 1
        });
        firsts[at].places.push(Place::of(stream));
    }
    Ok(firsts)
}

/// The cards of every column, looked up at once.
pub(super) async fn cards(
    snapshot: &mut Snapshot,
    actor: &Actor,
    filters: &Filters,
    looked: &Looked,
    (labels, on): (&Labels, &Surface<'_>),
) -> Result<HashMap<Stand, Vec<BoardCard>>, Problem> {
    if looked.cards == 0 {
        return Ok(HashMap::new());
    }
    let mut firsts = firsts(snapshot, filters, looked, on).await?;
    let each = CARDS_IN_ALL / firsts.len().max(1);
    firsts.iter_mut().for_each(|first| first.places.truncate(each));
    let places: Vec<Place> = firsts.iter().flat_map(|first| &first.places).copied().collect();
    let mut cards = cards_at(snapshot, &places, on).await?;
    mark_favourites(snapshot, actor, &mut cards).await?;
    let mut cards = cards.into_iter().map(|card| of_board(card, snapshot, actor, labels));
    let column = |first: First| {
        let own: Vec<BoardCard> = cards.by_ref().take(first.places.len()).collect();
        ((first.status as usize, first.key), own)
    };
    Ok(firsts.into_iter().map(column).collect())
}

fn of_board(card: Card, snapshot: &Snapshot, actor: &Actor, labels: &Labels) -> BoardCard {
    let terms = Terms {
        level: level(actor, &snapshot.rights, (&card.owner, card.group.as_deref())),
        completed: card.completed,
        stakeholders: labels.offered.with_stakeholders.contains(&card.sale_type.id),
        features: snapshot.features,
        asked: Suggested::NOTHING,
    };
    let status = Status::parse(card.status).unwrap_or(Status::Open);
    BoardCard {
        days_since_registered: (snapshot.today - card.registered_on).num_days(),
        red: card.is_red(),
        available_actions: available(status, terms),
        card,
    }
}
