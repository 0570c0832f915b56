//! The sales guide (SG-1 … SG-31): S4, S5, S6 and what S1 and S2 say of it, through HTTP, process managers pumped by hand.

mod changing;
mod creating;
mod defining;
mod documents;
mod example;
mod progress;
mod stages;
mod suggesting;
mod types;

use command_service::process::{GuideSuggestion, Rules, StageAdvance, Steps as _};
use serde_json::{Value, json};
use system_tests::{Fixture, GuideItems, Reply, World};
use uuid::Uuid;

use super::fjord;

/// A world with the fixture, the guide of the worked scenarios on its type, and the sale of S1.
struct Guided {
    world: World,
    fixture: Fixture,
    items: GuideItems,
    sale: String,
}

impl Guided {
    async fn new() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let items = fixture.guide(&world).await;
        let sale = fjord(&world, &fixture).await;
        Self { world, fixture, items, sale }
    }

    async fn ask(&self, path: &str) -> Value {
        self.world.get(&self.fixture.importer, path).await.expect(200).json()
    }

    async fn card(&self) -> Value {
        self.ask(&format!("/v1/sales/{}", self.sale)).await
    }

    /// The sale's guide, with more parameters.
    async fn guide(&self, parameters: &str) -> Value {
        self.ask(&format!("/v1/sales/{}/guide?{parameters}", self.sale)).await
    }

    /// Every stage with its mark, and the state of each of its items, in order.
    async fn shown(&self) -> Value {
        marks_and_states(&self.guide("").await)
    }

    /// An item of the sale's guide.
    async fn item(&self, id: Uuid) -> Value {
        item(&self.guide("").await, id)
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.world.post(&self.fixture.importer, path, &body).await
    }

    /// A command on the sale; demands that it is accepted. Answers the names of its facts.
    async fn on(&self, command: &str, body: Value) -> Value {
        self.fixture.on(&self.world, &self.sale, command, body).await["events"].clone()
    }

    /// A command on the sale; demands its refusal.
    async fn refused(&self, command: &str, body: Value, code: &str) {
        let path = format!("/v1/sales/{}/{command}", self.sale);
        self.post(&path, body).await.expect_problem(422, code);
    }

    /// A command on the type NEW; demands that it is accepted.
    async fn on_type(&self, command: &str, body: Value) -> Value {
        let path = format!("/v1/sale-types/{}/{command}", self.fixture.new);
        let reply = self.post(&path, body).await;
        assert!(reply.status.is_success(), "{command}: {}", reply.text);
        reply.json()
    }

    /// Creates a follow-up from an item; answers its id.
    async fn create(&self, item: Uuid, more: Value) -> String {
        self.created("/v1/activities/from-guide-item", item, more).await
    }

    /// Creates a document from an item; answers its id.
    async fn document(&self, item: Uuid) -> String {
        self.created("/v1/activities/documents", item, json!({})).await
    }

    async fn created(&self, path: &str, item: Uuid, more: Value) -> String {
        let mut body = json!({"sale": self.sale, "item": item});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        let answer = self.post(path, body).await.expect(201).json();
        answer["id"].as_str().unwrap().to_owned()
    }

    /// A command without a body on an activity.
    async fn of_activity(&self, id: &str, command: &str) {
        self.post(&format!("/v1/activities/{id}/{command}"), json!({})).await.expect(200);
    }

    async fn activity(&self, id: &str) -> Value {
        self.ask(&format!("/v1/activities/{id}")).await
    }

    /// What happened to the sale, by name, oldest first.
    async fn history(&self) -> Vec<String> {
        let history = self.ask(&format!("/v1/sales/{}/history", self.sale)).await;
        let events = history["events"].as_array().unwrap().iter();
        events.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Both process managers of the guide, up to the head of the log.
    async fn pump(&self) {
        self.pumped::<GuideSuggestion>().await;
        self.pumped::<StageAdvance>().await;
    }

    async fn pumped<R: Rules>(&self) {
        let mut process = self.world.command.reaction::<R>();
        process.pump(self.world.clock.now()).await.unwrap();
        process.release().await.unwrap();
    }
}

/// Every stage with its mark, and the state of each of its items, in order.
fn marks_and_states(guide: &Value) -> Value {
    let stages = guide["stages"].as_array().unwrap().iter();
    let states = |stage: &Value| -> Value {
        stage["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect()
    };
    stages.map(|stage| json!([stage["mark"], states(stage)])).collect()
}

/// An item of a guide, in whatever stage.
fn item(guide: &Value, id: Uuid) -> Value {
    let stages = guide["stages"].as_array().unwrap().iter();
    let mut items = stages.flat_map(|stage| stage["items"].as_array().unwrap());
    items.find(|item| item["id"] == json!(id)).cloned().unwrap_or_else(|| panic!("{id} in {guide}"))
}
