//! Lists of sales and activities: what they leave out, how one steps through them, what they add up to, and how they
//! are taken away (SO-25, SO-26, SO-37, SO-41 to SO-43, SD-21, SD-28) or printed (SO-33).

mod analyses;
mod columns;
mod companies;
mod cursors;
mod etag;
mod every_file;
mod export;
mod files;
mod grouping;
mod one_sale;
mod print;
mod stages;
mod stepping;
mod summary;
mod tables;
mod upcoming;

use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// A world with the fixture and some sales, all registered on 1 March.
struct Shop {
    world: World,
    fixture: Fixture,
}

impl Shop {
    async fn open() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        Self { world, fixture }
    }

    /// A sale of the importer's, Ola, unless `more` says otherwise.
    async fn sale(&self, title: &str, worth: (&str, &str), date: &str, more: Value) -> String {
        let mut body =
            json!({"amount": {"amount": worth.0, "currency": worth.1}, "sale_date": date});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        self.fixture.sale(&self.world, "2026-03-01T08:00:00Z", title, body).await
    }

    /// A command on a sale on 2 March; demands that it is accepted.
    async fn on(&self, sale: &str, command: &str, body: Value) {
        let path = format!("/v1/sales/{sale}/{command}");
        self.fixture.at(&self.world, "2026-03-02T08:00:00Z", &path, body).await;
    }

    async fn won(&self, sale: &str) {
        self.on(sale, "mark-sold", json!({"reason": "price", "close_date": "2026-03-02"})).await;
    }

    async fn lost(&self, sale: &str) {
        self.on(sale, "mark-lost", json!({"reason": "price", "close_date": "2026-03-02"})).await;
    }

    async fn stalled(&self, sale: &str) {
        let body = json!({"reopen_date": "2026-12-01", "reason": "budget"});
        self.on(sale, "stall", body).await;
    }

    /// What the importer is answered.
    async fn ask(&self, path: &str) -> Value {
        self.ask_as(&self.fixture.importer, path).await
    }

    async fn ask_as(&self, token: &str, path: &str) -> Value {
        self.world.get(token, path).await.expect(200).json()
    }

    /// Titles of a list of sales.
    async fn titles(&self, question: &str) -> Vec<String> {
        let list = self.ask(&format!("/v1/sales?{question}")).await;
        let sales = list["sales"].as_array().unwrap().iter();
        sales.map(|sale| sale["title"].as_str().unwrap().to_owned()).collect()
    }

    /// From now on sellers see their own sales only.
    async fn sellers_see_their_own(&self) {
        let eva = self.world.token("eva", "admin");
        for records in ["sales", "activities"] {
            let body = json!({"role": "seller", "records": records, "own": "delete",
                "own_groups": "none", "other_groups": "none", "others": "none"});
            let path = "/v1/tenants/demo/set-record-rights";
            self.world.post(&eva, path, &body).await.expect(200);
        }
    }
}
