//! Companies, row by row of the source (SO-F14, ST-2, SO-19).

use events::rights::Role;
use events::{CompanyId, ContactEvent, ContactId, ListEvent, ListItem, LocalName};
use uuid::Uuid;

use super::*;
use crate::spec::{Given, given};
use crate::{Order, References, State, named_by, needs as needed};

const CATEGORIES: ListName = ListName::CompanyCategory;
const BUSINESSES: ListName = ListName::CompanyBusiness;

fn key(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

fn name(text: &str) -> TypeName {
    TypeName::parse(text).unwrap()
}

fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap()
}

fn fjord() -> events::Company {
    events::Company {
        name: name("Fjord AS"),
        category: Some(key("customer")),
        business: Some(key("trade")),
        country: Some(country("NO")),
    }
}

fn bare() -> events::Company {
    events::Company { name: name("Fjord AS"), category: None, business: None, country: None }
}

fn register(company: events::Company) -> Order {
    Order::Company(CompanyCommand::RegisterCompany(company))
}

fn edit(changes: CompanyChanges) -> Order {
    Order::Company(CompanyCommand::EditCompany(changes))
}

fn registered(company: events::Company) -> Event {
    Event::Company(CompanyEvent::Registered(company))
}

fn edited(company: events::Company) -> Event {
    Event::Company(CompanyEvent::Edited(company))
}

fn item(list: ListName, text: &str) -> ListItem {
    let labels = LocalName::english(name(text));
    ListItem { list, key: key(text), labels, rank: 5, kind: None, minutes: None }
}

fn added(list: ListName, text: &str) -> Event {
    Event::List(ListEvent::ItemAdded(item(list, text)))
}

fn deleted(list: ListName, text: &str) -> Event {
    Event::List(ListEvent::ItemDeleted(item(list, text)))
}

fn refused(list: ListName, pointer: &'static str) -> Refusal {
    Refusal::UnknownListItem { list, pointer }
}

fn company(facts: impl IntoIterator<Item = Event>) -> Given {
    given(Aggregate::Company, facts)
}

/// Both lists are maintained: they have an item of the tenant's, and the shipped ones.
fn maintained(facts: impl IntoIterator<Item = Event>) -> Given {
    company(facts)
        .and(CATEGORIES.stream(), &added(CATEGORIES, "club"))
        .and(BUSINESSES.stream(), &added(BUSINESSES, "fishing"))
        .with_roles(&[Role::Seller], &[])
}

#[test]
fn a_company_is_registered_once_with_all_or_nothing_but_its_name_so_f14() {
    for new in [fjord(), bare()] {
        company([]).when(register(new.clone())).then([registered(new.clone())]);
        let exists = Refusal::AlreadyExists(Aggregate::Company);
        company([registered(new.clone())]).when(register(new)).then_refused(exists);
    }
    let unknown = Refusal::Unknown(Aggregate::Company);
    company([]).when(edit(CompanyChanges::default())).then_refused(unknown);
}

#[test]
fn an_edit_changes_what_it_names_and_null_clears_so_f14() {
    let given = || company([registered(fjord())]);
    let changes = CompanyChanges { name: Some(name("Fjord ASA")), ..CompanyChanges::default() };
    given()
        .when(edit(changes))
        .then([edited(events::Company { name: name("Fjord ASA"), ..fjord() })]);
    let moved = CompanyChanges { country: Some(Some(country("NL"))), ..CompanyChanges::default() };
    given()
        .when(edit(moved))
        .then([edited(events::Company { country: Some(country("NL")), ..fjord() })]);
    let cleared = CompanyChanges {
        name: None,
        category: Some(None),
        business: Some(None),
        country: Some(None),
    };
    given().when(edit(cleared)).then([edited(bare())]);
}

#[test]
fn an_edit_that_says_what_already_is_changes_nothing_so_f14() {
    let same = CompanyChanges {
        name: Some(name(" Fjord AS ")),
        category: Some(Some(key("customer"))),
        business: Some(Some(key("trade"))),
        country: Some(Some(country("NO"))),
    };
    for changes in [CompanyChanges::default(), same.clone()] {
        company([registered(fjord())]).when(edit(changes)).then_nothing();
    }
    // also after an edit, and also when the lists offer none of it any more
    company([registered(bare()), edited(fjord())])
        .and(CATEGORIES.stream(), &deleted(CATEGORIES, "customer"))
        .and(BUSINESSES.stream(), &deleted(BUSINESSES, "trade"))
        .when(edit(same))
        .then_nothing();
}

#[test]
fn category_and_business_are_offered_by_their_lists_so_19_st_2() {
    let with = |category: &str, business: &str| events::Company {
        category: Some(key(category)),
        business: Some(key(business)),
        ..bare()
    };
    let (category, business) = (refused(CATEGORIES, "/category"), refused(BUSINESSES, "/business"));
    // any key goes until somebody adds an item
    company([]).when(register(with("boats", "boats"))).facts();
    maintained([]).when(register(with("club", "fishing"))).facts();
    maintained([]).when(register(with("customer", "trade"))).facts();
    maintained([]).when(register(with("fishing", "fishing"))).then_refused(category.clone());
    maintained([]).when(register(with("club", "club"))).then_refused(business.clone());
    let changes = |category: Option<&str>, business: Option<&str>| CompanyChanges {
        category: category.map(|text| Some(key(text))),
        business: business.map(|text| Some(key(text))),
        ..CompanyChanges::default()
    };
    let known = || maintained([registered(fjord())]);
    known().when(edit(changes(Some("boats"), None))).then_refused(category);
    known().when(edit(changes(None, Some("boats")))).then_refused(business);
    known().when(edit(changes(Some("club"), Some("fishing")))).facts();
    // history comes as it was
    let importer = maintained([]).with_roles(&[Role::Importer], &[]);
    importer.when(register(with("boats", "boats"))).facts();
}

#[test]
fn what_a_company_has_stays_when_its_item_is_deleted_and_may_come_back_in_a_form_so_19() {
    let given = || {
        company([registered(fjord())])
            .and(CATEGORIES.stream(), &deleted(CATEGORIES, "customer"))
            .and(BUSINESSES.stream(), &deleted(BUSINESSES, "trade"))
    };
    let form = CompanyChanges {
        name: Some(name("Fjord ASA")),
        category: Some(Some(key("customer"))),
        business: Some(Some(key("trade"))),
        country: None,
    };
    let after = events::Company { name: name("Fjord ASA"), ..fjord() };
    given().when(edit(form)).then([edited(after)]);
    let gone = refused(CATEGORIES, "/category");
    given().when(register(fjord())).then_refused(Refusal::AlreadyExists(Aggregate::Company));
    let other = CompanyChanges { category: Some(None), ..CompanyChanges::default() };
    let cleared = given().when(edit(other)).facts();
    let back =
        CompanyChanges { category: Some(Some(key("customer"))), ..CompanyChanges::default() };
    company([registered(fjord())].into_iter().chain(cleared))
        .and(CATEGORIES.stream(), &deleted(CATEGORIES, "customer"))
        .when(edit(back))
        .then_refused(gone);
}

#[test]
fn only_the_lists_whose_keys_are_given_are_looked_up() {
    let actor = events::UserId::parse("ola").unwrap();
    let all = vec![CATEGORIES.stream(), BUSINESSES.stream()];
    assert_eq!(named_by(&register(fjord()), &actor), all);
    assert_eq!(named_by(&register(bare()), &actor), []);
    let cleared = CompanyChanges { category: Some(None), ..CompanyChanges::default() };
    assert_eq!(named_by(&edit(cleared), &actor), []);
    let one = CompanyChanges { business: Some(Some(key("trade"))), ..CompanyChanges::default() };
    let mut known = References::default();
    let state = State::empty(Aggregate::Company);
    assert_eq!(needed(&state, &edit(one.clone()), &actor, &known), [BUSINESSES.stream()]);
    known.insert(BUSINESSES.stream(), State::empty(Aggregate::List));
    assert_eq!(needed(&state, &edit(one), &actor, &known), [], "each once");
}

#[test]
fn a_company_is_looked_up_by_its_own_id_and_facts_of_others_change_nothing() {
    let (fjord_id, other) = (CompanyId(Uuid::from_u128(1)), CompanyId(Uuid::from_u128(2)));
    let empty = || State::empty(Aggregate::Company);
    let mut known = References::default();
    known.insert(fjord_id.stream(), empty().evolve(&registered(fjord())));
    known.insert(other.stream(), empty());
    assert_eq!(known.company(fjord_id), Some(&fjord()));
    assert_eq!(known.company(other), None, "never registered");
    assert_eq!(known.company(CompanyId(Uuid::from_u128(3))), None, "never looked up");
    let contact =
        events::Contact { name: name("Kari"), company: Some(fjord_id), email: None, phone: None };
    let of_others = Event::Contact(ContactEvent::Registered(contact));
    assert_eq!(empty().evolve(&of_others), empty());
    // equal ids in two aggregates never meet
    let same = ContactId(fjord_id.0);
    assert_ne!(same.stream(), fjord_id.stream());
}
