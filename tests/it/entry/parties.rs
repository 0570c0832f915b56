//! Who may read companies and contacts: every role of their tenant, nobody without a token, nobody of another tenant.

use serde_json::{Value, json};
use system_tests::World;
use uuid::Uuid;

const FJORD: Uuid = Uuid::from_u128(0xf1);
const NINA: Uuid = Uuid::from_u128(0xf2);

/// A company and a contact of tenant demo, and every question about them.
async fn registered(world: &World) -> [String; 6] {
    let token = world.token("ola", "seller");
    let fjord = json!({"id": FJORD, "name": "Fjord AS"});
    world.post(&token, "/v1/companies", &fjord).await.expect(201);
    let nina = json!({"id": NINA, "name": "Nina", "company": FJORD, "email": "nina@fjord.example"});
    world.post(&token, "/v1/contacts", &nina).await.expect(201);
    [
        "/v1/companies".to_owned(),
        "/v1/contacts".to_owned(),
        format!("/v1/companies/{FJORD}"),
        format!("/v1/contacts/{NINA}"),
        "/v1/companies/export".to_owned(),
        "/v1/contacts/export".to_owned(),
    ]
}

#[tokio::test]
async fn every_role_reads_them_and_who_has_no_role_or_no_token_does_not_so_44() {
    let world = World::start().await;
    let questions = registered(&world).await;
    for path in &questions {
        for role in ["seller", "manager", "admin", "importer", "auditor", "analyst"] {
            let reply = world.get(&world.token("kari", role), path).await.expect(200);
            assert!(reply.text.contains("Fjord AS"), "{path} {role}: {}", reply.text);
        }
        let nobody = world.token_of("demo", "kari", &[]);
        world.get(&nobody, path).await.expect_problem(403, "forbidden");
        world.question(path).send().await.expect_problem(401, "token_missing");
    }
}

#[tokio::test]
async fn another_tenant_finds_nothing_by_the_same_ids_and_has_its_own_under_them() {
    let world = World::start().await;
    let [companies, contacts, company, contact, ..] = registered(&world).await;
    let other = world.token_of("other", "ola", &["admin"]);
    for (list, path) in [("companies", &companies), ("contacts", &contacts)] {
        let by_id = format!("{path}?id={FJORD},{NINA}");
        let answer: Value = world.get(&other, &by_id).await.expect(200).json();
        assert_eq!(answer[list], json!([]), "{by_id}");
    }
    for path in [&company, &contact] {
        world.get(&other, path).await.expect_problem(404, "not_found");
    }
    let own = json!({"id": FJORD, "name": "Fjell BV"});
    world.post(&other, "/v1/companies", &own).await.expect(201);
    let names = async |token: &str| {
        let answer: Value = world.get(token, &company).await.expect(200).json();
        (answer["name"].clone(), answer["contact_count"].clone())
    };
    assert_eq!(names(&other).await, (json!("Fjell BV"), json!(0)));
    assert_eq!(names(&world.token("ola", "seller")).await, (json!("Fjord AS"), json!(1)));
}
