//! Why sales are lost, with the sales behind every figure (domain §4.10, SF-6).

use serde_json::{Value, json};

use super::Shop;

/// Lost: 63385.00 and 1000 for their price, 2000 for bad timing, 9 USD that nobody has a rate for; two more won and open.
async fn losses() -> Shop {
    let shop = Shop::open().await;
    for (title, worth, owner, reason, competitor, close_date) in [
        ("A", ("500000", "NOK"), "ola", "price", Some("rival"), "2026-03-02"), // 63385.00
        ("B", ("1000", "EUR"), "ola", "price", None, "2026-02-20"),
        ("C", ("2000", "EUR"), "kari", "timing", Some("rival"), "2026-03-02"),
        ("D", ("9", "USD"), "per", "price", Some("rival"), "2026-03-01"),
    ] {
        let sale = shop.sale(title, worth, "2026-06-10", json!({"owner": owner})).await;
        let mut body = json!({"reason": reason, "close_date": close_date});
        if let Some(competitor) = competitor {
            body["competitor"] = json!(competitor);
        }
        shop.on(&sale, "mark-lost", body).await;
    }
    let won = shop.sale("won", ("70", "EUR"), "2026-06-10", json!({})).await;
    shop.won(&won).await;
    shop.sale("open", ("80", "EUR"), "2026-03-02", json!({})).await;
    shop
}

fn cents(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// Every object with a drill, wherever it stands.
fn figures<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("drill") {
                found.push(value);
            }
            members.values().for_each(|member| figures(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| figures(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every figure is the count and the sum of the sales its drill lists (SF-6); how many figures there were.
async fn adds_up(shop: &Shop, token: &str, answer: &Value) -> usize {
    let mut found = Vec::new();
    figures(answer, &mut found);
    for figure in &found {
        let drill = figure["drill"].as_str().unwrap();
        let joined = if drill.contains('?') { '&' } else { '?' };
        let list = shop.ask_as(token, &format!("{drill}{joined}limit=500")).await;
        let sales = list["sales"].as_array().unwrap();
        let sum = sales.iter().map(|sale| &sale["converted"]["amount"]);
        let sum: i64 = sum.filter(|amount| !amount.is_null()).map(cents).sum();
        assert_eq!(
            (&json!(sales.len()), sum),
            (&figure["count"], cents(&figure["amount"])),
            "{drill}"
        );
    }
    found.len()
}

/// Key, count, amount and shares of each row.
fn told(rows: &Value, key: &str) -> Vec<String> {
    let row = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        format!(
            "{}: {} {} {}% {}%",
            text(key),
            row["count"],
            text("amount"),
            text("count_share"),
            text("amount_share")
        )
    };
    rows.as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn losses_are_told_by_reason_and_competitor_and_add_up_from_their_sales_4_10_sf_6() {
    let shop = losses().await;
    let answer = shop.ask("/v1/loss-analysis").await;
    assert_eq!(
        told(&answer["by_reason"], "reason"),
        ["price: 3 64385.00 75.00% 96.99%", "timing: 1 2000.00 25.00% 3.01%"]
    );
    assert_eq!(
        told(&answer["by_competitor"], "competitor"),
        ["rival: 3 65385.00 75.00% 98.49%", "-: 1 1000.00 25.00% 1.51%"]
    );
    let both = &answer["by_reason_and_competitor"];
    assert_eq!(
        told(both, "reason"),
        [
            "price: 2 63385.00 50.00% 95.48%",
            "timing: 1 2000.00 25.00% 3.01%",
            "price: 1 1000.00 25.00% 1.51%",
        ]
    );
    assert_eq!(both[0]["competitor"], "rival");
    assert_eq!(both[2]["competitor"], Value::Null);
    assert_eq!(
        answer["total"],
        json!({"count": 4, "amount": "66385.00", "count_share": "100.00", "amount_share": "100.00",
               "drill": "/v1/sales?status=lost"})
    );
    let drill = "/v1/sales?competitor=(none)&reason=price&status=lost";
    assert_eq!(both[2]["drill"], drill);
    assert_eq!((&answer["currency"], &answer["missing_rates"]), (&json!("EUR"), &json!(["USD"])));
    assert_eq!(adds_up(&shop, &shop.fixture.importer, &answer).await, 8);
}

#[tokio::test]
async fn losses_of_a_period_and_of_filters_and_broken_down_add_up_4_10() {
    let shop = losses().await;
    let question = "/v1/loss-analysis?from=2026-03-01&to=2026-03-02&group_by=owner&currency=NOK";
    let answer = shop.ask(question).await;
    // 2000 EUR are 15776.60 NOK
    assert_eq!(
        told(&answer["groups"], "name"),
        [
            "ola: 1 500000.00 33.33% 96.94%",
            "kari: 1 15776.60 33.33% 3.06%",
            "per: 1 0.00 33.33% 0.00%"
        ]
    );
    let kari = &answer["groups"][1];
    assert_eq!(told(&kari["by_reason"], "reason"), ["timing: 1 15776.60 33.33% 3.06%"]);
    assert_eq!(
        kari["by_competitor"][0]["drill"],
        "/v1/sales?competitor=rival&currency=NOK&owner=kari&sale_date_from=2026-03-01&sale_date_to=2026-03-02&status=lost"
    );
    for question in [
        question,
        "/v1/loss-analysis?group_by=group",
        "/v1/loss-analysis?group_by=stage&status=lost,won",
        "/v1/loss-analysis?group_by=sale_type&competitor=(none)",
        "/v1/loss-analysis?group_by=source&reason=price&to=2026-03-01&sale_date_to=2026-04-01",
        "/v1/loss-analysis?as_of=2026-03-01",
        "/v1/loss-analysis?skip_completed=true",
        "/v1/loss-analysis?min_amount=1500&title=a",
    ] {
        let answer = shop.ask(question).await;
        assert!(adds_up(&shop, &shop.fixture.importer, &answer).await > 0, "{question}");
    }
    let before = shop.ask("/v1/loss-analysis?as_of=2026-03-01").await;
    assert_eq!(before["total"]["count"], 0, "nothing was lost before 2 March");
    assert_eq!(before["total"]["count_share"], Value::Null);
}

#[tokio::test]
async fn losses_tell_nothing_of_sales_a_caller_does_not_see_so_44() {
    let shop = losses().await;
    shop.sellers_see_their_own().await;
    let kari = shop.world.token_in("demo", "kari", &["seller"], &["North"]);
    let answer = shop.ask_as(&kari, "/v1/loss-analysis?group_by=owner").await;
    assert_eq!(told(&answer["by_reason"], "reason"), ["timing: 1 2000.00 100.00% 100.00%"]);
    assert_eq!(told(&answer["groups"], "key"), ["kari: 1 2000.00 100.00% 100.00%"]);
    assert_eq!(answer["missing_rates"], json!([]), "not even the currency of others'");
    assert_eq!(adds_up(&shop, &kari, &answer).await, 7);
}

#[tokio::test]
async fn what_the_loss_analysis_cannot_answer_is_refused_by_name_4_10() {
    let shop = Shop::open().await;
    for (question, code, name) in [
        ("from=2026-02-30", "bad_parameter", "from"),
        ("to=soon", "bad_parameter", "to"),
        ("from=2026-03-02&to=2026-03-01", "bad_parameter", "from"),
        ("sale_date_to=2026-03-01&from=2026-03-02", "bad_parameter", "from"),
        ("group_by=colour", "bad_parameter", "group_by"),
        ("group_by=", "bad_parameter", "group_by"),
        ("status=won", "bad_parameter", "status"),
        ("currency=XXX1", "bad_parameter", "currency"),
        ("company=(nobody)", "bad_parameter", "company"),
        ("limit=5", "unknown_parameter", "limit"),
        ("reasons=price", "unknown_parameter", "reasons"),
        ("from=2026-03-01&from=2026-03-01", "repeated_parameter", "from"),
    ] {
        let path = format!("/v1/loss-analysis?{question}");
        let reply = shop.world.get(&shop.fixture.importer, &path).await;
        let problem = reply.expect_problem(400, code).json();
        assert_eq!(problem["errors"][0]["parameter"], name, "{question}");
    }
}
