//! Views of the board that people saved (SF-14).

use serde_json::{Value, json};

use super::Office;

#[tokio::test]
async fn views_are_saved_over_and_forgotten_by_name_sf_14() {
    let office = Office::open().await;
    let world = &office.world;
    let kari = world.token("kari", "seller");
    let save = async |token: &str, user: &str, name: &str, view: Value| {
        let body = json!({"name": name, "view": view});
        world.post(token, &format!("/v1/users/{user}/save-view"), &body).await
    };
    let views =
        async |token: &str, user: &str| world.get(token, &format!("/v1/users/{user}/views")).await;
    assert_eq!(views(&kari, "kari").await.expect(200).json()["views"], json!([]));
    let by_owner = json!({"group_by": "owner", "subgroup_by": "stage", "sort": "-weighted",
        "summarize": "weighted", "hide_closed": true, "currency": "NOK",
        "criteria": {"any": [{"all": [{"field": "title", "operator": "contains", "values": ["erp"]}]}]}});
    save(&kari, "kari", "Team", by_owner.clone()).await.expect(200);
    save(&kari, "kari", "Mine", json!({"group_by": "stage"})).await.expect(200);
    let shown = json!({"group_by": "stage", "summarize": "amount", "hide_closed": false});
    let expected = json!([{"name": "Mine", "view": shown}, {"name": "Team", "view": by_owner}]);
    assert_eq!(views(&kari, "kari").await.expect(200).json()["views"], expected);
    save(&kari, "kari", "Mine", json!({"group_by": "status"})).await.expect(200);
    let body = json!({"name": "Team"});
    world.post(&kari, "/v1/users/kari/remove-view", &body).await.expect(200);
    let answer = views(&kari, "kari").await.expect(200).json();
    assert_eq!(answer["views"].as_array().unwrap().len(), 1);
    assert_eq!(answer["views"][0]["view"]["group_by"], "status");

    let ola = world.token("ola", "seller");
    save(&ola, "kari", "Hers", json!({"group_by": "stage"}))
        .await
        .expect_problem(403, "not_yourself");
    views(&ola, "kari").await.expect_problem(403, "not_yourself");
    let body = json!({"name": "Mine"});
    let refused = world.post(&ola, "/v1/users/kari/remove-view", &body).await;
    refused.expect_problem(403, "not_yourself");
    let eva = world.token("eva", "admin");
    save(&eva, "kari", "Hers", json!({"group_by": "group"})).await.expect(200);
    assert_eq!(views(&eva, "kari").await.expect(200).json()["views"].as_array().unwrap().len(), 2);
    let elsewhere = world.token_of("other", "kari", &["seller"]);
    assert_eq!(views(&elsewhere, "kari").await.expect(200).json()["views"], json!([]));
}

#[tokio::test]
async fn a_person_has_50_views_at_most_sf_14() {
    let office = Office::open().await;
    let kari = office.world.token("kari", "seller");
    let save = async |name: String| {
        let body = json!({"name": name, "view": {"group_by": "stage"}});
        office.world.post(&kari, "/v1/users/kari/save-view", &body).await
    };
    for n in 0..50 {
        save(format!("View {n}")).await.expect(200);
    }
    save("One more".into()).await.expect_problem(422, "too_many_views");
    save("View 7".into()).await.expect(200);
    let body = json!({"name": "View 0"});
    office.world.post(&kari, "/v1/users/kari/remove-view", &body).await.expect(200);
    save("One more".into()).await.expect(200);
}
