//! Targets by what companies are: their category, their business, their country (ST-2), as known at the moment asked about.

use serde_json::{Value, json};

use super::Targets;
use super::figures::{adds_up, march};

const KNOWN: &str = "2026-03-01T08:00:00Z";

/// A company's id and name.
fn company(n: u32) -> Value {
    json!({"id": format!("0198f0a0-0000-7000-8000-{n:012x}"), "name": format!("Company {n}")})
}

impl Targets {
    async fn known(&self, n: u32, [category, business, country]: [&str; 3]) {
        let mut body = company(n);
        for (field, word) in [("category", category), ("business", business), ("country", country)]
        {
            body[field] = json!(word);
        }
        self.fixture.at(&self.world, KNOWN, "/v1/companies", body).await;
    }

    /// A sale in euros to a company, won on 2 March.
    async fn sold_to(&self, amount: &str, to: Option<u32>) {
        let mut body = json!({"amount": {"amount": amount, "currency": "EUR"}});
        if let Some(n) = to {
            body["company"] = company(n);
        }
        let sale = self.fixture.sale(&self.world, "2026-03-02T08:00:00Z", "Won", body).await;
        let sold = json!({"reason": "best-product", "close_date": "2026-03-02"});
        let path = format!("/v1/sales/{sale}/mark-sold");
        self.fixture.at(&self.world, "2026-03-03T08:00:00Z", &path, sold).await;
    }

    /// A customer in Norway who trades, a prospect in the Netherlands who serves, one nobody registered, and nobody.
    async fn sold() -> Self {
        let targets = Self::set_up().await;
        targets.known(1, ["customer", "trade", "NO"]).await;
        targets.known(2, ["prospect", "services", "NL"]).await;
        for (amount, to) in [("100", Some(1)), ("40", Some(2)), ("7", Some(3)), ("3", None)] {
            targets.sold_to(amount, to).await;
        }
        targets
    }

    /// A type with a row for all of its items and one for an item; answers its id.
    async fn by(&self, dimension: &str, unit: &str, items: &[&str], item: &str) -> String {
        let body = json!({"name": dimension, "dimension": dimension, "unit": unit, "items": items});
        let id = self.define(body).await;
        for item in [Value::Null, json!(item)] {
            let mut row = json!({"target_type": id, "year": 2026, "level": "company"});
            if !item.is_null() {
                row["item"] = item;
            }
            let row = self.add(row).await;
            let cells = json!({"cells": vec!["200"; 12]});
            self.on(&self.kari, &row, "set-cells", cells).await.expect(200);
        }
        id
    }
}

/// What was won in March, row by row.
fn won(list: &Value) -> Vec<String> {
    march(list).into_iter().map(|row| row.3).collect()
}

#[tokio::test]
async fn company_category_business_and_country_tell_sales_apart_st_2_st_4_sf_6() {
    let targets = Targets::sold().await;
    for (dimension, unit, items, item, expected, label) in [
        ("company_category", "amount", &[][..], "customer", ["150.00", "100.00"], "Customer"),
        (
            "company_business",
            "profit",
            &["trade", "services"],
            "services",
            ["140.00", "40.00"],
            "Services",
        ),
        ("company_country", "count", &["no", "nl"], "no", ["2", "1"], "NO"),
    ] {
        let id = targets.by(dimension, unit, items, item).await;
        let list = targets.list(&targets.kari, &format!("&target_type={id}")).await;
        assert_eq!(won(&list), expected, "{dimension}");
        adds_up(&targets, &list, unit).await;
        let of_item = list["targets"].as_array().unwrap().last().unwrap();
        assert_eq!((&of_item["item"], &of_item["item_name"]), (&json!(item), &json!(label)));
        assert_eq!(list["dimension"], dimension);
        let path = format!("/v1/targets/export?year=2026&format=csv&target_type={id}");
        let file = targets.world.get(&targets.kari, &path).await.expect(200).text;
        assert!(file.contains(&format!("{item},{label},2026")), "{file}");
    }
    let types = targets.world.get(&targets.kari, "/v1/target-types").await.expect(200).json();
    let of_country = types["target_types"].as_array().unwrap().iter();
    let of_country = of_country.filter(|one| one["dimension"] == "company_country");
    let items: Vec<&Value> = of_country.map(|one| &one["items"]).collect();
    assert_eq!(items, [&json!([{"key": "no", "label": "NO"}, {"key": "nl", "label": "NL"}])]);
}

#[tokio::test]
async fn a_sale_counts_for_what_its_company_is_at_the_moment_of_the_question_st_2() {
    let targets = Targets::sold().await;
    let id = targets.by("company_category", "amount", &[], "customer").await;
    let edit = format!("/v1/companies/{}/edit", company(2)["id"].as_str().unwrap());
    let now = targets.list(&targets.kari, &format!("&target_type={id}")).await;
    assert_eq!(won(&now), ["150.00", "100.00"]);
    let before = now["position"].as_i64().unwrap();
    targets
        .fixture
        .at(&targets.world, "2026-03-08T08:00:00Z", &edit, json!({"category": "customer"}))
        .await;
    let now = targets.list(&targets.kari, &format!("&target_type={id}")).await;
    assert!(now["position"].as_i64().unwrap() > before);
    assert_eq!(won(&now), ["150.00", "140.00"]);
    adds_up(&targets, &now, "amount").await;
    // the figures of both moments, each with the list behind it
    for (moment, customers) in [("2026-03-07", "100.00"), ("2026-03-09", "140.00")] {
        let path = format!(
            "/v1/forecast?from=2026-03-01&to=2026-03-31&group_by=company_category&as_of={moment}"
        );
        let forecast = targets.world.get(&targets.kari, &path).await.expect(200).json();
        let rows = forecast["rows"].as_array().unwrap().iter();
        let row = rows.clone().find(|row| row["key"] == "customer").unwrap();
        assert_eq!(row["won"]["amount"], customers, "{moment}");
        let list = row["drill"]["won"].as_str().unwrap();
        let sales = targets.world.get(&targets.kari, list).await.expect(200).json();
        assert_eq!(row["won"]["count"], sales["sales"].as_array().unwrap().len());
    }
}

#[tokio::test]
async fn a_forecast_by_what_companies_are_is_compared_with_their_targets_st_2_st_20() {
    let targets = Targets::sold().await;
    targets.by("company_country", "amount", &[], "no").await;
    let path = "/v1/forecast?from=2026-03-01&to=2026-03-31&group_by=company_country";
    let forecast = targets.world.get(&targets.kari, path).await.expect(200).json();
    let rows = forecast["rows"].as_array().unwrap().iter();
    let told: Vec<String> = rows
        .map(|row| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let figures = [
                &row["key"],
                &row["company_country"],
                &row["won"]["amount"],
                &row["target"],
                &row["attainment"],
            ];
            figures.map(text).join(" ")
        })
        .collect();
    assert_eq!(told, ["- - 10.00 - -", "NL NL 40.00 - -", "NO NO 100.00 200.00 50.00"]);
}
