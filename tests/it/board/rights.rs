//! The board tells nobody of sales they do not see.

use serde_json::json;

use super::{Office, told};

#[tokio::test]
async fn a_board_never_tells_of_sales_a_caller_does_not_see_so_31_so_44() {
    let office = Office::open().await;
    let sales = office.selling().await;
    let yen = json!({"owner": "kari", "stage": office.fixture.sc});
    office.sale("Fuji", ("5", "JPY"), yen).await;
    office
        .fixture
        .on(&office.world, &sales.rhein, "set-visibility", json!({"visible_for": "owner"}))
        .await;
    let eva = office.world.token("eva", "admin");
    for records in ["sales", "activities"] {
        let body = json!({"role": "seller", "records": records, "own": "delete",
            "own_groups": "none", "other_groups": "none", "others": "none"});
        office.world.post(&eva, "/v1/tenants/demo/set-record-rights", &body).await.expect(200);
    }
    let per = office.world.token_in("demo", "per", &["seller"], &["South"]);
    for (question, columns) in [
        ("", vec!["First meeting: 1 31240.00", "Quotation: 0 0.00", "Signing of contract: 0 0.00"]),
        ("group_by=owner", vec!["per: 1 31240.00"]),
        ("group_by=owner&sort=title", vec!["per: 1 31240.00"]),
        ("group_by=group&as_of=2026-03-09", vec!["South: 1 31240.00"]),
    ] {
        let path = format!("/v1/board?{question}");
        let board = office.world.get(&per, &path).await.expect(200).json();
        assert_eq!(told(&board["columns"]), columns, "{question}");
        assert_eq!(told(&board["lanes"]), ["stalled: 0 0.00", "won: 0 0.00", "lost: 1 300.00"]);
        assert_eq!(board["missing_rates"], json!([]), "not even the currency of others'");
    }
    // a manager sees all but what is hidden
    let mia = office.world.token_in("demo", "mia", &["manager"], &["South"]);
    let board = office.world.get(&mia, "/v1/board?group_by=owner").await.expect(200).json();
    assert_eq!(told(&board["columns"])[0], "kari: 1 0.00", "only the yen");
    assert_eq!(board["missing_rates"], json!(["JPY"]));
    // who may only look is offered nothing
    let ann = office.world.token("ann", "auditor");
    let board = office.world.get(&ann, "/v1/board").await.expect(200).json();
    for column in board["columns"].as_array().unwrap() {
        for card in column["cards"].as_array().unwrap() {
            assert_eq!(card["available_actions"], json!([]), "{card}");
        }
    }
    office.world.question("/v1/board").send().await.expect_problem(401, "token_missing");
}
