//! kill -9 of a service between an event and what a process manager says to it: before its command is sent, and after the
//! command is carried out and before the process manager has noted that. Then a log that comes back from a backup taken
//! in between (case 32, as process managers see it). What follows from an event is in the log once.

use event_store::testing::TestDatabase;
use serde_json::json;
use system_tests::eventually::eventually;
use system_tests::{Member, Snapshot, counts};

use super::office::{COMMAND, Office, PATIENCE};
use super::quiet::{NAMES, quiet};
use super::restored::relay_command;
use super::seed::tell;

/// What each of them brings about, in the order of [`NAMES`].
const KINDS: [&str; 7] = [
    "sale.reopened",
    "activity.reminder-due",
    "sale.owner-noticed",
    "sale.follow-up-offered",
    "sale.follow-up-suggested",
    "sale.stage-suggested",
    "target.removed",
];

/// Where it dies, and how many of the events are there when it does.
const MOMENTS: [(&str, i64); 2] = [("before-send", 0), ("after-send", 1)];

const NOTICED: &str = "sale.owner-noticed";
const REMINDED: &str = "activity.reminder-due";

/// The service dies at this moment of this process manager, which has just been given its cause.
async fn dies_at(office: &mut Office, process: &str, moment: &str) {
    let scene = office.scene().await;
    let point = format!("{process}.{moment}");
    tell(&point);
    office.fleet.arm(COMMAND, &point).await;
    office.fleet.leases_end().await;
    office.fleet.start_armed(COMMAND).await;
    office.cause(process, &scene).await;
    let fleet = &mut office.fleet;
    eventually(&format!("it dies at {point}"), PATIENCE, async || fleet.ended(COMMAND)).await;
}

/// Started again, the process managers do what is left to do.
async fn goes_on(office: &mut Office) {
    office.fleet.disarm(COMMAND).await;
    office.fleet.leases_end().await;
    quiet(&office.fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_manager_killed_on_either_side_of_its_command_says_it_once_k1() {
    let mut office = Office::open().await;
    for (process, kind) in NAMES.into_iter().zip(KINDS) {
        for (moment, said) in MOMENTS {
            let before = office.count(kind).await;
            dies_at(&mut office, process, moment).await;
            assert_eq!(office.count(kind).await - before, said, "{process} died {moment}");
            goes_on(&mut office).await;
            assert_eq!(office.count(kind).await - before, 1, "{process}, killed {moment}");
        }
    }
    office.fleet.settled().await;
    office.fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
    counts::tell("K1", NAMES.len() * MOMENTS.len(), 0, &[]);
}

/// The events that notices of assignments follow from, in order.
async fn causes(office: &Office) -> Vec<String> {
    let text = "SELECT convert_from(meta, 'UTF8')::jsonb ->> 'causation' FROM es.event \
                WHERE event_type = $1 ORDER BY position";
    let asked = sqlx::query_scalar(text).bind(NOTICED);
    asked.fetch_all(office.fleet.database.owner()).await.unwrap()
}

/// Timers of reminders that wait for their time.
async fn waiting(office: &Office) -> i64 {
    let text = "SELECT count(*) FROM es_ops.timer WHERE process = 'activity-reminder'";
    sqlx::query_scalar(text).fetch_one(office.fleet.database.owner()).await.unwrap()
}

/// One assignment was noticed before the backup, one in between, one was given and noticed afterwards. Of two alarms that
/// were still to ring, one is due when the log comes back, the other one more than a day late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_log_says_once_what_fell_out_of_it_and_nothing_again_case_32() {
    let mut office = Office::open().await;
    let beside = TestDatabase::create_empty().await;
    office.cause("assignment-notice", &office.scene().await).await;
    for _ in 0..2 {
        office.meeting_later_on().await;
    }
    quiet(&office.fleet).await;
    assert_eq!((office.count(NOTICED).await, waiting(&office).await), (1, 2));
    dies_at(&mut office, "assignment-notice", "before-send").await;
    let backup = Snapshot::take(&office.fleet.database, &beside).await;

    goes_on(&mut office).await;
    office.cause("assignment-notice", &office.scene().await).await;
    office.becomes_due("activity-reminder").await;
    quiet(&office.fleet).await;
    assert_eq!((office.count(NOTICED).await, office.count(REMINDED).await), (3, 2));
    let told = causes(&office).await;

    for member in [COMMAND, Member::Query(0)] {
        office.fleet.kill(member).await;
    }
    backup.restore(&beside).await;
    assert_eq!((office.count(NOTICED).await, office.count(REMINDED).await), (1, 0));
    let late = "UPDATE es_ops.timer SET due_at = now() - CASE WHEN timer_id = \
                (SELECT max(timer_id::text)::uuid FROM es_ops.timer WHERE process = 'activity-reminder') \
                THEN interval '25 hours' ELSE interval '1 hour' END WHERE process = 'activity-reminder'";
    sqlx::query(late).execute(office.fleet.database.owner()).await.unwrap();
    for member in [COMMAND, Member::Query(0)] {
        office.fleet.start_again(member).await;
    }
    office.fleet.leases_end().await;
    quiet(&office.fleet).await;
    assert_eq!(
        causes(&office).await,
        told[..2],
        "the first is not said again, the third never was"
    );
    assert_eq!(office.count(REMINDED).await, 1, "what is a day late reminds nobody");
    assert_eq!(waiting(&office).await, 0);

    let reset = relay_command(&office.fleet, &["reset", "--yes"]).await.unwrap();
    assert_eq!(reset["generation"], json!(2));
    office.fleet.settled().await;
    office.fleet.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
}
