//! eventually with eventually-postgres: `Repository::get` and `add`, `Projection` over `stream_all`. Both run on
//! the tokio of their time, so this peer has a runtime of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use eventually::store::{EventStore as _, Expected, Persisted, Select};
use eventually::{Aggregate, AggregateRootBuilder, Projection, Repository};
use eventually_postgres::{Error as StoreError, EventStore, EventStoreBuilder};
use futures::StreamExt;
use futures::future::BoxFuture;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

use crate::load::{Measured, RETRIES_MAX, Store, client, rate, sum};
use crate::sale::{Event, Refused, Sale, Step};
use crate::view;

type Events = EventStore<String, Event>;

/// The aggregate; its state is [`Sale`].
#[derive(Debug, Clone)]
struct Sales;

/// A command with the sale it is for.
#[derive(Debug)]
struct Order(Uuid, Step);

impl Aggregate for Sales {
    type Id = String;
    type State = Sale;
    type Event = Event;
    type Command = Order;
    type Error = Refused;

    fn apply(mut state: Sale, event: Event) -> Result<Sale, Refused> {
        state.apply(event.kind);
        Ok(state)
    }

    fn handle<'a, 's: 'a>(
        &'a self,
        _: &'s String,
        state: &'s Sale,
        Order(sale, step): Order,
    ) -> BoxFuture<'a, Result<Option<Vec<Event>>, Refused>> {
        Box::pin(async move { Ok(Some(vec![Event::new(sale, state.decide(step)?, true)])) })
    }
}

/// One client's repository; several share a connection where the pool is smaller than they are many.
#[derive(Clone)]
struct Peer(Repository<Sales, Events>);

impl Store for Peer {
    async fn execute(&mut self, sale: Uuid, step: Step) -> anyhow::Result<u64> {
        for tried in 0..RETRIES_MAX {
            let mut root =
                self.0.get(sale.to_string()).await.map_err(|error| anyhow!("{error}"))?;
            root.handle(Order(sale, step)).await?;
            match self.0.add(root).await {
                Ok(_) => return Ok(tried),
                Err(eventually::repository::Error::Store(StoreError::Postgres(error)))
                    if error.code().is_some() => {}
                Err(error) => return Err(anyhow!("{error}")),
            }
        }
        Err(anyhow!("a command was tried {RETRIES_MAX} times"))
    }
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        // its end is seen by whoever uses the client
        let _ = connection.await;
    });
    Ok(client)
}

async fn events(url: &str) -> anyhow::Result<Events> {
    let mut client = connect(url).await?;
    let migrated = EventStoreBuilder::migrate_database(&mut client).await?;
    Ok(migrated.builder(Arc::new(client)).build("sale").await?)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new()
        .threaded_scheduler()
        .enable_all()
        .build()
        .context("the old runtime")
}

/// `clients` clients over `pool` connections.
pub fn commands(url: &str, clients: usize, seconds: u64, pool: usize) -> anyhow::Result<Measured> {
    runtime()?.block_on(async {
        let mut stores = Vec::new();
        for _ in 0..pool.min(clients) {
            stores.push(events(url).await?);
        }
        let start = Instant::now();
        let time = Duration::from_secs(seconds);
        let tasks: Vec<_> = stores
            .iter()
            .cycle()
            .take(clients)
            .map(|store| Peer(Repository::new(AggregateRootBuilder::from(Sales), store.clone())))
            .map(|peer| tokio::spawn(client(peer, start, time)))
            .collect();
        let mut seen = Vec::new();
        for task in tasks {
            seen.push(task.await??);
        }
        Ok(sum(seen, start.elapsed()))
    })
}

/// Upserts each event.
struct Upsert(Client, Statement);

impl Projection for Upsert {
    type SourceId = String;
    type Event = Event;
    type Error = anyhow::Error;

    fn project(&mut self, event: Persisted<String, Event>) -> BoxFuture<'_, anyhow::Result<()>> {
        Box::pin(async move {
            let event = event.take();
            let (stage, closed) = view::row(event.kind);
            let sale = event.sale.to_string();
            self.0.execute(&self.1, &[&sale, &stage, &closed]).await?;
            Ok(())
        })
    }
}

/// Writes whole lives, then projects them one by one.
pub fn project(url: &str, sales: usize) -> anyhow::Result<Measured> {
    runtime()?.block_on(async {
        let mut store = events(url).await?;
        for _ in 0..sales {
            let sale = Uuid::new_v4();
            let life = Event::life(sale, true)?;
            store.append(sale.to_string(), Expected::Exact(0), life).await?;
        }
        let client = connect(url).await?;
        client.batch_execute(view::TABLE).await?;
        let sql = view::UPSERT.replace("$1", "$1::text::uuid");
        let statement = client.prepare(&sql).await?;
        let mut projection = Upsert(client, statement);
        let start = Instant::now();
        let mut stream = store.stream_all(Select::All).await?;
        let mut handled = 0;
        while let Some(event) = stream.next().await {
            projection.project(event?).await?;
            handled += 1;
        }
        anyhow::ensure!(handled == sales * 7, "{handled} of {} events", sales * 7);
        Ok(rate(handled, start))
    })
}
