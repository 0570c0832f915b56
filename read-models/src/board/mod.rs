//! `GET /v1/board`: sales as cards in columns, with what each column is worth (SF-14 … SF-16).
//!
//! Columns hold open sales; stalled, won and lost ones stand in lanes of their own and in no open total (§6-A12). With
//! `group_by=status` the statuses are the columns and there are no lanes. Figures are those of all sales of a column,
//! cards are the first of them; `more` goes on where they end, at the same position.

mod firsts;
mod headings;
mod laid;
mod moves;
mod params;
mod saved;
mod sums;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use events::view::{BoardGroup, BoardView};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use crate::ask::{
    Asked, ColumnParam, CurrencyParam, Drill, Filters, InCurrency, Labels, Questions, Shown,
    Snapshot, When,
};
use crate::card::{Card, Surface};
use crate::figures::{ByStatus, Measure};
use crate::find::CriteriaPlace;
use crate::sale::Status;

pub(crate) use headings::Heading;
use laid::Laid;
use moves::Move;
pub(crate) use params::BoardParams;
use sums::Sums;

/// A sale on the board.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardCard {
    #[serde(flatten)]
    card: Card,
    /// Days since it was registered (SF-15).
    days_since_registered: i64,
    /// An activity is overdue, or it is open and its sale date lies in the past (SF-15, §6-A2).
    red: bool,
    /// Names of the commands the reader may send, by rights and status (SF-16).
    available_actions: Vec<&'static str>,
}

impl BoardCard {
    /// The columns that can be chosen beside those of every card.
    const COLUMNS: [&str; 3] = ["days_since_registered", "red", "available_actions"];
}

/// A part of a column.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subgroup {
    /// Id of the stage or type, `sub` of the owner, name of the group, word of the status.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    /// Rank of a stage or status.
    rank: Option<i32>,
    #[serde(flatten)]
    figures: Measure,
    /// The figure that was asked for: amount or weighted.
    sum: String,
    /// The list of its sales.
    drill: String,
    /// The command that a card dropped here stands for; none where there is no such command.
    #[serde(rename = "move")]
    into: Option<Move>,
}

/// A column or lane of the board.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardColumn {
    /// Id of the stage or type, `sub` of the owner, name of the group, word of the status.
    key: Option<String>,
    /// The name to show.
    name: Option<String>,
    /// Rank of a stage or status.
    rank: Option<i32>,
    #[serde(flatten)]
    figures: Measure,
    /// The figure that was asked for: amount or weighted.
    sum: String,
    /// What it is divided into; those without a sale are left out.
    subgroups: Vec<Subgroup>,
    /// Its first sales.
    #[schema(value_type = Vec<BoardCard>)]
    cards: Vec<Shown<BoardCard>>,
    /// The list that goes on after the cards, at the same position; none when they are all.
    more: Option<String>,
    /// The list of all its sales.
    drill: String,
    /// The command that a card dropped here stands for; none where there is no such command.
    #[serde(rename = "move")]
    into: Option<Move>,
}

/// The board.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Board {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// What columns stand for.
    group_by: &'static str,
    /// What they are divided by.
    subgroup_by: Option<&'static str>,
    /// `amount` or `weighted`.
    summarize: &'static str,
    /// Whether won and lost sales are left out.
    hide_closed: bool,
    /// The order of the cards.
    sort: String,
    /// Currency of all sums.
    currency: String,
    /// Currencies without a rate: their sales are counted but stand in no sum.
    missing_rates: Vec<String>,
    columns: Vec<BoardColumn>,
    /// Stalled, won and lost sales, apart from the columns.
    lanes: Vec<BoardColumn>,
    totals: ByStatus,
}

/// The board: sales as cards in columns
#[utoipa::path(
    get,
    path = "/v1/board",
    tag = "sales",
    params(When, Filters, CurrencyParam, BoardParams, ColumnParam),
    responses((status = 200, description = "The board", body = Board), QueryProblems)
)]
pub(crate) async fn board(
    State(questions): State<Questions>,
    actor: Actor,
    Asked((mut drill, params, when, mut filters, currency, columns)): Asked<(
        Drill,
        BoardParams,
        When,
        Filters,
        CurrencyParam,
        ColumnParam,
    )>,
) -> Result<Json<Board>, Problem> {
    actor.require(Right::ReadTenant)?;
    let chosen = columns.among(&[&Card::COLUMNS, &BoardCard::COLUMNS])?;
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    let view = saved_view(&mut snapshot, &actor, &params).await?;
    let currency = currency.currency.or(view.as_ref().and_then(|view| view.currency));
    let of_view =
        view.as_ref().and_then(|view| view.criteria.clone()).filter(|_| filters.criteria.is_none());
    if let Some(criteria) = of_view {
        drill = drill.with("criteria", &criteria);
        filters.criteria = Some((criteria, CriteriaPlace::Parameter("view")));
    }
    filters.compared_in = currency;
    filters.resolve(&mut snapshot, &actor).await?;
    // only who finds the selection is told anything of its view
    let looked = params.settle(view.as_ref())?;
    if looked.hide_closed {
        filters.status = Some(open_or_stalled(&filters));
    }
    let currency = InCurrency::load(&mut snapshot, currency).await?;
    let pieces = sums::pieces(&mut snapshot, &filters, &currency, &looked).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let cards = firsts::cards(&mut snapshot, &actor, &filters, &looked, (&labels, &on)).await?;
    let cards = cards.into_iter().map(|(stand, cards)| Ok((stand, chosen.of(cards)?)));
    let cards = cards.collect::<Result<_, Problem>>()?;
    let by_status = looked.group_by == BoardGroup::Status;
    let sums = Sums::of(&pieces, by_status);
    let drill = drill.without(&params::OWN).with("currency", currency.asked.as_str());
    let laid = Laid {
        looked: &looked,
        filters: &filters,
        currency: &currency,
        labels: &labels,
        snapshot: &snapshot,
        actor: &actor,
        drill,
    };
    Ok(Json(laid.board(sums, cards)))
}

/// The view that speaks where the parameters are silent.
async fn saved_view(
    snapshot: &mut Snapshot,
    actor: &Actor,
    params: &BoardParams,
) -> Result<Option<BoardView>, Problem> {
    match (&params.view, params.selection) {
        (Some(name), _) => saved::of_caller(snapshot, actor, name).await.map(Some),
        (None, Some(selection)) => saved::of_selection(snapshot, selection).await,
        (None, None) => Ok(None),
    }
}

/// The statuses that are left without won and lost.
fn open_or_stalled(filters: &Filters) -> Vec<&'static str> {
    let closed = |status: &Status| matches!(status, Status::Won | Status::Lost);
    let left = headings::statuses(filters).filter(|status| !closed(status));
    left.map(Status::as_str).collect()
}
