//! Links of a sale (SO-29, SO-F34).

use serde_json::{Value, json};

use super::Desk;

fn url(target: &str, name: &str) -> Value {
    json!({"kind": "url", "target": target, "name": name})
}

#[tokio::test]
async fn links_are_added_renamed_and_removed_and_told_so_29_so_f34_so_24() {
    let desk = Desk::new().await;
    let tender = "https://example.com/tender?id=1";
    desk.on("add-link", url(tender, "Tender")).await;
    let project = json!({"kind": "project", "target": "0198f0a0-0000-7000-8000-0000000000aa", "name": "Harbour"});
    desk.on("add-link", project.clone()).await;
    desk.on("add-link", url(tender, "Their tender")).await;
    assert_eq!(desk.on("add-link", project.clone()).await["events"], json!([]), "said twice");
    let card = desk.card().await;
    assert_eq!(card["links"], json!([url(tender, "Their tender"), project]));
    assert_eq!(card["active_links"], 2);
    let listed = desk.listed().await;
    assert_eq!((&listed["active_links"], listed.get("links")), (&json!(2), None), "{listed}");
    desk.on("mark-lost", json!({"reason": "price"})).await;
    desk.on("remove-link", json!({"kind": "url", "target": tender})).await;
    let card = desk.card().await;
    assert_eq!((&card["links"], &card["active_links"]), (&json!([project]), &json!(1)));
    let gone = json!({"kind": "url", "target": tender});
    let problem = desk.refused("remove-link", gone, 422, "unknown_link").await;
    assert_eq!(problem["errors"][0]["pointer"], "/target");
    let told = desk.changes_of("links").await;
    assert_eq!(told.len(), 4);
    assert_eq!(told[3], (json!([url(tender, "Their tender"), project]), json!([project])));
}

#[tokio::test]
async fn only_addresses_that_are_safe_to_follow_are_kept_so_29() {
    let desk = Desk::new().await;
    let head = desk.world.head().await;
    for target in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "//example.com",
        "example.com",
        "https://",
        "https://exa mple.com",
        "https://ola:secret@example.com",
        "",
        " ",
        "0198f0a0-0000-7000-8000-0000000000aa",
    ] {
        let problem = desk.refused("add-link", url(target, "x"), 400, "invalid_value").await;
        assert_eq!(problem["errors"][0]["pointer"], "/target", "{target}");
    }
    let sale = json!({"kind": "sale", "target": "https://example.com", "name": "x"});
    desk.refused("add-link", sale, 400, "invalid_value").await;
    let kind = json!({"kind": "website", "target": "https://example.com", "name": "x"});
    desk.refused("add-link", kind, 400, "invalid_value").await;
    let long = |n: usize| format!("https://example.com/{}", "a".repeat(n - 20));
    desk.refused("add-link", url(&long(2_049), "x"), 400, "invalid_value").await;
    assert_eq!(desk.world.head().await, head, "nothing was stored");
    desk.on("add-link", url(&long(2_048), "x")).await;
    desk.on("add-link", url("mailto:ola@example.com", "Ola")).await;
}

#[tokio::test]
async fn a_sale_has_a_hundred_links_at_most_so_29() {
    let desk = Desk::new().await;
    for n in 0..100 {
        desk.on("add-link", url(&format!("https://example.com/{n}"), "A link")).await;
    }
    let more = url("https://example.com/100", "One more");
    desk.refused("add-link", more, 422, "too_many_links").await;
    desk.on("add-link", url("https://example.com/7", "Another name")).await;
    assert_eq!(desk.card().await["active_links"], 100);
}

#[tokio::test]
async fn a_sale_is_registered_with_its_links_in_one_group_so_f34_so_1() {
    let desk = Desk::new().await;
    let (world, fixture) = (&desk.world, &desk.fixture);
    let project = json!({"kind": "project", "target": "0198f0a0-0000-7000-8000-0000000000aa", "name": "Harbour"});
    let tender = "https://example.com/tender?id=1";
    let given = json!([url(tender, "Tender"), project, url(tender, "Their tender")]);
    let mut body = json!({"title": "Linked", "sale_type": fixture.new, "links": given});
    let post = async |body: &Value| world.post(&fixture.importer, "/v1/sales", body).await;
    let made = post(&body).await.expect(201).json();
    assert_eq!(
        made["events"],
        json!(["sale.registered", "sale.link-added", "sale.link-added"]),
        "a target is linked once"
    );
    assert_eq!((&made["version"], &made["number"]), (&json!(3), &json!("1002")));
    let card = desk.ask(&format!("/v1/sales/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(card["links"], json!([url(tender, "Their tender"), project]));
    assert_eq!(card["active_links"], 2);
    let history = desk.ask(&format!("/v1/sales/{}/history", made["id"].as_str().unwrap())).await;
    assert_eq!(history["events"].as_array().unwrap().len(), 3);
    let head = world.head().await;
    for (links, code, place) in [
        (
            json!([url(tender, "x"), url("javascript:alert(1)", "x")]),
            "invalid_value",
            "/links/1/target",
        ),
        (json!([url(tender, "")]), "invalid_value", "/links/0/name"),
        (json!([{"kind": "url", "target": tender}]), "missing_field", "/links/0/name"),
        (
            json!([{"kind": "website", "target": tender, "name": "x"}]),
            "invalid_value",
            "/links/0/kind",
        ),
        (
            json!([{"kind": "url", "target": tender, "name": "x", "colour": 1}]),
            "unknown_field",
            "/links/0/colour",
        ),
        (
            json!(
                (0..101)
                    .map(|n| url(&format!("https://example.com/{n}"), "A link"))
                    .collect::<Vec<_>>()
            ),
            "invalid_value",
            "/links",
        ),
    ] {
        body["links"] = links;
        let problem = post(&body).await.expect_problem(400, code).json();
        assert_eq!(problem["errors"][0]["pointer"], place, "{problem}");
    }
    assert_eq!(world.head().await, head, "nothing was stored");
    let many = (0..100).map(|n| url(&format!("https://example.com/{n}"), "A link"));
    body["links"] = many.collect();
    let full = post(&body).await.expect(201).json();
    assert_eq!(full["events"].as_array().unwrap().len(), 101);
    let add = format!("/v1/sales/{}/add-link", full["id"].as_str().unwrap());
    let more = world.post(&fixture.importer, &add, &url("https://example.com/100", "x")).await;
    more.expect_problem(422, "too_many_links");
}
