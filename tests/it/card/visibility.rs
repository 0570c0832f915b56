//! Who may see a sale, as it is said (SO-31, SO-F32); what follows from it is tested with the rights.

use serde_json::json;

use super::Desk;

#[tokio::test]
async fn a_sale_is_said_to_be_visible_for_all_its_owner_or_a_group_so_31_so_f32_so_24() {
    let desk = Desk::new().await;
    let seen =
        |card: &serde_json::Value| (card["visible_for"].clone(), card["visible_group"].clone());
    assert_eq!(seen(&desk.card().await), (json!("all"), json!(null)));
    desk.on("set-visibility", json!({"visible_for": "group", "visible_group": "North"})).await;
    assert_eq!(seen(&desk.card().await), (json!("group"), json!("North")));
    desk.on("set-visibility", json!({"visible_for": "owner"})).await;
    assert_eq!(seen(&desk.listed().await), (json!("owner"), json!(null)));
    let told = desk.changes_of("visible_for").await;
    assert_eq!(
        told,
        [
            (json!(null), json!("all")),
            (json!("all"), json!("group")),
            (json!("group"), json!("owner"))
        ]
    );
}

#[tokio::test]
async fn a_group_is_named_with_group_and_is_one_of_the_owners_so_31() {
    let desk = Desk::new().await;
    for (body, status, code) in [
        (json!({"visible_for": "group", "visible_group": "South"}), 422, "group_not_of_owner"),
        (json!({"visible_for": "group"}), 400, "missing_field"),
        (json!({"visible_for": "all", "visible_group": "North"}), 400, "invalid_value"),
        (json!({"visible_for": "owner", "visible_group": "North"}), 400, "invalid_value"),
    ] {
        let problem = desk.refused("set-visibility", body, status, code).await;
        assert_eq!(problem["errors"][0]["pointer"], "/visible_group");
    }
    desk.refused("set-visibility", json!({"visible_for": "nobody"}), 400, "invalid_value").await;
    desk.on("mark-lost", json!({"reason": "price"})).await;
    desk.refused("set-visibility", json!({"visible_for": "owner"}), 422, "sale_closed").await;
    let seller = desk.world.token("kari", "seller");
    let path = format!("/v1/sales/{}/set-visibility", desk.sale);
    let body = json!({"visible_for": "owner"});
    desk.world.post(&seller, &path, &body).await.expect_problem(403, "not_your_sale");
}
