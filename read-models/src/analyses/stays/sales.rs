//! `GET /v1/stage-conversion/sales`: the sales behind the figures of stage conversion, a row for each stage they entered.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::days::days;
use super::{EXITS, Entered, bind_stays, stays};
use crate::ask::{
    Asked, CurrencyParam, Filters, FromGiven, Given, InCurrency, Labels, PageParams, Questions,
    Snapshot, When, add, bad, failed,
};
use crate::sale::Status;

/// Which part of the analysis.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StagePart {
    /// Id of the stage they entered. Default: any; a sale is listed once for each.
    in_stage: Option<Uuid>,
    /// What became of them: `went_on`, `went_back`, `moved`, `won`, `lost` or `still_there`. Default: whatever did.
    #[param(value_type = Option<String>)]
    exit: Option<&'static str>,
}

impl FromGiven for StagePart {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let known = |word: String| {
            let known = EXITS.into_iter().find(|known| *known == word);
            known.ok_or_else(|| bad("exit", &format!("must be one of {}", EXITS.join(", "))))
        };
        let exit = given.text("exit").map(known).transpose()?;
        Ok(Self { in_stage: given.take("in_stage", "must be the id of a stage")?, exit })
    }
}

/// A sale in a stage it entered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageSale {
    /// Public id of the sale.
    id: Uuid,
    /// Sale number.
    #[schema(example = "1001")]
    number: String,
    /// Name of the sale.
    title: String,
    /// `sub` of its owner.
    owner: String,
    /// Their name.
    owner_name: Option<String>,
    /// What it is now.
    status: &'static str,
    /// Id of the stage.
    stage: Uuid,
    /// Name of the stage.
    stage_name: Option<String>,
    /// When it entered it first, within the period.
    entered_at: DateTime<Utc>,
    /// When it left it last; none while it is there.
    left_at: Option<DateTime<Utc>>,
    /// How often it entered.
    entries: i64,
    /// Days in the stage, all stays together.
    #[schema(example = "12.50")]
    days: String,
    /// What became of it.
    exit: String,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageSales {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The longest first.
    sales: Vec<StageSale>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// The sales behind stage conversion
#[utoipa::path(
    get,
    path = "/v1/stage-conversion/sales",
    tag = "sales",
    params(When, Filters, CurrencyParam, Entered, StagePart, PageParams),
    responses((status = 200, description = "One page", body = StageSales), QueryProblems)
)]
pub(crate) async fn stage_sales(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((when, mut filters, currency, entered, part, page)): Asked<(
        When,
        Filters,
        CurrencyParam,
        Entered,
        StagePart,
        PageParams,
    )>,
) -> Result<Json<StageSales>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_pinned(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let mut arguments = bind_stays(&snapshot, (&filters, &currency), entered, None, &labels);
    add(&mut arguments, part.in_stage);
    add(&mut arguments, part.exit);
    add(&mut arguments, page.fetch());
    add(&mut arguments, page.offset());
    let mut rows: Vec<Row> = sqlx::query_as_with(
        concat!(stays!(), include_str!("whole.sql"), include_str!("sales.sql")),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let next = page.cut(&mut rows);
    let sales = rows.into_iter().map(|row| row.told(&labels)).collect();
    Ok(Json(StageSales { position: snapshot.position, as_of: snapshot.at, sales, next }))
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    sale_id: Uuid,
    number: i64,
    title: String,
    owner: String,
    status: Status,
    stage_id: Uuid,
    entered_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    entries: i64,
    micros: i64,
    exit: String,
}

impl Row {
    fn told(self, labels: &Labels) -> StageSale {
        StageSale {
            id: self.sale_id,
            number: self.number.to_string(),
            title: self.title,
            owner_name: labels.users.get(&self.owner).cloned(),
            owner: self.owner,
            status: self.status.as_str(),
            stage: self.stage_id,
            stage_name: labels.stages.get(&self.stage_id).map(|label| label.name.clone()),
            entered_at: self.entered_at,
            left_at: self.left_at,
            entries: self.entries,
            days: days(self.micros.into(), 1),
            exit: self.exit,
        }
    }
}
