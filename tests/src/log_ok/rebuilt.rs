//! Is a read model what the log makes of it? The whole log is folded from zero into a fresh generation and compared
//! with the live one, table by table, row by row; then the fresh one is rolled back.

use event_store::EventStore;
use events::Recorded;
use read_models::ReadModel;
use read_models::schema::{begin_generation, generation_schema};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use super::Contradiction;

/// No operator's generation has this number.
const FRESH: i32 = 900_000;

/// Events folded at once: not a number any lane uses.
const PAGE: i64 = 777;

/// Compares the live generation with a fresh one; answers how many rows are equal.
pub(super) async fn equals(
    store: &EventStore,
    read_side: &PgPool,
    model: &dyn ReadModel,
    head: i64,
) -> Result<i64, Contradiction> {
    let differs = |what: String| Contradiction::ReadModel { model: model.name(), what };
    let mut connection = read_side.acquire().await?;
    let mut tx = connection.begin().await?;
    let (generation, position) = live(&mut tx, store.log_id(), model.name())
        .await?
        .ok_or_else(|| differs("has no live generation, or it never began".into()))?;
    if position != head {
        return Err(differs(format!("stands at {position}, the log at {head}")));
    }
    fill(&mut tx, store, model).await?;
    let (live, fresh) =
        (generation_schema(model.name(), generation), generation_schema(model.name(), FRESH));
    let mut rows = 0;
    for table in tables(&mut tx, &fresh).await? {
        let found = difference(&mut tx, (&live, &fresh), &table).await?;
        if let Some((side, row)) = found {
            return Err(differs(format!("{table}: only {side} has {row}")));
        }
        let count = format!("SELECT count(*) FROM {live}.\"{table}\"");
        rows += sqlx::query_scalar::<_, i64>(AssertSqlSafe(count)).fetch_one(&mut *tx).await?;
    }
    tx.rollback().await?;
    Ok(rows)
}

/// Generation and checkpoint that answer questions.
async fn live(
    tx: &mut PgConnection,
    log_id: i16,
    model: &str,
) -> Result<Option<(i32, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT generation, min(part.position) FROM es_ops.projection
           JOIN es_ops.projection_part AS part USING (name, generation)
          WHERE name = $1 AND state = 'live' AND log_id = $2 GROUP BY generation",
    )
    .bind(model)
    .bind(log_id)
    .fetch_optional(tx)
    .await
}

async fn fill(
    tx: &mut PgConnection,
    store: &EventStore,
    model: &dyn ReadModel,
) -> Result<(), Contradiction> {
    begin_generation(tx, model, FRESH, "building").await?;
    sqlx::query("SELECT set_config('search_path', $1, true)")
        .bind(generation_schema(model.name(), FRESH))
        .execute(&mut *tx)
        .await?;
    let mut after = 0;
    loop {
        let page = store.read_after(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.position;
        let concerning: Vec<Recorded> =
            page.into_iter().filter(|event| model.concerns(event)).collect();
        if !concerning.is_empty() {
            model.apply(tx, &concerning).await?;
        }
    }
}

async fn tables(tx: &mut PgConnection, schema: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') ORDER BY 1",
    )
    .bind(schema)
    .fetch_all(tx)
    .await
}

/// One row that only one side has. Tables have keys, so a row repeated is a row that differs.
async fn difference(
    tx: &mut PgConnection,
    (live, fresh): (&str, &str),
    table: &str,
) -> Result<Option<(String, String)>, sqlx::Error> {
    let text = format!(
        "WITH live AS (SELECT to_jsonb(t)::text AS row FROM {live}.\"{table}\" AS t),
              fresh AS (SELECT to_jsonb(t)::text AS row FROM {fresh}.\"{table}\" AS t)
         (SELECT 'the live generation', row FROM (SELECT row FROM live EXCEPT SELECT row FROM fresh) AS a LIMIT 1)
         UNION ALL
         (SELECT 'the rebuild', row FROM (SELECT row FROM fresh EXCEPT SELECT row FROM live) AS b LIMIT 1)"
    );
    sqlx::query_as(AssertSqlSafe(text)).fetch_optional(tx).await
}
