//! What a card says that can be done is what can be done (SO-22, SO-27).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;

const INVOLVED: Uuid = Uuid::from_u128(0x61);
const AT: &str = "2026-03-01T08:00:00Z";

/// Every command on a sale that the card tells, with a body that is accepted when the command is.
fn commands(desk: &Desk) -> Vec<(&'static str, &'static str, Value)> {
    let link = json!({"kind": "sale", "target": INVOLVED, "name": "A"});
    let money = json!({"amount": "7", "currency": "NOK"});
    vec![
        ("EditSale", "edit", json!({"title": "Other"})),
        ("ChangeOwner", "change-owner", json!({"owner": "kari"})),
        ("AdvanceStage", "advance-stage", json!({"stage": desk.fixture.sc})),
        ("OverrideProbability", "override-probability", json!({"probability": 7})),
        ("ChangeAmount", "change-amount", json!({"amount": money})),
        ("SetMargin", "set-margin", json!({"total_cost": money})),
        ("StallSale", "stall", json!({"reopen_date": "2030-01-01", "reason": "budget"})),
        ("ChangeStallTerms", "change-stall-terms", json!({"reason": "other"})),
        ("ReopenSale", "reopen", json!({})),
        ("MarkSold", "mark-sold", json!({"reason": "price"})),
        ("MarkLost", "mark-lost", json!({"reason": "price"})),
        ("CompleteSale", "complete", json!({})),
        ("ClearCompletion", "clear-completion", json!({})),
        ("SetNote", "set-note", json!({"note": "Call"})),
        ("AddLink", "add-link", link),
        ("RemoveLink", "remove-link", json!({"kind": "url", "target": "https://example.com"})),
        ("SetVisibility", "set-visibility", json!({"visible_for": "owner"})),
        ("AddStakeholders", "add-stakeholders", json!({"stakeholders": [involved("user")]})),
        (
            "ChangeStakeholders",
            "change-stakeholders",
            json!({"stakeholders": [INVOLVED], "comment": "Ask"}),
        ),
        ("RemoveStakeholders", "remove-stakeholders", json!({"stakeholders": [INVOLVED]})),
        ("ChangeSaleType", "change-sale-type", json!({"sale_type": desk.fixture.simple})),
        ("ChangeCurrency", "change-currency", json!({"currency": "GBP"})),
        ("SetCustomFields", "set-custom-fields", json!({"fields": {"licences": 12}})),
        ("DeleteSale", "delete", json!({})),
    ]
}

fn involved(role: &str) -> Value {
    json!({"company": {"id": INVOLVED, "name": "Hansen AS"}, "role": role})
}

/// A sale with a link and a stakeholder, after some commands.
async fn prepared(desk: &Desk, before: &[(&str, Value)]) -> String {
    let more = json!({"amount": {"amount": "100", "currency": "NOK"}});
    let sale = desk.fixture.sale(&desk.world, AT, "Prepared", more).await;
    let mut stakeholder = involved("decision-maker");
    stakeholder["id"] = json!(INVOLVED);
    let link = json!({"kind": "url", "target": "https://example.com", "name": "A"});
    let first = [("add-link", link), ("add-stakeholders", json!({"stakeholders": [stakeholder]}))];
    for (command, body) in first.iter().chain(before) {
        desk.fixture.on(&desk.world, &sale, command, body.clone()).await;
    }
    sale
}

#[tokio::test]
async fn what_is_available_is_accepted_and_nothing_else_so_22_so_21_so_16() {
    let desk = Desk::new().await;
    let field = json!({"key": "licences", "name": "Licences", "kind": "number"});
    let path = format!("/v1/tenants/{}/define-custom-field", desk.fixture.tenant);
    desk.world.post(&desk.fixture.importer, &path, &field).await.expect(200);
    let lost = || ("mark-lost", json!({"reason": "price"}));
    let stall = ("stall", json!({"reopen_date": "2029-01-01", "reason": "budget"}));
    for before in [vec![], vec![stall], vec![lost()], vec![lost(), ("complete", json!({}))]] {
        for (command, path, body) in commands(&desk) {
            let sale = prepared(&desk, &before).await;
            let card = desk.ask(&format!("/v1/sales/{sale}")).await;
            let available = card["available_actions"].as_array().unwrap().contains(&json!(command));
            let path = format!("/v1/sales/{sale}/{path}");
            let reply = desk.world.post(&desk.fixture.importer, &path, &body).await;
            let done = reply.status == 200 && reply.json()["events"] != json!([]);
            assert_eq!(done, available, "{command} after {before:?}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn who_may_not_change_a_sale_has_nothing_available_sk_1() {
    let desk = Desk::new().await;
    let card = async |user: &str, role: &str| {
        let path = format!("/v1/sales/{}", desk.sale);
        desk.world.get(&desk.world.token(user, role), &path).await.expect(200).json()
    };
    for (user, role, any) in [
        ("ola", "seller", true),
        ("kari", "seller", false),
        ("kari", "manager", true),
        ("ola", "auditor", false),
        ("ola", "analyst", false),
    ] {
        let card = card(user, role).await;
        assert_eq!(card["available_actions"] != json!([]), any, "{user} {role}");
    }
    let simple = json!({"sale_type": desk.fixture.simple});
    desk.on("change-sale-type", simple).await;
    let card = card("ola", "seller").await;
    let actions = card["available_actions"].as_array().unwrap();
    assert!(!actions.contains(&json!("AddStakeholders")), "its type has none");
}
