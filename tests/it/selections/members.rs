//! Members of a static selection, put in and taken out (SF-11), sorted and page by page, one after another (SF-13).

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Office, titles};

#[tokio::test]
async fn members_are_put_in_and_taken_out_once_sf_11() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    let id = office.static_with(&sales[..1]).await;
    let added = office.on(&id, "add-members", json!({"sales": sales})).await;
    assert_eq!(added["events"], json!(["selection.members-added"]));
    assert_eq!(office.titles(&id).await, ["Sale 1", "Sale 2", "Sale 3"]);
    let again = office.on(&id, "add-members", json!({"sales": sales})).await;
    assert_eq!((&again["events"], &again["position"]), (&json!([]), &Value::Null));
    office.on(&id, "remove-members", json!({"sales": [sales[1], Uuid::nil()]})).await;
    assert_eq!(office.titles(&id).await, ["Sale 1", "Sale 3"]);
    let nothing = office.on(&id, "remove-members", json!({"sales": [sales[1]]})).await;
    assert_eq!(nothing["events"], json!([]));
    let one = office.ask(&format!("/v1/selections/{id}")).await;
    assert_eq!((&one["member_count"], &one["kind"]), (&json!(2), &json!("static")));
}

#[tokio::test]
async fn an_unknown_or_deleted_sale_is_refused_at_its_place_sf_11() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    office.fixture.on(&office.world, &sales[2], "delete", json!({})).await;
    let id = office.static_with(&sales[..1]).await;
    for (bad, index) in [(json!([sales[1], Uuid::from_u128(404)]), 1), (json!([sales[2]]), 0)] {
        let path = format!("/v1/selections/{id}/add-members");
        let body = json!({"sales": bad});
        let refused = office.world.post(&office.fixture.importer, &path, &body).await;
        let problem = refused.expect_problem(422, "unknown_sale").json();
        assert_eq!(problem["errors"][0]["pointer"], format!("/sales/{index}"));
    }
    assert_eq!(office.titles(&id).await, ["Sale 1"], "nothing of the command was done");
}

#[tokio::test]
async fn a_deleted_sale_is_absent_and_a_closed_one_stays_sf_11() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    let id = office.static_with(&sales).await;
    office.fixture.on(&office.world, &sales[0], "mark-lost", json!({"reason": "price"})).await;
    office.fixture.on(&office.world, &sales[1], "delete", json!({})).await;
    assert_eq!(office.titles(&id).await, ["Sale 1", "Sale 3"]);
    assert_eq!(office.ask(&format!("/v1/selections/{id}")).await["member_count"], 2);
    let listed = office.ask("/v1/selections").await;
    assert_eq!(listed["selections"][0]["member_count"], 2);
}

#[tokio::test]
async fn members_come_sorted_and_in_pages_of_one_snapshot_sf_11() {
    let office = Office::open().await;
    let sales = office.sales(7).await;
    let id = office.static_with(&sales).await;
    let path = format!("/v1/selections/{id}/members?sort=-number&limit=3");
    let first = office.ask(&path).await;
    assert_eq!(titles(&first["members"]), ["Sale 7", "Sale 6", "Sale 5"]);
    office.on(&id, "remove-members", json!({"sales": [sales[0], sales[3]]})).await;
    let mut met = titles(&first["members"]);
    let mut next = first["next"].clone();
    while let Some(cursor) = next.as_str() {
        let page = office.ask(&format!("{path}&cursor={cursor}")).await;
        assert_eq!(page["position"], first["position"]);
        met.extend(titles(&page["members"]));
        next = page["next"].clone();
    }
    let all: Vec<String> = (1..=7).rev().map(|n| format!("Sale {n}")).collect();
    assert_eq!(met, all, "what was taken out meanwhile is on the later pages");
    let other = office.static_with(&sales).await;
    let cursor = first["next"].as_str().unwrap();
    let of_another = format!("/v1/selections/{other}/members?sort=-number&cursor={cursor}");
    let refused = office.world.get(&office.fixture.importer, &of_another).await;
    refused.expect_problem(400, "unknown_cursor");
}

#[tokio::test]
async fn somebody_works_through_the_members_one_by_one_sf_13() {
    let office = Office::open().await;
    let sales = office.sales(4).await;
    let members = [sales[0].clone(), sales[1].clone(), sales[3].clone()];
    let id = office.static_with(&members).await;
    let beside = async |sale: &str| {
        let path = format!("/v1/sales/{sale}/neighbours?selection={id}&sort=number");
        let answer = office.ask(&path).await;
        [answer["previous"]["title"].clone(), answer["next"]["title"].clone()]
    };
    assert_eq!(beside(&sales[0]).await, [Value::Null, json!("Sale 2")]);
    assert_eq!(beside(&sales[1]).await, [json!("Sale 1"), json!("Sale 4")]);
    assert_eq!(beside(&sales[3]).await, [json!("Sale 2"), Value::Null]);
    let lists = ["/v1/sales?sort=number&", "/v1/pipeline?"];
    let listed = office.ask(&format!("{}selection={id}", lists[0])).await;
    assert_eq!(titles(&listed["sales"]), ["Sale 1", "Sale 2", "Sale 4"]);
    let unknown = format!("{}selection={}", lists[1], Uuid::from_u128(404));
    office.world.get(&office.fixture.importer, &unknown).await.expect_problem(404, "not_found");
}
