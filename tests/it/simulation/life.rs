//! One life: a world, what its people know, and what happens next. Owns the choice of the next step and the judgement
//! at the end.

use command_service::relay::{NatsAddress, Pumped, Relay, Settings};
use serde_json::Value;
use system_tests::{Fixture, World};

use super::Seen;
use super::follower::Follower;
use crate::faults::seed::Chance;

/// A question about the past and what was answered.
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) answer: Value,
}

/// A command that was carried out.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) key: String,
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) answer: Value,
}

pub(super) struct Life {
    pub(super) world: World,
    pub(super) fixture: Fixture,
    pub(super) chance: Chance,
    pub(super) relay: Relay,
    pub(super) follower: Follower,
    pub(super) nats_is_up: bool,
    pub(super) sales: Vec<String>,
    pub(super) activities: Vec<String>,
    pub(super) told: Vec<Told>,
    pub(super) asked: Vec<Asked>,
    pub(super) seen: Seen,
}

impl Life {
    pub(super) async fn begin(chance: Chance) -> Self {
        let world = World::with_nats().await;
        let fixture = Fixture::set_up(&world).await;
        let relay = relay(&world);
        let follower = Follower::begin(&world, &wire(&world));
        let (sales, activities, told, asked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let seen = Seen::new();
        Self {
            world,
            fixture,
            chance,
            relay,
            follower,
            nats_is_up: true,
            sales,
            activities,
            told,
            asked,
            seen,
        }
    }

    pub(super) fn saw(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    /// Whatever chance says.
    pub(super) async fn step(&mut self) {
        match self.chance.below(20) {
            0..=8 => self.work().await,
            9 => self.repeat().await,
            10 | 11 => self.pump().await,
            12 | 13 => self.project().await,
            14 => self.ask().await,
            15 => self.ask_of_the_past().await,
            _ => self.fault().await,
        }
    }

    /// The relay publishes what there is.
    async fn pump(&mut self) {
        self.relay.pump().await;
    }

    /// The projections take a step; it need not succeed.
    async fn project(&mut self) {
        for step in self.follower.step().await {
            if let Ok(projection_service::runner::Step::Halted(why)) = step {
                panic!("halted: {why}");
            }
        }
    }

    /// Peace: everything runs and catches up.
    pub(super) async fn peace(&mut self) {
        if !self.nats_is_up {
            self.nats_returns().await;
        }
        self.leases_end().await;
        self.relay = relay(&self.world);
        let head = self.world.head().await;
        for tries in 1.. {
            match self.relay.pump().await {
                Pumped::UpTo(position) if position >= head => break,
                other => assert!(tries < 50, "nothing is published up to {head}: {other:?}"),
            }
        }
        self.follower = Follower::begin(&self.world, &wire(&self.world));
        self.follower.catch_up(head).await;
    }

    /// The oracle: log, stream, read models; repeats answered as before; the past as it was.
    pub(super) async fn judge(mut self) -> Seen {
        self.peace().await;
        let found = self.world.log_ok().await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.messages, Some(found.log.head));
        for told in self.told.clone().iter().rev().take(10) {
            assert_eq!(self.send(told).await.json(), told.answer, "{}", told.path);
        }
        for Asked { path, answer } in &self.asked {
            assert_eq!(self.answer(path).await, *answer, "{path}: the past is not what it was");
        }
        self.seen
    }
}

pub(super) fn relay(world: &World) -> Relay {
    let address = NatsAddress::parse(&world.nats.as_ref().unwrap().url_for("relay")).unwrap();
    Relay::new(world.store().clone(), address, Settings::default())
}

/// The way to the read models with nothing in between.
pub(super) fn wire(world: &World) -> String {
    world.database.url_for("salgslogg_projector")
}
