//! What goes wrong: each fault leaves the world as that fault would, and nothing is repaired before the next peace.

use local_stack::proxy::postgres::{Cut, PostgresProxy};
use serde_json::{Value, json};
use service_runtime::ids::new_id;

use super::follower::Follower;
use super::life::{Life, Told, relay, wire};

/// More exchanges than a step of both lanes has.
const EXCHANGES: usize = 30;

impl Life {
    /// A fault of some kind.
    pub(super) async fn fault(&mut self) {
        match self.chance.below(9) {
            0 => self.command_is_cut_off().await,
            1 => self.projector_is_cut(Cut::Before, "projector cut before").await,
            2 => self.projector_is_cut(Cut::After, "projector cut after").await,
            3 => self.projector_is_killed().await,
            4 => self.lease_is_lost().await,
            5 => self.delivered_again().await,
            6 => self.nats().await,
            7 => self.clock_jumps(),
            _ => {
                self.relay = relay(&self.world);
                self.saw("relay restarted");
            }
        }
    }

    /// Every connection of the write side dies while a command is under way; its client asks again under its key.
    async fn command_is_cut_off(&mut self) {
        let id = new_id().to_string();
        let body = json!({"id": id, "title": "cut off", "sale_type": self.fixture.new});
        let path = "/v1/sales".to_owned();
        let told = Told { key: new_id().to_string(), path, body, answer: Value::Null };
        let kill = async {
            sqlx::query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND usename = 'salgslogg_command'",
            )
            .execute(self.world.database.owner())
            .await
            .unwrap();
        };
        let (mut reply, ()) = tokio::join!(self.send(&told), kill);
        for _ in 0..20 {
            if reply.status.is_success() {
                break;
            }
            assert_eq!(reply.status.as_u16(), 503, "{}", reply.text);
            reply = self.send(&told).await;
        }
        self.sales.push(id);
        self.note("registered", told, &reply.expect(201));
        self.saw("command's connections killed");
    }

    /// The projector's wire is cut at some statement, and it is never heard of again.
    async fn projector_is_cut(&mut self, cut: Cut, what: &'static str) {
        let exchange = i64::try_from(self.chance.below(EXCHANGES)).unwrap();
        let url = wire(&self.world);
        let proxy = PostgresProxy::before(&url, cut, exchange).await.unwrap();
        self.leases_end().await;
        let mut dying = Follower::begin(&self.world, &proxy.url(&url).unwrap());
        for _ in 0..3 {
            dying.step().await;
        }
        if proxy.was_cut() {
            self.saw(what);
        }
        drop(dying);
        self.leases_end().await;
    }

    /// The projector dies between two steps; another process takes over when the lease has ended.
    async fn projector_is_killed(&mut self) {
        self.follower = Follower::begin(&self.world, &wire(&self.world));
        self.leases_end().await;
        self.follower.step().await;
        self.saw("projector killed");
    }

    /// Another process takes the lanes over while their owner sleeps; the owner wakes up and is refused.
    async fn lease_is_lost(&mut self) {
        self.leases_end().await;
        let mut heir = Follower::begin(&self.world, &wire(&self.world));
        heir.step().await;
        self.follower.step().await;
        self.follower = heir;
        self.saw("lease lost");
    }

    /// Events come again, shuffled.
    async fn delivered_again(&mut self) {
        let events = self.world.store().read_after(0, 10_000).await.unwrap();
        let from = self.chance.below(events.len());
        let some = events[from..].iter().take(20).cloned().collect();
        let some = self.chance.shuffled(some);
        self.follower.deliver(&some).await;
        self.saw("delivered again in disorder");
    }

    /// NATS goes, comes back, or comes back with nothing.
    async fn nats(&mut self) {
        if !self.nats_is_up {
            return self.nats_returns().await;
        }
        let wiped = self.chance.once_in(3);
        let server = self.world.nats.as_mut().unwrap();
        server.kill9().await;
        if wiped {
            server.wipe().await.unwrap();
            self.saw("NATS wiped");
        }
        self.nats_is_up = false;
        self.saw("NATS gone");
    }

    pub(super) async fn nats_returns(&mut self) {
        self.world.nats.as_mut().unwrap().start_again().await.unwrap();
        self.nats_is_up = true;
        self.saw("NATS back");
    }

    /// Business time jumps; recorded time is the database's and does not.
    fn clock_jumps(&mut self) {
        let hours = i64::try_from(1 + self.chance.below(30)).unwrap();
        let (hours, what) = match self.chance.once_in(2) {
            true => (hours, "clock jumped ahead"),
            false => (-hours, "clock jumped back"),
        };
        self.world.clock.set(self.world.clock.now() + chrono::Duration::hours(hours));
        self.saw(what);
    }

    /// The rest of every lease's time goes by.
    pub(super) async fn leases_end(&self) {
        for ended in [
            "UPDATE es_ops.projection_part SET lease_until = '-infinity'",
            "UPDATE es_ops.relay SET lease_until = '-infinity'",
        ] {
            sqlx::query(ended).execute(self.world.database.owner()).await.unwrap();
        }
    }
}
