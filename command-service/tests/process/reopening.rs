//! When a stalled sale reopens by itself, and when it does not (S7, SO-13, SO-16).

use chrono_tz::Tz;
use domain::sale::SaleCommand;
use events::sale::{ReopenCause, ReopenedFrom};
use events::{Event, ListKey, SaleEvent};

use crate::world::{World, at, sent};

#[tokio::test]
async fn a_stalled_sale_reopens_at_midnight_of_its_reopen_date_in_the_tenants_zone() {
    let world = World::new().await;
    world.move_to(Tz::Europe__Oslo).await;
    world.stall("2026-09-01").await;
    let mut manager = world.manager();
    assert_eq!(sent(&mut manager, "2026-08-31T21:59:59Z").await, 0);
    assert_eq!(world.timers().await, [at("2026-08-31T22:00:00Z")]);

    world.clock.set(at("2026-08-31T22:00:00Z"));
    assert_eq!(sent(&mut manager, "2026-08-31T22:00:00Z").await, 1);
    let events = world.events().await;
    let [_, stalled, reopened] = &events[..] else { panic!("{events:?}") };
    let Event::Sale(SaleEvent::Reopened { from_status, cause, probability, .. }) =
        reopened.decode().unwrap()
    else {
        panic!("{reopened:?}")
    };
    assert_eq!((from_status, cause), (ReopenedFrom::Stalled, ReopenCause::ReopenDate));
    assert_eq!(probability.percent(), 50);
    let metadata = reopened.metadata().unwrap();
    assert_eq!(metadata.actor, "stalled-sale-reopen");
    assert_eq!(metadata.causation, Some(stalled.event_id));
    assert_eq!(metadata.correlation, stalled.metadata().unwrap().correlation);

    assert_eq!(sent(&mut manager, "2026-09-02T00:00:00Z").await, 0);
    assert!(world.timers().await.is_empty());
}

#[tokio::test]
async fn changed_terms_replace_the_timer() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let mut manager = world.manager();
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    world.change_terms("2026-10-01").await;
    assert_eq!(sent(&mut manager, "2026-09-15T00:00:00Z").await, 0);
    assert_eq!(world.timers().await, [at("2026-10-01T00:00:00Z")]);
    assert_eq!(sent(&mut manager, "2026-10-01T00:00:00Z").await, 1);
    assert_eq!(world.types().await.last().unwrap(), "sale.reopened");
}

#[tokio::test]
async fn a_sale_reopened_by_hand_is_left_alone() {
    let world = World::new().await;
    let mut manager = world.manager();
    world.stall("2026-09-01").await;
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    world.order(SaleCommand::ReopenSale { cause: ReopenCause::Manual }).await.unwrap();
    assert_eq!(sent(&mut manager, "2026-09-01T00:00:00Z").await, 0);
    assert_eq!(world.types().await, ["sale.registered", "sale.stalled", "sale.reopened"]);
    assert!(world.timers().await.is_empty());
}

#[tokio::test]
async fn a_closed_sale_is_left_alone() {
    let world = World::new().await;
    let mut manager = world.manager();
    world.stall("2026-09-01").await;
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    let reason = ListKey::parse("price").unwrap();
    let lost = SaleCommand::MarkLost { reason, close_date: None, competitor: None };
    world.order(lost).await.unwrap();
    assert_eq!(sent(&mut manager, "2026-09-01T00:00:00Z").await, 0);
    assert_eq!(world.types().await.last().unwrap(), "sale.lost");
}

#[tokio::test]
async fn a_sale_stalled_again_waits_for_its_new_date() {
    let world = World::new().await;
    let mut manager = world.manager();
    world.stall("2026-09-01").await;
    world.order(SaleCommand::ReopenSale { cause: ReopenCause::Manual }).await.unwrap();
    world.stall("2026-09-20").await;
    assert_eq!(sent(&mut manager, "2026-09-01T00:00:00Z").await, 0);
    assert_eq!(sent(&mut manager, "2026-09-20T00:00:00Z").await, 1);
}

#[tokio::test]
async fn an_imported_stall_starts_no_timer_and_ends_the_one_before() {
    let world = World::new().await;
    let mut manager = world.manager();
    world.stall("2026-09-01").await;
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    let reason = ListKey::parse("budget").unwrap();
    let reopen_date = "2026-10-01".parse().unwrap();
    let recorded = world.events().await.last().unwrap().recorded_at;
    world.append(SaleEvent::StallTermsChanged { reopen_date, reason }, Some(recorded)).await;
    assert_eq!(sent(&mut manager, "2027-01-01T00:00:00Z").await, 0);
    assert!(world.timers().await.is_empty());
    assert_eq!(world.types().await.last().unwrap(), "sale.stall-terms-changed");
}

#[tokio::test]
async fn a_tenant_that_moves_takes_its_timers_along() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let mut manager = world.manager();
    assert_eq!(sent(&mut manager, "2026-03-10T09:00:00Z").await, 0);
    assert_eq!(world.timers().await, [at("2026-09-01T00:00:00Z")]);
    world.move_to(Tz::America__New_York).await;
    assert_eq!(sent(&mut manager, "2026-09-01T03:59:59Z").await, 0);
    assert_eq!(world.timers().await, [at("2026-09-01T04:00:00Z")]);
    world.move_to(Tz::Europe__Oslo).await;
    assert_eq!(sent(&mut manager, "2026-08-31T22:00:00Z").await, 1);
}
