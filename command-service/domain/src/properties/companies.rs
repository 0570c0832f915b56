//! Orders about companies and contacts at random, and what a contact always is (SO-F14, SO-F15).

use events::{
    CompanyId, ContactId, CountryCode, EmailAddress, ListKey, ListName, LocalName, PhoneNumber,
    StreamName, TypeName,
};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::orders::id;
use super::world::World;
use crate::company::{Company, CompanyChanges, CompanyCommand};
use crate::contact::{Contact, ContactChanges, ContactCommand};
use crate::list::ListCommand;
use crate::{Order, State};

/// Any order about a company, a contact, or a list that companies rest on.
pub(super) fn company_order() -> BoxedStrategy<(StreamName, Order)> {
    let on_company = (company(), company_command())
        .prop_map(|(id, command)| (id.stream(), Order::Company(command)));
    let on_contact = (id(2), contact_command())
        .prop_map(|(id, command)| (ContactId(id).stream(), Order::Contact(command)));
    prop_oneof![3 => on_company, 4 => on_contact, 1 => list_order()].boxed()
}

fn company() -> impl Strategy<Value = CompanyId> {
    id(3).prop_map(CompanyId)
}

fn name() -> impl Strategy<Value = TypeName> {
    select(&["Fjord", "Nord"][..]).prop_map(|name| TypeName::parse(name).unwrap())
}

/// Keys of shipped items, and one that is offered until its list is maintained.
fn key() -> impl Strategy<Value = ListKey> {
    select(&["customer", "trade", "whatever"][..]).prop_map(|key| ListKey::parse(key).unwrap())
}

fn country() -> impl Strategy<Value = CountryCode> {
    select(&["NO", "NL"][..]).prop_map(|code| CountryCode::parse(code).unwrap())
}

fn email() -> impl Strategy<Value = EmailAddress> {
    select(&["kari@fjord.example", "per@nord.example"][..])
        .prop_map(|text| EmailAddress::parse(text).unwrap())
}

fn phone() -> impl Strategy<Value = PhoneNumber> {
    select(&["+47 22 00 00 00", "112"][..]).prop_map(|text| PhoneNumber::parse(text).unwrap())
}

fn company_command() -> impl Strategy<Value = CompanyCommand> {
    let register = (name(), of(key()), of(key()), of(country())).prop_map(
        |(name, category, business, country)| {
            let new = events::Company { name, category, business, country };
            CompanyCommand::RegisterCompany(new)
        },
    );
    let edit = (of(name()), of(of(key())), of(of(key())), of(of(country()))).prop_map(
        |(name, category, business, country)| {
            let changes = CompanyChanges { name, category, business, country };
            CompanyCommand::EditCompany(changes)
        },
    );
    prop_oneof![register, edit]
}

fn contact_command() -> impl Strategy<Value = ContactCommand> {
    let register = (name(), of(company()), of(email()), of(phone())).prop_map(
        |(name, company, email, phone)| {
            let new = events::Contact { name, company, email, phone };
            ContactCommand::RegisterContact(new)
        },
    );
    let edit = (of(name()), of(of(company())), of(of(email())), of(of(phone()))).prop_map(
        |(name, company, email, phone)| {
            let changes = ContactChanges { name, company, email, phone };
            ContactCommand::EditContact(changes)
        },
    );
    prop_oneof![register, edit]
}

/// Items come and go while companies have them.
fn list_order() -> impl Strategy<Value = (StreamName, Order)> {
    let list = select(&[ListName::CompanyCategory, ListName::CompanyBusiness][..]);
    (list, key()).prop_flat_map(|(list, key)| {
        let labels = LocalName::english(TypeName::parse("An item").unwrap());
        let (rank, kind, minutes) = (None, None, None);
        let add = ListCommand::AddListItem { list, key: key.clone(), labels, rank, kind, minutes };
        let delete = ListCommand::DeleteListItem { list, key: key.clone() };
        let restore = ListCommand::RestoreListItem { list, key };
        select(vec![add, delete, restore])
            .prop_map(move |command| (list.stream(), Order::List(command)))
    })
}

/// Whoever works for a company works for one that is registered.
pub(super) fn contact_is_sound(world: &World, contact: &Contact) -> Result<(), TestCaseError> {
    let Contact::Registered(contact) = contact else { return Ok(()) };
    let Some(company) = contact.company else { return Ok(()) };
    let found = world.state(&company.stream());
    prop_assert!(matches!(found, State::Company(Company::Registered(_))), "{company}: {found:?}");
    Ok(())
}
