//! `GET /v1/sales/{id}/stages`: when one sale entered and left each stage, and how long it was in it (domain §4.5).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::SaleId;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, PathId, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::days::days;
use super::{Entered, bind_stays, stays};
use crate::ask::{Asked, Filters, InCurrency, Labels, Questions, Snapshot, When, failed};
use crate::sale_card::no_such_sale;

/// One stay in a stage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stay {
    /// Id of the stage.
    stage: Uuid,
    /// Name of the stage.
    name: Option<String>,
    /// When the sale came.
    entered_at: DateTime<Utc>,
    /// When it went; none while it is there.
    left_at: Option<DateTime<Utc>>,
    /// Days between the two, or so far.
    #[schema(example = "12.50")]
    days: String,
    /// How it went: `went_on`, `went_back`, `moved`, `won`, `lost`; or `still_there`.
    exit: String,
}

/// All stays in one stage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageTime {
    /// Id of the stage.
    stage: Uuid,
    /// Name of the stage.
    name: Option<String>,
    /// How often the sale entered it.
    entries: i64,
    /// Days in it: the sum of its stays, rounded once.
    days: String,
}

/// The stages of a sale.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleStages {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// In the order they were entered.
    stays: Vec<Stay>,
    /// By rank, then name.
    stages: Vec<StageTime>,
}

/// The time one sale was in each stage
#[utoipa::path(
    get,
    path = "/v1/sales/{id}/stages",
    tag = "sales",
    params(("id" = Uuid, Path, description = "Public id of the sale"), When),
    responses((status = 200, description = "Its stages", body = SaleStages), QueryProblems)
)]
pub(crate) async fn sale_stages(
    State(questions): State<Questions>,
    actor: Actor,
    PathId(id): PathId<Uuid>,
    Asked(when): Asked<When>,
) -> Result<Json<SaleStages>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open(&questions, &actor, &when).await?;
    let stream = SaleId(id).stream().stream_id(&actor.tenant);
    let currency = InCurrency::load(&mut snapshot, None).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let meant = (&Filters::default(), &currency);
    let arguments = bind_stays(&snapshot, meant, Entered::default(), Some(stream), &labels);
    let rows: Vec<Row> =
        sqlx::query_as_with(concat!(stays!(), include_str!("of_sale.sql")), arguments)
            .fetch_all(&mut *snapshot.tx)
            .await
            .map_err(|e| failed(&e))?;
    // a sale of a type without stages is in none; one that is not there has none either
    if rows.is_empty() && !is_there(&mut snapshot, stream).await? {
        return Err(no_such_sale(id));
    }
    let stages = summed(&rows, &labels);
    let stays = rows.into_iter().map(|row| row.told(&labels)).collect();
    Ok(Json(SaleStages { position: snapshot.position, as_of: snapshot.at, stays, stages }))
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    stage_id: Uuid,
    entered_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    micros: i64,
    exit: String,
}

impl Row {
    fn told(self, labels: &Labels) -> Stay {
        Stay {
            stage: self.stage_id,
            name: labels.stages.get(&self.stage_id).map(|label| label.name.clone()),
            entered_at: self.entered_at,
            left_at: self.left_at,
            days: days(self.micros.into(), 1),
            exit: self.exit,
        }
    }
}

/// The stays in each stage together.
fn summed(rows: &[Row], labels: &Labels) -> Vec<StageTime> {
    let mut stages: BTreeMap<(i32, Option<&str>, Uuid), (i64, i128)> = BTreeMap::new();
    for row in rows {
        let label = labels.stages.get(&row.stage_id);
        let rank = label.map_or(i32::MAX, |label| label.rank);
        let name = label.map(|label| label.name.as_str());
        let sum = stages.entry((rank, name, row.stage_id)).or_default();
        *sum = (sum.0 + 1, sum.1 + i128::from(row.micros));
    }
    let time = |((_, name, stage), (entries, micros)): ((i32, Option<&str>, Uuid), (i64, i128))| {
        StageTime { stage, name: name.map(str::to_owned), entries, days: days(micros, 1) }
    };
    stages.into_iter().map(time).collect()
}

/// Whether a sale holds at the moment and is seen.
async fn is_there(snapshot: &mut Snapshot, stream: Uuid) -> Result<bool, Problem> {
    let mut arguments = crate::ask::coordinates(snapshot);
    crate::ask::add(&mut arguments, stream);
    sqlx::query_scalar_with(
        concat!(
            "SELECT EXISTS (SELECT FROM sale_version AS s WHERE s.tenant_id = $1 AND s.stream_id = $5 AND NOT s.deleted
               AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at,
                        s.next_position, $2, $3, $4) AND ",
            crate::ask::sale_is_seen!(),
            ")"
        ),
        arguments,
    )
    .fetch_one(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}
