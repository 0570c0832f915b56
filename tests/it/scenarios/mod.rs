//! The worked scenarios of domain §5, through HTTP, figures exact.

mod activities;
mod closing;
mod currencies;
mod diary;
mod guide;
mod margins;
mod personal;
mod registration;
mod selections;
mod stalling;
mod targets;
mod tiles;
mod views;

use serde_json::Value;
use system_tests::{Fixture, World};

/// When the scenarios take place.
const TODAY: &str = "2026-03-10T09:00:00Z";

/// A sale of 500 000 NOK registered today by Ola.
async fn fjord(world: &World, fixture: &Fixture) -> String {
    let more = serde_json::json!({"amount": {"amount": "500000", "currency": "NOK"},
        "company": {"id": "0198f0a0-0000-7000-8000-0000000000f1", "name": "Fjord AS"}});
    fixture.sale(world, TODAY, "Fjord ERP", more).await
}

/// The pipeline in EUR with more parameters.
async fn pipeline(world: &World, fixture: &Fixture, more: &str) -> Value {
    world
        .get(&fixture.importer, &format!("/v1/pipeline?currency=EUR{more}"))
        .await
        .expect(200)
        .json()
}

/// The card of a sale.
async fn card(world: &World, fixture: &Fixture, sale: &str) -> Value {
    world.get(&fixture.importer, &format!("/v1/sales/{sale}")).await.expect(200).json()
}
