//! `GET /v1/sales/export`: the sales of `/v1/sales` as a file.

use std::sync::Arc;
use std::vec::IntoIter;

use axum::extract::State;
use axum::response::Response;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem};

use super::pieces::take;
use super::{
    Cell, ExportParams, FileAnswers, Label, Pieces, ROWS_ASKED, Reading, file, fits, may_export,
};
use crate::ask::{
    Asked, CurrencyParam, Filters, InCurrency, Labels, Questions, RatesParam, Snapshot, When,
};
use crate::card::{Card, Named, Surface};
use crate::card_page::{CardSort, first_places, seen_cards_at};
use crate::card_rates::rated;
use crate::standing::Place;

/// What stands above a column, and what a sale has there.
type Column = (&'static str, fn(&Card) -> Cell);

/// From left to right.
const COLUMNS: [Column; 44] = [
    ("number", |sale| number(&sale.number)),
    ("title", |sale| Cell::from(&sale.title)),
    ("status", |sale| Cell::from(sale.status)),
    ("completed", |sale| Cell::from(sale.completed)),
    ("stage", |sale| named(sale.stage.as_ref())),
    ("probability", |sale| number(&sale.probability)),
    ("sale_type", |sale| named(Some(&sale.sale_type))),
    ("category", |sale| Cell::from(sale.category.as_ref())),
    ("owner", |sale| Cell::from(&sale.owner)),
    ("owner_name", |sale| Cell::from(sale.owner_name.as_ref())),
    ("group", |sale| Cell::from(sale.group.as_ref())),
    ("company", |sale| named(sale.company.as_ref().map(|company| &company.named))),
    ("contact", |sale| named(sale.contact.as_ref().map(|contact| &contact.named))),
    ("project", |sale| named(sale.project.as_ref())),
    ("amount", |sale| number(&sale.amount.amount)),
    ("weighted", |sale| number(&sale.weighted.amount)),
    ("currency", |sale| Cell::from(&sale.amount.currency)),
    ("converted_amount", |sale| Cell::from(sale.converted.as_ref().map(|c| number(&c.amount)))),
    ("converted_weighted", |sale| Cell::from(sale.converted.as_ref().map(|c| number(&c.weighted)))),
    ("converted_profit", |sale| Cell::from(sale.converted.as_ref().map(|c| number(&c.profit)))),
    ("converted_currency", |sale| Cell::from(sale.converted.as_ref().map(|c| &c.currency))),
    ("total_cost", |sale| number(&sale.total_cost.amount)),
    ("profit", |sale| number(&sale.profit.amount)),
    ("profit_percent", |sale| Cell::from(sale.profit_percent.as_ref().map(number))),
    ("sale_date", |sale| Cell::from(sale.sale_date)),
    ("next_activity_date", |sale| Cell::from(sale.next_activity_date)),
    ("overdue_activity", |sale| Cell::from(sale.overdue_activity)),
    ("overdue_sale_date", |sale| Cell::from(sale.overdue_sale_date)),
    ("red", |sale| Cell::from(sale.is_red())),
    ("days_in_stage", |sale| number(&sale.days_in_stage)),
    ("reopen_date", |sale| Cell::from(sale.reopen_date)),
    ("stall_reason", |sale| Cell::from(sale.stall_reason.as_ref())),
    ("close_date", |sale| Cell::from(sale.close_date)),
    ("reason", |sale| Cell::from(sale.reason.as_ref())),
    ("competitor", |sale| Cell::from(sale.competitor.as_ref())),
    ("stage_when_closed", |sale| named(sale.stage_when_closed.as_ref())),
    ("source", |sale| Cell::from(sale.source.as_ref())),
    ("credited", |sale| Cell::from(sale.marks.credited.as_ref())),
    ("external_reference", |sale| Cell::from(sale.external_reference.as_ref())),
    ("registered_on", |sale| Cell::from(sale.registered_on)),
    ("registered_by", |sale| Cell::from(&sale.marks.registered_by)),
    ("updated_at", |sale| Cell::from(sale.updated_at)),
    ("updated_by", |sale| Cell::from(&sale.marks.updated_by)),
    ("id", |sale| Cell::Text(sale.id.to_string())),
];

/// The matching sales as a file for spreadsheets
#[utoipa::path(
    get,
    path = "/v1/sales/export",
    tag = "sales",
    params(When, Filters, CurrencyParam, RatesParam, CardSort, ExportParams),
    responses(FileAnswers, QueryProblems)
)]
pub(crate) async fn sales_export(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(asked): Asked<Sought>,
) -> Result<Response, Problem> {
    file_of_sales("sales", questions, actor, asked).await
}

/// What a file of sales is asked with.
type Sought = (When, Filters, (CurrencyParam, RatesParam), CardSort, ExportParams);

/// Sales as a file of this name.
pub(super) async fn file_of_sales(
    list: &str,
    questions: Questions,
    actor: Actor,
    (when, mut filters, (currency, rates), sort, params): Sought,
) -> Result<Response, Problem> {
    let mut snapshot = Snapshot::open_standing(&questions, &actor, &when, None).await?;
    may_export(&actor, &snapshot)?;
    filters.resolve(&mut snapshot, &actor).await?;
    let currency = InCurrency::load(&mut snapshot, currency.currency).await?;
    let labels = Labels::load(&mut snapshot).await?;
    let on = Surface::of(&snapshot, &labels, &currency);
    let places = first_places(&mut snapshot, &filters, &sort, ROWS_ASKED, &on).await?;
    fits(places.len())?;
    let label = Label::of(list, params.format, &snapshot, &questions);
    let zone = snapshot.zone;
    let reading = Reading::on(questions, actor, when, &snapshot);
    drop(snapshot);
    let pieces = SalePieces { reading, left: places.into_iter(), labels, currency, rates };
    file(params, label, pieces, zone).await
}

/// The sales that are still to be looked up.
struct SalePieces {
    reading: Reading,
    left: IntoIter<Place>,
    labels: Arc<Labels>,
    currency: InCurrency,
    rates: RatesParam,
}

impl Pieces for SalePieces {
    fn headings(&self) -> Vec<&'static str> {
        COLUMNS.iter().map(|(heading, _)| *heading).collect()
    }

    async fn next(&mut self) -> Result<Vec<Vec<Cell>>, Problem> {
        let mut rows = Vec::new();
        // a piece nobody may see any more is not the end
        while rows.is_empty() {
            let places = take(&mut self.left);
            if places.is_empty() {
                break;
            }
            let (mut snapshot, _permit) = self.reading.snapshot().await?;
            let on = Surface::of(&snapshot, &self.labels, &self.currency);
            let mut cards = seen_cards_at(&mut snapshot, &places, &on).await?;
            let actor = &self.reading.actor;
            rated(&mut snapshot, actor, self.rates, &self.currency, &mut cards).await?;
            let row = |card: &Card| COLUMNS.iter().map(|(_, cell)| cell(card)).collect();
            rows = cards.iter().map(row).collect();
        }
        Ok(rows)
    }
}

fn number(digits: &impl ToString) -> Cell {
    Cell::Number(digits.to_string())
}

/// The name, or the id where nobody knows one.
fn named(named: Option<&Named>) -> Cell {
    let text = |named: &Named| named.name.clone().unwrap_or_else(|| named.id.to_string());
    named.map_or(Cell::Empty, |named| Cell::Text(text(named)))
}
