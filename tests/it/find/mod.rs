//! Searches through HTTP, with exact figures (SF-7 to SF-9): which sales a criterion finds, today and then, for whom.

mod activities;
mod bad_input;
mod criteria;
mod nobody;
mod pages;
mod parties;
mod rights;
mod words;

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// Some sales, registered on 1 March; it is 10 March, a Tuesday.
struct Office {
    world: World,
    fixture: Fixture,
}

/// A company or a contact.
fn party(n: u32, name: &str) -> Value {
    json!({"id": format!("0198f0a0-0000-7000-8000-{n:012x}"), "name": name})
}

impl Office {
    async fn open() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        Self { world, fixture }
    }

    /// Nine sales of which each differs from the others in something.
    async fn full() -> Self {
        let office = Self::open().await;
        let nina = json!({"company": party(0xf1, "Fjord AS"), "contact": party(0xf2, "Nina Hansen"),
            "stage": office.fixture.qt, "source": "web"});
        let fjord = office.sale("Fjord ERP", ("500000", "NOK"), "2026-04-15", nina).await;
        let havn = json!({"company": party(0xf3, "Havn AS"), "owner": "per"});
        office.sale("Support of Fjord", ("4000", "EUR"), "2026-04-20", havn).await;
        let kari = json!({"owner": "kari", "description": "Chairs, and tables"});
        let chairs = office.sale("Chairs", ("6000", "EUR"), "2026-04-30", kari.clone()).await;
        office.sale("Tables", ("7000", "EUR"), "2026-05-01", kari).await;
        let stalled = office.sale("Harbour", ("8000", "EUR"), "2026-04-02", json!({})).await;
        let stall = json!({"reopen_date": "2026-12-01", "reason": "budget"});
        office.on(&stalled, "stall", stall).await;
        let won = office.sale("Bridge", ("9000", "EUR"), "2026-04-03", json!({})).await;
        let sold = json!({"reason": "price", "close_date": "2026-03-02"});
        office.on(&won, "mark-sold", sold).await;
        let lost = office.sale("Tunnel", ("9500", "EUR"), "2026-04-04", json!({})).await;
        let gone = json!({"reason": "price", "close_date": "2025-12-30", "competitor": "acme"});
        office.on(&lost, "mark-lost", gone).await;
        // there is no rate for dollars
        office.sale("Dollars", ("9999", "USD"), "2026-04-05", json!({})).await;
        office.sale("Late", ("100", "EUR"), "2026-03-05", json!({})).await;
        office.plan(&fjord, "Call Nina", "2026-03-12", "ola").await;
        office.plan(&chairs, "Measure", "2026-03-09", "kari").await;
        office
    }

    async fn sale(&self, title: &str, worth: (&str, &str), date: &str, more: Value) -> String {
        let mut body =
            json!({"amount": {"amount": worth.0, "currency": worth.1}, "sale_date": date});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        self.fixture.sale(&self.world, "2026-03-01T08:00:00Z", title, body).await
    }

    /// A command on a sale on 2 March.
    async fn on(&self, sale: &str, command: &str, body: Value) {
        let path = format!("/v1/sales/{sale}/{command}");
        self.fixture.at(&self.world, "2026-03-02T08:00:00Z", &path, body).await;
    }

    /// A to-do on a sale; answers its id.
    async fn plan(&self, sale: &str, title: &str, end: &str, owner: &str) -> String {
        let body =
            json!({"kind": "to_do", "title": title, "sale": sale, "end": end, "owner": owner});
        let answer =
            self.fixture.at(&self.world, "2026-03-01T09:00:00Z", "/v1/activities", body).await;
        answer["id"].as_str().unwrap().to_owned()
    }

    async fn ask_as(&self, token: &str, path: &str) -> Value {
        self.world.get(token, path).await.expect(200).json()
    }

    /// Titles of the sales a question lists, in the order they were registered.
    async fn titles(&self, question: &str) -> Vec<String> {
        self.titles_as(&self.fixture.importer, question).await
    }

    async fn titles_as(&self, token: &str, question: &str) -> Vec<String> {
        let path = format!("/v1/sales?sort=number&limit=500&{question}");
        titles(&self.ask_as(token, &path).await)
    }

    /// Titles of what criteria find.
    async fn found(&self, criteria: &str) -> Vec<String> {
        self.titles(&format!("criteria={}", encoded(criteria))).await
    }

    /// A question with a body.
    async fn find(&self, query: &str, body: &Value) -> system_tests::Reply {
        self.world.caught_up().await;
        let path = format!("/v1/sales/find?{query}");
        let ask = self.world.question_by(Method::POST, &path).bearer(&self.fixture.importer);
        ask.json(body).send().await
    }

    async fn rights(&self, records: &str, levels: [&str; 4]) {
        let [own, own_groups, other_groups, others] = levels;
        let body = json!({"role": "seller", "records": records, "own": own,
            "own_groups": own_groups, "other_groups": other_groups, "others": others});
        let path = "/v1/tenants/demo/set-record-rights";
        self.world.post(&self.world.token("eva", "admin"), path, &body).await.expect(200);
    }

    /// Ola of North, a seller.
    fn seller(&self) -> String {
        self.world.token_in("demo", "ola", &["seller"], &["North"])
    }
}

fn titles(list: &Value) -> Vec<String> {
    let sales = list["sales"].as_array().unwrap().iter();
    sales.map(|sale| sale["title"].as_str().unwrap().to_owned()).collect()
}

/// Percent-encoded.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
