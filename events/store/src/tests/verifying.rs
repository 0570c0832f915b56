//! The proof notices what the triggers could not prevent: a superuser who switched them off.

use sqlx::AssertSqlSafe;

use super::*;
use crate::testing::TestDatabase;
use crate::verify::verify;

async fn tampered(change: &str) -> String {
    let database = TestDatabase::create().await;
    let store = database.store();
    for id in 1..=3 {
        append(&store, one(sale(id), 0, vec![registered(), advanced()])).await;
    }
    assert_eq!(verify(&store).await.unwrap().batches, 3);
    for table in ["event", "batch"] {
        let text = format!("ALTER TABLE es.{table} DISABLE TRIGGER ALL");
        sqlx::raw_sql(AssertSqlSafe(text)).execute(database.owner()).await.unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(change.to_owned())).execute(database.owner()).await.unwrap();
    verify(&store).await.expect_err("the change goes unnoticed").to_string()
}

#[tokio::test]
async fn an_edited_payload_breaks_its_content_hash() {
    let told = tampered(r"UPDATE es.event SET payload = '{ }' WHERE position = 3").await;
    assert!(told.starts_with("position 3: the content hash does not fit the content"), "{told}");
}

#[tokio::test]
async fn an_event_moved_to_another_tenant_is_noticed() {
    let told = tampered(
        "INSERT INTO es.tenant VALUES (2, 'other', 1, now()); UPDATE es.event SET tenant_id = 2 WHERE position = 1",
    );
    let told = told.await;
    assert!(told.starts_with("position 1: the content hash does not fit the content"), "{told}");
}

#[tokio::test]
async fn a_removed_event_is_a_hole() {
    let told = tampered("DELETE FROM es.event WHERE position = 4").await;
    assert_eq!(told, "position 4: a hole (stored nothing, expected 1 event(s))");
    let told = tampered(
        "DELETE FROM es.event WHERE position > 4; DELETE FROM es.batch WHERE last_position > 4",
    );
    assert!(told.await.contains("claims version 2"));
}

#[tokio::test]
async fn a_rewritten_batch_breaks_the_chain() {
    let told =
        tampered("UPDATE es.batch SET chain_hash = sha256('x') WHERE last_position = 2").await;
    assert!(told.starts_with("position 2: the chain hash does not fit its batch"), "{told}");
}

#[tokio::test]
async fn a_shifted_clock_neighbour_or_number_is_noticed() {
    let told = tampered("UPDATE es.event SET previous_position = 1 WHERE position = 3").await;
    assert_eq!(
        told,
        "position 3: previous is not the tenant's event before (stored 1, expected 2)"
    );
    let told = tampered("UPDATE es.event SET number = 1007 WHERE position = 3").await;
    assert_eq!(told, "position 3: the sale number (stored 1007, expected 1002)");
    let told = tampered(
        "UPDATE es.event SET recorded_at = recorded_at + interval '1 s' WHERE position = 3",
    )
    .await;
    assert!(told.starts_with("position 3: recorded_at differs from its batch"), "{told}");
}
