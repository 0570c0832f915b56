//! Streams that cannot be trusted: the reader leaves them, reads the log and comes back. The client
//! library delivers all of these without a word.

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use events::Recorded;
use projection_service::source::Origin;

use crate::support::{Reader, Stage, eventually, publisher};

/// What is wrong with an envelope.
type Change = fn(&mut HeaderMap);

/// The reader follows the stream again, sooner or later.
async fn comes_back(stage: &mut Stage, reader: &mut Reader) {
    eventually("the reader is back on the stream", async || {
        let rows = stage.append(1).await;
        stage.publish(&rows).await;
        let mut origin = None;
        while reader.position < rows[0].position {
            origin = reader.read().await.unwrap();
        }
        origin == Some(Origin::Stream)
    })
    .await;
}

#[tokio::test]
async fn a_message_missing_in_the_middle_is_read_from_the_log_case_28() {
    let mut stage = Stage::set().await;
    let rows = stage.append(10).await;
    stage.publish(&rows).await;
    let stream = stage.nats.root().await.get_stream("SALES_1").await.unwrap();
    stream.delete_message(5).await.unwrap();
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(10).await;
    assert_eq!(reader.streamed, (1..=4).collect());
    comes_back(&mut stage, &mut reader).await;
}

#[tokio::test]
async fn retention_that_overtook_the_reader_is_noticed_case_29() {
    let mut stage = Stage::set().await;
    let rows = stage.append(100).await;
    stage.publish(&rows).await;
    let stream = stage.nats.root().await.get_stream("SALES_1").await.unwrap();
    stream.purge().sequence(91).await.unwrap();
    let mut reader = Reader::at(&stage, 40);
    reader.read_to(100).await;
    assert!(reader.streamed.is_empty());
    comes_back(&mut stage, &mut reader).await;
}

#[tokio::test]
async fn retention_that_overtakes_a_reader_on_the_stream_is_a_hole_case_29() {
    let mut stage = Stage::set().await;
    let rows = stage.append(10).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(10).await;
    let rows = stage.append(2_000).await;
    stage.publish(&rows).await;
    let stream = stage.nats.root().await.get_stream("SALES_1").await.unwrap();
    stream.purge().sequence(2_001).await.unwrap();
    reader.read_to(2_010).await;
    comes_back(&mut stage, &mut reader).await;
}

#[tokio::test]
async fn a_stream_of_a_thousand_messages_that_went_on_by_five_thousand_is_rejoined_case_29() {
    let mut stage = Stage::set().await;
    let rows = stage.append(10).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(10).await;
    let root = stage.nats.root().await;
    let mut config = root.get_stream("SALES_1").await.unwrap().cached_info().config.clone();
    config.max_messages = 1_000;
    root.update_stream(&config).await.unwrap();
    // the consumer the reader left behind is gone as well: nobody asked it for anything meanwhile
    delete_consumers(&root).await;
    let rows = stage.append(5_000).await;
    stage.publish(&rows).await;
    reader.read_to(5_010).await;
    let streamed = reader.streamed.range(11..).count();
    assert!(streamed <= 1_000, "{streamed} from a stream that kept a thousand");
    comes_back(&mut stage, &mut reader).await;
}

#[tokio::test]
async fn a_stream_that_was_wiped_changes_nothing_case_26() {
    let mut stage = Stage::set().await;
    let rows = stage.append(50).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(50).await;

    stage.nats.kill();
    stage.nats.wipe();
    let unpublished = stage.append(20).await;
    stage.nats.again().await;
    publisher::create_stream(&stage.nats.root().await, 51).await;
    reader.read_to(70).await;
    stage.publish(&unpublished).await;
    comes_back(&mut stage, &mut reader).await;
}

#[tokio::test]
async fn a_stream_recreated_from_the_first_event_changes_nothing_case_26() {
    let mut stage = Stage::set().await;
    let rows = stage.append(50).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(50).await;
    let root = stage.nats.root().await;
    root.delete_stream("SALES_1").await.unwrap();
    publisher::create_stream(&root, 1).await;
    stage.publish(&rows).await;
    comes_back(&mut stage, &mut reader).await;
}

#[tokio::test]
async fn a_consumer_recreated_from_the_beginning_delivers_nothing_twice() {
    let mut stage = Stage::set().await;
    let rows = stage.append(60).await;
    stage.publish(&rows).await;
    let mut reader = Reader::at(&stage, 60);
    assert_eq!(reader.read().await.unwrap(), None, "joined, and nothing delivered yet");
    delete_consumers(&stage.nats.root().await).await;
    let rows = stage.append(5).await;
    stage.publish(&rows).await;
    reader.read_to(65).await;
    comes_back(&mut stage, &mut reader).await;
}

async fn delete_consumers(nats: &Context) {
    use futures::TryStreamExt;
    let stream = nats.get_stream("SALES_1").await.unwrap();
    let names: Vec<String> = stream.consumer_names().try_collect().await.unwrap();
    assert!(!names.is_empty());
    for name in names {
        stream.delete_consumer(&name).await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_whose_sequence_is_not_the_position_is_not_followed() {
    let mut stage = Stage::set().await;
    let rows = stage.append(12).await;
    stage.publish(&rows[2..]).await;
    let mut reader = Reader::at(&stage, 0);
    reader.read_to(12).await;
    assert!(reader.streamed.is_empty());
}

#[tokio::test]
async fn a_message_that_is_not_the_event_of_the_log_is_not_applied() {
    let changes: [(&str, Change); 6] = [
        ("no position", |map| drop_header(map, "ce-sequence")),
        ("no hash", |map| drop_header(map, "ce-contenthash")),
        ("another hash", |map| {
            map.insert("ce-contenthash", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        }),
        ("another event", |map| {
            map.insert("ce-id", "00000000-0000-0000-0000-000000000001");
        }),
        ("no number", |map| {
            map.insert("ce-streamversion", "seven");
        }),
        ("unknown tenant", |map| {
            map.insert("ce-tenantid", "nobody");
        }),
    ];
    let mut stage = Stage::set().await;
    let root = stage.nats.root().await;
    let mut reader = Reader::at(&stage, 0);
    for (what, change) in changes {
        let rows: Vec<Recorded> = stage.append(3).await;
        publisher::publish(&root, &rows[..1]).await;
        publisher::publish_as(&root, &rows[1], change).await;
        publisher::publish(&root, &rows[2..]).await;
        reader.read_to(rows[2].position).await;
        assert!(!reader.streamed.contains(&rows[1].position), "{what}");
    }
    comes_back(&mut stage, &mut reader).await;
}

fn drop_header(map: &mut HeaderMap, name: &str) {
    let kept: Vec<_> = map.iter().map(|(key, values)| (key.clone(), values.to_vec())).collect();
    *map = HeaderMap::new();
    for (key, values) in kept.into_iter().filter(|(key, _)| key.to_string() != name) {
        map.insert(key, values[0].clone());
    }
}
