//! A long log that holds little for a read model: its lane is given only that, and nothing is lost by it.

use std::sync::Arc;

use event_store::{Group, Outcome, StreamAppend};
use events::{Aggregate, NewEvent, Recorded, StreamName, TenantSlug};
use futures::future::BoxFuture;
use projection_service::config::Pace;
use projection_service::runner::Step;
use read_models::rebuild::Fold;
use read_models::{ApplyError, OnPoison, ReadModel};
use service_runtime::ids::new_id;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::support::Stage;
use crate::support::choosy::Choosy;
use crate::support::pump::{Pump, aside, decree, queue, wish};
use crate::support::tally::counted;

/// Events of a page; ten pages are gleaned at once.
const PAGE: u16 = 50;
/// One event in so many is of a stage.
const EVERY: usize = 25;

/// A tally of stages alone.
struct OfStages(Arc<Choosy>);

impl ReadModel for OfStages {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn version(&self) -> i32 {
        self.0.version()
    }

    fn tables(&self) -> &'static str {
        self.0.tables()
    }

    fn reads(&self) -> &'static [Aggregate] {
        &[Aggregate::Stage]
    }

    fn on_poison(&self) -> OnPoison {
        self.0.on_poison()
    }

    fn fold(&self) -> Box<dyn Fold> {
        self.0.fold()
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        assert!(events.iter().all(|event| event.event_type.starts_with("stage.")), "only its own");
        self.0.apply(tx, events)
    }
}

/// Appends so many events, each of a stream of its own but for those of three stages, which take turns.
async fn append(stage: &Stage, count: usize, poison: Option<usize>) {
    let tenant = TenantSlug::parse("demo").unwrap();
    let group = |n: usize| {
        let turn = n / EVERY;
        let (aggregate, event_type, id, expected) = match n % EVERY {
            0 => (Aggregate::Stage, "stage.edited", turn % 3, turn / 3),
            _ => (Aggregate::Sale, "sale.completed", 1_000 + n, 0),
        };
        let id = Uuid::from_u128(u128::try_from(id).unwrap());
        let stream = StreamName::new(aggregate, id.to_string());
        let meta = format!(r#"{{"stream":"{stream}","actor":"ola"}}"#).into_bytes();
        let payload = if poison == Some(n) { b"poison".to_vec() } else { b"{}".to_vec() };
        let event = NewEvent { event_id: new_id(), event_type, schema_version: 1, payload, meta };
        let expected = i64::try_from(expected).unwrap();
        let appends = vec![StreamAppend { stream, expected, events: vec![event] }];
        Group { tenant: tenant.clone(), receipt: None, effective_at: None, appends }
    };
    let groups: Vec<Group> = (0..count).map(group).collect();
    for groups in groups.chunks(500) {
        for outcome in stage.store.append(new_id(), groups).await.unwrap() {
            assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
        }
    }
}

fn pump(stage: &Stage, model: &Choosy) -> Pump {
    let pace = Pace { projection_page_max: PAGE, projection_lag_max: 100, ..Pace::default() };
    Pump::paced(stage, OfStages(Arc::new(model.clone())), 1, pace)
}

/// What the tally must hold.
async fn expected(stage: &Stage) -> Vec<(Uuid, i64, i64, String)> {
    let mut all = stage.expected().await;
    let text = "SELECT stream_id FROM es.stream WHERE aggregate = 'stage'";
    let of_stages: Vec<Uuid> = sqlx::query_scalar(text).fetch_all(stage.owner()).await.unwrap();
    all.retain(|row| of_stages.contains(&row.0));
    all
}

#[tokio::test]
async fn a_lane_is_given_what_concerns_it_in_long_strides() {
    let stage = Stage::set().await;
    append(&stage, 3_010, None).await;
    let mut pump = pump(&stage, &Choosy::new(OnPoison::Halt));
    let mut steps = 0;
    while !pump.is_done().await {
        let step = pump.step().await.unwrap();
        assert!(matches!(step, Step::Applied { .. } | Step::Idle), "{step:?}");
        steps += 1;
    }
    assert!(steps < 20, "{steps} steps for 61 pages");
    assert_eq!(stage.rows().await, expected(&stage).await);
    assert_eq!((counted(&stage.rows().await), stage.checkpoint().await), (121, 3_010));
}

#[tokio::test]
async fn poison_in_a_long_stride_is_isolated_and_its_stream_alone_waits_case_39() {
    let stage = Stage::set().await;
    let poison = 40 * EVERY;
    append(&stage, 3_000, Some(poison)).await;
    decree(&stage, "tally", OnPoison::ParkStream).await;
    let model = Choosy::new(OnPoison::ParkStream);
    let mut pump = pump(&stage, &model);
    let last = pump.run().await;
    assert!(matches!(last, Step::Applied { .. } | Step::Idle), "{last:?}");
    assert_eq!(stage.checkpoint().await, 3_000);
    assert_eq!(aside(&stage, "tally").await.len(), 1);
    let waiting: usize = queue(&stage, "tally").await.iter().map(|(_, events)| events.len()).sum();
    assert_eq!(counted(&stage.rows().await), 120 - i64::try_from(waiting).unwrap());
    model.fix();
    wish(&stage).await;
    pump.run().await;
    assert_eq!(stage.rows().await, expected(&stage).await);
}
