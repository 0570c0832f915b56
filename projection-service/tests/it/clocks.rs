//! The database's clock alone decides about leases (case 36): a process whose own clock is an hour ahead or behind
//! neither takes a lane that is held nor loses its own.

use std::sync::Arc;
use std::time::Duration;

use projection_service::{App, AppError};
use service_runtime::Clock;

use crate::support::Stage;
use crate::support::tally::Tally;
use crate::support::without::without;

/// A process whose clock differs from the database's by so many hours.
async fn off_by(stage: &Stage, hours: i64) -> App {
    let clock = Clock::in_hand(Clock::system().now() + chrono::Duration::hours(hours));
    App::connect_with(stage.config(), clock, vec![Arc::new(Tally)]).await.unwrap()
}

#[tokio::test]
async fn leases_do_not_know_a_workers_clock_case_36() {
    for (owner, other) in [(1, -1), (-1, 1)] {
        let mut stage = Stage::set().await;
        let (owner, other) = (off_by(&stage, owner).await, off_by(&stage, other).await);
        stage.append(5).await;
        owner.run_until_caught_up().await.unwrap();
        stage.append(5).await;
        assert!(matches!(other.run_until_caught_up().await, Err(AppError::NotOurs("tally"))));
        owner.run_until_caught_up().await.unwrap();
        stage.assert_complete().await;
        stage.leases_end().await;
        stage.append(5).await;
        other.run_until_caught_up().await.unwrap();
        stage.assert_complete().await;
    }
}

/// The control: a claim that went by the clock of a worker an hour ahead takes a lease that holds.
#[tokio::test]
async fn leases_that_went_by_a_workers_clock_would_be_taken_while_they_hold_case_36() {
    let mut stage = Stage::set().await;
    let (owner, ahead) = (off_by(&stage, 0).await, off_by(&stage, 1).await);
    stage.append(5).await;
    owner.run_until_caught_up().await.unwrap();
    let held = "p.lease_until < clock_timestamp())";
    without(&stage, "claim", held, "p.lease_until < clock_timestamp() + interval '1 hour')").await;
    ahead.run_until_caught_up().await.unwrap();
    stage.append(5).await;
    tokio::time::timeout(Duration::from_secs(60), ahead.run_until_caught_up())
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(owner.run_until_caught_up().await, Err(AppError::NotOurs("tally"))));
}
