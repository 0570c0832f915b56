//! The cards of a column: the first of an order, with their badges, and the list that goes on.

use serde_json::{Value, json};

use super::{Office, REGISTERED, column, titles};

fn card<'a>(board: &'a Value, title: &str) -> &'a Value {
    let columns = ["columns", "lanes"].into_iter().flat_map(|of| board[of].as_array().unwrap());
    let mut cards = columns.flat_map(|column| column["cards"].as_array().unwrap());
    cards.find(|card| card["title"] == title).unwrap()
}

#[tokio::test]
async fn a_badge_tells_days_and_is_red_when_something_is_overdue_sf_15_a2() {
    let office = Office::open().await;
    let sales = office.selling().await;
    let advance = json!({"stage": office.fixture.qt});
    office.on(&sales.fjord, "advance-stage", advance).await;
    let call = json!({"kind": "call", "all_day": true, "title": "Call", "sale": sales.thames,
        "start": "2026-03-08", "end": "2026-03-08"});
    office.fixture.at(&office.world, REGISTERED, "/v1/activities", call).await;
    let board = office.board("").await;
    let told = |title: &str| {
        let card = card(&board, title);
        let days = (&card["days_in_stage"], &card["days_since_registered"]);
        format!("{} {} {}", days.0, days.1, card["red"])
    };
    assert_eq!(told("Fjord"), "8 9 false");
    assert_eq!(told("Rhein"), "9 9 false");
    assert_eq!(told("Old"), "9 9 true", "its sale date has passed");
    assert_eq!(told("Thames"), "9 9 true", "its call is overdue");
    assert_eq!(told("Missed"), "9 9 false", "a close date is no overdue date");
    // as of the day before the date passed
    let before = office.board("as_of=2026-03-05").await;
    assert_eq!(
        (&card(&before, "Old")["red"], &card(&before, "Old")["days_in_stage"]),
        (&json!(false), &json!(4))
    );
    let later = office.board("today=2026-03-20").await;
    assert_eq!(card(&later, "Fjord")["days_since_registered"], 19);
}

#[tokio::test]
async fn cards_offer_what_can_be_done_with_their_sale_sf_16() {
    let office = Office::open().await;
    office.selling().await;
    let board = office.board("").await;
    for (title, can, cannot) in [
        (
            "Rhein",
            vec!["EditSale", "AdvanceStage", "MarkSold", "MarkLost", "DeleteSale"],
            "ReopenSale",
        ),
        ("Waiting", vec!["MarkSold", "ReopenSale"], "AdvanceStage"),
        ("Gone", vec!["ReopenSale", "DeleteSale"], "MarkSold"),
    ] {
        let actions = card(&board, title)["available_actions"].as_array().unwrap();
        for action in can {
            assert!(actions.contains(&json!(action)), "{title}: {action} in {actions:?}");
        }
        assert!(!actions.contains(&json!(cannot)), "{title}: {cannot} in {actions:?}");
    }
}

#[tokio::test]
async fn a_column_shows_the_first_cards_of_an_order_and_the_list_goes_on_sf_14() {
    let office = Office::open().await;
    let fm = office.fixture.fm;
    for n in 1..=25 {
        let owner = if n % 2 == 0 { "kari" } else { "ola" };
        let amount = (n * 37 % 50 * 100).to_string();
        office
            .sale(&format!("S{n:02}"), (&amount, "EUR"), json!({"stage": fm, "owner": owner}))
            .await;
    }
    for (order, cards) in [("-amount", 10), ("title", 1), ("-number", 0), ("owner", 24)] {
        let whole = office.ask(&format!("/v1/sales?status=open&sort={order}&limit=500")).await;
        let whole: Vec<String> = titles(&whole["sales"]).into_iter().map(str::to_owned).collect();
        let board = office.board(&format!("sort={order}&cards={cards}")).await;
        let first = column(&board, &fm.to_string()).clone();
        let mut seen: Vec<String> =
            titles(&first["cards"]).into_iter().map(str::to_owned).collect();
        assert_eq!(seen.len(), cards, "{order}");
        // what is written meanwhile is not in the list that goes on
        office.sale("Late", ("999999", "EUR"), json!({"stage": fm})).await;
        let mut path = first["more"].as_str().unwrap().to_owned();
        assert_eq!(path.contains("cursor="), cards > 0, "{path}");
        let mut going_on = cards > 0;
        while going_on {
            let page = office.ask(&format!("{path}&limit=7")).await;
            assert_eq!(page["position"], board["position"]);
            seen.extend(titles(&page["sales"]).into_iter().map(str::to_owned));
            let next = page["next"].as_str().unwrap_or_default();
            going_on = !next.is_empty();
            path = format!("{}cursor={next}", path.split("cursor=").next().unwrap());
        }
        assert_eq!(seen, whole[..if cards == 0 { 0 } else { whole.len() }], "{order}");
        let late =
            office.ask("/v1/sales?title=late").await["sales"][0]["id"].as_str().unwrap().to_owned();
        office.on(&late, "delete", json!({})).await;
    }
    let all = office.board("cards=50").await;
    let all = column(&all, &fm.to_string());
    assert_eq!((all["cards"].as_array().unwrap().len(), &all["more"]), (25, &Value::Null));
}

#[tokio::test]
async fn columns_of_cards_can_be_chosen_sf_14() {
    let office = Office::open().await;
    let sales = office.selling().await;
    let board = office.board("fields=title,red&cards=1").await;
    assert_eq!(
        column(&board, &office.fixture.fm.to_string())["cards"],
        json!([{"id": sales.old, "title": "Old", "red": true}])
    );
}
