//! A drop on the board is the command it stands for.

use serde_json::{Value, json};

use super::{Office, column, titles};

/// Carries a move out for a sale, with what somebody would be asked for.
async fn carry_out(office: &Office, sale: &str, into: &Value) {
    let mut body = into["body"].clone();
    for asked in into["ask"].as_array().unwrap() {
        let field = asked.as_str().unwrap();
        body[field] = match field {
            "reopen_date" => json!("2026-06-01"),
            "reason" => json!("price"),
            other => panic!("who knows {other}?"),
        };
    }
    let path = into["path"].as_str().unwrap().replace("{id}", sale);
    office.world.post(&office.fixture.importer, &path, &body).await.expect(200);
}

#[tokio::test]
async fn carrying_a_move_out_moves_the_card_sf_14() {
    let office = Office::open().await;
    let sales = office.selling().await;
    let fixture = office.fixture.clone();
    let (qt, simple) = (fixture.qt.to_string(), fixture.simple.to_string());
    for (group_by, key, command) in [
        ("stage", qt.as_str(), "AdvanceStage"),
        ("owner", "kari", "ChangeOwner"),
        ("sale_type", &simple, "ChangeSaleType"),
        ("stage", "stalled", "StallSale"),
        ("status", "open", "ReopenSale"),
        ("owner", "won", "MarkSold"),
        ("status", "open", "ReopenSale"),
        ("status", "lost", "MarkLost"),
    ] {
        let board = office.board(&format!("group_by={group_by}")).await;
        let target = column(&board, key);
        assert!(!titles(&target["cards"]).contains(&"Fjord"), "{group_by} {key}");
        assert_eq!(target["move"]["command"], command);
        carry_out(&office, &sales.fjord, &target["move"]).await;
        let after = office.board(&format!("group_by={group_by}")).await;
        let (before, target) = (&target["count"], column(&after, key));
        assert!(titles(&target["cards"]).contains(&"Fjord"), "{group_by} {key}: {target}");
        assert_eq!(target["count"], before.as_i64().unwrap() + 1, "{group_by} {key}");
    }
}

#[tokio::test]
async fn no_command_leads_into_a_group_or_out_of_the_stages_sf_14() {
    let office = Office::open().await;
    office.selling().await;
    let groups = office.board("group_by=group&subgroup_by=stage").await;
    for column in groups["columns"].as_array().unwrap() {
        assert_eq!(column["move"], Value::Null);
    }
    let below = &column(&groups, "North")["subgroups"];
    assert_eq!(below[0]["move"]["command"], "AdvanceStage", "a subgroup is a place to drop at too");
    let stages = office.board("").await;
    let without = stages["columns"].as_array().unwrap().last().unwrap();
    assert_eq!((&without["key"], &without["move"]), (&Value::Null, &Value::Null));
}
