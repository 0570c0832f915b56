//! What a type says is held to lists: its category, and the types of what its guide suggests (SO-F5, SD-1).

use events::rights::Role;
use events::{ListEvent, ListItem, ListKey, ListName, UserId};

use super::*;
use crate::{References, State, needs};

fn key(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

fn added(list: ListName, of: &str, label: &str) -> Event {
    let kind = (list == ListName::FollowUpType).then_some(Kind::Call);
    let (key, labels) = (key(of), named(label));
    Event::List(ListEvent::ItemAdded(ListItem { list, key, labels, rank: 90, kind, minutes: None }))
}

/// A tenant with a category and a type of follow-ups of its own.
fn maintained(facts: impl IntoIterator<Item = Event>) -> Given {
    let (groups, types) = (ListName::SaleTypeCategory, ListName::FollowUpType);
    world(facts)
        .and(groups.stream(), &added(groups, "rental", "Rental of boats"))
        .and(types.stream(), &added(types, "harbour-call", "Harbour call"))
}

#[test]
fn a_category_is_key_or_label_of_what_a_maintained_list_offers_so_f5() {
    let id = NEW;
    let category = |text: &str| Some(TypeName::parse(text).unwrap());
    let define = |text| {
        let terms = SaleTypeTerms { stages: vec![], guide: false, ..terms() };
        let terms = SaleTypeTerms { category: category(text), ..terms };
        order(SaleTypeCommand::DefineSaleType { id, terms })
    };
    let edit = |text| {
        let changes = SaleTypeChanges { category: Some(text), ..SaleTypeChanges::default() };
        order(SaleTypeCommand::EditSaleType { id, changes })
    };
    let list = ListName::SaleTypeCategory;
    let unknown = Refusal::UnknownListItem { list, pointer: "/category" };
    for said in ["rental", "Rental of boats", "renewal", "Fornyelse", "Nieuwe klanten"] {
        maintained([]).when(define(said)).facts();
        maintained(new_type()).when(edit(category(said))).facts();
    }
    for other in ["Whatever", "RENEWAL", "rental of boats"] {
        maintained([]).when(define(other)).then_refused(unknown.clone());
        maintained(new_type()).when(edit(category(other))).then_refused(unknown.clone());
        // as before, while nobody maintains the list; and for whoever brings history in
        world([]).when(define(other)).facts();
        maintained([]).with_roles(&[Role::Importer], &[]).when(define(other)).facts();
    }
    maintained(new_type()).when(edit(None)).then_nothing();
    // what a type has already comes back in a form, or stays while something else changes
    let old = SaleTypeTerms { category: category("Whatever"), ..terms() };
    let had = || type_of(old.clone());
    maintained(had()).when(edit(category("Whatever"))).then_nothing();
    let renamed = SaleTypeChanges {
        auto_advance: Some(false),
        category: Some(category("Whatever")),
        ..SaleTypeChanges::default()
    };
    let renamed = order(SaleTypeCommand::EditSaleType { id, changes: renamed });
    maintained(had()).when(renamed).facts();
    maintained(had()).when(edit(None)).facts();
}

#[test]
fn a_suggested_follow_up_names_a_type_of_its_kind_sg_4_sd_1() {
    let add = |kind, of: &str| {
        let mut suggested = after(kind, 0, None);
        suggested.follow_up_type = Some(key(of));
        let terms = follow_up("Call back", suggested);
        let new = NewGuideItem { id: item("g9"), stage: FM, rank: None, terms };
        order(SaleTypeCommand::AddGuideItem(Box::new(new)))
    };
    let list = ListName::FollowUpType;
    let unknown = Refusal::UnknownListItem { list, pointer: "/type" };
    let facts = maintained(new_type()).when(add(Kind::Call, "harbour-call")).facts();
    maintained(new_type()).when(add(Kind::Call, "phone-call")).facts();
    maintained(new_type()).when(add(Kind::Call, "whatever")).then_refused(unknown.clone());
    world(new_type()).when(add(Kind::Call, "harbour-call")).then_refused(unknown.clone());
    let another = Refusal::TypeOfAnotherKind;
    maintained(new_type()).when(add(Kind::Meeting, "harbour-call")).then_refused(another.clone());
    let with = || new_type().into_iter().chain(facts.clone());
    let edit = |kind, follow_up_type| {
        let changes = FollowUpChanges { kind, follow_up_type, ..FollowUpChanges::default() };
        edit("g9", nothing(SuggestionChanges::FollowUp(changes)))
    };
    let to = |of: &str| Some(Some(key(of)));
    maintained(with()).when(edit(None, to("harbour-call"))).then_nothing();
    maintained(with()).when(edit(None, to("phone-call"))).facts();
    maintained(with()).when(edit(None, to("whatever"))).then_refused(unknown);
    maintained(with()).when(edit(None, to("customer-visit"))).then_refused(another.clone());
    // another kind needs another type, or none
    let meeting = Some(Kind::Meeting);
    maintained(with()).when(edit(meeting, None)).then_refused(another.clone());
    maintained(with()).when(edit(meeting, to("harbour-call"))).then_refused(another);
    maintained(with()).when(edit(meeting, to("customer-visit"))).facts();
    let facts = maintained(with()).when(edit(meeting, Some(None))).facts();
    let [Event::SaleType(SaleTypeEvent::GuideItemEdited { terms, .. })] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    let now = terms.follow_up().unwrap();
    assert_eq!((now.kind, now.follow_up_type.clone()), (Kind::Meeting, None));
}

/// SO-F5, SD-1: a list is looked up by who names something of it, and by nobody else.
#[test]
fn a_list_is_looked_up_only_when_something_of_it_is_named() {
    let asks = |command: SaleTypeCommand| {
        let state = State::empty(Aggregate::SaleType);
        let actor = UserId::parse("ola").unwrap();
        let wanted = needs(&state, &order(command), &actor, &References::default());
        let lists = wanted.into_iter().filter(|stream| stream.aggregate == Aggregate::List);
        lists.map(|stream| stream.id).collect::<Vec<_>>()
    };
    let (id, category) = (NEW, TypeName::parse("Renewal").ok());
    let define = |category| SaleTypeCommand::DefineSaleType {
        id,
        terms: SaleTypeTerms { category, ..terms() },
    };
    assert_eq!(asks(define(category.clone())), ["sale_type_category"]);
    assert!(asks(define(None)).is_empty());
    let change = |category| {
        let changes = SaleTypeChanges { category, ..SaleTypeChanges::default() };
        SaleTypeCommand::EditSaleType { id, changes }
    };
    assert_eq!(asks(change(Some(category))), ["sale_type_category"]);
    assert!(asks(change(Some(None))).is_empty() && asks(change(None)).is_empty());
    let edit = |follow_up_type| {
        let changes = FollowUpChanges { follow_up_type, ..FollowUpChanges::default() };
        let changes = Box::new(nothing(SuggestionChanges::FollowUp(changes)));
        SaleTypeCommand::EditGuideItem { item: item("g1"), changes }
    };
    assert_eq!(asks(edit(Some(Some(key("phone-call"))))), ["follow_up_type"]);
    assert!(asks(edit(Some(None))).is_empty() && asks(edit(None)).is_empty());
}
