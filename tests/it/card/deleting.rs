//! Deleting a sale: a tombstone in the log, and nothing of it in any answer (SO-23, A33).

use serde_json::{Value, json};

use super::Desk;

/// Lists and totals that would show the sale of [`Desk`] and the one beside it.
const QUESTIONS: [&str; 6] = [
    "/v1/sales",
    "/v1/sales?title=fjord",
    "/v1/pipeline?currency=NOK",
    "/v1/pipeline?currency=NOK&title=fjord",
    "/v1/diary?from=2026-03-01&to=2026-12-31",
    "/v1/forecast?from=2026-01-01&to=2026-12-31&period=month&group_by=owner&currency=NOK",
];

/// An answer without the position and instant it was given at.
async fn answer(desk: &Desk, question: &str) -> Value {
    let mut answer = desk.ask(question).await;
    for told in ["position", "as_of", "next"] {
        answer.as_object_mut().unwrap().remove(told);
    }
    answer
}

#[tokio::test]
async fn a_deleted_sale_is_gone_from_every_list_and_total_so_23() {
    let desk = Desk::new().await;
    let mut without = Vec::new();
    for question in QUESTIONS {
        without.push(answer(&desk, question).await);
    }
    let more = json!({"amount": {"amount": "500000", "currency": "NOK"}});
    let gone = desk.fixture.sale(&desk.world, "2026-03-02T08:00:00Z", "Fjord CRM", more).await;
    for (question, before) in QUESTIONS.iter().zip(&without) {
        assert_ne!(&answer(&desk, question).await, before, "{question} shows it");
    }
    let path = format!("/v1/sales/{gone}");
    let reply =
        desk.world.post(&desk.fixture.importer, &format!("{path}/delete"), &json!({})).await;
    assert_eq!(reply.expect(200).json()["events"], json!(["sale.deleted"]));
    for (question, before) in QUESTIONS.iter().zip(&without) {
        assert_eq!(&answer(&desk, question).await, before, "{question} shows it no more");
    }
    desk.world.get(&desk.fixture.importer, &path).await.expect_problem(404, "not_found");
    let number = desk.ask("/v1/sales?number=1002").await;
    assert_eq!(number["sales"], json!([]));
}

#[tokio::test]
async fn its_history_stays_and_the_past_still_shows_it_so_23_so_24() {
    let desk = Desk::new().await;
    desk.world.set_clock("2026-03-10T10:00:00Z");
    let path = format!("/v1/sales/{}/delete", desk.sale);
    let at = "2026-03-10T09:00:00Z";
    desk.world.post_at(&desk.fixture.importer, at, &path, &json!({})).await.expect(200);
    let told = desk.changes_of("deleted").await;
    assert_eq!(told.last(), Some(&(json!("false"), json!("true"))));
    let then = "as_of=2026-03-10T08:59:59Z";
    let card = desk.ask(&format!("/v1/sales/{}?{then}", desk.sale)).await;
    assert_eq!(card["title"], "Fjord ERP");
    for question in ["/v1/sales?", "/v1/pipeline?currency=NOK&", "/v1/sales?title=fjord&"] {
        let listed = desk.ask(&format!("{question}{then}")).await;
        assert_eq!(listed["sales"].as_array().unwrap().len(), 1, "{question}");
        let now = desk.ask(&format!("{question}as_of=2026-03-10T09:00:00Z")).await;
        assert_eq!(now["sales"], json!([]), "{question}");
    }
}

#[tokio::test]
async fn no_command_is_taken_any_more_and_sellers_delete_their_own_so_23_so_22() {
    let desk = Desk::new().await;
    let path = format!("/v1/sales/{}/delete", desk.sale);
    let kari = desk.world.token("kari", "seller");
    desk.world.post(&kari, &path, &json!({})).await.expect_problem(403, "not_your_sale");
    desk.on("mark-lost", json!({"reason": "price"})).await;
    let ola = desk.world.token("ola", "seller");
    desk.world.post(&ola, &path, &json!({})).await.expect(200);
    for (command, body) in [
        ("delete", json!({})),
        ("reopen", json!({})),
        ("set-note", json!({"note": "Too late"})),
        ("edit", json!({"title": "Too late"})),
        ("complete", json!({})),
    ] {
        desk.refused(command, body, 422, "sale_deleted").await;
    }
    let again = json!({"id": desk.sale, "title": "Again", "sale_type": desk.fixture.new});
    let reply = desk.world.post(&desk.fixture.importer, "/v1/sales", &again).await;
    reply.expect_problem(409, "already_exists");
    let about = json!({"kind": "to_do", "title": "Call", "sale": desk.sale});
    let reply = desk.world.post(&desk.fixture.importer, "/v1/activities", &about).await;
    reply.expect_problem(422, "unknown_sale");
}
