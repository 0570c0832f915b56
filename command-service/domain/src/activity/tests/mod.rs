//! Decisions on activities, row by row of the source.

mod answering;
mod changing;
mod documents;
mod from_guide;
mod planning;
mod progress;
mod types;

use chrono::{DateTime, NaiveDate, Utc};
use events::activity::{ActivityTerms, Kind, Slot};
use events::sale::{Margin, Parties, Registration};
use events::{
    ActivityEvent, Aggregate, CurrencyCode, Event, ListKey, Money, Probability, SaleEvent, SaleId,
    SaleTypeId, StreamName, Title, TypeName, UserEvent, UserId,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{ActivityCommand, Moment, NewActivity, When};
use crate::Order;
use crate::spec::{Given, given};
use crate::user::Caller;

/// A sale that was registered, and one that never was.
const FJORD: SaleId = SaleId(Uuid::from_u128(1));
const NOWHERE: SaleId = SaleId(Uuid::from_u128(404));

/// `2026-03-10` is a day, `2026-03-17T09:00:00Z` an instant.
fn moment(text: &str) -> Option<Moment> {
    Some(if text.len() == 10 { Moment::Day(day(text)) } else { Moment::At(at(text)) })
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn days(from: &str, to: &str) -> Slot {
    Slot::Days { from_day: day(from), to_day: day(to) }
}

fn times(from: &str, to: &str) -> Slot {
    Slot::Times { starts_at: at(from), ends_at: at(to) }
}

fn from(start: &str) -> When {
    When { start: moment(start), ..When::default() }
}

fn until(end: &str) -> When {
    When { end: moment(end), ..When::default() }
}

fn between(start: &str, end: &str) -> When {
    When { start: moment(start), end: moment(end), all_day: None }
}

fn all_day(when: When) -> When {
    When { all_day: Some(true), ..when }
}

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

fn added(group: &str) -> Event {
    Event::User(UserEvent::Added {
        name: TypeName::parse("Somebody").unwrap(),
        groups: vec![group.into()],
        primary_group: Some(group.into()),
    })
}

fn caller() -> Caller {
    Caller { name: TypeName::parse("Ola").unwrap(), groups: vec!["north".into()] }
}

/// Ola of the north and Per of the south, the sale Fjord, around a history of one activity.
fn world(facts: impl IntoIterator<Item = ActivityEvent>) -> Given {
    given(Aggregate::Activity, facts.into_iter().map(Event::Activity))
        .and(StreamName::of_user(&user("ola")), &added("north"))
        .and(StreamName::of_user(&user("per")), &added("south"))
        .and(FJORD.stream(), &Event::Sale(registered()))
}

/// No cost, no profit.
const NO_MARGIN: Margin =
    Margin { total_cost: Decimal::ZERO, profit: Decimal::ZERO, profit_percent: None };

fn registered() -> SaleEvent {
    SaleEvent::Registered(Box::new(Registration {
        title: Title::parse("Fjord ERP").unwrap(),
        sale_type: SaleTypeId(Uuid::from_u128(10)),
        category: None,
        stage: None,
        probability: Probability::NONE,
        amount: Money::zero(CurrencyCode::EUR),
        margin: NO_MARGIN,
        owner: user("per"),
        owner_group: None,
        parties: Parties::default(),
        sale_date: day("2026-06-10"),
        source: None,
        description: None,
        external_reference: None,
        details: events::sale::Details::default(),
    }))
}

fn won() -> SaleEvent {
    SaleEvent::Won {
        close_date: day("2026-03-09"),
        reason: ListKey::parse("best-product").unwrap(),
        amount: Money::zero(CurrencyCode::EUR),
        margin: NO_MARGIN,
        probability: Probability::WON,
        stage_when_closed: None,
        competitor: None,
    }
}

fn new(kind: Kind, when: When) -> NewActivity {
    NewActivity {
        kind,
        title: "Demo".into(),
        when,
        owner: None,
        caller: caller(),
        description: None,
        sale: None,
        parties: Parties::default(),
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
        recurrence: None,
    }
}

fn plan(new: NewActivity) -> Order {
    Order::Activity(ActivityCommand::PlanActivity(Box::new(new)))
}

fn terms() -> ActivityTerms {
    ActivityTerms {
        title: Title::parse("Demo").unwrap(),
        description: None,
        sale: None,
        parties: Parties::default(),
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
    }
}

/// Ola's, as it lies in the log.
fn planned(kind: Kind, slot: Slot, terms: ActivityTerms) -> ActivityEvent {
    let owner_group = Some("north".into());
    ActivityEvent::Planned {
        kind,
        slot,
        owner: user("ola"),
        owner_group,
        assigned_by: None,
        series: None,
        guide_item: None,
        terms,
    }
}

/// An hour on the 17th, with an alarm a quarter before.
fn meeting() -> ActivityEvent {
    let slot = times("2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z");
    planned(Kind::Meeting, slot, ActivityTerms { alarm_minutes: Some(15), ..terms() })
}

fn completed() -> ActivityEvent {
    ActivityEvent::Completed { completed_on: day("2026-03-09") }
}
