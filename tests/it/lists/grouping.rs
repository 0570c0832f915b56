//! Sales in groups within groups, with sums, averages, minima and maxima (§4, common filter set).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Shop;

const FJORD: &str = "0198f0a0-0000-7000-8000-0000000000f1";

/// Three owners, two groups, four statuses, three currencies and one without a rate.
async fn year() -> Shop {
    let shop = Shop::open().await;
    let fjord = json!({"id": FJORD, "name": "Fjord, AS"});
    for (title, worth, date, more) in [
        (
            "won",
            ("500000", "NOK"),
            "2026-01-31",
            json!({"owner": "ola", "company": fjord, "source": "web"}),
        ),
        ("open", ("1000", "EUR"), "2026-02-01", json!({"owner": "ola", "competitor": "acme"})),
        ("open", ("20000", "GBP"), "2026-05-15", json!({"owner": "kari", "credited": "north"})),
        ("lost", ("300", "EUR"), "2026-05-16", json!({"owner": "kari", "company": fjord})),
        ("open", ("9", "USD"), "2027-01-01", json!({"owner": "per"})),
        ("stalled", ("0.05", "EUR"), "2026-12-31", json!({"owner": "per", "source": "web"})),
    ] {
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

/// Every group of every level, with how deep it lies.
fn all(groups: &Value, depth: usize) -> Vec<(usize, Value)> {
    let mut found = Vec::new();
    for group in groups.as_array().unwrap() {
        found.push((depth, group.clone()));
        found.extend(all(&group["groups"], depth + 1));
    }
    found
}

/// Depth, name, count and sum of every group.
fn told(answer: &Value) -> Vec<String> {
    let line = |(depth, group): &(usize, Value)| {
        let name = group["name"].as_str().unwrap_or("-");
        let sum = group["amount"]["sum"].as_str().unwrap();
        format!("{depth} {name}: {} {sum}", group["count"])
    };
    all(&answer["groups"], 0).iter().map(line).collect()
}

#[tokio::test]
async fn groups_lie_within_groups_with_their_figures() {
    let shop = year().await;
    let answer = shop.ask("/v1/sales/grouped?group_by=owner,status").await;
    assert_eq!(
        told(&answer),
        [
            "0 kari: 2 31540.00",
            "1 open: 1 31240.00",
            "1 lost: 1 300.00",
            "0 ola: 2 64385.00",
            "1 open: 1 1000.00",
            "1 won: 1 63385.00",
            "0 per: 2 0.05",
            "1 open: 1 0.00",
            "1 stalled: 1 0.05",
        ]
    );
    assert_eq!((&answer["missing_rates"], &answer["currency"]), (&json!(["USD"]), &json!("EUR")));
    let ola = &answer["groups"][1];
    assert_eq!(
        ola["amount"],
        json!({"sum": "64385.00", "average": "32192.50", "minimum": "1000.00", "maximum": "63385.00"})
    );
    // won: 100 %, open: 20 % of the first stage
    assert_eq!(
        ola["probability"],
        json!({"sum": "120", "average": "60.00", "minimum": "20", "maximum": "100"})
    );
    assert_eq!(ola["weighted"]["sum"], "63585.00");
    let dollars = &answer["groups"][2]["groups"][0];
    assert_eq!(
        dollars["amount"],
        json!({"sum": "0.00", "average": null, "minimum": null, "maximum": null})
    );
    assert_eq!(dollars["probability"]["average"], "20.00", "its chance is known");
    let totals = &answer["totals"];
    assert_eq!((&totals["count"], &totals["amount"]["sum"]), (&json!(6), &json!("95925.05")));
    assert_eq!(totals["amount"]["average"], "19185.01", "95 925.05 of the five with a rate");
    assert_eq!(totals["probability"]["average"], "30.00", "100 + 4 times 20, of six");
}

#[tokio::test]
async fn an_average_is_rounded_half_away_from_zero_and_losses_count_as_they_are() {
    let shop = Shop::open().await;
    for (amount, cost) in [("0.05", "0.06"), ("0", "0.02")] {
        let more = json!({"margin": {"total_cost": {"amount": cost, "currency": "EUR"}}});
        let sale = shop.sale("loss", (amount, "EUR"), "2026-05-01", json!({})).await;
        let body = json!({"total_cost": more["margin"]["total_cost"]});
        shop.on(&sale, "set-margin", body).await;
    }
    let answer = shop.ask("/v1/sales/grouped?group_by=status").await;
    let open = &answer["groups"][0];
    assert_eq!(open["amount"]["average"], "0.03", "0.05 / 2");
    assert_eq!(
        open["profit"],
        json!({"sum": "-0.03", "average": "-0.02", "minimum": "-0.02", "maximum": "-0.01"})
    );
}

#[tokio::test]
async fn every_field_groups_and_every_group_leads_to_its_sales() {
    let shop = year().await;
    let decimal = |text: &Value| text.as_str().unwrap().parse::<Decimal>().unwrap();
    for question in [
        "group_by=stage",
        "group_by=sale_type,group",
        "group_by=source,category,competitor",
        "group_by=credited,currency",
        "group_by=company,owner,status",
        "group_by=year,quarter,month",
        "group_by=month,year&sale_date_from=2026-01-15&sale_date_to=2026-05-15",
        "group_by=quarter&owner=ola,kari&status=open,won",
        "group_by=currency,credited&criteria=amount%20gt%200%20or%20title%20equals%20open&currency=NOK",
        "group_by=owner&as_of=2026-03-01&currency=NOK",
    ] {
        let answer = shop.ask(&format!("/v1/sales/grouped?{question}")).await;
        let mut outermost = (0, Decimal::ZERO);
        for (depth, group) in all(&answer["groups"], 0) {
            let drill = group["drill"].as_str().unwrap();
            let sales = shop.ask(drill).await["sales"].as_array().unwrap().clone();
            assert_eq!(sales.len(), group["count"], "{question} {drill}");
            let worth = sales.iter().filter_map(|sale| sale["converted"]["amount"].as_str());
            let sum: Decimal = worth.map(|worth| worth.parse::<Decimal>().unwrap()).sum();
            assert_eq!(sum, decimal(&group["amount"]["sum"]), "{question} {drill}");
            let below = group["groups"].as_array().unwrap();
            if !below.is_empty() {
                let sum: Decimal = below.iter().map(|group| decimal(&group["amount"]["sum"])).sum();
                assert_eq!(sum, decimal(&group["amount"]["sum"]), "{question}");
            }
            if depth == 0 {
                outermost = (outermost.0 + sales.len(), outermost.1 + sum);
            }
        }
        let totals = &answer["totals"];
        assert_eq!(outermost.0, totals["count"], "{question}");
        assert_eq!(outermost.1, decimal(&totals["amount"]["sum"]), "{question}");
    }
}

#[tokio::test]
async fn periods_and_companies_are_named() {
    let shop = year().await;
    let answer =
        shop.ask("/v1/sales/grouped?group_by=year,quarter,month&currency=NOK&owner=ola").await;
    assert_eq!(
        told(&answer),
        [
            "0 2026: 2 507888.30",
            "1 2026-Q1: 2 507888.30",
            "2 2026-02: 1 7888.30",
            "2 2026-03: 1 500000.00",
        ],
        "what was won counts by its close date"
    );
    let answer = shop.ask("/v1/sales/grouped?group_by=company").await;
    assert_eq!(told(&answer), ["0 Fjord, AS: 2 63685.00", "0 -: 4 32240.05"]);
    assert_eq!(answer["groups"][0]["key"], FJORD);
    let nothing = shop.ask("/v1/sales/grouped?group_by=owner,company&owner=nobody").await;
    assert_eq!((&nothing["groups"], &nothing["totals"]["count"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn groups_never_tell_of_sales_a_caller_does_not_see_so_31_so_44() {
    let shop = year().await;
    shop.sellers_see_their_own().await;
    let kari = shop.world.token_in("demo", "kari", &["seller"], &["North"]);
    let answer = shop.ask_as(&kari, "/v1/sales/grouped?group_by=owner,company").await;
    assert_eq!(told(&answer), ["0 kari: 2 31540.00", "1 Fjord, AS: 1 300.00", "1 -: 1 31240.00"]);
    assert_eq!(answer["missing_rates"], json!([]));
    assert_eq!(answer["totals"]["count"], 2);
}

#[tokio::test]
async fn too_many_groups_are_refused() {
    let shop = Shop::open().await;
    // 5 001 groups: sales of as many days cannot be had cheaply, so the read model is given them
    shop.sale("one", ("1", "EUR"), "2026-05-01", json!({})).await;
    shop.world.caught_up().await;
    let mut owner = shop.world.database.superuser().await;
    let schema: String = sqlx::query_scalar(
        "SELECT table_schema::text FROM information_schema.tables WHERE table_name = 'sale_version'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "SET search_path = {schema};
         CREATE TEMP TABLE more AS SELECT * FROM sale_version, generate_series(1, 5000) AS n;
         UPDATE more SET stream_id = gen_random_uuid(), sale_id = gen_random_uuid(), owner = 'u' || n, number = number + n;
         ALTER TABLE more DROP COLUMN n;
         INSERT INTO sale_version SELECT * FROM more"
    )))
    .execute(&mut owner)
    .await
    .unwrap();
    let token = &shop.fixture.importer;
    let whole = shop.world.get(token, "/v1/sales/grouped?group_by=owner&owner=ola").await;
    whole.expect(200);
    let path = "/v1/sales/grouped?group_by=owner";
    shop.world.get(token, path).await.expect_problem(422, "too_many_groups");
}
