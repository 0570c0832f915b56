//! What every test stands on: a log, a NATS server, relays between them, and the comparison of both.

use std::time::Duration;

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Info;
use command_service::relay::{Pumped, Relay, Settings, encode, stream_name};
use event_store::testing::TestDatabase;
use event_store::verify::verify;
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

    /// From now on every claim of the relay's lease succeeds.
    pub async fn remove_the_lease(&self) {
        sqlx::raw_sql(
            "CREATE FUNCTION public.no_lease() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.lease_until := '-infinity'; RETURN NEW; END $$;
         CREATE TRIGGER no_lease BEFORE INSERT OR UPDATE ON es_ops.relay
           FOR EACH ROW EXECUTE FUNCTION public.no_lease();",
        )
        .execute(self.database.owner())
        .await
        .unwrap();
    }

    /// Ten events in the stream and five behind them in the log; the relay that published has died with its lease, and the
    /// time of that has gone by. Answers the one that stood by.
    pub async fn an_orphaned_stream(&self) -> Relay {
        let (mut dying, mut heir) = (self.relay(), self.relay());
        self.append("demo", 10).await;
        drain(&mut dying, 10).await;
        assert!(matches!(heir.pump().await, Pumped::Standby));
        self.append("demo", 5).await;
        drop(dying);
        sqlx::query("UPDATE es_ops.relay SET lease_until = now()")
            .execute(self.database.owner())
            .await
            .unwrap();
        heir
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

    /// Every message the stream holds, in order; none where one is missing.
    async fn messages(&self) -> Vec<Option<StreamMessage>> {
        let stream = self.nats.root().await.get_stream(stream_name(1)).await.unwrap();
        let state = &stream.cached_info().state;
        let fetch = |sequence| {
            let stream = &stream;
            // as stored: a direct get adds headers of its own
            async move { stream.get_raw_message(sequence).await.ok() }
        };
        stream::iter(state.first_sequence..=state.last_sequence)
            .map(fetch)
            .buffered(64)
            .collect()
            .await
    }

    /// The log keeps its promises, and the stream holds exactly the log from `first` on: sequence = position, equal
    /// bytes.
    pub async fn assert_stream_equals_log_from(&self, first: i64) {
        verify(&self.store).await.unwrap();
        assert_eq!(self.stream_differs_from(first).await, None);
    }

    /// The first thing in which the stream is not the log from `first` on.
    pub async fn stream_differs_from(&self, first: i64) -> Option<String> {
        let messages = self.messages().await;
        let mut rows = Vec::new();
        let mut after = first - 1;
        loop {
            let page = self.store.read_after(after, 1_000).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.position;
            rows.extend(page);
        }
        for (message, row) in messages.iter().zip(&rows) {
            let (Some(message), expected) = (message, encode(row).unwrap()) else {
                return Some(format!("position {}: is missing", row.position));
            };
            let same = i64::try_from(message.sequence) == Ok(row.position)
                && message.subject.as_str() == expected.subject
                && message.payload == expected.payload
                && message.headers == expected.headers;
            if !same {
                return Some(format!("position {}: is another message", row.position));
            }
        }
        let (found, wanted) = (messages.len(), rows.len());
        (found != wanted).then(|| format!("{found} messages of {wanted} events"))
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
