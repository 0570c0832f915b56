//! The fold of a sale: row + event → row. Pure; every event by name, so a new one does not compile until
//! someone has thought about it.

use chrono::{DateTime, Utc};
use events::sale::{Margin, Parties, Registration, Visibility};
use events::{
    CurrencyCode, ListKey, Money, Party, Probability, SaleEvent, SaleTypeId, StageId, TypeName,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::row::{Sale, Status};
use super::surroundings::Surroundings;
use super::{Fields, Links, Stakeholders, Suggestions};

/// The sale after `fact`, or what is wrong with the stream.
pub(crate) fn evolve(
    sale: Option<Sale>,
    fact: &SaleEvent,
    around: &Surroundings,
) -> Result<Sale, &'static str> {
    match (sale, fact) {
        (None, SaleEvent::Registered(registration)) => {
            let id = around.registered.ok_or("a registration without id or number")?;
            registered(registration, id, around)
        }
        (Some(mut sale), fact) => {
            // what process managers tell people is no save
            if is_told(fact) {
                sale.suggestions.take(fact);
                return Ok(sale);
            }
            if sale.saved_at != around.recorded_at {
                (sale.saved_at, sale.update_count) = (around.recorded_at, sale.update_count + 1);
            }
            sale.updated_by.clone_from(&around.actor);
            change(sale, fact, around.effective_at)
        }
        (None, _) => Err("a sale that was never registered"),
    }
}

/// Whether a process manager tells or asks somebody something.
fn is_told(fact: &SaleEvent) -> bool {
    matches!(
        fact,
        SaleEvent::OwnerNoticed { .. }
            | SaleEvent::FollowUpOffered { .. }
            | SaleEvent::FollowUpSuggested { .. }
            | SaleEvent::StageSuggested { .. }
    )
}

fn change(mut sale: Sale, fact: &SaleEvent, at: DateTime<Utc>) -> Result<Sale, &'static str> {
    match fact {
        SaleEvent::Registered(_) => return Err("a sale registered twice"),
        SaleEvent::TitleChanged { title } => sale.title = title.as_str().to_owned(),
        SaleEvent::DescriptionChanged { description } => sale.description = owned(description),
        SaleEvent::DateChanged { sale_date } => sale.sale_date = *sale_date,
        SaleEvent::SourceSet { source } => sale.source = source.as_ref().map(key),
        SaleEvent::PartiesLinked(parties) => link(&mut sale, parties),
        SaleEvent::OwnerChanged { from: _, to, owner_group } => {
            (sale.owner, sale.owner_group) = (to.as_str().to_owned(), owner_group.clone());
        }
        SaleEvent::StageAdvanced { from: _, to, probability, direction: _ } => {
            enter(&mut sale, Some(*to), *probability, at);
        }
        SaleEvent::ProbabilityOverridden { probability } => {
            sale.probability = i16::from(probability.percent());
        }
        SaleEvent::AmountChanged { amount, margin }
        | SaleEvent::CurrencyChanged { from: _, amount, margin } => {
            set_figures(&mut sale, amount, margin)?;
        }
        SaleEvent::MarginChanged { driver: _, margin } => set_margin_alone(&mut sale, margin)?,
        SaleEvent::Stalled { reopen_date, reason }
        | SaleEvent::StallTermsChanged { reopen_date, reason } => {
            sale.status = Status::Stalled;
            (sale.reopen_date, sale.stall_reason) = (Some(*reopen_date), Some(key(reason)));
        }
        SaleEvent::Reopened { from_status: _, cause: _, stage, probability } => {
            reopen(&mut sale);
            enter(&mut sale, *stage, *probability, at);
        }
        SaleEvent::Won { amount, margin, .. } => {
            close(&mut sale, fact);
            set_figures(&mut sale, amount, margin)?;
        }
        SaleEvent::Lost { .. } => close(&mut sale, fact),
        SaleEvent::Completed {} => sale.completed = true,
        SaleEvent::CompletionCleared {} => sale.completed = false,
        SaleEvent::OwnerNoticed { .. } | SaleEvent::FollowUpOffered { .. } => {}
        SaleEvent::GuideItemUsed { .. }
        | SaleEvent::FollowUpSuggested { .. }
        | SaleEvent::FollowUpSuggestionAnswered { .. }
        | SaleEvent::StageSuggested { .. }
        | SaleEvent::StageSuggestionAnswered { .. } => sale.suggestions.take(fact),
        SaleEvent::CreditedSet { credited } => sale.credited = credited.as_ref().map(key),
        SaleEvent::CompetitorSet { competitor } => sale.competitor = competitor.as_ref().map(key),
        SaleEvent::NoteChanged { note } => sale.note = owned(note),
        SaleEvent::LinkAdded(link) => link.join(&mut sale.links.0),
        SaleEvent::LinkRemoved(to) => to.leave(&mut sale.links.0),
        SaleEvent::VisibilityChanged(visibility) => show(&mut sale, visibility),
        SaleEvent::StakeholderAdded(added) => added.join(&mut sale.stakeholders.0),
        SaleEvent::StakeholderChanged(part) => part.apply(&mut sale.stakeholders.0),
        SaleEvent::StakeholderRemoved { id } => sale.stakeholders.0.retain(|one| one.id != *id),
        SaleEvent::TypeChanged { from: _, to, category, stage, probability } => {
            retype(&mut sale, *to, category.as_ref());
            enter(&mut sale, *stage, *probability, at);
        }
        SaleEvent::Deleted {} => sale.deleted = true,
        SaleEvent::CustomFieldSet { key, value } => sale.fields.set(key, value.as_ref()),
    }
    Ok(sale)
}

fn registered(
    registration: &Registration,
    (sale_id, number): (Uuid, i64),
    around: &Surroundings,
) -> Result<Sale, &'static str> {
    let (at, details) = (around.effective_at, &registration.details);
    let mut sale = Sale {
        sale_id,
        number,
        title: registration.title.as_str().to_owned(),
        description: registration.description.as_ref().map(|text| text.as_str().to_owned()),
        status: Status::Open,
        sale_type_id: registration.sale_type.0,
        category: registration.category.as_ref().map(text),
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
        competitor: details.competitor.as_ref().map(key),
        completed: false,
        registered_at: at,
        credited: details.credited.as_ref().map(key),
        note: details.note.as_ref().map(|note| note.as_str().to_owned()),
        links: Links::default(),
        visible_for: String::new(),
        visible_group: None,
        registered_by: around.actor.clone(),
        updated_by: around.actor.clone(),
        update_count: 0,
        stakeholders: Stakeholders::default(),
        suggestions: Suggestions::default(),
        deleted: false,
        fields: Fields::default(),
        saved_at: around.recorded_at,
    };
    show(&mut sale, &details.visibility);
    set_figures(&mut sale, &registration.amount, &registration.margin)?;
    link(&mut sale, &registration.parties);
    Ok(sale)
}

/// SO-9: what was suggested of the process of the other type goes.
fn retype(sale: &mut Sale, to: SaleTypeId, category: Option<&TypeName>) {
    (sale.sale_type_id, sale.category) = (to.0, category.map(text));
    sale.suggestions.forget_stage();
}

fn enter(sale: &mut Sale, stage: Option<StageId>, chance: Probability, at: DateTime<Utc>) {
    sale.probability = i16::from(chance.percent());
    let stage = stage.map(|stage| stage.0);
    if sale.stage_id != stage {
        (sale.stage_id, sale.stage_entered_at) = (stage, at);
        sale.suggestions.forget_stage();
    }
}

fn reopen(sale: &mut Sale) {
    sale.status = Status::Open;
    (sale.reopen_date, sale.stall_reason) = (None, None);
    (sale.close_date, sale.reason) = (None, None);
    (sale.stage_when_closed, sale.completed) = (None, false);
}

/// Sold or lost: what both ends of a sale set; nothing for other facts.
fn close(sale: &mut Sale, fact: &SaleEvent) {
    if let SaleEvent::Won {
        close_date, reason, competitor, probability, stage_when_closed, ..
    }
    | SaleEvent::Lost { close_date, reason, competitor, probability, stage_when_closed } = fact
    {
        let won = matches!(fact, SaleEvent::Won { .. });
        sale.status = if won { Status::Won } else { Status::Lost };
        (sale.sale_date, sale.close_date) = (*close_date, Some(*close_date));
        (sale.reason, sale.competitor) = (Some(key(reason)), competitor.as_ref().map(key));
        sale.stage_when_closed = stage_when_closed.map(|stage| stage.0);
        sale.probability = i16::from(probability.percent());
        (sale.reopen_date, sale.stall_reason) = (None, None);
    }
}

fn show(sale: &mut Sale, visibility: &Visibility) {
    visibility.as_str().clone_into(&mut sale.visible_for);
    sale.visible_group = visibility.group().map(str::to_owned);
}

fn link(sale: &mut Sale, parties: &Parties) {
    (sale.company_id, sale.company_name) = party(parties.company.as_ref());
    (sale.contact_id, sale.contact_name) = party(parties.contact.as_ref());
    (sale.project_id, sale.project_name) = party(parties.project.as_ref());
}

fn party(party: Option<&Party>) -> (Option<Uuid>, Option<String>) {
    (party.map(|party| party.id), party.map(|party| party.name.as_str().to_owned()))
}

fn owned<T: Clone + Into<String>>(text: &Option<T>) -> Option<String> {
    text.clone().map(Into::into)
}

fn text(name: &TypeName) -> String {
    name.as_str().to_owned()
}

fn key(key: &ListKey) -> String {
    key.as_str().to_owned()
}

fn set_figures(sale: &mut Sale, amount: &Money, margin: &Margin) -> Result<(), &'static str> {
    sale.currency = amount.currency().as_str().to_owned();
    sale.amount_minor = amount.minor();
    set_margin(sale, margin, amount.currency())
}

fn set_margin_alone(sale: &mut Sale, margin: &Margin) -> Result<(), &'static str> {
    let currency = CurrencyCode::parse(&sale.currency).map_err(|_| "an unknown currency")?;
    set_margin(sale, margin, currency)
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
