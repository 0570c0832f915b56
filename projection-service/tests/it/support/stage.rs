//! A test's own log, stream and read side.

use std::sync::Arc;

use event_store::testing::TestDatabase;
use event_store::{EventStore, Group, Outcome, StreamAppend};
use events::{Aggregate, NewEvent, Recorded, StreamName, TenantSlug};
use projection_service::config::Pace;
use projection_service::{App, Config};
use read_models::ReadModel;
use service_runtime::Clock;
use service_runtime::auth::{DevelopmentIssuer, JwksSource};
use service_runtime::config::Secret;
use service_runtime::ids::new_id;
use sqlx::{PgConnection, PgPool};

use super::nats_server::NatsServer;
use super::publisher;
use super::tally::{self, Rows, Tally};

pub const ISSUER: &str = "https://salgslogg.test";
pub const AUDIENCE: &str = "salgslogg";

pub struct Stage {
    pub database: TestDatabase,
    pub nats: NatsServer,
    pub store: EventStore,
    pub issuer: DevelopmentIssuer,
    versions: std::collections::HashMap<u128, i64>,
}

impl Stage {
    /// An empty log, an empty stream, the tally and the product's read models at position 0.
    pub async fn set() -> Self {
        let tally = async |mut on: PgConnection| {
            read_models::schema::migrate(&mut on).await.unwrap();
            sqlx::query("SET ROLE es_owner").execute(&mut on).await.unwrap();
            read_models::schema::begin_generation(&mut on, &Tally, 1, "live").await.unwrap();
        };
        let database = TestDatabase::prepared("tally", tally).await;
        // the privilege to make more generations
        read_models::schema::migrate(&mut database.superuser().await).await.unwrap();
        let nats = NatsServer::start().await;
        publisher::create_stream(&nats.root().await, 1).await;
        let store = database.store();
        let issuer = DevelopmentIssuer::from_seed([9; 32], ISSUER, AUDIENCE);
        Self { database, nats, store, issuer, versions: std::collections::HashMap::new() }
    }

    pub fn config(&self) -> Config {
        let projector = || Secret::new(self.database.url_for("salgslogg_projector"));
        Config {
            listen: "127.0.0.1:0".into(),
            log_id: 1,
            log_url: projector(),
            read_url: projector(),
            query_url: Secret::new(self.database.url_for("salgslogg_query")),
            nats_url: Secret::new(self.nats.url_for("projection")),
            jwks: JwksSource::Inline(self.issuer.jwks()),
            jwt_issuer: ISSUER.into(),
            jwt_audience: AUDIENCE.into(),
            cors_origins: vec!["https://app.example".into()],
            query_connections: 4,
            standings_mib: 64,
            pace: Pace { projection_poll_ms: 200, ..Pace::default() },
        }
    }

    /// A process that feeds the tally.
    pub async fn tallying(&self) -> App {
        self.running(self.config(), vec![Arc::new(Tally)]).await
    }

    /// A process with these lanes.
    pub async fn running(&self, config: Config, models: Vec<Arc<dyn ReadModel>>) -> App {
        App::connect_with(config, Clock::system(), models).await.unwrap()
    }

    /// The superuser's pool, for what no product role may do.
    pub fn owner(&self) -> &PgPool {
        self.database.owner()
    }

    /// Appends `count` events in turn to seven streams; answers the rows.
    pub async fn append(&mut self, count: usize) -> Vec<Recorded> {
        let payloads = (0..count).map(|_| b"{}".to_vec()).collect();
        self.append_payloads(payloads).await
    }

    /// Appends one event per payload.
    pub async fn append_payloads(&mut self, payloads: Vec<Vec<u8>>) -> Vec<Recorded> {
        let before = self.store.head().await.unwrap();
        let count = i64::try_from(payloads.len()).unwrap();
        let mut groups = Vec::new();
        for (n, payload) in payloads.into_iter().enumerate() {
            groups.push(self.group(u128::try_from(n % 7).unwrap(), payload));
        }
        for groups in groups.chunks(500) {
            for outcome in self.store.append(new_id(), groups).await.unwrap() {
                assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
            }
        }
        self.store.read_after(before, count).await.unwrap()
    }

    fn group(&mut self, stream: u128, payload: Vec<u8>) -> Group {
        let version = self.versions.entry(stream).or_default();
        let expected = *version;
        *version += 1;
        let stream = StreamName::new(Aggregate::Sale, uuid::Uuid::from_u128(stream).to_string());
        let meta = format!(r#"{{"stream":"{stream}","actor":"ola"}}"#).into_bytes();
        let event = NewEvent {
            event_id: new_id(),
            event_type: "sale.completed",
            schema_version: 1,
            payload,
            meta,
        };
        let appends = vec![StreamAppend { stream, expected, events: vec![event] }];
        let tenant = TenantSlug::parse("demo").unwrap();
        Group { tenant, receipt: None, effective_at: None, appends }
    }

    /// Publishes rows as the relay does.
    pub async fn publish(&self, rows: &[Recorded]) {
        publisher::publish(&self.nats.root().await, rows).await;
    }

    /// What the tally holds.
    pub async fn rows(&self) -> Rows {
        tally::rows(self.owner()).await
    }

    /// What it must hold: the log counted here, in order.
    pub async fn expected(&self) -> Rows {
        let folded = sqlx::query_as(
            "WITH RECURSIVE chain AS (
               SELECT stream_id, stream_version, md5(event_id::text) AS digest FROM es.event WHERE stream_version = 1
               UNION ALL
               SELECT e.stream_id, e.stream_version, md5(c.digest || e.event_id::text)
                 FROM chain c JOIN es.event e ON e.stream_id = c.stream_id AND e.stream_version = c.stream_version + 1)
             SELECT DISTINCT ON (stream_id) stream_id, stream_version, stream_version, digest
               FROM chain ORDER BY stream_id, stream_version DESC",
        );
        folded.fetch_all(self.owner()).await.unwrap()
    }

    /// The tally's checkpoint.
    pub async fn checkpoint(&self) -> i64 {
        let text = "SELECT COALESCE((SELECT position FROM es_ops.projection_part WHERE name = 'tally'), 0)";
        sqlx::query_scalar(text).fetch_one(self.owner()).await.unwrap()
    }

    /// The rest of a lease's time goes by.
    pub async fn leases_end(&self) {
        sqlx::query("UPDATE es_ops.projection_part SET lease_until = '-infinity'")
            .execute(self.owner())
            .await
            .unwrap();
    }

    /// Every event counted once and in order, rows and checkpoint at the head.
    pub async fn assert_complete(&self) {
        assert_eq!(self.rows().await, self.expected().await);
        assert_eq!(self.checkpoint().await, self.store.head().await.unwrap());
    }
}
