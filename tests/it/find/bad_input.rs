//! Searches nobody should ask: refused by name, and nothing reaches SQL.

use serde_json::{Value, json};

use super::{Office, encoded};

fn one(field: &str, operator: &str, values: Value) -> Value {
    json!({"criteria": {"any": [{"all": [{"field": field, "operator": operator, "values": values}]}]}})
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_name() {
    let office = Office::open().await;
    for (parameter, text, reason) in [
        ("criteria", "colour eq red", "is not a field"),
        ("criteria", "amount like 5", "is not an operator"),
        ("criteria", "amount contains 5", "is not an operator of amount"),
        ("criteria", "amount gt many", "must be a decimal number"),
        ("criteria", "title contains \"", "at character 17"),
        ("criteria", "field.nothing eq 5", "is not a field"),
        ("criteria", "'; DROP TABLE sale_version; --", "is not a field"),
        ("typical", "remembered", "must be one of"),
        ("selection", "all", "must be a UUID"),
        ("q", &"x".repeat(2_049), "at most 2048 characters"),
    ] {
        let path = format!("/v1/sales?{parameter}={}", encoded(text));
        let reply = office.world.get(&office.fixture.importer, &path).await;
        let problem = reply.expect_problem(400, "bad_parameter").json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(reason), "{problem}");
    }
}

#[tokio::test]
async fn a_body_is_refused_where_it_is_wrong() {
    let office = Office::open().await;
    let ten_thousand: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
    let blocks = |count: usize| {
        let block = json!({"all": [{"field": "completed", "operator": "is", "values": ["true"]}]});
        json!({"criteria": {"any": vec![block; count]}})
    };
    let criteria = |count: usize| {
        let one = json!({"field": "completed", "operator": "is", "values": ["true"]});
        json!({"criteria": {"any": [{"all": vec![one; count]}]}})
    };
    let first = "/criteria/any/0/all/0";
    for (body, code, pointer) in [
        (json!({}), "missing_field", "/criteria"),
        (json!({"criteria": {}}), "missing_field", "/criteria/any"),
        (json!({"criteria": []}), "wrong_type", "/criteria"),
        (json!({"criteria": {"any": [], "all": []}}), "unknown_field", "/criteria/all"),
        (json!({"criteria": {"any": [{"all": []}]}}), "invalid_value", "/criteria/any/0"),
        (one("colour", "eq", json!(["red"])), "invalid_value", "/criteria/any/0/all/0/field"),
        (one("amount", "like", json!(["5"])), "invalid_value", "/criteria/any/0/all/0/operator"),
        (one("amount", "contains", json!(["5"])), "invalid_value", first),
        (one("amount", "gt", json!([5])), "wrong_type", "/criteria/any/0/all/0/values/0"),
        (one("amount", "gt", json!(["5e3"])), "invalid_value", first),
        (one("field.nothing", "eq", json!(["5"])), "invalid_value", first),
        (one("owner", "one_of", json!(ten_thousand)), "invalid_value", first),
        (one("title", "contains", json!(["x".repeat(2_049)])), "invalid_value", first),
        (blocks(21), "invalid_value", "/criteria"),
        (criteria(51), "invalid_value", "/criteria/any/0"),
    ] {
        let problem = office.find("", &body).await.expect_problem(400, code).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    for body in [blocks(20), criteria(50), one("owner", "one_of", json!(ten_thousand[..1_000]))] {
        office.find("", &body).await.expect(200);
    }
    let nested = format!("{{\"criteria\":{}{}}}", "[".repeat(100), "]".repeat(100));
    for text in [
        nested.as_str(),
        "",
        "{",
        "null\u{0}",
        "{\"criteria\":{\"any\":[]},\"criteria\":{\"any\":[]}}",
    ] {
        let ask = office.world.question_by(reqwest::Method::POST, "/v1/sales/find");
        let ask = ask.bearer(&office.fixture.importer).header("content-type", "application/json");
        ask.body(text.to_owned()).send().await.expect_problem(400, "malformed_body");
    }
    let large = one("title", "contains", json!([" ".repeat(1 << 20)]));
    office.find("", &large).await.expect_problem(413, "body_too_large");
    let twice = office.find("criteria=completed%20is%20true", &blocks(1)).await;
    twice.expect_problem(400, "bad_parameter");
    office.find("colour=red", &blocks(1)).await.expect_problem(400, "unknown_parameter");
    let ask = office.world.question_by(reqwest::Method::POST, "/v1/sales/find").json(&blocks(1));
    ask.send().await.expect_problem(401, "token_missing");
    let ask = office.world.question("/v1/sales/find").bearer(&office.fixture.importer);
    ask.send().await.expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn hostile_texts_are_looked_for_and_nothing_else() {
    let office = Office::full().await;
    for hostile in [
        "'; DROP TABLE sale_version; --",
        "%",
        "_",
        "\\",
        "$1",
        "\" or 1=1 --",
        "{}",
        "(((((",
        "\u{202e}\u{feff}",
        "!!! & | <-> :*",
        "𝕏'\"\\",
    ] {
        let quoted = hostile.replace('\\', "\\\\").replace('"', "\\\"");
        for criteria in [
            format!("title contains \"{quoted}\""),
            format!("owner one_of \"{quoted}\""),
            format!("activity.title starts_with \"{quoted}\""),
            format!("stakeholder.comment is_exactly \"{quoted}\""),
            format!("text matches \"{quoted}\""),
        ] {
            assert!(office.found(&criteria).await.is_empty(), "{criteria}");
        }
        assert!(office.titles(&format!("q={}", encoded(hostile))).await.is_empty(), "{hostile}");
    }
    assert_eq!(office.found("").await.len(), 9);
}
