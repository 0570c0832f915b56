//! From the command through NATS to the answer: what the relay writes is what the projection reads.

use command_service::relay::{Pumped, encode};
use projection_service::wire::decode;
use serde_json::json;
use system_tests::{Fixture, World};

#[tokio::test]
async fn every_message_of_the_relay_reads_back_as_its_row() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-10T09:00:00Z", "Ærlig æøå 100 %", json!({})).await;
    fixture
        .on(&world, &sale, "stall", json!({"reopen_date": "2026-09-01", "reason": "budget"}))
        .await;

    let rows = world.store().read_after(0, 1_000).await.unwrap();
    assert_eq!(i64::try_from(rows.len()).unwrap(), world.head().await);
    for row in rows {
        let message = encode(&row).unwrap();
        assert_eq!(decode(&message.headers, &message.payload, row.tenant_id).unwrap(), row);
    }
}

#[tokio::test]
async fn a_sale_registered_while_the_projection_follows_the_stream_is_seen() {
    let world = World::with_nats().await;
    let fixture = Fixture::set_up(&world).await;
    let mut relay = world.command.relay().unwrap().unwrap();
    for title in ["First", "Second", "Third"] {
        let sale = fixture.sale(&world, "2026-03-10T09:00:00Z", title, json!({})).await;
        let pumped = relay.pump().await;
        let head = world.head().await;
        assert!(matches!(pumped, Pumped::UpTo(position) if position == head), "{pumped:?}");
        let card =
            world.get(&fixture.importer, &format!("/v1/sales/{sale}")).await.expect(200).json();
        assert_eq!((&card["title"], &card["position"]), (&json!(title), &json!(head)));
    }
    relay.release().await.unwrap();
}
