//! Every stable code has its page, and every page its code.

use std::collections::BTreeSet;

use service_runtime::problem::pages;
use system_tests::{Fixture, World};

use crate::architecture::sources;

/// The codes of business refusals, as `refusal/words.rs` writes them.
fn refusals() -> BTreeSet<String> {
    let source =
        sources::rust().into_iter().find(|source| source.path.ends_with("/refusal/words.rs"));
    let text = source.expect("the domain has refusals").text;
    let (_, from) = text.split_once("pub fn code").expect("refusals have codes");
    let (codes, _) = from.split_once("\n    }\n").expect("the function ends");
    let quoted = |line: &str| Some(line.split_once("=> \"")?.1.split('"').next()?.to_owned());
    codes.lines().filter_map(quoted).collect()
}

#[test]
fn every_refusal_of_the_domain_has_a_page() {
    let refusals = refusals();
    assert!(refusals.len() > 25, "{refusals:?}");
    let silent: Vec<_> = refusals.iter().filter(|code| pages::page(code).is_none()).collect();
    assert!(silent.is_empty(), "write deploy/runtime/problems/<code>.md for {silent:?}");
}

#[test]
fn every_page_explains_a_code_that_is_written_somewhere() {
    let rust: Vec<_> =
        sources::rust().into_iter().filter(|source| !sources::is_test(&source.path)).collect();
    let written = |code: &str| {
        let quoted = format!("\"{code}\"");
        rust.iter().any(|source| source.text.contains(&quoted))
    };
    let stale: Vec<_> = pages::codes().filter(|code| !written(code)).collect();
    assert!(stale.is_empty(), "nothing answers {stale:?} any more");
}

#[tokio::test]
async fn both_services_serve_the_page_that_a_refusal_points_to() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = serde_json::json!({"title": " ", "sale_type": fixture.new});
    let refusal = world.post(&fixture.importer, "/v1/sales", &sale).await.expect(422).json();
    let address = refusal["type"].as_str().unwrap();
    assert_eq!(address, "/problems/title_required");
    let pages = [world.command(reqwest::Method::GET, address), world.question(address)];
    for request in pages {
        let page = request.send().await.expect(200);
        assert!(page.text.starts_with("# Title required\n"), "{}", page.text);
    }
}
