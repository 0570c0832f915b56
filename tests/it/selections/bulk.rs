//! What is done for all members of a selection: a result a member, under their own rights, to be sent again (SF-17, SF-18).

use serde_json::{Value, json};
use system_tests::Reply;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::{AT, Office};

const RUN: Uuid = Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001);

/// Sends a run as somebody.
async fn send(office: &Office, token: &str, id: &str, what: &str, body: &Value) -> Reply {
    office.world.post(token, &format!("/v1/selections/{id}/{what}"), body).await
}

fn update(command: &str, body: Value) -> Value {
    json!({"run": RUN, "command": command, "body": body})
}

/// Sale and status of every line.
fn outcomes(lines: &[Value]) -> Vec<(&str, u64)> {
    lines
        .iter()
        .map(|line| (line["sale"].as_str().unwrap(), line["status"].as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_change_is_made_to_every_member_in_order_and_a_closed_one_fails_alone_sf_17() {
    let office = Office::open().await;
    let sales = office.sales(4).await;
    office.fixture.on(&office.world, &sales[2], "mark-lost", json!({"reason": "price"})).await;
    let members = [3, 0, 2, 1].map(|n: usize| sales[n].clone());
    let id = office.static_with(&members).await;
    let mia = office.world.token("mia", "manager");
    let body = update("AdvanceStage", json!({"stage": office.fixture.sc}));
    let reply = send(&office, &mia, &id, "update-members", &body).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    let lines = reply.lines();
    let expected: Vec<(&str, u64)> =
        members.iter().map(String::as_str).zip([200, 200, 422, 200]).collect();
    assert_eq!(outcomes(&lines), expected);
    assert_eq!(lines[0]["events"], json!(["sale.stage-advanced"]));
    assert_eq!((&lines[0]["id"], lines[0].get("problem")), (&json!(members[0]), None));
    assert_eq!(lines[2]["problem"]["code"], "sale_closed");
    let stages: Vec<Value> = office.ask("/v1/sales?sort=number").await["sales"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sale| sale["stage"]["name"].clone())
        .collect();
    let sc = "Signing of contract";
    assert_eq!(stages, [json!(sc), json!(sc), json!("First meeting"), json!(sc)]);
}

#[tokio::test]
async fn the_same_request_again_answers_the_same_and_does_nothing_twice_sf_17() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    let id = office.static_with(&sales).await;
    let token = &office.fixture.importer;
    let body = update(
        "AddStakeholders",
        json!({"stakeholders": [
        {"contact": {"id": Uuid::from_u128(7), "name": "Per Hansen"}, "role": "user"}]}),
    );
    let first = send(&office, token, &id, "update-members", &body).await.expect(200);
    let head = office.world.head().await;
    let again = send(&office, token, &id, "update-members", &body).await.expect(200);
    assert_eq!(again.text, first.text);
    assert_eq!(office.world.head().await, head);
    let other = update("SetNote", json!({"note": "Another request"}));
    let lines = send(&office, token, &id, "update-members", &other).await.expect(200).lines();
    for line in &lines {
        assert_eq!(
            (&line["status"], &line["problem"]["code"]),
            (&json!(422), &json!("key_reused"))
        );
    }
    let mut next = other;
    next["run"] = json!(Uuid::from_u128(2));
    let lines = send(&office, token, &id, "update-members", &next).await.expect(200).lines();
    assert!(lines.iter().all(|line| line["status"] == 200), "{lines:?}");
}

/// Each member is a command of its own under the caller's own rights, judged like any other.
#[tokio::test]
async fn a_bulk_reaches_no_further_than_its_caller_sf_17() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    let world = &office.world;
    let id = office.static_with(&sales).await;
    let body = update("SetNote", json!({"note": "Called"}));
    let kari = world.token("kari", "seller");
    send(&office, &kari, &id, "update-members", &body).await.expect_problem(403, "forbidden");
    let eva = world.token("eva", "admin");
    let right = json!({"role": "seller", "right": "bulk_update", "allowed": true});
    let path = "/v1/tenants/demo/set-functional-right";
    world.post(&eva, path, &right).await.expect(200);
    office.fixture.on(world, &sales[1], "set-visibility", json!({"visible_for": "owner"})).await;
    office.fixture.on(world, &sales[2], "change-owner", json!({"owner": "kari"})).await;
    let lines = send(&office, &kari, &id, "update-members", &body).await.expect(200).lines();
    let codes: Vec<(&Value, &Value)> =
        lines.iter().map(|line| (&line["status"], &line["problem"]["code"])).collect();
    assert_eq!(
        codes,
        [(&json!(403), &json!("not_your_sale")), (&json!(200), &Value::Null),],
        "a member that is not seen is none (SO-31)"
    );
    // named, it is answered like a sale that is not there
    let mut named = body.clone();
    named["sales"] = json!([sales[1]]);
    let lines = send(&office, &kari, &id, "update-members", &named).await.expect(200).lines();
    assert_eq!((lines.len(), &lines[0]["problem"]["code"]), (1, &json!("not_found")));
    let hidden = json!({"name": "Hers", "kind": "static", "visible_for": "owner"});
    let theirs = office.created(hidden).await;
    send(&office, &kari, &theirs, "update-members", &body).await.expect_problem(404, "not_found");
    let none = Uuid::from_u128(404).to_string();
    send(&office, &kari, &none, "update-members", &body).await.expect_problem(404, "not_found");
    let ada = world.token("ada", "auditor");
    for what in ["update-members", "plan-follow-ups"] {
        send(&office, &ada, &id, what, &body).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn members_of_a_dynamic_selection_are_named_sf_17() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    let criteria =
        json!({"any": [{"all": [{"field": "title", "operator": "contains", "values": ["sale"]}]}]});
    let id = office.created(json!({"name": "All", "kind": "dynamic", "criteria": criteria})).await;
    let token = &office.fixture.importer;
    let mut body = update("OverrideProbability", json!({"probability": 33}));
    let refused = send(&office, token, &id, "update-members", &body).await;
    let problem = refused.expect_problem(422, "members_required").json();
    assert_eq!(problem["errors"][0]["pointer"], "/sales");
    body["sales"] = json!([sales[2], sales[0], Uuid::from_u128(404)]);
    let lines = send(&office, token, &id, "update-members", &body).await.expect(200).lines();
    let unknown = Uuid::from_u128(404).to_string();
    let expected = [(sales[2].as_str(), 200), (sales[0].as_str(), 200), (unknown.as_str(), 404)];
    assert_eq!(outcomes(&lines), expected);
    let none = json!({"run": RUN, "sales": [], "command": "SetNote", "body": {"note": "x"}});
    assert_eq!(send(&office, token, &id, "update-members", &none).await.expect(200).text, "");
}

#[tokio::test]
async fn a_follow_up_is_planned_on_every_member_once_sf_18() {
    let office = Office::open().await;
    let sales = office.sales(3).await;
    office.fixture.on(&office.world, &sales[1], "mark-lost", json!({"reason": "price"})).await;
    let id = office.static_with(&sales).await;
    let seller = office.world.token("ola", "seller");
    let activity = json!({"kind": "call", "title": "Call again", "start": "2026-03-17T09:00:00Z"});
    let body = json!({"run": RUN, "activity": activity});
    let first = send(&office, &seller, &id, "plan-follow-ups", &body).await.expect(200);
    let lines = first.lines();
    let expected: Vec<(&str, u64)> = sales.iter().map(|sale| (sale.as_str(), 201)).collect();
    assert_eq!(outcomes(&lines), expected, "a closed sale may well be followed up (SD-2)");
    let again = send(&office, &seller, &id, "plan-follow-ups", &body).await.expect(200);
    assert_eq!(again.text, first.text);
    let planned = office.ask("/v1/activities?limit=500").await;
    let planned = planned["activities"].as_array().unwrap();
    assert_eq!(planned.len(), 3);
    for line in &lines {
        let activity = planned.iter().find(|activity| activity["id"] == line["id"]).unwrap();
        let told = (&activity["title"], &activity["owner"], &activity["sale_id"]);
        assert_eq!(told, (&json!("Call again"), &json!("ola"), &line["sale"]));
    }
    // who has no receipt any more meets the activity itself: its id follows from run and member
    let mut other = body.clone();
    other["activity"]["title"] = json!("Another one");
    let lines = send(&office, &seller, &id, "plan-follow-ups", &other).await.expect(200).lines();
    assert!(lines.iter().all(|line| line["problem"]["code"] == "key_reused"), "{lines:?}");
    let right = json!({"role": "seller", "right": "plan_for_selections", "allowed": false});
    let eva = office.world.token("eva", "admin");
    let path = "/v1/tenants/demo/set-functional-right";
    office.world.post(&eva, path, &right).await.expect(200);
    let refused = send(&office, &seller, &id, "plan-follow-ups", &body).await;
    refused.expect_problem(403, "forbidden");
}

/// Many sales, registered in one request.
async fn many(office: &Office, count: usize) -> Vec<String> {
    let ids: Vec<String> =
        (0..count).map(|n| Uuid::from_u128(0x0198_1111_0000 + n as u128).to_string()).collect();
    let line = |id: &String| {
        json!({"command": "RegisterSale", "id": id, "effective_at": AT,
            "body": {"title": "One of many", "sale_type": office.fixture.new}})
        .to_string()
    };
    let lines: Vec<String> = ids.iter().map(line).collect();
    let ask = office.world.command(reqwest::Method::POST, "/v1/commands");
    let reply = ask
        .bearer(&office.fixture.importer)
        .header("content-type", "application/x-ndjson")
        .body(lines.join("\n"))
        .send()
        .await
        .expect(200);
    assert!(reply.lines().iter().all(|line| line["status"] == 201));
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_that_was_cut_is_taken_up_where_it_ended_sf_17() {
    const MEMBERS: usize = 4_000;
    let office = Office::open().await;
    let sales = many(&office, MEMBERS).await;
    let id = office.created(json!({"name": "Many", "kind": "static"})).await;
    for part in sales.chunks(500) {
        office.on(&id, "add-members", json!({"sales": part})).await;
    }
    let before = office.world.head().await;
    let replica = office.world.replica().await;
    let body = update("OverrideProbability", json!({"probability": 77})).to_string();
    let head = format!(
        "POST /v1/selections/{id}/update-members HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        replica.address(),
        office.fixture.importer,
        body.len()
    );
    let mut connection = TcpStream::connect(replica.address()).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut lines = BufReader::new(connection).lines();
    let mut answered: Vec<String> = Vec::new();
    while answered.len() < 100 {
        let line = lines.next_line().await.unwrap().unwrap();
        if line.starts_with("{\"sale\"") {
            answered.push(line);
        }
    }
    drop(lines);
    assert_eq!(replica.stopped().await.left, 0);
    let done = usize::try_from(office.world.head().await - before).unwrap();
    assert!((100..MEMBERS).contains(&done), "{done} of {MEMBERS} were done");

    let body: Value = serde_json::from_str(&body).unwrap();
    let reply = send(&office, &office.fixture.importer, &id, "update-members", &body).await;
    let results = reply.expect(200);
    let lines = results.lines();
    assert_eq!(lines.len(), MEMBERS);
    assert!(lines.iter().all(|line| line["status"] == 200));
    let order: Vec<&str> = lines.iter().map(|line| line["sale"].as_str().unwrap()).collect();
    assert_eq!(order, sales);
    let first: Vec<&str> = results.text.lines().take(answered.len()).collect();
    assert_eq!(first, answered, "what was answered is answered the same");
    let head = usize::try_from(office.world.head().await - before).unwrap();
    assert_eq!(head, MEMBERS, "each member was changed once");
}
