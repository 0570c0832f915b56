//! What Postgres does to its clients under load (P2): connections that end, connections there are none of, a table
//! somebody else holds, transactions that lose. Retries are bounded, and the truth is told.

use std::time::Duration;

use service_runtime::clock::back_off;
use sqlx::{AssertSqlSafe, Connection};
use system_tests::{Fleet, Member, counts};

use super::seed::{Chance, all_faults, tell};
use super::traffic::Traffic;

/// Clients at work.
const CLIENTS: usize = 6;

async fn owner_does(fleet: &Fleet, text: String) {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(fleet.database.owner()).await.unwrap();
}

/// Ends some connections of the services, chosen by lot.
async fn terminate(fleet: &Fleet, share: f64) {
    let text = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND usename LIKE 'salgslogg%' AND random() < {share}"
    );
    owner_does(fleet, text).await;
}

/// Nobody but superusers gets in any more, and who was in is put out.
async fn exhaust(fleet: &Fleet, traffic: &Traffic) {
    let name: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(fleet.database.owner())
        .await
        .unwrap();
    owner_does(fleet, format!("ALTER DATABASE {name} CONNECTION LIMIT 0")).await;
    terminate(fleet, 2.0).await;
    let goal = traffic.refused() + 2 * CLIENTS;
    system_tests::eventually::eventually(
        "commands are refused",
        Duration::from_secs(30),
        async || traffic.refused() >= goal,
    )
    .await;
    owner_does(fleet, format!("ALTER DATABASE {name} CONNECTION LIMIT -1")).await;
}

/// Holds a table of the log for a while.
async fn lock(fleet: &Fleet, lasting: Duration) {
    let mut owner = fleet.database.superuser().await;
    let mut holder = owner.begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE es.event IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *holder)
        .await
        .unwrap();
    back_off(lasting).await;
    holder.rollback().await.unwrap();
}

const TAKES_THE_LOCK: &str = "pg_advisory_xact_lock(17747, p_log);";

/// One call in three loses to another transaction, from now on.
async fn lose(fleet: &Fleet) {
    let losing = format!(
        "{TAKES_THE_LOCK} IF random() < 0.3 THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END IF;"
    );
    fleet.database.rewrite_append(TAKES_THE_LOCK, &losing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_postgres_does_to_its_clients_nothing_is_lost_or_doubled_p2() {
    let mut chance = Chance::told();
    let (seed, runs) = (chance.seed(), counts::runs(8, 100));
    let fleet = Fleet::start(1, 1).await;
    let traffic = Traffic::start(&fleet, CLIENTS).await;
    let longest = Duration::from_millis(if all_faults() { 10_000 } else { 300 });
    lose(&fleet).await;
    for run in 0..runs {
        traffic.goes_on(3).await;
        match (run + usize::from(chance.once_in(2))) % 4 {
            0 | 1 => terminate(&fleet, 0.5).await,
            2 => exhaust(&fleet, &traffic).await,
            _ => lock(&fleet, if run % 20 == 3 { longest } else { longest / 20 }).await,
        }
    }
    traffic.goes_on(20).await;
    traffic.repeats_are_answered_as_before(&fleet).await;
    let acknowledged = traffic.end().await;
    fleet.leases_end().await;
    fleet.settled().await;
    let commands = acknowledged.are_in(&fleet.store).await;
    fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    tell(&format!("{commands} commands acknowledged; {} is alive", Member::Command(0)));
    counts::tell("P2", runs, 0, &[seed]);
}
