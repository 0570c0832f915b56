//! What is known of the company, the contact and the stakeholders of a sale on its card, from memory and by SQL, whatever
//! was kept before (SK-6).

use axum::Router;
use events::sale::{Part, Registration, Stakeholder, StakeholderId};
use events::{ContactEvent, Event, Party, SaleEvent, TenantSlug};
use serde_json::{Value, json};
use uuid::Uuid;

use super::brought_back::{follow_without, redrive};
use super::facts::{registered, registration, sale};
use super::parties::{contact_named, known, known_otherwise, name};
use super::party_facts::{company, company_id, contact_id, linked};
use super::standing::{Both, one};
use super::{World, instant};
use crate::activity::ActivityModel;
use crate::sale::SaleModel;

/// A sale of company and contact 0 with three stakeholders: contact 1, contact 404, company 1 alone.
async fn involved(world: &mut World) {
    let party = |id: Uuid| Party { id, name: name("As the sale has it") };
    let stakeholder = |n: u128, company: Option<Uuid>, contact: Option<Uuid>| Stakeholder {
        id: StakeholderId(Uuid::from_u128(n)),
        company: company.map(party),
        contact: contact.map(party),
        part: Part::default(),
    };
    let facts = [
        stakeholder(1, None, Some(contact_id(1).0)),
        stakeholder(2, None, Some(contact_id(404).0)),
        stakeholder(3, Some(company_id(1).0), None),
    ]
    .map(|one| Event::Sale(SaleEvent::StakeholderAdded(one)));
    let parties = linked(Some(company_id(0).0), Some(contact_id(0).0));
    let first = registered(Registration { parties, ..registration() });
    world.record(&sale(1).stream(), &[first]).await;
    world.record(&sale(1).stream(), &facts).await;
}

/// What a card tells of company, contact and the first stakeholder.
fn told(card: &Value) -> [Value; 4] {
    let stakeholder = &card["stakeholders"][0];
    [
        card["company"]["category"].clone(),
        card["contact"]["email"].clone(),
        stakeholder["email"].clone(),
        stakeholder["phone"].clone(),
    ]
}

/// The card from memory and by SQL, which say the same.
async fn both_cards(both: &Both, demo: &TenantSlug) -> Value {
    let question = format!("/v1/sales/{}", sale(1));
    let memory = one(&both.memory, demo, &question).await;
    assert_eq!(memory, one(&both.sql, demo, &question).await);
    memory
}

#[tokio::test]
async fn a_card_tells_what_is_known_of_company_contact_and_stakeholders_sk_6() {
    let mut world = World::provisioned().await;
    involved(&mut world).await;
    world.follow().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    one(&both.memory, &demo, "/v1/pipeline").await;
    let card = both_cards(&both, &demo).await;
    let nothing = json!({"id": company_id(0), "name": "Fjord AS", "category": null, "business": null, "country": null});
    assert_eq!(card["company"], nothing, "nobody registered it");
    assert_eq!(told(&card), [const { Value::Null }; 4]);

    // registered afterwards, then changed: each time the next card knows it
    let what = [Some("customer"), Some("trade"), Some("NO")];
    world.record(&company_id(0).stream(), &[known(company(what))]).await;
    world.contact(0, Some("nina@fjord.example"), None).await;
    let ase = contact_named("Åse Berg", None, Some("ase@fjord.example"));
    world.record(&contact_id(1).stream(), &[Event::Contact(ContactEvent::Registered(ase))]).await;
    world.follow().await;
    let card = both_cards(&both, &demo).await;
    assert_eq!(
        card["company"],
        json!({"id": company_id(0), "name": "Fjord AS", "category": "customer", "business": "trade", "country": "NO"})
    );
    assert_eq!(
        card["contact"],
        json!({"id": contact_id(0), "name": "Nina Hansen", "email": "nina@fjord.example", "phone": null})
    );
    let rows = card["stakeholders"].as_array().unwrap();
    let reached: Vec<_> = rows.iter().map(|row| (&row["email"], &row["phone"])).collect();
    let none = (&Value::Null, &Value::Null);
    assert_eq!(reached, [(&json!("ase@fjord.example"), &json!("+47 1")), none, none]);
    assert_eq!(rows[0]["contact"]["name"], "As the sale has it");

    let listed = one(&both.memory, &demo, "/v1/sales").await;
    assert_eq!(
        listed["sales"][0]["company"],
        json!({"id": company_id(0), "name": "Fjord AS"}),
        "lists do not look anybody up"
    );
    world
        .record(&company_id(0).stream(), &[known_otherwise(company([Some("partner"), None, None]))])
        .await;
    world.follow().await;
    let card = both_cards(&both, &demo).await;
    assert_eq!(
        (&card["company"]["category"], &card["company"]["country"]),
        (&json!("partner"), &Value::Null)
    );
    let ase = contact_named("Åse Berg", None, None);
    world.record(&contact_id(1).stream(), &[Event::Contact(ContactEvent::Edited(ase))]).await;
    world.follow().await;
    assert_eq!(told(&both_cards(&both, &demo).await)[2], Value::Null);
}

#[tokio::test]
async fn a_card_of_the_past_tells_what_was_known_then_sk_6() {
    let mut world = World::provisioned().await;
    let at = |day: &str| Some(instant(&format!("2026-{day}T09:00:00Z")));
    let parties = linked(Some(company_id(0).0), Some(contact_id(0).0));
    let first = registered(Registration { parties, ..registration() });
    world.record_at(at("01-05"), &sale(1).stream(), &[first]).await;
    for (day, category) in [("01-10", "prospect"), ("02-10", "customer")] {
        let is = company([Some(category), None, None]);
        let fact = if category == "prospect" { known(is) } else { known_otherwise(is) };
        world.record_at(at(day), &company_id(0).stream(), &[fact]).await;
    }
    world.follow().await;
    let both = Both::of(&world);
    for (moment, category) in [
        ("", json!("customer")),
        ("?as_of=2026-02-09", json!("prospect")),
        ("?as_of=2026-01-09", Value::Null),
    ] {
        let question = format!("/v1/sales/{}{moment}", sale(1));
        for router in [&both.memory, &both.sql] {
            let card = one(router, &world.tenant, &question).await;
            assert_eq!(card["company"]["category"], category, "{moment}");
        }
    }
}

/// Writes another category into the row of company 0, which nothing but a restore does.
async fn overwrite(world: &World) {
    let mut superuser = world.database.superuser().await;
    let text = "UPDATE rm_sale_1.company_version SET category = 'overwritten'";
    sqlx::raw_sql(text).execute(&mut superuser).await.unwrap();
}

#[tokio::test]
async fn what_is_known_is_kept_until_a_company_or_contact_changes() {
    let mut world = World::provisioned().await;
    involved(&mut world).await;
    world.record(&company_id(0).stream(), &[known(company([Some("customer"), None, None]))]).await;
    world.follow().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    one(&both.memory, &demo, "/v1/pipeline").await;
    let question = format!("/v1/sales/{}", sale(1));
    let category =
        async |router: &Router| one(router, &demo, &question).await["company"]["category"].clone();
    assert_eq!(category(&both.memory).await, "customer");
    overwrite(&world).await;
    assert_eq!(category(&both.sql).await, "overwritten");
    assert_eq!(category(&both.memory).await, "customer", "it is not read again");
    // a fact of a sale leaves it, one of a contact does not
    world.record(&sale(2).stream(), &[registered(registration())]).await;
    world.follow().await;
    one(&both.memory, &demo, "/v1/pipeline").await;
    assert_eq!(category(&both.memory).await, "customer");
    world.contact(7, None, None).await;
    world.follow().await;
    one(&both.memory, &demo, "/v1/pipeline").await;
    assert_eq!(category(&both.memory).await, "overwritten");
}

#[tokio::test]
async fn a_contact_brought_back_below_the_checkpoint_is_on_the_next_card() {
    let mut world = World::provisioned().await;
    involved(&mut world).await;
    world.contact(0, Some("nina@fjord.example"), None).await;
    world.record(&sale(2).stream(), &[registered(registration())]).await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    let stream = contact_id(0).stream().stream_id(&demo);
    let log = world.log().await;
    let lost = log.into_iter().find(|event| event.stream_id == stream).unwrap();
    follow_without(&world, &SaleModel, &lost).await;
    world.follow_with(&ActivityModel).await;
    for (known, back) in [(Value::Null, false), (json!("nina@fjord.example"), true)] {
        if back {
            redrive(&world, &SaleModel, &lost).await;
        }
        one(&both.memory, &demo, "/v1/pipeline").await;
        assert_eq!(told(&both_cards(&both, &demo).await)[1], known);
    }
}
