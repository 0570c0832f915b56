//! Entries of activities that memory has: rows are kept from question to question, and the names of their sales come from the
//! cards that are kept.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use service_runtime::Problem;
use uuid::Uuid;

use super::names::SaleName;
use super::{Entry, EntryRow};
use crate::ask::{Snapshot, failed};
use crate::card::CardRow;
use crate::kept_cards::{Shape, rows_at};
use crate::standing::{ActivityHeld, VersionOf, Weigh};

impl EntryRow {
    /// Those of some activities as memory has them, in the order of these.
    async fn held(
        snapshot: &mut Snapshot,
        held: &[ActivityHeld],
    ) -> Result<Vec<Arc<Self>>, Problem> {
        let version = |held: &ActivityHeld| Some((held.stream, held.version?));
        let versions = held.iter().map(version).collect::<Option<Vec<VersionOf>>>();
        let (Some(standing), Some(wanted)) = (snapshot.standing.clone(), versions) else {
            let streams: Vec<Uuid> = held.iter().map(|held| held.stream).collect();
            let rows = Self::at(snapshot, &streams).await?;
            return Ok(rows.into_iter().map(Arc::new).collect());
        };
        let mut rows = standing.rows.entries.look_up(&wanted);
        let missing = wanted.iter().zip(&rows).filter(|(_, row)| row.is_none());
        let (streams, versions): (Vec<Uuid>, Vec<i64>) =
            missing.map(|(version, _)| *version).unzip();
        if !streams.is_empty() {
            let read = Self::of_versions(snapshot, &streams, &versions).await?;
            for row in &read {
                standing.rows.entries.keep((row.stream_id, row.version), row);
            }
            let of = |wanted: &VersionOf| {
                read.iter().find(|row| (row.stream_id, row.version) == *wanted).cloned()
            };
            for (row, wanted) in rows.iter_mut().zip(&wanted).filter(|(row, _)| row.is_none()) {
                *row = of(wanted);
            }
        }
        // memory showed only what the caller sees; whose it is is judged once more
        let sees = |row: &Arc<Self>| {
            let whose = (&row.activity.owner, row.activity.owner_group.as_deref());
            snapshot.sight.as_ref().is_none_or(|sight| sight.sees_activity(whose.0, whose.1))
        };
        Ok(rows.into_iter().flatten().filter(sees).collect())
    }

    async fn of_versions(
        snapshot: &mut Snapshot,
        streams: &[Uuid],
        versions: &[i64],
    ) -> Result<Vec<Arc<Self>>, Problem> {
        let rows: Vec<Self> = sqlx::query_as(concat!(
            "SELECT NULL::text AS description, ",
            include_str!("../entry_columns.sql"),
            // probes by key, as in `cards_by_version.sql`
            "FROM unnest($2::uuid[], $3::bigint[]) AS wanted (stream_id, version)
             CROSS JOIN LATERAL (SELECT v.* FROM activity_version AS v
                                  WHERE v.stream_id = wanted.stream_id AND v.version = wanted.version LIMIT 1) AS a
             WHERE a.tenant_id = $1"
        ))
        .bind(snapshot.tenant_id)
        .bind(streams)
        .bind(versions)
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        Ok(rows.into_iter().map(Arc::new).collect())
    }
}

/// The same of activities as memory has them.
pub(crate) async fn held_entries(
    snapshot: &mut Snapshot,
    held: &[ActivityHeld],
    users: &HashMap<String, String>,
) -> Result<Vec<Entry>, Problem> {
    let rows = EntryRow::held(snapshot, held).await?;
    let sales = match snapshot.standing.clone().zip(snapshot.view()) {
        Some((standing, view)) => {
            let about: HashSet<Uuid> = rows.iter().filter_map(|row| row.activity.sale_id).collect();
            let wanted = view.names(about.into_iter());
            let found = rows_at(snapshot, &standing, Shape::Card, &wanted).await?;
            let name = |row: Arc<CardRow>| (row.stream(), SaleName::from(&*row));
            found.into_iter().flatten().map(name).collect()
        }
        None => {
            let stream = |row: &Arc<EntryRow>| row.activity.sale_stream_id;
            let streams: Vec<Uuid> = rows.iter().filter_map(stream).collect();
            SaleName::of(snapshot, &streams).await?
        }
    };
    Ok(rows.iter().map(|row| row.entry(snapshot, users, &sales)).collect())
}

impl Weigh for EntryRow {
    fn bytes(&self) -> usize {
        let activity = &self.activity;
        let texts = [
            &activity.owner_group,
            &activity.company_name,
            &activity.contact_name,
            &activity.project_name,
            &activity.location,
            &activity.priority,
            &activity.follow_up_type,
            &activity.assigned_by,
            &activity.assignment,
            &activity.template,
            &activity.our_reference,
        ];
        let long = texts.into_iter().flatten().map(String::len).sum::<usize>();
        size_of::<Self>() + long + activity.title.len() + activity.owner.len() + 200
    }
}
