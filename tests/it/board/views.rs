//! Saved views: personal ones by name, and that of a selection (SF-14).

use serde_json::{Value, json};

use super::{Office, told};

async fn save(office: &Office, user: &str, name: &str, view: Value) {
    let token = office.world.token(user, "manager");
    let path = format!("/v1/users/{user}/save-view");
    let body = json!({"name": name, "view": view});
    office.world.post(&token, &path, &body).await.expect(200);
}

async fn board_of(office: &Office, user: &str, question: &str) -> Value {
    let token = office.world.token(user, "manager");
    office.world.get(&token, &format!("/v1/board?{question}")).await.expect(200).json()
}

#[tokio::test]
async fn a_view_is_looked_at_by_its_name_and_parameters_speak_first_sf_14() {
    let office = Office::open().await;
    office.selling().await;
    let large =
        json!({"any": [{"all": [{"field": "amount", "operator": "gt", "values": ["5000"]}]}]});
    let view = json!({"group_by": "owner", "subgroup_by": "stage", "sort": "-amount", "summarize": "weighted",
        "hide_closed": true, "currency": "NOK", "criteria": large});
    save(&office, "kari", "Large ones", view).await;
    let board = board_of(&office, "kari", "view=Large%20ones").await;
    // amounts are compared in the currency of the view: 1 000 and 700 EUR are more than 5 000 NOK
    assert_eq!(
        told(&board["columns"]),
        ["kari: 1 252425.65", "ola: 3 102129.84", "per: 1 49286.11"]
    );
    for (word, value) in [
        ("group_by", json!("owner")),
        ("subgroup_by", json!("stage")),
        ("sort", json!("-amount")),
        ("summarize", json!("weighted")),
        ("hide_closed", json!(true)),
        ("currency", json!("NOK")),
    ] {
        assert_eq!(board[word], value, "{word}");
    }
    for column in board["columns"].as_array().unwrap() {
        let token = office.world.token("kari", "manager");
        let drill = column["drill"].as_str().unwrap();
        let list = office.world.get(&token, drill).await.expect(200).json();
        assert_eq!(list["sales"].as_array().unwrap().len(), column["count"], "{drill}");
    }
    let other = "view=Large%20ones&group_by=stage&subgroup_by=none&currency=EUR&hide_closed=false";
    let board = board_of(&office, "kari", other).await;
    assert_eq!(board["subgroup_by"], Value::Null);
    assert_eq!(told(&board["columns"])[0], "First meeting: 2 18925.00", "5 000 EUR now");
    assert_eq!(board["lanes"].as_array().unwrap().len(), 3);
    let every = board_of(&office, "kari", "view=Large%20ones&criteria=amount%20gt%200").await;
    assert_eq!(every["totals"]["open"]["count"], 5);
}

#[tokio::test]
async fn views_are_personal_and_an_unknown_one_is_refused_sf_14() {
    let office = Office::open().await;
    save(&office, "kari", "mine", json!({"group_by": "owner"})).await;
    for (user, name) in [("per", "mine"), ("kari", "Mine"), ("kari", "yours"), ("kari", "")] {
        let token = office.world.token(user, "manager");
        let path = format!("/v1/board?view={name}");
        office.world.get(&token, &path).await.expect_problem(400, "unknown_view");
    }
    assert_eq!(board_of(&office, "kari", "view=mine").await["group_by"], "owner");
}

#[tokio::test]
async fn a_selection_has_a_view_of_its_own_sf_14() {
    let office = Office::open().await;
    let sales = office.selling().await;
    let body = json!({"name": "Two", "kind": "static", "members": [sales.fjord, sales.rhein]});
    let token = &office.fixture.importer;
    let made = office.world.post(token, "/v1/selections", &body).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    let question = format!("selection={id}");
    let board = office.board(&question).await;
    assert_eq!(
        (&board["group_by"], &board["totals"]["open"]["count"]),
        (&json!("stage"), &json!(2))
    );
    let view = json!({"view": {"group_by": "owner", "summarize": "weighted"}});
    let path = format!("/v1/selections/{id}/set-view");
    office.world.post(token, &path, &view).await.expect(200);
    let board = office.board(&question).await;
    assert_eq!(told(&board["columns"]), ["kari: 1 32000.00", "ola: 1 12677.00"]);
    let board = office.board(&format!("{question}&group_by=group")).await;
    assert_eq!(
        told(&board["columns"]),
        ["North: 2 44677.00"],
        "what is not said is as in the view"
    );
    // nobody else is told of it, nor of its view
    let own = json!({"visible_for": "owner"});
    office.world.post(token, &format!("/v1/selections/{id}/edit"), &own).await.expect(200);
    let mia = office.world.token("mia", "manager");
    for question in ["", "&subgroup_by=owner", "&group_by=owner&subgroup_by=owner"] {
        let path = format!("/v1/board?selection={id}{question}");
        let refused = office.world.get(&mia, &path).await;
        assert_eq!(refused.status.as_u16(), 404, "{question}: {}", refused.text);
    }
    let nowhere = "/v1/board?selection=0198f0a0-0000-7000-8000-00000000dead";
    let refused = office.world.get(token, nowhere).await;
    assert_eq!(refused.status.as_u16(), 404, "{}", refused.text);
}
