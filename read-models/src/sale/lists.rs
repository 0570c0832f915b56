//! Items of maintained lists (SO-19): a row an event, since an event carries the whole item.

use events::ListEvent;
use events::activity::Kind;
use sqlx::PgConnection;

use crate::rebuild::{Jsonb, Sheets, Table};
use crate::version::Placed;

static LIST_ITEMS: Table = Table {
    name: "list_item_version",
    columns: "tenant_id, stream_id, version, position, effective_at, recorded_at, list, key, labels, rank, added, deleted, \
              kind, minutes",
};

/// An item after one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListItem {
    list: &'static str,
    key: String,
    labels: String,
    rank: i32,
    added: bool,
    deleted: bool,
    kind: Option<&'static str>,
    minutes: Option<i32>,
}

impl ListItem {
    pub fn after(fact: &ListEvent) -> Self {
        let item = fact.item();
        Self {
            list: item.list.as_str(),
            key: item.key.as_str().to_owned(),
            labels: serde_json::to_string(&item.labels)
                .expect("invariant: names are plain text and encode"),
            rank: item.rank,
            added: matches!(fact, ListEvent::ItemAdded(_)),
            deleted: fact.deletes(),
            kind: item.kind.map(Kind::as_str),
            minutes: item.minutes.map(i32::from),
        }
    }
}

pub(super) async fn save(
    tx: &mut PgConnection,
    items: &[Placed<ListItem>],
) -> Result<(), sqlx::Error> {
    for Placed { place, next: _, row } in items {
        sqlx::query(
            "INSERT INTO list_item_version (tenant_id, stream_id, version, position, effective_at, recorded_at,
               list, key, labels, rank, added, deleted, kind, minutes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14)",
        )
        .bind(place.tenant_id)
        .bind(place.stream_id)
        .bind(place.version)
        .bind(place.position)
        .bind(place.effective_at)
        .bind(place.recorded_at)
        .bind(row.list)
        .bind(row.key.as_str())
        .bind(row.labels.as_str())
        .bind(row.rank)
        .bind(row.added)
        .bind(row.deleted)
        .bind(row.kind)
        .bind(row.minutes)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

pub(super) fn hand_out(items: impl Iterator<Item = Placed<ListItem>>, to: &mut Sheets) {
    for item in items {
        to.row(&LIST_ITEMS, |row| {
            item.place.put(row);
            row.put(item.row.list).put(&item.row.key).put(Jsonb(item.row.labels));
            row.put(item.row.rank).put(item.row.added).put(item.row.deleted);
            row.put(item.row.kind).put(item.row.minutes);
        });
    }
}
