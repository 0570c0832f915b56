//! A wire to the read models' database that swallows bytes in the middle of a batch, and tells nobody (C1).

use std::sync::Arc;
use std::time::Duration;

use local_stack::proxy::{Mode, Proxy};
use service_runtime::config::Secret;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::leases::Pausing;
use crate::support::Stage;

/// Longer than the lane waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_batch_whose_wire_fell_silent_is_given_up_and_done_again_c1() {
    let mut stage = Stage::set().await;
    let mut config = stage.config();
    let url = config.read_url.reveal().to_owned();
    let (login, place) = url.split_once('@').unwrap();
    let (server, database) = place.split_once('/').unwrap();
    let proxy = Proxy::before(server).await.unwrap();
    config.read_url = Secret::new(format!("{login}@127.0.0.1:{}/{database}", proxy.port()));
    config.pace.projection_renew_ms = 500;
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let pausing = Pausing { entered: Arc::clone(&entered), go_on: Arc::clone(&go_on) };
    let app = stage.running(config, vec![Arc::new(pausing)]).await;
    stage.append(3).await;
    let silence = async {
        entered.notified().await;
        proxy.set(Mode::Silent);
        go_on.notify_one();
    };
    let (given_up, ()) = tokio::join!(timeout(PATIENCE, app.run_until_caught_up()), silence);
    given_up.expect("nobody waits for an answer that never comes").unwrap_err();
    proxy.set(Mode::Open);
    stage.leases_end().await;
    go_on.notify_one();
    timeout(PATIENCE, app.run_until_caught_up()).await.unwrap().unwrap();
    stage.assert_complete().await;
}
