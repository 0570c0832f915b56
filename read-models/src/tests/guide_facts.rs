//! The guide of the worked scenarios (domain §5) in facts: g1 to g4 and d1 to d3 on the type NEW.

use events::activity::{DocumentTerms, Kind};
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::sale_type::SaleTypeTerms;
use events::{
    ActivityEvent, ActivityId, Event, GuideItem, GuideItemId, LocalName, SaleEvent, SaleId,
    SaleTypeEvent, StageId, TypeName, UserId,
};
use uuid::Uuid;

use super::World;
use super::agenda::{activity_id, planned, terms};
use super::facts::{FM, NEW, QT, SC, beginning, day};

pub(super) const G1: GuideItemId = GuideItemId(Uuid::from_u128(0x6001));
pub(super) const G2: GuideItemId = GuideItemId(Uuid::from_u128(0x6002));
pub(super) const G3: GuideItemId = GuideItemId(Uuid::from_u128(0x6003));
pub(super) const G4: GuideItemId = GuideItemId(Uuid::from_u128(0x6004));
pub(super) const D1: GuideItemId = GuideItemId(Uuid::from_u128(0xD001));
pub(super) const D2: GuideItemId = GuideItemId(Uuid::from_u128(0xD002));
pub(super) const D3: GuideItemId = GuideItemId(Uuid::from_u128(0xD003));

pub(super) fn name(text: &str) -> LocalName {
    LocalName::english(TypeName::parse(text).unwrap())
}

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

/// The type NEW with a guide or without one.
pub(super) fn guided(guide: bool) -> Event {
    Event::SaleType(SaleTypeEvent::Edited(SaleTypeTerms {
        name: name("Sale to new customer"),
        category: None,
        duration: None,
        stages: vec![FM, QT, SC],
        guide,
        auto_advance: true,
        stakeholders: true,
    }))
}

pub(super) fn follow_up(text: &str, kind: Kind, days: u16, minutes: Option<u16>) -> GuideItemTerms {
    GuideItemTerms {
        name: name(text),
        purpose: None,
        required: true,
        suggestion: Suggestion::FollowUp(SuggestedFollowUp {
            kind,
            follow_up_type: None,
            auto_suggest: text == "Contract meeting",
            offset_days: days,
            duration_minutes: minutes,
            text: None,
        }),
    }
}

pub(super) fn document(text: &str) -> GuideItemTerms {
    let template = Some(TypeName::parse("Letter").unwrap());
    let suggestion =
        Suggestion::Document(SuggestedDocument { template, subject: None, our_reference: None });
    GuideItemTerms { name: name(text), purpose: None, required: true, suggestion }
}

pub(super) fn item_added(
    id: GuideItemId,
    stage: StageId,
    rank: i32,
    terms: GuideItemTerms,
) -> Event {
    Event::SaleType(SaleTypeEvent::GuideItemAdded(GuideItem { id, stage, rank, terms }))
}

/// What `sale.guide-item-used` says; stored beside the activity.
pub(super) fn used(item: GuideItemId, n: u128) -> Event {
    let activity = ActivityId(activity_id(n));
    Event::Sale(SaleEvent::GuideItemUsed { item, activity })
}

/// Ola's, created from an item.
pub(super) fn planned_from(
    item: GuideItemId,
    title: &str,
    sale: Option<SaleId>,
    slot: events::activity::Slot,
) -> Event {
    match planned(title, sale, slot) {
        Event::Activity(ActivityEvent::Planned {
            kind,
            slot,
            owner,
            owner_group,
            assigned_by,
            series,
            guide_item: _,
            terms,
        }) => Event::Activity(ActivityEvent::Planned {
            kind,
            slot,
            owner,
            owner_group,
            assigned_by,
            series,
            guide_item: Some(item),
            terms,
        }),
        other => other,
    }
}

/// Ola's letter, created on a day.
pub(super) fn written(item: Option<GuideItemId>, sale: Option<SaleId>, on: &str) -> Event {
    Event::Activity(ActivityEvent::DocumentCreated {
        owner: user("ola"),
        owner_group: Some("North".to_owned()),
        created_on: day(on),
        guide_item: item,
        document: DocumentTerms {
            template: Some(TypeName::parse("Letter").unwrap()),
            our_reference: None,
        },
        terms: terms("Our meeting", sale),
    })
}

pub(super) fn suggested(item: GuideItemId) -> Event {
    Event::Sale(SaleEvent::FollowUpSuggested { item, user: user("ola") })
}

pub(super) fn answered(item: GuideItemId, accepted: bool) -> Event {
    Event::Sale(SaleEvent::FollowUpSuggestionAnswered { item, accepted })
}

pub(super) fn stage_suggested(from: StageId, to: StageId) -> Event {
    Event::Sale(SaleEvent::StageSuggested { from, to, user: user("ola") })
}

pub(super) fn stage_answered(stage: StageId, accepted: bool) -> Event {
    Event::Sale(SaleEvent::StageSuggestionAnswered { stage, accepted })
}

impl World {
    /// A world whose type NEW has the guide of the scenarios, in effect from the beginning.
    pub async fn guided() -> Self {
        let mut world = Self::provisioned().await;
        let facts = [
            guided(true),
            item_added(G1, FM, 10, follow_up("Customer meeting", Kind::Meeting, 7, Some(60))),
            item_added(D1, FM, 20, document("Meeting confirmation")),
            item_added(G2, QT, 10, follow_up("Quotation preparation", Kind::ToDo, 3, None)),
            item_added(D2, QT, 20, document("Quotation")),
            item_added(G3, SC, 10, follow_up("Set up contract meeting", Kind::Call, 2, Some(15))),
            item_added(G4, SC, 20, follow_up("Contract meeting", Kind::Meeting, 5, Some(90))),
            item_added(D3, SC, 30, document("Signed contract")),
        ];
        world.record_at(Some(beginning()), &NEW.stream(), &facts).await;
        world
    }
}
