//! The projector dies at every single statement of its work, claim to COMMIT (case 34): rows and
//! checkpoint are always found together, and nothing is lost or counted twice afterwards.

use std::sync::Arc;

use local_stack::proxy::postgres::{Cut, PostgresProxy};
use projection_service::App;
use service_runtime::config::Secret;

use crate::support::Stage;
use crate::support::tally::{Tally, counted};

/// More exchanges than a batch has; the loop ends when the work is done before the cut.
const EXCHANGES_MAX: i64 = 200;

/// A process whose wire to the read models is `proxy`.
async fn through(stage: &Stage, proxy: &PostgresProxy) -> App {
    let mut config = stage.config();
    config.read_url = Secret::new(proxy.url(config.read_url.reveal()).unwrap());
    stage.running(config, vec![Arc::new(Tally)]).await
}

/// Cuts the wire at exchange after exchange, and last at the COMMIT: which exchange that is differs from life to
/// life, since the pool asks after its connections when it has time. Answers how many cuts there were, and how many
/// deaths came after the commit: the work was done and its owner never heard of it.
async fn die_at_every_statement(cut: Cut) -> (i64, i64) {
    let mut stage = Stage::set().await;
    let mut unheard = 0;
    let mut swept = None;
    for exchange in 0..EXCHANGES_MAX {
        let url = stage.database.url_for("salgslogg_projector");
        let proxy = match swept {
            None => PostgresProxy::before(&url, cut, exchange).await.unwrap(),
            Some(_) => PostgresProxy::at_commit(&url, cut).await.unwrap(),
        };
        let dying = through(&stage, &proxy).await;
        let rows = stage.append(3).await;
        stage.publish(&rows).await;
        let outcome = dying.run_until_caught_up().await;
        // a ping of the pool may be cut without anybody noticing
        assert!(outcome.is_ok() || proxy.was_cut(), "{cut:?} {exchange}: {outcome:?}");

        let found = (counted(&stage.rows().await), stage.checkpoint().await);
        assert_eq!(found.0, found.1, "{cut:?} {exchange}: rows and checkpoint belong together");
        let head = stage.store.head().await.unwrap();
        let died_unheard = outcome.is_err() && found.1 == head;
        let expected = proxy.commit_was_cut() && cut == Cut::After;
        assert_eq!(died_unheard, expected, "{cut:?} {exchange}: {outcome:?}");
        unheard += i64::from(died_unheard);
        if let Some(deaths) = swept {
            assert!(proxy.commit_was_cut());
            return (deaths, unheard);
        }
        if !proxy.was_cut() {
            swept = Some(exchange);
        }
        if exchange % 2 == 0 && proxy.was_cut() {
            // the same process tries again
            dying.run_until_caught_up().await.unwrap();
            dying.release().await.unwrap();
        } else {
            // the process is gone; another one takes over when the lease has ended
            drop(dying);
            stage.leases_end().await;
            let heir = stage.tallying().await;
            heir.run_until_caught_up().await.unwrap();
            heir.release().await.unwrap();
        }
        stage.assert_complete().await;
    }
    panic!("the work never ended");
}

#[tokio::test]
async fn a_crash_before_any_statement_leaves_rows_and_checkpoint_together_case_34() {
    let (deaths, unheard) = die_at_every_statement(Cut::Before).await;
    assert!(deaths > 10 && unheard == 0, "{deaths} {unheard}");
}

#[tokio::test]
async fn a_crash_after_any_statement_leaves_rows_and_checkpoint_together_case_34() {
    let (deaths, unheard) = die_at_every_statement(Cut::After).await;
    assert!(deaths > 10 && unheard >= 1, "{deaths} {unheard}");
}

#[tokio::test]
async fn every_connection_killed_again_and_again_changes_nothing_case_34() {
    let mut stage = Stage::set().await;
    let app = stage.tallying().await;
    let head = i64::try_from(stage.append(300).await.len()).unwrap();
    let mut refused = 0;
    while stage.checkpoint().await < head {
        let kill = async {
            sqlx::query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND application_name = 'salgslogg projection'",
            )
            .execute(stage.owner())
            .await
            .unwrap();
        };
        let (outcome, ()) = tokio::join!(app.run_until_caught_up(), kill);
        refused += i32::from(outcome.is_err());
        assert_eq!(counted(&stage.rows().await), stage.checkpoint().await);
        assert!(refused < 1_000, "never done");
    }
    stage.assert_complete().await;
}
