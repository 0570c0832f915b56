//! Negative controls: the protection of a case is taken away, and what it prevents happens. They show that it is this
//! protection that holds, and that the test of the case would notice.

use std::sync::Arc;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use events::{Aggregate, Recorded};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use local_stack::proxy::postgres::{Cut, PostgresProxy};
use projection_service::wire;
use read_models::rebuild::Fold;
use read_models::{ApplyError, OnPoison, ReadModel};
use service_runtime::config::Secret;
use sqlx::{PgConnection, PgPool};
use tokio::sync::Notify;

use crate::support::Stage;
use crate::support::choosy::Choosy;
use crate::support::pump::{Pump, decree, wish};
use crate::support::tally::{Tally, counted};
use crate::support::without::without;

type Before = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// The tally with something done to a batch before it is applied, or its rows written elsewhere.
struct Bent {
    before: Before,
    /// Writes rows in a transaction of their own.
    apart: Option<PgPool>,
}

impl ReadModel for Bent {
    fn name(&self) -> &'static str {
        Tally.name()
    }

    fn version(&self) -> i32 {
        Tally.version()
    }

    fn tables(&self) -> &'static str {
        Tally.tables()
    }

    fn reads(&self) -> &'static [Aggregate] {
        Tally.reads()
    }

    fn on_poison(&self) -> OnPoison {
        Tally.on_poison()
    }

    fn fold(&self) -> Box<dyn Fold> {
        Tally.fold()
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        async move {
            (self.before)().await;
            match &self.apart {
                None => Tally.apply(tx, events).await,
                Some(pool) => {
                    let mut own = pool.begin().await?;
                    sqlx::query("SET LOCAL search_path = rm_tally_1").execute(&mut *own).await?;
                    Tally.apply(&mut own, events).await?;
                    Ok(own.commit().await?)
                }
            }
        }
        .boxed()
    }
}

fn nothing() -> Before {
    Box::new(|| async {}.boxed())
}

#[tokio::test]
async fn rows_in_a_transaction_of_their_own_are_counted_twice_after_a_crash_case_34() {
    let mut stage = Stage::set().await;
    let url = stage.database.url_for("salgslogg_projector");
    let proxy = PostgresProxy::at_commit(&url, Cut::Before).await.unwrap();
    let mut config = stage.config();
    config.read_url = Secret::new(proxy.url(config.read_url.reveal()).unwrap());
    let bent = || Bent { before: nothing(), apart: Some(stage.owner().clone()) };
    let (dying_model, heir_model) = (bent(), bent());
    let dying = stage.running(config, vec![Arc::new(dying_model)]).await;
    stage.append(7).await;
    dying.run_until_caught_up().await.unwrap_err();
    assert_eq!((counted(&stage.rows().await), stage.checkpoint().await), (7, 0), "torn apart");
    drop(dying);
    stage.leases_end().await;
    let heir = stage.running(stage.config(), vec![Arc::new(heir_model)]).await;
    heir.run_until_caught_up().await.unwrap();
    assert_eq!((counted(&stage.rows().await), stage.checkpoint().await), (14, 7), "twice");
}

#[tokio::test]
async fn without_the_fence_an_owner_that_slept_doubles_its_batch_case_35() {
    let mut stage = Stage::set().await;
    for fragment in [
        "AND t.lease_owner = p_owner AND t.lease_epoch = x.epoch",
        "AND t.position = x.from_position",
    ] {
        without(&stage, "advance", fragment, "").await;
    }
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let before: Before = {
        let (entered, go_on) = (Arc::clone(&entered), Arc::clone(&go_on));
        Box::new(move || {
            let (entered, go_on) = (Arc::clone(&entered), Arc::clone(&go_on));
            async move {
                entered.notify_one();
                go_on.notified().await;
            }
            .boxed()
        })
    };
    let old = stage.running(stage.config(), vec![Arc::new(Bent { before, apart: None })]).await;
    stage.append(7).await;
    let asleep = async {
        entered.notified().await;
        stage.leases_end().await;
        let new = stage.tallying().await;
        new.run_until_caught_up().await.unwrap();
        stage.assert_complete().await;
        go_on.notify_one();
    };
    let (committed, ()) = tokio::join!(old.run_until_caught_up(), asleep);
    committed.unwrap();
    assert_eq!((counted(&stage.rows().await), stage.checkpoint().await), (14, 7), "twice");
}

/// What a lane drops or waits for, given to the read model as it comes.
#[tokio::test]
async fn without_the_lanes_order_a_repeated_stream_is_counted_twice_case_37() {
    let mut stage = Stage::set().await;
    let log = stage.append(14).await;
    let mut tx = stage.owner().begin().await.unwrap();
    sqlx::query("SET LOCAL search_path = rm_tally_1").execute(&mut *tx).await.unwrap();
    for delivery in [&log[..], &log[7..]] {
        Tally.apply(&mut tx, delivery).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(counted(&stage.rows().await), 21);
    assert_ne!(stage.rows().await, stage.expected().await);
}

/// What a reader believes who takes what the client library hands out: it begins behind the gap without a word.
#[tokio::test]
async fn a_reader_that_asks_for_no_position_loses_what_retention_took_case_29() {
    let mut stage = Stage::set().await;
    let log = stage.append(100).await;
    stage.publish(&log).await;
    let stream = stage.nats.root().await.get_stream("SALES_1").await.unwrap();
    stream.purge().sequence(91).await.unwrap();
    let config = OrderedConfig {
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: 41 },
        ..OrderedConfig::default()
    };
    let mut messages = stream.create_consumer(config).await.unwrap().messages().await.unwrap();
    let mut tx = stage.owner().begin().await.unwrap();
    sqlx::query("SET LOCAL search_path = rm_tally_1").execute(&mut *tx).await.unwrap();
    Tally.apply(&mut tx, &log[..40]).await.unwrap();
    let mut reached = 40;
    while reached < 100 {
        let message = messages.next().await.unwrap().unwrap();
        let headers = message.headers.as_ref().unwrap();
        let event = wire::decode(headers, &message.payload, log[0].tenant_id).unwrap();
        reached = event.position;
        Tally.apply(&mut tx, &[event]).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(counted(&stage.rows().await), 50, "40 and the last 10 of 100");
    assert_ne!(stage.rows().await, stage.expected().await);
}

/// "Skip by default", as others do: the checkpoint is moved over the event.
#[tokio::test]
async fn a_poison_event_that_is_stepped_over_is_missing_for_ever_case_38() {
    let mut stage = Stage::set().await;
    let mut payloads = vec![b"{}".to_vec(); 14];
    payloads[4] = b"poison".to_vec();
    stage.append_payloads(payloads).await;
    let app = stage.tallying().await;
    app.run_until_caught_up().await.unwrap_err();
    app.release().await.unwrap();
    let skip = "UPDATE es_ops.projection_part SET position = position + 1, applied_hash = NULL, halted = NULL WHERE name = 'tally'";
    sqlx::query(skip).execute(stage.owner()).await.unwrap();
    stage.tallying().await.run_until_caught_up().await.unwrap();
    assert_eq!((counted(&stage.rows().await), stage.checkpoint().await), (13, 14));
    assert_ne!(stage.rows().await, stage.expected().await);
}

/// A queue that keeps the failed event only, and not those behind it.
#[tokio::test]
async fn without_the_queue_behind_it_a_redriven_stream_lacks_events_case_39() {
    let mut stage = Stage::set().await;
    decree(&stage, "tally", OnPoison::ParkStream).await;
    let mut payloads = vec![b"{}".to_vec(); 28];
    payloads[8] = b"poison".to_vec();
    stage.append_payloads(payloads).await;
    sqlx::raw_sql(
        "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
         CREATE TRIGGER forget BEFORE INSERT ON es_ops.parked_event FOR EACH ROW WHEN (NEW.position > 9) EXECUTE FUNCTION forget()",
    )
    .execute(stage.owner())
    .await
    .unwrap();
    let model = Choosy::new(OnPoison::ParkStream);
    let mut pump = Pump::new(&stage, model.clone());
    pump.run().await;
    model.fix();
    wish(&stage).await;
    pump.run().await;
    assert_eq!(counted(&stage.rows().await), 26, "16 and 23 are lost");
}
