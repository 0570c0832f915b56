//! TargetTypeCleanup (ST-5, ST-6): the rows that a type does not want any more go once, whatever interrupts it, however late
//! it is; rows that came afterwards stay, also when the log is read again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use command_service::process::{ProcessFault, Reaction, SendFault, SendOrder, TargetTypeCleanup};
use command_service::sending::send_order;
use domain::target::{NewLevel, NewTarget, TargetCommand};
use domain::target_type::{TargetTypeChanges, TargetTypeCommand};
use domain::user::Caller;
use domain::{Order, Refusal};
use events::target::{Assignee, TargetPlace};
use events::target_type::{DEFAULT, Dimension, TargetTypeTerms, Unit};
use events::{
    Event, LocalName, StreamName, TargetId, TargetTypeEvent, TargetTypeId, TypeName, UserEvent,
    UserId,
};
use futures::FutureExt;
use uuid::Uuid;

use crate::once::{fires_once_though_interrupted, found, imported, manager, quiet_on_replay, sent};
use crate::world::{World, at, call, tenant};

const NOW: &str = "2026-03-10T09:00:00Z";
const REMOVED: &str = "target.removed";
const SOURCES: TargetTypeId = TargetTypeId(Uuid::from_u128(0x7a));

fn name(text: &str) -> TypeName {
    TypeName::parse(text).unwrap()
}

fn user(text: &str) -> UserId {
    UserId::parse(text).unwrap()
}

fn place(target_type: TargetTypeId, assignee: Assignee) -> TargetPlace {
    TargetPlace { target_type, item: None, year: 2026, assignee }
}

fn of(user_name: &str) -> TargetId {
    place(SOURCES, Assignee::User { user: user(user_name), group: None }).id()
}

fn of_north() -> TargetId {
    place(SOURCES, Assignee::Group { group: name("North") }).id()
}

/// Users of North and South, and a type by source.
async fn typed() -> World {
    let world = World::new().await;
    for (id, group) in [("ola", "North"), ("kari", "North"), ("per", "South")] {
        let groups = vec![group.to_owned()];
        let primary_group = Some(group.to_owned());
        let added = UserEvent::Added { name: name(id), groups, primary_group };
        world.tell(StreamName::of_user(&user(id)), &Event::User(added)).await;
    }
    let (name, items) = (LocalName::english(name("Sources")), vec![]);
    let terms = TargetTypeTerms { name, items, groups_only: false };
    let (dimension, unit) = (Dimension::Source, Unit::Amount);
    let defined = TargetTypeEvent::Defined { dimension, unit, terms };
    world.tell(SOURCES.stream(), &Event::TargetType(defined)).await;
    world
}

async fn add(world: &World, target_type: TargetTypeId, level: NewLevel) {
    let new = NewTarget {
        target_type,
        item: None,
        year: 2026,
        level,
        currency: None,
        copy_last_year: None,
    };
    let stream = new.id().stream();
    world.ask(&call(), stream, Order::Target(TargetCommand::AddTarget(Box::new(new)))).await;
}

/// North with its two members, the company, and per; kari's row is locked.
async fn rows(world: &World) {
    add(world, SOURCES, NewLevel::Group { group: name("North"), members: vec![] }).await;
    add(world, SOURCES, NewLevel::Company).await;
    add_user(world, "per").await;
    on(world, of("kari"), TargetCommand::LockTarget).await;
    add(world, DEFAULT, NewLevel::Company).await;
}

async fn add_user(world: &World, id: &str) {
    let caller = Caller { name: name(id), groups: vec![] };
    add(world, SOURCES, NewLevel::User { user: user(id), caller }).await;
}

async fn on(world: &World, row: TargetId, command: TargetCommand) {
    world.ask(&call(), row.stream(), Order::Target(command)).await;
}

async fn on_type(world: &World, command: TargetTypeCommand) {
    world.ask(&call(), SOURCES.stream(), Order::TargetType(command)).await;
}

async fn delete(world: &World) {
    on_type(world, TargetTypeCommand::DeleteTargetType { id: SOURCES }).await;
}

async fn groups_only(world: &World, on: bool) {
    let changes = TargetTypeChanges { groups_only: Some(on), ..TargetTypeChanges::default() };
    on_type(world, TargetTypeCommand::EditTargetType { id: SOURCES, changes }).await;
}

/// Streams that lost their row, in order.
async fn removed(world: &World) -> Vec<String> {
    let mut streams: Vec<_> =
        found(world, REMOVED).await.into_iter().map(|(stream, ..)| stream).collect();
    streams.sort();
    streams
}

fn streams(rows: &[TargetId]) -> Vec<String> {
    let mut streams: Vec<_> = rows.iter().map(|row| row.stream().to_string()).collect();
    streams.sort();
    streams
}

async fn pumped(world: &World) -> usize {
    world.expire_lease().await;
    sent(&mut manager::<TargetTypeCleanup>(world), NOW).await
}

async fn forget_receipts(world: &World) {
    let forget = "ALTER TABLE es.command DISABLE TRIGGER ALL; DELETE FROM es.command";
    sqlx::raw_sql(forget).execute(world.database.owner()).await.unwrap();
}

/// ST-6: all of them, locked ones and those of users too; caused by the deletion, by the system.
#[tokio::test]
async fn a_deleted_type_takes_its_rows_along_st_6() {
    let world = typed().await;
    rows(&world).await;
    assert_eq!(pumped(&world).await, 0);
    delete(&world).await;
    let company = place(SOURCES, Assignee::Company).id();
    let all = [of_north(), of("ola"), of("kari"), of("per"), company];
    assert_eq!(pumped(&world).await, 5);
    assert_eq!(removed(&world).await, streams(&all));
    assert_eq!(pumped(&world).await, 0);
    let log = world.store.read_after(0, 10_000).await.unwrap();
    let deleted = log.iter().find(|row| row.event_type == "target-type.deleted").unwrap();
    for row in log.iter().filter(|row| row.event_type == REMOVED) {
        let meta = row.metadata().unwrap();
        assert_eq!(
            (meta.actor.as_str(), meta.causation),
            ("target-type-cleanup", Some(deleted.event_id))
        );
        assert_eq!(meta.correlation, deleted.metadata().unwrap().correlation);
    }
    quiet_on_replay::<TargetTypeCleanup>(&world, NOW, REMOVED).await;
    forget_receipts(&world).await;
    quiet_on_replay::<TargetTypeCleanup>(&world, NOW, REMOVED).await;
}

/// ST-5: the rows of users only; whoever gets one afterwards keeps it, whatever is read again.
#[tokio::test]
async fn a_type_for_groups_only_loses_its_rows_of_users_st_5() {
    let world = typed().await;
    rows(&world).await;
    groups_only(&world, true).await;
    // taken back before anybody cleared up: what was there goes all the same
    groups_only(&world, false).await;
    assert_eq!(pumped(&world).await, 3);
    let users = streams(&[of("ola"), of("kari"), of("per")]);
    assert_eq!(removed(&world).await, users);
    add_user(&world, "ola").await;
    forget_receipts(&world).await;
    quiet_on_replay::<TargetTypeCleanup>(&world, NOW, REMOVED).await;
    on(&world, of("ola"), TargetCommand::LockTarget).await;
    groups_only(&world, true).await;
    assert_eq!(pumped(&world).await, 1, "ola's new row");
    // a new name says again that it is for groups only
    let changes = TargetTypeChanges {
        name: Some(LocalName::english(name("From where"))),
        ..TargetTypeChanges::default()
    };
    on_type(&world, TargetTypeCommand::EditTargetType { id: SOURCES, changes }).await;
    assert_eq!(pumped(&world).await, 0);
}

/// ST-5, ST-6: what is to go takes no command until it has gone.
#[tokio::test]
async fn rows_that_are_to_go_are_refused_until_they_have_gone_st_6() {
    let world = typed().await;
    rows(&world).await;
    delete(&world).await;
    let lock = || Order::Target(TargetCommand::LockTarget);
    let refused = world.executor.execute(&call(), of("ola").stream(), lock()).await;
    assert_eq!(refusal(refused), Refusal::TargetTypeDeleted);
    pumped(&world).await;
    let refused = world.executor.execute(&call(), of("ola").stream(), lock()).await;
    assert_eq!(refusal(refused), Refusal::TargetRemoved);
}

fn refusal<A: std::fmt::Debug>(outcome: Result<A, command_service::call::ExecuteError>) -> Refusal {
    match outcome.unwrap_err() {
        command_service::call::ExecuteError::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// ST-6: killed on both sides of its command.
#[tokio::test]
async fn clearing_up_survives_interruptions_st_6() {
    let world = typed().await;
    add_user(&world, "per").await;
    delete(&world).await;
    fires_once_though_interrupted::<TargetTypeCleanup>(&world, NOW, REMOVED).await;
}

/// ST-6: killed after every single row: the heirs do the rest, each once.
#[tokio::test]
async fn clearing_up_is_killed_between_any_two_rows_and_goes_on_st_6() {
    for survives in 0..5 {
        let world = typed().await;
        rows(&world).await;
        delete(&world).await;
        let mut unlucky =
            Reaction::<TargetTypeCleanup>::new(world.store.clone(), dying_after(&world, survives));
        let died = unlucky.pump(at(NOW)).await;
        assert!(matches!(died, Err(ProcessFault::Send(_))), "{died:?}");
        assert_eq!(removed(&world).await.len(), survives);
        drop(unlucky);
        assert_eq!(pumped(&world).await, 5 - survives);
        assert_eq!(removed(&world).await.len(), 5, "each once");
        assert!(world.timers().await.is_empty());
    }
}

/// Carries out so many commands and no more.
fn dying_after(world: &World, survives: usize) -> SendOrder {
    let (inner, count) = (send_order(world.executor.clone()), Arc::new(AtomicUsize::new(0)));
    Arc::new(move |wanted| {
        if count.fetch_add(1, Ordering::SeqCst) >= survives {
            return async { Err(SendFault("killed".into())) }.boxed();
        }
        inner(wanted)
    })
}

/// ST-6: a deletion that nobody looked at for days, and one that was brought in, are cleared up all the same.
#[tokio::test]
async fn clearing_up_is_never_too_late_st_6() {
    let world = typed().await;
    rows(&world).await;
    delete(&world).await;
    let aged = "ALTER TABLE es.event DISABLE TRIGGER immutable; \
        UPDATE es.event SET recorded_at = recorded_at - interval '40 days'";
    sqlx::raw_sql(aged).execute(world.database.owner()).await.unwrap();
    assert_eq!(pumped(&world).await, 5);

    let world = typed().await;
    add_user(&world, "per").await;
    let who = command_service::call::Call {
        effective_at: Some(world.store.clock().await.unwrap()),
        ..imported(NOW)
    };
    let order = Order::TargetType(TargetTypeCommand::DeleteTargetType { id: SOURCES });
    world.ask(&who, SOURCES.stream(), order).await;
    assert_eq!(pumped(&world).await, 1);
    let rows = world.store.targets_before(&tenant(), SOURCES, i64::MAX).await.unwrap();
    assert_eq!(rows, []);
}
