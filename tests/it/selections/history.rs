//! What a selection was: as of and as known at other moments; its end (SF-10).

use serde_json::{Value, json};

use super::{Office, titles};

#[tokio::test]
async fn static_members_are_those_of_the_moment_that_is_asked_about_sf_10() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    let id = office.static_with(&sales[..2]).await;
    let at = async |day: &str, command: &str, body: Value| {
        let (path, at) = (format!("/v1/selections/{id}/{command}"), format!("{day}T08:00:00Z"));
        office.fixture.at(&office.world, &at, &path, body).await;
    };
    at("2026-03-04", "add-members", json!({"sales": [sales[2]]})).await;
    at("2026-03-06", "remove-members", json!({"sales": [sales[0]]})).await;
    at("2026-03-06", "edit", json!({"name": "Called", "category": "done"})).await;
    at("2026-03-07", "complete", json!({})).await;
    for (as_of, name, completed, members) in [
        ("2026-03-03", "Call them", false, &["Sale 1", "Sale 2"][..]),
        ("2026-03-05", "Call them", false, &["Sale 1", "Sale 2", "Sale 3"]),
        ("2026-03-06", "Called", false, &["Sale 2", "Sale 3"]),
        ("2026-03-08", "Called", true, &["Sale 2", "Sale 3"]),
    ] {
        let answer =
            office.ask(&format!("/v1/selections/{id}/members?sort=number&as_of={as_of}")).await;
        assert_eq!(titles(&answer["members"]), members, "{as_of}");
        let one = office.ask(&format!("/v1/selections/{id}?as_of={as_of}")).await;
        let told = (&one["name"], &one["completed"], &one["member_count"]);
        assert_eq!(told, (&json!(name), &json!(completed), &json!(members.len())), "{as_of}");
        let path = format!("/v1/selections?as_of={as_of}");
        assert_eq!(office.ask(&path).await["selections"][0]["member_count"], members.len());
    }
    let before = format!("/v1/selections/{id}?as_of=2026-02-28");
    office.world.get(&office.fixture.importer, &before).await.expect_problem(404, "not_found");
    let unknown = format!("/v1/selections/{id}?known_at=2026-03-08");
    office.world.get(&office.fixture.importer, &unknown).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_deleted_selection_is_found_only_before_its_end_sf_10() {
    let office = Office::open().await;
    let sales = office.sales(1).await;
    let id = office.static_with(&sales).await;
    let path = format!("/v1/selections/{id}/delete");
    office.fixture.at(&office.world, "2026-03-05T08:00:00Z", &path, json!({})).await;
    for path in [
        format!("/v1/selections/{id}"),
        format!("/v1/selections/{id}/members"),
        format!("/v1/sales?selection={id}"),
        format!("/v1/sales/{}/neighbours?selection={id}", sales[0]),
    ] {
        office.world.get(&office.fixture.importer, &path).await.expect_problem(404, "not_found");
    }
    assert_eq!(office.ask("/v1/selections").await["selections"], json!([]));
    let then = office.ask(&format!("/v1/selections/{id}/members?as_of=2026-03-04")).await;
    assert_eq!(titles(&then["members"]), ["Sale 1"]);
    for command in ["complete", "clear-completion", "delete"] {
        let path = format!("/v1/selections/{id}/{command}");
        let refused = office.world.post(&office.fixture.importer, &path, &json!({})).await;
        refused.expect_problem(422, "selection_deleted");
    }
    let run = json!({"run": uuid::Uuid::from_u128(1), "command": "SetNote", "body": {"note": "x"}});
    let path = format!("/v1/selections/{id}/update-members");
    let refused = office.world.post(&office.fixture.importer, &path, &run).await;
    refused.expect_problem(422, "selection_deleted");
    assert_eq!(office.ask("/v1/sales").await["sales"][0]["title"], "Sale 1", "sales stay");
}
