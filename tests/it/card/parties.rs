//! What is known of the company, the contact and the stakeholders of a sale stands on its card (SK-6, ST-2).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;

const FJORD: Uuid = Uuid::from_u128(0x71);
const NINA: Uuid = Uuid::from_u128(0x72);
const PER: Uuid = Uuid::from_u128(0x73);

fn party(id: Uuid, name: &str) -> Value {
    json!({"id": id, "name": name})
}

impl Desk {
    /// A command on companies and contacts, in effect from a day on.
    async fn since(&self, day: &str, path: &str, body: Value) {
        self.fixture.at(&self.world, &format!("{day}T08:00:00Z"), path, body).await;
    }

    /// E-mail and phone of the first two stakeholders at a moment.
    async fn reached(&self, moment: &str) -> Vec<[Value; 2]> {
        let card = self.ask(&format!("/v1/sales/{}{moment}", self.sale)).await;
        let rows = card["stakeholders"].as_array().unwrap().iter();
        rows.map(|row| [row["email"].clone(), row["phone"].clone()]).collect()
    }
}

#[tokio::test]
async fn stakeholders_have_the_columns_of_sk_6_as_soon_as_they_are_registered_and_as_of_any_day() {
    let desk = Desk::new().await;
    let row = |contact: Value| json!({"company": party(FJORD, "Fjord AS"), "contact": contact, "role": "user"});
    let both = [row(party(NINA, "Nina")), row(party(PER, "Per"))];
    let path = format!("/v1/sales/{}/add-stakeholders", desk.sale);
    desk.since("2026-03-02", &path, json!({ "stakeholders": both })).await;
    let nothing = || [Value::Null, Value::Null];
    assert_eq!(desk.reached("").await, [nothing(), nothing()], "ids of another system are allowed");

    let nina = json!({"id": NINA, "name": "Nina H", "email": "nina@fjord.example", "phone": "+47 22 00 00 00"});
    desk.since("2026-03-03", "/v1/contacts", nina).await;
    let known = || [json!("nina@fjord.example"), json!("+47 22 00 00 00")];
    assert_eq!(desk.reached("").await, [known(), nothing()]);
    let edit = json!({"email": null, "phone": "22 00 00 01"});
    desk.since("2026-03-05", &format!("/v1/contacts/{NINA}/edit"), edit).await;
    assert_eq!(desk.reached("").await[0], [Value::Null, json!("22 00 00 01")]);
    desk.world.set_clock("2026-03-20T09:00:00Z");
    assert_eq!(desk.reached("?as_of=2026-03-04").await, [known(), nothing()]);
    let card = desk.card().await;
    let columns = ["comment", "company", "contact", "email", "id", "phone", "role"];
    let row = card["stakeholders"][0].as_object().unwrap();
    assert_eq!(row.keys().collect::<Vec<_>>(), columns, "{row:?}");
    assert_eq!(row["contact"], party(NINA, "Nina"), "the name is what the sale says");
}

#[tokio::test]
async fn company_and_contact_of_a_sale_tell_what_is_known_of_them_st_2_sk_6() {
    let mut desk = Desk::new().await;
    let linked = json!({"company": party(FJORD, "Fjord"), "contact": party(NINA, "Nina")});
    desk.sale = desk.fixture.sale(&desk.world, "2026-03-01T08:00:00Z", "Linked", linked).await;
    let fjord = json!({"id": FJORD, "name": "Fjord AS", "category": "customer", "business": "trade", "country": "NO"});
    desk.since("2026-03-02", "/v1/companies", fjord).await;
    let nina = json!({"id": NINA, "name": "Nina", "company": FJORD, "email": "nina@fjord.example"});
    desk.since("2026-03-02", "/v1/contacts", nina).await;
    let card = desk.card().await;
    assert_eq!(
        card["company"],
        json!({"id": FJORD, "name": "Fjord", "category": "customer", "business": "trade", "country": "NO"})
    );
    assert_eq!(
        card["contact"],
        json!({"id": NINA, "name": "Nina", "email": "nina@fjord.example", "phone": null})
    );
    let edit = json!({"category": "partner", "country": null});
    desk.since("2026-03-04", &format!("/v1/companies/{FJORD}/edit"), edit).await;
    let card = desk.card().await;
    assert_eq!(
        (&card["company"]["category"], &card["company"]["country"]),
        (&json!("partner"), &Value::Null)
    );
    desk.world.set_clock("2026-03-20T09:00:00Z");
    for (day, category) in [
        ("2026-03-01", Value::Null),
        ("2026-03-03", json!("customer")),
        ("2026-03-04", json!("partner")),
    ] {
        let then = desk.ask(&format!("/v1/sales/{}?as_of={day}", desk.sale)).await;
        assert_eq!(then["company"]["category"], category, "{day}");
    }
    let unlinked = json!({"company": null, "contact": null});
    desk.on("edit", unlinked).await;
    let card = desk.card().await;
    assert_eq!((&card["company"], &card["contact"]), (&Value::Null, &Value::Null));
}
