//! The board: columns, lanes, figures, cards, what a drop stands for, saved views (SF-14, SF-15, SF-16, §6-A12).

mod cards;
mod columns;
mod moving;
mod rights;
mod views;

use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// When the sales of these tests are registered; today is 10 March.
const REGISTERED: &str = "2026-03-01T08:00:00Z";

/// A world with the fixture.
struct Office {
    world: World,
    fixture: Fixture,
}

/// Ids of the sales of [`Office::selling`].
struct Sales {
    fjord: String,
    rhein: String,
    thames: String,
    old: String,
}

impl Office {
    async fn open() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        Self { world, fixture }
    }

    async fn sale(&self, title: &str, worth: (&str, &str), more: Value) -> String {
        let mut body = json!({"amount": {"amount": worth.0, "currency": worth.1}});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        self.fixture.sale(&self.world, REGISTERED, title, body).await
    }

    /// Four open sales of type NEW, one of type SIMPLE, one stalled, one won, one lost.
    async fn selling(&self) -> Sales {
        let Fixture { fm, sc, simple, .. } = &self.fixture;
        let sales = Sales {
            fjord: self.sale("Fjord", ("500000", "NOK"), json!({"stage": fm})).await,
            rhein: self
                .sale("Rhein", ("40000", "EUR"), json!({"stage": sc, "owner": "kari"}))
                .await,
            thames: self
                .sale("Thames", ("20000", "GBP"), json!({"stage": fm, "owner": "per"}))
                .await,
            old: self
                .sale("Old", ("1000", "EUR"), json!({"stage": fm, "sale_date": "2026-03-05"}))
                .await,
        };
        let plain = json!({"sale_type": simple, "probability": 10, "sale_date": "2026-12-01"});
        self.sale("Plain", ("700", "EUR"), plain).await;
        let waiting = self.sale("Waiting", ("400", "EUR"), json!({})).await;
        let gone = self.sale("Gone", ("900", "EUR"), json!({"owner": "kari"})).await;
        let missed = self.sale("Missed", ("300", "EUR"), json!({"owner": "per"})).await;
        self.on(&waiting, "stall", json!({"reopen_date": "2026-12-01", "reason": "budget"})).await;
        let closed = json!({"reason": "price", "close_date": "2026-03-02"});
        self.on(&gone, "mark-sold", closed.clone()).await;
        self.on(&missed, "mark-lost", closed).await;
        sales
    }

    /// A command on a sale on 2 March; demands that it is accepted.
    async fn on(&self, sale: &str, command: &str, body: Value) {
        let path = format!("/v1/sales/{sale}/{command}");
        self.fixture.at(&self.world, "2026-03-02T08:00:00Z", &path, body).await;
    }

    /// What the importer is answered.
    async fn ask(&self, path: &str) -> Value {
        self.world.get(&self.fixture.importer, path).await.expect(200).json()
    }

    async fn board(&self, question: &str) -> Value {
        self.ask(&format!("/v1/board?{question}")).await
    }
}

/// Titles of some cards.
fn titles(cards: &Value) -> Vec<&str> {
    cards.as_array().unwrap().iter().map(|card| card["title"].as_str().unwrap()).collect()
}

/// Name, count and sum of each column, lane or subgroup.
fn told(columns: &Value) -> Vec<String> {
    let column = |column: &Value| {
        let name = column["name"].as_str().unwrap_or("-");
        format!("{name}: {} {}", column["count"], column["sum"].as_str().unwrap())
    };
    columns.as_array().unwrap().iter().map(column).collect()
}

/// The column of a key.
fn column<'a>(board: &'a Value, key: &str) -> &'a Value {
    let all = ["columns", "lanes"].into_iter().flat_map(|of| board[of].as_array().unwrap());
    let mut all = all.filter(|column| column["key"] == key);
    all.next().unwrap_or_else(|| panic!("no column {key}: {board}"))
}
