//! One run of the log: load the current rows it touches, fold in memory, write every version it makes.

use std::collections::{HashMap, HashSet};

use events::{
    Event, NameEvent, Recorded, SaleEvent, SaleTypeEvent, StageEvent, TenantEvent, UserEvent,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::catalogue::{self, DatedRate, Settings, Stage};
use super::evolve::evolve;
use super::lists::{self, ListItem};
use super::row::Sale;
use super::sale_type::{SaleType, sale_type};
use super::surroundings::Surroundings;
use super::user::{User, user};
use super::{current, save, save_catalogue};
use crate::ApplyError;
use crate::version::{Chain, Place, Placed};

/// Everything a run adds, table by table.
#[derive(Default)]
pub(super) struct Made {
    pub sales: Chain<Sale>,
    pub stages: Chain<Stage>,
    pub sale_types: Chain<SaleType>,
    pub users: Chain<User>,
    pub tenants: Chain<Settings>,
    pub rates: Vec<Placed<DatedRate>>,
    pub list_items: Vec<Placed<ListItem>>,
}

/// What was current before the run.
#[derive(Default)]
pub(super) struct Before {
    sales: HashMap<Uuid, Sale>,
    stages: HashMap<Uuid, Stage>,
    sale_types: HashMap<Uuid, SaleType>,
    users: HashMap<Uuid, User>,
    tenants: HashMap<Uuid, Settings>,
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
        Event::Sale(fact) => {
            let held = before.sales.remove(&place.stream_id);
            let held = held.or_else(|| made.sales.latest(&place.stream_id).cloned());
            let around = Surroundings::of(event)?;
            made.sales.push(place, evolve(held, fact, &around).map_err(unfoldable)?);
        }
        Event::Stage(fact) => {
            let held = made.stages.latest(&place.stream_id);
            let held = held.or_else(|| before.stages.get(&place.stream_id));
            let row = catalogue::stage(public_id(event)?, held, fact).map_err(unfoldable)?;
            made.stages.push(place, row);
        }
        Event::SaleType(fact) => {
            let held = made.sale_types.latest(&place.stream_id);
            let held = held.or_else(|| before.sale_types.get(&place.stream_id));
            let row = sale_type(public_id(event)?, held, fact).map_err(unfoldable)?;
            made.sale_types.push(place, row);
        }
        Event::User(fact) => {
            let held = made.users.latest(&place.stream_id);
            let held = held.or_else(|| before.users.get(&place.stream_id));
            let row = user(event.stream()?.id, held, fact).map_err(unfoldable)?;
            made.users.push(place, row);
        }
        Event::Currency(fact) => {
            let row = catalogue::rate(fact).map_err(unfoldable)?;
            made.rates.push(Placed { place, next: None, row });
        }
        Event::Tenant(fact) => {
            let held = made.tenants.latest(&place.stream_id);
            let held = held.or_else(|| before.tenants.get(&place.stream_id));
            let row = catalogue::settings(held, event.tenant.as_str(), fact).map_err(unfoldable)?;
            made.tenants.push(place, row);
        }
        Event::List(fact) => {
            made.list_items.push(Placed { place, next: None, row: ListItem::after(fact) });
        }
        Event::Activity(_)
        | Event::Selection(_)
        | Event::TargetType(_)
        | Event::Target(_) => {}
        Event::Name(NameEvent::Reserved { .. } | NameEvent::Released { .. }) => {}
    }
    Ok(())
}

/// The UUID people know the stream by.
fn public_id(event: &Recorded) -> Result<Uuid, ApplyError> {
    let what = "a stream whose public id is no UUID";
    Uuid::parse_str(&event.stream()?.id)
        .map_err(|_| ApplyError::Unfoldable { position: event.position, what })
}
