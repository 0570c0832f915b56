//! Cursors are pinned to a position: the pages of a list are the list as it was, whatever is written meanwhile; a cursor
//! that is altered or of another question is refused.

use serde_json::{Value, json};

use super::Shop;

/// What tells the entries of a list apart, and what may change about them.
fn entries(page: &Value) -> Vec<String> {
    let entries = ["sales", "activities", "members", "rows"]
        .into_iter()
        .find_map(|name| page[name].as_array());
    let line = |entry: &Value| {
        format!("{} {} {} {}", entry["id"], entry["key"], entry["title"], entry["version"])
    };
    entries.unwrap_or_else(|| panic!("no list: {page}")).iter().map(line).collect()
}

/// A list, page by page, while `write` writes between and beside them.
async fn paged(shop: &Shop, question: &str, whole: &[String], round: usize) {
    let joined = if question.contains('?') { '&' } else { '?' };
    let first = shop.ask(&format!("{question}{joined}limit=4")).await;
    let mut seen = entries(&first);
    let mut next = first["next"].as_str().map(str::to_owned);
    let mut pages = 1;
    while let Some(cursor) = next {
        let path = format!("{question}{joined}limit=4&cursor={cursor}");
        let (page, ()) = tokio::join!(shop.ask(&path), change(shop, round * 100 + pages));
        for same in ["position", "as_of", "totals", "columns"] {
            assert_eq!(page[same], first[same], "{question}: {same}");
        }
        seen.extend(entries(&page));
        next = page["next"].as_str().map(str::to_owned);
        pages += 1;
    }
    assert_eq!(seen, whole, "{question}");
    assert!(pages > 2, "{question} has pages");
}

/// Writes that would move every list: a new sale first in any order, one away, one renamed, an activity.
async fn change(shop: &Shop, n: usize) {
    let sale = shop.sale(&format!("AA {n}"), ("9999999", "EUR"), "2026-03-01", json!({})).await;
    shop.on(&sale, "edit", json!({"title": format!("ZZ {n}")})).await;
    let call = json!({"kind": "call", "all_day": true, "title": format!("AA {n}"), "sale": sale, "start": "2026-03-01",
        "end": "2026-03-01"});
    shop.fixture.at(&shop.world, "2026-03-02T08:00:00Z", "/v1/activities", call).await;
    if n.is_multiple_of(3) {
        shop.on(&sale, "delete", json!({})).await;
    }
}

#[tokio::test]
async fn the_union_of_pages_equals_the_list_while_writers_run() {
    let shop = Shop::open().await;
    let mut members = Vec::new();
    for n in 0..14 {
        let (amount, owner) = ((n * 37 % 11 * 100 + 1).to_string(), ["ola", "kari", "per"][n % 3]);
        let more = json!({"owner": owner, "company": {"id": format!("0198f0a0-0000-7000-8000-0000000000{n:02}"), "name": "C"}});
        let sale = shop.sale(&format!("S{n:02}"), (&amount, "EUR"), "2026-05-01", more).await;
        let call = json!({"kind": "call", "all_day": true, "title": format!("C{n:02}"), "sale": sale, "start": "2026-04-01",
            "end": "2026-04-01"});
        shop.fixture.at(&shop.world, "2026-03-02T08:00:00Z", "/v1/activities", call).await;
        members.push(sale);
    }
    let body = json!({"name": "All", "kind": "static", "members": members});
    let made = shop.world.post(&shop.fixture.importer, "/v1/selections", &body).await;
    let selection = made.expect(201).json()["id"].as_str().unwrap().to_owned();
    for (round, question) in [
        "/v1/sales?sort=-amount".to_owned(),
        "/v1/sales?sort=title&status=open".to_owned(),
        "/v1/sales?sort=-updated_at&as_of=2026-03-05".to_owned(),
        "/v1/sales?criteria=amount%20gt%20100&sort=number".to_owned(),
        "/v1/pipeline?sort=-next_activity_date".to_owned(),
        "/v1/activities?sort=title".to_owned(),
        "/v1/sale-summary?by=company".to_owned(),
        format!("/v1/selections/{selection}/members?sort=-number"),
        format!("/v1/sales?selection={selection}&sort=sale_date"),
    ]
    .into_iter()
    .enumerate()
    {
        let joined = if question.contains('?') { '&' } else { '?' };
        let whole = shop.ask(&format!("{question}{joined}limit=500")).await;
        assert_eq!(whole["next"], Value::Null);
        paged(&shop, &question, &entries(&whole), round).await;
    }
}

#[tokio::test]
async fn an_altered_cursor_and_one_of_another_question_are_refused() {
    let shop = Shop::open().await;
    for n in 0..4 {
        shop.sale(&format!("S{n}"), ("100", "EUR"), "2026-05-01", json!({})).await;
    }
    let list = shop.ask("/v1/sales?limit=2&owner=ola").await;
    let cursor = list["next"].as_str().unwrap();
    let token = &shop.fixture.importer;
    for at in 0..cursor.len() {
        let mut altered = cursor.as_bytes().to_vec();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        let path = format!("/v1/sales?limit=2&owner=ola&cursor={altered}");
        shop.world.question(&path).bearer(token).send().await.expect_problem(400, "unknown_cursor");
    }
    for other in [
        "/v1/sales?limit=2&owner=kari",
        "/v1/sales?limit=2",
        "/v1/sales?limit=2&owner=ola&sort=title",
        "/v1/sales?limit=2&owner=ola&fields=title",
        "/v1/sales?limit=2&owner=ola&as_of=2026-03-10",
        "/v1/pipeline?limit=2&owner=ola",
        "/v1/activities?limit=2&owner=ola",
    ] {
        let path = format!("{other}&cursor={cursor}");
        shop.world.question(&path).bearer(token).send().await.expect_problem(400, "unknown_cursor");
    }
    for board in ["/v1/board", "/v1/sales/grouped"] {
        let path = format!("{board}?cursor={cursor}");
        shop.world
            .question(&path)
            .bearer(token)
            .send()
            .await
            .expect_problem(400, "unknown_parameter");
    }
    let eva = shop.world.token_of("other", "ola", &["importer"]);
    let path = format!("/v1/sales?limit=2&owner=ola&cursor={cursor}");
    shop.world.question(&path).bearer(&eva).send().await.expect_problem(400, "unknown_cursor");
    shop.world.question(&path).bearer(token).send().await.expect(200);
}

#[tokio::test]
async fn columns_of_lists_can_be_chosen() {
    let shop = Shop::open().await;
    let sale = shop.sale("S", ("100", "EUR"), "2026-05-01", json!({"owner": "kari"})).await;
    let chosen = json!([{"id": sale, "title": "S", "owner": "kari",
        "amount": {"amount": "100.00", "currency": "EUR"}}]);
    for list in ["/v1/sales", "/v1/pipeline"] {
        let answer = shop.ask(&format!("{list}?fields=title,owner,amount")).await;
        assert_eq!(answer["sales"], chosen, "{list}");
        let whole = shop.ask(list).await;
        let names: Vec<&String> = whole["sales"][0].as_object().unwrap().keys().collect();
        for name in &names {
            let answer = shop.ask(&format!("{list}?fields={name}")).await;
            assert_eq!(
                answer["sales"][0][name.as_str()],
                whole["sales"][0][name.as_str()],
                "{list} {name}"
            );
        }
        assert!(names.len() > 40, "{names:?}");
    }
    for (list, fields) in [
        ("/v1/sales", "title,colour"),
        ("/v1/sales", ""),
        ("/v1/sales", "Title"),
        ("/v1/sales", "title,,owner"),
        ("/v1/sales", "red"),
        ("/v1/pipeline", "position"),
        ("/v1/board", "colour"),
        ("/v1/board", "move"),
    ] {
        let path = format!("{list}?fields={fields}");
        let refused = shop.world.get(&shop.fixture.importer, &path).await;
        let problem = refused.expect_problem(400, "bad_parameter").json();
        assert_eq!(problem["errors"][0]["parameter"], "fields", "{path}");
    }
}

/// Whose a record is now decides for every moment, so also on a page that shows an earlier one (SO-31, SO-44).
#[tokio::test]
async fn a_later_page_shows_what_its_caller_sees_now_so_31_so_44() {
    let shop = Shop::open().await;
    let mut sales = Vec::new();
    for n in 0..6 {
        let more = json!({"owner": if n % 2 == 0 { "ola" } else { "kari" }});
        sales.push(shop.sale(&format!("S{n}"), ("1", "EUR"), "2026-05-01", more).await);
    }
    let seller = shop.world.token_in("demo", "per", &["seller"], &["South"]);
    let ask = async |path: &str| shop.world.get(&seller, path).await.expect(200).json();
    for question in ["/v1/sales?sort=number", "/v1/sales?sort=number&as_of=2030-01-01"] {
        let first = ask(&format!("{question}&limit=2")).await;
        let later = format!("{question}&limit=50&cursor={}", first["next"].as_str().unwrap());
        let before = entries(&ask(&later).await).len();
        let hidden = sales.pop().unwrap();
        shop.on(&hidden, "set-visibility", json!({"visible_for": "owner"})).await;
        let page = ask(&later).await;
        let ids: Vec<&Value> = page["sales"].as_array().unwrap().iter().map(|s| &s["id"]).collect();
        assert_eq!(ids.len(), before - 1, "{question}");
        assert!(!ids.iter().any(|id| **id == hidden.as_str()), "{question}: hidden meanwhile");
    }
    let first = ask("/v1/sales?sort=number&limit=2").await;
    let none = json!({"role": "seller", "records": "sales", "own": "read", "own_groups": "none",
        "other_groups": "none", "others": "none"});
    shop.world
        .post(&shop.fixture.importer, "/v1/tenants/demo/set-record-rights", &none)
        .await
        .expect(200);
    let later = format!("/v1/sales?sort=number&cursor={}", first["next"].as_str().unwrap());
    assert!(entries(&ask(&later).await).is_empty(), "rights are those of now");
}
