//! disintegrate with disintegrate-postgres: `DecisionMaker::make`, `PgEventListener`.

use std::time::{Duration, Instant};

use anyhow::anyhow;
use async_trait::async_trait;
use disintegrate::serde::json::Json;
use disintegrate::{
    Decision, Event, EventListener, EventStore, NoSnapshot, PersistedEvent, StateMutate,
    StateQuery, StreamQuery, query,
};
use disintegrate_postgres::{
    Error, PgDecisionMaker, PgEventId, PgEventListener, PgEventListenerConfig, PgEventStore,
    decision_maker,
};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::load::{Measured, RETRIES_MAX, Store, rate};
use crate::sale::{self, Kind, Refused, Sale, Step};
use crate::view;

/// SQLSTATEs of a transaction that lost against another one.
const LOST: [&str; 2] = ["40001", "40P01"];

/// The event as this library wants it: an enum with its identifiers marked.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
pub enum Told {
    /// One event of a sale.
    Sale {
        /// Which sale.
        #[id]
        sale_id: Uuid,
        /// What happened, with metadata.
        event: sale::Event,
    },
}

/// The state a decision rests on.
#[derive(Debug, Clone, Default, StateQuery, Serialize, Deserialize)]
#[state_query(Told)]
pub struct Known {
    #[id]
    sale_id: Uuid,
    sale: Sale,
}

impl StateMutate for Known {
    fn mutate(&mut self, Told::Sale { event, .. }: Told) {
        self.sale.apply(event.kind);
    }
}

/// A command and the sale it is for.
#[derive(Debug)]
struct Order(Uuid, Step);

impl Decision for Order {
    type Event = Told;
    type StateQuery = Known;
    type Error = Refused;

    fn state_query(&self) -> Known {
        Known { sale_id: self.0, sale: Sale::default() }
    }

    fn process(&self, known: &Known) -> Result<Vec<Told>, Refused> {
        Ok(vec![told(self.0, known.sale.decide(self.1)?)])
    }
}

fn told(sale_id: Uuid, kind: Kind) -> Told {
    Told::Sale { sale_id, event: sale::Event::new(sale_id, kind, true) }
}

type Log = PgEventStore<Told, Json<Told>>;

/// The decision maker, shared by the clients.
#[derive(Clone)]
pub struct Disintegrate(PgDecisionMaker<Told, Json<Told>, NoSnapshot>);

impl Disintegrate {
    /// Over a pool.
    pub async fn new(pool: PgPool) -> anyhow::Result<Self> {
        Ok(Self(decision_maker(log(pool).await?, NoSnapshot)))
    }
}

async fn log(pool: PgPool) -> anyhow::Result<Log> {
    Ok(PgEventStore::try_new(pool, Json::<Told>::default()).await?)
}

impl Store for Disintegrate {
    async fn execute(&mut self, sale: Uuid, step: Step) -> anyhow::Result<u64> {
        for tried in 0..RETRIES_MAX {
            match self.0.make(Order(sale, step)).await {
                Ok(_) => return Ok(tried),
                // a state is loaded up to the oldest append still under way, on whatever stream: the sale's own last
                // event may be missing, and the decision refuses what is allowed
                Err(disintegrate::DecisionError::Domain(Refused(_))) => {}
                Err(disintegrate::DecisionError::StateStore(error))
                    if error.downcast_ref().is_some_and(lost) => {}
                Err(error) => return Err(anyhow!("{error}")),
            }
        }
        Err(anyhow!("a command was tried {RETRIES_MAX} times"))
    }
}

fn lost(error: &Error) -> bool {
    match error {
        Error::Concurrency => true,
        Error::Database(sqlx::Error::Database(error)) => {
            error.code().is_some_and(|code| LOST.contains(&code.as_ref()))
        }
        _ => false,
    }
}

/// Writes whole lives, each in one commit.
pub async fn fill(pool: &PgPool, sales: usize) -> anyhow::Result<()> {
    let log = log(pool.clone()).await?;
    for _ in 0..sales {
        let sale = Uuid::new_v4();
        let life = sale::Event::life(sale, true)?;
        let life = life.into_iter().map(|event| Told::Sale { sale_id: sale, event }).collect();
        log.append_without_validation(life).await?;
    }
    Ok(())
}

/// A listener that upserts each event and says so.
struct Upsert {
    query: StreamQuery<PgEventId, Told>,
    pool: PgPool,
    done: mpsc::UnboundedSender<()>,
}

#[async_trait]
impl EventListener<PgEventId, Told> for Upsert {
    type Error = sqlx::Error;

    fn id(&self) -> &'static str {
        "peer_view"
    }

    fn query(&self) -> &StreamQuery<PgEventId, Told> {
        &self.query
    }

    async fn handle(&self, event: PersistedEvent<PgEventId, Told>) -> Result<(), sqlx::Error> {
        let Told::Sale { event, .. } = event.into_inner();
        view::upsert(&self.pool, &event).await?;
        let _ = self.done.send(());
        Ok(())
    }
}

/// Lets a new listener follow the log to its end.
pub async fn listen(pool: &PgPool, sales: usize) -> anyhow::Result<Measured> {
    view::empty(pool).await?;
    sqlx::query("DROP TABLE IF EXISTS event_listener").execute(pool).await?;
    let (done, mut handled) = mpsc::unbounded_channel();
    let upsert = Upsert { query: query!(Told), pool: pool.clone(), done };
    let events = sales * 7;
    let start = Instant::now();
    let (all, stop) = tokio::sync::oneshot::channel();
    let watch = tokio::spawn(async move {
        for _ in 0..events {
            handled.recv().await;
        }
        let measured = rate(events, start);
        let _ = all.send(());
        measured
    });
    PgEventListener::builder(log(pool.clone()).await?)
        .register_listener(upsert, PgEventListenerConfig::poller(Duration::from_millis(20)))
        .start_with_shutdown(async move {
            let _ = stop.await;
        })
        .await?;
    let measured = watch.await?;
    view::whole(pool, sales).await?;
    Ok(measured)
}
