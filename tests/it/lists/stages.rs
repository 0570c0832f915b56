//! What became of sales that entered a stage, and how long they stayed (domain §4.5, §4.10).

use serde_json::{Value, json};

use super::Shop;

/// A sale with what happened to it, by instants.
pub(super) async fn sale(
    shop: &Shop,
    title: &str,
    at: &str,
    more: Value,
    steps: &[(&str, &str, Value)],
) -> String {
    let mut body =
        json!({"amount": {"amount": "1000", "currency": "EUR"}, "sale_date": "2026-06-10"});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let sale = shop.fixture.sale(&shop.world, at, title, body).await;
    for (at, command, body) in steps {
        let path = format!("/v1/sales/{sale}/{command}");
        shop.fixture.at(&shop.world, at, &path, body.clone()).await;
    }
    sale
}

fn closed(day: &str) -> Value {
    json!({"reason": "price", "close_date": day})
}

/// What happened when.
fn step(
    at: &'static str,
    (command, body): (&'static str, Value),
) -> (&'static str, &'static str, Value) {
    (at, command, body)
}

/// Sales that went through several stages: A was won, B was lost.
async fn walked(shop: &Shop) -> [String; 2] {
    let [fm, qt, sc] = [shop.fixture.fm, shop.fixture.qt, shop.fixture.sc];
    let to = |stage| ("advance-stage", json!({"stage": stage}));
    // 10 days in each stage, then won
    let a = sale(
        shop,
        "A",
        "2026-01-01T00:00:00Z",
        json!({}),
        &[
            step("2026-01-11T00:00:00Z", to(qt)),
            step("2026-01-21T00:00:00Z", to(sc)),
            step("2026-01-31T00:00:00Z", ("mark-sold", closed("2026-01-31"))),
        ],
    )
    .await;
    // FM 2 + 3 days, QT 10 + 12, then lost
    let b = sale(
        shop,
        "B",
        "2026-01-05T00:00:00Z",
        json!({"owner": "kari"}),
        &[
            step("2026-01-07T00:00:00Z", to(qt)),
            step("2026-01-17T00:00:00Z", to(fm)),
            step("2026-01-20T00:00:00Z", to(qt)),
            step("2026-02-01T00:00:00Z", ("mark-lost", closed("2026-02-01"))),
        ],
    )
    .await;
    [a, b]
}

/// Six sales of which every fate is known by hand; ids of A, B and E.
pub(super) async fn fates() -> (Shop, [String; 3]) {
    let shop = Shop::open().await;
    let qt = shop.fixture.qt;
    let [a, b] = walked(&shop).await;
    // stalled for a month, and still in its stage: 37.375 days at the clock of these tests
    sale(
        &shop,
        "C",
        "2026-02-01T00:00:00Z",
        json!({}),
        &[step(
            "2026-02-11T00:00:00Z",
            ("stall", json!({"reopen_date": "2026-12-01", "reason": "budget"})),
        )],
    )
    .await;
    sale(
        &shop,
        "D",
        "2026-02-01T00:00:00Z",
        json!({}),
        &[step("2026-02-03T12:00:00Z", ("mark-lost", closed("2026-02-03")))],
    )
    .await;
    // won after a day, reopened after three more, 5.375 days ago
    let e = sale(
        &shop,
        "E",
        "2026-03-01T00:00:00Z",
        json!({"stage": qt}),
        &[
            step("2026-03-02T00:00:00Z", ("mark-sold", closed("2026-03-02"))),
            step("2026-03-05T00:00:00Z", ("reopen", json!({}))),
        ],
    )
    .await;
    sale(
        &shop,
        "F",
        "2026-02-01T00:00:00Z",
        json!({"sale_type": shop.fixture.simple}),
        &[step("2026-02-05T00:00:00Z", ("mark-sold", closed("2026-02-05")))],
    )
    .await;
    (shop, [a, b, e])
}

/// Figures of a stage, with days of those that left and of those that did not.
fn told(row: &Value) -> String {
    let days = |name: &str| {
        let of = |figure: &str| row[name][figure].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {}/{}/{}/{}",
            row[name]["sales"],
            of("average"),
            of("median"),
            of("minimum"),
            of("maximum")
        )
    };
    let rate = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
    format!(
        "{}: {} in {} entries, on {}, back {}, moved {}, won {}, lost {}, there {}; {}% on, {}% won; {}; {}",
        row["name"].as_str().unwrap(),
        row["entered"],
        row["entries"],
        row["went_on"],
        row["went_back"],
        row["moved"],
        row["won"],
        row["lost"],
        row["still_there"],
        rate("conversion"),
        rate("win_rate"),
        days("days"),
        days("days_so_far")
    )
}

fn stages(answer: &Value) -> Vec<String> {
    answer["stages"].as_array().unwrap().iter().map(told).collect()
}

/// Every figure is the number of the rows its drill lists, and their days add up to its average.
async fn adds_up(shop: &Shop, token: &str, answer: &Value) {
    for row in answer["stages"].as_array().unwrap() {
        for (figure, drill) in row["drill"].as_object().unwrap() {
            let path = format!("{}&limit=500", drill.as_str().unwrap());
            let list = shop.ask_as(token, &path).await;
            assert_eq!(json!(list["sales"].as_array().unwrap().len()), row[figure], "{drill}");
        }
        let ways = ["went_on", "went_back", "moved", "won", "lost", "still_there"];
        let out: i64 = ways.iter().map(|way| row[*way].as_i64().unwrap()).sum();
        assert_eq!(json!(out), row["entered"]);
    }
}

#[tokio::test]
async fn each_stage_tells_what_became_of_its_sales_and_how_long_they_stayed_4_5_4_10() {
    let (shop, _) = fates().await;
    let answer = shop.ask("/v1/stage-conversion").await;
    // FM: A 10, B 2 + 3, D 2.5 days; C is there for 37.375. QT: A 10, B 10 + 12; E is there for 1 + 5.375. SC: A 10.
    assert_eq!(
        stages(&answer),
        [
            "First meeting: 4 in 5 entries, on 2, back 0, moved 0, won 0, lost 1, there 1; 50.00% on, 25.00% won; \
             3 5.83/5.00/2.50/10.00; 1 37.38/37.38/37.38/37.38",
            "Quotation: 3 in 5 entries, on 1, back 0, moved 0, won 0, lost 1, there 1; 33.33% on, 33.33% won; \
             2 16.00/16.00/10.00/22.00; 1 6.38/6.38/6.38/6.38",
            "Signing of contract: 1 in 1 entries, on 0, back 0, moved 0, won 1, lost 0, there 0; 100.00% on, 100.00% won; \
             1 10.00/10.00/10.00/10.00; 0 -/-/-/-",
        ]
    );
    let total =
        json!({"sales": 5, "entries": 11, "ended_won": 1, "ended_lost": 2, "win_rate": "20.00"});
    assert_eq!(answer["total"], total, "F has no stages");
    adds_up(&shop, &shop.fixture.importer, &answer).await;
}

#[tokio::test]
async fn a_period_is_one_of_entries_and_the_past_is_told_as_it_was_4_5() {
    let (shop, _) = fates().await;
    let february = shop.ask("/v1/stage-conversion?from=2026-02-01&to=2026-02-28").await;
    assert_eq!(
        stages(&february),
        [
            "First meeting: 2 in 2 entries, on 0, back 0, moved 0, won 0, lost 1, there 1; 0.00% on, 0.00% won; \
          1 2.50/2.50/2.50/2.50; 1 37.38/37.38/37.38/37.38"
        ]
    );
    adds_up(&shop, &shop.fixture.importer, &february).await;
    // on 18 January at noon A is in QT for 7.5 days, B is back in FM for 1.5
    let then = shop.ask("/v1/stage-conversion?as_of=2026-01-18T12:00:00Z").await;
    assert_eq!(
        stages(&then),
        [
            "First meeting: 2 in 3 entries, on 1, back 0, moved 0, won 0, lost 0, there 1; 50.00% on, 0.00% won; \
             1 10.00/10.00/10.00/10.00; 1 3.50/3.50/3.50/3.50",
            "Quotation: 2 in 2 entries, on 0, back 1, moved 0, won 0, lost 0, there 1; 0.00% on, 0.00% won; \
             1 10.00/10.00/10.00/10.00; 1 7.50/7.50/7.50/7.50",
        ]
    );
    adds_up(&shop, &shop.fixture.importer, &then).await;
    let unknown = shop.ask("/v1/stage-conversion?known_at=2026-01-01").await;
    assert_eq!(unknown["stages"], json!([]), "all of it was entered later");
    assert_eq!(unknown["total"]["sales"], 0);
    let kari = shop.ask("/v1/stage-conversion?owner=kari&status=lost").await;
    assert_eq!(
        kari["total"],
        json!({"sales": 1, "entries": 4, "ended_won": 0, "ended_lost": 1, "win_rate": "0.00"})
    );
    let simple = shop.ask(&format!("/v1/stage-conversion?sale_type={}", shop.fixture.simple)).await;
    assert_eq!(simple["total"]["sales"], 0);
}

#[tokio::test]
async fn the_sales_behind_stage_conversion_are_listed_page_by_page_4_10_sf_6() {
    let (shop, [_, b, _]) = fates().await;
    let list = shop.ask(&format!("/v1/stage-conversion/sales?in_stage={}", shop.fixture.qt)).await;
    let row = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {} {}",
            text("title"),
            row["entries"],
            text("days"),
            text("exit"),
            text("status")
        )
    };
    let rows: Vec<String> = list["sales"].as_array().unwrap().iter().map(row).collect();
    assert_eq!(rows, ["B 2 22.00 lost lost", "A 1 10.00 went_on won", "E 2 6.38 still_there open"]);
    let of_b = &list["sales"][0];
    assert_eq!((&of_b["id"], &of_b["owner"]), (&json!(b), &json!("kari")));
    assert_eq!(of_b["entered_at"], "2026-01-07T00:00:00Z");
    assert_eq!(
        (&of_b["left_at"], &list["sales"][2]["left_at"]),
        (&json!("2026-02-01T00:00:00Z"), &Value::Null)
    );
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.ask(&format!("/v1/stage-conversion/sales?limit=2{cursor}")).await;
        paged.extend(page["sales"].as_array().unwrap().iter().map(row));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let whole = shop.ask("/v1/stage-conversion/sales").await;
    assert_eq!(paged, whole["sales"].as_array().unwrap().iter().map(row).collect::<Vec<_>>());
    assert_eq!(paged.len(), 8);
}

#[tokio::test]
async fn stages_and_differences_tell_nothing_of_sales_a_caller_does_not_see_so_44() {
    let (shop, [a, b, e]) = fates().await;
    shop.sellers_see_their_own().await;
    let kari = shop.world.token_in("demo", "kari", &["seller"], &["North"]);
    let answer = shop.ask_as(&kari, "/v1/stage-conversion").await;
    assert_eq!(answer["total"]["sales"], 1);
    assert_eq!(
        stages(&answer)[0].split(';').next().unwrap(),
        "First meeting: 1 in 2 entries, on 1, back 0, moved 0, won 0, lost 0, there 0"
    );
    adds_up(&shop, &kari, &answer).await;
    for path in ["stages", "diff?from=2026-01-01"] {
        shop.world.get(&kari, &format!("/v1/sales/{b}/{path}")).await.expect(200);
        shop.world
            .get(&kari, &format!("/v1/sales/{a}/{path}"))
            .await
            .expect_problem(404, "not_found");
    }
    let hidden = json!({"visible_for": "owner"});
    shop.fixture.on(&shop.world, &e, "set-visibility", hidden).await;
    let mia = shop.world.token_in("demo", "mia", &["manager"], &["South"]);
    assert_eq!(shop.ask_as(&mia, "/v1/stage-conversion").await["total"]["sales"], 4);
}

#[tokio::test]
async fn what_stage_conversion_cannot_answer_is_refused_by_name_4_10() {
    let shop = Shop::open().await;
    for (question, code, name) in [
        ("stage-conversion?from=2026-13-01", "bad_parameter", "from"),
        ("stage-conversion?from=2026-02-02&to=2026-02-01", "bad_parameter", "from"),
        ("stage-conversion?limit=5", "unknown_parameter", "limit"),
        ("stage-conversion?in_stage=5", "unknown_parameter", "in_stage"),
        ("stage-conversion/sales?in_stage=5", "bad_parameter", "in_stage"),
        ("stage-conversion/sales?exit=vanished", "bad_parameter", "exit"),
        ("stage-conversion/sales?limit=501", "bad_parameter", "limit"),
        ("stage-conversion/sales?cursor=x", "unknown_cursor", "cursor"),
        ("stage-conversion?sale_type=new", "bad_parameter", "sale_type"),
    ] {
        let reply = shop.world.get(&shop.fixture.importer, &format!("/v1/{question}")).await;
        let problem = reply.expect_problem(400, code).json();
        assert_eq!(problem["errors"][0]["parameter"], name, "{question}");
    }
    let nobody = shop.world.token_of("demo", "ola", &[]);
    for list in ["stage-conversion", "stage-conversion/sales", "loss-analysis"] {
        let path = format!("/v1/{list}");
        shop.world.question(&path).send().await.expect_problem(401, "token_missing");
        shop.world.get(&nobody, &path).await.expect_problem(403, "forbidden");
        let stranger = shop.world.token_of("elsewhere", "ola", &["seller"]);
        shop.world.get(&stranger, &path).await.expect(200);
    }
    shop.world
        .get(&shop.fixture.importer, "/v1/sales/5/stages")
        .await
        .expect_problem(400, "malformed_id");
}
