//! The two lists of the diary as SQL selects them.

use service_runtime::Problem;
use sqlx::FromRow;
use sqlx::postgres::{PgArguments, PgRow};
use uuid::Uuid;

use super::DiarySale;
use super::params::Wanted;
use crate::activities::{Entry, EntryRow, entries, entries_sql, held_entries};
use crate::ask::{
    Filters, InCurrency, Labels, Page, Snapshot, add, bind_matching, failed, matching, moment,
};
use crate::card::{CardRow, Surface};
use crate::card_page::cards_at;
use crate::standing::{ActivityHeld, Days, Place};
use crate::upcoming::{Upcoming, next_activity};

/// The activities that are listed, each with the count of all, without their order.
macro_rules! listed_activities {
    () => {
        concat!(
            "SELECT NULL::text AS description, count(*) OVER () AS total, ",
            entries_sql!(),
            include_str!("activities.sql")
        )
    };
}

/// The sales that are listed, each with the count of all, without their order.
macro_rules! listed_sales {
    () => {
        concat!(
            "SELECT NULL::text AS description, NULL::text AS note, NULL::text AS links, NULL::text AS stakeholders, NULL::text AS fields, count(*) OVER () AS total, d.rules, ",
            include_str!("../card_columns.sql"),
            include_str!("sales_from.sql"),
            next_activity!(),
            include_str!("sales_rules.sql"),
            matching!()
        )
    };
}

/// A row with the count of all rows the question selects, on whatever page.
#[derive(Debug, sqlx::FromRow)]
struct Counted<T: for<'r> FromRow<'r, PgRow>> {
    total: i64,
    #[sqlx(flatten)]
    row: T,
}

/// How many activities are listed, and those of a page.
pub(super) async fn activities(
    snapshot: &mut Snapshot,
    wanted: &Wanted,
    page: &Page,
    labels: &Labels,
) -> Result<(i64, Vec<Entry>), Problem> {
    if let Some((total, held)) = held_activities(snapshot, wanted, page) {
        return Ok((total, held_entries(snapshot, &held, &labels.users).await?));
    }
    let bound = |snapshot: &Snapshot, fetch: i64, offset: i64| {
        let mut arguments = moment(snapshot);
        let to = &mut arguments;
        add(to, &wanted.owner);
        add(to, &wanted.group);
        add(to, wanted.from);
        add(to, wanted.to);
        add(to, wanted.days_ahead);
        add(to, fetch);
        add(to, offset);
        add(to, snapshot.diary.done_leave_at_once);
        arguments
    };
    let listed =
        concat!(listed_activities!(), " ORDER BY w.begins, a.activity_id LIMIT $13 OFFSET $14");
    let (total, rows) = counted::<EntryRow>(snapshot, listed, bound, page).await?;
    Ok((total, entries(snapshot, rows, &labels.users).await?))
}

#[derive(Debug, sqlx::FromRow)]
struct SaleRow {
    rules: Vec<i32>,
    #[sqlx(flatten)]
    card: CardRow,
}

/// How many sales are listed, and those of a page.
pub(super) async fn sales(
    snapshot: &mut Snapshot,
    wanted: &Wanted,
    page: &Page,
    labels: &Labels,
    currency: &InCurrency,
) -> Result<(i64, Vec<DiarySale>), Problem> {
    let filters = Filters {
        owner: wanted.owner.clone(),
        group: wanted.group.clone(),
        completed: Some(false),
        ..Filters::default()
    };
    let on = Surface::of(snapshot, labels, currency);
    let view = snapshot.view();
    let days = days(snapshot, wanted, page);
    let held = view.and_then(|view| view.diary_sales(&filters, currency, days));
    if let Some((total, listed)) = held {
        return Ok((total, held_sales(snapshot, &listed, &on).await?));
    }
    let bound = |snapshot: &Snapshot, fetch: i64, offset: i64| {
        let mut arguments = bind_matching(snapshot, &filters, currency);
        let to = &mut arguments;
        add(to, wanted.from);
        add(to, wanted.to);
        add(to, wanted.days_ahead);
        add(to, fetch);
        add(to, offset);
        arguments
    };
    let listed =
        concat!(listed_sales!(), " ORDER BY d.next_date NULLS LAST, s.number LIMIT $40 OFFSET $41");
    let (total, rows) = counted::<SaleRow>(snapshot, listed, bound, page).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.card.id()).collect();
    let ahead = Upcoming::of(snapshot, &ids).await?;
    let shown = |row: SaleRow| {
        let ahead = ahead.get(&row.card.id()).copied().unwrap_or(Upcoming::NOTHING);
        DiarySale { sale: row.card.card(&on, ahead), rules: row.rules, red: ahead.overdue }
    };
    Ok((total, rows.into_iter().map(shown).collect()))
}

/// The rows of a page and how many there are on all; a page beyond the last row asks for the first to learn it.
async fn counted<T>(
    snapshot: &mut Snapshot,
    listed: &'static str,
    bound: impl Fn(&Snapshot, i64, i64) -> PgArguments,
    page: &Page,
) -> Result<(i64, Vec<T>), Problem>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    snapshot.plan_anew().await?;
    let mut rows =
        select::<T>(snapshot, listed, bound(snapshot, page.fetch(), page.offset())).await?;
    if rows.is_empty() && page.offset() > 0 {
        let first = select::<T>(snapshot, listed, bound(snapshot, 1, 0)).await?;
        return Ok((first.first().map_or(0, |row| row.total), Vec::new()));
    }
    let total = rows.first().map_or(0, |row| row.total);
    Ok((total, rows.drain(..).map(|counted| counted.row).collect()))
}

async fn select<T>(
    snapshot: &mut Snapshot,
    listed: &'static str,
    arguments: PgArguments,
) -> Result<Vec<Counted<T>>, Problem>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let rows = sqlx::query_as_with(listed, arguments);
    rows.fetch_all(&mut *snapshot.tx).await.map_err(|e| failed(&e))
}

fn days(snapshot: &Snapshot, wanted: &Wanted, page: &Page) -> Days {
    Days {
        today: snapshot.today,
        from: wanted.from,
        to: wanted.to,
        days_ahead: wanted.days_ahead,
        done_gone: snapshot.diary.done_leave_at_once,
        fetch: page.fetch(),
        offset: page.offset(),
    }
}

/// The activities as the standing lists them.
fn held_activities(
    snapshot: &Snapshot,
    wanted: &Wanted,
    page: &Page,
) -> Option<(i64, Vec<ActivityHeld>)> {
    let view = snapshot.view()?;
    let (owners, groups) = (wanted.owner.as_deref(), wanted.group.as_deref());
    view.diary_activities(owners, groups, days(snapshot, wanted, page))
}

/// The sales as the standing lists them.
async fn held_sales(
    snapshot: &mut Snapshot,
    listed: &[(Place, Vec<i32>)],
    on: &Surface<'_>,
) -> Result<Vec<DiarySale>, Problem> {
    let places: Vec<Place> = listed.iter().map(|(place, _)| *place).collect();
    let cards = cards_at(snapshot, &places, on).await?;
    let shown = |(sale, (place, rules)): (_, &(Place, Vec<i32>))| DiarySale {
        sale,
        rules: rules.clone(),
        red: place.ahead.is_some_and(|ahead| ahead.overdue),
    };
    Ok(cards.into_iter().zip(listed).map(shown).collect())
}
