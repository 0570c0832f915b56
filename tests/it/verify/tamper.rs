//! Row T: single bits, rows and pairs of rows changed by a superuser who switched the triggers off. Every change that the
//! database lets through is found and named by position; a consistent rewrite of everything is not, without a link of
//! the chain noted elsewhere. Both halves are asserted.

use event_store::testing::TestDatabase;
use events::TenantSlug;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use system_tests::counts;
use system_tests::generated::generate;

/// Events of the log that is tampered with.
const EVENTS: i64 = 400;

/// Columns of an event, and how one bit of each is flipped.
const COLUMNS: [(&str, &str); 14] = [
    ("previous_position", "previous_position # (1::bigint << $BIT % 20)"),
    ("tenant_id", "tenant_id # (1 << $BIT % 20)"),
    (
        "stream_id",
        "encode(set_bit(uuid_send(stream_id), $BIT % 128, 1 - get_bit(uuid_send(stream_id), $BIT % 128)), 'hex')::uuid",
    ),
    ("stream_version", "stream_version # (1::bigint << $BIT % 20)"),
    ("part", "(part # (1 << $BIT % 6))::smallint"),
    (
        "event_id",
        "encode(set_bit(uuid_send(event_id), $BIT % 128, 1 - get_bit(uuid_send(event_id), $BIT % 128)), 'hex')::uuid",
    ),
    (
        "event_type",
        "overlay(event_type PLACING chr(ascii(substr(event_type, 1 + $BIT % length(event_type), 1)) # 1) FROM 1 + $BIT % length(event_type))",
    ),
    ("schema_version", "(schema_version # (1 << $BIT % 14))::smallint"),
    (
        "recorded_at",
        "'epoch'::timestamptz + ((extract(epoch FROM recorded_at) * 1000000)::bigint # (1::bigint << $BIT % 40)) * interval '1 us'",
    ),
    ("effective_at", "recorded_at - (1 << $BIT % 30) * interval '1 us'"),
    ("number", "coalesce(number, 1001) # (1::bigint << $BIT % 8)"),
    (
        "meta",
        "set_bit(meta, $BIT % (length(meta) * 8), 1 - get_bit(meta, $BIT % (length(meta) * 8)))",
    ),
    (
        "payload",
        "set_bit(payload, $BIT % (length(payload) * 8), 1 - get_bit(payload, $BIT % (length(payload) * 8)))",
    ),
    ("content_hash", "set_bit(content_hash, $BIT % 256, 1 - get_bit(content_hash, $BIT % 256))"),
];

/// A short log, and a superuser under whom no trigger fires.
async fn log() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let demo = TenantSlug::parse("demo").unwrap();
    generate(database.owner(), &database.store(), &demo, EVENTS).await.unwrap();
    let mut superuser = database.superuser().await;
    let off = ["event", "batch", "command", "tenant"]
        .map(|table| format!("ALTER TABLE es.{table} DISABLE TRIGGER USER"));
    sqlx::raw_sql(AssertSqlSafe(off.join(";"))).execute(&mut superuser).await.unwrap();
    (database, superuser)
}

/// A number that looks random and is the same in every run.
fn mixed(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// Changes the log, judges it, changes it back; the positions that were named. None when the database refused.
async fn told(
    database: &TestDatabase,
    superuser: &mut PgConnection,
    (change, undo): (String, String),
) -> Option<Vec<i64>> {
    let changed = sqlx::raw_sql(AssertSqlSafe(change)).execute(&mut *superuser).await;
    changed.ok().filter(|changed| changed.rows_affected() > 0)?;
    let found = super::findings(&database.store()).await;
    sqlx::raw_sql(AssertSqlSafe(undo)).execute(superuser).await.unwrap();
    Some(found.kept().iter().map(|finding| finding.position).collect())
}

/// Keeps rows beside the log and gives the statement that brings them back.
async fn kept(superuser: &mut PgConnection, from: i64, to: i64) -> String {
    let keep = format!(
        "DROP TABLE IF EXISTS kept; CREATE TEMP TABLE kept AS SELECT * FROM es.event WHERE position BETWEEN {from} AND {to}"
    );
    sqlx::raw_sql(AssertSqlSafe(keep)).execute(superuser).await.unwrap();
    format!(
        "DELETE FROM es.event WHERE position BETWEEN {from} AND {to}; INSERT INTO es.event SELECT * FROM kept"
    )
}

#[tokio::test]
async fn row_t_every_flipped_bit_of_an_event_is_found_and_named() {
    let (database, mut superuser) = log().await;
    let wanted = counts::runs(42, 1_000);
    let (mut flipped, mut missed, mut n) = (0, 0, 0);
    while flipped < wanted {
        n += 1;
        let seed = mixed(n);
        let (column, flip) = COLUMNS[usize::try_from(n).unwrap() % COLUMNS.len()];
        let position = 1 + i64::try_from(seed % 400).unwrap();
        let flip = flip.replace("$BIT", &(seed >> 32).to_string());
        let undo = kept(&mut superuser, position, position).await;
        let change = format!("UPDATE es.event SET {column} = {flip} WHERE position = {position}");
        let Some(named) = told(&database, &mut superuser, (change, undo)).await else { continue };
        flipped += 1;
        if !named.contains(&position) {
            missed += 1;
            assert_eq!(missed, 0, "{column} at {position}, trial {n}: named {named:?}");
        }
    }
    counts::tell("T bits", flipped, missed, &[]);
    let found = super::findings(&database.store()).await;
    assert_eq!(found.count(), 0, "the log is as it was: {:?}", found.first());
}

#[tokio::test]
async fn row_t_every_deleted_and_every_swapped_row_is_found_and_named() {
    let (database, mut superuser) = log().await;
    let wanted = counts::runs(8, 100);
    for n in 0..wanted {
        let position = 1 + i64::try_from(mixed(n as u64) % 399).unwrap();
        let undo = kept(&mut superuser, position, position).await;
        let change = format!("DELETE FROM es.event WHERE position = {position}");
        let named = told(&database, &mut superuser, (change, undo)).await.unwrap();
        assert!(named.contains(&position), "deleted {position}, named {named:?}");

        let next = position + 1;
        let undo = kept(&mut superuser, position, next).await;
        let swap = format!(
            "UPDATE es.event SET position = 1000000 WHERE position = {position};
             UPDATE es.event SET position = {position}, previous_position = {position} - 1 WHERE position = {next};
             UPDATE es.event SET position = {next}, previous_position = {position} WHERE position = 1000000"
        );
        let named = told(&database, &mut superuser, (swap, undo)).await.unwrap();
        // two neighbours of one batch: the chain over them, at the batch's end, and their streams' rows
        let end = ((next - 1) / 100 + 1) * 100;
        assert!(
            named.iter().any(|at| (position..=end).contains(at)),
            "swapped {position}: {named:?}"
        );
    }
    counts::tell("T deletes and swaps", 2 * wanted, 0, &[]);
}

#[tokio::test]
async fn row_t_changed_rows_of_batches_streams_and_tenants_are_found() {
    let (database, mut superuser) = log().await;
    for (change, undo) in [
        (
            "UPDATE es.batch SET chain_hash = set_bit(chain_hash, 9, 1 - get_bit(chain_hash, 9)) WHERE last_position = 200",
            "UPDATE es.batch SET chain_hash = set_bit(chain_hash, 9, 1 - get_bit(chain_hash, 9)) WHERE last_position = 200",
        ),
        (
            "UPDATE es.batch SET recorded_at = recorded_at + interval '1 us' WHERE last_position = 200",
            "UPDATE es.batch SET recorded_at = recorded_at - interval '1 us' WHERE last_position = 200",
        ),
        (
            "UPDATE es.batch SET first_position = first_position + 1 WHERE last_position = 200",
            "UPDATE es.batch SET first_position = first_position - 1 WHERE last_position = 200",
        ),
        (
            "UPDATE es.stream SET version = version + 1 WHERE last_position = 200",
            "UPDATE es.stream SET version = version - 1 WHERE last_position = 200",
        ),
        (
            "UPDATE es.stream SET number = number + 100000 WHERE last_position = 200",
            "UPDATE es.stream SET number = number - 100000 WHERE last_position = 200",
        ),
        (
            "UPDATE es.stream SET aggregate = 'activity' WHERE last_position = 200",
            "UPDATE es.stream SET aggregate = 'sale' WHERE last_position = 200",
        ),
        (
            "UPDATE es.stream SET effective_at = effective_at - interval '1 us' WHERE last_position = 200",
            "UPDATE es.stream SET effective_at = effective_at + interval '1 us' WHERE last_position = 200",
        ),
        ("UPDATE es.tenant SET slug = 'demp'", "UPDATE es.tenant SET slug = 'demo'"),
    ] {
        let named = told(&database, &mut superuser, (change.into(), undo.into())).await;
        let named = named.unwrap_or_else(|| panic!("{change} was refused"));
        assert!(!named.is_empty(), "{change}");
    }
    let found = super::findings(&database.store()).await;
    assert_eq!(found.count(), 0, "the log is as it was: {:?}", found.first());
}

/// The honest half: who may rewrite all of it leaves a log that agrees with itself; a link of the chain that was noted
/// elsewhere does not agree with it.
#[tokio::test]
async fn row_t_a_consistent_rewrite_is_found_only_by_a_link_noted_elsewhere() {
    let demo = TenantSlug::parse("demo").unwrap();
    let (database, rewritten) = (TestDatabase::create().await, TestDatabase::create().await);
    generate(database.owner(), &database.store(), &demo, EVENTS).await.unwrap();
    let noted = event_store::verify::verify(&database.store()).await.unwrap().chain;
    // the same log without its last sale's events: every hash, link, row and number fits
    generate(rewritten.owner(), &rewritten.store(), &demo, EVENTS - 1).await.unwrap();
    let found = super::findings(&rewritten.store()).await;
    assert_eq!(found.count(), 0, "nothing inside can tell: {:?}", found.first());
    let link = event_store::verify::verify(&rewritten.store()).await.unwrap().chain;
    assert_ne!(noted, link, "what was noted outside tells");
    database.superuser().await.close().await.unwrap();
}
