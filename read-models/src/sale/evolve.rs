//! The fold of a sale: row + event → row. Pure; every event by name, so a new one does not compile until
//! someone has thought about it.

use chrono::{DateTime, Utc};
use events::sale::{Margin, Parties, Registration};
use events::{CurrencyCode, ListKey, Money, Party, SaleEvent, StageId};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::row::{Sale, Status};

/// What the log says about an event beside the fact itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings {
    /// When the fact took effect.
    pub effective_at: DateTime<Utc>,
    /// Public id and number of the sale; on the registration only.
    pub registered: Option<(Uuid, i64)>,
}

/// The sale after `fact`, or what is wrong with the stream.
pub(crate) fn evolve(
    sale: Option<Sale>,
    fact: &SaleEvent,
    around: Surroundings,
) -> Result<Sale, &'static str> {
    match (sale, fact) {
        (None, SaleEvent::Registered(registration)) => {
            let (sale_id, number) =
                around.registered.ok_or("a registration without id or number")?;
            registered(registration, sale_id, number, around.effective_at)
        }
        (Some(sale), fact) => change(sale, fact, around.effective_at),
        (None, _) => Err("a sale that was never registered"),
    }
}

fn change(mut sale: Sale, fact: &SaleEvent, at: DateTime<Utc>) -> Result<Sale, &'static str> {
    match fact {
        SaleEvent::Registered(_) => return Err("a sale registered twice"),
        SaleEvent::TitleChanged { title } => sale.title = title.as_str().to_owned(),
        SaleEvent::DescriptionChanged { description } => {
            sale.description = description.as_ref().map(|text| text.as_str().to_owned());
        }
        SaleEvent::DateChanged { sale_date } => sale.sale_date = *sale_date,
        SaleEvent::SourceSet { source } => sale.source = source.as_ref().map(key),
        SaleEvent::PartiesLinked(parties) => link(&mut sale, parties),
        SaleEvent::OwnerChanged { from: _, to, owner_group } => {
            sale.owner = to.as_str().to_owned();
            sale.owner_group.clone_from(owner_group);
        }
        SaleEvent::StageAdvanced { from: _, to, probability, direction: _ } => {
            enter(&mut sale, Some(*to), at);
            sale.probability = i16::from(probability.percent());
        }
        SaleEvent::ProbabilityOverridden { probability } => {
            sale.probability = i16::from(probability.percent());
        }
        SaleEvent::AmountChanged { amount, margin } => {
            set_amount(&mut sale, amount);
            set_margin(&mut sale, margin, amount.currency())?;
        }
        SaleEvent::MarginChanged { driver: _, margin } => {
            let currency =
                CurrencyCode::parse(&sale.currency).map_err(|_| "an unknown currency")?;
            set_margin(&mut sale, margin, currency)?;
        }
        SaleEvent::Stalled { reopen_date, reason } => {
            sale.status = Status::Stalled;
            (sale.reopen_date, sale.stall_reason) = (Some(*reopen_date), Some(key(reason)));
        }
        SaleEvent::StallTermsChanged { reopen_date, reason } => {
            (sale.reopen_date, sale.stall_reason) = (Some(*reopen_date), Some(key(reason)));
        }
        SaleEvent::Reopened { from_status: _, cause: _, stage, probability } => {
            reopen(&mut sale);
            enter(&mut sale, *stage, at);
            sale.probability = i16::from(probability.percent());
        }
        SaleEvent::Won { close_date, reason, amount, margin, probability, stage_when_closed } => {
            close(&mut sale, Status::Won, *stage_when_closed);
            (sale.sale_date, sale.close_date) = (*close_date, Some(*close_date));
            (sale.reason, sale.competitor) = (Some(key(reason)), None);
            sale.probability = i16::from(probability.percent());
            set_amount(&mut sale, amount);
            set_margin(&mut sale, margin, amount.currency())?;
        }
        SaleEvent::Lost { close_date, reason, competitor, probability, stage_when_closed } => {
            close(&mut sale, Status::Lost, *stage_when_closed);
            (sale.sale_date, sale.close_date) = (*close_date, Some(*close_date));
            (sale.reason, sale.competitor) = (Some(key(reason)), competitor.as_ref().map(key));
            sale.probability = i16::from(probability.percent());
        }
        SaleEvent::Completed {} => sale.completed = true,
        SaleEvent::CompletionCleared {} => sale.completed = false,
        SaleEvent::OwnerNoticed { .. } | SaleEvent::FollowUpOffered { .. } => {}
    }
    Ok(sale)
}

fn registered(
    registration: &Registration,
    sale_id: Uuid,
    number: i64,
    at: DateTime<Utc>,
) -> Result<Sale, &'static str> {
    let mut sale = Sale {
        sale_id,
        number,
        title: registration.title.as_str().to_owned(),
        description: registration.description.as_ref().map(|text| text.as_str().to_owned()),
        status: Status::Open,
        sale_type_id: registration.sale_type.0,
        category: registration.category.as_ref().map(|name| name.as_str().to_owned()),
        stage_id: registration.stage.map(|stage| stage.0),
        stage_entered_at: at,
        stage_when_closed: None,
        probability: i16::from(registration.probability.percent()),
        currency: String::new(),
        amount_minor: 0,
        total_cost_minor: 0,
        profit_minor: 0,
        profit_percent: None,
        owner: registration.owner.as_str().to_owned(),
        owner_group: registration.owner_group.clone(),
        sale_date: registration.sale_date,
        source: registration.source.as_ref().map(key),
        company_id: None,
        company_name: None,
        contact_id: None,
        contact_name: None,
        project_id: None,
        project_name: None,
        external_reference: registration.external_reference.clone(),
        reopen_date: None,
        stall_reason: None,
        close_date: None,
        reason: None,
        competitor: None,
        completed: false,
        registered_at: at,
    };
    set_amount(&mut sale, &registration.amount);
    set_margin(&mut sale, &registration.margin, registration.amount.currency())?;
    link(&mut sale, &registration.parties);
    Ok(sale)
}

fn enter(sale: &mut Sale, stage: Option<StageId>, at: DateTime<Utc>) {
    let stage = stage.map(|stage| stage.0);
    if sale.stage_id != stage {
        (sale.stage_id, sale.stage_entered_at) = (stage, at);
    }
}

fn reopen(sale: &mut Sale) {
    sale.status = Status::Open;
    (sale.reopen_date, sale.stall_reason) = (None, None);
    (sale.close_date, sale.reason, sale.competitor) = (None, None, None);
    (sale.stage_when_closed, sale.completed) = (None, false);
}

fn close(sale: &mut Sale, status: Status, stage_when_closed: Option<StageId>) {
    sale.status = status;
    sale.stage_when_closed = stage_when_closed.map(|stage| stage.0);
    (sale.reopen_date, sale.stall_reason) = (None, None);
}

fn link(sale: &mut Sale, parties: &Parties) {
    (sale.company_id, sale.company_name) = party(parties.company.as_ref());
    (sale.contact_id, sale.contact_name) = party(parties.contact.as_ref());
    (sale.project_id, sale.project_name) = party(parties.project.as_ref());
}

fn party(party: Option<&Party>) -> (Option<Uuid>, Option<String>) {
    (party.map(|party| party.id), party.map(|party| party.name.as_str().to_owned()))
}

fn key(key: &ListKey) -> String {
    key.as_str().to_owned()
}

fn set_amount(sale: &mut Sale, amount: &Money) {
    sale.currency = amount.currency().as_str().to_owned();
    sale.amount_minor = amount.minor();
}

fn set_margin(
    sale: &mut Sale,
    margin: &Margin,
    currency: CurrencyCode,
) -> Result<(), &'static str> {
    sale.total_cost_minor = minor(margin.total_cost, currency)?;
    sale.profit_minor = minor(margin.profit, currency)?;
    sale.profit_percent = margin.profit_percent;
    Ok(())
}

/// Minor units of a figure that was rounded to its currency when it was decided.
fn minor(figure: Decimal, currency: CurrencyCode) -> Result<i64, &'static str> {
    let mut figure = events::money::round_to(figure, currency.places());
    figure.rescale(currency.places());
    i64::try_from(figure.mantissa()).map_err(|_| "a figure beyond all money")
}

#[cfg(test)]
#[path = "evolve_tests.rs"]
mod tests;
