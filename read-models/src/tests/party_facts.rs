//! Facts of companies and contacts: three of each that sales are linked to, and what random histories do to them.

use events::sale::Parties;
use events::{
    Company, CompanyEvent, CompanyId, Contact, ContactEvent, ContactId, CountryCode, EmailAddress,
    Event, Party, PhoneNumber, TypeName,
};
use uuid::Uuid;

use super::World;
use super::facts::{beginning, key};

/// One of three companies; random histories link others too, which nobody registers.
pub(super) fn company_id(n: u128) -> CompanyId {
    CompanyId(Uuid::from_u128(0x7 + n))
}

/// One of three contacts.
pub(super) fn contact_id(n: u128) -> ContactId {
    ContactId(Uuid::from_u128(0xC000 + n))
}

/// A company of a category, a business and a country.
pub(super) fn company(what: [Option<&str>; 3]) -> Company {
    let [category, business, country] = what;
    Company {
        name: TypeName::parse("Fjord AS").unwrap(),
        category: category.map(key),
        business: business.map(key),
        country: country.map(|code| CountryCode::parse(code).unwrap()),
    }
}

/// A contact with an address and a number.
pub(super) fn contact(email: Option<&str>, phone: Option<&str>) -> Contact {
    Contact {
        name: TypeName::parse("Nina Hansen").unwrap(),
        company: Some(company_id(0)),
        email: email.map(|text| EmailAddress::parse(text).unwrap()),
        phone: phone.map(|text| PhoneNumber::parse(text).unwrap()),
    }
}

/// Links a sale to a company and a contact.
pub(super) fn linked(company: Option<Uuid>, contact: Option<Uuid>) -> Parties {
    let party = |id: Uuid, name: &str| Party { id, name: TypeName::parse(name).unwrap() };
    Parties {
        company: company.map(|id| party(id, "Fjord AS")),
        contact: contact.map(|id| party(id, "Nina Hansen")),
        ..Parties::default()
    }
}

/// A company becomes known, or is known otherwise; so many combinations that some of each are empty.
pub(super) fn of_company(first: bool, figure: u32) -> Event {
    let pick = |of: u32, words: [&'static str; 2]| match figure / of % 3 {
        0 => None,
        1 => Some(words[0]),
        _ => Some(words[1]),
    };
    let company = company([
        pick(1, ["customer", "prospect"]),
        pick(3, ["trade", "services"]),
        pick(9, ["NO", "NL"]),
    ]);
    Event::Company(match first {
        true => CompanyEvent::Registered(company),
        false => CompanyEvent::Edited(company),
    })
}

/// A contact becomes known, or is known otherwise.
pub(super) fn of_contact(first: bool, figure: u32) -> Event {
    let email = [None, Some("Nina@Fjord.example"), Some("post@lake.example")];
    let phone = [None, Some("+47 22 00 00 00"), Some("030 123")];
    let at = |of: u32| (figure / of % 3) as usize;
    let contact = contact(email[at(1)], phone[at(3)]);
    Event::Contact(match first {
        true => ContactEvent::Registered(contact),
        false => ContactEvent::Edited(contact),
    })
}

/// What a step links a sale to: nothing, one of those that may be registered, or one that never is.
pub(super) fn of_sale(figure: u32) -> Parties {
    let id = |of: u32, ids: fn(u128) -> Uuid| match figure / of % 5 {
        0 => None,
        n => Some(ids(u128::from(n - 1))),
    };
    linked(id(1, |n| company_id(n).0), id(5, |n| contact_id(n).0))
}

impl World {
    /// A company that is known from the beginning.
    pub async fn company(&mut self, n: u128, what: [Option<&str>; 3]) {
        let registered = Event::Company(CompanyEvent::Registered(company(what)));
        self.record_at(Some(beginning()), &company_id(n).stream(), &[registered]).await;
    }

    /// A contact that is known from the beginning.
    pub async fn contact(&mut self, n: u128, email: Option<&str>, phone: Option<&str>) {
        let registered = Event::Contact(ContactEvent::Registered(contact(email, phone)));
        self.record_at(Some(beginning()), &contact_id(n).stream(), &[registered]).await;
    }
}
