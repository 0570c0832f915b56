//! Versions of selections: what is current before a run, SQL that writes what it makes, and the same into COPY.

use std::collections::HashMap;

use events::selection::{SelectionKind, SelectionTerms};
use events::{BoardView, Criteria};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::save::ids;
use super::save_catalogue::end_stored;
use super::selection::Selection;
use crate::rebuild::{Ids, Jsonb, Sheets, Table};
use crate::version::{Chain, bind_places, bind_successors, places};

static SELECTIONS: Table = Table {
    name: "selection_version",
    columns: places!(
        "selection_id, kind, name, owner, owner_group, category, description, visible_for, visible_group, criteria, \
         view, members, completed, deleted"
    ),
};

/// A stream and its selection as they are stored.
type Current = (
    Uuid,
    Uuid,
    Json<SelectionKind>,
    Json<SelectionTerms>,
    Option<Json<Criteria>>,
    Option<Json<BoardView>>,
    Vec<Uuid>,
    bool,
    bool,
);

pub(super) async fn current(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, Selection>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Current> = sqlx::query_as(
        "SELECT stream_id, selection_id, to_jsonb(kind),
                jsonb_build_object('name', name, 'owner', owner, 'owner_group', owner_group, 'category', category,
                  'description', description, 'visible_for', visible_for, 'visible_group', visible_group),
                criteria, view, members, completed, deleted
           FROM selection_version WHERE stream_id = ANY ($1) AND next_position = 9223372036854775807",
    )
    .bind(streams)
    .fetch_all(tx)
    .await?;
    let selection = |(
        stream,
        selection_id,
        kind,
        terms,
        criteria,
        view,
        members,
        completed,
        deleted,
    ): Current| {
        let (kind, terms) = (kind.0, terms.0);
        let criteria = criteria.map(|Json(criteria)| criteria);
        let view = view.map(|Json(view)| view);
        let selection =
            Selection { selection_id, kind, terms, criteria, view, members, completed, deleted };
        (stream, selection)
    };
    Ok(rows.into_iter().map(selection).collect())
}

pub(super) async fn save(
    tx: &mut PgConnection,
    chain: &Chain<Selection>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "selection_version");
    bind_places(sqlx::query(include_str!("insert_selection.sql")), &chain.versions)
        .bind(chain.column(|s| s.selection_id))
        .bind(chain.column(|s| s.kind.as_str()))
        .bind(chain.column(|s| s.terms.name.as_str()))
        .bind(chain.column(|s| s.terms.owner.as_str()))
        .bind(chain.column(|s| s.terms.owner_group.as_deref()))
        .bind(chain.column(|s| s.terms.category.as_ref().map(|key| key.as_str())))
        .bind(chain.column(|s| s.terms.description.as_ref().map(|text| text.as_str())))
        .bind(chain.column(|s| s.terms.visibility.as_str()))
        .bind(chain.column(|s| s.terms.visibility.group()))
        .bind(chain.column(|s| s.criteria.as_ref().map(json)))
        .bind(chain.column(|s| s.view.as_ref().map(json)))
        .bind(chain.column(|s| ids(&s.members)))
        .bind(chain.column(|s| s.completed))
        .bind(chain.column(|s| s.deleted))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) fn hand_out(chain: &mut Chain<Selection>, open: Option<Uuid>, to: &mut Sheets) {
    for version in chain.take_final(open) {
        let selection = &version.row;
        let terms = &selection.terms;
        to.row(&SELECTIONS, |row| {
            version.put(row);
            row.put(selection.selection_id).put(selection.kind.as_str());
            row.put(terms.name.as_str()).put(terms.owner.as_str());
            row.put(terms.owner_group.as_deref());
            row.put(terms.category.as_ref().map(|key| key.as_str()));
            row.put(terms.description.as_ref().map(|text| text.as_str()));
            row.put(terms.visibility.as_str()).put(terms.visibility.group());
            row.put(selection.criteria.as_ref().map(json).map(Jsonb));
            row.put(selection.view.as_ref().map(json).map(Jsonb));
            row.put(Ids(selection.members.clone()));
            row.put(selection.completed).put(selection.deleted);
        });
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("invariant: criteria and views are plain values and encode")
}
