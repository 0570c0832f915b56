//! Who may take lists away, and what they get (SD-28).

use serde_json::json;
use system_tests::Reply;

use super::Shop;

/// Rows of a CSV answer without its headings, by the names of these columns.
pub(super) fn cells(reply: &Reply, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(reply.text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let at = |name: &&str| headings.iter().position(|heading| heading == *name).expect("a column");
    let places: Vec<usize> = columns.iter().map(at).collect();
    let rows = reader.records().map(|row| row.expect("rows as long as the headings"));
    rows.map(|row| places.iter().map(|place| row[*place].to_owned()).collect()).collect()
}

#[tokio::test]
async fn sales_are_taken_away_as_the_list_shows_them_sd_28() {
    let shop = Shop::open().await;
    let company = json!({"company": {"id": "0198f0a0-0000-7000-8000-0000000000f1", "name": "Fjord, \"Nord\" AS"}});
    shop.sale("Ånes", ("500000", "NOK"), "2026-06-10", company).await;
    let lost = shop.sale("Gone", ("100", "EUR"), "2026-06-11", json!({"owner": "kari"})).await;
    shop.lost(&lost).await;
    let cost = json!({"total_cost": {"amount": "150.50", "currency": "EUR"}});
    let dear = shop.sale("Dear", ("100", "EUR"), "2026-06-12", json!({})).await;
    shop.on(&dear, "set-margin", cost).await;
    let path = "/v1/sales/export?sort=-number&currency=EUR";
    let reply = shop.world.get(&shop.fixture.importer, path).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let name = "attachment; filename=\"sales-2026-03-10.csv\"";
    assert_eq!(reply.header("content-disposition"), Some(name));
    let position = format!("1:{}", shop.world.head().await);
    assert_eq!(reply.header("salgslogg-position"), Some(position.as_str()));
    let columns =
        "number title status company amount currency converted_amount profit stage sale_date";
    let columns: Vec<&str> = columns.split(' ').collect();
    let rows = cells(&reply, &columns).into_iter().map(|row| row.join(" | "));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "1003 | Dear | open |  | 100.00 | EUR | 100.00 | -50.50 | First meeting | 2026-06-12",
            "1002 | Gone | lost |  | 100.00 | EUR | 100.00 | 100.00 | First meeting | 2026-03-02",
            "1001 | Ånes | open | Fjord, \"Nord\" AS | 500000.00 | NOK | 63385.00 | 500000.00 | First meeting | 2026-06-10",
        ]
    );
    assert!(reply.text.contains("\r\n") && !reply.text.starts_with('\u{feff}'), "RFC 4180");
}

#[tokio::test]
async fn a_file_has_the_filters_and_moments_of_the_list_sd_28() {
    let shop = Shop::open().await;
    shop.sale("Ånes", ("500000", "NOK"), "2026-06-10", json!({})).await;
    let lost = shop.sale("Gone", ("100", "EUR"), "2026-06-11", json!({"owner": "kari"})).await;
    shop.lost(&lost).await;
    shop.sale("Dear", ("100", "EUR"), "2026-06-12", json!({})).await;
    for (question, numbers) in [
        ("skip_completed=true&sort=number", "1001 1003"),
        ("owner=kari", "1002"),
        ("title=%C3%A5", "1001"),
        ("min_amount=100.01&currency=EUR", "1001"),
        ("as_of=2026-02-01", ""),
    ] {
        let path = format!("/v1/sales/export?{question}");
        let reply = shop.world.get(&shop.fixture.importer, &path).await.expect(200);
        assert_eq!(cells(&reply, &["number"]).concat().join(" "), numbers, "{question}");
    }
}

#[tokio::test]
async fn no_cell_begins_a_formula_sd_28() {
    let shop = Shop::open().await;
    let hostile = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1:A9)", "＝1+1"];
    for title in hostile {
        let more = json!({"external_reference": title,
            "company": {"id": "0198f0a0-0000-7000-8000-0000000000f1", "name": title}});
        shop.sale(title, ("1", "EUR"), "2026-06-10", more).await;
    }
    let path = "/v1/sales/export?sort=number";
    let reply = shop.world.get(&shop.fixture.importer, path).await.expect(200);
    let rows = cells(&reply, &["title", "company", "external_reference"]);
    let neutral = |text: &str| vec![format!("'{text}"); 3];
    assert_eq!(rows, hostile.map(neutral));
    for row in reply.text.lines() {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        assert!(!record.iter().any(|cell| cell.starts_with(['=', '+', '@', '\t', '\r'])), "{row}");
    }
}

#[tokio::test]
async fn activities_are_taken_away_as_the_list_shows_them_sd_28() {
    let shop = Shop::open().await;
    let sale = shop.sale("Fjord ERP", ("1", "EUR"), "2026-06-10", json!({})).await;
    for (title, start, kind) in
        [("Second", "2026-03-12T09:00:00Z", "meeting"), ("=First", "2026-03-11T09:00:00Z", "call")]
    {
        let body = json!({"kind": kind, "title": title, "start": start, "sale": sale});
        shop.fixture.at(&shop.world, "2026-03-01T09:00:00Z", "/v1/activities", body).await;
    }
    let reply = shop.world.get(&shop.fixture.importer, "/v1/activities/export").await.expect(200);
    let name = "attachment; filename=\"activities-2026-03-10.csv\"";
    assert_eq!(reply.header("content-disposition"), Some(name));
    let rows = cells(&reply, &["title", "kind", "start", "sale_number", "sale_title", "completed"]);
    assert_eq!(
        rows,
        [
            ["'=First", "call", "2026-03-11T09:00:00Z", "1001", "Fjord ERP", "false"],
            ["Second", "meeting", "2026-03-12T09:00:00Z", "1001", "Fjord ERP", "false"],
        ]
    );
    let path = "/v1/activities/export?kind=meeting";
    let reply = shop.world.get(&shop.fixture.importer, path).await.expect(200);
    assert_eq!(cells(&reply, &["title"]), [["Second"]]);
}

#[tokio::test]
async fn a_restricted_seller_takes_away_what_they_see_and_nothing_without_the_right_sd_28_so_44() {
    let shop = Shop::open().await;
    for owner in ["ola", "kari", "per"] {
        let sale = shop.sale(owner, ("1", "EUR"), "2026-06-10", json!({"owner": owner})).await;
        let body = json!({"kind": "to_do", "title": owner, "owner": owner, "sale": sale, "end": "2026-03-12"});
        shop.fixture.at(&shop.world, "2026-03-01T09:00:00Z", "/v1/activities", body).await;
    }
    shop.sellers_see_their_own().await;
    let ola = shop.world.token_in("demo", "ola", &["seller"], &["North"]);
    let mia = shop.world.token_in("demo", "mia", &["manager"], &["North"]);
    for list in ["sales", "activities"] {
        for moment in ["", "&as_of=2026-03-09"] {
            let path = format!("/v1/{list}/export?sort=owner{moment}");
            let own = shop.world.get(&ola, &path).await.expect(200);
            assert_eq!(cells(&own, &["title"]), [["ola"]], "{path}");
            let all = shop.world.get(&mia, &path).await.expect(200);
            assert_eq!(cells(&all, &["title"]), [["kari"], ["ola"], ["per"]], "{path}");
        }
    }
    let take = json!({"role": "seller", "right": "export", "allowed": false});
    let path = "/v1/tenants/demo/set-functional-right";
    shop.world.post(&shop.world.token("eva", "admin"), path, &take).await.expect(200);
    for list in ["sales", "activities"] {
        for format in ["csv", "xlsx"] {
            let path = format!("/v1/{list}/export?format={format}");
            shop.world.get(&ola, &path).await.expect_problem(403, "forbidden");
            shop.world.get(&mia, &path).await.expect(200);
        }
        shop.world.get(&ola, &format!("/v1/{list}")).await.expect(200);
    }
    let roles = shop.ask("/v1/roles").await;
    let has =
        |role: &serde_json::Value| role["rights"].as_array().unwrap().contains(&json!("export"));
    let with: Vec<bool> = roles["roles"].as_array().unwrap().iter().map(has).collect();
    assert_eq!(with, [false, true, true, true, true, true]);
}

#[tokio::test]
async fn what_no_export_takes_is_refused_sd_28() {
    let shop = Shop::open().await;
    for (question, code, name) in [
        ("sales/export?format=pdf", "bad_parameter", "format"),
        ("sales/export?format=CSV", "bad_parameter", "format"),
        ("sales/export?limit=5", "unknown_parameter", "limit"),
        ("sales/export?cursor=x", "unknown_parameter", "cursor"),
        ("sales/export?sort=colour", "bad_parameter", "sort"),
        ("activities/export?format=", "bad_parameter", "format"),
        ("activities/export?group_by=kind", "unknown_parameter", "group_by"),
    ] {
        let reply = shop.world.get(&shop.fixture.importer, &format!("/v1/{question}")).await;
        let problem = reply.expect_problem(400, code).json();
        assert_eq!(problem["errors"][0]["parameter"], name, "{question}");
    }
    for list in ["sales", "activities"] {
        let path = format!("/v1/{list}/export");
        shop.world.question(&path).send().await.expect_problem(401, "token_missing");
        let nobody = shop.world.token_of("demo", "ola", &[]);
        shop.world.get(&nobody, &path).await.expect_problem(403, "forbidden");
        // a tenant nobody has heard of has empty lists, and files with headings only
        let stranger = shop.world.token_of("elsewhere", "ola", &["seller"]);
        let reply = shop.world.get(&stranger, &path).await.expect(200);
        assert_eq!(reply.text.lines().count(), 1);
    }
}
