//! One run of the log: load the current rows it touches, fold in memory, write every version it makes.

use std::collections::{HashMap, HashSet};

use events::{
    Event, NameEvent, Recorded, SaleEvent, SaleTypeEvent, SelectionEvent, StageEvent, TargetEvent,
    TargetTypeEvent, TenantEvent, UserEvent,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::catalogue::{self, DatedRate, Settings, Stage};
use super::evolve::evolve;
use super::lists::{self, ListItem};
use super::party::{self, CompanyVersion, ContactVersion};
use super::row::Sale;
use super::sale_type::{SaleType, sale_type};
use super::selection::{Selection, selection};
use super::surroundings::Surroundings;
use super::target::{Target, target};
use super::target_type::{TargetType, target_type};
use super::texts::{self, Texts};
use super::user::{User, user};
use super::{current, save, save_catalogue, save_party, save_selection, save_target};
use crate::ApplyError;
use crate::version::{Chain, Place, Placed};

/// Everything a run adds, table by table.
#[derive(Default)]
pub(super) struct Made {
    pub sales: Chain<Sale>,
    pub texts: Vec<Placed<Texts>>,
    pub stages: Chain<Stage>,
    pub sale_types: Chain<SaleType>,
    pub users: Chain<User>,
    pub tenants: Chain<Settings>,
    pub rates: Vec<Placed<DatedRate>>,
    pub list_items: Vec<Placed<ListItem>>,
    pub selections: Chain<Selection>,
    pub target_types: Chain<TargetType>,
    pub targets: Chain<Target>,
    pub companies: Chain<CompanyVersion>,
    pub contacts: Chain<ContactVersion>,
}

/// What was current before the run.
#[derive(Default)]
pub(super) struct Before {
    sales: HashMap<Uuid, Sale>,
    stages: HashMap<Uuid, Stage>,
    sale_types: HashMap<Uuid, SaleType>,
    users: HashMap<Uuid, User>,
    tenants: HashMap<Uuid, Settings>,
    selections: HashMap<Uuid, Selection>,
    target_types: HashMap<Uuid, TargetType>,
    targets: HashMap<Uuid, Target>,
}

pub(super) async fn apply(tx: &mut PgConnection, events: &[Recorded]) -> Result<(), ApplyError> {
    let facts = events
        .iter()
        .map(|event| Ok((event, event.decode()?)))
        .collect::<Result<Vec<_>, ApplyError>>()?;
    let mut before = Before {
        sales: save::load_current(tx, &touched(&facts, is_later_sale_fact)).await?,
        stages: current::stages(tx, &touched(&facts, is_later_stage_fact)).await?,
        sale_types: current::sale_types(tx, &touched(&facts, is_later_type_fact)).await?,
        users: current::users(tx, &touched(&facts, is_later_user_fact)).await?,
        tenants: current::settings(tx, &touched(&facts, is_later_setting)).await?,
        selections: save_selection::current(tx, &touched(&facts, is_later_selection_fact)).await?,
        target_types: save_target::current_types(tx, &touched(&facts, is_later_target_type))
            .await?,
        targets: save_target::current_targets(tx, &touched(&facts, is_later_target)).await?,
    };
    let mut made = Made::default();
    for (event, fact) in &facts {
        fold(&mut made, &mut before, event, fact)?;
    }
    save_catalogue::tenants(tx, &made.tenants).await?;
    save_catalogue::rates(tx, &made.rates).await?;
    save_catalogue::stages(tx, &made.stages).await?;
    save_catalogue::sale_types(tx, &made.sale_types).await?;
    save_catalogue::users(tx, &made.users).await?;
    lists::save(tx, &made.list_items).await?;
    save_selection::save(tx, &made.selections).await?;
    save_target::target_types(tx, &made.target_types).await?;
    save_target::targets(tx, &made.targets).await?;
    save_party::companies(tx, &made.companies).await?;
    save_party::contacts(tx, &made.contacts).await?;
    texts::save(tx, &made.texts).await?;
    save::save(tx, &made.sales).await?;
    Ok(())
}

/// The streams of the facts that need what was before them.
fn touched(facts: &[(&Recorded, Event)], needs: fn(&Event) -> bool) -> Vec<Uuid> {
    let streams = facts.iter().filter(|(_, fact)| needs(fact)).map(|(event, _)| event.stream_id);
    let unique: HashSet<Uuid> = streams.collect();
    unique.into_iter().collect()
}

fn is_later_sale_fact(fact: &Event) -> bool {
    matches!(fact, Event::Sale(fact) if !matches!(fact, SaleEvent::Registered(_)))
}

fn is_later_stage_fact(fact: &Event) -> bool {
    matches!(fact, Event::Stage(fact) if !matches!(fact, StageEvent::Added(_)))
}

fn is_later_type_fact(fact: &Event) -> bool {
    matches!(fact, Event::SaleType(fact) if !matches!(fact, SaleTypeEvent::Defined(_)))
}

fn is_later_user_fact(fact: &Event) -> bool {
    matches!(fact, Event::User(fact) if !matches!(fact, UserEvent::Added { .. }))
}

fn is_later_setting(fact: &Event) -> bool {
    matches!(fact, Event::Tenant(fact) if !matches!(fact, TenantEvent::Provisioned { .. }))
}

fn is_later_selection_fact(fact: &Event) -> bool {
    matches!(fact, Event::Selection(fact) if !matches!(fact, SelectionEvent::Created { .. }))
}

fn is_later_target_type(fact: &Event) -> bool {
    matches!(fact, Event::TargetType(fact) if !matches!(fact, TargetTypeEvent::Defined { .. }))
}

/// A target that was removed may be added anew: what was before is not asked for.
fn is_later_target(fact: &Event) -> bool {
    matches!(fact, Event::Target(fact) if !matches!(fact, TargetEvent::Added { .. }))
}

/// The row of a stream as it is before a fact.
fn newest<'a, T>(made: &'a Chain<T>, before: &'a HashMap<Uuid, T>, place: &Place) -> Option<&'a T> {
    made.latest(&place.stream_id).or_else(|| before.get(&place.stream_id))
}

/// Adds what one event makes; nothing when it cannot be folded.
pub(super) fn fold(
    made: &mut Made,
    before: &mut Before,
    event: &Recorded,
    fact: &Event,
) -> Result<(), ApplyError> {
    let place = Place::of(event);
    let unfoldable = |what| ApplyError::Unfoldable { position: event.position, what };
    match fact {
        Event::Sale(fact) => add_sale(made, before, event, fact)?,
        Event::Stage(fact) => {
            let held = newest(&made.stages, &before.stages, &place);
            let row = catalogue::stage(public_id(event)?, held, fact).map_err(unfoldable)?;
            made.stages.push(place, row);
        }
        Event::SaleType(fact) => {
            let held = newest(&made.sale_types, &before.sale_types, &place);
            let row = sale_type(public_id(event)?, held, fact).map_err(unfoldable)?;
            made.sale_types.push(place, row);
        }
        Event::User(fact) => {
            let held = newest(&made.users, &before.users, &place);
            let row = user(event.stream()?.id, held, fact).map_err(unfoldable)?;
            made.users.push(place, row);
        }
        Event::Currency(fact) => {
            let row = catalogue::rate(fact).map_err(unfoldable)?;
            made.rates.push(Placed { place, next: None, row });
        }
        Event::Tenant(fact) => {
            let held = newest(&made.tenants, &before.tenants, &place);
            let row = catalogue::settings(held, event.tenant.as_str(), fact).map_err(unfoldable)?;
            made.tenants.push(place, row);
        }
        Event::List(fact) => {
            made.list_items.push(Placed { place, next: None, row: ListItem::after(fact) });
        }
        Event::Selection(fact) => {
            let held = newest(&made.selections, &before.selections, &place);
            let row = selection(public_id(event)?, held, fact).map_err(unfoldable)?;
            made.selections.push(place, row);
        }
        Event::TargetType(fact) => {
            let held = newest(&made.target_types, &before.target_types, &place);
            let row = target_type(public_id(event)?, held, fact).map_err(unfoldable)?;
            made.target_types.push(place, row);
        }
        Event::Target(fact) => {
            let held = newest(&made.targets, &before.targets, &place).cloned();
            made.targets.push(place, target(held, fact).map_err(unfoldable)?);
        }
        Event::Company(fact) => {
            let row = party::company(public_id(event)?, place.version, fact).map_err(unfoldable)?;
            made.companies.push(place, row);
        }
        Event::Contact(fact) => {
            let row = party::contact(public_id(event)?, place.version, fact).map_err(unfoldable)?;
            made.contacts.push(place, row);
        }
        Event::Activity(_)
        | Event::Name(NameEvent::Reserved { .. } | NameEvent::Released { .. }) => {}
    }
    Ok(())
}

/// Adds the version of a sale that a fact makes, and the words it is found by from then on.
fn add_sale(
    made: &mut Made,
    before: &mut Before,
    event: &Recorded,
    fact: &SaleEvent,
) -> Result<(), ApplyError> {
    let place = Place::of(event);
    let held = before.sales.remove(&place.stream_id);
    let held = held.or_else(|| made.sales.latest(&place.stream_id).cloned());
    let sale = evolve(held, fact, &Surroundings::of(event)?)
        .map_err(|what| ApplyError::Unfoldable { position: event.position, what })?;
    let texts = Texts::after(fact, &sale);
    made.texts.extend(texts.map(|row| Placed { place, next: None, row }));
    made.sales.push(place, sale);
    Ok(())
}

/// The UUID people know the stream by.
fn public_id(event: &Recorded) -> Result<Uuid, ApplyError> {
    let what = "a stream whose public id is no UUID";
    Uuid::parse_str(&event.stream()?.id)
        .map_err(|_| ApplyError::Unfoldable { position: event.position, what })
}
