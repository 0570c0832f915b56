//! What columns, subgroups and lanes hold and add up to.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Office, column, titles, told};

#[tokio::test]
async fn columns_hold_open_sales_and_lanes_all_others_sf_14_a12() {
    let office = Office::open().await;
    office.selling().await;
    let board = office.board("cards=2").await;
    assert_eq!(
        told(&board["columns"]),
        [
            "First meeting: 3 95625.00",
            "Quotation: 0 0.00",
            "Signing of contract: 1 40000.00",
            "-: 1 700.00",
        ]
    );
    assert_eq!(told(&board["lanes"]), ["stalled: 1 400.00", "won: 1 900.00", "lost: 1 300.00"]);
    let first = &board["columns"][0];
    assert_eq!(
        (&first["amount"], &first["weighted"], &first["rank"]),
        (&json!("95625.00"), &json!("19125.00"), &json!(20))
    );
    // 63 385.00 + 40 000.00 + 31 240.00 + 1 000.00 + 700.00
    assert_eq!(
        board["totals"]["open"],
        json!({"count": 5, "amount": "136325.00", "weighted": "51195.00"})
    );
    assert_eq!(board["totals"]["stalled"]["amount"], "400.00");
    assert_eq!((&board["group_by"], &board["currency"]), (&json!("stage"), &json!("EUR")));
    assert_eq!(titles(&first["cards"]), ["Old", "Fjord"], "the first two by sale date");
    let kroner = office.board("summarize=weighted&currency=NOK").await;
    assert_eq!(told(&kroner["columns"])[2], "Signing of contract: 1 252425.65");
    assert_eq!(kroner["summarize"], "weighted");
}

#[tokio::test]
async fn columns_stand_for_any_of_five_fields_sf_14() {
    let office = Office::open().await;
    office.selling().await;
    for (group_by, columns) in [
        ("sale_type", vec!["Sale to new customer: 4 135625.00", "Simple sale: 1 700.00"]),
        ("owner", vec!["kari: 1 40000.00", "ola: 3 65085.00", "per: 1 31240.00"]),
        ("group", vec!["North: 4 105085.00", "South: 1 31240.00"]),
    ] {
        let board = office.board(&format!("group_by={group_by}")).await;
        assert_eq!(told(&board["columns"]), columns, "{group_by}");
        assert_eq!(board["lanes"].as_array().unwrap().len(), 3);
    }
    let board = office.board("group_by=status").await;
    assert_eq!(
        told(&board["columns"]),
        ["open: 5 136325.00", "stalled: 1 400.00", "won: 1 900.00", "lost: 1 300.00"]
    );
    assert_eq!(board["lanes"], json!([]));
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn subgroups_add_up_to_their_column_and_columns_to_the_totals_sf_14() {
    let office = Office::open().await;
    office.selling().await;
    let words = ["stage", "sale_type", "owner", "group", "status"];
    for (group_by, subgroup_by) in words
        .into_iter()
        .flat_map(|one| words.map(|two| (one, two)))
        .filter(|(one, two)| one != two)
    {
        let question = format!("group_by={group_by}&subgroup_by={subgroup_by}&cards=0");
        let board = office.board(&question).await;
        let mut open = (0, Decimal::ZERO);
        for (of, all) in [("columns", true), ("lanes", false)] {
            for column in board[of].as_array().unwrap() {
                let below = column["subgroups"].as_array().unwrap();
                for figure in ["amount", "weighted"] {
                    let sum: Decimal = below.iter().map(|below| decimal(&below[figure])).sum();
                    assert_eq!(sum, decimal(&column[figure]), "{question} {column}");
                }
                let count: i64 = below.iter().map(|below| below["count"].as_i64().unwrap()).sum();
                assert_eq!(count, column["count"], "{question}");
                if all && (group_by != "status" || column["key"] == "open") {
                    open = (open.0 + count, open.1 + decimal(&column["amount"]));
                }
            }
        }
        let total = &board["totals"]["open"];
        assert_eq!((json!(open.0), open.1), (total["count"].clone(), decimal(&total["amount"])));
    }
    let board = office.board("group_by=stage&subgroup_by=owner").await;
    assert_eq!(told(&board["columns"][0]["subgroups"]), ["ola: 2 64385.00", "per: 1 31240.00"]);
    assert_eq!(told(&column(&board, "won")["subgroups"]), ["kari: 1 900.00"]);
}

#[tokio::test]
async fn won_and_lost_sales_can_be_left_out_sf_16() {
    let office = Office::open().await;
    office.selling().await;
    let board = office.board("hide_closed=true").await;
    assert_eq!(told(&board["lanes"]), ["stalled: 1 400.00"], "on hold is not closed");
    assert_eq!(board["totals"]["won"]["count"], 0);
    let board = office.board("hide_closed=true&group_by=status").await;
    assert_eq!(told(&board["columns"]), ["open: 5 136325.00", "stalled: 1 400.00"]);
    let board = office.board("hide_closed=true&status=won").await;
    assert_eq!((told(&board["lanes"]), &board["totals"]["open"]["count"]), (vec![], &json!(0)));
}

#[tokio::test]
async fn filters_narrow_columns_and_figures_sf_14() {
    let office = Office::open().await;
    let sales = office.selling().await;
    let call = json!({"kind": "call", "all_day": true, "title": "Call", "sale": sales.rhein,
        "start": "2026-03-20", "end": "2026-03-20"});
    office.fixture.at(&office.world, super::REGISTERED, "/v1/activities", call).await;
    let simple = office.fixture.simple;
    for (filter, columns) in [
        (format!("sale_type={simple}"), vec!["-: 1 700.00"]),
        (format!("stage={}", office.fixture.sc), vec!["Signing of contract: 1 40000.00"]),
        ("stage=none".to_owned(), vec!["-: 1 700.00"]),
        (
            "owner=per".to_owned(),
            vec!["First meeting: 1 31240.00", "Quotation: 0 0.00", "Signing of contract: 0 0.00"],
        ),
        (
            "next_activity_from=2026-03-15".to_owned(),
            vec!["First meeting: 0 0.00", "Quotation: 0 0.00", "Signing of contract: 1 40000.00"],
        ),
        (
            "sale_date_to=2026-03-31".to_owned(),
            vec!["First meeting: 1 1000.00", "Quotation: 0 0.00", "Signing of contract: 0 0.00"],
        ),
        (
            "criteria=amount%20gt%2035000%20and%20status%20one_of%20open".to_owned(),
            vec![
                "First meeting: 1 63385.00",
                "Quotation: 0 0.00",
                "Signing of contract: 1 40000.00",
            ],
        ),
        (
            "q=thames".to_owned(),
            vec!["First meeting: 1 31240.00", "Quotation: 0 0.00", "Signing of contract: 0 0.00"],
        ),
    ] {
        assert_eq!(told(&office.board(&filter).await["columns"]), columns, "{filter}");
    }
}

#[tokio::test]
async fn a_stage_nobody_can_move_to_has_a_column_only_while_sales_are_in_it_sf_14() {
    let office = Office::open().await;
    office.selling().await;
    let fixture = &office.fixture;
    for stage in [fixture.qt, fixture.sc] {
        let path = format!("/v1/stages/{stage}/delete");
        fixture.at(&office.world, "2026-03-02T08:00:00Z", &path, json!({})).await;
    }
    assert_eq!(
        told(&office.board("").await["columns"]),
        ["First meeting: 3 95625.00", "Signing of contract: 1 40000.00", "-: 1 700.00"]
    );
}

#[tokio::test]
async fn every_figure_leads_to_the_list_that_adds_up_to_it_sf_6_sf_14() {
    let office = Office::open().await;
    office.selling().await;
    for question in [
        "subgroup_by=owner",
        "group_by=owner&subgroup_by=stage&currency=NOK",
        "group_by=group&owner=ola,per&sale_date_from=2026-03-01",
        "group_by=status&subgroup_by=sale_type&criteria=amount%20ge%20400",
        "group_by=sale_type&as_of=2026-03-01",
    ] {
        let board = office.board(question).await;
        let columns = ["columns", "lanes"].into_iter().flat_map(|of| board[of].as_array().unwrap());
        for column in columns {
            let below = column["subgroups"].as_array().unwrap().iter();
            for figure in below.chain([column]) {
                let drill = figure["drill"].as_str().unwrap();
                let list = office.ask(drill).await;
                let sales = list["sales"].as_array().unwrap();
                assert_eq!(sales.len(), figure["count"], "{drill}");
                let sum: Decimal =
                    sales.iter().map(|sale| decimal(&sale["converted"]["amount"])).sum();
                assert_eq!(sum, decimal(&figure["amount"]), "{drill}");
            }
        }
    }
}
