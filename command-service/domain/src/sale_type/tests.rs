//! Items of a guide and the end of a type, row by row of the source.

mod deletion;
mod lists;

use events::activity::Kind;
use events::guide::{SuggestedDocument, Suggestion};
use events::sale_type::SaleTypeTerms;
use events::{
    Aggregate, Event, GuideItem, GuideItemId, Note, OurReference, Purpose, SaleTypeEvent, StageId,
    Title, TypeName,
};
use uuid::Uuid;

use super::{
    DocumentChanges, FollowUpChanges, GUIDE_ITEMS_MAX, GuideItemChanges, NewGuideItem,
    SaleTypeChanges, SaleTypeCommand, SuggestionChanges,
};
use crate::spec::guide::{
    FM, NEW, QT, SC, after, document, follow_up, item, named, new_type, terms, type_of,
};
use crate::spec::{Given, given};
use crate::{Order, Refusal};

const FOREIGN: StageId = StageId(Uuid::from_u128(9));

fn order(command: SaleTypeCommand) -> Order {
    Order::SaleType(command)
}

fn world(facts: impl IntoIterator<Item = Event>) -> Given {
    given(Aggregate::SaleType, facts)
}

fn add(id: &str, stage: StageId, rank: Option<i32>) -> Order {
    let terms = follow_up("Call back", after(Kind::Call, 0, None));
    order(SaleTypeCommand::AddGuideItem(Box::new(NewGuideItem {
        id: item(id),
        stage,
        rank,
        terms,
    })))
}

fn added(id: &str, stage: StageId, rank: i32) -> Event {
    let terms = follow_up("Call back", after(Kind::Call, 0, None));
    Event::SaleType(SaleTypeEvent::GuideItemAdded(GuideItem { id: item(id), stage, rank, terms }))
}

fn edit(of: &str, changes: GuideItemChanges) -> Order {
    order(SaleTypeCommand::EditGuideItem { item: item(of), changes: Box::new(changes) })
}

fn nothing(suggestion: SuggestionChanges) -> GuideItemChanges {
    GuideItemChanges { name: None, purpose: None, required: None, suggestion }
}

fn relocate(of: &str, stage: Option<StageId>, rank: Option<i32>) -> Order {
    order(SaleTypeCommand::MoveGuideItem { item: item(of), stage, rank })
}

fn fact(fact: SaleTypeEvent) -> [Event; 1] {
    [Event::SaleType(fact)]
}

/// SG-4: behind all others of its stage, unless a rank says otherwise.
#[test]
fn an_item_goes_behind_the_others_of_its_stage_sg_4() {
    world(new_type()).when(add("g9", SC, None)).then([added("g9", SC, 80)]);
    world(new_type()).when(add("g9", SC, Some(-3))).then([added("g9", SC, -3)]);
    world([new_type().remove(0)]).when(add("g9", FM, None)).then([added("g9", FM, 10)]);
    world(new_type()).when(add("g1", SC, None)).then_refused(Refusal::GuideItemExists);
    world(new_type()).when(add("g9", FOREIGN, None)).then_refused(Refusal::StageNotInSaleType);
    world([]).when(add("g9", FM, None)).then_refused(Refusal::Unknown(Aggregate::SaleType));
}

/// SG-28: items are kept and made while the guide is off.
#[test]
fn a_guide_that_is_off_keeps_its_items_and_takes_more_sg_28() {
    let off = SaleTypeTerms { guide: false, ..terms() };
    let mut facts = new_type();
    facts.extend(fact(SaleTypeEvent::Edited(off.clone())));
    world(facts.clone()).when(add("g9", FM, None)).then([added("g9", FM, 30)]);
    facts.extend(fact(SaleTypeEvent::Edited(terms())));
    world(facts).when(add("g1", FM, None)).then_refused(Refusal::GuideItemExists);
    world(type_of(off)).when(relocate("g1", Some(FM), None)).then_nothing();
}

/// SG-2.
#[test]
fn a_guide_has_200_items_at_most() {
    let mut facts = new_type();
    for number in 8..=GUIDE_ITEMS_MAX {
        facts.push(added(&format!("g{number}"), FM, 0));
    }
    world(facts.clone()).when(add("g999", FM, None)).then_refused(Refusal::TooManyGuideItems);
    facts.pop();
    world(facts).when(add("g999", FM, Some(1))).then([added("g999", FM, 1)]);
}

/// SG-6, SG-4: what is left out stays, what is cleared is gone.
#[test]
fn a_follow_up_is_edited_field_by_field_sg_6() {
    let follow = |changes| nothing(SuggestionChanges::FollowUp(changes));
    world(new_type()).when(edit("g1", follow(FollowUpChanges::default()))).then_nothing();
    let changes = FollowUpChanges {
        kind: Some(Kind::Call),
        follow_up_type: Some(None),
        auto_suggest: Some(true),
        offset_days: Some(9),
        duration_minutes: Some(None),
        text: Some(None),
    };
    let purpose = Purpose::parse("Get to know each other").unwrap();
    let changes = GuideItemChanges {
        name: Some(named("Meeting")),
        purpose: Some(Some(purpose.clone())),
        required: Some(false),
        ..follow(changes)
    };
    let mut suggested = after(Kind::Call, 9, None);
    suggested.auto_suggest = true;
    let mut terms = follow_up("Meeting", suggested);
    (terms.purpose, terms.required) = (Some(purpose), false);
    let edited = SaleTypeEvent::GuideItemEdited { id: item("g1"), terms };
    world(new_type()).when(edit("g1", changes)).then(fact(edited));
    let longer = Note::parse("Bring two brochures").unwrap();
    let text = FollowUpChanges { text: Some(Some(longer.clone())), ..FollowUpChanges::default() };
    let facts = world(new_type()).when(edit("g1", follow(text))).facts();
    let [Event::SaleType(SaleTypeEvent::GuideItemEdited { terms, .. })] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    let now = terms.follow_up().unwrap();
    assert_eq!(
        (now.kind, now.duration_minutes, now.text.as_ref()),
        (Kind::Meeting, Some(60), Some(&longer))
    );
}

/// SG-5, SG-6.
#[test]
fn a_document_is_edited_field_by_field_and_never_becomes_a_follow_up_sg_5() {
    let paper = |changes| nothing(SuggestionChanges::Document(changes));
    let reference = OurReference::parse("2026/17").unwrap();
    let changes = DocumentChanges {
        template: Some(None),
        our_reference: Some(Some(reference.clone())),
        ..DocumentChanges::default()
    };
    let terms = document(
        "Quotation",
        SuggestedDocument {
            template: None,
            subject: Some(Title::parse("Our offer").unwrap()),
            our_reference: Some(reference),
        },
    );
    let edited = SaleTypeEvent::GuideItemEdited { id: item("d2"), terms };
    world(new_type()).when(edit("d2", paper(changes))).then(fact(edited));
    let other = paper(DocumentChanges::default());
    world(new_type()).when(edit("g1", other.clone())).then_refused(Refusal::GuideItemKind);
    let other = nothing(SuggestionChanges::FollowUp(FollowUpChanges::default()));
    world(new_type()).when(edit("d1", other)).then_refused(Refusal::GuideItemKind);
    let terms =
        document("A", SuggestedDocument { template: None, subject: None, our_reference: None });
    assert!(matches!(terms.suggestion, Suggestion::Document(_)));
}

/// SG-6.
#[test]
fn an_item_moves_to_another_stage_or_another_place_sg_6() {
    let moved =
        |of: &str, stage, rank| fact(SaleTypeEvent::GuideItemMoved { id: item(of), stage, rank });
    world(new_type()).when(relocate("g1", Some(SC), None)).then(moved("g1", SC, 80));
    world(new_type()).when(relocate("g1", Some(SC), Some(1))).then(moved("g1", SC, 1));
    world(new_type()).when(relocate("g1", None, Some(55))).then(moved("g1", FM, 55));
    for stays in [relocate("g1", None, None), relocate("g1", Some(FM), Some(10))] {
        world(new_type()).when(stays).then_nothing();
    }
    let foreign = relocate("g1", Some(FOREIGN), None);
    world(new_type()).when(foreign).then_refused(Refusal::StageNotInSaleType);
}

/// SG-29: removed once; an item that is not there is none.
#[test]
fn a_removed_item_is_unknown_from_then_on_sg_29() {
    let remove = || order(SaleTypeCommand::RemoveGuideItem { item: item("g1") });
    let removed = fact(SaleTypeEvent::GuideItemRemoved { id: item("g1") });
    world(new_type()).when(remove()).then(removed.clone());
    let mut facts = new_type();
    facts.extend(removed);
    let changes = nothing(SuggestionChanges::FollowUp(FollowUpChanges::default()));
    for late in [remove(), edit("g1", changes), relocate("g1", None, Some(1))] {
        world(facts.clone()).when(late).then_refused(Refusal::UnknownGuideItem);
    }
}
