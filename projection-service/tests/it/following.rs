//! Following the stream while nothing is wrong, and doing without it.

use projection_service::source::Origin;

use crate::support::{Reader, Stage, eventually, publisher};

#[tokio::test]
async fn what_the_relay_publishes_comes_from_the_stream() {
    let mut stage = Stage::set().await;
    let rows = stage.append(20).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(20).await;
    let rows = stage.append(5).await;
    stage.publish(&rows).await;
    reader.read_to(25).await;
    assert_eq!(reader.streamed.len(), 25);
    assert_eq!(reader.read().await.unwrap(), None);
}

#[tokio::test]
async fn a_reader_begins_directly_after_its_checkpoint() {
    let mut stage = Stage::set().await;
    let rows = stage.append(20).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 13);
    reader.read_to(20).await;
    assert_eq!(reader.streamed, (14..=20).collect());
}

#[tokio::test]
async fn business_time_number_and_verbatim_bytes_survive_the_wire() {
    let mut stage = Stage::set().await;
    let rows = stage.append_payloads(vec![b"{ \"verbatim\" :  true }".to_vec()]).await;
    let row = events::Recorded {
        effective_at: chrono::DateTime::from_timestamp(1_773_000_000, 0),
        number: Some(1_001),
        ..rows[0].clone()
    };
    let seal = events::envelope::Sealed {
        tenant: &row.tenant,
        event_id: row.event_id,
        stream_id: row.stream_id,
        event_type: &row.event_type,
        schema_version: row.schema_version,
        effective_at: row.effective_at,
        meta: &row.meta,
        payload: &row.payload,
    };
    let row = events::Recorded { content_hash: events::content_hash(&seal), ..row.clone() };
    let headers = publisher::headers(&row);
    assert_eq!(projection_service::wire::decode(&headers, &row.payload, row.tenant_id), Ok(row));
}

#[tokio::test]
async fn without_a_server_the_log_serves_and_the_stream_is_joined_when_it_comes() {
    let mut stage = Stage::set().await;
    stage.nats.kill();
    stage.append(30).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(30).await;
    assert!(reader.streamed.is_empty());

    stage.nats.again().await;
    let rows = stage.store.read_after(0, 100).await.unwrap();
    stage.publish(&rows).await;
    eventually("the reader is back on the stream", async || {
        let rows = stage.append(1).await;
        stage.publish(&rows).await;
        let origin = reader.read().await.unwrap();
        reader.read_to(rows[0].position).await;
        origin == Some(Origin::Stream)
    })
    .await;
}

#[tokio::test]
async fn without_a_stream_the_log_serves() {
    let mut stage = Stage::set().await;
    stage.nats.root().await.delete_stream("SALES_1").await.unwrap();
    stage.append(3).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(3).await;
    assert!(reader.streamed.is_empty());
}

#[tokio::test]
async fn a_relay_that_stands_still_holds_nobody_up() {
    let mut stage = Stage::set().await;
    let rows = stage.append(10).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(10).await;

    let late = stage.append(5).await;
    reader.read_to(15).await;
    assert_eq!(reader.streamed.len(), 10, "11 to 15 came from the log");

    stage.publish(&late).await;
    let rows = stage.append(5).await;
    stage.publish(&rows).await;
    reader.read_to(20).await;
    assert!(reader.streamed.contains(&20), "copies are dropped, then the stream goes on");
}

#[tokio::test]
async fn far_behind_the_log_is_read_in_pages_and_the_stream_joined_at_its_end() {
    let mut stage = Stage::set().await;
    let rows = stage.append(200).await;
    stage.publish(&rows).await;
    let pace = projection_service::config::Pace { projection_lag_max: 100, ..Default::default() };
    let mut reader = Reader::paced(&stage, 0, pace);
    reader.read_to(200).await;
    assert!(reader.streamed.is_empty());
    let rows = stage.append(5).await;
    stage.publish(&rows).await;
    reader.read_to(205).await;
    assert_eq!(reader.streamed.len(), 5);
}
