//! Sales targets beside what was won (ST-1 to ST-20, domain §4.7): `GET /v1/targets` and what goes with it.
//!
//! A target is compared with the sales that are won and whose close date lies in its period: their amounts, their number
//! or their profits, in the target's own currency at the rates of each sale's close date. Levels are independent (ST-14):
//! the company's counts every sale, a group's those of the group, a user's those they own, and none is the sum of others;
//! the row "All" beside a group is that sum (ST-13). Callers are shown the targets they may read, and only sales they see
//! count.

mod answer;
mod asked;
mod items;
mod kept;
mod known;
mod links;
mod one;
mod rows;
mod table;
mod types;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, Utc};
use events::LocalName;
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{AcceptLanguage, Actor, Problem, Right};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{Asked, Drill, PageParams, Questions, Snapshot, When};
use answer::Target;
pub(crate) use answer::period_of;
use asked::OWN;
pub(crate) use asked::TargetsAsked;
pub(crate) use items::word_of_sales;
pub(crate) use kept::TargetPage;
use kept::Written;
pub(crate) use known::KnownTargets;
pub(crate) use one::{__path_target_history, __path_target_of_id, target_history, target_of_id};
pub(crate) use rows::{Level, TargetRow, Which, seen_targets};
use table::Table;
pub(crate) use types::TargetKind;
pub(crate) use types::{__path_target_types, target_types};

/// Targets of a type and year.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TargetList {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// Id of the type.
    target_type: Uuid,
    /// Its name in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    target_type_name: LocalName,
    /// `amount`, `count` or `profit`.
    unit: &'static str,
    /// By what its sales are told apart.
    dimension: String,
    /// Calendar year.
    year: i32,
    /// Currencies of won sales that had no rate on their close date: they are counted but stand in no sum.
    missing_rates: Vec<String>,
    /// The company's, then group by group: its own, that of its users together, theirs.
    #[schema(value_type = Vec<Target>)]
    targets: Written,
    /// Cursor of the next page.
    next: Option<String>,
}

/// Sales targets and what was won
#[utoipa::path(
    get,
    path = "/v1/targets",
    tag = "targets",
    params(When, TargetsAsked, PageParams, AcceptLanguage),
    responses((status = 200, description = "One page of targets", body = TargetList), QueryProblems)
)]
pub(crate) async fn targets(
    State(questions): State<Questions>,
    actor: Actor,
    language: AcceptLanguage,
    Asked((drill, when, asked, page)): Asked<(Drill, When, TargetsAsked, PageParams)>,
) -> Result<Json<TargetList>, Problem> {
    actor.require(Right::ReadTenant)?;
    let pinned = page.pinned(&actor.tenant)?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, pinned.as_ref()).await?;
    let page = page.page(&actor.tenant, pinned.as_ref(), &snapshot);
    let year = asked.year.unwrap_or_else(|| snapshot.today.year());
    let asking = Asking { asked, year, language: language.best(), drill };
    let written = asking.written(&mut snapshot, &actor, (page.offset(), page.fetch())).await?;
    let next = page.cut(&mut vec![(); written.found]);
    Ok(Json(TargetList {
        position: snapshot.position,
        as_of: snapshot.at,
        target_type: written.target_type,
        target_type_name: written.name.clone(),
        unit: written.unit,
        dimension: written.dimension.clone(),
        year,
        missing_rates: written.missing_rates.clone(),
        targets: Written(written),
        next,
    }))
}

/// Which targets are asked for, and how they are told.
struct Asking {
    asked: TargetsAsked,
    year: i32,
    language: &'static str,
    drill: Drill,
}

impl Asking {
    /// A part of the matching targets: as it is kept, else made anew.
    async fn written(
        &self,
        snapshot: &mut Snapshot,
        actor: &Actor,
        (offset, fetch): (i64, i64),
    ) -> Result<Arc<TargetPage>, Problem> {
        let told = (&self.drill, self.language);
        let place = kept::place(snapshot, actor, told, (offset, fetch));
        let pages = snapshot.standing.as_ref().map(|standing| Arc::clone(&standing.rows));
        if let Some((pages, place)) = pages.as_ref().zip(place)
            && let [Some(page)] = pages.targets.look_up(&[place]).as_slice()
        {
            return Ok(Arc::clone(page));
        }
        let drill = self.drill.clone().without(&OWN);
        let of = (self.asked.target_type, self.year);
        let table = Table::of(snapshot, actor, of, self.language, &drill).await?;
        let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let wanted = table.rows.into_iter().filter(|target| self.asked.wants(target));
        let found = wanted.skip(index(offset)).take(index(fetch)).collect();
        let page = TargetPage::of(table.kind, table.missing, found, index(fetch - 1))?;
        let page = Arc::new(page);
        if let Some((pages, place)) = pages.zip(place) {
            pages.targets.keep(place, &page);
        }
        Ok(page)
    }
}
