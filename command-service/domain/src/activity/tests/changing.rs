//! Another time, other terms, another owner (SD-2, SD-3, SD-8).

use events::Note;
use events::activity::{ActivityTerms, Kind};

use super::*;
use crate::Refusal;
use crate::activity::ActivityChanges;

fn reschedule(when: When) -> Order {
    Order::Activity(ActivityCommand::RescheduleActivity(when))
}

fn edit(changes: ActivityChanges) -> Order {
    Order::Activity(ActivityCommand::EditActivity(Box::new(changes)))
}

fn assign(owner: &str) -> Order {
    let owner = user(owner);
    Order::Activity(ActivityCommand::AssignActivity { owner, caller: caller() })
}

fn moved(slot: events::activity::Slot) -> [Event; 1] {
    [Event::Activity(ActivityEvent::Rescheduled { slot })]
}

#[test]
fn a_new_start_keeps_the_length_and_a_new_end_the_start() {
    let friday = times("2026-03-20T13:00:00Z", "2026-03-20T14:00:00Z");
    world([meeting()]).when(reschedule(from("2026-03-20T13:00:00Z"))).then(moved(friday));
    let longer = times("2026-03-17T09:00:00Z", "2026-03-17T12:00:00Z");
    world([meeting()]).when(reschedule(until("2026-03-17T12:00:00Z"))).then(moved(longer));
    let both = between("2026-03-20T13:00:00Z", "2026-03-20T13:15:00Z");
    let short = times("2026-03-20T13:00:00Z", "2026-03-20T13:15:00Z");
    world([meeting()]).when(reschedule(both)).then(moved(short));
    let fair = planned(Kind::Meeting, days("2026-03-16", "2026-03-18"), terms());
    let week_later = days("2026-03-23", "2026-03-25");
    world([fair.clone()]).when(reschedule(from("2026-03-23"))).then(moved(week_later));
    let day_longer = days("2026-03-16", "2026-03-19");
    world([fair]).when(reschedule(until("2026-03-19"))).then(moved(day_longer));
}

#[test]
fn a_to_do_given_one_day_is_dated_that_day_sd_3() {
    let week = || planned(Kind::ToDo, days("2026-03-16", "2026-03-20"), terms());
    let friday = days("2026-03-27", "2026-03-27");
    world([week()]).when(reschedule(until("2026-03-27"))).then(moved(friday));
    world([week()]).when(reschedule(from("2026-03-27"))).then(moved(friday));
    let next = days("2026-03-23", "2026-03-27");
    world([week()]).when(reschedule(between("2026-03-23", "2026-03-27"))).then(moved(next));
}

#[test]
fn the_same_time_again_is_no_event() {
    let unticked = When { all_day: Some(false), ..When::default() };
    let same = between("2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z");
    for when in [When::default(), unticked, same, from("2026-03-17T09:00:00Z")] {
        world([meeting()]).when(reschedule(when)).then_nothing();
    }
    let to_do = || planned(Kind::ToDo, days("2026-03-20", "2026-03-20"), terms());
    for when in [When::default(), all_day(When::default()), until("2026-03-20")] {
        world([to_do()]).when(reschedule(when)).then_nothing();
    }
}

#[test]
fn times_become_days_and_lose_their_alarm_sd_4_sd_6() {
    let slot = days("2026-03-17", "2026-03-17");
    let silent = ActivityEvent::Edited(terms());
    let expected = [ActivityEvent::Rescheduled { slot }, silent].map(Event::Activity);
    world([meeting()]).when(reschedule(all_day(from("2026-03-17")))).then(expected);
    let refused = world([meeting()]).when(reschedule(all_day(When::default())));
    refused.then_refused(Refusal::StartRequired);
    let refused = world([meeting()]).when(reschedule(from("2026-03-17")));
    refused.then_refused(Refusal::TimeExpected { pointer: "/start" });
}

#[test]
fn days_become_times_of_the_usual_length_sd_3() {
    let timed = |when| When { all_day: Some(false), ..when };
    for (kind, end) in
        [(Kind::Meeting, "2026-03-17T10:00:00Z"), (Kind::Call, "2026-03-17T09:15:00Z")]
    {
        let whole = || planned(kind, days("2026-03-17", "2026-03-17"), terms());
        let slot = times("2026-03-17T09:00:00Z", end);
        world([whole()]).when(reschedule(timed(from("2026-03-17T09:00:00Z")))).then(moved(slot));
        let refused = world([whole()]).when(reschedule(timed(When::default())));
        refused.then_refused(Refusal::StartRequired);
    }
    let to_do = planned(Kind::ToDo, days("2026-03-17", "2026-03-17"), terms());
    let refused = world([to_do]).when(reschedule(timed(from("2026-03-17T09:00:00Z"))));
    refused.then_refused(Refusal::DayExpected { pointer: "/start" });
}

#[test]
fn another_time_keeps_the_bounds_of_a_plan() {
    for (when, refusal) in [
        (until("2026-03-17T08:59:59Z"), Refusal::EndBeforeStart),
        (until("2027-03-18T09:00:01Z"), Refusal::ActivityTooLong),
        (from("9999-12-30T23:30:00Z"), Refusal::OutsideCalendar),
    ] {
        world([meeting()]).when(reschedule(when)).then_refused(refusal);
    }
    let days = planned(Kind::Meeting, days("2026-03-16", "2026-03-18"), terms());
    let refused = world([days]).when(reschedule(from("9999-12-30")));
    refused.then_refused(Refusal::OutsideCalendar);
}

#[test]
fn an_edit_changes_what_it_names_and_clears_what_is_null_sd_2() {
    let before = ActivityTerms {
        description: Some(Note::parse("Bring the contract").unwrap()),
        sale: Some(FJORD),
        alarm_minutes: Some(15),
        ..terms()
    };
    let slot = times("2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z");
    let meeting = || planned(Kind::Meeting, slot, before.clone());
    let changes = ActivityChanges {
        title: Some(" Demo 2 ".into()),
        description: Some(None),
        alarm_minutes: Some(Some(30)),
        ..ActivityChanges::default()
    };
    let after = ActivityTerms {
        title: Title::parse("Demo 2").unwrap(),
        description: None,
        alarm_minutes: Some(30),
        ..before.clone()
    };
    let edited = Event::Activity(ActivityEvent::Edited(after));
    world([meeting()]).when(edit(changes)).then([edited]);
    let unlinked = ActivityChanges { sale: Some(None), ..ActivityChanges::default() };
    let alone = ActivityTerms { sale: None, ..before.clone() };
    let edited = Event::Activity(ActivityEvent::Edited(alone));
    world([meeting()]).when(edit(unlinked)).then([edited]);
}

#[test]
fn an_edit_that_says_what_already_is_is_no_event() {
    let same = ActivityChanges { title: Some(" Demo ".into()), ..ActivityChanges::default() };
    for changes in [ActivityChanges::default(), same] {
        world([meeting()]).when(edit(changes)).then_nothing();
    }
}

#[test]
fn an_edit_keeps_the_rules_of_a_plan() {
    let untitled = ActivityChanges { title: Some(" ".into()), ..ActivityChanges::default() };
    world([meeting()]).when(edit(untitled)).then_refused(Refusal::TitleRequired);
    let elsewhere = ActivityChanges { sale: Some(Some(NOWHERE)), ..ActivityChanges::default() };
    world([meeting()]).when(edit(elsewhere)).then_refused(Refusal::UnknownSale);
    let alarm = ActivityChanges { alarm_minutes: Some(Some(5)), ..ActivityChanges::default() };
    let to_do = planned(Kind::ToDo, days("2026-03-20", "2026-03-20"), terms());
    world([to_do]).when(edit(alarm)).then_refused(Refusal::AlarmNeedsTime);
}

fn handed_to(owner: &str, group: &str, by: &str) -> ActivityEvent {
    let (owner_group, assigned_by) = (Some(group.into()), Some(user(by)));
    ActivityEvent::Assigned { owner: user(owner), owner_group, assigned_by }
}

#[test]
fn an_activity_is_handed_to_another_user_with_their_group_sd_8() {
    let assigned = handed_to("per", "south", "ola");
    let expected = || [Event::Activity(assigned.clone())];
    world([meeting()]).when(assign("per")).then(expected());
    world([meeting()]).by_seller("ola").when(assign("per")).then(expected());
    world([meeting()]).when(assign("ola")).then_nothing();
    world([meeting()]).when(assign("nobody")).then_refused(Refusal::UnknownOwner);
}

#[test]
fn what_was_handed_over_is_no_longer_ones_own_sd_8() {
    let assigned = handed_to("per", "south", "ola");
    let history = || world([meeting(), assigned.clone()]);
    history().by_seller("ola").when(assign("ola")).then_refused(Refusal::NotYourActivity);
    let back = history().by_seller("per").when(assign("ola")).facts();
    let expected = handed_to("ola", "north", "per");
    assert_eq!(back, [Event::Activity(expected)]);
}
