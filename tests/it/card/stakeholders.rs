//! Stakeholders of a sale (SK-1 … SK-7), scenario S19.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;

const HANSEN_AS: Uuid = Uuid::from_u128(0x51);
const PER_HANSEN: Uuid = Uuid::from_u128(0x52);

/// Per Hansen of Hansen AS in a role.
fn per(role: &str) -> Value {
    json!({"company": {"id": HANSEN_AS, "name": "Hansen AS"},
        "contact": {"id": PER_HANSEN, "name": "Per Hansen"}, "role": role})
}

fn adding(all: &[Value]) -> Value {
    json!({ "stakeholders": all })
}

/// How many sales a question lists.
async fn listed(desk: &Desk, parameters: &str) -> usize {
    desk.ask(&format!("/v1/sales?{parameters}")).await["sales"].as_array().unwrap().len()
}

#[tokio::test]
async fn s19_a_party_in_two_roles_and_the_sales_of_his_company_sk_2_sk_3_sk_7_so_34() {
    let desk = Desk::new().await;
    assert_eq!(desk.card().await["has_stakeholders"], false);
    desk.on("add-stakeholders", adding(&[per("decision-maker")])).await;
    desk.on("add-stakeholders", adding(&[per("influencer")])).await;
    let again = adding(&[per("decision-maker")]);
    let problem = desk.refused("add-stakeholders", again, 422, "stakeholder_exists").await;
    assert_eq!(problem["errors"][0]["pointer"], "/stakeholders");
    let card = desk.card().await;
    let seen = card["stakeholders"].as_array().unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1]["contact"], json!({"id": PER_HANSEN, "name": "Per Hansen"}));
    assert_eq!(seen[1]["company"]["name"], "Hansen AS");
    assert_eq!(
        seen.iter().map(|one| &one["role"]).collect::<Vec<_>>(),
        ["decision-maker", "influencer"]
    );
    assert_eq!(desk.listed().await["has_stakeholders"], true);

    for (parameters, count) in [
        (format!("company={HANSEN_AS}"), 0),
        (format!("company={HANSEN_AS}&include_stakeholders=false"), 0),
        (format!("company={HANSEN_AS}&include_stakeholders=true"), 1),
        (format!("contact={PER_HANSEN}&include_stakeholders=true"), 1),
        (format!("contact={HANSEN_AS}&include_stakeholders=true"), 0),
        (format!("company={PER_HANSEN}&include_stakeholders=true"), 0),
        (format!("company={}&include_stakeholders=true", Uuid::from_u128(404)), 0),
        ("include_stakeholders=true".to_owned(), 1),
    ] {
        assert_eq!(listed(&desk, &parameters).await, count, "{parameters}");
    }
    let bad = desk.world.get(&desk.fixture.importer, "/v1/sales?include_stakeholders=maybe").await;
    bad.expect_problem(400, "bad_parameter");
}

#[tokio::test]
async fn s19_a_type_without_stakeholders_refuses_them_sk_1() {
    let mut desk = Desk::new().await;
    let simple = json!({"sale_type": desk.fixture.simple});
    desk.sale = desk.fixture.sale(&desk.world, "2026-03-02T08:00:00Z", "Simple", simple).await;
    desk.refused("add-stakeholders", adding(&[per("user")]), 422, "stakeholders_off").await;
    let on = json!({"stakeholders": true});
    let path = format!("/v1/sale-types/{}/edit", desk.fixture.simple);
    desk.world.post(&desk.fixture.importer, &path, &on).await.expect(200);
    desk.on("add-stakeholders", adding(&[per("user")])).await;
    assert_eq!(desk.card().await["has_stakeholders"], true);
}

#[tokio::test]
async fn many_are_changed_and_removed_at_once_and_told_sk_4_sk_5_sk_6_so_24() {
    let desk = Desk::new().await;
    desk.on("add-stakeholders", adding(&[per("decision-maker"), per("influencer")])).await;
    let company = json!({"company": {"id": HANSEN_AS, "name": "Hansen AS"}, "comment": "The bank"});
    desk.on("add-stakeholders", adding(&[company])).await;
    let card = desk.card().await;
    let ids: Vec<Value> =
        card["stakeholders"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    let change = json!({"stakeholders": [ids[0], ids[2]], "comment": "Ask first"});
    let answer = desk.on("change-stakeholders", change.clone()).await;
    assert_eq!(answer["events"].as_array().unwrap().len(), 2);
    assert_eq!(desk.on("change-stakeholders", change).await["events"], json!([]), "said twice");
    let card = desk.card().await;
    let comments: Vec<&Value> =
        card["stakeholders"].as_array().unwrap().iter().map(|one| &one["comment"]).collect();
    assert_eq!(comments, [&json!("Ask first"), &json!(null), &json!("Ask first")]);

    let same = json!({"stakeholders": [ids[0]], "role": "influencer"});
    desk.refused("change-stakeholders", same, 422, "stakeholder_exists").await;
    let unknown = json!({"stakeholders": [ids[0], Uuid::from_u128(404)]});
    desk.refused("remove-stakeholders", unknown, 422, "unknown_stakeholder").await;
    desk.on("remove-stakeholders", json!({"stakeholders": [ids[0], ids[1], ids[2]]})).await;
    let card = desk.card().await;
    assert_eq!((&card["stakeholders"], &card["has_stakeholders"]), (&json!([]), &json!(false)));
    assert_eq!(desk.changes_of("stakeholders").await.len(), 3 + 2 + 3);
    let found = format!("company={HANSEN_AS}&include_stakeholders=true");
    assert_eq!(listed(&desk, &found).await, 0);
}

#[tokio::test]
async fn stakeholders_are_bounded_sk_2() {
    let desk = Desk::new().await;
    let comment = |n: usize| {
        let mut one = per("user");
        one["comment"] = json!("語".repeat(n));
        adding(&[one])
    };
    desk.refused("add-stakeholders", comment(2_048), 400, "invalid_value").await;
    desk.on("add-stakeholders", comment(2_047)).await;
    let many = |from: usize, n: usize| {
        let one = |n: usize| {
            let id = Uuid::from_u128(0x1_0000 + u128::try_from(n).unwrap());
            json!({"contact": {"id": id, "name": "Somebody"}})
        };
        adding(&(from..from + n).map(one).collect::<Vec<_>>())
    };
    desk.refused("add-stakeholders", many(0, 101), 400, "invalid_value").await;
    desk.refused("add-stakeholders", many(0, 0), 400, "invalid_value").await;
    desk.on("add-stakeholders", many(0, 100)).await;
    desk.refused("add-stakeholders", many(100, 100), 422, "too_many_stakeholders").await;
    desk.on("add-stakeholders", many(100, 99)).await;
    assert_eq!(desk.card().await["stakeholders"].as_array().unwrap().len(), 200);
    let nobody = json!({"stakeholders": [{"role": "user"}]});
    let problem = desk.refused("add-stakeholders", nobody, 400, "missing_field").await;
    assert_eq!(problem["errors"][0]["pointer"], "/stakeholders/0/company");
}
