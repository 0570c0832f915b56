//! The type NEW of domain §5 with its guide, for tests of what is suggested and created from it.

use events::activity::{ActivityTerms, DocumentTerms, Kind, Slot};
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::sale::{Details, Margin, Parties, Registration};
use events::sale_type::SaleTypeTerms;
use events::{
    ActivityEvent, ActivityId, CurrencyCode, Event, GuideItem, GuideItemId, LocalName, Money, Note,
    Party, Probability, SaleEvent, SaleId, SaleTypeEvent, SaleTypeId, StageId, Title, TypeName,
    UserId,
};
use rust_decimal::Decimal;
use uuid::Uuid;

/// First meeting, quotation, signing of contract.
pub const FM: StageId = StageId(Uuid::from_u128(1));
/// See [`FM`].
pub const QT: StageId = StageId(Uuid::from_u128(2));
/// See [`FM`].
pub const SC: StageId = StageId(Uuid::from_u128(3));
/// Sale to new customer.
pub const NEW: SaleTypeId = SaleTypeId(Uuid::from_u128(10));

/// `g1` … `g4` are follow-ups, `d1` … `d3` documents.
pub fn item(name: &str) -> GuideItemId {
    let number: u128 = name[1..].parse().expect("a number");
    GuideItemId(Uuid::from_u128(if name.starts_with('g') { 0x100 } else { 0x200 } + number))
}

/// A name in English only.
pub fn named(name: &str) -> LocalName {
    LocalName::english(TypeName::parse(name).expect("a name"))
}

/// What a follow-up of the guide says.
pub fn follow_up(name: &str, suggested: SuggestedFollowUp) -> GuideItemTerms {
    let (name, suggestion) = (named(name), Suggestion::FollowUp(suggested));
    GuideItemTerms { name, purpose: None, required: true, suggestion }
}

/// So many days after the one before it, for so many minutes.
pub fn after(kind: Kind, offset_days: u16, minutes: Option<u16>) -> SuggestedFollowUp {
    SuggestedFollowUp {
        kind,
        follow_up_type: None,
        auto_suggest: false,
        offset_days,
        duration_minutes: minutes,
        text: None,
    }
}

/// What a document of the guide says.
pub fn document(name: &str, suggested: SuggestedDocument) -> GuideItemTerms {
    let (name, suggestion) = (named(name), Suggestion::Document(suggested));
    GuideItemTerms { name, purpose: None, required: true, suggestion }
}

/// NEW as it is defined: a guide of three stages, the next one suggested by itself.
pub fn terms() -> SaleTypeTerms {
    SaleTypeTerms {
        name: named("Sale to new customer"),
        category: None,
        duration: None,
        stages: vec![FM, QT, SC],
        guide: true,
        auto_advance: true,
        stakeholders: true,
    }
}

/// NEW with its seven items.
pub fn new_type() -> Vec<Event> {
    type_of(terms())
}

/// Another type with the items of NEW.
pub fn type_of(terms: SaleTypeTerms) -> Vec<Event> {
    let text = Some(Note::parse("Bring the brochure").expect("a text"));
    let g1 = SuggestedFollowUp { text, ..after(Kind::Meeting, 7, Some(60)) };
    let g4 = SuggestedFollowUp { auto_suggest: true, ..after(Kind::Meeting, 5, Some(90)) };
    let paper = SuggestedDocument { template: None, subject: None, our_reference: None };
    let d2 = SuggestedDocument {
        template: Some(TypeName::parse("Quotation letter").expect("a name")),
        subject: Some(Title::parse("Our offer").expect("a title")),
        our_reference: None,
    };
    let items = [
        ("g1", FM, follow_up("Customer meeting", g1)),
        ("d1", FM, document("Meeting confirmation", paper.clone())),
        ("g2", QT, follow_up("Quotation preparation", after(Kind::ToDo, 3, None))),
        ("d2", QT, document("Quotation", d2)),
        ("g3", SC, follow_up("Set up contract meeting", after(Kind::Call, 2, Some(15)))),
        ("g4", SC, follow_up("Contract meeting", g4)),
        ("d3", SC, document("Signed contract", paper)),
    ];
    let ranked = items.into_iter().zip(1..).map(|((name, stage, terms), rank)| {
        let (id, rank) = (item(name), rank * 10);
        SaleTypeEvent::GuideItemAdded(GuideItem { id, stage, rank, terms })
    });
    std::iter::once(SaleTypeEvent::Defined(terms)).chain(ranked).map(Event::SaleType).collect()
}

/// A sale of type NEW in a stage, per's, of the company Fjord.
pub fn registered(stage: Option<StageId>) -> Event {
    Event::Sale(SaleEvent::Registered(Box::new(Registration {
        title: Title::parse("Fjord ERP").expect("a title"),
        sale_type: NEW,
        category: None,
        stage,
        probability: Probability::NONE,
        amount: Money::zero(CurrencyCode::EUR),
        margin: Margin { total_cost: Decimal::ZERO, profit: Decimal::ZERO, profit_percent: None },
        owner: UserId::parse("per").expect("a name"),
        owner_group: None,
        parties: Parties { company: Some(party("Fjord AS")), contact: None, project: None },
        sale_date: "2026-06-10".parse().expect("a day"),
        source: None,
        description: None,
        external_reference: None,
        details: Details::default(),
    })))
}

/// Somebody a sale is linked to.
pub fn party(name: &str) -> Party {
    Party { id: Uuid::from_u128(7), name: TypeName::parse(name).expect("a name") }
}

/// An activity was created from an item of the sale's guide.
pub fn used(of: &str, activity: ActivityId) -> Event {
    Event::Sale(SaleEvent::GuideItemUsed { item: item(of), activity })
}

fn about(sale: SaleId) -> ActivityTerms {
    ActivityTerms {
        title: Title::parse("Customer meeting").expect("a title"),
        description: None,
        sale: Some(sale),
        parties: Parties::default(),
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
    }
}

/// An activity of the guide, ola's, as it lies in the log.
pub fn planned(of: &str, sale: SaleId, slot: Slot) -> Event {
    Event::Activity(ActivityEvent::Planned {
        kind: Kind::Meeting,
        slot,
        owner: UserId::parse("ola").expect("a name"),
        owner_group: None,
        assigned_by: None,
        series: None,
        guide_item: Some(item(of)),
        terms: about(sale),
    })
}

/// A document of the guide, kari's.
pub fn document_created(of: &str, sale: SaleId) -> Event {
    Event::Activity(ActivityEvent::DocumentCreated {
        owner: UserId::parse("kari").expect("a name"),
        owner_group: None,
        created_on: "2026-03-10".parse().expect("a day"),
        guide_item: Some(item(of)),
        document: DocumentTerms::default(),
        terms: about(sale),
    })
}

/// An hour of a day.
pub fn hour(day: &str) -> Slot {
    let at = |hour: u8| format!("{day}T{hour:02}:00:00Z").parse().expect("an instant");
    Slot::Times { starts_at: at(9), ends_at: at(10) }
}

/// It is done.
pub fn completed() -> Event {
    let completed_on = "2026-03-10".parse().expect("a day");
    Event::Activity(ActivityEvent::Completed { completed_on })
}

/// It is deleted.
pub fn deleted() -> Event {
    Event::Activity(ActivityEvent::Deleted {})
}

/// An activity by its number.
pub fn activity(number: u128) -> ActivityId {
    ActivityId(Uuid::from_u128(0x300 + number))
}
