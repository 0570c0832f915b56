//! Contacts, row by row of the source (SO-F15, SK-6).

use events::rights::Role;
use events::{CompanyEvent, UserId};
use uuid::Uuid;

use super::*;
use crate::spec::{Given, given};
use crate::{Order, named_by};

const FJORD: CompanyId = CompanyId(Uuid::from_u128(0xc1));
const NORD: CompanyId = CompanyId(Uuid::from_u128(0xc2));
/// Nobody registered it.
const NOWHERE: CompanyId = CompanyId(Uuid::from_u128(0xc3));

fn name(text: &str) -> TypeName {
    TypeName::parse(text).unwrap()
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn kari() -> events::Contact {
    events::Contact {
        name: name("Kari Nordmann"),
        company: Some(FJORD),
        email: Some(email("kari@fjord.example")),
        phone: Some(phone("+47 22 00 00 00")),
    }
}

fn bare() -> events::Contact {
    events::Contact { name: name("Kari Nordmann"), company: None, email: None, phone: None }
}

fn register(contact: events::Contact) -> Order {
    Order::Contact(ContactCommand::RegisterContact(contact))
}

fn edit(changes: ContactChanges) -> Order {
    Order::Contact(ContactCommand::EditContact(changes))
}

fn works_for(company: Option<CompanyId>) -> ContactChanges {
    ContactChanges { company: Some(company), ..ContactChanges::default() }
}

fn registered(contact: events::Contact) -> Event {
    Event::Contact(ContactEvent::Registered(contact))
}

fn edited(contact: events::Contact) -> Event {
    Event::Contact(ContactEvent::Edited(contact))
}

/// Facts of the contact, in a tenant with two companies.
fn world(facts: impl IntoIterator<Item = Event>) -> Given {
    let company = |text| {
        let (name, category, business, country) = (name(text), None, None, None);
        let company = events::Company { name, category, business, country };
        Event::Company(CompanyEvent::Registered(company))
    };
    given(Aggregate::Contact, facts)
        .and(FJORD.stream(), &company("Fjord AS"))
        .and(NORD.stream(), &company("Nord AS"))
        .with_roles(&[Role::Seller], &[])
}

#[test]
fn a_contact_is_registered_once_with_all_or_nothing_but_their_name_so_f15() {
    for new in [kari(), bare()] {
        world([]).when(register(new.clone())).then([registered(new.clone())]);
        let exists = Refusal::AlreadyExists(Aggregate::Contact);
        world([registered(new.clone())]).when(register(new)).then_refused(exists);
    }
    let unknown = Refusal::Unknown(Aggregate::Contact);
    world([]).when(edit(ContactChanges::default())).then_refused(unknown);
}

#[test]
fn an_edit_changes_what_it_names_and_null_clears_so_f15_sk_6() {
    let given = || world([registered(kari())]);
    let changes = ContactChanges {
        name: Some(name("Kari Vik")),
        phone: Some(Some(phone("112"))),
        ..ContactChanges::default()
    };
    let after = events::Contact { name: name("Kari Vik"), phone: Some(phone("112")), ..kari() };
    given().when(edit(changes)).then([edited(after)]);
    let mail =
        ContactChanges { email: Some(Some(email("kari@nord.example"))), ..works_for(Some(NORD)) };
    let after =
        events::Contact { company: Some(NORD), email: Some(email("kari@nord.example")), ..kari() };
    given().when(edit(mail)).then([edited(after)]);
    let cleared =
        ContactChanges { name: None, company: Some(None), email: Some(None), phone: Some(None) };
    given().when(edit(cleared)).then([edited(bare())]);
}

#[test]
fn an_edit_that_says_what_already_is_changes_nothing_so_f15() {
    let same = ContactChanges {
        name: Some(name(" Kari Nordmann ")),
        company: Some(Some(FJORD)),
        email: Some(Some(email("kari@fjord.example"))),
        phone: Some(Some(phone("+47 22 00 00 00"))),
    };
    for changes in [ContactChanges::default(), same] {
        world([registered(kari())]).when(edit(changes.clone())).then_nothing();
        world([registered(bare()), edited(kari())]).when(edit(changes)).then_nothing();
    }
}

#[test]
fn a_contact_works_for_a_company_that_is_registered_so_f15() {
    let nowhere = events::Contact { company: Some(NOWHERE), ..kari() };
    world([]).when(register(nowhere)).then_refused(Refusal::UnknownCompany);
    let facts = || [registered(kari())];
    world(facts()).when(edit(works_for(Some(NOWHERE)))).then_refused(Refusal::UnknownCompany);
    world(facts()).when(edit(works_for(Some(NORD)))).facts();
    world(facts()).when(edit(works_for(None))).facts();
    // not even an importer brings somebody who works nowhere: they would be found by no company
    let nowhere = events::Contact { company: Some(NOWHERE), ..kari() };
    let importer = world([]).with_roles(&[Role::Importer], &[]);
    importer.when(register(nowhere)).then_refused(Refusal::UnknownCompany);
    assert_eq!(Refusal::UnknownCompany.code(), "unknown_company");
    assert_eq!(Refusal::UnknownCompany.pointer(), Some("/company"));
}

#[test]
fn only_the_company_that_is_named_is_looked_up() {
    let ola = UserId::parse("ola").unwrap();
    assert_eq!(named_by(&register(kari()), &ola), [FJORD.stream()]);
    assert_eq!(named_by(&edit(works_for(Some(NORD))), &ola), [NORD.stream()]);
    for order in [register(bare()), edit(works_for(None)), edit(ContactChanges::default())] {
        assert_eq!(named_by(&order, &ola), []);
    }
}
