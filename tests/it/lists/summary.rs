//! What every owner and every company brought in (SO-41).

use serde_json::{Value, json};

use super::Shop;

const FJORD: &str = "0198f0a0-0000-7000-8000-0000000000f1";
const HAVN: &str = "0198f0a0-0000-7000-8000-0000000000f2";

/// Two companies, three owners, four statuses, three currencies.
async fn year() -> Shop {
    let shop = Shop::open().await;
    let of = |company: &str, name: &str| json!({"id": company, "name": name});
    for (title, worth, date, owner, company) in [
        ("won", ("500000", "NOK"), "2026-05-01", "ola", Some(of(FJORD, "Fjord AS"))), // 63385.00
        ("won", ("1000", "EUR"), "2026-05-01", "ola", Some(of(HAVN, "Havn AS"))),
        ("won", ("70000", "EUR"), "2026-05-01", "kari", Some(of(FJORD, "Fjord ASA"))),
        ("lost", ("300", "EUR"), "2026-05-01", "kari", None),
        ("open", ("2000", "EUR"), "2026-05-01", "per", Some(of(HAVN, "Havn AS"))),
        ("open", ("9", "USD"), "2026-05-01", "per", None),
        ("stalled", ("400", "EUR"), "2026-05-01", "ola", None),
        ("open", ("5000", "EUR"), "2027-01-01", "ola", Some(of(FJORD, "Fjord ASA"))),
    ] {
        let mut more = json!({"owner": owner});
        if let Some(company) = company {
            more["company"] = company;
        }
        let sale = shop.sale(title, worth, date, more).await;
        match title {
            "won" => shop.won(&sale).await,
            "lost" => shop.lost(&sale).await,
            "stalled" => shop.stalled(&sale).await,
            _ => {}
        }
    }
    shop
}

/// Key, name, won, lost, open, stalled of every row, as texts.
fn told(summary: &Value) -> Vec<String> {
    let row = |row: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let of =
            |status: &str| format!("{} {}", row[status]["count"], text(&row[status]["amount"]));
        format!(
            "{}: won {}, lost {}, open {}, stalled {}",
            text(&row["name"]),
            of("won"),
            row["lost"]["count"],
            of("open"),
            of("stalled")
        )
    };
    summary["rows"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn owners_are_summed_up_for_a_period_in_the_base_currency_so_41() {
    let shop = year().await;
    let summary = shop.ask("/v1/sale-summary?by=owner&from=2026-01-01&to=2026-12-31").await;
    assert_eq!(
        told(&summary),
        [
            "kari: won 1 70000.00, lost 1, open 0 0.00, stalled 0 0.00",
            "ola: won 2 64385.00, lost 0, open 0 0.00, stalled 1 400.00",
            "per: won 0 0.00, lost 0, open 2 2000.00, stalled 0 0.00",
        ]
    );
    assert_eq!(summary["rows"][1]["key"], "ola");
    let totals = &summary["totals"];
    assert_eq!(totals["won"], json!({"count": 3, "amount": "134385.00", "weighted": "134385.00"}));
    assert_eq!((&totals["lost"]["count"], &totals["open"]["count"]), (&json!(1), &json!(2)));
    assert_eq!((&summary["currency"], &summary["missing_rates"]), (&json!("EUR"), &json!(["USD"])));
    // close dates are sale dates: what was won in March is not of May
    let may = shop.ask("/v1/sale-summary?from=2026-05-01&to=2026-05-31").await;
    assert_eq!(may["totals"]["won"]["count"], 0);
    let ever = shop.ask("/v1/sale-summary").await;
    assert_eq!(
        ever["totals"]["open"],
        json!({"count": 3, "amount": "7000.00", "weighted": "1400.00"})
    );
    let kroner =
        shop.ask("/v1/sale-summary?from=2026-01-01&to=2026-12-31&currency=NOK&owner=ola").await;
    assert_eq!(told(&kroner), ["ola: won 2 507888.30, lost 0, open 0 0.00, stalled 1 3155.32"]);
}

#[tokio::test]
async fn companies_are_summed_up_under_their_newest_name_so_41() {
    let shop = year().await;
    let summary = shop.ask("/v1/sale-summary?by=company").await;
    assert_eq!(
        told(&summary),
        [
            "Fjord ASA: won 2 133385.00, lost 0, open 1 5000.00, stalled 0 0.00",
            "Havn AS: won 1 1000.00, lost 0, open 1 2000.00, stalled 0 0.00",
            "-: won 0 0.00, lost 1, open 1 0.00, stalled 1 400.00",
        ]
    );
    let keys: Vec<&Value> =
        summary["rows"].as_array().unwrap().iter().map(|row| &row["key"]).collect();
    assert_eq!(keys, [&json!(FJORD), &json!(HAVN), &Value::Null]);
    // rows page by page, totals always whole
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.ask(&format!("/v1/sale-summary?by=company&limit=1{cursor}")).await;
        assert_eq!(page["totals"], summary["totals"]);
        paged.extend(told(&page));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, told(&summary));
}

#[tokio::test]
async fn totals_never_tell_of_sales_a_caller_does_not_see_so_41_so_31() {
    let shop = year().await;
    let hidden =
        shop.sale("hidden", ("1000000", "EUR"), "2026-05-01", json!({"owner": "kari"})).await;
    shop.won(&hidden).await;
    let body = json!({"visible_for": "owner"});
    let visible = shop.sale("to hide", ("4", "EUR"), "2026-05-01", json!({"owner": "kari"})).await;
    shop.fixture.on(&shop.world, &visible, "set-visibility", body).await;
    shop.sellers_see_their_own().await;
    let ola = shop.world.token_in("demo", "ola", &["seller"], &["North"]);
    for by in ["owner", "company"] {
        let summary = shop.ask_as(&ola, &format!("/v1/sale-summary?by={by}")).await;
        assert_eq!(summary["totals"]["won"]["amount"], "64385.00", "{by}");
        assert_eq!(summary["totals"]["lost"]["count"], 0, "{by}");
        assert_eq!(summary["missing_rates"], json!([]), "{by}: not even the currency of others'");
        let won: i64 = summary["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["won"]["count"].as_i64().unwrap())
            .sum();
        assert_eq!(won, 2, "{by}");
    }
    // a manager sees all but what is hidden
    let mia = shop.world.token_in("demo", "mia", &["manager"], &["South"]);
    let summary = shop.ask_as(&mia, "/v1/sale-summary?owner=kari").await;
    assert_eq!(summary["totals"]["open"]["count"], 0);
    assert_eq!(summary["totals"]["won"]["amount"], "1070000.00");
}
