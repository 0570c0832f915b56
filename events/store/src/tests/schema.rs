//! Migrating forward, and refusing to start on tables of another program.

use super::*;
use crate::schema::{SchemaError, check, migrate};
use crate::testing::TestDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrating_twice_and_by_two_at_once_is_migrating_once() {
    let database = TestDatabase::create_empty().await;
    let (mut left, mut right) = (database.superuser().await, database.superuser().await);
    let (a, b) = tokio::join!(migrate(&mut left), migrate(&mut right));
    a.unwrap();
    b.unwrap();
    migrate(&mut left).await.unwrap();
    check(database.store().pool()).await.unwrap();
    let who: String =
        sqlx::query_scalar("SELECT current_user::text").fetch_one(&mut left).await.unwrap();
    assert_ne!(who, "es_owner", "the role is given back");
}

#[tokio::test]
async fn an_operator_who_is_no_superuser_may_migrate() {
    let database = TestDatabase::create_empty().await;
    let url = database.url_for("salgslogg_operator");
    let mut operator = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    assert!(migrate(&mut operator).await.is_err(), "without CREATE on the database");
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
    let grant = format!("GRANT CREATE ON DATABASE {name} TO salgslogg_operator");
    sqlx::raw_sql(sqlx::AssertSqlSafe(grant)).execute(database.owner()).await.unwrap();
    migrate(&mut operator).await.unwrap();
    let store = database.store();
    crate::partitions::ensure(&store).await.unwrap();
    assert_eq!(
        append(&store, one(sale(1), 0, vec![registered()])).await,
        appended(&[1], 1, 1, Some(1001))
    );
}

#[tokio::test]
async fn a_program_refuses_tables_it_was_not_built_for() {
    let database = TestDatabase::create_empty().await;
    let pool = database.store().pool().clone();
    assert!(matches!(check(&pool).await, Err(SchemaError::Absent)));
    migrate(&mut database.superuser().await).await.unwrap();
    for login in
        ["salgslogg_command", "salgslogg_projector", "salgslogg_query", "salgslogg_auditor"]
    {
        check(&crate::connect(&database.url_for(login), 1).unwrap()).await.unwrap();
    }
    let known = sqlx::query_scalar::<_, i64>("SELECT max(version) FROM es._migration")
        .fetch_one(database.owner())
        .await
        .unwrap();
    let change = async |statement: &'static str| {
        sqlx::raw_sql(statement).execute(database.owner()).await.unwrap();
        let told = check(&pool).await.unwrap_err().to_string();
        (told, migrate(&mut database.superuser().await).await.map_err(|error| error.to_string()))
    };
    let newer = format!(
        "the event log is at migration 99 and this program knows {known}; start the release that migrated it, \
         or a newer one"
    );
    let told = change("INSERT INTO es._migration SELECT 99, description, installed_on, success, checksum, 0 FROM es._migration WHERE version = 1").await;
    assert_eq!(told, (newer.clone(), Err(newer)), "an older program does not migrate a newer log");
    let edited =
        "migration 2 of the event log is not the one this program was built with".to_owned();
    let told = change("DELETE FROM es._migration WHERE version = 99; UPDATE es._migration SET checksum = 'x' WHERE version = 2").await;
    assert_eq!(told, (edited.clone(), Err(edited)));
    let told = change("DELETE FROM es._migration WHERE version = 2").await;
    assert_eq!(
        told.0,
        format!(
            "the event log is at migration 1 and this program needs {known}; run `salgslogg migrate` first"
        )
    );
    assert!(told.1.is_err(), "what ran already does not run again");
}

#[tokio::test]
async fn who_may_not_create_roles_is_told_which_to_create() {
    let missing = vec!["es_owner".to_owned(), "es_read".to_owned()];
    let told = crate::roles::RoleError::NotAllowed { missing }.to_string();
    assert_eq!(
        told,
        "the login may not create roles; let an administrator run: \
         CREATE ROLE es_owner NOLOGIN; CREATE ROLE es_read NOLOGIN;"
    );
    // where all exist there is nothing to be allowed
    let database = TestDatabase::create_empty().await;
    let url = database.url_for("salgslogg_auditor");
    let mut auditor = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    crate::roles::ensure_roles(&mut auditor).await.unwrap();
}
