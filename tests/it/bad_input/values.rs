//! Values of the right type that cannot be: dates, figures, keys, ids, codes.

use serde_json::{Value, json};

use super::trial::{Expected, Trial};

/// Sends the example of every command that has `field`, with `bad` in its place.
async fn everywhere(
    trial: &Trial,
    fields: &[&str],
    bad: &[Value],
    code: (u16, &'static str),
) -> usize {
    let mut sent = 0;
    for example in &trial.examples {
        for field in fields {
            for bad in bad {
                let mut body = example.body.clone();
                let Some(place) = body.pointer_mut(field) else { continue };
                *place = bad.clone();
                let expected = if code.0 == 400 {
                    // a money or a name is read as a whole
                    let outer = field.split('/').nth(1).unwrap();
                    Expected {
                        status: 400,
                        codes: vec![code.1, "wrong_type"],
                        pointer: Some(format!("/{outer}")),
                    }
                } else {
                    Expected::new(code.0, code.1).at(*field)
                };
                trial.value(&example.path, &body, expected).await;
                sent += 1;
            }
        }
    }
    assert!(sent > 0, "no command has {fields:?}");
    sent
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| json!(text)).collect()
}

const INVALID: (u16, &str) = (400, "invalid_value");

#[tokio::test]
async fn dates_that_do_not_exist_are_refused() {
    let trial = Trial::start().await;
    let fields = ["/sale_date", "/reopen_date", "/close_date", "/valid_from"];
    let bad = texts(&[
        "2026-02-29",
        "2026-04-31",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "1899-12-31",
        "0000-01-01",
        "10000-01-01",
        "-2026-01-01",
        "2026-1-1",
        "20260101",
        "2026-01-01T00:00:00Z",
        "01.02.2026",
        " 2026-01-01",
        "２０２６-01-01",
        "tomorrow",
        "",
    ]);
    assert_eq!(everywhere(&trial, &fields, &bad, INVALID).await, 7 * bad.len());
    trial.end().await;
}

#[tokio::test]
async fn amounts_that_are_no_amounts_are_refused() {
    let trial = Trial::start().await;
    let fields = ["/amount/amount", "/total_cost/amount"];
    let bad = texts(&[
        "10000000000000.01",
        "10000000000001",
        "99999999999999999999999999999999",
        "1e3",
        "1E400",
        "1.005",
        "-0.001",
        "NaN",
        "Infinity",
        "0x10",
        "1,000.00",
        "1 000",
        " 1",
        "1 ",
        "+1",
        ".5",
        "5.",
        "--1",
        "",
        "١٢٣",
    ]);
    everywhere(&trial, &fields, &bad, INVALID).await;
    let currencies = ["/amount/currency", "/total_cost/currency", "/base_currency", "/currency"];
    let bad = texts(&["nok", "NO", "NOKK", "ZZZ", "XXX", "XAU", "€", "", " NOK", "N\u{d8}K"]);
    everywhere(&trial, &currencies, &bad, INVALID).await;
    trial.end().await;
}

#[tokio::test]
async fn negative_figures_are_refused_by_a_rule() {
    let trial = Trial::start().await;
    let minus = texts(&["-0.01", "-10000000000000"]);
    everywhere(&trial, &["/amount/amount"], &minus, (422, "amount_negative")).await;
    let sale = trial.examples.iter().find(|e| e.route.command == "SetMargin").unwrap();
    for (body, code) in [
        (json!({"total_cost": {"amount": "-0.01", "currency": "NOK"}}), "cost_negative"),
        (json!({"profit": {"amount": "1000.01", "currency": "NOK"}}), "cost_negative"),
        (json!({"profit": {"amount": "-10000000000000", "currency": "NOK"}}), "amount_too_large"),
        (json!({"profit_percent": "100.01"}), "cost_negative"),
        (json!({"profit_percent": "-9999999999999999"}), "amount_too_large"),
        (
            json!({"profit_percent": "1", "profit": {"amount": "1", "currency": "NOK"}}),
            "exactly_one_margin_figure",
        ),
    ] {
        trial.value(&sale.path, &body, Expected::new(422, code)).await;
    }
    let rate = trial.examples.iter().find(|e| e.route.command == "SetRate").unwrap();
    for (field, bad, code) in [
        ("/rate", json!("-1"), "rate_out_of_range"),
        ("/rate", json!(0), "rate_out_of_range"),
        ("/rate", json!("10000000000"), "rate_out_of_range"),
        ("/rate", json!("0.00000000001"), "rate_out_of_range"),
        ("/unit", json!(0), "unit_out_of_range"),
        ("/unit", json!(-100), "unit_out_of_range"),
        ("/unit", json!(1_000_001), "unit_out_of_range"),
        ("/unit", json!(i64::MAX), "unit_out_of_range"),
    ] {
        let mut body = rate.body.clone();
        *body.pointer_mut(field).unwrap() = bad;
        trial.value(&rate.path, &body, Expected::new(422, code).at(field)).await;
    }
    let bad = [json!(-1), json!(101), json!(255), json!(256), json!(-128), json!(i64::MAX)];
    everywhere(&trial, &["/probability"], &bad, INVALID).await;
    let bad = [json!(-1), json!(65_536), json!(i64::MIN)];
    everywhere(&trial, &["/duration/n"], &bad, INVALID).await;
    everywhere(&trial, &["/rank"], &[json!(2_147_483_648_i64)], INVALID).await;
    everywhere(&trial, &["/rate"], &[json!(1e300), json!("1e3"), json!("")], INVALID).await;
    trial.end().await;
}

#[tokio::test]
async fn another_currency_than_the_sales_is_refused_where_it_stands() {
    let trial = Trial::start().await;
    let eur = json!({"amount": "1.00", "currency": "EUR"});
    for (command, field) in [
        ("ChangeAmount", "amount"),
        ("MarkSold", "amount"),
        ("SetMargin", "total_cost"),
        ("SetMargin", "profit"),
    ] {
        let example = trial.examples.iter().find(|e| e.route.command == command).unwrap();
        let mut body = if command == "SetMargin" { json!({}) } else { example.body.clone() };
        body[field] = eur.clone();
        let expected = Expected::new(422, "currency_differs").at(format!("/{field}/currency"));
        trial.value(&example.path, &body, expected).await;
    }
    trial.end().await;
}

/// Creations of what has no UUID of its own: a user is their token's subject, a target follows from its place.
const NAMED: [&str; 2] = ["AddUser", "AddTarget"];

#[tokio::test]
async fn ids_in_bodies_must_be_uuids_and_what_they_name_must_exist() {
    let trial = Trial::start().await;
    let bad = texts(&[
        "x",
        "",
        "0198f0a0-0000-7000-8000-00000000000",
        "0198f0a0-0000-7000-8000-00000000000g",
        "1001",
    ]);
    let fields = ["/sale_type", "/stage", "/stages/0", "/company/id", "/contact/id", "/project/id"];
    everywhere(&trial, &fields, &bad, INVALID).await;
    // a contact names its company by its id alone
    everywhere(&trial, &["/company"], &bad, INVALID).await;
    for example in
        trial.examples.iter().filter(|e| e.route.creates() && !NAMED.contains(&e.route.command))
    {
        let mut body = example.body.clone();
        for bad in &bad {
            body["id"] = bad.clone();
            trial.value(&example.path, &body, Expected::new(400, "invalid_value").at("/id")).await;
        }
    }
    let unknown = [json!(uuid::Uuid::from_u128(404))];
    everywhere(&trial, &["/sale_type"], &unknown, (422, "unknown_sale_type")).await;
    everywhere(&trial, &["/stage"], &unknown, (422, "stage_not_in_sale_type")).await;
    everywhere(&trial, &["/owner"], &[json!("nobody")], (422, "unknown_owner")).await;
    works_for(&trial, &unknown[0]).await;
    for example in trial.examples.iter().filter(|e| e.body.get("stages").is_some()) {
        let mut body = example.body.clone();
        body["stages"][1] = unknown[0].clone();
        trial.value(&example.path, &body, Expected::new(422, "unknown_stage").at("/stages")).await;
        body["stages"] = json!([trial.fixture.fm, trial.fixture.fm]);
        trial
            .value(&example.path, &body, Expected::new(422, "stage_listed_twice").at("/stages"))
            .await;
        body["stages"] = json!([trial.fixture.fm]);
        trial
            .value(&example.path, &body, Expected::new(422, "guide_needs_two_stages").at("/guide"))
            .await;
    }
    trial.end().await;
}

/// Nobody works for a company that this tenant did not register (SO-F15).
async fn works_for(trial: &Trial, company: &Value) {
    for command in ["RegisterContact", "EditContact"] {
        let example = trial.examples.iter().find(|e| e.route.command == command).unwrap();
        let mut body = example.body.clone();
        body["company"] = company.clone();
        let expected = Expected::new(422, "unknown_company").at("/company");
        trial.value(&example.path, &body, expected).await;
    }
}

#[tokio::test]
async fn another_tenants_objects_are_as_unknown_in_bodies_as_those_that_do_not_exist() {
    let trial = Trial::start().await;
    let token = trial.world.token_of("other", "ola", &["importer"]);
    let stage = json!({"name": "Foreign", "probability": 1});
    let stage = trial.world.post(&token, "/v1/stages", &stage).await.expect(201).json();
    let kind = json!({"name": "Foreign"});
    let kind = trial.world.post(&token, "/v1/sale-types", &kind).await.expect(201).json();
    let user = json!({"id": "foreigner", "name": "F"});
    trial.world.post(&token, "/v1/users", &user).await.expect(201);
    let company = json!({"name": "Foreign"});
    let company = trial.world.post(&token, "/v1/companies", &company).await.expect(201).json();
    let before = trial.world.stored().await;
    everywhere(&trial, &["/sale_type"], &[kind["id"].clone()], (422, "unknown_sale_type")).await;
    everywhere(&trial, &["/stage"], &[stage["id"].clone()], (422, "stage_not_in_sale_type")).await;
    everywhere(&trial, &["/owner"], &[json!("foreigner")], (422, "unknown_owner")).await;
    works_for(&trial, &company["id"]).await;
    assert_eq!(trial.world.stored().await, before);
}

#[tokio::test]
async fn words_outside_their_alphabet_are_refused() {
    let trial = Trial::start().await;
    let keys = ["/reason", "/source", "/competitor", "/credited", "/business"];
    let bad =
        texts(&["", "Price", "best product", "pris_ut", "æ", "a.b", "a\n", " a", "-\u{200b}"]);
    everywhere(&trial, &keys, &bad, INVALID).await;
    let zones = texts(&["", "Mars/Base", "europe/oslo ", "+01:00", "CEST+2", "../../etc/passwd"]);
    everywhere(&trial, &["/time_zone"], &zones, INVALID).await;
    let countries = texts(&["", "no", "NOR", "N", "XX", " NO", "N\u{d8}", "ＮＯ"]);
    everywhere(&trial, &["/country"], &countries, INVALID).await;
    let addresses = texts(&[
        "kari",
        "kari@",
        "@fjord.example",
        "kari vik@fjord.example",
        "kari@fjord.example, per@fjord.example",
        "kari@fjord.example\r\nBcc: all@fjord.example",
    ]);
    everywhere(&trial, &["/email"], &addresses, INVALID).await;
    everywhere(&trial, &["/duration/unit"], &texts(&["years", "", "Days"]), INVALID).await;
    let blank = texts(&["", " \t ", "\u{3000}"]);
    let names = [
        "/name",
        "/name/nb",
        "/category",
        "/external_reference",
        "/description",
        "/company/name",
        "/groups/0",
        "/primary_group",
        "/email",
        "/phone",
    ];
    everywhere(&trial, &names, &blank, INVALID).await;
    everywhere(&trial, &["/title"], &blank, (422, "title_required")).await;
    everywhere(&trial, &["/owner"], &texts(&["", " ", "a\tb", "a\u{7f}b"]), INVALID).await;
    for languages in [json!({}), json!({"de": "Angebot"}), json!({"en": "Offer", "sv": "Offert"})] {
        everywhere(&trial, &["/name"], &[languages], INVALID).await;
    }
    trial.end().await;
}
