//! Events of a newer writer (case 40): passed over outside of what a read model reads, poison
//! inside, complete after the upgrade.

use event_store::{Group, Outcome, StreamAppend};
use events::{Aggregate, NewEvent, Recorded, SaleId, StreamName, TenantSlug};
use futures::FutureExt;
use futures::future::BoxFuture;
use projection_service::runner::Step;
use read_models::rebuild::Fold;
use read_models::sale::SaleModel;
use read_models::{ApplyError, OnPoison, ReadModel};
use service_runtime::ids::new_id;
use sqlx::PgConnection;

use crate::rebuild::{append, everything, forget};
use crate::support::Stage;
use crate::support::facts;
use crate::support::pump::{Pump, aside, decree};

/// The next version of the program: it knows `sale.teleported`, which says where to.
#[derive(Clone, Copy)]
struct NewerSale;

impl ReadModel for NewerSale {
    fn name(&self) -> &'static str {
        SaleModel.name()
    }

    fn version(&self) -> i32 {
        SaleModel.version()
    }

    fn tables(&self) -> &'static str {
        SaleModel.tables()
    }

    fn reads(&self) -> &'static [Aggregate] {
        SaleModel.reads()
    }

    fn on_poison(&self) -> OnPoison {
        SaleModel.on_poison()
    }

    fn fold(&self) -> Box<dyn Fold> {
        SaleModel.fold()
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        async move {
            let known = |event: &Recorded| {
                let mut event = event.clone();
                if event.event_type == "sale.teleported" {
                    "sale.title-changed".clone_into(&mut event.event_type);
                }
                event
            };
            SaleModel.apply(tx, &events.iter().map(known).collect::<Vec<_>>()).await
        }
        .boxed()
    }
}

/// Appends one event of any type to a stream of house 1, under any name.
pub async fn raw(stage: &Stage, stream: StreamName, named: &str, event_type: &'static str) -> i64 {
    let tenant = TenantSlug::parse("house-1-0").unwrap();
    let expected: Option<i64> =
        sqlx::query_scalar("SELECT version FROM es.stream WHERE stream_id = $1")
            .bind(stream.stream_id(&tenant))
            .fetch_optional(stage.owner())
            .await
            .unwrap();
    let event = NewEvent {
        event_id: new_id(),
        event_type,
        schema_version: 1,
        payload: br#"{"title":"Teleported"}"#.to_vec(),
        meta: format!(r#"{{"stream":"{named}","actor":"ola"}}"#).into_bytes(),
    };
    let appends =
        vec![StreamAppend { stream, expected: expected.unwrap_or(0), events: vec![event] }];
    let group = Group { tenant, receipt: None, effective_at: None, appends };
    let outcome = stage.store.append(new_id(), &[group]).await.unwrap();
    assert!(matches!(outcome[..], [Outcome::Appended(_)]), "{outcome:?}");
    stage.store.head().await.unwrap()
}

pub fn sale(subject: u8) -> StreamName {
    SaleId(uuid::Uuid::from_u128(0x5000 + u128::from(subject))).stream()
}

/// Registers or changes three sales.
pub async fn business(stage: &Stage, figure: u8) {
    let step = |subject| facts::Step { tenant: 0, subject, kind: 1, figure };
    append(stage, 1, &[step(0), step(1), step(2)]).await;
}

/// The rows after everything was folded again from the first event on by a program that knows all.
async fn in_order(stage: &Stage) -> Vec<String> {
    forget(stage).await;
    stage.leases_end().await;
    let mut pump = Pump::new(stage, NewerSale);
    assert_eq!(pump.run().await, Step::Idle);
    everything(stage).await
}

async fn checkpoint(stage: &Stage) -> i64 {
    let text = "SELECT position FROM es_ops.projection_part WHERE name = 'sale'";
    sqlx::query_scalar(text).fetch_one(stage.owner()).await.unwrap()
}

#[tokio::test]
async fn an_unknown_type_outside_of_what_it_reads_is_passed_over_case_40() {
    let stage = Stage::set().await;
    business(&stage, 1).await;
    let other = |n| StreamName::new(Aggregate::Activity, uuid::Uuid::from_u128(n).to_string());
    raw(&stage, other(1), &other(1).to_string(), "activity.snoozed").await;
    raw(&stage, other(2), "robot/2", "robot.built").await;
    business(&stage, 2).await;
    let mut pump = Pump::new(&stage, SaleModel);
    assert_eq!(pump.run().await, Step::Idle);
    assert_eq!(checkpoint(&stage).await, stage.store.head().await.unwrap());
    let folded: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM rm_sale_1.sale_version), (SELECT count(*) FROM es.event WHERE event_type ~ '^sale\\.')",
    )
    .fetch_one(stage.owner())
    .await
    .unwrap();
    assert_eq!(folded, (6, 6));
    let rows = everything(&stage).await;
    assert_eq!(rows, in_order(&stage).await);
}

#[tokio::test]
async fn an_unknown_type_inside_halts_and_the_upgrade_completes_it_case_40() {
    let stage = Stage::set().await;
    business(&stage, 1).await;
    let at = raw(&stage, sale(1), &sale(1).to_string(), "sale.teleported").await;
    business(&stage, 2).await;
    let mut old = Pump::new(&stage, SaleModel);
    let Step::Halted(sentence) = old.run().await else { panic!("it went on") };
    let place = format!("position {at}: sale.teleported of {}", sale(1));
    assert!(sentence.starts_with(&place), "{sentence}");
    assert!(sentence.ends_with("unknown event type sale.teleported"), "{sentence}");
    assert_eq!(checkpoint(&stage).await, at - 1);
    old.lane.release().await.unwrap();
    let mut new = Pump::new(&stage, NewerSale);
    assert_eq!(new.run().await, Step::Idle);
    let rows = everything(&stage).await;
    assert_eq!(rows, in_order(&stage).await);
    assert!(rows.iter().any(|row| row.contains("Teleported")), "the newer one understood it");
}

#[tokio::test]
async fn a_stream_parked_for_its_newer_writer_comes_back_with_the_upgrade_unasked_case_40() {
    let stage = Stage::set().await;
    decree(&stage, "sale", OnPoison::ParkStream).await;
    business(&stage, 1).await;
    let at = raw(&stage, sale(1), &sale(1).to_string(), "sale.teleported").await;
    business(&stage, 2).await;
    let mut old = Pump::new(&stage, SaleModel);
    assert_eq!(old.run().await, Step::Idle);
    let parked = aside(&stage, "sale").await;
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].from_position, parked[0].queued), (at, 2));
    assert_eq!(
        (parked[0].reason.as_str(), parked[0].stream.clone()),
        ("unknown_event_type", sale(1).to_string())
    );
    // another process of the same version tries in vain
    old.lane.release().await.unwrap();
    let mut twin = Pump::new(&stage, SaleModel);
    twin.run().await;
    assert_eq!(aside(&stage, "sale").await[0].attempts, 4);
    twin.lane.release().await.unwrap();
    let mut new = Pump::new(&stage, NewerSale);
    assert_eq!(new.run().await, Step::Idle);
    assert_eq!(aside(&stage, "sale").await, []);
    let rows = everything(&stage).await;
    assert_eq!(rows, in_order(&stage).await);
}
