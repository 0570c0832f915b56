//! message-db: its SQL functions are its interface: `get_stream_messages`, `write_message`,
//! `get_category_messages`. The functions come from the npm package, as its own installer loads them.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow};
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use crate::load::{Measured, RETRIES_MAX, Store, rate};
use crate::sale::{Event, Metadata, Sale, Step};
use crate::view;

/// What the package's installer runs, in its order; roles and privileges are left out, one superuser is here.
const FILES: [&str; 19] = [
    "schema/message-store",
    "extensions/pgcrypto",
    "tables/messages",
    "types/message",
    "functions/message-store-version",
    "functions/hash-64",
    "functions/acquire-lock",
    "functions/category",
    "functions/is-category",
    "functions/id",
    "functions/cardinal-id",
    "functions/stream-version",
    "functions/write-message",
    "functions/get-stream-messages",
    "functions/get-category-messages",
    "functions/get-last-stream-message",
    "indexes/messages-id",
    "indexes/messages-stream",
    "indexes/messages-category",
];

/// The start of the message of a refused version.
const WRONG: &str = "Wrong expected version";

const READ: &str = "SELECT data FROM get_stream_messages($1, 0, 1000)";
const WRITE: &str = "SELECT write_message($1, $2, $3, $4, $5, $6)";
const PAGE: &str = "SELECT global_position, data FROM get_category_messages('sale', $1, $2)";

/// The store: a pool whose connections look into its schema.
#[derive(Clone)]
pub struct MessageDb(PgPool);

/// Loads the functions, once a database.
pub async fn install(pool: &PgPool, package: &Path) -> anyhow::Result<()> {
    let there: Option<String> =
        sqlx::query_scalar("SELECT to_regclass('message_store.messages')::text")
            .fetch_one(pool)
            .await?;
    if there.is_some() {
        return Ok(());
    }
    let mut connection = pool.acquire().await?;
    for file in FILES {
        let path = package.join("database").join(file).with_extension("sql");
        let sql = std::fs::read_to_string(&path).with_context(|| {
            format!("{} is missing: run npm ci in tests/peers/node", path.display())
        })?;
        sqlx::raw_sql(&sql).execute(&mut *connection).await.with_context(|| file.to_owned())?;
    }
    Ok(())
}

impl MessageDb {
    /// Over a pool whose search path is `message_store, public`.
    pub fn new(pool: PgPool) -> Self {
        Self(pool)
    }
}

impl Store for MessageDb {
    async fn execute(&mut self, sale: Uuid, step: Step) -> anyhow::Result<u64> {
        let stream = format!("sale-{sale}");
        for tried in 0..RETRIES_MAX {
            let mut state = Sale::default();
            let stored: Vec<String> =
                sqlx::query_scalar(READ).bind(&stream).fetch_all(&self.0).await?;
            for text in stored {
                state.apply(serde_json::from_str::<Event>(&text)?.kind);
            }
            let event = Event::new(sale, state.decide(step)?, false);
            match write(&self.0, &stream, &event, state.version - 1).await {
                Ok(()) => return Ok(tried),
                Err(sqlx::Error::Database(error)) if error.message().starts_with(WRONG) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(anyhow!("a command was tried {RETRIES_MAX} times"))
    }
}

async fn write(
    to: impl sqlx::PgExecutor<'_>,
    stream: &str,
    event: &Event,
    version: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(WRITE)
        .bind(Uuid::new_v4().to_string())
        .bind(stream)
        .bind(event.kind.name())
        .bind(Json(event))
        .bind(Json(Metadata::of_the_run()))
        .bind(version)
        .execute(to)
        .await?;
    Ok(())
}

/// Writes whole lives, each in one commit.
pub async fn fill(pool: &PgPool, sales: usize) -> anyhow::Result<()> {
    for _ in 0..sales {
        let sale = Uuid::new_v4();
        let stream = format!("sale-{sale}");
        let mut transaction = pool.begin().await?;
        for (event, version) in Event::life(sale, false)?.iter().zip(-1..) {
            write(&mut *transaction, &stream, event, version).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}

/// Reads the category in pages of `page`; each page's upserts share a transaction.
pub async fn follow(pool: &PgPool, sales: usize, page: i64) -> anyhow::Result<Measured> {
    view::empty(pool).await?;
    let start = Instant::now();
    let mut from = 1_i64;
    loop {
        let rows: Vec<(i64, String)> =
            sqlx::query_as(PAGE).bind(from).bind(page).fetch_all(pool).await?;
        let Some((last, _)) = rows.last() else { break };
        from = last + 1;
        let mut transaction = pool.begin().await?;
        for (_, text) in &rows {
            view::upsert(&mut *transaction, &serde_json::from_str(text)?).await?;
        }
        transaction.commit().await?;
    }
    let measured = rate(sales * 7, start);
    view::whole(pool, sales).await?;
    Ok(measured)
}

/// The bound: the same rows by position in pages of 1 000, decoded, written nowhere.
pub async fn paged_select(pool: &PgPool) -> anyhow::Result<Measured> {
    let start = Instant::now();
    let (mut after, mut events) = (0_i64, 0);
    loop {
        let rows: Vec<(i64, Json<Event>)> = sqlx::query_as(
            "SELECT global_position, data FROM messages WHERE global_position > $1 ORDER BY 1 LIMIT 1000",
        )
        .bind(after)
        .fetch_all(pool)
        .await?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        events += rows.len();
    }
    Ok(rate(events, start))
}
