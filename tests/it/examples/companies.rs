//! Examples about companies and contacts.

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

const AT: &str = "2026-03-01T08:00:00Z";

/// The company that contacts work for.
const EMPLOYER: Uuid = Uuid::from_u128(0x4ffd);

/// The object a command is for, prepared; none for commands about something else. A contact is registered once its company is.
pub(super) async fn target(world: &World, fixture: &Fixture, command: &str) -> Option<String> {
    Some(match command {
        "EditCompany" => made(world, fixture, "/v1/companies", json!({"name": command})).await,
        "RegisterContact" => {
            let body = json!({"id": EMPLOYER, "name": "Fjord AS"});
            made(world, fixture, "/v1/companies", body).await;
            String::new()
        }
        "EditContact" => made(world, fixture, "/v1/contacts", json!({"name": command})).await,
        _ => return None,
    })
}

async fn made(world: &World, fixture: &Fixture, path: &str, body: Value) -> String {
    let answer = fixture.at(world, AT, path, body).await;
    answer["id"].as_str().expect("an id").to_owned()
}

/// Every field of a command's body, and those that must be there.
pub(super) fn body(command: &str, new: Uuid) -> Option<(Value, &'static [&'static str])> {
    let company =
        json!({"name": "Fjord AS", "category": "customer", "business": "trade", "country": "NO"});
    let contact = json!({"name": "Kari Vik", "company": EMPLOYER, "email": "kari@fjord.example",
        "phone": "+47 22 00 00 00"});
    let with_id = |mut body: Value| {
        super::merge(&mut body, json!({"id": new}));
        body
    };
    Some(match command {
        "RegisterCompany" => (with_id(company), &["name"]),
        "EditCompany" => (company, &[]),
        "RegisterContact" => (with_id(contact), &["name"]),
        "EditContact" => (contact, &[]),
        _ => return None,
    })
}
