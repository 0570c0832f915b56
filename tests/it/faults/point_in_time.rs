//! The runbook of a restore to a point in time, followed to the letter on a cluster of the test's own: base backup and
//! archived WAL, a moment in the middle of the work, stream and read models made anew (case 32, item 9).

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use event_store::relay_row::relay_state;
use local_stack::account;
use system_tests::eventually::eventually;
use system_tests::{Fleet, Member, own_cluster};

use super::traffic::Traffic;
use crate::runbook::Shell;

const PAGE: &str = "point-in-time.md";
const PATIENCE: Duration = Duration::from_secs(60);

async fn worked(traffic: &Traffic, more: usize) {
    let goal = traffic.done() + more;
    eventually("clients go on", PATIENCE, async || traffic.done() >= goal).await;
}

/// A folder everybody may write to.
fn shared(path: &Path) -> String {
    std::fs::create_dir(path).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    path.to_str().unwrap().to_owned()
}

const SERVICES: [Member; 2] = [Member::Command(0), Member::Query(0)];

async fn one<T>(fleet: &Fleet, question: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(question).fetch_one(fleet.database.owner()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_to_a_point_in_time_by_the_runbook_ends_in_order() {
    let folder = own_cluster::open_folder();
    let (wal, backups) =
        (shared(&folder.path().join("wal")), shared(&folder.path().join("backup")));
    let place = folder.path().join("postgres");
    let archiving = vec![
        ("archive_mode", "on".to_owned()),
        ("archive_command", format!("cp %p {wal}/%f")),
        ("fsync", "off".to_owned()),
    ];
    let mut cluster = own_cluster::start_told(&place, archiving).await;
    let mut fleet = Fleet::start_with(own_cluster::database(&cluster).await, (1, 1), &[]).await;
    let (port, data) = (cluster.port().to_string(), place.join("data"));
    let password = std::fs::read_to_string(place.join("superuser.password")).unwrap();
    let backup = format!("{backups}/base");
    let postgres = [
        ("PGHOST", "127.0.0.1"),
        ("PGPORT", &port),
        ("PGUSER", "postgres"),
        ("PGPASSWORD", password.trim()),
        ("PGDATA", data.to_str().unwrap()),
        ("BACKUP", &backup),
        ("WAL", &wal),
    ];
    let account = account::for_cluster(&place).unwrap();
    let traffic = Traffic::start(&fleet, 3).await;
    worked(&traffic, 30).await;
    let shell = Shell::new(Some(cluster.bin()), &postgres).by(account);
    shell.run(PAGE, "A base backup, every night").await;
    worked(&traffic, 30).await;
    let good = fleet.store.head().await.unwrap();
    let target: String = one(&fleet, "SELECT clock_timestamp()::text").await;
    worked(&traffic, 30).await;
    traffic.end().await;
    fleet.settled().await;
    let lost = fleet.store.head().await.unwrap();
    let last: String = one(&fleet, "SELECT pg_walfile_name(pg_current_wal_lsn())").await;
    let _switched: String = one(&fleet, "SELECT pg_switch_wal()::text").await;
    let archived = Path::new(&wal).join(last);
    eventually("the WAL is archived", PATIENCE, async || archived.exists()).await;

    for member in SERVICES {
        fleet.kill(member).await;
    }
    cluster.kill().await;
    let restoring = [&postgres[..], &[("TARGET", target.as_str())]].concat();
    Shell::new(Some(cluster.bin()), &restoring).by(account).run(PAGE, "Restore").await;
    cluster.start_again().await.unwrap();
    eventually("the restore has ended", PATIENCE, async || {
        !one::<bool>(&fleet, "SELECT pg_is_in_recovery()").await
    })
    .await;
    let back = fleet.store.head().await.unwrap();
    assert!(good <= back && back < lost, "{good} <= {back} < {lost}");
    goes_on_by_the_book(&mut fleet, (back, lost)).await;
}

/// The services of a restored log start, stand still with the two numbers, and go on as the page says.
async fn goes_on_by_the_book(fleet: &mut Fleet, (back, lost): (i64, i64)) {
    fleet.leases_end().await;
    for member in SERVICES {
        fleet.start_again(member).await;
    }
    let halted = async || relay_state(&fleet.store).await.unwrap().halted;
    eventually("the relay has halted", PATIENCE, async || halted().await.is_some()).await;
    let numbers = format!("stream ahead of the log: stream at {lost}, log at {back}");
    assert_eq!(halted().await, Some(numbers.clone()));

    let operator = fleet.database.url_for("salgslogg_operator");
    let shell = Shell::new(None, &[("DATABASE_URL", &operator)]);
    let told = shell.run(PAGE, "Make the stream anew").await;
    assert!(told.contains(&numbers), "{told}");
    eventually("it goes on", PATIENCE, async || halted().await.is_none()).await;
    shell.run(PAGE, "Read models").await;
    fleet.settled().await;
    let found = fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((found.log.head, found.messages), (back, Some(back)));
}
