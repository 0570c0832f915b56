//! `POST /v1/commands` as a stream: order, parallelism, back-pressure, a connection that is cut.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, World};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::bulk::{lines, send};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lines_of_one_object_run_in_order_and_results_come_in_order() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let mut sales = Vec::new();
    for n in 0..3 {
        let title = format!("Sale {n}");
        sales.push(fixture.sale(&world, "2026-03-01T08:00:00Z", &title, json!({})).await);
    }
    // every line demands the version that the line before it on the same sale leaves behind
    let line = |n: usize| {
        json!({"command": "OverrideProbability", "id": sales[n % 3], "if_version": 1 + n / 3,
            "body": {"probability": n / 3 % 100}})
    };
    let sent: Vec<Value> = (0..900).map(line).collect();
    let results = send(&world, &fixture.importer, lines(&sent)).await.expect(200).lines();
    assert_eq!(results.len(), sent.len());
    for (result, n) in results.iter().zip(0..) {
        assert_eq!((&result["line"], &result["status"]), (&json!(n + 1), &json!(200)), "{result}");
        assert_eq!(result["version"], 2 + n / 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_creation_and_what_follows_it_may_stand_in_one_request() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sent: Vec<Value> = (0..40_u128)
        .flat_map(|n| {
            let id = uuid::Uuid::from_u128(0x0198_0000 + n);
            [
                json!({"command": "RegisterSale", "id": id, "body": {"title": "x", "sale_type": fixture.new}}),
                json!({"command": "AdvanceStage", "id": id, "body": {"stage": fixture.sc}}),
                json!({"command": "MarkSold", "id": id, "body": {"reason": "price"}}),
            ]
        })
        .collect();
    let results = send(&world, &fixture.importer, lines(&sent)).await.expect(200).lines();
    let events: Vec<&Value> = results.iter().map(|result| &result["events"][0]).collect();
    assert_eq!(results.len(), 120);
    for three in events.chunks(3) {
        assert_eq!(three, ["sale.registered", "sale.stage-advanced", "sale.won"]);
    }
}

/// What is created from a guide is written on its sale too: in the order of the file, so that effective times rise (SG-12).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_created_from_a_guide_keeps_its_place_among_the_lines_of_its_sale() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let items = fixture.guide(&world).await;
    let sale = fixture.sale(&world, "2026-01-02T08:00:00Z", "Fjord ERP", json!({})).await;
    let sent: Vec<Value> = (0..60_u128)
        .flat_map(|n| {
            let at =
                |minute: u128| format!("2026-02-01T{:02}:{:02}:00Z", n / 10, n % 10 * 6 + minute);
            let id = uuid::Uuid::from_u128(0x0198_0000 + n);
            let (command, item) = match n % 2 {
                0 => ("CreateFromGuideItem", items.g1),
                _ => ("CreateDocument", items.d1),
            };
            [
                json!({"command": command, "id": id, "effective_at": at(0),
                    "body": {"sale": sale, "item": item}}),
                json!({"command": "OverrideProbability", "id": sale, "effective_at": at(3),
                    "body": {"probability": n}}),
            ]
        })
        .collect();
    let results = send(&world, &fixture.importer, lines(&sent)).await.expect(200).lines();
    for result in &results {
        assert!([200, 201].contains(&result["status"].as_u64().unwrap()), "{result}");
    }
}

/// The head of a bulk request whose body has `length` bytes, or is sent in chunks.
fn head(host: &str, token: &str, length: Option<usize>) -> String {
    let framing = length.map_or("transfer-encoding: chunked".to_owned(), |bytes| {
        format!("content-length: {bytes}")
    });
    format!(
        "POST /v1/commands HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/x-ndjson\r\nconnection: close\r\n{framing}\r\n\r\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_sends_30_000_lines_before_it_reads_gets_every_result() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let host = world.command_url().trim_start_matches("http://").to_owned();
    let bad = json!({"command": "AdvanceStage", "id": "x"}).to_string();
    let good = |n: usize| {
        json!({"command": "AddUser", "body": {"id": format!("u{n}"), "name": "U"}}).to_string()
    };
    // more than every buffer on the way holds, so the service has to read while nobody reads its results
    let padding = " ".repeat(1_000);
    let text: String = (0..30_000)
        .map(|n| {
            let line = if n % 100 == 0 { good(n) } else { bad.clone() };
            line + &padding + "\n"
        })
        .collect();
    let mut connection = TcpStream::connect(&host).await.unwrap();
    let request = head(&host, &fixture.importer, Some(text.len())) + &text;
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let results = answer.matches("{\"line\":").count();
    assert_eq!((results, answer.matches("\"status\":201").count()), (30_000, 300));
    assert!(answer.contains("{\"line\":30000,"), "the last line was answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cut_connection_leaves_a_prefix_plus_at_most_the_window() {
    const LINES: usize = 20_000;
    let world = World::start().await;
    let replica = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let before = world.head().await;
    let line = |n: usize| json!({"command": "AddUser", "body": {"id": format!("u{n}"), "name": n.to_string()}});
    let text: String = (1..=LINES).map(|n| format!("{}\n", line(n))).collect();
    let connection = TcpStream::connect(replica.address()).await.unwrap();
    let (read, mut write) = connection.into_split();
    let request = head(replica.address(), &fixture.importer, Some(text.len() + 1)) + &text;
    let writer = world.tasks.spawn(async move {
        // the server may hang up first; what it took is what counts
        let _sent = write.write_all(request.as_bytes()).await;
        write
    });
    let (mut results, mut answered) = (BufReader::new(read).lines(), 0);
    while answered < 100 {
        let result = results.next_line().await.unwrap().unwrap();
        answered += usize::from(result.contains("\"status\":201"));
    }
    drop(results);
    writer.abort();
    assert_eq!(replica.stopped().await.left, 0);
    let events = world.store().read_after(before, 100_000).await.unwrap();
    let stored: BTreeSet<usize> = events
        .iter()
        .map(|event| {
            let user: Value = serde_json::from_slice(&event.payload).unwrap();
            user["name"].as_str().unwrap().parse().unwrap()
        })
        .collect();
    let last = *stored.last().unwrap();
    assert!(stored.len() >= answered && last < LINES, "{} up to {last}", stored.len());
    let first_missing = (1..).find(|n| !stored.contains(n)).unwrap();
    let window = command_service::http::bulk::WINDOW;
    assert!(last < first_missing + window, "a hole at {first_missing}, but {last} is stored");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_open_bulk_request_ends_well_when_the_service_is_told_to_stop() {
    let world = World::start().await;
    let replica = world.replica().await;
    let fixture = Fixture::set_up(&world).await;
    let connection = TcpStream::connect(replica.address()).await.unwrap();
    let (read, mut write) = connection.into_split();
    write.write_all(head(replica.address(), &fixture.importer, None).as_bytes()).await.unwrap();
    let mut answers = BufReader::new(read).lines();
    for n in 0..10 {
        let body = json!({"id": format!("u{n}"), "name": "U"});
        let line = json!({"command": "AddUser", "body": body}).to_string() + "\n";
        let chunk = format!("{:x}\r\n{line}\r\n", line.len());
        write.write_all(chunk.as_bytes()).await.unwrap();
        loop {
            let answer = answers.next_line().await.unwrap().unwrap();
            if answer.contains("\"status\":") {
                assert!(answer.contains("\"status\":201"), "{answer}");
                break;
            }
        }
    }
    // a result arrived for every line sent, while the request is still open
    replica.tell_to_stop();
    let mut rest = String::new();
    while let Some(line) = answers.next_line().await.unwrap() {
        rest.push_str(&line);
    }
    assert!(rest.ends_with('0'), "the answer ends as an answer should: {rest:?}");
    assert_eq!(replica.stopped().await.left, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_body_without_lines_has_an_answer_without_lines() {
    let world = World::start().await;
    let token = world.token("ola", "importer");
    for text in ["", "\n", "\n \n\r\n"] {
        let ask = world.command(Method::POST, "/v1/commands").bearer(&token);
        let ask = ask.header("content-type", "application/x-ndjson; charset=utf-8");
        assert_eq!(ask.body(text).send().await.expect(200).text, "");
    }
}
