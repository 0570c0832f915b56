//! What the guide of a sale is made of, read by key.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use events::{Guide, GuideItemId, LocalName, Preferences, StageId};
use service_runtime::Problem;
use sqlx::types::Json as SqlJson;
use uuid::Uuid;

use crate::ask::{Snapshot, add, coordinates, failed, moment, sale_is_seen};
use crate::sale::Suggestions;

/// A sale, its type and who asks.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct OfSale {
    pub sale_id: Uuid,
    pub stage_id: Option<Uuid>,
    #[sqlx(try_from = "Option<String>")]
    pub suggestions: Suggestions,
    /// Version of the type; none when there was no such type at that moment.
    pub guide_version: Option<i64>,
    guide: bool,
    pub auto_advance: bool,
    stages: Vec<Uuid>,
    items: SqlJson<Guide>,
    preferences: Option<SqlJson<Preferences>>,
}

impl OfSale {
    /// The sale of a stream, unless it is deleted or whoever asks does not see it.
    pub async fn load(
        snapshot: &mut Snapshot,
        stream_id: Uuid,
        user: &str,
    ) -> Result<Option<Self>, Problem> {
        let mut arguments = coordinates(snapshot);
        add(&mut arguments, stream_id);
        add(&mut arguments, user);
        let text = concat!(include_str!("of_sale.sql"), "  AND ", sale_is_seen!());
        let found = sqlx::query_as_with(text, arguments).fetch_optional(&mut *snapshot.tx).await;
        found.map_err(|e| failed(&e))
    }

    /// Whether its type has a guide, and the tenant guides at all (SG-28, SO-50).
    pub fn has_guide(&self, snapshot: &Snapshot) -> bool {
        self.guide && snapshot.features.guide
    }

    /// Stages of the type in the order of the process.
    pub fn stages(&self) -> Vec<StageId> {
        self.stages.iter().copied().map(StageId).collect()
    }

    /// What is suggested in them.
    pub fn items(&self) -> &Guide {
        &self.items.0
    }

    /// Preferences of whoever asks, as they are now.
    pub fn preferences(&self) -> Preferences {
        self.preferences.as_ref().map(|SqlJson(preferences)| *preferences).unwrap_or_default()
    }
}

/// A stage as it was named then.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct NamedStage {
    pub stage_id: Uuid,
    pub name: SqlJson<LocalName>,
    pub probability: i16,
    pub rank: i32,
}

/// The stages of the type, and the one the sale is in.
pub(super) async fn stages(
    snapshot: &mut Snapshot,
    of_sale: &OfSale,
) -> Result<HashMap<StageId, NamedStage>, Problem> {
    let mut arguments = coordinates(snapshot);
    let wanted: Vec<Uuid> = of_sale.stages.iter().copied().chain(of_sale.stage_id).collect();
    add(&mut arguments, wanted);
    let rows: Vec<NamedStage> = sqlx::query_as_with(
        "SELECT DISTINCT ON (stage_id) stage_id, name, probability, rank FROM stage_version
          WHERE tenant_id = $1 AND stage_id = ANY ($5) AND ($4::bigint IS NULL OR position <= $4)
          ORDER BY stage_id, held(effective_at, recorded_at, position, next_effective_at, next_recorded_at,
                   next_position, $2, $3, $4) IS TRUE DESC, version",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(rows.into_iter().map(|stage| (StageId(stage.stage_id), stage)).collect())
}

/// A follow-up or document that was created from an item.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Instance {
    pub guide_item: Uuid,
    pub activity_id: Uuid,
    pub title: String,
    pub owner: String,
    pub from_day: Option<NaiveDate>,
    pub to_day: Option<NaiveDate>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub completed: bool,
    /// Whether the caller sees it (SO-44).
    pub seen: bool,
}

impl Instance {
    /// Which item it was created from.
    pub fn item(&self) -> GuideItemId {
        GuideItemId(self.guide_item)
    }
}

/// Everything that was created from a guide on a sale, is still about it and is not deleted, by start. What was created on
/// another sale is of that one's guide only (SG-17).
pub(super) async fn created(snapshot: &mut Snapshot, sale: Uuid) -> Result<Vec<Instance>, Problem> {
    let mut arguments = moment(snapshot);
    add(&mut arguments, sale);
    sqlx::query_as_with(
        concat!(
            "SELECT a.guide_item, a.activity_id, a.title, a.owner, a.from_day, a.to_day, a.starts_at, a.ends_at,
                a.completed_on IS NOT NULL AS completed, ",
            include_str!("../activities/seen.sql"),
            " AS seen
           FROM activity_version AS a
          WHERE a.tenant_id = $1 AND a.sale_id = $8 AND a.guide_item IS NOT NULL AND NOT a.deleted
            AND EXISTS (SELECT FROM activity_version AS f WHERE f.stream_id = a.stream_id AND f.version = 1 AND f.sale_id = $8)
            AND $5::date IS NOT NULL
            AND held(a.effective_at, a.recorded_at, a.position, a.next_effective_at, a.next_recorded_at,
                     a.next_position, $2, $3, $4)
          ORDER BY COALESCE(a.from_day::timestamp, wall_clock(a.starts_at, $6, $7)), a.activity_id"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
