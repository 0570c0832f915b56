//! Done, not done after all, gone (SD-9); and whose activity it is.

use super::*;
use crate::Refusal;
use crate::activity::ActivityChanges;

fn order(command: ActivityCommand) -> Order {
    Order::Activity(command)
}

/// Every command that changes what is planned, with something to change.
fn changes() -> [Order; 3] {
    let title = Some("Other".into());
    [
        ActivityCommand::RescheduleActivity(from("2026-03-20T13:00:00Z")),
        ActivityCommand::EditActivity(Box::new(ActivityChanges { title, ..Default::default() })),
        ActivityCommand::AssignActivity { owner: user("per"), caller: caller() },
    ]
    .map(order)
}

/// The other three.
fn steps() -> [Order; 3] {
    use ActivityCommand as C;
    [C::CompleteActivity, C::ReopenActivity, C::DeleteActivity].map(order)
}

#[test]
fn completing_is_dated_today_and_done_once_sd_9() {
    let today = ActivityEvent::Completed { completed_on: day("2026-03-10") };
    let complete = || order(ActivityCommand::CompleteActivity);
    world([meeting()]).when(complete()).then([Event::Activity(today)]);
    world([meeting(), completed()]).when(complete()).then_nothing();
}

#[test]
fn a_completed_activity_is_not_changed_until_it_is_reopened_sd_9() {
    for change in changes() {
        let refused = world([meeting(), completed()]).when(change.clone());
        refused.then_refused(Refusal::ActivityCompleted);
        let reopened = world([meeting(), completed(), ActivityEvent::Reopened {}]);
        assert_eq!(reopened.when(change).facts().len(), 1);
    }
}

#[test]
fn reopening_clears_the_tick_and_is_nothing_without_one_sd_9() {
    let reopen = || order(ActivityCommand::ReopenActivity);
    let reopened = Event::Activity(ActivityEvent::Reopened {});
    world([meeting(), completed()]).when(reopen()).then([reopened]);
    world([meeting()]).when(reopen()).then_nothing();
}

#[test]
fn what_is_deleted_stays_deleted() {
    let delete = || order(ActivityCommand::DeleteActivity);
    let deleted = ActivityEvent::Deleted {};
    world([meeting()]).when(delete()).then([Event::Activity(deleted.clone())]);
    world([meeting(), completed()]).when(delete()).then([Event::Activity(deleted.clone())]);
    world([meeting(), deleted.clone()]).when(delete()).then_nothing();
    let [complete, reopen, _] = steps();
    for command in changes().into_iter().chain([complete, reopen]) {
        let refused = world([meeting(), deleted.clone()]).when(command);
        refused.then_refused(Refusal::ActivityDeleted);
    }
}

#[test]
fn nothing_can_be_done_to_what_was_never_planned() {
    for command in changes().into_iter().chain(steps()) {
        world([]).when(command).then_refused(Refusal::Unknown(Aggregate::Activity));
    }
}

#[test]
fn a_seller_changes_own_activities_only_also_deleted_ones() {
    for command in changes().into_iter().chain(steps()) {
        for history in [vec![meeting()], vec![meeting(), ActivityEvent::Deleted {}]] {
            let refused = world(history).by_seller("per").when(command.clone());
            refused.then_refused(Refusal::NotYourActivity);
        }
        let own = world([meeting()]).by_seller("ola").when(command);
        own.facts();
    }
}
