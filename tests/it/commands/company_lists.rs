//! What a company is to us and does is what the lists offer, to companies and to targets about them (SO-19, ST-2, ST-4).

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

const LISTS: [(&str, &str); 2] =
    [("company_category", "category"), ("company_business", "business")];

async fn on_list(world: &World, list: &str, command: &str, body: Value) {
    let admin = world.token("ada", "admin");
    world.post(&admin, &format!("/v1/lists/{list}/{command}"), &body).await.expect(200);
}

/// SO-19: any key until the list is maintained, then what it offers; each field by its own list.
#[tokio::test]
async fn category_and_business_are_keys_of_maintained_lists_so_19() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let token = world.token("ola", "seller");
    let with = |field: &str, key: &str| json!({"name": "Fjord AS", field: key});
    for (list, field) in LISTS {
        let old = world.post(&token, "/v1/companies", &with(field, "of-old")).await.expect(201);
        let edit = format!("/v1/companies/{}/edit", old.json()["id"].as_str().unwrap());
        let ours = format!("our-{field}");
        on_list(&world, list, "add-item", json!({"key": ours, "labels": "Ours"})).await;
        world.post(&token, "/v1/companies", &with(field, &ours)).await.expect(201);
        world.post(&token, "/v1/companies", &with(field, "unknown")).await.expect(201);
        let before = world.stored().await;
        for (path, body) in [
            ("/v1/companies", with(field, "of-old")),
            ("/v1/companies", with(field, "elsewhere")),
            (edit.as_str(), json!({field: "elsewhere"})),
        ] {
            let refused = world.post(&token, path, &body).await;
            let problem = refused.expect_problem(422, "unknown_list_item").json();
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{path} {body}");
        }
        assert_eq!(world.stored().await, before, "nothing of it was stored");
        // what the company has may come back in a form
        let form = json!({field: "of-old", "name": "Fjord ASA"});
        let kept = world.post(&token, &edit, &form).await.expect(200).json();
        assert_eq!(kept["events"], json!(["company.edited"]));
        on_list(&world, list, "delete-item", json!({"key": ours})).await;
        world
            .post(&token, "/v1/companies", &with(field, &ours))
            .await
            .expect_problem(422, "unknown_list_item");
        // history comes as it was
        world.post(&fixture.importer, "/v1/companies", &with(field, &ours)).await.expect(201);
    }
    // the lists know nothing of each other
    on_list(&world, LISTS[0].0, "add-item", json!({"key": "club", "labels": "Club"})).await;
    let wrong = world.post(&token, "/v1/companies", &with("business", "club")).await;
    wrong.expect_problem(422, "unknown_list_item");
}

/// SO-19: a replica that has not heard of the first item yet accepts nothing on an old look, and refuses nothing either.
#[tokio::test]
async fn a_replica_with_an_old_look_at_a_list_of_companies_decides_again_so_19() {
    let world = World::start().await;
    let other = world.replica().await;
    let token = world.token("ola", "seller");
    let with = |key: &str| json!({"name": "Fjord AS", "category": key});
    other.post(&token, "/v1/companies", &with("boats")).await.expect(201);
    on_list(&world, "company_category", "add-item", json!({"key": "club", "labels": "Club"})).await;
    let late = other.post(&token, "/v1/companies", &with("boats")).await;
    late.expect_problem(422, "unknown_list_item");
    on_list(&world, "company_category", "add-item", json!({"key": "boats", "labels": "Boats"}))
        .await;
    other.post(&token, "/v1/companies", &with("boats")).await.expect(201);
}

/// ST-2, ST-4: types of targets by what companies are, and rows about the items of each.
#[tokio::test]
async fn targets_are_told_apart_by_what_companies_are_st_2() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    let (admin, manager) = (world.token("ada", "admin"), world.token("mia", "manager"));
    for (list, key) in [("company_category", "club"), ("company_business", "fishing")] {
        on_list(&world, list, "add-item", json!({"key": key, "labels": "Ours"})).await;
    }
    for (dimension, good, bad) in [
        ("company_category", ["club", "customer"], ["fishing", "elsewhere"]),
        ("company_business", ["fishing", "trade"], ["club", "elsewhere"]),
        ("company_country", ["no", "nl"], ["xx", "norway"]),
    ] {
        let define = |items: &[&str]| json!({"name": dimension, "dimension": dimension, "unit": "amount", "items": items});
        for bad in bad {
            let refused = world.post(&admin, "/v1/target-types", &define(&[good[0], bad])).await;
            let problem = refused.expect_problem(422, "unknown_target_item").json();
            assert_eq!(problem["errors"][0]["pointer"], "/items/1", "{dimension} {bad}");
        }
        let made = world.post(&admin, "/v1/target-types", &define(&[])).await.expect(201).json();
        let again = world.post(&admin, "/v1/target-types", &define(&[])).await;
        again.expect_problem(422, "dimension_taken");
        let row = |item: &str| json!({"target_type": made["id"], "item": item, "year": 2026, "level": "company"});
        for bad in bad {
            let refused = world.post(&manager, "/v1/targets", &row(bad)).await;
            let problem = refused.expect_problem(422, "unknown_target_item").json();
            assert_eq!(problem["errors"][0]["pointer"], "/item", "{dimension} {bad}");
        }
        for good in good {
            world.post(&manager, "/v1/targets", &row(good)).await.expect(201);
        }
        let path = format!("/v1/target-types/{}/edit", made["id"].as_str().unwrap());
        world.post(&admin, &path, &json!({"items": [good[1]]})).await.expect(200);
        let dropped = world.post(&manager, "/v1/targets", &row(good[0])).await;
        dropped.expect_problem(422, "unknown_target_item");
    }
    // a country is said in small letters, like every item
    let capital =
        json!({"name": "x", "dimension": "company_country", "unit": "count", "items": ["NO"]});
    let refused = world.post(&admin, "/v1/target-types", &capital).await;
    let problem = refused.expect_problem(400, "invalid_value").json();
    assert_eq!(problem["errors"][0]["pointer"], "/items/0");
    let unknown = json!({"name": "x", "dimension": "company_size", "unit": "count"});
    let refused = world.post(&admin, "/v1/target-types", &unknown).await;
    refused.expect_problem(400, "invalid_value");
}

/// SO-F14: sales link ids of another system freely; registered later, the same id is a company like any other.
#[tokio::test]
async fn a_sale_links_a_company_whether_it_is_registered_or_not_so_f14() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = Uuid::from_u128(0xf7);
    let sale = json!({"title": "Fjord ERP", "sale_type": fixture.new, "owner": "ola",
        "company": {"id": id, "name": "Fjord AS"}, "contact": {"id": id, "name": "Kari"}});
    let token = world.token("mia", "manager");
    world.post(&token, "/v1/sales", &sale).await.expect(201);
    let company = json!({"id": id, "name": "Fjord ASA", "country": "NO"});
    world.post(&token, "/v1/companies", &company).await.expect(201);
    world.post(&token, "/v1/contacts", &json!({"id": id, "name": "Kari Vik"})).await.expect(201);
    world.post(&token, "/v1/sales", &sale).await.expect(201);
}
