//! Targets, row by row of the source.

mod adding;
mod chance;
mod changing;
mod copying;
mod reach;

use events::rights::Role;
use events::target::{Assignee, Cell, CellsCause, TargetPeriod, TargetPlace};
use events::target_type::{DEFAULT, Dimension, TargetTypeTerms, Unit};
use events::{
    Aggregate, CurrencyCode, Event, LocalName, StreamName, TargetEvent, TargetTypeEvent,
    TargetTypeId, TenantEvent, TenantSlug, TypeName, UserEvent, UserId,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::spec::{Given, given};
use crate::user::Caller;
use crate::{Order, Refusal};

/// A type of its own, by source.
const SOURCES: TargetTypeId = TargetTypeId(Uuid::from_u128(0x7a));

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

fn group(name: &str) -> TypeName {
    TypeName::parse(name).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn currency(code: &str) -> CurrencyCode {
    CurrencyCode::parse(code).unwrap()
}

fn of_user(name: &str, of: Option<&str>) -> Assignee {
    Assignee::User { user: user(name), group: of.map(group) }
}

fn of_group(name: &str) -> Assignee {
    Assignee::Group { group: group(name) }
}

/// A row of All sales – Amount in 2026.
fn place(assignee: Assignee) -> TargetPlace {
    TargetPlace { target_type: DEFAULT, item: None, year: 2026, assignee }
}

fn year_before(place: &TargetPlace) -> TargetPlace {
    TargetPlace { year: place.year - 1, ..place.clone() }
}

fn added(place: &TargetPlace) -> Event {
    added_in(place, TargetPeriod::Month, None)
}

fn added_in(place: &TargetPlace, period: TargetPeriod, code: Option<&str>) -> Event {
    let currency = code.map(currency);
    Event::Target(TargetEvent::Added { place: place.clone(), period, currency })
}

fn cells_of(figures: &[&str], cause: CellsCause) -> Event {
    let cells = figures.iter().map(|figure| Cell(decimal(figure))).collect();
    Event::Target(TargetEvent::CellsSet { cells, cause })
}

fn all(figure: &str, cause: CellsCause) -> Event {
    cells_of(&[figure; 12], cause)
}

const LOCKED: Event = Event::Target(TargetEvent::Locked {});
const UNLOCKED: Event = Event::Target(TargetEvent::Unlocked {});
const CLEARED: Event = Event::Target(TargetEvent::Cleared {});
const REMOVED: Event = Event::Target(TargetEvent::Removed {});

fn user_added(primary: &str) -> Event {
    let groups = vec![primary.to_owned()];
    let primary_group = Some(primary.to_owned());
    Event::User(UserEvent::Added { name: group("Somebody"), groups, primary_group })
}

/// The company's row, some groups' and users' of North and South known.
fn world(facts: impl IntoIterator<Item = Event>) -> Given {
    let known = |name, primary| (StreamName::of_user(&user(name)), user_added(primary));
    [known("ola", "North"), known("kari", "North"), known("per", "South")]
        .iter()
        .fold(given(Aggregate::Target, facts), |given, (stream, fact)| {
            given.and(stream.clone(), fact)
        })
}

fn tenant_stream() -> StreamName {
    StreamName::of_tenant(&TenantSlug::parse("demo").unwrap())
}

fn with_period(given: Given, period: TargetPeriod) -> Given {
    given.and(tenant_stream(), &Event::Tenant(TenantEvent::TargetPeriodSet { period }))
}

fn defined(unit: Unit, groups_only: bool) -> Event {
    let name = LocalName::english(group("Sources"));
    let terms = TargetTypeTerms { name, items: vec![], groups_only };
    Event::TargetType(TargetTypeEvent::Defined { dimension: Dimension::Source, unit, terms })
}

fn new(level: NewLevel) -> NewTarget {
    NewTarget {
        target_type: DEFAULT,
        item: None,
        year: 2026,
        level,
        currency: None,
        copy_last_year: None,
    }
}

fn add(new: NewTarget) -> Order {
    Order::Target(TargetCommand::AddTarget(Box::new(new)))
}

fn for_user(name: &str) -> NewLevel {
    let caller = Caller { name: group("Ola"), groups: vec!["North".to_owned()] };
    NewLevel::User { user: user(name), caller }
}

fn for_group(name: &str, members: &[&str]) -> NewLevel {
    NewLevel::Group { group: group(name), members: members.iter().map(|it| user(it)).collect() }
}

fn percent(text: &str) -> Percent {
    Percent::parse(decimal(text)).unwrap()
}

fn set(cells: &[Option<&str>]) -> Order {
    let cells = cells.iter().map(|cell| cell.map(decimal)).collect();
    Order::Target(TargetCommand::SetTargetCells { cells })
}

fn initial(amount: &str) -> Order {
    Order::Target(TargetCommand::SetInitialAmount { amount: decimal(amount) })
}

fn copy(place: &TargetPlace, from: Option<&TargetPlace>, more: &str) -> Order {
    let (id, from) = (place.id(), from.map(TargetPlace::id));
    Order::Target(TargetCommand::CopyTarget { id, from, percent: percent(more) })
}

fn order(command: TargetCommand) -> Order {
    Order::Target(command)
}

/// Every command on a row, but unlocking it.
fn every_change(place: &TargetPlace) -> Vec<Order> {
    vec![
        set(&[Some("1"); 12]),
        initial("12"),
        copy(place, Some(place), "10"),
        order(TargetCommand::SetTargetCurrency { currency: Some(currency("NOK")) }),
        order(TargetCommand::ClearTarget),
    ]
}
