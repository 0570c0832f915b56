//! A database as the first release left it: its migrations, generation 1 of its one read model, a log with
//! history, and a checkpoint some events behind. Owns what the first release was; never follows later ones.

use std::path::{Path, PathBuf};

use event_store::partitions;
use event_store::testing::TestDatabase;
use events::Recorded;
use events::identity::part_of;
use read_models::{ReadModel, sale::SaleModel};
use service_runtime::ids;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

/// The newest migration of the log, and of the read side.
pub const NEWEST: (i64, i64) = (4, 2);
/// `code_hash` of its read model `sale`.
pub const SALE_CODE: &str = "1-e54eb60fa4a18f8da3c74463b8d5845b";
/// What made the tables of its generations.
pub const SALE_TABLES: &str = include_str!("released/sale_1.sql");
/// So many events its projection had not applied yet.
const BEHIND: usize = 3;

/// The folder `migrations/`.
pub fn migrations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations")
}

/// A database of the first release that holds `history`.
pub async fn holding(history: &[Recorded]) -> TestDatabase {
    let database = TestDatabase::create_empty().await;
    let mut owner = database.superuser().await;
    migrate(&mut owner).await;
    append(&database, history).await;
    project(&database, &history[..history.len() - BEHIND]).await;
    database
}

async fn run(connection: &mut PgConnection, statements: &'static str) {
    sqlx::raw_sql(statements).execute(connection).await.unwrap();
}

/// What `migrate` of the first release did.
async fn migrate(owner: &mut PgConnection) {
    run(
        owner,
        "CREATE SCHEMA es AUTHORIZATION es_owner; CREATE SCHEMA es_ops AUTHORIZATION es_owner",
    )
    .await;
    run(
        owner,
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO es_owner', current_database()); END $$; \
         SET ROLE es_owner",
    )
    .await;
    let (log, read_side) = NEWEST;
    for (folder, table, newest) in [
        ("event_store", "es._migration", log),
        ("read_models", "es_ops.read_model_migration", read_side),
    ] {
        let mut migrator = Migrator::new(migrations().join(folder)).await.unwrap();
        migrator.dangerous_set_table_name(table);
        migrator.run_to(newest, &mut *owner).await.unwrap();
    }
    run(owner, "GRANT SELECT ON es_ops.read_model_migration TO es_read, es_project, es_query")
        .await;
    let mut generation = owner.begin().await.unwrap();
    sqlx::query(
        "SELECT set_config('search_path', es_ops.begin_generation('sale', 1, 'live', $1), true)",
    )
    .bind(SALE_CODE)
    .execute(&mut *generation)
    .await
    .unwrap();
    sqlx::raw_sql(SALE_TABLES).execute(&mut *generation).await.unwrap();
    generation.commit().await.unwrap();
    run(owner, "RESET ROLE").await;
}

/// Appends every event again, through the functions of that schema.
async fn append(database: &TestDatabase, history: &[Recorded]) {
    let store = database.store();
    partitions::ensure(&store).await.unwrap();
    for recorded in history {
        let stream = recorded.stream().unwrap();
        let status: i16 = sqlx::query_scalar(
            "SELECT o_status[1] FROM es.append_batch($1, $2, ARRAY[$3], ARRAY[1], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[], \
             ARRAY[NULL]::bytea[], ARRAY[$4]::timestamptz[], ARRAY[1], ARRAY[$5]::uuid[], ARRAY[$6], ARRAY[$7]::smallint[], \
             ARRAY[$8]::bigint[], ARRAY[1], ARRAY[$9]::uuid[], ARRAY[$10], ARRAY[$11]::smallint[], ARRAY[$12]::bytea[], \
             ARRAY[$13]::bytea[], ARRAY[$14]::bytea[])",
        )
        .bind(store.log_id())
        .bind(ids::new_id())
        .bind(recorded.tenant.as_str())
        .bind(recorded.effective_at)
        .bind(recorded.stream_id)
        .bind(stream.aggregate.as_str())
        .bind(part_of(&recorded.stream_id))
        .bind(recorded.version - 1)
        .bind(recorded.event_id)
        .bind(&recorded.event_type)
        .bind(recorded.schema_version)
        .bind(&recorded.meta)
        .bind(&recorded.payload)
        .bind(recorded.content_hash)
        .fetch_one(database.owner())
        .await
        .unwrap();
        assert_eq!(status, 0, "position {}", recorded.position);
    }
}

/// Fills generation 1 and moves its checkpoint.
async fn project(database: &TestDatabase, events: &[Recorded]) {
    let pool =
        PgPoolOptions::new().connect(&database.url_for("salgslogg_projector")).await.unwrap();
    let stored = database.store().read_after(0, 10_000).await.unwrap();
    let (owner, end) = (ids::new_id(), events.last().map_or(0, |last| last.position));
    let stored: Vec<_> = stored.into_iter().filter(|event| event.position <= end).collect();
    let (epoch,): (i64,) =
        sqlx::query_as("SELECT epoch FROM es_ops.claim('sale', 1, 1::smallint, $1, '{0}', '15 s')")
            .bind(owner)
            .fetch_one(&pool)
            .await
            .unwrap();
    fill(database, &stored).await;
    let mut step = pool.begin().await.unwrap();
    sqlx::query("SELECT es_ops.advance('sale', 1, 1::smallint, $1, '{0}', ARRAY[$2], '{0}', ARRAY[$3], '15 s')")
        .bind(owner)
        .bind(epoch)
        .bind(end)
        .execute(&mut *step)
        .await
        .unwrap();
    step.commit().await.unwrap();
    sqlx::query("SELECT es_ops.release('sale', 1, 1::smallint, $1)")
        .bind(owner)
        .execute(&pool)
        .await
        .unwrap();
}

/// Today's fold has more to say than the first release had columns for: its rows are made aside, and those columns taken.
const TAKEN_OVER: &str = "DO $$ DECLARE made record; BEGIN
  FOR made IN SELECT relation.relname AS name, string_agg(quote_ident(attname), ', ') AS columns
      FROM pg_class AS relation JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
     WHERE relnamespace = 'rm_sale_1'::regnamespace AND relkind = 'r' GROUP BY 1 LOOP
    EXECUTE format('INSERT INTO rm_sale_1.%1$I (%2$s) SELECT %2$s FROM of_today.%1$I', made.name, made.columns);
  END LOOP; END $$";

async fn fill(database: &TestDatabase, events: &[Recorded]) {
    let mut aside = database.superuser().await;
    run(&mut aside, "CREATE SCHEMA of_today").await;
    run(&mut aside, "SET search_path = of_today").await;
    sqlx::raw_sql(SaleModel.tables()).execute(&mut aside).await.unwrap();
    SaleModel.apply(&mut aside, events).await.unwrap();
    run(&mut aside, TAKEN_OVER).await;
    run(&mut aside, "DROP SCHEMA of_today CASCADE").await;
}
