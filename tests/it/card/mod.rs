//! The sale card: what lies on its tabs, who wrote it, and what its history tells (SO-F1 … SO-F36).

mod actions;
mod custom;
mod deleting;
mod fields;
mod links;
mod parties;
mod stakeholders;
mod tabs;
mod turning;
mod visibility;

use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// A world with the fixture and a sale of Ola's.
struct Desk {
    world: World,
    fixture: Fixture,
    sale: String,
}

impl Desk {
    async fn new() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
        Self { world, fixture, sale }
    }

    /// A command on the sale; demands that it is accepted.
    async fn on(&self, command: &str, body: Value) -> Value {
        self.fixture.on(&self.world, &self.sale, command, body).await
    }

    /// A command on the sale; demands its refusal.
    async fn refused(&self, command: &str, body: Value, status: u16, code: &str) -> Value {
        let path = format!("/v1/sales/{}/{command}", self.sale);
        let reply = self.world.post(&self.fixture.importer, &path, &body).await;
        reply.clone().expect_problem(status, code);
        reply.json()
    }

    /// What a question answers.
    async fn ask(&self, path: &str) -> Value {
        self.world.get(&self.fixture.importer, path).await.expect(200).json()
    }

    /// The card of the sale.
    async fn card(&self) -> Value {
        self.ask(&format!("/v1/sales/{}", self.sale)).await
    }

    /// The sale in the list.
    async fn listed(&self) -> Value {
        self.ask("/v1/sales").await["sales"][0].clone()
    }

    /// Every change of a field, oldest first, as (from, to).
    async fn changes_of(&self, field: &str) -> Vec<(Value, Value)> {
        let history = self.ask(&format!("/v1/sales/{}/history", self.sale)).await;
        let events = history["events"].as_array().unwrap().iter();
        let changes = events.flat_map(|event| event["changes"].as_array().unwrap().clone());
        let of_field = changes.filter(|change| change["field"] == field);
        of_field.map(|change| (change["from"].clone(), change["to"].clone())).collect()
    }
}
