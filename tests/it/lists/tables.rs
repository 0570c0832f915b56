//! Lists of figures as files (SD-28).

use serde_json::json;

use super::Shop;

/// Sales of every status with hostile names, in four currencies, one without a rate.
pub(super) async fn shop() -> Shop {
    let shop = Shop::open().await;
    let admin = shop.world.token("eva", "admin");
    for (id, name, group) in
        [("odd", "=ola", "North"), ("even", "@Kåre Ærlig", "+Sør"), ("nine", "+per", "-South")]
    {
        let body = json!({"id": id, "name": name, "groups": [group], "primary_group": group});
        shop.world.post(&admin, "/v1/users", &body).await.expect(201);
    }
    let label = json!({"key": "rival", "labels": {"en": "-2+3 =1"}, "rank": 1});
    shop.world.post(&admin, "/v1/lists/competitor/add-item", &label).await.expect(200);
    let registered = json!({"id": "0198f0a0-0000-7000-8000-0000000000f1", "name": "@Bjørn AS", "category": "customer", "country": "NO"});
    shop.world.post(&admin, "/v1/companies", &registered).await.expect(201);
    let nina = json!({"name": "=Nina", "company": registered["id"], "email": "+nina@bjorn.example", "phone": "+47 22 00 00 00"});
    shop.world.post(&admin, "/v1/contacts", &nina).await.expect(201);
    let company = json!({"owner": "odd", "company": {"id": "0198f0a0-0000-7000-8000-0000000000f1", "name": "=Bjørn & Co \"AS\""}});
    shop.sale("=1+1", ("500000", "NOK"), "2026-02-10", company.clone()).await; // 63385.00, overdue
    shop.sale("Ærøskøbing", ("0.10", "EUR"), "2026-06-10", json!({"owner": "even"})).await;
    shop.sale("nine", ("9", "USD"), "2026-06-10", json!({"owner": "nine"})).await;
    let won =
        shop.sale("won", ("90071992547.93", "EUR"), "2026-06-10", json!({"owner": "even"})).await;
    shop.won(&won).await;
    let lost = shop.sale("lost", ("70", "EUR"), "2026-06-10", company).await;
    shop.on(
        &lost,
        "mark-lost",
        json!({"reason": "price", "competitor": "rival", "close_date": "2026-03-02"}),
    )
    .await;
    let stalled = shop.sale("stalled", ("80", "JPY"), "2026-06-10", json!({"owner": "odd"})).await;
    shop.stalled(&stalled).await;
    shop
}

/// The lines of a CSV answer, each joined by ` | `, headings first.
async fn lines(shop: &Shop, path: &str) -> Vec<String> {
    let reply = shop.world.get(&shop.fixture.importer, path).await.expect(200);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(reply.text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().collect::<Vec<_>>().join(" | "));
    rows.collect()
}

#[tokio::test]
async fn pipeline_columns_are_taken_away_with_exact_sums_sd_28_sf_14() {
    let shop = shop().await;
    let fm = shop.fixture.fm;
    assert_eq!(
        lines(&shop, "/v1/pipeline/export").await,
        [
            "key | name | rank | count | amount | weighted | currency".to_owned(),
            format!("{fm} | First meeting | 20 | 3 | 63385.10 | 12677.02 | EUR"),
        ]
    );
    assert_eq!(
        lines(&shop, "/v1/pipeline/export?group_by=owner&currency=NOK").await[1..],
        [
            "nine | '+per |  | 1 | 0.00 | 0.00 | NOK",
            "odd | '=ola |  | 1 | 500000.00 | 100000.00 | NOK",
            "even | '@Kåre Ærlig |  | 1 | 0.79 | 0.16 | NOK",
        ]
    );
}

#[tokio::test]
async fn the_sale_summary_is_taken_away_and_names_the_sales_behind_it_sd_28_so_41_sf_6() {
    let shop = shop().await;
    let rows = lines(&shop, "/v1/sale-summary/export?by=owner&fields=name,won_amount,won_count,lost_amount,open_count,currency").await;
    assert_eq!(
        rows,
        [
            "name | won_amount | won_count | lost_amount | open_count | currency",
            "'@Kåre Ærlig | 90071992547.93 | 1 | 0.00 | 1 | EUR",
            "'+per | 0.00 | 0 | 0.00 | 1 | EUR",
            "'=ola | 0.00 | 0 | 70.00 | 1 | EUR",
        ]
    );
    for question in [
        "by=owner",
        "by=company&to=2026-06-10",
        "by=owner&status=open&currency=NOK",
        "skip_completed=true",
    ] {
        let summary = shop.ask(&format!("/v1/sale-summary?{question}")).await;
        let rows = summary["rows"].as_array().unwrap().iter();
        for (figures, drills) in
            rows.map(|row| (row, &row["drill"])).chain([(&summary["totals"], &summary["drill"])])
        {
            for status in ["open", "stalled", "won", "lost"] {
                let list = shop.ask(drills[status].as_str().unwrap()).await;
                let count = list["sales"].as_array().unwrap().len();
                assert_eq!(
                    json!(count),
                    figures[status]["count"],
                    "{question}: {}",
                    drills[status]
                );
            }
        }
    }
}

#[tokio::test]
async fn losses_and_stages_are_taken_away_sd_28_4_10() {
    let shop = shop().await;
    assert_eq!(
        lines(&shop, "/v1/loss-analysis/export").await,
        [
            "group | group_name | reason | reason_name | competitor | competitor_name | count | amount | currency | count_share | amount_share",
            " |  | price | Price | rival | '-2+3 =1 | 1 | 70.00 | EUR | 100.00 | 100.00",
        ]
    );
    let rows = lines(
        &shop,
        "/v1/loss-analysis/export?group_by=owner&fields=group,group_name,reason,competitor,amount",
    )
    .await;
    assert_eq!(rows[1..], ["odd | '=ola | price |  | 70.00", "odd | '=ola |  | rival | 70.00"]);
    let rows = lines(
        &shop,
        "/v1/stage-conversion/export?fields=stage,entered,won,lost,still_there,days_average",
    )
    .await;
    assert_eq!(rows[1..], ["First meeting | 6 | 1 | 1 | 4 | 1.00"]);
    let rows = lines(
        &shop,
        "/v1/stage-conversion/sales/export?fields=title,entered_at,left_at,days&exit=lost",
    )
    .await;
    assert_eq!(rows[1..], ["lost | 2026-03-01T08:00:00Z | 2026-03-02T08:00:00Z | 1.00"]);
}

#[tokio::test]
async fn what_is_due_is_taken_away_sd_28_4_8() {
    let shop = shop().await;
    let rows = lines(
        &shop,
        "/v1/due/export?owner=odd&fields=kind,title,owner_name,due_day,days_late,amount,currency",
    )
    .await;
    assert_eq!(
        rows,
        [
            "kind | title | owner_name | due_day | days_late | amount | currency",
            "overdue_sale | '=1+1 | '=ola | 2026-02-10 | 28 | 500000.00 | NOK",
            "follow_up | stalled | '=ola | 2026-12-01 | -266 | 80 | JPY",
        ]
    );
}

#[tokio::test]
async fn a_csv_file_may_begin_with_a_byte_order_mark_and_columns_are_chosen_sd_28() {
    let shop = shop().await;
    for list in ["sales", "sale-summary", "activities"] {
        let path = format!("/v1/{list}/export?bom=true");
        let marked = shop.world.get(&shop.fixture.importer, &path).await.expect(200);
        let plain = shop
            .world
            .get(&shop.fixture.importer, &path.replace("true", "false"))
            .await
            .expect(200);
        assert_eq!(marked.text, format!("\u{feff}{}", plain.text), "{list}");
    }
    let path = "/v1/sales/export?fields=title,number&sort=number&owner=even";
    assert_eq!(lines(&shop, path).await, ["title | number", "Ærøskøbing | 1002", "won | 1004"]);
    for (question, name) in [
        ("sales/export?fields=colour", "fields"),
        ("sales/export?fields=number,number", "fields"),
        ("sales/export?fields=", "fields"),
        ("due/export?fields=Title", "fields"),
        ("pipeline/export?bom=yes", "bom"),
        ("pipeline/export?bom=true&format=xlsx", "bom"),
        ("sale-summary/export?by=colour", "by"),
        ("due/export?kind=colour", "kind"),
        ("loss-analysis/export?group_by=colour", "group_by"),
        ("stage-conversion/export?format=ods", "format"),
    ] {
        let reply = shop.world.get(&shop.fixture.importer, &format!("/v1/{question}")).await;
        let problem = reply.expect_problem(400, "bad_parameter").json();
        assert_eq!(problem["errors"][0]["parameter"], name, "{question}");
    }
}

#[tokio::test]
async fn groups_forecast_and_board_are_taken_away_sd_28_sf_14() {
    let shop = shop().await;
    let path = "/v1/sales/grouped/export?group_by=owner,status&owner=odd&fields=level,name_1,name_2,count,amount,profit";
    assert_eq!(
        lines(&shop, path).await[1..],
        [
            "1 | '=ola |  | 3 | 63455.00 | 63455.00",
            "2 | '=ola | open | 1 | 63385.00 | 63385.00",
            "2 | '=ola | stalled | 1 | 0.00 | 0.00",
            "2 | '=ola | lost | 1 | 70.00 | 70.00",
        ]
    );
    let path = "/v1/forecast/export?period=year&from=2026-01-01&to=2026-12-31\
                &fields=period,open_count,open_amount,won_amount,lost_amount,target";
    assert_eq!(lines(&shop, path).await[1..], ["2026 | 3 | 63385.10 | 90071992547.93 | 70.00 | "]);
    let rows = lines(&shop, "/v1/board/export?group_by=stage&subgroup_by=owner&fields=part,name,subgroup_name,count,amount").await;
    let columns: Vec<&String> = rows.iter().filter(|row| row.contains("First meeting")).collect();
    assert_eq!(columns[0], "column | First meeting |  | 3 | 63385.10");
    assert_eq!(columns.len(), 4, "and its three owners: {rows:?}");
    let lanes: Vec<&String> =
        rows.iter().filter(|row| row.starts_with("lane") && row.contains(" |  | ")).collect();
    assert_eq!(lanes.len(), 3, "{rows:?}");
}

#[tokio::test]
async fn targets_and_members_of_selections_are_taken_away_st_19_sf_10() {
    let shop = shop().await;
    let admin = shop.world.token("eva", "admin");
    let row = json!({"year": 2026, "level": "company"});
    let target = shop.world.post(&admin, "/v1/targets", &row).await.expect(201).json();
    let path = format!("/v1/targets/{}/set-initial-amount", target["id"].as_str().unwrap());
    shop.world.post(&admin, &path, &json!({"amount": "1000"})).await.expect(200);
    let path = "/v1/targets/export?year=2026&fields=level,target_1,target_12,target_of_year,actual_of_year,currency,locked";
    // REC of ST-10: what does not divide stands in the last cell
    assert_eq!(
        lines(&shop, path).await[1..],
        ["company | 83.33 | 83.37 | 1000.00 | 90071992547.93 | EUR | false"]
    );
    let list = shop.ask("/v1/sales?sort=number").await;
    let id = |at: usize| list["sales"][at]["id"].clone();
    let body = json!({"name": "=Two", "kind": "static", "members": [id(3), id(2)]});
    let selection = shop.world.post(&admin, "/v1/selections", &body).await.expect(201).json();
    let selection = selection["id"].as_str().unwrap();
    let path =
        format!("/v1/selections/{selection}/members/export?fields=number,title,red&sort=number");
    assert_eq!(lines(&shop, &path).await[1..], ["1003 | nine | false", "1004 | won | false"]);
    let rows = lines(&shop, "/v1/selections/export?fields=name,kind,owner,member_count").await;
    assert_eq!(rows[1..], ["'=Two | static | eva | 2"]);
    let nobody = uuid::Uuid::from_u128(7);
    let path = format!("/v1/selections/{nobody}/members/export");
    let refused = shop.world.get(&shop.fixture.importer, &path).await;
    assert_eq!(refused.status.as_u16(), 404, "{}", refused.text);
    let sale = id(4);
    let path = format!(
        "/v1/sales/{}/history/export?fields=type,field,from,to,actor",
        sale.as_str().unwrap()
    );
    let rows = lines(&shop, &path).await;
    assert!(rows.contains(&"sale.lost | reason |  | price | ola".to_owned()), "{rows:?}");
    assert!(
        rows.contains(&"sale.registered | company_name |  | '=Bjørn & Co \"AS\" | ola".to_owned()),
        "{rows:?}"
    );
    assert!(rows.contains(&"sale.registered | amount |  | 70.00 EUR | ola".to_owned()), "{rows:?}");
}
