//! The stages one sale was in, and what differs in it between two moments (domain §4.5).

use serde_json::{Value, json};

use super::Shop;
use super::stages::{fates, sale};

#[tokio::test]
async fn one_sale_tells_when_it_was_in_which_stage_4_5() {
    let (shop, [_, b, e]) = fates().await;
    let stays = |answer: &Value| -> Vec<String> {
        let stay = |stay: &Value| {
            let text = |name: &str| stay[name].as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {} {} {}",
                text("name"),
                text("entered_at"),
                text("left_at"),
                text("days"),
                text("exit")
            )
        };
        answer["stays"].as_array().unwrap().iter().map(stay).collect()
    };
    let answer = shop.ask(&format!("/v1/sales/{b}/stages")).await;
    assert_eq!(
        stays(&answer),
        [
            "First meeting 2026-01-05T00:00:00Z 2026-01-07T00:00:00Z 2.00 went_on",
            "Quotation 2026-01-07T00:00:00Z 2026-01-17T00:00:00Z 10.00 went_back",
            "First meeting 2026-01-17T00:00:00Z 2026-01-20T00:00:00Z 3.00 went_on",
            "Quotation 2026-01-20T00:00:00Z 2026-02-01T00:00:00Z 12.00 lost",
        ]
    );
    let sums: Vec<String> = answer["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| format!("{} {} {}", stage["name"], stage["entries"], stage["days"]))
        .collect();
    assert_eq!(sums, ["\"First meeting\" 2 \"5.00\"", "\"Quotation\" 2 \"22.00\""]);
    let answer = shop.ask(&format!("/v1/sales/{e}/stages")).await;
    assert_eq!(
        stays(&answer),
        [
            "Quotation 2026-03-01T00:00:00Z 2026-03-02T00:00:00Z 1.00 won",
            "Quotation 2026-03-05T00:00:00Z - 5.38 still_there",
        ]
    );
    let before = shop.ask(&format!("/v1/sales/{b}/stages?as_of=2026-01-06T00:00:00Z")).await;
    assert_eq!(stays(&before), ["First meeting 2026-01-05T00:00:00Z - 1.00 still_there"]);
    let path = format!("/v1/sales/{b}/stages?as_of=2026-01-01");
    shop.world.get(&shop.fixture.importer, &path).await.expect_problem(404, "not_found");
    shop.world
        .get(&shop.fixture.importer, &format!("/v1/sales/{}/stages", uuid::Uuid::from_u128(7)))
        .await
        .expect_problem(404, "not_found");
    let simple = shop.titles("title=F").await;
    assert_eq!(simple, ["F"]);
    let list = shop.ask("/v1/sales?title=F").await;
    let of_f =
        shop.ask(&format!("/v1/sales/{}/stages", list["sales"][0]["id"].as_str().unwrap())).await;
    assert_eq!(
        (&of_f["stays"], &of_f["stages"]),
        (&json!([]), &json!([])),
        "a type without stages"
    );
}

#[tokio::test]
async fn what_differs_between_two_moments_is_told_field_by_field_4_5() {
    let (shop, [a, b, _]) = fates().await;
    let differ = |answer: &Value| -> Vec<String> {
        let change = |change: &Value| {
            let shown = |value: &Value, name: &Value| {
                name.as_str().map_or_else(|| value.to_string(), str::to_owned)
            };
            format!(
                "{}: {} -> {}",
                change["field"].as_str().unwrap(),
                shown(&change["from"], &change["from_name"]),
                shown(&change["to"], &change["to_name"])
            )
        };
        answer["changes"].as_array().unwrap().iter().map(change).collect()
    };
    let path = |sale: &str, question: &str| format!("/v1/sales/{sale}/diff?{question}");
    let answer = shop.ask(&path(&a, "from=2026-01-12T00:00:00Z&to=2026-01-31T00:00:00Z")).await;
    assert_eq!(
        differ(&answer),
        [
            "status: \"open\" -> \"won\"",
            "stage: Quotation -> Signing of contract",
            "stage_when_closed: null -> Signing of contract",
            "probability: \"50\" -> \"100\"",
            "sale_date: \"2026-06-10\" -> \"2026-01-31\"",
            "close_date: null -> \"2026-01-31\"",
            "reason: null -> \"price\"",
        ]
    );
    assert_eq!((&answer["from"]["version"], &answer["to"]["version"]), (&json!(2), &json!(4)));
    // there and back again is no difference
    let same = shop.ask(&path(&b, "from=2026-01-06T00:00:00Z&to=2026-01-18T00:00:00Z")).await;
    assert_eq!((differ(&same), &same["to"]["version"]), (Vec::new(), &json!(3)));
    // a day means its end, no end means now, and before its registration a sale has no field
    let born = shop.ask(&path(&b, "from=2026-01-04")).await;
    assert!(differ(&born).contains(&"status: null -> \"lost\"".to_owned()), "{born}");
    assert_eq!(born["from"]["version"], 0);
    // all of it was entered after these days: what was known then was nothing
    let learned = shop.ask(&path(&b, "known_from=2026-01-10&to=2026-02-01")).await;
    assert_eq!(differ(&learned), differ(&born));
    for (question, code, name) in [
        ("", "bad_parameter", "from"),
        ("to=2026-01-01", "bad_parameter", "from"),
        ("from=yesterday", "bad_parameter", "from"),
        ("from=2026-02-02&to=2026-02-01", "bad_parameter", "from"),
        ("from=2026-12-24", "bad_parameter", "from"),
        ("known_from=2026-02-02&known_to=2026-02-01", "bad_parameter", "known_from"),
        ("from=2026-01-01&as_of=2026-01-02", "unknown_parameter", "as_of"),
        ("from=2026-01-01&min_position=-1", "bad_parameter", "min_position"),
    ] {
        let reply = shop.world.get(&shop.fixture.importer, &path(&b, question)).await;
        let problem = reply.expect_problem(400, code).json();
        assert_eq!(problem["errors"][0]["parameter"], name, "{question}");
    }
    let nowhere = path(&b, "from=2026-01-01&to=2026-01-02");
    shop.world.get(&shop.fixture.importer, &nowhere).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn later_is_what_stands_later_in_the_type_the_sale_then_has_4_5() {
    let shop = Shop::open().await;
    let [fm, qt, sc] = [shop.fixture.fm, shop.fixture.qt, shop.fixture.sc];
    let upside = uuid::Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0000_0077);
    let body = json!({"id": upside, "name": "Upside down", "stages": [sc, qt]});
    shop.fixture.at(&shop.world, "2026-01-01T00:00:00Z", "/v1/sale-types", body).await;
    let on = sale(
        &shop,
        "on",
        "2026-02-01T00:00:00Z",
        json!({"sale_type": upside, "stage": sc}),
        &[
            ("2026-02-03T00:00:00Z", "advance-stage", json!({"stage": qt})),
            ("2026-02-04T00:00:00Z", "advance-stage", json!({"stage": sc})),
            ("2026-02-06T00:00:00Z", "change-sale-type", json!({"sale_type": shop.fixture.simple})),
        ],
    )
    .await;
    let answer = shop.ask(&format!("/v1/sales/{on}/stages")).await;
    let exits: Vec<&str> = answer["stays"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stay| stay["exit"].as_str().unwrap())
        .collect();
    assert_eq!(exits, ["went_on", "went_back", "moved"], "into a type without stages");
    // a stage that the type has no more is known by its rank
    let ranked = sale(
        &shop,
        "ranked",
        "2026-02-01T00:00:00Z",
        json!({"stage": fm}),
        &[("2026-02-02T00:00:00Z", "advance-stage", json!({"stage": qt}))],
    )
    .await;
    let admin = shop.world.token("eva", "admin");
    shop.world.post(&admin, &format!("/v1/stages/{fm}/delete"), &json!({})).await.expect(200);
    let answer = shop.ask(&format!("/v1/sales/{ranked}/stages")).await;
    let shown = |stay: &Value| {
        format!("{} {}", stay["name"].as_str().unwrap(), stay["exit"].as_str().unwrap())
    };
    let stays: Vec<String> = answer["stays"].as_array().unwrap().iter().map(shown).collect();
    assert_eq!(stays, ["First meeting went_on", "Quotation still_there"]);
}
