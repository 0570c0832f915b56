//! The list of selections: filters, order, pages (SF-10).

use serde_json::{Value, json};

use super::Office;

fn names(list: &Value) -> Vec<&str> {
    let rows = list["selections"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_paged_sf_10() {
    let office = Office::open().await;
    let sales = office.sales(2).await;
    let criteria =
        json!({"any": [{"all": [{"field": "status", "operator": "one_of", "values": ["open"]}]}]});
    for (name, body) in [
        ("beta", json!({"kind": "static", "members": sales, "category": "autumn"})),
        ("Alpha", json!({"kind": "dynamic", "criteria": criteria, "owner": "kari"})),
        ("gamma", json!({"kind": "static", "owner": "kari", "category": "spring"})),
        ("Delta", json!({"kind": "static", "owner": "per"})),
    ] {
        let mut body = body;
        body["name"] = json!(name);
        let id = office.created(body).await;
        if name == "gamma" {
            office.on(&id, "complete", json!({})).await;
        }
    }
    for (question, expected) in [
        ("", &["Alpha", "beta", "Delta", "gamma"][..]),
        ("?sort=-name", &["gamma", "Delta", "beta", "Alpha"]),
        ("?sort=owner", &["Alpha", "gamma", "beta", "Delta"]),
        ("?sort=-updated_at", &["gamma", "Alpha", "beta", "Delta"]),
        ("?owner=kari,per", &["Alpha", "Delta", "gamma"]),
        ("?kind=dynamic", &["Alpha"]),
        ("?completed=true", &["gamma"]),
        ("?completed=false&kind=static", &["beta", "Delta"]),
        ("?category=autumn,spring", &["beta", "gamma"]),
        ("?category=winter", &[]),
    ] {
        let list = office.ask(&format!("/v1/selections{question}")).await;
        assert_eq!(names(&list), expected, "{question}");
    }
    let list = office.ask("/v1/selections").await;
    let counts: Vec<&Value> =
        list["selections"].as_array().unwrap().iter().map(|row| &row["member_count"]).collect();
    assert_eq!(counts, [&Value::Null, &json!(2), &json!(0), &json!(0)]);
    let first = office.ask("/v1/selections?limit=3").await;
    assert_eq!(names(&first), ["Alpha", "beta", "Delta"]);
    let cursor = first["next"].as_str().unwrap();
    office.created(json!({"name": "Aaa", "kind": "static"})).await;
    let second = office.ask(&format!("/v1/selections?limit=3&cursor={cursor}")).await;
    assert_eq!((names(&second), &second["next"]), (vec!["gamma"], &Value::Null));
    assert_eq!(second["position"], first["position"]);
}

#[tokio::test]
async fn one_selection_tells_its_terms_criteria_and_view_sf_10() {
    let office = Office::open().await;
    let criteria =
        json!({"any": [{"all": [{"field": "title", "operator": "contains", "values": ["sale"]}]}]});
    let body = json!({"name": "Living", "kind": "dynamic", "criteria": criteria, "category": "autumn",
        "description": "Look again", "visible_for": "group", "visible_group": "North"});
    let id = office.created(body).await;
    office.sales(2).await;
    let view = json!({"group_by": "owner", "summarize": "weighted", "hide_closed": true,
        "sort": "-amount", "currency": "NOK"});
    office.on(&id, "set-view", json!({"view": view})).await;
    let reply = office.world.get(&office.fixture.importer, &format!("/v1/selections/{id}")).await;
    let reply = reply.expect(200);
    assert!(reply.header("etag").is_some_and(|tag| tag.starts_with("W/\"2-")));
    let one = reply.json();
    for (field, expected) in [
        ("id", json!(id)),
        ("version", json!(2)),
        ("kind", json!("dynamic")),
        ("name", json!("Living")),
        ("owner", json!("ola")),
        ("group", json!("North")),
        ("category", json!("autumn")),
        ("description", json!("Look again")),
        ("visible_for", json!("group")),
        ("visible_group", json!("North")),
        ("completed", json!(false)),
        ("criteria", criteria.clone()),
        ("view", view),
        ("member_count", json!(2)),
    ] {
        assert_eq!(one[field], expected, "{field}");
    }
    office.on(&id, "set-view", json!({"view": null})).await;
    let other =
        json!({"any": [{"all": [{"field": "title", "operator": "contains", "values": ["2"]}]}]});
    office.on(&id, "change-criteria", json!({"criteria": other})).await;
    let one = office.ask(&format!("/v1/selections/{id}")).await;
    let told = (&one["view"], &one["criteria"], &one["member_count"]);
    assert_eq!(told, (&Value::Null, &other, &json!(1)));
}

/// Whom a dynamic selection finds does not hang on the currency that its figures are shown in.
#[tokio::test]
async fn a_dynamic_selection_finds_the_same_in_every_currency_sf_10() {
    let office = Office::open().await;
    for (title, amount) in [("Small", "1000"), ("Large", "6000")] {
        let more =
            json!({"amount": {"amount": amount, "currency": "EUR"}, "sale_date": "2026-06-01"});
        office.fixture.sale(&office.world, super::AT, title, more).await;
    }
    let criteria =
        json!({"any": [{"all": [{"field": "amount", "operator": "gt", "values": ["5000"]}]}]});
    let id =
        office.created(json!({"name": "Large", "kind": "dynamic", "criteria": criteria})).await;
    for path in ["", "&currency=NOK"] {
        let importer = &office.fixture.importer;
        assert_eq!(office.titles_as(importer, &id, path).await, ["Large"], "{path}");
        let listed = office.ask(&format!("/v1/sales?selection={id}{path}")).await;
        assert_eq!(super::titles(&listed["sales"]), ["Large"], "{path}");
    }
}
