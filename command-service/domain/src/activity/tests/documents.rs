//! Documents, row by row of the source.

use events::activity::DocumentTerms;
use events::{OurReference, TypeName};

use super::*;
use crate::Refusal;
use crate::activity::{ActivityChanges, Alarm, NewDocument};
use crate::sale::INSTANCES_MAX;
use crate::spec::guide::{
    FM, NEW, activity, document_created, item, new_type, party, registered, used,
};

fn guided() -> Given {
    world([]).and(FJORD.stream(), &registered(Some(FM))).and_all(NEW.stream(), &new_type())
}

fn letter(title: Option<&str>) -> NewDocument {
    NewDocument {
        id: activity(1),
        sale: None,
        item: None,
        title: title.map(str::to_owned),
        template: None,
        our_reference: None,
        description: None,
        owner: None,
        caller: caller(),
        parties: Parties::default(),
    }
}

fn of(name: &str) -> NewDocument {
    NewDocument { sale: Some(FJORD), item: Some(item(name)), ..letter(None) }
}

fn create(new: NewDocument) -> Order {
    order(ActivityCommand::CreateDocument(Box::new(new)))
}

fn order(command: ActivityCommand) -> Order {
    Order::Activity(command)
}

/// Template and reference, and the terms of the one that was created.
#[track_caller]
fn one(facts: Vec<Event>) -> (DocumentTerms, ActivityTerms) {
    match facts.as_slice() {
        [Event::Activity(ActivityEvent::DocumentCreated { document, terms, .. })] => {
            (document.clone(), terms.clone())
        }
        other => panic!("{other:?}"),
    }
}

/// S4, SG-5, SG-13: subject, template and parties come from the item and the sale.
#[test]
fn a_document_is_filled_in_from_its_item_sg_13() {
    let decision = guided().when(create(of("d2"))).decision();
    assert_eq!(decision.beside, [(FJORD.stream(), used("d2", activity(1)))]);
    let (document, terms) = one(decision.events);
    let template = Some(TypeName::parse("Quotation letter").unwrap());
    assert_eq!(document, DocumentTerms { template, our_reference: None });
    assert_eq!((terms.title.as_str(), terms.sale), ("Our offer", Some(FJORD)));
    assert_eq!(terms.parties.company, Some(party("Fjord AS")));
    let (_, terms) = one(guided().when(create(of("d1"))).facts());
    assert_eq!(terms.title.as_str(), "Meeting confirmation", "its name without a subject");
}

/// SG-13: what is said wins.
#[test]
fn what_is_said_wins_over_the_items_template_sg_13() {
    let reference = OurReference::parse("2026/17").unwrap();
    let new = NewDocument {
        template: Some(TypeName::parse("Short offer").unwrap()),
        our_reference: Some(reference.clone()),
        owner: Some(user("per")),
        ..NewDocument { title: Some("Offer 17".into()), ..of("d2") }
    };
    let (document, terms) = one(guided().when(create(new)).facts());
    assert_eq!(document.template.unwrap().as_str(), "Short offer");
    assert_eq!((document.our_reference, terms.title.as_str()), (Some(reference), "Offer 17"));
}

/// SG-5: a document of no guide needs a title; what is about a sale needs one that is there.
#[test]
fn a_document_of_no_guide_needs_a_title_sg_5() {
    let facts = world([]).when(create(letter(Some("Letter")))).facts();
    let created = ActivityEvent::DocumentCreated {
        owner: user("ola"),
        owner_group: Some("north".into()),
        created_on: day("2026-03-10"),
        guide_item: None,
        document: DocumentTerms::default(),
        terms: ActivityTerms { title: Title::parse("Letter").unwrap(), ..terms() },
    };
    assert_eq!(facts, [Event::Activity(created)]);
    for untitled in [letter(None), letter(Some(" "))] {
        world([]).when(create(untitled)).then_refused(Refusal::TitleRequired);
    }
    let nowhere = NewDocument { sale: Some(NOWHERE), ..letter(Some("Letter")) };
    guided().when(create(nowhere)).then_refused(Refusal::UnknownSale);
    let homeless = NewDocument { sale: None, ..of("d2") };
    guided().when(create(homeless)).then_refused(Refusal::UnknownSale);
    guided().when(create(of("g1"))).then_refused(Refusal::GuideItemKind);
    guided().when(create(of("d9"))).then_refused(Refusal::UnknownGuideItem);
}

/// SG-14.
#[test]
fn a_sale_takes_500_instances_at_most_documents_included_sg_14() {
    let of_d1 = (0..INSTANCES_MAX as u128).map(|n| used("d1", activity(n + 9)));
    let sale: Vec<_> = std::iter::once(registered(Some(FM))).chain(of_d1).collect();
    let full = guided().and_all(FJORD.stream(), &sale);
    full.when(create(of("d2"))).then_refused(Refusal::TooManyInstances);
    guided().and_all(FJORD.stream(), &sale[..INSTANCES_MAX]).when(create(of("d2"))).facts();
}

/// SG-13: done by being created; it can only be deleted.
#[test]
fn a_document_is_done_and_stays_so_sg_13() {
    let there = || {
        let Event::Activity(fact) = document_created("d1", FJORD) else { panic!("a document") };
        world([fact])
    };
    there().when(order(ActivityCommand::CompleteActivity)).then_nothing();
    let reopen = order(ActivityCommand::ReopenActivity);
    there().when(reopen).then_refused(Refusal::DocumentIsDone);
    for late in [
        ActivityCommand::RescheduleActivity(When::default()),
        ActivityCommand::EditActivity(Box::<ActivityChanges>::default()),
        ActivityCommand::AssignActivity { owner: user("per"), caller: caller() },
        ActivityCommand::SetAlarm(Alarm::On(None)),
    ] {
        there().when(order(late)).then_refused(Refusal::ActivityCompleted);
    }
    let delete = || order(ActivityCommand::DeleteActivity);
    there().when(delete()).then([Event::Activity(ActivityEvent::Deleted {})]);
    there()
        .when(create(letter(Some("Letter"))))
        .then_refused(Refusal::AlreadyExists(Aggregate::Activity));
}
