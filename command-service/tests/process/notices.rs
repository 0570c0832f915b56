//! ActivityReminder (SD-6), AssignmentNotice (§6-A32) and StallFollowUp (SO-14): each sends its command once, whatever
//! interrupts it, and stays quiet when a log is read again or history is brought in.

use command_service::call::Call;
use command_service::process::{ActivityReminder, AssignmentNotice, StallFollowUp};
use domain::Order;
use domain::activity::{ActivityCommand, Alarm, Moment, NewActivity, When};
use domain::sale::SaleCommand;
use domain::tenant::{DiaryChanges, TenantCommand};
use domain::user::{Caller, UserCommand};
use events::activity::Kind;
use events::sale::Parties;
use events::{ActivityId, ListKey, StreamName, TypeName, UserId};
use service_runtime::ids::new_id;

use crate::once::{
    fires_once_though_interrupted, found, imported, importer, manager, quiet_about_what_is_old,
    quiet_on_replay, sent,
};
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

async fn on(world: &World, activity: ActivityId, command: ActivityCommand) {
    world.ask(&call(), activity.stream(), Order::Activity(command)).await;
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
        follow_up_type: None,
        recurrence: None,
    };
    world
        .ask(&who, id.stream(), Order::Activity(ActivityCommand::PlanActivity(Box::new(new))))
        .await;
    id
}

async fn add_user(world: &World, name: &str) {
    let add = UserCommand::AddUser {
        name: TypeName::parse(name).unwrap(),
        groups: Vec::new(),
        primary_group: None,
    };
    world.ask(&call(), StreamName::of_user(&user(name)), Order::User(add)).await;
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
    world.ask(&call(), StreamName::of_tenant(&tenant()), order).await;
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

/// A32, SO-14.
#[tokio::test]
async fn a_log_that_is_a_day_old_tells_nobody_of_assignments_and_offers_nothing_a32_so_14() {
    let world = World::new().await;
    add_user(&world, "kari").await;
    meeting(&world, call(), "kari").await;
    world.stall("2026-09-01").await;
    quiet_about_what_is_old::<AssignmentNotice>(&world, BEFORE).await;
    quiet_about_what_is_old::<StallFollowUp>(&world, BEFORE).await;
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
    world.ask(&importer, world.sale.stream(), stall).await;
    assert_eq!(sent(&mut manager::<StallFollowUp>(&world), BEFORE).await, 0);
    assert!(found(&world, kind).await.is_empty());
}
