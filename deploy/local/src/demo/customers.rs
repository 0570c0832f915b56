//! The companies the demo sells to and whom one talks to there (SO-F14, SO-F15): what each is, does and where it is (ST-2),
//! how its people are reached (SK-6). All of it follows from names and ids, so the rest of the demo does not depend on it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::calendar::{first_day, hour};
use super::line::{Line, id};
use super::plan::Plan;
use super::words::Home;

/// The hour everything is there that is there before the first sale.
const OPENS: u32 = 8;

/// What companies do, by how their names end; the others sell services.
const BUSINESSES: [(&str, &[&str]); 5] = [
    ("construction", &["Bygg", "Tak", "Sement", "Entreprenør", "Bouw", "Installaties", "Joinery"]),
    ("transport", &["Rederi", "Transport", "Havn", "Logistiek", "Scheepvaart", "Ferries", "Trams"]),
    ("public-sector", &["Vannverk", "Barnehager", "Scholen", "Schools"]),
    ("trade", &["Apotek", "Sport", "Vishandel", "Kwekerij", "Books", "Gardens", "Chandlers"]),
    (
        "manufacturing",
        &[
            "Fisk",
            "Møbler",
            "Meieri",
            "Bakeri",
            "Strikk",
            "Meel",
            "Zuivel",
            "Bakkerij",
            "Textiel",
            "Drukkerij",
            "Dairies",
            "Brewing",
        ],
    ),
];

/// Who is known, and who became a customer.
pub(super) struct Customers {
    /// Every company a sale is linked to, as a prospect.
    pub companies: Vec<Line>,
    /// Every person a sale is linked to, or who is a stakeholder.
    pub contacts: Vec<Line>,
    /// Companies whose first sale was won.
    pub won: Vec<Line>,
}

/// Of sales as they are told.
pub(super) fn of(day: NaiveDate, plans: &[Plan], told: &[&[Line]]) -> Customers {
    let open = hour(first_day(day), OPENS);
    let by_sale: BTreeMap<String, &Plan> =
        plans.iter().map(|plan| (id(&format!("sale/{}", plan.n)).to_string(), plan)).collect();
    let mut companies: BTreeMap<&str, Home> = BTreeMap::new();
    let mut contacts: BTreeMap<Uuid, (String, &Plan)> = BTreeMap::new();
    let mut won: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
    for line in told.iter().copied().flatten() {
        let Some(plan) = by_sale.get(&line.id) else { continue };
        companies.insert(plan.company, plan.home);
        let people = line.body["stakeholders"].as_array().into_iter().flatten();
        for contact in people.chain([&line.body]).filter_map(|of| of.get("contact")) {
            let (id, name) = (contact["id"].as_str(), contact["name"].as_str());
            if let Some((id, name)) = id.and_then(|id| id.parse().ok()).zip(name) {
                contacts.insert(id, (name.to_owned(), plan));
            }
        }
        if line.command == "MarkSold" {
            let first = won.entry(plan.company).or_insert(line.effective_at);
            *first = line.effective_at.min(*first);
        }
    }
    let company = |(name, home): (&str, Home)| registered(name, home, open);
    let contact = |(id, (name, plan)): (Uuid, (String, &Plan))| introduced(id, &name, plan, open);
    let customer = |(name, at): (&str, DateTime<Utc>)| Line {
        command: "EditCompany",
        id: company_id(name),
        effective_at: at,
        body: json!({ "category": "customer" }),
    };
    Customers {
        companies: companies.into_iter().map(company).collect(),
        contacts: contacts.into_iter().map(contact).collect(),
        won: won.into_iter().map(customer).collect(),
    }
}

fn company_id(name: &str) -> String {
    id(&format!("company/{name}")).to_string()
}

fn registered(name: &str, home: Home, effective_at: DateTime<Utc>) -> Line {
    let does = BUSINESSES.iter().find(|(_, ends)| ends.iter().any(|end| name.ends_with(end)));
    let business = does.map_or("services", |(business, _)| business);
    let body = json!({ "name": name, "category": "prospect", "business": business,
        "country": home.country() });
    Line { command: "RegisterCompany", id: company_id(name), effective_at, body }
}

/// One in ten has no telephone that is known, one in seven no address.
fn introduced(id: Uuid, name: &str, plan: &Plan, effective_at: DateTime<Utc>) -> Line {
    let figure = id.as_u128();
    let mut body = json!({ "name": name, "company": company_id(plan.company) });
    if !figure.is_multiple_of(7) {
        body["email"] = email(name, plan.company).into();
    }
    if !figure.is_multiple_of(10) {
        body["phone"] = phone(plan.home, figure).into();
    }
    Line { command: "RegisterContact", id: id.to_string(), effective_at, body }
}

/// First name, a dot and the rest, at a domain nobody can have (RFC 2606).
fn email(name: &str, company: &str) -> String {
    let (first, family) = name.split_once(' ').unwrap_or((name, ""));
    let domain: Vec<String> = company.split(' ').map(ascii).collect();
    format!("{}.{}@{}.example", ascii(first), ascii(family), domain.join("-"))
}

/// Letters as addresses have them.
fn ascii(text: &str) -> String {
    let letter = |letter: char| match letter {
        'å' | 'æ' => Some('a'),
        'ø' => Some('o'),
        letter => letter.is_ascii_alphanumeric().then_some(letter),
    };
    text.to_lowercase().chars().filter_map(letter).collect()
}

/// Numbers that no exchange gives to anybody.
fn phone(home: Home, figure: u128) -> String {
    match home {
        Home::Norway => format!("+47 22 00 {:02} {:02}", figure / 100 % 100, figure % 100),
        Home::Netherlands => format!("+31 30 000 {:04}", figure % 10_000),
        Home::Britain => format!("+44 20 7946 0{:03}", figure % 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_of_letters_that_mail_knows() {
        assert_eq!(email("Håkon Åsheim", "Måkeskjær Havn"), "hakon.asheim@makeskjar-havn.example");
        let fenna = email("Fenna van der Laan", "Blauwe Brug Drukkerij");
        assert_eq!(fenna, "fenna.vanderlaan@blauwe-brug-drukkerij.example");
    }
}
