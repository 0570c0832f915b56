//! `GET /v1/activities/export`: the activities of `/v1/activities` as a file.

use std::sync::Arc;
use std::vec::IntoIter;

use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem};
use uuid::Uuid;

use super::pieces::take;
use super::{Cell, ExportParams, Label, Pieces, ROWS_ASKED, Reading, file, fits, may_export};
use crate::activities::{
    ActivityFilters, ActivitySort, Edge, Entry, EntryRow, entries, first_streams,
};
use crate::ask::{Asked, Labels, Questions, Snapshot, When};
use crate::card::Named;

/// What stands above a column, and what an activity has there.
type Column = (&'static str, fn(&Entry) -> Cell);

/// From left to right.
const COLUMNS: [Column; 29] = [
    ("kind", |entry| Cell::from(&entry.kind)),
    ("title", |entry| Cell::from(&entry.title)),
    ("start", |entry| edge(entry.start)),
    ("end", |entry| edge(entry.end)),
    ("all_day", |entry| Cell::from(entry.all_day)),
    ("owner", |entry| Cell::from(&entry.owner)),
    ("owner_name", |entry| Cell::from(entry.owner_name.as_ref())),
    ("group", |entry| Cell::from(entry.group.as_ref())),
    ("status", |entry| Cell::from(&entry.status)),
    ("completed", |entry| Cell::from(entry.completed)),
    ("completed_on", |entry| Cell::from(entry.completed_on)),
    ("overdue", |entry| Cell::from(entry.overdue)),
    ("sale_number", |entry| entry.sale_number.clone().map_or(Cell::Empty, Cell::Number)),
    ("sale_title", |entry| Cell::from(entry.sale_title.as_ref())),
    ("company", |entry| party(entry.company.as_ref())),
    ("contact", |entry| party(entry.contact.as_ref())),
    ("project", |entry| party(entry.project.as_ref())),
    ("location", |entry| Cell::from(entry.location.as_ref())),
    ("priority", |entry| Cell::from(entry.priority.as_ref())),
    ("type", |entry| Cell::from(entry.follow_up_type.as_ref())),
    ("alarm_minutes", |entry| minutes(entry.alarm_minutes)),
    ("assigned_by", |entry| Cell::from(entry.assigned_by.as_ref())),
    ("assignment", |entry| Cell::from(entry.assignment.as_ref())),
    ("template", |entry| Cell::from(entry.template.as_ref())),
    ("our_reference", |entry| Cell::from(entry.our_reference.as_ref())),
    ("planned_on", |entry| Cell::from(entry.planned_on)),
    ("updated_at", |entry| Cell::from(entry.updated_at)),
    ("sale_id", |entry| Cell::from(entry.sale_id.map(|id| Cell::Text(id.to_string())))),
    ("id", |entry| Cell::Text(entry.id.to_string())),
];

/// The matching activities as a file for spreadsheets
#[utoipa::path(
    get,
    path = "/v1/activities/export",
    tag = "activities",
    params(When, ActivityFilters, ActivitySort, ExportParams),
    responses(
        (status = 200, description = "Every matching activity, a row each, 100 000 at most; needs the right `export`",
         content((String = "text/csv"),
                 (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 422, description = "More rows than a file holds",
         body = Problem, content_type = "application/problem+json"),
        QueryProblems
    )
)]
pub(crate) async fn activities_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, mut filters, sort, params)): Asked<(
        When,
        ActivityFilters,
        ActivitySort,
        ExportParams,
    )>,
) -> Result<Response, Problem> {
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    may_export(&actor, &snapshot)?;
    filters.resolve(&mut snapshot).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let streams = first_streams(&mut snapshot, &filters, &sort, ROWS_ASKED).await?;
    fits(streams.len())?;
    let label = Label::of("activities", params.format, &snapshot, &questions);
    let zone = snapshot.zone;
    let reading = Reading::on(questions, actor, when, &snapshot);
    drop(snapshot);
    let pieces = ActivityPieces { reading, left: streams.into_iter(), labels };
    file(params, label, pieces, zone).await
}

/// The activities that are still to be looked up.
struct ActivityPieces {
    reading: Reading,
    left: IntoIter<Uuid>,
    labels: Arc<Labels>,
}

impl Pieces for ActivityPieces {
    fn headings(&self) -> Vec<&'static str> {
        COLUMNS.iter().map(|(heading, _)| *heading).collect()
    }

    async fn next(&mut self) -> Result<Vec<Vec<Cell>>, Problem> {
        let mut rows = Vec::new();
        // a piece nobody may see any more is not the end
        while rows.is_empty() {
            let streams = take(&mut self.left);
            if streams.is_empty() {
                break;
            }
            let (mut snapshot, _permit) = self.reading.snapshot().await?;
            let found = EntryRow::at(&mut snapshot, &streams).await?;
            let found = entries(&mut snapshot, found, &self.labels.users).await?;
            let row = |entry: &Entry| COLUMNS.iter().map(|(_, cell)| cell(entry)).collect();
            rows = found.iter().map(row).collect();
        }
        Ok(rows)
    }
}

fn edge(edge: Edge) -> Cell {
    match edge {
        Edge::Day(day) => Cell::Day(day),
        Edge::At(at) => Cell::At(at),
    }
}

fn minutes(minutes: Option<i32>) -> Cell {
    minutes.map_or(Cell::Empty, |minutes| Cell::Number(minutes.to_string()))
}

fn party(named: Option<&Named>) -> Cell {
    Cell::from(named.and_then(|named| named.name.as_ref()))
}
