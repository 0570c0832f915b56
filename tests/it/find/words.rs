//! Words in titles, companies and contacts (SF-7): stems of three languages, ranks, moments.

use serde_json::{Value, json};

use super::{Office, encoded, party};

async fn words() -> Office {
    let office = Office::open().await;
    for (title, company, contact) in [
        ("Nye biler", Some("Fjord AS"), None),
        ("Verkoopsystemen", None, Some("Jan de Vries")),
        ("Contracts and support", Some("Biler og båter"), Some("Nina Fjord")),
        ("Something else", None, None),
    ] {
        let mut more = json!({});
        if let Some(company) = company {
            more["company"] = party(0xa1, company);
        }
        if let Some(contact) = contact {
            more["contact"] = party(0xa2, contact);
        }
        office.sale(title, ("1000", "EUR"), "2026-06-01", more).await;
    }
    office
}

async fn hits(office: &Office, query: &str) -> Vec<(String, Value)> {
    let answer = office.ask_as(&office.fixture.importer, &format!("/v1/search?{query}")).await;
    let sales = answer["sales"].as_array().unwrap().iter();
    sales.map(|hit| (hit["title"].as_str().unwrap().to_owned(), hit["in"].clone())).collect()
}

#[tokio::test]
async fn words_are_found_by_their_stems_in_three_languages_sf_7() {
    let office = words().await;
    for (q, found) in [
        ("bilene", &["Nye biler", "Contracts and support"][..]),
        ("verkoopsysteem", &["Verkoopsystemen"]),
        ("contract", &["Contracts and support"]),
        ("supporting", &["Contracts and support"]),
        ("fjord", &["Nye biler", "Contracts and support"]),
        ("fjord biler -nye", &["Contracts and support"]),
        ("\"nye biler\"", &["Nye biler"]),
        ("vries or nye", &["Nye biler", "Verkoopsystemen"]),
        ("nobody", &[]),
        ("the", &[]),
        ("' or 1=1; --", &[]),
        ("", &["Nye biler", "Verkoopsystemen", "Contracts and support", "Something else"]),
    ] {
        assert_eq!(office.titles(&format!("q={}", encoded(q))).await, found, "{q}");
    }
    assert_eq!(
        office.found("text matches bilene and text not_matches nye").await,
        ["Contracts and support"]
    );
    let board = office.ask_as(&office.fixture.importer, "/v1/pipeline?q=fjord").await;
    assert_eq!(board["totals"]["open"]["count"], 2);
}

#[tokio::test]
async fn a_search_answers_the_best_first_and_where_it_was_found_sf_7() {
    let office = words().await;
    office.sale("Bil, bil og bil", ("1000", "EUR"), "2026-06-01", json!({})).await;
    let found = hits(&office, "q=bil").await;
    let places: Vec<(&str, Value)> =
        found.iter().map(|(title, places)| (title.as_str(), places.clone())).collect();
    assert_eq!(
        places,
        [
            ("Bil, bil og bil", json!(["title"])),
            ("Nye biler", json!(["title"])),
            ("Contracts and support", json!(["company"])),
        ]
    );
    let found = hits(&office, "q=fjord&owner=ola").await;
    assert_eq!(found[0].1, json!(["company"]));
    assert_eq!(found[1].1, json!(["contact"]));
    // page by page
    let first = office.ask_as(&office.fixture.importer, "/v1/search?q=bil&limit=2").await;
    assert_eq!(super::titles(&first), ["Bil, bil og bil", "Nye biler"]);
    let next = first["next"].as_str().unwrap();
    let path = format!("/v1/search?q=bil&limit=2&cursor={next}");
    let last = office.ask_as(&office.fixture.importer, &path).await;
    assert_eq!(super::titles(&last), ["Contracts and support"]);
    assert_eq!(last["next"], json!(null));
    let path = format!("/v1/search?q=fjord&cursor={next}");
    let other = office.world.get(&office.fixture.importer, &path).await;
    other.expect_problem(400, "unknown_cursor");
    let without = office.world.get(&office.fixture.importer, "/v1/search").await;
    without.expect_problem(400, "missing_parameter");
}

#[tokio::test]
async fn words_are_those_of_the_moment_sf_7() {
    let office = words().await;
    let list = office.ask_as(&office.fixture.importer, "/v1/sales?sort=number&limit=1").await;
    let cars = list["sales"][0]["id"].as_str().unwrap();
    office.on(cars, "edit", json!({"title": "Gamle tog"})).await;
    assert_eq!(office.titles("q=tog").await, ["Gamle tog"]);
    assert_eq!(office.titles("q=biler").await, ["Contracts and support"]);
    assert_eq!(office.titles("q=fjord+tog").await, ["Gamle tog"], "the company stayed");
    assert_eq!(office.titles("q=biler+nye&as_of=2026-03-01").await, ["Nye biler"]);
    assert!(office.titles("q=tog&as_of=2026-03-01").await.is_empty());
}

#[tokio::test]
async fn words_of_another_tenant_are_not_found() {
    let office = words().await;
    let other = system_tests::Fixture::set_up_in(&office.world, "other").await;
    other.sale(&office.world, "2026-03-01T08:00:00Z", "Fjord of others", json!({})).await;
    assert_eq!(office.titles("q=fjord").await, ["Nye biler", "Contracts and support"]);
    assert_eq!(office.titles_as(&other.importer, "q=fjord").await, ["Fjord of others"]);
}
