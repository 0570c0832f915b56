//! Companies and contacts: what cannot be meant is refused with its place, and nothing is stored (SO-F14, SO-F15).

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

const AT: &str = "2026-03-01T08:00:00Z";
const FJORD: Uuid = Uuid::from_u128(0xf1);
const KARI: Uuid = Uuid::from_u128(0xca);

/// A world with a company and a contact who works there.
struct Desk {
    world: World,
    fixture: Fixture,
}

/// A body, and the refusal it meets: status, code, place.
type Row = (Value, u16, &'static str, &'static str);

impl Desk {
    async fn open() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let company = json!({"id": FJORD, "name": "Fjord AS", "category": "customer"});
        fixture.at(&world, AT, "/v1/companies", company).await;
        let contact = json!({"id": KARI, "name": "Kari Vik", "company": FJORD});
        fixture.at(&world, AT, "/v1/contacts", contact).await;
        Self { world, fixture }
    }

    /// Demands each refusal, and that none of them left anything.
    async fn refused(&self, path: &str, rows: impl IntoIterator<Item = Row>) {
        let before = self.world.stored().await;
        for (body, status, code, pointer) in rows {
            let what = format!("{path} {}", body.to_string().chars().take(160).collect::<String>());
            let reply = self.world.post(&self.fixture.importer, path, &body).await;
            assert_eq!(reply.status.as_u16(), status, "{what}: {}", reply.text);
            let problem = reply.expect_problem(status, code).json();
            let place = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert_eq!(place, pointer, "{what}: {problem}");
        }
        assert_eq!(self.world.stored().await, before, "{path}");
    }
}

/// What no field of a company can hold, on a body that is good otherwise.
fn bad_of_company(good: &Value) -> Vec<Row> {
    let bad = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    vec![
        (bad("name", json!("")), 400, "invalid_value", "/name"),
        (bad("name", json!(" \t")), 400, "invalid_value", "/name"),
        (bad("name", json!("x\u{0}")), 400, "malformed_body", "/name"),
        (bad("name", json!({"en": "Fjord"})), 400, "wrong_type", "/name"),
        (bad("category", json!("Customer")), 400, "invalid_value", "/category"),
        (bad("category", json!("")), 400, "invalid_value", "/category"),
        (bad("category", json!(["customer"])), 400, "wrong_type", "/category"),
        (bad("business", json!("sea transport")), 400, "invalid_value", "/business"),
        (bad("business", json!(7)), 400, "wrong_type", "/business"),
        (bad("country", json!("no")), 400, "invalid_value", "/country"),
        (bad("country", json!("NOR")), 400, "invalid_value", "/country"),
        (bad("country", json!("XX")), 400, "invalid_value", "/country"),
        (bad("country", json!("")), 400, "invalid_value", "/country"),
        (bad("country", json!(47)), 400, "wrong_type", "/country"),
        (bad("owner", json!("ola")), 400, "unknown_field", "/owner"),
        (bad("contacts", json!([])), 400, "unknown_field", "/contacts"),
    ]
}

/// The same for a contact.
fn bad_of_contact(good: &Value) -> Vec<Row> {
    let bad = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let long = format!("{}@fjord.example", "k".repeat(65));
    vec![
        (bad("name", json!("")), 400, "invalid_value", "/name"),
        (bad("name", json!(["Kari"])), 400, "wrong_type", "/name"),
        (bad("company", json!("Fjord AS")), 400, "invalid_value", "/company"),
        (bad("company", json!("")), 400, "invalid_value", "/company"),
        (bad("company", json!({"id": FJORD, "name": "Fjord AS"})), 400, "wrong_type", "/company"),
        (bad("company", json!(Uuid::from_u128(404))), 422, "unknown_company", "/company"),
        (bad("company", json!(Uuid::nil())), 422, "unknown_company", "/company"),
        // a contact is no company
        (bad("company", json!(KARI)), 422, "unknown_company", "/company"),
        (bad("email", json!("")), 400, "invalid_value", "/email"),
        (bad("email", json!("kari")), 400, "invalid_value", "/email"),
        (bad("email", json!("mailto:kari@fjord.example, x")), 400, "invalid_value", "/email"),
        (bad("email", json!("kari@fjord.example\r\nBcc: x")), 400, "invalid_value", "/email"),
        (bad("email", json!(long)), 400, "invalid_value", "/email"),
        (bad("email", json!(["kari@fjord.example"])), 400, "wrong_type", "/email"),
        (bad("phone", json!("")), 400, "invalid_value", "/phone"),
        (bad("phone", json!("\u{3000}")), 400, "invalid_value", "/phone"),
        (bad("phone", json!("1".repeat(65))), 400, "invalid_value", "/phone"),
        (bad("phone", json!(4_722_000_000_i64)), 400, "wrong_type", "/phone"),
        (bad("title", json!("Director")), 400, "unknown_field", "/title"),
    ]
}

#[tokio::test]
async fn what_a_company_is_made_of_is_judged_field_by_field_so_f14() {
    let desk = Desk::open().await;
    let edit = format!("/v1/companies/{FJORD}/edit");
    desk.refused("/v1/companies", bad_of_company(&json!({"name": "Nord AS"}))).await;
    desk.refused(&edit, bad_of_company(&json!({"country": "NO"}))).await;
    desk.refused(
        "/v1/companies",
        [
            (json!({}), 400, "missing_field", "/name"),
            (json!({"name": null}), 400, "wrong_type", "/name"),
            (json!({"name": "x", "id": "x"}), 400, "invalid_value", "/id"),
            (json!({"name": "x", "id": FJORD}), 409, "already_exists", ""),
        ],
    )
    .await;
    desk.refused(&edit, [(json!({"id": FJORD}), 400, "unknown_field", "/id")]).await;
    // null clears what a company need not have, and no company is without a name
    let mut nothing = json!({"name": null, "category": null, "business": null, "country": null});
    desk.refused(&edit, [(nothing.clone(), 400, "wrong_type", "/name")]).await;
    nothing.as_object_mut().unwrap().remove("name");
    let answer = desk.world.post(&desk.fixture.importer, &edit, &nothing).await.expect(200).json();
    assert_eq!(answer["events"], json!(["company.edited"]));
}

#[tokio::test]
async fn what_a_contact_is_made_of_is_judged_field_by_field_so_f15_sk_6() {
    let desk = Desk::open().await;
    let edit = format!("/v1/contacts/{KARI}/edit");
    desk.refused("/v1/contacts", bad_of_contact(&json!({"name": "Per"}))).await;
    desk.refused(&edit, bad_of_contact(&json!({"phone": "112"}))).await;
    desk.refused(
        "/v1/contacts",
        [
            (json!({"company": FJORD}), 400, "missing_field", "/name"),
            (json!({"name": "x", "id": 7}), 400, "wrong_type", "/id"),
            (json!({"name": "x", "id": KARI}), 409, "already_exists", ""),
        ],
    )
    .await;
    desk.refused(&edit, [(json!({"id": KARI}), 400, "unknown_field", "/id")]).await;
}

/// SK-6: what stands on a card is where mail goes, not who reads it.
#[tokio::test]
async fn an_address_has_no_name_beside_it_sk_6() {
    let desk = Desk::open().await;
    for path in ["/v1/contacts".to_owned(), format!("/v1/contacts/{KARI}/edit")] {
        for email in
            ["Kari <kari@fjord.example>", " <kari@fjord.example>", "\"K\" <k@fjord.example> "]
        {
            let body = json!({"name": "Per", "email": email});
            desk.refused(&path, [(body, 400, "invalid_value", "/email")]).await;
        }
    }
}

#[tokio::test]
async fn companies_and_contacts_that_are_not_there_are_not_edited() {
    let desk = Desk::open().await;
    let nothing = Uuid::from_u128(404);
    for (path, status, code) in [
        (format!("/v1/companies/{nothing}/edit"), 404, "not_found"),
        (format!("/v1/contacts/{nothing}/edit"), 404, "not_found"),
        // each has a place of its own
        (format!("/v1/companies/{KARI}/edit"), 404, "not_found"),
        (format!("/v1/contacts/{FJORD}/edit"), 404, "not_found"),
        ("/v1/companies/Fjord/edit".to_owned(), 400, "malformed_id"),
        ("/v1/contacts/%20/edit".to_owned(), 400, "malformed_id"),
        (format!("/v1/companies/{FJORD}/delete"), 404, "no_such_route"),
        (format!("/v1/contacts/{KARI}/register"), 404, "no_such_route"),
    ] {
        desk.refused(&path, [(json!({"name": "x"}), status, code, "")]).await;
    }
}
