//! `GET /v1/stage-conversion/sales`: the sales behind the figures of stage conversion, a row for each stage they entered.

use std::cmp::Reverse;
use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use sqlx::postgres::PgArguments;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::days::days;
use super::walked::walk;
use super::{Entered, bind_stays, stays};
use crate::ask::{
    Asked, CurrencyParam, Filters, FromGiven, Given, InCurrency, Labels, Page, PageParams,
    Questions, Snapshot, When, add, bad, failed,
};
use crate::sale::Status;
use crate::standing::{Exit, InStage, Stays};

/// Which part of the analysis.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StagePart {
    /// Id of the stage they entered. Default: any; a sale is listed once for each.
    in_stage: Option<Uuid>,
    /// What became of them: `went_on`, `went_back`, `moved`, `won`, `lost` or `still_there`. Default: whatever did.
    #[param(value_type = Option<String>)]
    exit: Option<Exit>,
}

impl FromGiven for StagePart {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let known = |word: String| {
            let known = Exit::ALL.into_iter().find(|known| known.as_str() == word);
            let words = Exit::ALL.map(Exit::as_str).join(", ");
            known.ok_or_else(|| bad("exit", &format!("must be one of {words}")))
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
    let mut snapshot = Snapshot::open_versions(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let meant = (&filters, &currency);
    let mut rows = match walk(&mut snapshot, meant, entered, &labels).await? {
        Some(stays) => part.listed(&mut snapshot, &stays, &page).await?,
        None => {
            snapshot.plan_anew().await?;
            let arguments = bind_stays(&snapshot, meant, entered, None, &labels);
            part.read(&mut snapshot, arguments, &page).await?
        }
    };
    let next = page.cut(&mut rows);
    let sales = rows.into_iter().map(|row| row.told(&labels)).collect();
    Ok(Json(StageSales { position: snapshot.position, as_of: snapshot.at, sales, next }))
}

impl StagePart {
    /// A page as SQL lists it.
    async fn read(
        &self,
        snapshot: &mut Snapshot,
        mut arguments: PgArguments,
        page: &Page,
    ) -> Result<Vec<Row>, Problem> {
        add(&mut arguments, self.in_stage);
        add(&mut arguments, self.exit.map(Exit::as_str));
        add(&mut arguments, page.fetch());
        add(&mut arguments, page.offset());
        sqlx::query_as_with(
            concat!(stays!(), include_str!("whole.sql"), include_str!("sales.sql")),
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))
    }

    /// A page of stays from memory, in the same order; what sales are called is looked up.
    async fn listed(
        &self,
        snapshot: &mut Snapshot,
        stays: &Stays,
        page: &Page,
    ) -> Result<Vec<Row>, Problem> {
        let is_meant = |stay: &&InStage| {
            self.in_stage.is_none_or(|stage| stays.stage(stay) == stage)
                && self.exit.is_none_or(|exit| stay.exit == exit)
        };
        let mut meant: Vec<&InStage> = stays.stays.iter().filter(is_meant).collect();
        let key = |stay: &&InStage| {
            (Reverse(stay.micros), stays.sale(stay).number, stay.entered, stays.stage(stay))
        };
        meant.sort_unstable_by_key(key);
        let count = |count: i64| usize::try_from(count).unwrap_or(usize::MAX);
        let shown = meant.into_iter().skip(count(page.offset())).take(count(page.fetch()));
        let shown: Vec<&InStage> = shown.collect();
        let titles = titles(snapshot, stays, &shown).await?;
        let row = |stay: &&InStage| Row::of(stays, stay, &titles);
        Ok(shown.iter().map(row).collect())
    }
}

/// What the sales of some stays are called at the moment, by stream.
async fn titles(
    snapshot: &mut Snapshot,
    stays: &Stays,
    shown: &[&InStage],
) -> Result<HashMap<Uuid, String>, Problem> {
    let version_of = |stay: &&InStage| (stays.sale(stay).stream, stays.sale(stay).version);
    let (streams, versions): (Vec<Uuid>, Vec<i64>) = shown.iter().map(version_of).unzip();
    let titles: Vec<(Uuid, String)> = sqlx::query_as(
        // probes by key, as in `cards_by_version.sql`
        "SELECT s.stream_id, s.title FROM unnest($2::uuid[], $3::bigint[]) AS wanted (stream_id, version)
          CROSS JOIN LATERAL (SELECT v.* FROM sale_version AS v
                               WHERE v.stream_id = wanted.stream_id AND v.version = wanted.version LIMIT 1) AS s
          WHERE s.tenant_id = $1",
    )
    .bind(snapshot.tenant_id)
    .bind(streams)
    .bind(versions)
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(titles.into_iter().collect())
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
    fn of(stays: &Stays, stay: &InStage, titles: &HashMap<Uuid, String>) -> Self {
        let sale = stays.sale(stay);
        let instant = |micros| DateTime::from_timestamp_micros(micros).unwrap_or_default();
        Self {
            sale_id: sale.sale,
            number: sale.number,
            title: titles.get(&sale.stream).cloned().unwrap_or_default(),
            owner: stays.owner(sale).to_owned(),
            status: sale.status,
            stage_id: stays.stage(stay),
            entered_at: instant(stay.entered),
            left_at: stay.left.map(instant),
            entries: stay.entries,
            micros: stay.micros,
            exit: stay.exit.as_str().to_owned(),
        }
    }

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
