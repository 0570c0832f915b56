//! What every test stands on: a log, a NATS server, relays between them, and the comparison of both.

use std::time::Duration;

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Info;
use command_service::relay::{Pumped, Relay, Settings, encode, stream_name};
use event_store::testing::TestDatabase;
use event_store::{EventStore, Group, Outcome, StreamAppend};
use events::{Event, Metadata, NewEvent, SaleEvent, SaleId, TenantSlug, Title};
use futures::{StreamExt, stream};
use service_runtime::ids::new_id;

use crate::nats::NatsServer;

/// Events of one group.
const GROUP: usize = 50;

pub struct World {
    pub database: TestDatabase,
    pub store: EventStore,
    pub nats: NatsServer,
}

impl World {
    pub async fn new() -> Self {
        let (database, nats) = tokio::join!(TestDatabase::create(), NatsServer::start());
        let store = database.store();
        Self { database, store, nats }
    }

    /// A relay with the rights of a real one and little patience.
    pub fn relay(&self) -> Relay {
        Relay::new(self.store.clone(), self.nats.relay(), settings())
    }

    pub fn relay_with(&self, settings: Settings) -> Relay {
        Relay::new(self.store.clone(), self.nats.relay(), settings)
    }

    /// Appends `count` events of one tenant.
    pub async fn append(&self, slug: &str, count: usize) {
        let mut left = count;
        let mut groups = Vec::new();
        while left > 0 {
            let size = left.min(GROUP);
            groups.push(group(&TenantSlug::parse(slug).unwrap(), size));
            left -= size;
        }
        for batch in groups.chunks(40) {
            for outcome in self.store.append(new_id(), batch).await.unwrap() {
                assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
            }
        }
    }

    pub async fn stream(&self) -> Info {
        let stream = self.nats.root().await.get_stream(stream_name(1)).await.unwrap();
        stream.cached_info().clone()
    }

    /// Every message the stream holds, in order.
    pub async fn messages(&self) -> Vec<StreamMessage> {
        let stream = self.nats.root().await.get_stream(stream_name(1)).await.unwrap();
        let state = &stream.cached_info().state;
        let fetch = |sequence| {
            let stream = &stream;
            // as stored: a direct get adds headers of its own
            async move { stream.get_raw_message(sequence).await.unwrap() }
        };
        stream::iter(state.first_sequence..=state.last_sequence)
            .map(fetch)
            .buffered(64)
            .collect()
            .await
    }

    /// The stream holds exactly the log from `first` on: sequence = position, equal bytes.
    pub async fn assert_stream_equals_log_from(&self, first: i64) {
        let messages = self.messages().await;
        let mut rows = Vec::new();
        let mut after = first - 1;
        loop {
            let page = self.store.read_after(after, 1_000).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.position;
            rows.extend(page);
        }
        assert_eq!(messages.len(), rows.len(), "messages and events");
        for (message, row) in messages.iter().zip(&rows) {
            let expected = encode(row).unwrap();
            assert_eq!(i64::try_from(message.sequence), Ok(row.position));
            assert_eq!(message.subject.as_str(), expected.subject);
            assert_eq!(message.payload, expected.payload);
            assert_eq!(message.headers, expected.headers);
        }
    }
}

pub fn settings() -> Settings {
    Settings {
        answer_timeout: Duration::from_millis(400),
        tenants: vec![TenantSlug::parse("demo").unwrap()],
        ..Settings::default()
    }
}

/// Steps until the whole log is published; interruptions are what a relay lives through.
pub async fn drain(relay: &mut Relay, head: i64) {
    let mut last = None;
    for _ in 0..50 {
        match relay.pump().await {
            Pumped::UpTo(position) if position >= head => return,
            other => last = Some(other),
        }
    }
    panic!("not drained: {last:?}");
}

fn group(tenant: &TenantSlug, size: usize) -> Group {
    let sale = SaleId(new_id());
    let metadata = Metadata {
        stream: sale.stream().to_string(),
        actor: "ola æ".into(),
        command: Some("EditSale".into()),
        correlation: Some(new_id()),
        causation: None,
        traceparent: None,
    };
    let event = |number: usize| {
        let title = Title::parse(&format!("title {number} \"é\"")).unwrap();
        NewEvent::new(new_id(), &Event::Sale(SaleEvent::TitleChanged { title }), &metadata)
    };
    let append =
        StreamAppend { stream: sale.stream(), expected: 0, events: (0..size).map(event).collect() };
    Group { tenant: tenant.clone(), receipt: None, effective_at: None, appends: vec![append] }
}
