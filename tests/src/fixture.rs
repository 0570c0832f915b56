//! The fixture of the worked scenarios (domain §5): base EUR, NOK and GBP rates, three users, three stages,
//! the types NEW and SIMPLE.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::World;

/// When the fixture took effect: before every scenario.
pub const SET_UP_AT: &str = "2026-01-01T00:00:00Z";

/// Ids of the fixture and a token that may do everything.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// First meeting, 20 %.
    pub fm: Uuid,
    /// Quotation, 50 %.
    pub qt: Uuid,
    /// Signing of contract, 80 %.
    pub sc: Uuid,
    /// Sale to new customer: FM, QT, SC, three months.
    pub new: Uuid,
    /// No stages, no duration.
    pub simple: Uuid,
    /// A token of role importer, user `ola`.
    pub importer: String,
    /// The tenant.
    pub tenant: String,
}

impl Fixture {
    /// Sets the fixture up in tenant `demo`.
    pub async fn set_up(world: &World) -> Self {
        Self::set_up_in(world, "demo").await
    }

    /// Sets the fixture up in a tenant.
    pub async fn set_up_in(world: &World, tenant: &str) -> Self {
        let id = |n: u128| Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0000_0000 + n);
        let fixture = Self {
            fm: id(1),
            qt: id(2),
            sc: id(3),
            new: id(10),
            simple: id(11),
            importer: world.token_of(tenant, "ola", &["importer"]),
            tenant: tenant.to_owned(),
        };
        for (user, group) in [("ola", "North"), ("kari", "North"), ("per", "South")] {
            let body = json!({"id": user, "name": user, "groups": [group], "primary_group": group});
            fixture.at(world, SET_UP_AT, "/v1/users", body).await;
        }
        for (code, rate, unit) in [("NOK", "12.677", 100), ("GBP", "1.562", 1)] {
            let body = json!({"rate": rate, "unit": unit, "valid_from": "2026-01-01"});
            fixture.at(world, SET_UP_AT, &format!("/v1/currencies/{code}/set-rate"), body).await;
        }
        for (id, en, nb, probability) in [
            (fixture.fm, "First meeting", "Første møte", 20),
            (fixture.qt, "Quotation", "Tilbud", 50),
            (fixture.sc, "Signing of contract", "Kontraktssignering", 80),
        ] {
            let body = json!({"id": id, "name": {"en": en, "nb": nb}, "probability": probability});
            fixture.at(world, SET_UP_AT, "/v1/stages", body).await;
        }
        let new = json!({"id": fixture.new, "name": "Sale to new customer", "category": "New business",
            "duration": {"n": 3, "unit": "months"}, "stages": [fixture.fm, fixture.qt, fixture.sc], "guide": true,
            "stakeholders": true});
        fixture.at(world, SET_UP_AT, "/v1/sale-types", new).await;
        let simple = json!({"id": fixture.simple, "name": "Simple sale"});
        fixture.at(world, SET_UP_AT, "/v1/sale-types", simple).await;
        fixture
    }

    /// Posts as the importer, effective at an instant; demands that it is accepted. Answers the body.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn at(&self, world: &World, at: &str, path: &str, body: Value) -> Value {
        let reply = world.post_at(&self.importer, at, path, &body).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text);
        reply.json()
    }

    /// Registers a sale of type NEW effective at an instant; `more` adds or replaces fields. Answers its id.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn sale(&self, world: &World, at: &str, title: &str, more: Value) -> String {
        let mut body = json!({"title": title, "sale_type": self.new});
        for (field, value) in more.as_object().cloned().unwrap_or_default() {
            body[field] = value;
        }
        let answer = self.at(world, at, "/v1/sales", body).await;
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// A command without effective time on a sale, as the importer; demands that it is accepted.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn on(&self, world: &World, sale: &str, command: &str, body: Value) -> Value {
        let reply = world.post(&self.importer, &format!("/v1/sales/{sale}/{command}"), &body).await;
        assert!(reply.status.is_success(), "{command}: {}", reply.text);
        reply.json()
    }
}
