//! Facts of activities for the tests: meetings, calls and to-dos in the diaries of the fixture's people.

use chrono::{DateTime, Utc};
use events::activity::{ActivityTerms, Kind, Slot};
use events::sale::Parties;
use events::{
    ActivityEvent, ActivityId, Event, ListEvent, ListItem, ListKey, ListName, LocalName, SaleId,
    StreamName, Title, TypeName, UserId,
};
use uuid::Uuid;

use super::facts::day;
use super::{World, instant};

pub(super) fn activity(n: u128) -> StreamName {
    ActivityId(activity_id(n)).stream()
}

pub(super) fn activity_id(n: u128) -> Uuid {
    Uuid::from_u128(0xAC00 + n)
}

/// Whole days.
pub(super) fn days(from: &str, to: &str) -> Slot {
    Slot::Days { from_day: day(from), to_day: day(to) }
}

/// From one instant to another.
pub(super) fn times(from: &str, to: &str) -> Slot {
    Slot::Times { starts_at: instant(from), ends_at: instant(to) }
}

pub(super) fn terms(title: &str, sale: Option<SaleId>) -> ActivityTerms {
    ActivityTerms {
        title: Title::parse(title).unwrap(),
        description: None,
        sale,
        parties: Parties::default(),
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
    }
}

/// Ola's; a meeting when it has times, a to-do when it has days.
pub(super) fn planned(title: &str, sale: Option<SaleId>, slot: Slot) -> Event {
    let kind = match slot {
        Slot::Days { .. } => Kind::ToDo,
        Slot::Times { .. } => Kind::Meeting,
    };
    let owner = UserId::parse("ola").unwrap();
    let owner_group = Some("North".to_owned());
    Event::Activity(ActivityEvent::Planned {
        kind,
        slot,
        owner,
        owner_group,
        assigned_by: None,
        series: None,
        guide_item: None,
        terms: terms(title, sale),
    })
}

pub(super) fn rescheduled(slot: Slot) -> Event {
    Event::Activity(ActivityEvent::Rescheduled { slot })
}

pub(super) fn assigned(owner: &str) -> Event {
    let owner = UserId::parse(owner).unwrap();
    let owner_group = Some("South".to_owned());
    Event::Activity(ActivityEvent::Assigned { owner, owner_group, assigned_by: None })
}

pub(super) fn completed(on: &str) -> Event {
    Event::Activity(ActivityEvent::Completed { completed_on: day(on) })
}

pub(super) fn reopened() -> Event {
    Event::Activity(ActivityEvent::Reopened {})
}

pub(super) fn deleted() -> Event {
    Event::Activity(ActivityEvent::Deleted {})
}

impl World {
    /// A type of the tenant's own, and a meeting of it in the agenda (SD-1).
    pub async fn plan_a_visit(&mut self) {
        let key = ListKey::parse("harbour-visit").unwrap();
        let item = ListItem {
            list: ListName::FollowUpType,
            key: key.clone(),
            labels: LocalName::english(TypeName::parse("Harbour visit").unwrap()),
            rank: 5,
            kind: Some(Kind::Meeting),
            minutes: Some(120),
        };
        let added = Event::List(ListEvent::ItemAdded(item));
        self.record(&ListName::FollowUpType.stream(), &[added]).await;
        let slot = times("2026-03-17T09:00:00Z", "2026-03-17T11:00:00Z");
        let typed = ActivityTerms { follow_up_type: Some(key), ..terms("A visit", None) };
        let edited = Event::Activity(ActivityEvent::Edited(typed));
        self.record(&activity(7_777), &[planned("A visit", None, slot), edited]).await;
    }

    /// Plans Ola's to-do of a sale, effective at an instant.
    pub async fn plan_to_do(&mut self, at: DateTime<Utc>, n: u128, sale: Option<SaleId>, on: &str) {
        let fact = planned(&format!("To-do {n}"), sale, days(on, on));
        self.record_at(Some(at), &activity(n), &[fact]).await;
    }
}
