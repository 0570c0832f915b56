//! Several people at one selection at once; and a command that is said twice (SF-11).

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Office;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn members_added_at_once_are_all_there_once_sf_11() {
    let office = Office::open().await;
    let sales = office.sales(12).await;
    let id = office.static_with(&[]).await;
    let path = format!("/v1/selections/{id}/add-members");
    let bodies: Vec<Value> = (0..12)
        .map(|n| json!({"sales": [sales[n], sales[(n + 1) % 12], sales[(n + 5) % 12]]}))
        .collect();
    let asked = bodies.iter().map(|body| office.world.post(&office.fixture.importer, &path, body));
    for reply in futures::future::join_all(asked).await {
        reply.expect(200);
    }
    let titles: BTreeSet<String> = office.titles(&id).await.into_iter().collect();
    assert_eq!(titles.len(), 12);
    let added = office.world.store().read_after(0, 10_000).await.unwrap();
    let added = added.iter().filter(|event| event.event_type == "selection.members-added");
    let ids: Vec<String> = added
        .flat_map(|event| {
            let fact: Value = serde_json::from_slice(&event.payload).unwrap();
            fact["sales"].as_array().unwrap().clone()
        })
        .map(|sale| sale.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 12, "no fact adds what another one added");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_selection_deleted_at_another_replica_takes_no_members_sf_11() {
    let office = Office::open().await;
    let replica = office.world.replica().await;
    let sales = office.sales(2).await;
    let id = office.static_with(&sales[..1]).await;
    office.titles(&id).await;
    let path = format!("http://{}/v1/selections/{id}/delete", replica.address());
    let client = reqwest::Client::new();
    let deleted = client.post(path).bearer_auth(&office.fixture.importer).send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 200);
    let body = json!({"sales": [sales[1]]});
    let path = format!("/v1/selections/{id}/add-members");
    let refused = office.world.post(&office.fixture.importer, &path, &body).await;
    refused.expect_problem(422, "selection_deleted");
}

#[tokio::test]
async fn a_repeated_command_is_answered_as_the_first_time_sf_10() {
    let office = Office::open().await;
    let sales = office.sales(2).await;
    let send = async |path: String, key: &str, body: Value| {
        let ask = office.world.command(Method::POST, &path).bearer(&office.fixture.importer);
        ask.header("idempotency-key", key).json(&body).send().await
    };
    let body = json!({"name": "Once", "kind": "static", "members": [sales[0]]});
    let first = send("/v1/selections".into(), "create", body.clone()).await.expect(201);
    assert_eq!(send("/v1/selections".into(), "create", body).await.expect(201).text, first.text);
    let first = first.json();
    assert_eq!(first["events"], json!(["selection.created", "selection.members-added"]));
    let id = first["id"].as_str().unwrap();
    let add = format!("/v1/selections/{id}/add-members");
    let body = json!({"sales": [sales[1]]});
    let added = send(add.clone(), "add", body.clone()).await.expect(200);
    let remove = json!({"sales": [sales[1]]});
    office.on(id, "remove-members", remove).await;
    assert_eq!(send(add.clone(), "add", body).await.expect(200).text, added.text);
    assert_eq!(office.titles(id).await, ["Sale 1"], "nothing was added again");
    let other = json!({"sales": [sales[0]]});
    send(add, "add", other).await.expect_problem(422, "key_reused");
    let reply = office.world.get(&office.fixture.importer, &format!("/v1/selections/{id}")).await;
    let stale = office.world.command(Method::POST, &format!("/v1/selections/{id}/complete"));
    let stale = stale.bearer(&office.fixture.importer).header("if-match", "\"2\"").send().await;
    stale.expect_problem(412, "precondition_failed");
    let version = reply.header("etag").unwrap().to_owned();
    let fresh = office.world.command(Method::POST, &format!("/v1/selections/{id}/complete"));
    fresh.bearer(&office.fixture.importer).header("if-match", &version).send().await.expect(200);
    let unseen = office
        .world
        .command(Method::POST, &format!("/v1/selections/{}/complete", Uuid::from_u128(404)));
    let unseen = unseen.bearer(&office.fixture.importer).header("if-match", "\"1\"").send().await;
    assert!([404, 412].contains(&unseen.status.as_u16()), "{}", unseen.text);
}
