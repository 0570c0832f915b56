//! A committed row survives everything but the deletion of its folder.

use local_stack::account;
use local_stack::pidfile::Identity;
use local_stack::postgres::{Cluster, Options};
use local_stack::toolchain;
use sqlx::{Connection, PgConnection};

use crate::{cluster_in, open_folder};

async fn write_row(cluster: &Cluster, row: i32) {
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::query("CREATE TABLE IF NOT EXISTS kept (row INT)")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("INSERT INTO kept VALUES ($1)").bind(row).execute(&mut connection).await.unwrap();
}

async fn rows(cluster: &Cluster) -> Vec<i32> {
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::query_scalar("SELECT row FROM kept ORDER BY row")
        .fetch_all(&mut connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn committed_rows_survive_stop_and_kill_on_the_same_port() {
    let folder = open_folder();
    let mut cluster = cluster_in(folder.path().join("pg")).await;
    let port = cluster.port();
    write_row(&cluster, 1).await;
    cluster.stop().await;
    cluster.start_again().await.unwrap();
    write_row(&cluster, 2).await;
    cluster.kill().await;
    cluster.start_again().await.unwrap();
    assert_eq!(rows(&cluster).await, [1, 2]);
    assert_eq!(cluster.port(), port);
}

#[tokio::test]
async fn an_orphan_is_ended_and_its_cluster_taken_over() {
    let folder = open_folder();
    let orphan = cluster_in(folder.path().join("pg")).await;
    write_row(&orphan, 1).await;
    let before = Identity::of(orphan.pid().unwrap()).unwrap();
    let heir = cluster_in(folder.path().join("pg")).await;
    assert!(!before.lives());
    assert_eq!(rows(&heir).await, [1]);
    drop(orphan);
    assert_eq!(rows(&heir).await, [1], "the forgotten owner does not touch its heir");
}

#[tokio::test]
async fn a_stale_pid_file_with_a_strangers_number_is_cleared_away() {
    let folder = open_folder();
    let mut cluster = cluster_in(folder.path().join("pg")).await;
    write_row(&cluster, 1).await;
    cluster.kill().await;
    let pid_file = folder.path().join("pg/data/postmaster.pid");
    let text = std::fs::read_to_string(&pid_file).unwrap();
    let stranger = std::process::id().to_string();
    let (_, rest) = text.split_once('\n').unwrap();
    std::fs::write(&pid_file, format!("{stranger}\n{rest}")).unwrap();
    cluster.start_again().await.unwrap();
    assert_eq!(rows(&cluster).await, [1]);
}

#[tokio::test]
async fn a_password_is_needed() {
    let folder = open_folder();
    let cluster = cluster_in(folder.path().join("pg")).await;
    let url = cluster.url_as("postgres", "wrong", "postgres");
    assert!(PgConnection::connect(&url).await.is_err());
}

/// A walreceiver is such a module: with an older libpq than that of its `pg_basebackup` it never follows anybody.
#[tokio::test]
async fn the_modules_of_the_pinned_postgres_take_its_own_libpq() {
    let folder = open_folder();
    let place = folder.path().join("pg");
    let account = account::for_cluster(&place).unwrap();
    let tools = toolchain::fetched_postgres(account).await.unwrap();
    let cluster = Cluster::start(&tools, &place, Options::for_tests()).await.unwrap();
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::query("CREATE EXTENSION dblink").execute(&mut connection).await.unwrap();
    // an option that no older libpq knows
    let url = format!("{}&sslnegotiation=postgres", cluster.url("postgres"));
    let connected: String = sqlx::query_scalar("SELECT dblink_connect($1)")
        .bind(url)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(connected, "OK");
}
