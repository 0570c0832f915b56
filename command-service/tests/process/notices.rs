//! ActivityReminder (SD-6), AssignmentNotice (§6-A32) and StallFollowUp (SO-14): each sends its command once, whatever
//! interrupts it, and stays quiet when a log is read again or history is brought in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use command_service::call::Call;
use command_service::process::{
    ActivityReminder, AssignmentNotice, ProcessFault, Pumped, Reaction, Rules, SendFault,
    SendOrder, StallFollowUp,
};
use command_service::reopening::send_order;
use domain::Order;
use domain::activity::{ActivityCommand, Alarm, Moment, NewActivity, When};
use domain::sale::SaleCommand;
use domain::tenant::{DiaryChanges, TenantCommand};
use domain::user::{Caller, UserCommand};
use events::activity::Kind;
use events::rights::{Principal, Role};
use events::sale::Parties;
use events::{ActivityId, ListKey, StreamName, TypeName, UserId};
use futures::FutureExt;
use service_runtime::ids::new_id;

use crate::world::{World, at, call, tenant};

const START: &str = "2026-03-17T09:00:00Z";
const BEFORE: &str = "2026-03-17T08:49:59Z";
const RINGS: &str = "2026-03-17T08:50:00Z";

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

fn caller() -> Caller {
    Caller { name: TypeName::parse("Ola").unwrap(), groups: Vec::new() }
}

/// Asks as somebody, now or with a business time of its own.
async fn ask(world: &World, who: Call, stream: StreamName, order: Order) {
    world.executor.execute(&who, stream, order).await.unwrap();
}

async fn on(world: &World, activity: ActivityId, command: ActivityCommand) {
    ask(world, call(), activity.stream(), Order::Activity(command)).await;
}

/// A meeting of Ola's with an alarm ten minutes before it.
async fn meeting(world: &World, who: Call, owner: &str) -> ActivityId {
    let id = ActivityId(new_id());
    let new = NewActivity {
        kind: Kind::Meeting,
        title: "Demo".into(),
        when: When { start: Some(Moment::At(at(START))), ..When::default() },
        owner: Some(user(owner)),
        caller: caller(),
        description: None,
        sale: None,
        parties: Parties::default(),
        alarm_minutes: Some(10),
        location: None,
        priority: None,
        recurrence: None,
    };
    ask(world, who, id.stream(), Order::Activity(ActivityCommand::PlanActivity(Box::new(new))))
        .await;
    id
}

async fn add_user(world: &World, name: &str) {
    let add = UserCommand::AddUser {
        name: TypeName::parse(name).unwrap(),
        groups: Vec::new(),
        primary_group: None,
    };
    ask(world, call(), StreamName::of_user(&user(name)), Order::User(add)).await;
}

fn manager<R: Rules>(world: &World) -> Reaction<R> {
    Reaction::new(world.store.clone(), send_order(world.executor.clone()))
}

async fn sent<R: Rules>(manager: &mut Reaction<R>, now: &str) -> usize {
    match manager.pump(at(now)).await.unwrap() {
        Pumped::UpTo { sent, .. } => sent,
        other => panic!("{other:?}"),
    }
}

/// Every event of a type in the log: stream, actor, payload.
async fn found(world: &World, kind: &str) -> Vec<(String, String, serde_json::Value)> {
    let all = world.store.read_after(0, 10_000).await.unwrap();
    let of_kind = all.into_iter().filter(|row| row.event_type == kind);
    of_kind
        .map(|row| {
            let meta = row.metadata().unwrap();
            (meta.stream, meta.actor, serde_json::from_slice(&row.payload).unwrap())
        })
        .collect()
}

/// A sender whose command is carried out and whose answer is lost, the first time.
fn losing_the_first_answer(world: &World) -> SendOrder {
    let (inner, first) = (send_order(world.executor.clone()), Arc::new(AtomicBool::new(true)));
    Arc::new(move |wanted| {
        let (answer, lost) = (inner(wanted), first.swap(false, Ordering::SeqCst));
        async move {
            let answer = answer.await?;
            if lost { Err(SendFault("the answer was lost".into())) } else { Ok(answer) }
        }
        .boxed()
    })
}

/// A sender that dies before its command is carried out, the first time.
fn dying_before_it_sends(world: &World) -> SendOrder {
    let (inner, first) = (send_order(world.executor.clone()), Arc::new(AtomicBool::new(true)));
    Arc::new(move |wanted| {
        if first.swap(false, Ordering::SeqCst) {
            return async { Err(SendFault("killed".into())) }.boxed();
        }
        inner(wanted)
    })
}

/// Interrupts a manager between reading its event and having its command answered, in both ways; then an heir goes on.
async fn fires_once_though_interrupted<R: Rules>(world: &World, now: &str, kind: &str) {
    for send in [dying_before_it_sends(world), losing_the_first_answer(world)] {
        let mut unlucky = Reaction::<R>::new(world.store.clone(), send);
        let pumped = unlucky.pump(at(now)).await;
        assert!(matches!(pumped, Err(ProcessFault::Send(_))), "{pumped:?}");
        drop(unlucky);
        world.expire_lease().await;
    }
    let mut heir = manager::<R>(world);
    sent(&mut heir, now).await;
    assert_eq!(sent(&mut heir, now).await, 0, "nothing is left to do");
    assert_eq!(found(world, kind).await.len(), 1, "once");
    assert!(world.timers().await.is_empty());
}

/// The whole log is read again by one that knows nothing of what was done.
async fn quiet_on_replay<R: Rules>(world: &World, now: &str, kind: &str) {
    let before = found(world, kind).await.len();
    sqlx::query("DELETE FROM es_ops.process").execute(world.database.owner()).await.unwrap();
    sqlx::query("DELETE FROM es_ops.timer").execute(world.database.owner()).await.unwrap();
    let mut anew = manager::<R>(world);
    for _ in 0..2 {
        sent(&mut anew, now).await;
    }
    assert_eq!(found(world, kind).await.len(), before, "what was said is not said again");
}

/// Somebody who brings history in.
fn importer() -> Principal {
    let roles = [Role::Importer].into_iter().collect();
    Principal { user: call().actor, groups: Vec::new(), roles }
}

fn imported(at_time: &str) -> Call {
    let effective_at: Option<DateTime<Utc>> = Some(at(at_time));
    Call { principal: Some(importer()), effective_at, ..call() }
}

/// SD-6: at start − lead, to the owner, once.
#[tokio::test]
async fn an_alarm_reaches_the_owner_when_it_rings_and_once_sd_6() {
    let world = World::new().await;
    let id = meeting(&world, call(), "ola").await;
    let mut reminder = manager::<ActivityReminder>(&world);
    assert_eq!(sent(&mut reminder, BEFORE).await, 0);
    assert_eq!(world.timers().await, [at(RINGS)]);
    assert_eq!(sent(&mut reminder, RINGS).await, 1);
    assert_eq!(sent(&mut reminder, START).await, 0);
    let told = found(&world, "activity.reminder-due").await;
    let payload = serde_json::json!({"owner": "ola", "starts_at": START, "alarm_minutes": 10});
    assert_eq!(told, [(id.stream().to_string(), "activity-reminder".to_owned(), payload)]);
}

/// SD-6: completion, deletion, another time and no alarm cancel it; reopened, it rings again.
#[tokio::test]
async fn an_alarm_is_cancelled_and_moved_sd_6() {
    let world = World::new().await;
    let mut reminder = manager::<ActivityReminder>(&world);
    for command in [
        ActivityCommand::CompleteActivity,
        ActivityCommand::DeleteActivity,
        ActivityCommand::SetAlarm(Alarm::Off),
    ] {
        let id = meeting(&world, call(), "ola").await;
        sent(&mut reminder, BEFORE).await;
        assert_eq!(world.timers().await, [at(RINGS)]);
        on(&world, id, command).await;
        assert_eq!(sent(&mut reminder, RINGS).await, 0);
        assert!(world.timers().await.is_empty());
    }
    let id = meeting(&world, call(), "ola").await;
    let later = When { start: Some(Moment::At(at("2026-03-18T09:00:00Z"))), ..When::default() };
    on(&world, id, ActivityCommand::RescheduleActivity(later)).await;
    on(&world, id, ActivityCommand::SetAlarm(Alarm::On(Some(30)))).await;
    assert_eq!(sent(&mut reminder, RINGS).await, 0);
    assert_eq!(world.timers().await, [at("2026-03-18T08:30:00Z")]);
    on(&world, id, ActivityCommand::CompleteActivity).await;
    assert_eq!(sent(&mut reminder, RINGS).await, 0);
    on(&world, id, ActivityCommand::ReopenActivity).await;
    assert_eq!(sent(&mut reminder, "2026-03-18T08:30:00Z").await, 1);
    assert_eq!(found(&world, "activity.reminder-due").await.len(), 1);
}

/// SD-6.
#[tokio::test]
async fn a_reminder_survives_interruptions_and_stays_quiet_on_replay_sd_6() {
    let world = World::new().await;
    meeting(&world, call(), "ola").await;
    let kind = "activity.reminder-due";
    fires_once_though_interrupted::<ActivityReminder>(&world, RINGS, kind).await;
    quiet_on_replay::<ActivityReminder>(&world, RINGS, kind).await;
    quiet_on_replay::<ActivityReminder>(&world, "2027-01-01T00:00:00Z", kind).await;
}

/// SD-6: a log that was never read reminds nobody of last year.
#[tokio::test]
async fn an_alarm_that_is_a_day_late_and_imported_ones_are_silent_sd_6() {
    let world = World::new().await;
    meeting(&world, call(), "ola").await;
    let mut reminder = manager::<ActivityReminder>(&world);
    assert_eq!(sent(&mut reminder, "2026-03-18T08:50:01Z").await, 0);
    assert!(found(&world, "activity.reminder-due").await.is_empty());
    meeting(&world, imported("2026-03-09T09:00:00Z"), "ola").await;
    assert_eq!(sent(&mut reminder, RINGS).await, 0);
    assert!(world.timers().await.is_empty(), "the importer sends what follows");
}

/// A32: whom something was given by somebody else is told, once.
#[tokio::test]
async fn an_assignment_and_a_change_of_owner_are_noticed_a32() {
    let world = World::new().await;
    for name in ["kari", "ola"] {
        add_user(&world, name).await;
    }
    let id = meeting(&world, call(), "ola").await;
    let mut notice = manager::<AssignmentNotice>(&world);
    assert_eq!(sent(&mut notice, BEFORE).await, 0, "one's own plan is no assignment");
    let owner = user("kari");
    on(&world, id, ActivityCommand::AssignActivity { owner: owner.clone(), caller: caller() })
        .await;
    let change = SaleCommand::ChangeOwner { owner, caller: caller() };
    world.order(change).await.unwrap();
    assert_eq!(sent(&mut notice, BEFORE).await, 2);
    assert_eq!(sent(&mut notice, BEFORE).await, 0);
    let payload = serde_json::json!({"owner": "kari", "by": "ola"});
    let told = found(&world, "activity.assignment-noticed").await;
    let actor = "assignment-notice".to_owned();
    assert_eq!(told, [(id.stream().to_string(), actor.clone(), payload.clone())]);
    let told = found(&world, "sale.owner-noticed").await;
    assert_eq!(told, [(world.sale.stream().to_string(), actor, payload)]);
}

/// A32: the tenant's switch.
#[tokio::test]
async fn a_tenant_that_wants_no_notices_gets_none_a32() {
    let world = World::new().await;
    add_user(&world, "kari").await;
    let off = DiaryChanges { assignment_notices: Some(false), ..DiaryChanges::default() };
    let order = Order::Tenant(TenantCommand::SetDiary(off));
    ask(&world, call(), StreamName::of_tenant(&tenant()), order).await;
    meeting(&world, call(), "kari").await;
    let mut notice = manager::<AssignmentNotice>(&world);
    sent(&mut notice, BEFORE).await;
    assert!(found(&world, "activity.assignment-noticed").await.is_empty());
    assert!(world.timers().await.is_empty());
}

/// A32.
#[tokio::test]
async fn a_notice_survives_interruptions_and_is_quiet_on_replay_and_import_a32() {
    let world = World::new().await;
    add_user(&world, "kari").await;
    meeting(&world, call(), "kari").await;
    let kind = "activity.assignment-noticed";
    fires_once_though_interrupted::<AssignmentNotice>(&world, BEFORE, kind).await;
    quiet_on_replay::<AssignmentNotice>(&world, BEFORE, kind).await;
    meeting(&world, imported("2026-03-09T09:00:00Z"), "kari").await;
    world.expire_lease().await;
    sent(&mut manager::<AssignmentNotice>(&world), BEFORE).await;
    assert_eq!(found(&world, kind).await.len(), 1, "history is nobody's news");
}

/// SO-14: an offer to the owner, nothing is planned.
#[tokio::test]
async fn a_stall_offers_its_owner_a_follow_up_so_14() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let mut offers = manager::<StallFollowUp>(&world);
    assert_eq!(sent(&mut offers, BEFORE).await, 1);
    assert_eq!(sent(&mut offers, BEFORE).await, 0);
    world.change_terms("2026-10-01").await;
    assert_eq!(sent(&mut offers, BEFORE).await, 0, "other terms are no other stall");
    let told = found(&world, "sale.follow-up-offered").await;
    let payload = serde_json::json!({"owner": "ola", "reopen_date": "2026-09-01"});
    assert_eq!(told, [(world.sale.stream().to_string(), "stall-follow-up".to_owned(), payload)]);
    let types = world.types().await;
    assert!(types.iter().all(|kind| kind.starts_with("sale.")), "offer only: {types:?}");
}

/// SO-14.
#[tokio::test]
async fn an_offer_survives_interruptions_and_is_quiet_on_replay_and_import_so_14() {
    let world = World::new().await;
    world.stall("2026-09-01").await;
    let kind = "sale.follow-up-offered";
    fires_once_though_interrupted::<StallFollowUp>(&world, BEFORE, kind).await;
    quiet_on_replay::<StallFollowUp>(&world, BEFORE, kind).await;
    let world = World::new().await;
    let reason = ListKey::parse("budget-next-year").unwrap();
    let reopen_date = "9000-01-01".parse().unwrap();
    let stall = Order::Sale(SaleCommand::StallSale { reopen_date, reason });
    // a sale's times never fall, and it was registered just now
    let now = Some(world.store.clock().await.unwrap());
    let importer = Call { principal: Some(importer()), effective_at: now, ..call() };
    ask(&world, importer, world.sale.stream(), stall).await;
    assert_eq!(sent(&mut manager::<StallFollowUp>(&world), BEFORE).await, 0);
    assert!(found(&world, kind).await.is_empty());
}
