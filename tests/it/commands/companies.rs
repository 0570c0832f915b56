//! Companies are registered and edited, and what sales and contacts find of them is what the log says (SO-F14, ST-2, SO-19).

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::bulk::{lines, send};

const FJORD: Uuid = Uuid::from_u128(0xf1);

fn fjord() -> Value {
    json!({"id": FJORD, "name": "Fjord AS", "category": "customer", "business": "trade", "country": "NO"})
}

fn edit_path() -> String {
    format!("/v1/companies/{FJORD}/edit")
}

/// Every fact of a stream of tenant `demo`: its type, what it says, when it took effect if somebody said so.
pub(super) async fn facts(
    world: &World,
    stream: &events::StreamName,
) -> Vec<(String, Value, Option<String>)> {
    let tenant = events::TenantSlug::parse("demo").unwrap();
    let rows = world.store().load(&tenant, stream.stream_id(&tenant), 0).await.unwrap();
    let told = |row: events::Recorded| {
        let said = serde_json::from_slice(&row.payload).unwrap();
        (row.event_type, said, row.effective_at.map(|at| at.to_rfc3339()))
    };
    rows.into_iter().map(told).collect()
}

async fn of_fjord(world: &World) -> Vec<(String, Value, Option<String>)> {
    facts(world, &events::CompanyId(FJORD).stream()).await
}

/// SO-F14.
#[tokio::test]
async fn a_company_is_registered_and_edited_and_each_fact_tells_all_of_it_so_f14() {
    let world = World::start().await;
    let token = world.token("ola", "seller");
    let made = world.post(&token, "/v1/companies", &fjord()).await.expect(201);
    let location = format!("/v1/companies/{FJORD}");
    assert_eq!(made.header("location"), Some(location.as_str()));
    assert_eq!(made.header("etag"), Some("\"1\""));
    assert_eq!(made.json()["events"], json!(["company.registered"]));
    let again = world.post(&token, "/v1/companies", &fjord()).await;
    again.expect_problem(409, "already_exists");
    for (body, after) in [
        (
            json!({"name": "Fjord ASA"}),
            json!({"name": "Fjord ASA", "category": "customer", "business": "trade", "country": "NO"}),
        ),
        (
            json!({"business": "transport", "country": "NL"}),
            json!({"name": "Fjord ASA", "category": "customer", "business": "transport", "country": "NL"}),
        ),
        (
            json!({"category": null, "business": null, "country": null}),
            json!({"name": "Fjord ASA"}),
        ),
    ] {
        let answer = world.post(&token, &edit_path(), &body).await.expect(200).json();
        assert_eq!(answer["events"], json!(["company.edited"]), "{body}");
        assert_eq!(of_fjord(&world).await.pop().unwrap().1, after, "{body}");
    }
    let bare = world.post(&token, "/v1/companies", &json!({"name": "Fjord ASA"})).await;
    let id = bare.expect(201).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(id.as_bytes()[14], b'7', "the server makes UUIDs of version 7: {id}");
}

/// SO-F14: said twice, done once; a form that comes back as it was sent changes nothing.
#[tokio::test]
async fn an_edit_that_changes_nothing_is_no_fact_so_f14() {
    let world = World::start().await;
    let token = world.token("ola", "seller");
    world.post(&token, "/v1/companies", &fjord()).await.expect(201);
    let mut form = fjord();
    form.as_object_mut().unwrap().remove("id");
    let before = world.stored().await;
    for body in [json!({}), json!({"name": " Fjord AS "}), form] {
        let answer = world.post(&token, &edit_path(), &body).await.expect(200);
        assert_eq!(answer.header("etag"), Some("\"1\""), "{body}");
        let answer = answer.json();
        assert_eq!((&answer["events"], &answer["position"]), (&json!([]), &Value::Null), "{body}");
    }
    assert_eq!(world.stored().await, before);
}

/// Cases 8 and 9: a key stands for one intention, on every replica.
#[tokio::test]
async fn a_key_registers_and_edits_a_company_once() {
    let world = World::start().await;
    let other = world.replica().await;
    let token = world.token("ola", "seller");
    let nameless = json!({"name": "Nord AS", "country": "NO"});
    world.post(&token, "/v1/companies", &fjord()).await.expect(201);
    for (key, path, body, status) in [
        ("made", "/v1/companies".to_owned(), nameless, 201),
        ("edited", edit_path(), json!({"country": "NL"}), 200),
    ] {
        let send = |body: Value, here: bool| {
            let ask = if here { world.command(Method::POST, &path) } else { other.command(&path) };
            ask.bearer(&token).header("idempotency-key", key).json(&body).send()
        };
        let first = send(body.clone(), true).await.expect(status);
        let before = world.stored().await;
        for here in [true, false] {
            let again = send(body.clone(), here).await;
            assert_eq!((again.status, &again.text), (first.status, &first.text), "{path}");
            let another = send(json!({"name": "Another"}), here).await;
            another.expect_problem(422, "key_reused");
        }
        assert_eq!(world.stored().await, before, "{path}");
    }
}

#[tokio::test]
async fn an_edit_of_another_version_than_the_present_one_is_refused() {
    let world = World::start().await;
    let token = world.token("ola", "seller");
    world.post(&token, "/v1/companies", &fjord()).await.expect(201);
    let send = |version: &'static str, body: Value| {
        let ask = world.command(Method::POST, &edit_path()).bearer(&token);
        ask.header("if-match", version).json(&body).send()
    };
    send("\"1\"", json!({"country": "NL"})).await.expect(200);
    let before = world.stored().await;
    // also when it would change nothing
    for body in [json!({"country": "DE"}), json!({"country": "NL"})] {
        send("\"1\"", body).await.expect_problem(412, "precondition_failed");
    }
    assert_eq!(world.stored().await, before);
    send("\"2\"", json!({"country": "DE"})).await.expect(200);
}

#[tokio::test]
async fn an_importer_says_since_when_a_company_is_what_it_is() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    fixture.at(&world, "2026-02-01T08:00:00Z", "/v1/companies", fjord()).await;
    fixture.at(&world, "2026-03-01T08:00:00Z", &edit_path(), json!({"country": "NL"})).await;
    let times: Vec<_> = of_fjord(&world).await.into_iter().filter_map(|(.., at)| at).collect();
    assert_eq!(times, ["2026-02-01T08:00:00+00:00", "2026-03-01T08:00:00+00:00"]);
    let importer = &fixture.importer;
    for (at, code) in [
        ("2026-02-15T08:00:00Z", "effective_time_falls"),
        ("2100-01-01T00:00:00Z", "effective_time_in_future"),
    ] {
        let reply = world.post_at(importer, at, &edit_path(), &json!({"country": "DE"})).await;
        reply.expect_problem(422, code);
    }
    let (seller, body) = (world.token("kari", "seller"), json!({"country": "DE"}));
    let reply = world.post_at(&seller, "2026-03-02T08:00:00Z", &edit_path(), &body).await;
    reply.expect_problem(403, "forbidden");
}

/// Equal ids in two tenants never meet, and one tenant's is unknown in the other.
#[tokio::test]
async fn another_tenants_company_is_as_unknown_as_none() {
    let world = World::start().await;
    let (token, stranger) =
        (world.token("ola", "seller"), world.token_of("other", "ola", &["admin"]));
    world.post(&token, "/v1/companies", &fjord()).await.expect(201);
    let theirs = json!({"name": "Elsewhere"});
    world.post(&stranger, "/v1/companies", &theirs).await.expect(201);
    let edit = json!({"country": "NL"});
    for path in [edit_path(), format!("/v1/companies/{}/edit", Uuid::from_u128(404))] {
        world.post(&stranger, &path, &edit).await.expect_problem(404, "not_found");
    }
    assert_eq!(of_fjord(&world).await.len(), 1);
    world.post(&stranger, "/v1/companies", &fjord()).await.expect(201);
    world.post(&stranger, &edit_path(), &edit).await.expect(200);
    assert_eq!(of_fjord(&world).await.len(), 1, "only theirs was edited");
}

/// A company has no owner: whoever changes sales changes every company (SO-44).
#[tokio::test]
async fn whoever_changes_sales_changes_companies_and_nobody_else_so_44() {
    let world = World::start().await;
    world.post(&world.token("ola", "seller"), "/v1/companies", &fjord()).await.expect(201);
    for (role, country) in
        [("seller", "NL"), ("manager", "DE"), ("admin", "SE"), ("importer", "DK")]
    {
        let body = json!({"country": country});
        let answer = world.post(&world.token("kari", role), &edit_path(), &body).await;
        assert_eq!(answer.expect(200).json()["events"], json!(["company.edited"]), "{role}");
    }
    let before = world.stored().await;
    for role in ["auditor", "analyst"] {
        let token = world.token("eva", role);
        for (path, body) in
            [("/v1/companies".to_owned(), json!({"name": "x"})), (edit_path(), json!({}))]
        {
            world.post(&token, &path, &body).await.expect_problem(403, "forbidden");
        }
    }
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn of_two_registrations_of_one_company_at_once_exactly_one_wins() {
    let world = World::start().await;
    let other = world.replica().await;
    let token = world.token("ola", "seller");
    for round in 0..5_u128 {
        let body = json!({"id": Uuid::from_u128(0xa0 + round), "name": "Fjord AS"});
        let replies = join_all((0..4).map(|n| {
            let path = "/v1/companies";
            let ask =
                if n % 2 == 0 { world.command(Method::POST, path) } else { other.command(path) };
            ask.bearer(&token).json(&body).send()
        }));
        let (won, lost): (Vec<_>, Vec<_>) =
            replies.await.into_iter().partition(|reply| reply.status == 201);
        assert_eq!(won.len(), 1, "round {round}");
        for reply in lost {
            reply.expect_problem(409, "already_exists");
        }
    }
}

/// A line waits for earlier ones on its company, also when many are on their way (design §4.1).
#[tokio::test]
async fn companies_come_in_bulk_in_the_order_of_their_lines() {
    let world = World::start().await;
    let token = world.token("ola", "seller");
    let mut sent = vec![json!({"command": "RegisterCompany", "body": fjord()})];
    let edit =
        |name: String| json!({"command": "EditCompany", "id": FJORD, "body": {"name": name}});
    sent.extend((0..50).map(|n| edit(format!("Fjord {n}"))));
    sent.push(json!({"command": "EditCompany", "id": FJORD, "body": {"country": "XX"}}));
    let results = send(&world, &token, lines(&sent)).await.expect(200).lines();
    let (refused, accepted) = results.split_last().unwrap();
    assert!(accepted.iter().skip(1).all(|result| result["status"] == 200), "{results:?}");
    assert_eq!(accepted[0]["status"], 201);
    assert_eq!(refused["problem"]["errors"][0]["pointer"], "/body/country", "{refused}");
    let facts = of_fjord(&world).await;
    let names: Vec<_> = facts.into_iter().map(|(_, said, _)| said["name"].clone()).collect();
    let expected = (0..50).map(|n| json!(format!("Fjord {n}")));
    assert_eq!(names[1..].to_vec(), expected.collect::<Vec<_>>());
}
