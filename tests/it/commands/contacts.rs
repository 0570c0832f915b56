//! Contacts are registered and edited, and rest on the company they work for (SO-F15, SK-6).

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::bulk::{lines, send};
use super::companies::facts;

const KARI: Uuid = Uuid::from_u128(0xca);
const FJORD: Uuid = Uuid::from_u128(0xf1);
const NORD: Uuid = Uuid::from_u128(0xf2);

fn kari() -> Value {
    json!({"id": KARI, "name": "Kari Vik", "company": FJORD, "email": "kari@fjord.example",
        "phone": "+47 22 00 00 00"})
}

fn edit_path() -> String {
    format!("/v1/contacts/{KARI}/edit")
}

/// Two companies in a tenant of their own.
async fn with_companies() -> (World, String) {
    let world = World::start().await;
    let token = world.token("ola", "seller");
    for (id, name) in [(FJORD, "Fjord AS"), (NORD, "Nord AS")] {
        let body = json!({"id": id, "name": name});
        world.post(&token, "/v1/companies", &body).await.expect(201);
    }
    (world, token)
}

async fn of_kari(world: &World) -> Vec<(String, Value, Option<String>)> {
    facts(world, &events::ContactId(KARI).stream()).await
}

/// SO-F15, SK-6.
#[tokio::test]
async fn a_contact_is_registered_and_edited_and_each_fact_tells_all_of_them_so_f15() {
    let (world, token) = with_companies().await;
    let made = world.post(&token, "/v1/contacts", &kari()).await.expect(201);
    let location = format!("/v1/contacts/{KARI}");
    assert_eq!(made.header("location"), Some(location.as_str()));
    assert_eq!(made.json()["events"], json!(["contact.registered"]));
    world.post(&token, "/v1/contacts", &kari()).await.expect_problem(409, "already_exists");
    for (body, after) in [
        (
            json!({"name": "Kari Nordmann", "phone": "112"}),
            json!({"name": "Kari Nordmann", "company": FJORD, "email": "kari@fjord.example", "phone": "112"}),
        ),
        (
            json!({"company": NORD, "email": "kari@nord.example"}),
            json!({"name": "Kari Nordmann", "company": NORD, "email": "kari@nord.example", "phone": "112"}),
        ),
        (json!({"company": null, "email": null, "phone": null}), json!({"name": "Kari Nordmann"})),
    ] {
        let answer = world.post(&token, &edit_path(), &body).await.expect(200).json();
        assert_eq!(answer["events"], json!(["contact.edited"]), "{body}");
        assert_eq!(of_kari(&world).await.pop().unwrap().1, after, "{body}");
    }
    let before = world.stored().await;
    for body in [json!({}), json!({"name": " Kari Nordmann "}), json!({"company": null})] {
        let answer = world.post(&token, &edit_path(), &body).await.expect(200).json();
        assert_eq!((&answer["events"], &answer["version"]), (&json!([]), &json!(4)), "{body}");
    }
    assert_eq!(world.stored().await, before, "said twice, done once");
}

/// SO-F15: of this tenant, and registered.
#[tokio::test]
async fn a_contact_works_for_a_company_of_the_tenant_so_f15() {
    let (world, token) = with_companies().await;
    let stranger = world.token_of("other", "ola", &["importer"]);
    let foreign = json!({"id": Uuid::from_u128(0xf3), "name": "Elsewhere"});
    world.post(&stranger, "/v1/companies", &foreign).await.expect(201);
    world.post(&token, "/v1/contacts", &kari()).await.expect(201);
    let before = world.stored().await;
    let contact = json!({"name": "Per"});
    for unknown in [json!(Uuid::from_u128(404)), foreign["id"].clone(), json!(KARI)] {
        let mut new = contact.clone();
        new["company"] = unknown.clone();
        for (path, body) in
            [("/v1/contacts".to_owned(), new), (edit_path(), json!({"company": unknown}))]
        {
            // history too needs its companies first
            for token in [&token, &world.token("ola", "importer")] {
                let problem = world.post(token, &path, &body).await;
                let problem = problem.expect_problem(422, "unknown_company").json();
                assert_eq!(problem["errors"][0]["pointer"], "/company", "{path} {body}");
            }
        }
    }
    assert_eq!(world.stored().await, before);
    let nobody = world.post(&stranger, &edit_path(), &json!({"name": "Mine"})).await;
    nobody.expect_problem(404, "not_found");
    // equal ids in two tenants never meet
    let mut theirs = kari();
    theirs["company"] = foreign["id"].clone();
    world.post(&stranger, "/v1/contacts", &theirs).await.expect(201);
    assert_eq!(of_kari(&world).await.len(), 1);
}

/// A refusal leaves only after a look at the log: what one replica just registered is known to the other.
#[tokio::test]
async fn a_replica_that_has_not_heard_of_a_company_yet_decides_again() {
    let world = World::start().await;
    let other = world.replica().await;
    let token = world.token("ola", "seller");
    let refused = other.post(&token, "/v1/contacts", &kari()).await;
    refused.expect_problem(422, "unknown_company");
    let company = json!({"id": FJORD, "name": "Fjord AS"});
    world.post(&token, "/v1/companies", &company).await.expect(201);
    other.post(&token, "/v1/contacts", &kari()).await.expect(201);
    // and an edit of the company meanwhile is no hindrance
    world
        .post(&token, &format!("/v1/companies/{FJORD}/edit"), &json!({"country": "NO"}))
        .await
        .expect(200);
    let per = json!({"name": "Per", "company": FJORD});
    other.post(&token, "/v1/contacts", &per).await.expect(201);
}

#[tokio::test]
async fn keys_versions_and_effective_times_mean_for_contacts_what_they_mean_everywhere() {
    let (world, _) = with_companies().await;
    let fixture = Fixture::set_up(&world).await;
    let importer = &fixture.importer;
    let ask = |path: &str| world.command(Method::POST, path).bearer(importer);
    let register = |key: &'static str, body: &Value| {
        let ask = ask("/v1/contacts").header("effective-at", "2026-02-01T08:00:00Z");
        ask.header("idempotency-key", key).json(body).send()
    };
    let first = register("k", &kari()).await.expect(201);
    assert_eq!(register("k", &kari()).await.expect(201).text, first.text);
    register("k", &json!({"name": "Per"})).await.expect_problem(422, "key_reused");
    let edit = |version: &'static str, at: &'static str| {
        let ask = ask(&edit_path()).header("if-match", version).header("effective-at", at);
        ask.json(&json!({"phone": "112"})).send()
    };
    edit("\"2\"", "2026-03-01T08:00:00Z").await.expect_problem(412, "precondition_failed");
    edit("\"1\"", "2026-01-31T08:00:00Z").await.expect_problem(422, "effective_time_falls");
    edit("\"1\"", "2026-03-01T08:00:00Z").await.expect(200);
    edit("\"1\"", "2026-03-01T08:00:00Z").await.expect_problem(412, "precondition_failed");
    let times: Vec<_> = of_kari(&world).await.into_iter().filter_map(|(.., at)| at).collect();
    assert_eq!(times, ["2026-02-01T08:00:00+00:00", "2026-03-01T08:00:00+00:00"]);
}

/// SO-44: contacts have no owner either.
#[tokio::test]
async fn whoever_changes_sales_changes_contacts_and_nobody_else_so_44() {
    let (world, token) = with_companies().await;
    world.post(&token, "/v1/contacts", &kari()).await.expect(201);
    for role in ["seller", "manager", "admin", "importer"] {
        let body = json!({"phone": role});
        world.post(&world.token("kari", role), &edit_path(), &body).await.expect(200);
    }
    let before = world.stored().await;
    for role in ["auditor", "analyst"] {
        let eva = world.token("eva", role);
        for path in ["/v1/contacts".to_owned(), edit_path()] {
            let reply = world.post(&eva, &path, &json!({"name": "x"})).await;
            reply.expect_problem(403, "forbidden");
        }
    }
    assert_eq!(world.stored().await, before);
}

/// One file may bring a company and, further down, who works there (design §4.1).
#[tokio::test]
async fn a_file_brings_companies_and_their_contacts_in_bulk() {
    let world = World::start().await;
    let token = world.token("ola", "seller");
    let company = |n: u128| {
        let body = json!({"id": Uuid::from_u128(0xb00 + n), "name": format!("Company {n}")});
        json!({"command": "RegisterCompany", "body": body})
    };
    let contact = |n: u128| {
        let body = json!({"name": format!("Contact {n}"), "company": Uuid::from_u128(0xb00 + n)});
        json!({"command": "RegisterContact", "body": body})
    };
    let mut sent: Vec<Value> =
        (0..100).flat_map(|n| [company(n), contact(n), contact(n)]).collect();
    // of a company that never comes, and of one that is refused
    sent.push(contact(100));
    let nameless =
        json!({"command": "RegisterCompany", "id": Uuid::from_u128(0xb00 + 101), "body": {}});
    sent.push(nameless);
    sent.push(contact(101));
    let results = send(&world, &token, lines(&sent)).await.expect(200).lines();
    let told: Vec<_> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert!(told[..300].iter().all(|status| *status == 201), "{told:?}");
    assert_eq!(told[300..], [422, 400, 422]);
    let problem = &results[300]["problem"];
    assert_eq!(
        (&problem["code"], &problem["errors"][0]["pointer"]),
        (&json!("unknown_company"), &json!("/body/company"))
    );
}
