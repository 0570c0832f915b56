//! Case 20: no role changes a row of the log, on no table and no partition, by no statement.

use sqlx::{AssertSqlSafe, PgConnection};

use super::*;
use crate::roles::GROUP_ROLES;
use crate::testing::TestDatabase;

/// Refusal by trigger, and by missing grant.
const FORBIDDEN: &str = "ES001";
const DENIED: &str = "42501";

/// SQLSTATE of a statement run under a role; none when it was allowed.
async fn refusal(connection: &mut PgConnection, role: &str, statement: &str) -> Option<String> {
    let text = format!("RESET ROLE; SET ROLE {role}");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *connection).await.unwrap();
    let text = AssertSqlSafe(statement.to_owned());
    let result = sqlx::raw_sql(text).execute(connection).await;
    let error = result.err()?;
    Some(error.as_database_error().expect("the database answered").code().unwrap().into_owned())
}

async fn log_with_rows() -> (TestDatabase, PgConnection, Vec<String>) {
    let database = TestDatabase::create_partitioned(3, 2).await;
    let store = database.store();
    for id in 1..=4 {
        append(&store, keyed(id, one(sale(id), 0, vec![registered()]))).await;
    }
    sqlx::raw_sql("INSERT INTO es.checkpoint VALUES (1, 4, '', '', now(), 'key', 'note')")
        .execute(database.owner())
        .await
        .unwrap();
    let partitions: Vec<String> = sqlx::query_scalar(
        "SELECT inhrelid::regclass::text FROM pg_inherits \
         WHERE inhparent IN ('es.event'::regclass, 'es.command'::regclass) ORDER BY 1",
    )
    .fetch_all(database.owner())
    .await
    .unwrap();
    let superuser = database.superuser().await;
    (database, superuser, partitions)
}

/// The statements that would change the log, with whether they need a row to bite on.
fn attacks(partitions: &[String]) -> Vec<String> {
    let tables = ["es.event", "es.batch", "es.tenant", "es.command", "es.checkpoint"];
    let mut all = Vec::new();
    for table in tables.into_iter().chain(partitions.iter().map(String::as_str)) {
        all.push(format!("TRUNCATE {table} CASCADE"));
        all.push(format!(
            "DO $$ BEGIN DELETE FROM {table}; IF NOT FOUND THEN RAISE no_data_found; END IF; END $$"
        ));
        all.push(format!(
            "DO $$ BEGIN UPDATE {table} SET log_id = log_id; IF NOT FOUND THEN RAISE no_data_found; END IF; END $$"
        ));
    }
    all.push(
        "MERGE INTO es.batch b USING es.stream s ON b.log_id = s.log_id WHEN MATCHED THEN DELETE"
            .into(),
    );
    all.push("INSERT INTO es.batch SELECT * FROM es.batch ON CONFLICT (log_id, last_position) DO UPDATE SET writer_id = EXCLUDED.stream_id".replace("EXCLUDED.stream_id", "EXCLUDED.writer_id"));
    all.push("TRUNCATE es.stream".into());
    all
}

#[tokio::test]
async fn case_20_every_role_is_refused_to_change_the_log() {
    let (database, mut connection, partitions) = log_with_rows().await;
    let empty = "P0002"; // no row to bite on: an empty partition, or a role that sees none
    for role in GROUP_ROLES.into_iter().chain(["NONE"]) {
        let strong = matches!(role, "es_owner" | "NONE");
        for attack in attacks(&partitions) {
            let state = refusal(&mut connection, role, &attack).await;
            let state = state.unwrap_or_else(|| panic!("{role} was allowed to: {attack}"));
            if strong {
                let on_empty_partition =
                    state == empty && partitions.iter().any(|p| attack.contains(p.as_str()));
                assert!(state == FORBIDDEN || on_empty_partition, "{role}, {state}: {attack}");
            } else {
                assert_eq!(state, DENIED, "{role}: {attack}");
            }
        }
    }
    let hit: i64 = sqlx::query_scalar("SELECT count(DISTINCT tableoid) FROM es.event")
        .fetch_one(database.owner())
        .await
        .unwrap();
    assert_eq!(hit, 2, "two partitions had rows to defend");
    assert_eq!(log_is_ok(&database.store()).await, 4);
}

#[tokio::test]
async fn replication_mode_does_not_switch_the_triggers_off() {
    let (_database, mut connection, partitions) = log_with_rows().await;
    sqlx::raw_sql("SET session_replication_role = replica").execute(&mut connection).await.unwrap();
    for table in ["es.event", "es.batch", partitions.iter().find(|p| p.contains("event")).unwrap()]
    {
        for attack in [format!("DELETE FROM {table}"), format!("TRUNCATE {table}")] {
            let state = refusal(&mut connection, "NONE", &attack).await;
            assert_eq!(state.as_deref(), Some(FORBIDDEN), "{attack}");
        }
    }
}

#[tokio::test]
async fn nobody_but_the_function_writes_the_log() {
    let (_database, mut connection, partitions) = log_with_rows().await;
    let mut writes = vec![
        "INSERT INTO es.batch SELECT * FROM es.batch".to_owned(),
        "INSERT INTO es.stream SELECT * FROM es.stream".to_owned(),
        "UPDATE es.stream SET version = 9".to_owned(),
        "DELETE FROM es.stream".to_owned(),
        "INSERT INTO es.tenant SELECT * FROM es.tenant".to_owned(),
        "INSERT INTO es.command SELECT * FROM es.command".to_owned(),
        "ALTER TABLE es.event DISABLE TRIGGER ALL".to_owned(),
        "SELECT es.add_partition('es.event', 'x', 'DEFAULT')".to_owned(),
        "DROP TABLE es.event".to_owned(),
    ];
    let tables = ["es.event".to_owned()].into_iter().chain(partitions);
    writes.extend(tables.map(|table| format!("INSERT INTO {table} SELECT * FROM {table}")));
    for role in GROUP_ROLES.into_iter().filter(|role| *role != "es_owner") {
        for write in &writes {
            let state = refusal(&mut connection, role, write).await;
            assert_eq!(state.as_deref(), Some(DENIED), "{role}: {write}");
        }
        // the function of the release before and the one of this
        for arrays in [18, 22] {
            let call =
                format!("SELECT es.append_batch(1::smallint, NULL{})", ", '{}'".repeat(arrays));
            let state = refusal(&mut connection, role, &call).await;
            assert_eq!(state.as_deref() == Some(DENIED), role != "es_append", "{role}: {state:?}");
        }
    }
}
