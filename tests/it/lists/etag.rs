//! Answers that are known already: weak tags of all answers of the query side, 304 for who has the answer.

use serde_json::{Value, json};
use system_tests::Reply;

use super::Shop;

impl Shop {
    /// Asks as `token`, with a tag that is known.
    async fn unless(&self, token: &str, path: &str, tag: &str) -> Reply {
        self.world.caught_up().await;
        self.world.question(path).bearer(token).header("if-none-match", tag).send().await
    }
}

fn tag(reply: &Reply) -> String {
    reply.header("etag").unwrap_or_else(|| panic!("no tag: {}", reply.text)).to_owned()
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let shop = Shop::open().await;
    let sale = shop.sale("S", ("100", "EUR"), "2026-05-01", json!({})).await;
    shop.sale("T", ("200", "EUR"), "2026-05-01", json!({})).await;
    let token = &shop.fixture.importer;
    let fjord = json!({"name": "Fjord AS", "category": "customer"});
    let fjord = shop.world.post(token, "/v1/companies", &fjord).await.expect(201).json();
    for path in [
        "/v1/companies".to_owned(),
        format!("/v1/companies/{}", fjord["id"].as_str().unwrap()),
        "/v1/contacts".to_owned(),
        "/v1/sales?limit=1".to_owned(),
        "/v1/pipeline".to_owned(),
        "/v1/board?subgroup_by=owner&cards=1".to_owned(),
        "/v1/sales/grouped?group_by=owner,month".to_owned(),
        "/v1/forecast".to_owned(),
        "/v1/diary".to_owned(),
        "/v1/sale-summary".to_owned(),
        format!("/v1/sales/{sale}"),
        format!("/v1/sales/{sale}/history"),
        "/v1/stages".to_owned(),
        "/v1/lists".to_owned(),
        "/v1/me".to_owned(),
        "/v1/sales?as_of=2026-03-09".to_owned(),
    ] {
        let first = shop.world.get(token, &path).await.expect(200);
        let known = tag(&first);
        assert!(known.starts_with("W/\""), "{path}: {known}");
        assert_eq!(first.header("cache-control"), Some("private, no-cache"), "{path}");
        let vary: Vec<&str> =
            first.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        for header in ["authorization", "accept-language"] {
            assert!(vary.iter().any(|vary| vary.contains(header)), "{path}: {vary:?}");
        }
        // later, and further on in the log: the answer is the same
        shop.world.clock.advance(std::time::Duration::from_secs(1));
        let user = json!({"id": format!("u{}", path.len()), "name": "Somebody", "groups": []});
        let _other = shop
            .world
            .post(&shop.world.token_of("other", "eva", &["importer"]), "/v1/users", &user)
            .await;
        let again = shop.unless(token, &path, &known).await.expect(304);
        assert_eq!((again.text.as_str(), tag(&again)), ("", known), "{path}");
        assert!(again.header("trace-id").is_some(), "{path}");
        assert!(again.header("content-type").is_none(), "{path}");
        let position: Vec<&str> = again.header("salgslogg-position").unwrap().split(':').collect();
        let seen: i64 = position[1].parse().unwrap();
        assert!(position[0] == "1" && seen >= first.json()["position"].as_i64().unwrap(), "{path}");
    }
}

#[tokio::test]
async fn a_changed_answer_has_another_tag() {
    let shop = Shop::open().await;
    let sale = shop.sale("S", ("100", "EUR"), "2026-03-10", json!({})).await;
    let token = shop.fixture.importer.clone();
    let lists =
        ["/v1/sales", "/v1/pipeline?limit=1", "/v1/board", "/v1/sales/grouped", "/v1/forecast"];
    let mut known = Vec::new();
    for path in lists {
        known.push(tag(&shop.world.get(&token, path).await));
    }
    shop.sale("New", ("5", "EUR"), "2026-05-01", json!({})).await;
    for (path, known) in lists.into_iter().zip(&known) {
        let reply = shop.unless(&token, path, known).await.expect(200);
        assert_ne!(tag(&reply), *known, "{path}");
        assert_eq!(shop.unless(&token, path, &tag(&reply)).await.status.as_u16(), 304, "{path}");
    }
    // nothing was written, but a day later its sale date has passed
    let path = format!("/v1/sales/{sale}");
    let known = tag(&shop.world.get(&token, &path).await);
    shop.world.set_clock("2026-03-11T09:00:00Z");
    let reply = shop.unless(&token, &path, &known).await.expect(200);
    assert_eq!(reply.json()["overdue_sale_date"], true);
    // a day that is asked for is another question
    let asked = tag(&shop.world.get(&token, "/v1/sales?as_of=2026-03-10T09:00:00Z").await);
    let later = shop.unless(&token, "/v1/sales?as_of=2026-03-10T10:00:00Z", &asked).await;
    assert_eq!(later.status.as_u16(), 200);
}

#[tokio::test]
async fn another_caller_is_answered_with_their_own() {
    let shop = Shop::open().await;
    shop.sale("S", ("100", "EUR"), "2026-05-01", json!({"owner": "kari"})).await;
    shop.sellers_see_their_own().await;
    let [kari, per] = [("kari", "North"), ("per", "South")]
        .map(|(user, group)| shop.world.token_in("demo", user, &["seller"], &[group]));
    let seen = shop.world.get(&kari, "/v1/sales").await.expect(200);
    assert_eq!(seen.json()["sales"].as_array().unwrap().len(), 1);
    let unseen = shop.unless(&per, "/v1/sales", &tag(&seen)).await.expect(200);
    assert_eq!(unseen.json()["sales"], json!([]));
    assert_ne!(tag(&unseen), tag(&seen));
    let stranger = shop.world.token_of("other", "kari", &["seller"]);
    shop.unless(&stranger, "/v1/sales", &tag(&seen)).await.expect(200);
    let nobody = shop.world.question("/v1/sales").header("if-none-match", "*").send().await;
    nobody.expect_problem(401, "token_missing");
    // labels of another language are another answer
    let english = shop.world.get(&kari, "/v1/lists").await;
    let question = shop.world.question("/v1/lists").bearer(&kari).header("accept-language", "nb");
    let norwegian = question.header("if-none-match", &tag(&english)).send().await.expect(200);
    assert_eq!(norwegian.json()["language"], "nb");
}

#[tokio::test]
async fn the_tag_of_a_record_is_what_if_match_takes() {
    let shop = Shop::open().await;
    let sale = shop.sale("S", ("100", "EUR"), "2026-05-01", json!({})).await;
    let token = &shop.fixture.importer;
    let path = format!("/v1/sales/{sale}");
    let read = tag(&shop.world.get(token, &path).await);
    assert!(read.starts_with("W/\"1-"), "{read}");
    let edit = async |tag: &str| {
        let command = shop.world.command(reqwest::Method::POST, &format!("{path}/edit"));
        let body = json!({"title": "T"});
        command.bearer(token).header("if-match", tag).json(&body).send().await
    };
    edit(&read).await.expect(200);
    edit(&read).await.expect_problem(412, "precondition_failed");
    let read = tag(&shop.world.get(token, &path).await);
    assert!(read.starts_with("W/\"2-"), "{read}");
    edit("\"2\"").await.expect(200);
}

#[tokio::test]
async fn streams_files_and_problems_have_no_tag() {
    let shop = Shop::open().await;
    shop.sale("S", ("100", "EUR"), "2026-05-01", json!({})).await;
    let token = &shop.fixture.importer;
    for (path, status) in [
        ("/v1/events", 200),
        ("/v1/sales/export?format=csv", 200),
        ("/v1/companies/export?format=xlsx", 200),
        ("/v1/sales/0198f0a0-0000-7000-8000-00000000dead", 404),
        ("/v1/sales?sort=colour", 400),
        ("/v1/nowhere", 404),
        ("/livez", 200),
    ] {
        let reply = shop.unless(token, path, "*").await.expect(status);
        assert_eq!(reply.header("etag"), None, "{path}");
        // and yet another caller, or another language, may be answered otherwise
        let vary: Vec<&str> =
            reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        let depends = path.starts_with("/v1/") && path != "/v1/nowhere";
        for header in ["authorization", "accept-language"] {
            assert_eq!(vary.contains(&header), depends, "{path}: {vary:?}");
        }
    }
    for unread in ["", ",", "x", "W/", "\"", "W/\"x\", \"y", "\"\u{fe}\""] {
        let reply = shop.unless(token, "/v1/sales", unread).await;
        assert_eq!(reply.status.as_u16(), 200, "{unread}");
        assert!(reply.json()["sales"] != Value::Null);
    }
}
