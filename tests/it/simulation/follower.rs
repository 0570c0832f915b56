//! A process that projects, reduced to what it owns: its lanes, its reader, its name. Moves when it is told to; can be
//! dropped without a word, as kill -9 does.

use std::sync::Arc;

use event_store::EventStore;
use event_store::listen::Wakeups;
use events::Recorded;
use projection_service::config::Pace;
use projection_service::generation;
use projection_service::runner::{Lane, LaneError, Part, Step};
use projection_service::source::Source;
use service_runtime::config::Secret;
use service_runtime::ids::new_id;
use system_tests::World;

pub(super) struct Follower {
    lanes: Vec<Lane>,
    source: Source,
}

impl Follower {
    /// A new process; `wire` leads to the read models.
    pub(super) fn begin(world: &World, wire: &str) -> Self {
        let pace = Pace { projection_poll_ms: 20, projection_linger_ms: 2, ..Pace::default() };
        let log = world.database.url_for("salgslogg_projector");
        let store = EventStore::new(event_store::connect(&log, 2).unwrap(), 1);
        let wakeups = Wakeups::new(&store);
        let nats = Secret::new(world.nats.as_ref().unwrap().url_for("projection"));
        let source = Source::new(store, &nats, wakeups, pace);
        let (owner, wire) = (new_id(), Secret::new(wire.to_owned()));
        let lane = |model: Arc<dyn read_models::ReadModel>| {
            let part = Part { model: model.name(), generation: 1, log_id: 1, part: 0 };
            let pool = generation::projecting(&wire, model.name(), 1).unwrap();
            Lane::new(model, part, pool, owner, pace)
        };
        Self { lanes: read_models::all().into_iter().map(lane).collect(), source }
    }

    /// A step of each lane.
    pub(super) async fn step(&mut self) -> Vec<Result<Step, LaneError>> {
        let mut steps = Vec::new();
        for lane in &mut self.lanes {
            steps.push(lane.step(&self.source).await);
        }
        steps
    }

    /// Events come again, in whatever order. A lane whose owner was overtaken meets rows of its heir; it learns that
    /// before it calls an event poison (case 35).
    pub(super) async fn deliver(&mut self, events: &[Recorded]) {
        for lane in &mut self.lanes {
            for tries in 1.. {
                match lane.offer(events).await.unwrap() {
                    Step::Applied { .. } | Step::Idle | Step::NotOurs => break,
                    Step::Failed(why) => assert!(tries < 20, "{why}"),
                    Step::Halted(why) => panic!("halted: {why}"),
                }
            }
        }
    }

    /// Moves every lane to the head.
    pub(super) async fn catch_up(&mut self, head: i64) {
        for lane in &mut self.lanes {
            let mut steps = 0;
            while lane.position().is_none_or(|position| position < head) {
                let step = lane.step(&self.source).await;
                steps += 1;
                assert!(steps < 500, "{} never arrives at {head}: {step:?}", lane.model());
            }
        }
    }
}
