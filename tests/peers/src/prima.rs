//! esrs: `AggregateManager::load` and `handle_command`, `PgRebuilder`.

use std::time::Instant;

use anyhow::anyhow;
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::manager::AggregateManager;
use esrs::rebuilder::{PgRebuilder, Rebuilder};
use esrs::store::postgres::{PgStore, PgStoreBuilder, PgStoreError};
use esrs::store::{EventStore, StoreEvent};
use esrs::{Aggregate, AggregateState};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::load::{Measured, RETRIES_MAX, Store, rate};
use crate::sale::{Event, Refused, Sale, Step};
use crate::view;

/// SQLSTATE of a version that is taken.
const TAKEN: &str = "23505";

/// The aggregate; its state is [`Sale`].
pub struct Sales;

impl Aggregate for Sales {
    const NAME: &'static str = "sale";
    type State = Sale;
    type Command = (Uuid, Step);
    type Event = Event;
    type Error = Refused;

    fn handle_command(state: &Sale, (sale, step): (Uuid, Step)) -> Result<Vec<Event>, Refused> {
        Ok(vec![Event::new(sale, state.decide(step)?, true)])
    }

    fn apply_event(mut state: Sale, event: Event) -> Sale {
        state.apply(event.kind);
        state
    }
}

/// The store; a manager is made for each command, which costs nothing.
#[derive(Clone)]
pub struct Prima(PgStore<Sales>);

impl Prima {
    /// Over a pool.
    pub async fn new(pool: PgPool) -> anyhow::Result<Self> {
        Ok(Self(PgStoreBuilder::new(pool).try_build().await?))
    }
}

impl Store for Prima {
    async fn execute(&mut self, sale: Uuid, step: Step) -> anyhow::Result<u64> {
        let manager = AggregateManager::new(self.0.clone());
        for tried in 0..RETRIES_MAX {
            let state = manager.load(sale).await?.unwrap_or_else(|| AggregateState::with_id(sale));
            match manager.handle_command(state, (sale, step)).await {
                Ok(decided) => {
                    decided?;
                    return Ok(tried);
                }
                Err(PgStoreError::Sqlx(sqlx::Error::Database(error)))
                    if error.code().as_deref() == Some(TAKEN) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(anyhow!("a command was tried {RETRIES_MAX} times"))
    }
}

/// Writes whole lives, each in one commit.
pub async fn fill(pool: &PgPool, sales: usize) -> anyhow::Result<()> {
    let store = Prima::new(pool.clone()).await?.0;
    for _ in 0..sales {
        let sale = Uuid::new_v4();
        let mut state = AggregateState::with_id(sale);
        store.persist(&mut state, Event::life(sale, true)?).await?;
    }
    Ok(())
}

/// Upserts each event inside the rebuilder's transaction.
struct Upsert;

#[async_trait]
impl TransactionalEventHandler<Sales, PgStoreError, PgConnection> for Upsert {
    async fn handle(
        &self,
        event: &StoreEvent<Event>,
        connection: &mut PgConnection,
    ) -> Result<(), PgStoreError> {
        Ok(view::upsert(connection, &event.payload).await?)
    }
}

/// How much of the log the rebuilder takes into a transaction.
#[derive(Debug, Clone, Copy)]
pub enum Piece {
    /// One aggregate.
    Aggregate,
    /// All of it, held in memory.
    All,
}

/// Rebuilds the table.
pub async fn rebuild(pool: &PgPool, sales: usize, piece: Piece) -> anyhow::Result<Measured> {
    view::empty(pool).await?;
    let rebuilder =
        PgRebuilder::<Sales>::new().with_transactional_event_handlers(vec![Box::new(Upsert)]);
    let start = Instant::now();
    match piece {
        Piece::Aggregate => rebuilder.by_aggregate_id(pool.clone()).await?,
        Piece::All => rebuilder.all_at_once(pool.clone()).await?,
    }
    let measured = rate(sales * 7, start);
    view::whole(pool, sales).await?;
    Ok(measured)
}
