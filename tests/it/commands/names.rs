//! Names of stages and sale types are unique in a tenant (SO-45, SO-47): a reservation in the same group.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// The two kinds of thing that bear unique names: where they are made, and a body without a name.
const KINDS: [(&str, &str); 2] = [("/v1/stages", "stage"), ("/v1/sale-types", "sale-type")];

fn named(path: &str, name: Value) -> Value {
    let mut body = json!({ "name": name });
    if path == "/v1/stages" {
        body["probability"] = json!(10);
    }
    body
}

/// Names of types (SO-45) and stages (SO-47) are unique.
#[tokio::test]
async fn a_name_that_is_taken_is_refused_whatever_its_case_and_language() {
    let world = World::start().await;
    let token = world.token("ola", "admin");
    for (path, _) in KINDS {
        let first = named(path, json!({"en": "Pilot", "nb": "Prøve"}));
        world.post(&token, path, &first).await.expect(201);
        let before = world.stored().await;
        for name in [json!("Pilot"), json!(" pILOT "), json!("PRØVE"), json!({"nl": "prøve"})] {
            let problem = world.post(&token, path, &named(path, name.clone())).await;
            let problem = problem.expect_problem(422, "name_taken").json();
            assert_eq!(problem["errors"][0]["pointer"], "/name", "{name}");
        }
        assert_eq!(world.stored().await, before, "{path}");
        world.post(&token, path, &named(path, json!("Pilot 2"))).await.expect(201);
    }
}

#[tokio::test]
async fn a_stage_and_a_sale_type_and_two_tenants_may_share_a_name() {
    let world = World::start().await;
    for tenant in ["demo", "other"] {
        let token = world.token_of(tenant, "ola", &["admin"]);
        for (path, _) in KINDS {
            world.post(&token, path, &named(path, json!("Pilot"))).await.expect(201);
        }
    }
}

/// Types (SO-46) and stages (SO-47) are renamed.
#[tokio::test]
async fn after_a_renaming_the_old_name_is_free_and_the_new_one_is_not() {
    let world = World::start().await;
    let token = world.token("ola", "admin");
    for (path, kind) in KINDS {
        let made = world.post(&token, path, &named(path, json!("Old"))).await.expect(201).json();
        let edit = format!("{path}/{}/edit", made["id"].as_str().unwrap());
        let answer = world.post(&token, &edit, &json!({"name": "New"})).await.expect(200).json();
        assert_eq!(answer["events"], json!([format!("{kind}.edited")]));
        let taken = world.post(&token, path, &named(path, json!("new"))).await;
        taken.expect_problem(422, "name_taken");
        world.post(&token, path, &named(path, json!("Old"))).await.expect(201);
        // and back: the old name belongs to somebody else now
        let back = world.post(&token, &edit, &json!({"name": "Old"})).await;
        back.expect_problem(422, "name_taken");
        // its own name in another spelling is no conflict
        world.post(&token, &edit, &json!({"name": "NEW"})).await.expect(200);
    }
}

#[tokio::test]
async fn the_reservation_lies_in_the_group_of_the_creation() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let head = world.head().await;
    let body = named("/v1/stages", json!({"en": "Pilot", "nb": "Prøve"}));
    let answer = world.post(&fixture.importer, "/v1/stages", &body).await.expect(201).json();
    let events = world.store().read_after(head, 10).await.unwrap();
    let types: Vec<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(types, ["stage.added", "name.reserved", "name.reserved"]);
    assert_eq!(answer["position"], head + 3, "the answer covers the whole group");
    assert_eq!(answer["events"], json!(["stage.added"]));
    assert!(events.iter().all(|event| event.recorded_at == events[0].recorded_at));
}

#[tokio::test]
async fn of_two_creations_with_one_name_at_once_exactly_one_wins() {
    let world = World::start().await;
    let other = world.replica().await;
    let token = world.token("ola", "admin");
    for (path, kind) in KINDS {
        for round in 0..5 {
            let body = named(path, json!(format!("Round {round}")));
            let replies = join_all((0..4).map(|n| {
                let ask = if n % 2 == 0 {
                    world.command(Method::POST, path)
                } else {
                    other.command(path)
                };
                ask.bearer(&token).json(&body).send()
            }))
            .await;
            let won = replies.iter().filter(|reply| reply.status == 201).count();
            assert_eq!(won, 1, "{path}");
            for reply in replies.into_iter().filter(|reply| reply.status != 201) {
                reply.expect_problem(422, "name_taken");
            }
        }
        let made: i64 = sqlx::query_scalar("SELECT count(*) FROM es.stream WHERE aggregate = $1")
            .bind(kind)
            .fetch_one(world.database.owner())
            .await
            .unwrap();
        assert_eq!(made, 5, "{kind}");
    }
}
