//! Selections through both services: who sees and changes them, their members, races, repeats, and what is done for all
//! members (SF-10 to SF-13, SF-17, SF-18).

mod bulk;
mod history;
mod list;
mod members;
mod races;
mod rights;
mod views;

use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// When sales were registered.
const AT: &str = "2026-03-01T08:00:00Z";

/// A world with sales of Ola's.
struct Office {
    world: World,
    fixture: Fixture,
}

impl Office {
    async fn open() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        Self { world, fixture }
    }

    /// So many sales, `Sale 1` and on.
    async fn sales(&self, count: usize) -> Vec<String> {
        let mut sales = Vec::new();
        for n in 1..=count {
            let more = json!({"sale_date": "2026-06-01"});
            sales.push(self.fixture.sale(&self.world, AT, &format!("Sale {n}"), more).await);
        }
        sales
    }

    /// A selection of the importer's, Ola, since the sales were registered.
    async fn created(&self, body: Value) -> String {
        let answer = self.fixture.at(&self.world, AT, "/v1/selections", body).await;
        answer["id"].as_str().unwrap().to_owned()
    }

    async fn created_by(&self, token: &str, body: Value) -> String {
        let reply = self.world.post(token, "/v1/selections", &body).await.expect(201).json();
        reply["id"].as_str().unwrap().to_owned()
    }

    async fn static_with(&self, members: &[String]) -> String {
        self.created(json!({"name": "Call them", "kind": "static", "members": members})).await
    }

    /// A command on a selection of the importer's; demands that it is accepted.
    async fn on(&self, id: &str, command: &str, body: Value) -> Value {
        let path = format!("/v1/selections/{id}/{command}");
        self.world.post(&self.fixture.importer, &path, &body).await.expect(200).json()
    }

    async fn ask(&self, path: &str) -> Value {
        self.world.get(&self.fixture.importer, path).await.expect(200).json()
    }

    /// Titles of the members that somebody sees.
    async fn titles_as(&self, token: &str, id: &str, more: &str) -> Vec<String> {
        let path = format!("/v1/selections/{id}/members?sort=number{more}");
        let answer = self.world.get(token, &path).await.expect(200).json();
        titles(&answer["members"])
    }

    async fn titles(&self, id: &str) -> Vec<String> {
        self.titles_as(&self.fixture.importer, id, "").await
    }
}

fn titles(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}
