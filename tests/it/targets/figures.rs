//! What targets are compared with: dimensions, units, rates of the close date, rights (ST-2 to ST-5, ST-12 to ST-14).

use serde_json::{Value, json};

use super::Targets;

const TODAY: &str = "2026-03-10T09:00:00Z";

impl Targets {
    /// A won sale of Ola; `more` adds or replaces fields.
    async fn won(&self, worth: (&str, &str), on: &str, more: Value) -> String {
        let mut body = json!({"amount": {"amount": worth.0, "currency": worth.1}});
        let mut more = more.as_object().unwrap().clone();
        let fields = more.remove("fields");
        body.as_object_mut().unwrap().extend(more);
        let sale = self.fixture.sale(&self.world, TODAY, "Won", body).await;
        if let Some(fields) = fields {
            let path = format!("/v1/sales/{sale}/set-custom-fields");
            self.fixture.at(&self.world, TODAY, &path, json!({"fields": fields})).await;
        }
        let sold = json!({"reason": "best-product", "close_date": on});
        self.fixture.at(&self.world, TODAY, &format!("/v1/sales/{sale}/mark-sold"), sold).await;
        sale
    }

    pub(super) async fn list(&self, token: &str, query: &str) -> Value {
        self.world.get(token, &format!("/v1/targets?year=2026{query}")).await.expect(200).json()
    }
}

/// Level, assignee, item and what was won in March.
pub(super) fn march(list: &Value) -> Vec<(String, String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let rows = list["targets"].as_array().unwrap().iter();
    rows.map(|row| {
        let actual = text(&row["cells"][2]["actual"]);
        (text(&row["level"]), text(&row["assignee"]), text(&row["item"]), actual)
    })
    .collect()
}

fn told(rows: &[[&str; 4]]) -> Vec<(String, String, String, String)> {
    rows.iter()
        .map(|[a, b, c, d]| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned(), (*d).to_owned()))
        .collect()
}

#[tokio::test]
async fn each_sale_is_worth_what_its_currency_was_on_its_close_date_st_12() {
    let targets = Targets::set_up().await;
    let rate = json!({"rate": "8.5", "unit": 100, "valid_from": "2026-03-05"});
    targets.fixture.at(&targets.world, TODAY, "/v1/currencies/NOK/set-rate", rate).await;
    targets.won(("1000", "NOK"), "2026-03-04", json!({})).await; // 126.77 EUR
    targets.won(("1000.03", "NOK"), "2026-03-05", json!({})).await; // 85.00255: 85.00 EUR
    targets.won(("77", "USD"), "2026-03-06", json!({})).await; // no rate
    let in_kroner = json!({"year": 2026, "level": "group", "assignee": "North", "currency": "NOK"});
    targets.add(in_kroner).await;
    targets.add(json!({"year": 2026, "level": "company"})).await;
    let list = targets.list(&targets.kari, "").await;
    assert_eq!(
        march(&list),
        told(&[
            ["company", "-", "-", "211.77"],
            ["group", "North", "-", "2000.03"],
            ["all", "North", "-", "-"],
            ["user", "kari", "-", "0.00"],
            ["user", "ola", "-", "211.77"],
        ])
    );
    assert_eq!(list["missing_rates"], json!(["USD"]));
    assert_eq!(list["targets"][1]["currency"], "NOK");
    let drill = list["targets"][4]["cells"][2]["drill"].as_str().unwrap();
    let sales = targets.world.get(&targets.kari, drill).await.expect(200).json();
    let worth = |sale: &Value| sale["converted"]["amount"].as_str().map(str::to_owned);
    let sales: Vec<Option<String>> = sales["sales"].as_array().unwrap().iter().map(worth).collect();
    assert_eq!(sales, [Some("126.77".to_owned()), Some("85.00".to_owned()), None]);
    // the forecast goes by the rates of the day of the answer, as before
    let forecast = "/v1/forecast?from=2026-03-01&to=2026-03-31";
    let forecast = targets.world.get(&targets.kari, forecast).await.expect(200).json();
    assert_eq!(forecast["rows"][0]["won"]["amount"], "170.00");
}

/// The lists behind March add up to what was won then.
pub(super) async fn adds_up(targets: &Targets, list: &Value, unit: &str) {
    for row in list["targets"].as_array().unwrap() {
        let drill = row["cells"][2]["drill"].as_str().unwrap();
        let sales = targets.world.get(&targets.kari, drill).await.expect(200).json();
        let figures = sales["sales"].as_array().unwrap().iter();
        let cents = |text: &Value| text.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        let figure = |sale: &Value| match unit {
            "count" => 1,
            unit => cents(&sale["converted"][unit]),
        };
        let sum: i64 = figures.map(figure).sum();
        assert_eq!(sum, cents(&row["cells"][2]["actual"]), "{drill}");
    }
}

#[tokio::test]
async fn dimensions_tell_sales_apart_and_units_count_them_st_2_st_3_st_4() {
    let targets = Targets::set_up().await;
    let field = json!({"kind": "list", "name": "Region", "items": [
        {"key": "fjords", "name": "Fjords"}, {"key": "plains", "name": "Plains"}]});
    let path = "/v1/tenants/demo/define-custom-field";
    let mut defined = field;
    defined["key"] = json!("region");
    targets.world.post(&targets.fixture.importer, path, &defined).await.expect(200);
    let fields = |key: &str| json!({"fields": {"region": key}, "credited": "north-office", "source": "fair"});
    let fjords = targets.won(("100", "EUR"), "2026-03-01", fields("fjords")).await;
    targets.won(("40", "EUR"), "2026-03-02", fields("plains")).await;
    let other = json!({"source": "web", "sale_type": targets.fixture.simple});
    targets.won(("7", "EUR"), "2026-03-03", other).await;
    let margin = json!({"total_cost": {"amount": "30", "currency": "EUR"}});
    let reopened = format!("/v1/sales/{fjords}/reopen");
    targets.fixture.at(&targets.world, TODAY, &reopened, json!({})).await;
    let path = format!("/v1/sales/{fjords}/set-margin");
    targets.fixture.at(&targets.world, TODAY, &path, margin).await;
    let sold = json!({"reason": "best-product", "close_date": "2026-03-01"});
    let path = format!("/v1/sales/{fjords}/mark-sold");
    targets.fixture.at(&targets.world, TODAY, &path, sold).await;

    for (dimension, unit, items, item, expected) in [
        ("field.region", "profit", json!(["fjords", "plains"]), "fjords", ["110.00", "70.00"]),
        ("source", "count", json!([]), "web", ["3", "1"]),
        ("credited", "amount", json!(["north-office"]), "north-office", ["140.00", "140.00"]),
    ] {
        let body = json!({"name": dimension, "dimension": dimension, "unit": unit, "items": items});
        let id = targets.define(body).await;
        for item in [Value::Null, json!(item)] {
            let mut body = json!({"target_type": id, "year": 2026, "level": "company"});
            if !item.is_null() {
                body["item"] = item;
            }
            targets.add(body).await;
        }
        let list = targets.list(&targets.kari, &format!("&target_type={id}")).await;
        let of_march: Vec<String> = march(&list).into_iter().map(|row| row.3).collect();
        assert_eq!(of_march, expected, "{dimension}");
        assert_eq!(list["unit"], unit);
        adds_up(&targets, &list, unit).await;
        let missing = targets.list(&targets.kari, &format!("&target_type={id}&item=(none)")).await;
        assert_eq!(missing["targets"].as_array().unwrap().len(), 1);
    }
    let types = targets.world.get(&targets.kari, "/v1/target-types").await.expect(200).json();
    let types: Vec<(&str, &str)> = types["target_types"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["dimension"].as_str().unwrap(), one["unit"].as_str().unwrap()))
        .collect();
    assert_eq!(types[0], ("all_sales", "amount"));
    assert_eq!(types.len(), 4);
}

#[tokio::test]
async fn targets_that_are_not_seen_are_absent_and_sales_that_are_not_seen_count_nowhere_so_44() {
    let targets = Targets::set_up().await;
    targets.won(("100", "EUR"), "2026-03-01", json!({})).await;
    let of_per = json!({"owner": "per"});
    targets.won(("40", "EUR"), "2026-03-02", of_per).await;
    for group in ["North", "South"] {
        targets.add(json!({"year": 2026, "level": "group", "assignee": group})).await;
    }
    targets.add(json!({"year": 2026, "level": "company"})).await;
    let everything = targets.list(&targets.ola, "").await;
    assert_eq!(everything["targets"].as_array().unwrap().len(), 8);
    assert_eq!(march(&everything)[0].3, "140.00");
    let per = everything["targets"].as_array().unwrap().iter().find(|row| row["assignee"] == "per");
    let per = per.unwrap()["id"].as_str().unwrap().to_owned();
    for records in ["targets", "sales"] {
        let body = json!({"role": "seller", "records": records, "own": "delete", "own_groups": "read",
            "other_groups": "none", "others": "read"});
        let path = "/v1/tenants/demo/set-record-rights";
        targets.world.post(&targets.fixture.importer, path, &body).await.expect(200);
    }
    let left = targets.list(&targets.ola, "").await;
    assert_eq!(
        march(&left),
        told(&[
            ["company", "-", "-", "100.00"],
            ["group", "North", "-", "100.00"],
            ["all", "North", "-", "-"],
            ["user", "kari", "-", "0.00"],
            ["user", "ola", "-", "100.00"],
        ])
    );
    for path in [format!("/v1/targets/{per}"), format!("/v1/targets/{per}/history")] {
        targets.world.get(&targets.ola, &path).await.expect_problem(404, "not_found");
        targets.world.get(&targets.kari, &path).await.expect(200);
    }
}

#[tokio::test]
async fn a_forecast_is_compared_with_the_targets_of_its_rows_sf_1() {
    let targets = Targets::set_up().await;
    targets.won(("100", "EUR"), "2026-03-01", json!({})).await;
    let open = json!({"amount": {"amount": "300", "currency": "EUR"}, "sale_date": "2026-03-20",
        "probability": 50});
    targets.fixture.sale(&targets.world, TODAY, "Open", open).await;
    let north = json!({"year": 2026, "level": "group", "assignee": "North"});
    let north = targets.add(north).await;
    let cells = json!({"cells": vec!["250"; 12]});
    targets.on(&targets.kari, &north, "set-cells", cells).await.expect(200);
    let ask = async |more: &str| {
        let path = format!("/v1/forecast?from=2026-01-01&to=2026-06-30{more}");
        let answer = targets.world.get(&targets.kari, &path).await.expect(200).json();
        let rows = answer["rows"].as_array().unwrap().iter();
        rows.map(|row| {
            ["period", "key", "target", "attainment", "gap", "coverage"]
                .map(|name| row[name].as_str().unwrap_or("-").to_owned())
                .join(" ")
        })
        .collect::<Vec<String>>()
    };
    let quarters = ask("&period=quarter&group_by=group").await;
    assert_eq!(
        quarters,
        ["2026-Q1 North 750.00 13.33 650.00 0.23", "2026-Q2 North 750.00 0.00 750.00 0.00"]
    );
    let narrowed = ask("&period=quarter&group=North").await;
    assert_eq!(narrowed[0], "2026-Q1 - 750.00 13.33 650.00 0.23");
    assert_eq!(ask("&period=year&group_by=group").await, ["2026 North - - - -"], "half a year");
    assert_eq!(ask("&period=quarter").await, ["2026-Q1 - - - - -"], "the company has none");
    assert_eq!(ask("&period=quarter&group_by=group&title=open").await, ["2026-Q1 North - - - -"]);
}
