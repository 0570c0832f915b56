//! cqrs-es with postgres-es: `CqrsFramework::execute_with_metadata`, `QueryReplay::replay_all`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::anyhow;
use async_trait::async_trait;
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{GenericQuery, PersistedEventStore, QueryReplay};
use cqrs_es::{Aggregate, AggregateError, DomainEvent, EventEnvelope, EventStore, Query, View};
use postgres_es::{PostgresCqrs, PostgresEventRepository, PostgresViewRepository, postgres_cqrs};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

use crate::load::{Measured, RETRIES_MAX, Store, rate};
use crate::sale::{Event, Metadata, Refused, Sale, Step};
use crate::view;

/// The tables postgres-es expects: events by aggregate, and a table for one generic view.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS events (aggregate_type text NOT NULL, aggregate_id text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence >= 0), event_type text NOT NULL, event_version text NOT NULL,
    payload json NOT NULL, metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence));
CREATE TABLE IF NOT EXISTS sale_view (view_id text PRIMARY KEY, version bigint NOT NULL CHECK (version >= 0),
    payload json NOT NULL);";

/// A command and the sale it is for.
#[derive(Debug)]
pub struct Order(Uuid, Step);

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.kind.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

impl Aggregate for Sale {
    const TYPE: &'static str = "sale";
    type Command = Order;
    type Event = Event;
    type Error = Refused;
    type Services = ();

    async fn handle(
        &mut self,
        Order(sale, step): Order,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refused> {
        let kind = self.decide(step)?;
        sink.write(Event::new(sale, kind, false), self).await;
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        Sale::apply(self, event.kind);
    }
}

/// The framework, shared by the clients.
#[derive(Clone)]
pub struct Cqrs(Arc<PostgresCqrs<Sale>>);

impl Cqrs {
    /// Over a pool.
    pub async fn new(pool: PgPool) -> anyhow::Result<Self> {
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        Ok(Self(Arc::new(postgres_cqrs(pool, Vec::new(), ()))))
    }
}

impl Store for Cqrs {
    async fn execute(&mut self, sale: Uuid, step: Step) -> anyhow::Result<u64> {
        let id = sale.to_string();
        for tried in 0..RETRIES_MAX {
            match self.0.execute_with_metadata(&id, Order(sale, step), metadata()).await {
                Ok(()) => return Ok(tried),
                Err(AggregateError::AggregateConflict) => {}
                Err(error) => return Err(anyhow!(error)),
            }
        }
        Err(anyhow!("a command was tried {RETRIES_MAX} times"))
    }
}

fn metadata() -> HashMap<String, String> {
    let Metadata { actor, correlation } = Metadata::of_the_run();
    HashMap::from([("actor".to_owned(), actor), ("correlation".to_owned(), correlation)])
}

/// Writes whole lives, each in one commit.
pub async fn fill(pool: &PgPool, sales: usize) -> anyhow::Result<()> {
    sqlx::raw_sql(TABLES).execute(pool).await?;
    let repository = PostgresEventRepository::new(pool.clone());
    let store = PersistedEventStore::<_, Sale>::new_event_store(repository);
    for _ in 0..sales {
        let sale = Uuid::new_v4();
        let context = store.load_aggregate(&sale.to_string()).await?;
        store.commit(Event::life(sale, false)?, context, metadata()).await?;
    }
    Ok(())
}

/// A query of our own that upserts each event.
struct Upsert(PgPool);

#[async_trait]
impl Query<Sale> for Upsert {
    async fn dispatch(&self, _: &str, events: &[EventEnvelope<Sale>]) {
        for event in events {
            // a failure leaves the table short, and `view::whole` sees it
            let _ = view::upsert(&self.0, &event.payload).await;
        }
    }
}

impl View<Sale> for Shown {
    fn update(&mut self, event: &EventEnvelope<Sale>) {
        self.0.apply(event.payload.kind);
    }
}

/// The generic view: the folded state as a document.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Shown(Sale);

/// Replays everything through a query that upserts each event.
pub async fn replay_upsert(pool: &PgPool, sales: usize) -> anyhow::Result<Measured> {
    view::empty(pool).await?;
    let start = Instant::now();
    replay(pool, Upsert(pool.clone())).await?;
    let measured = rate(sales * 7, start);
    view::whole(pool, sales).await?;
    Ok(measured)
}

/// Replays everything through the library's generic view.
pub async fn replay_generic(pool: &PgPool, sales: usize) -> anyhow::Result<Measured> {
    sqlx::query("TRUNCATE sale_view").execute(pool).await?;
    let repository = PostgresViewRepository::<Shown, Sale>::new("sale_view", pool.clone());
    let start = Instant::now();
    replay(pool, GenericQuery::new(Arc::new(repository))).await?;
    let measured = rate(sales * 7, start);
    let found: i64 = sqlx::query_scalar("SELECT count(*) FROM sale_view WHERE version = 7")
        .fetch_one(pool)
        .await?;
    anyhow::ensure!(usize::try_from(found)? == sales, "{found} of {sales} sales are whole");
    Ok(measured)
}

async fn replay<Q: Query<Sale>>(pool: &PgPool, query: Q) -> anyhow::Result<()> {
    let repository = PostgresEventRepository::new(pool.clone()).with_streaming_channel_size(1_000);
    QueryReplay::<_, Q, Sale>::new(repository, query).replay_all().await?;
    Ok(())
}
