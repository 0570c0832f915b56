//! The two lists of the diary as SQL selects them.

use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

use super::DiarySale;
use super::params::Wanted;
use crate::activities::{Entry, EntryRow};
use crate::ask::{
    Filters, InCurrency, Labels, Page, Snapshot, add, bind_matching, failed, matching, moment,
};
use crate::card::{CardRow, Surface};
use crate::upcoming::{Upcoming, next_activity};

/// The activities that are listed, without their order.
macro_rules! listed_activities {
    () => {
        concat!(
            "SELECT NULL::text AS description, w.begins, ",
            include_str!("../activities/entries.sql"),
            include_str!("activities.sql")
        )
    };
}

/// The sales that are listed, without their order.
macro_rules! listed_sales {
    () => {
        concat!(
            "SELECT NULL::text AS description, d.rules, d.next_date, ",
            include_str!("../card_columns.sql"),
            include_str!("sales_from.sql"),
            next_activity!(),
            include_str!("sales_rules.sql"),
            matching!()
        )
    };
}

/// How many activities are listed, and those of a page.
pub(super) async fn activities(
    snapshot: &mut Snapshot,
    wanted: &Wanted,
    page: &Page,
    labels: &Labels,
) -> Result<(i64, Vec<Entry>), Problem> {
    let bound = |snapshot: &Snapshot| {
        let mut arguments = moment(snapshot);
        let to = &mut arguments;
        add(to, &wanted.owner);
        add(to, &wanted.group);
        add(to, wanted.from);
        add(to, wanted.to);
        add(to, wanted.days_ahead);
        arguments
    };
    let count = count(
        snapshot,
        concat!("SELECT count(*) FROM (", listed_activities!(), ") AS listed"),
        bound(snapshot),
    );
    let count = count.await?;
    let mut arguments = bound(snapshot);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    let rows: Vec<EntryRow> = sqlx::query_as_with(
        concat!(listed_activities!(), " ORDER BY w.begins, a.activity_id LIMIT $13 OFFSET $14"),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let entry = |row: EntryRow| row.entry(snapshot, &labels.users);
    Ok((count, rows.into_iter().map(entry).collect()))
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
    let bound = |snapshot: &Snapshot| {
        let mut arguments = bind_matching(snapshot, &filters, currency);
        let to = &mut arguments;
        add(to, wanted.from);
        add(to, wanted.to);
        add(to, wanted.days_ahead);
        arguments
    };
    let count = count(
        snapshot,
        concat!("SELECT count(*) FROM (", listed_sales!(), ") AS listed"),
        bound(snapshot),
    );
    let count = count.await?;
    let mut arguments = bound(snapshot);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    let rows: Vec<SaleRow> = sqlx::query_as_with(
        concat!(listed_sales!(), " ORDER BY d.next_date NULLS LAST, s.number LIMIT $35 OFFSET $36"),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.card.id()).collect();
    let ahead = Upcoming::of(snapshot, &ids).await?;
    let on = Surface::of(snapshot, labels, currency);
    let shown = |row: SaleRow| {
        let ahead = ahead.get(&row.card.id()).copied().unwrap_or(Upcoming::NOTHING);
        DiarySale { sale: row.card.card(&on, ahead), rules: row.rules, red: ahead.overdue }
    };
    Ok((count, rows.into_iter().map(shown).collect()))
}

async fn count(
    snapshot: &mut Snapshot,
    listed: &'static str,
    arguments: PgArguments,
) -> Result<i64, Problem> {
    let count = sqlx::query_scalar_with(listed, arguments);
    count.fetch_one(&mut *snapshot.tx).await.map_err(|e| failed(&e))
}
