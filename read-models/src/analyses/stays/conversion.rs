//! `GET /v1/stage-conversion`: what became of the sales that entered each stage, and how long they were in it (domain §4.5,
//! §4.10).
//!
//! A sale is counted once in each stage it entered within the period. Of several stays in one stage, those that began in the
//! period are told together: their time is added up, and the last one says what became of the sale. So the ways out add up
//! to those that entered. What a sale is now stands beside it: `ended_won` also counts one that was won two stages later.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use super::days::{TimeInStage, Times};
use super::walked::{counted, walk};
use super::{Entered, bind_stays, stays};
use crate::analyses::share::share;
use crate::ask::{
    Asked, CurrencyParam, Drill, Filters, InCurrency, Labels, Questions, Snapshot, When, failed,
};
use crate::export::OF_FILES;

/// The lists of sales behind the figures of a stage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StagesBehind {
    /// Path and query.
    entered: String,
    went_on: String,
    went_back: String,
    moved: String,
    won: String,
    lost: String,
    still_there: String,
}

impl StagesBehind {
    fn of(drill: &Drill, stage: Uuid) -> Self {
        let drill = drill.with("in_stage", stage);
        let list = |exit: &str| drill.with("exit", exit).to("/v1/stage-conversion/sales");
        Self {
            entered: drill.to("/v1/stage-conversion/sales"),
            went_on: list("went_on"),
            went_back: list("went_back"),
            moved: list("moved"),
            won: list("won"),
            lost: list("lost"),
            still_there: list("still_there"),
        }
    }
}

/// What became of the sales that entered a stage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageRow {
    /// Id of the stage.
    stage: Uuid,
    /// The name to show.
    name: Option<String>,
    /// Rank of the stage.
    rank: Option<i32>,
    /// Sales that entered it.
    entered: i64,
    /// How often they did: more where a sale came back.
    entries: i64,
    /// Went on to a later stage, like the ways out that follow by their last stay.
    went_on: i64,
    /// Went back to an earlier one.
    went_back: i64,
    /// Went to a stage that is neither, or to none.
    moved: i64,
    /// Were won out of it.
    won: i64,
    /// Were lost out of it.
    lost: i64,
    /// Are still in it.
    still_there: i64,
    /// `went_on` and `won` in percent of `entered`.
    #[schema(example = "66.67")]
    conversion: Option<String>,
    /// Are won now, whatever stage they were won in.
    ended_won: i64,
    /// Are lost now.
    ended_lost: i64,
    /// `ended_won` in percent of `entered`.
    #[schema(example = "25.00")]
    win_rate: Option<String>,
    /// Days in the stage, of sales that left it.
    days: TimeInStage,
    /// Days in the stage so far, of sales that are still there.
    days_so_far: TimeInStage,
    drill: StagesBehind,
}

/// All stages together: each sale once.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct StageTotal {
    /// Sales that entered any stage.
    sales: i64,
    /// How often they entered one.
    entries: i64,
    /// Are won now.
    ended_won: i64,
    /// Are lost now.
    ended_lost: i64,
    /// `ended_won` in percent of `sales`.
    win_rate: Option<String>,
}

/// Conversion and time in stage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageConversion {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// First day on which sales entered.
    from: Option<NaiveDate>,
    /// Last day on which they did.
    to: Option<NaiveDate>,
    /// By rank, then name; stages nobody entered are left out.
    stages: Vec<StageRow>,
    total: StageTotal,
}

/// Stage conversion and time in stage
#[utoipa::path(
    get,
    path = "/v1/stage-conversion",
    tag = "sales",
    params(When, Filters, CurrencyParam, Entered),
    responses((status = 200, description = "The analysis", body = StageConversion), QueryProblems)
)]
pub(crate) async fn stage_conversion(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((drill, when, mut filters, currency, entered)): Asked<(
        Drill,
        When,
        Filters,
        CurrencyParam,
        Entered,
    )>,
) -> Result<Json<StageConversion>, Problem> {
    actor.require(Right::ReadTenant)?;
    let mut snapshot = Snapshot::open_versions(&questions, &actor, &when, None).await?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let meant = (&filters, &currency);
    let rows = match walk(&mut snapshot, meant, entered, &labels).await? {
        Some(stays) => counted(&stays),
        None => read(&mut snapshot, meant, entered, &labels).await?,
    };
    let total = rows.iter().find(|row| row.stage_id.is_none()).map(Row::total);
    let drill = drill.without(&OF_FILES);
    let stages = rows.into_iter().filter_map(|row| row.stage(&labels, &drill));
    let mut stages: Vec<StageRow> = stages.collect();
    stages.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(Json(StageConversion {
        position: snapshot.position,
        as_of: snapshot.at,
        from: entered.from,
        to: entered.to,
        stages,
        total: total.unwrap_or_default(),
    }))
}

/// As SQL counts them.
async fn read(
    snapshot: &mut Snapshot,
    meant: (&Filters, &InCurrency),
    entered: Entered,
    labels: &Labels,
) -> Result<Vec<Row>, Problem> {
    snapshot.plan_anew().await?;
    let arguments = bind_stays(snapshot, meant, entered, None, labels);
    sqlx::query_as_with(
        concat!(stays!(), include_str!("whole.sql"), include_str!("conversion.sql")),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))
}

/// By rank, then name.
fn order(row: &StageRow) -> (i32, Option<&str>, Uuid) {
    (row.rank.unwrap_or(i32::MAX), row.name.as_deref(), row.stage)
}

/// The figures of a stage; without one, of every sale that entered any, once.
#[derive(Debug, Default, sqlx::FromRow)]
pub(super) struct Row {
    pub stage_id: Option<Uuid>,
    pub entered: i64,
    pub entries: i64,
    pub went_on: i64,
    pub went_back: i64,
    pub moved: i64,
    pub won: i64,
    pub lost: i64,
    pub still_there: i64,
    pub ended_won: i64,
    pub ended_lost: i64,
    #[sqlx(try_from = "Vec<Option<String>>")]
    pub left_after: Times,
    #[sqlx(try_from = "Vec<Option<String>>")]
    pub there_for: Times,
}

impl Row {
    fn total(&self) -> StageTotal {
        StageTotal {
            sales: self.entered,
            entries: self.entries,
            ended_won: self.ended_won,
            ended_lost: self.ended_lost,
            win_rate: share(self.ended_won.into(), self.entered.into()),
        }
    }

    fn stage(self, labels: &Labels, drill: &Drill) -> Option<StageRow> {
        let stage = self.stage_id?;
        let label = labels.stages.get(&stage);
        let whole = i128::from(self.entered);
        Some(StageRow {
            stage,
            name: label.map(|label| label.name.clone()),
            rank: label.map(|label| label.rank),
            entered: self.entered,
            entries: self.entries,
            went_on: self.went_on,
            went_back: self.went_back,
            moved: self.moved,
            won: self.won,
            lost: self.lost,
            still_there: self.still_there,
            conversion: share((self.went_on + self.won).into(), whole),
            ended_won: self.ended_won,
            ended_lost: self.ended_lost,
            win_rate: share(self.ended_won.into(), whole),
            days: TimeInStage::of(self.entered - self.still_there, self.left_after),
            days_so_far: TimeInStage::of(self.still_there, self.there_for),
            drill: StagesBehind::of(drill, stage),
        })
    }
}
