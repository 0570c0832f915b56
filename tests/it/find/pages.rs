//! Criteria in a body, pages and selections (SF-7, SF-10).

use serde_json::{Value, json};

use super::{Office, titles};

fn open_above(amount: &str) -> Value {
    json!({"criteria": {"any": [{"all": [
        {"field": "status", "operator": "one_of", "values": ["open"]},
        {"field": "amount", "operator": "gt", "values": [amount]},
    ]}]}})
}

#[tokio::test]
async fn a_body_finds_what_an_address_finds_page_by_page_sf_7() {
    let office = Office::full().await;
    let body = open_above("3000");
    let query = "sort=-amount&limit=3";
    let first = office.find(query, &body).await.expect(200).json();
    assert_eq!(titles(&first), ["Fjord ERP", "Tables", "Chairs"]);
    let next = first["next"].as_str().unwrap();
    // what is registered meanwhile is on no page of this list
    office.sale("Newer", ("5000", "EUR"), "2026-04-20", json!({})).await;
    let second = office.find(&format!("{query}&cursor={next}"), &body).await.expect(200).json();
    assert_eq!(titles(&second), ["Support of Fjord"]);
    assert_eq!((&second["next"], &second["position"]), (&json!(null), &first["position"]));
    // a cursor knows its body, its address and that it was given by a body
    let other = office.find(&format!("{query}&cursor={next}"), &open_above("1")).await;
    other.expect_problem(400, "unknown_cursor");
    let other = office.find(&format!("sort=amount&limit=3&cursor={next}"), &body).await;
    other.expect_problem(400, "unknown_cursor");
    let path = format!("/v1/sales?{query}&cursor={next}");
    office.world.get(&office.fixture.importer, &path).await.expect_problem(400, "unknown_cursor");
    // the other filters narrow it
    let narrowed = office.find("owner=kari&sort=number", &body).await.expect(200).json();
    assert_eq!(titles(&narrowed), ["Chairs", "Tables"]);
}

#[tokio::test]
async fn criteria_narrow_every_question_about_sales_sf_7() {
    let office = Office::full().await;
    let token = &office.fixture.importer;
    let criteria = "criteria=owner%20one_of%20kari";
    let forecast = format!("/v1/forecast?from=2026-01-01&to=2026-12-31&{criteria}");
    let forecast = office.ask_as(token, &forecast).await;
    assert_eq!(forecast["totals"]["open"]["amount"], "13000.00");
    let board = office.ask_as(token, &format!("/v1/pipeline?group_by=owner&{criteria}")).await;
    assert_eq!(board["columns"].as_array().unwrap().len(), 1);
    let summary = office.ask_as(token, &format!("/v1/sale-summary?by=owner&{criteria}")).await;
    assert_eq!(summary["rows"].as_array().unwrap().len(), 1);
    let list = office.ask_as(token, &format!("/v1/sales?{criteria}&sort=number")).await;
    let chairs = list["sales"][0]["id"].as_str().unwrap();
    let path = format!("/v1/sales/{chairs}/neighbours?{criteria}&sort=number");
    let beside = office.ask_as(token, &path).await;
    assert_eq!(beside["next"]["title"], "Tables");
    assert_eq!(beside["previous"], json!(null));
    let path = format!("/v1/sales/export?{criteria}&sort=number");
    let file = office.world.get(token, &path).await.expect(200).text;
    assert!(
        file.contains("Chairs") && file.contains("Tables") && !file.contains("Fjord"),
        "{file}"
    );
}

#[tokio::test]
async fn a_selection_is_a_filter_of_every_list_sf_10() {
    let office = Office::full().await;
    let list = office.ask_as(&office.fixture.importer, "/v1/sales?sort=number").await;
    let id = |at: usize| list["sales"][at]["id"].clone();
    let made = async |body: Value| {
        let reply = office.world.post(&office.fixture.importer, "/v1/selections", &body).await;
        reply.expect(201).json()["id"].as_str().unwrap().to_owned()
    };
    let fixed = json!({"name": "Two", "kind": "static", "members": [id(0), id(5)]});
    let fixed = made(fixed).await;
    let criteria = open_above("6500")["criteria"].clone();
    let mine =
        json!({"name": "Large", "kind": "dynamic", "criteria": criteria, "visible_for": "owner"});
    let mine = made(mine).await;
    assert_eq!(office.titles(&format!("selection={fixed}")).await, ["Fjord ERP", "Bridge"]);
    assert_eq!(office.titles(&format!("selection={fixed}&status=won")).await, ["Bridge"]);
    assert_eq!(office.titles(&format!("selection={mine}")).await, ["Fjord ERP", "Tables"]);
    assert_eq!(office.titles(&format!("selection={mine}&q=fjord")).await, ["Fjord ERP"]);
    let board = format!("/v1/pipeline?selection={fixed}&group_by=status");
    let board = office.ask_as(&office.fixture.importer, &board).await;
    assert_eq!(board["totals"]["won"]["count"], 1);
    // whoever does not see it finds none
    let kari = office.world.token_in("demo", "kari", &["seller"], &["North"]);
    for selection in [mine.as_str(), "0198f0a0-0000-7000-8000-00000000dead"] {
        let path = format!("/v1/sales?selection={selection}");
        office.world.get(&kari, &path).await.expect_problem(404, "not_found");
    }
    let bad = office.world.get(&kari, "/v1/sales?selection=7").await;
    bad.expect_problem(400, "bad_parameter");
}
