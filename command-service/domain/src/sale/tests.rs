//! Decisions on sales, row by row of the source: the fixture and its words here, the rows by what they are about.

mod closing;
mod details;
mod editing;
mod figures;
mod guide;
mod registering;
mod stages;
mod stakeholders;
mod turning;

use chrono::NaiveDate;
use events::sale::{Direction, Margin, MarginDriver, ReopenCause, ReopenedFrom};
use events::sale_type::{Duration, DurationUnit, SaleTypeTerms};
use events::stage::StageTerms;
use events::{
    Aggregate, CurrencyCode, Event, ListKey, LocalName, Money, Probability, SaleEvent,
    SaleTypeEvent, SaleTypeId, StageEvent, StageId, StreamName, TypeName, UserEvent, UserId,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{MarginFigure, NewSale, SaleChanges, SaleCommand};
use crate::spec::{Given, given};
use crate::user::Caller;
use crate::{Order, Refusal};

const FM: StageId = StageId(Uuid::from_u128(1));
const QT: StageId = StageId(Uuid::from_u128(2));
const SC: StageId = StageId(Uuid::from_u128(3));
const FOREIGN: StageId = StageId(Uuid::from_u128(9));
const NEW: SaleTypeId = SaleTypeId(Uuid::from_u128(10));
const SIMPLE: SaleTypeId = SaleTypeId(Uuid::from_u128(11));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn key(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

fn nok(amount: i64) -> Money {
    Money::rounded(Decimal::from(amount), CurrencyCode::parse("NOK").unwrap())
}

fn margin(cost: i64, profit: i64, percent: Option<i64>) -> Margin {
    let money = |amount: i64| Decimal::new(amount * 100, 2);
    Margin {
        total_cost: money(cost),
        profit: money(profit),
        profit_percent: percent.map(|p| Decimal::new(p, 2)),
    }
}

fn percent(value: i64) -> Probability {
    Probability::parse(value).unwrap()
}

fn stage(probability: i64) -> Event {
    Event::Stage(StageEvent::Added(StageTerms {
        name: LocalName::english(TypeName::parse("A stage").unwrap()),
        probability: percent(probability),
        description: None,
        rank: 0,
    }))
}

fn sale_type(stages: &[StageId], guide: bool, duration: Option<Duration>) -> Event {
    Event::SaleType(SaleTypeEvent::Defined(SaleTypeTerms {
        name: LocalName::english(TypeName::parse("A type").unwrap()),
        category: Some(TypeName::parse("New business").unwrap()),
        duration,
        stages: stages.to_vec(),
        guide,
        auto_advance: false,
        stakeholders: false,
    }))
}

/// The fixture of domain §5 around a history of one sale.
fn world(facts: impl IntoIterator<Item = SaleEvent>) -> Given {
    let ola = UserEvent::Added {
        name: TypeName::parse("Ola").unwrap(),
        groups: vec!["north".into()],
        primary_group: Some("north".into()),
    };
    let months = Some(Duration { n: 3, unit: DurationUnit::Months });
    given(Aggregate::Sale, facts.into_iter().map(Event::Sale))
        .and(FM.stream(), &stage(20))
        .and(QT.stream(), &stage(50))
        .and(SC.stream(), &stage(80))
        .and(FOREIGN.stream(), &stage(33))
        .and(NEW.stream(), &sale_type(&[FM, QT, SC], true, months))
        .and(SIMPLE.stream(), &sale_type(&[], false, None))
        .and(StreamName::of_user(&UserId::parse("ola").unwrap()), &Event::User(ola))
}

fn caller() -> Caller {
    Caller { name: TypeName::parse("Ola").unwrap(), groups: vec![] }
}

fn new_sale(sale_type: SaleTypeId) -> NewSale {
    NewSale {
        title: "Fjord ERP".into(),
        sale_type,
        amount: Some(nok(500_000)),
        owner: None,
        caller: caller(),
        stage: None,
        probability: None,
        sale_date: None,
        source: None,
        description: None,
        external_reference: None,
        details: events::sale::Details::default(),
        parties: events::sale::Parties::default(),
        links: Vec::new(),
    }
}

fn register(sale: NewSale) -> Order {
    Order::Sale(SaleCommand::RegisterSale(Box::new(sale)))
}

fn registered() -> SaleEvent {
    let facts = world([]).when(register(new_sale(NEW))).facts();
    match facts.into_iter().next() {
        Some(Event::Sale(fact)) => fact,
        other => panic!("expected a registration, got {other:?}"),
    }
}

fn order(command: SaleCommand) -> Order {
    Order::Sale(command)
}

fn won() -> SaleEvent {
    SaleEvent::Won {
        close_date: day("2026-03-09"),
        reason: key("best-product"),
        amount: nok(480_000),
        margin: margin(0, 480_000, Some(10_000)),
        probability: Probability::WON,
        stage_when_closed: Some(FM),
        competitor: None,
    }
}

fn stalled() -> SaleEvent {
    SaleEvent::Stalled { reopen_date: day("2026-09-01"), reason: key("budget-next-year") }
}
