//! What a plan becomes: kinds and their defaults, links, owner (SD-1 to SD-6).

use events::activity::{ActivityTerms, Kind, Slot};
use events::rights::{Principal, Role};
use events::{ActivityEvent, Event};

use super::*;
use crate::activity::alarm_minutes;
use crate::{By, Refusal, decide};

/// The slot a plan on 2026-03-10, 09:00 UTC, gets.
#[track_caller]
fn slot(kind: Kind, when: When) -> Slot {
    match world([]).when(plan(new(kind, when))).facts().as_slice() {
        [Event::Activity(ActivityEvent::Planned { slot, .. })] => *slot,
        other => panic!("expected one plan, got {other:?}"),
    }
}

#[track_caller]
fn refused(kind: Kind, when: When, refusal: Refusal) {
    world([]).when(plan(new(kind, when))).then_refused(refusal);
}

#[test]
fn a_meeting_starts_when_it_says_and_lasts_an_hour_sd_3() {
    let nine_to_ten = times("2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z");
    assert_eq!(slot(Kind::Meeting, from("2026-03-17T09:00:00Z")), nine_to_ten);
    let longer = times("2026-03-17T09:00:00Z", "2026-03-17T11:30:00Z");
    let said = between("2026-03-17T09:00:00Z", "2026-03-17T11:30:00Z");
    assert_eq!(slot(Kind::Meeting, said), longer);
    refused(Kind::Meeting, When::default(), Refusal::StartRequired);
    refused(Kind::Meeting, until("2026-03-17T09:00:00Z"), Refusal::StartRequired);
}

#[test]
fn a_call_starts_now_and_lasts_15_minutes_sd_3() {
    let now = times("2026-03-10T09:00:00Z", "2026-03-10T09:15:00Z");
    assert_eq!(slot(Kind::Call, When::default()), now);
    let later = times("2026-03-11T13:00:00Z", "2026-03-11T13:15:00Z");
    assert_eq!(slot(Kind::Call, from("2026-03-11T13:00:00Z")), later);
    let now_until = times("2026-03-10T09:00:00Z", "2026-03-10T09:30:00Z");
    assert_eq!(slot(Kind::Call, until("2026-03-10T09:30:00Z")), now_until);
}

#[test]
fn a_to_do_is_dated_today_or_the_day_it_says_sd_3() {
    assert_eq!(slot(Kind::ToDo, When::default()), days("2026-03-10", "2026-03-10"));
    assert_eq!(slot(Kind::ToDo, until("2026-03-20")), days("2026-03-20", "2026-03-20"));
    assert_eq!(slot(Kind::ToDo, from("2026-03-20")), days("2026-03-20", "2026-03-20"));
    let week = between("2026-03-16", "2026-03-20");
    assert_eq!(slot(Kind::ToDo, week), days("2026-03-16", "2026-03-20"));
    let unticked = When { all_day: Some(false), ..until("2026-03-20") };
    assert_eq!(slot(Kind::ToDo, unticked), days("2026-03-20", "2026-03-20"));
}

#[test]
fn what_lasts_all_day_has_days_sd_4() {
    assert_eq!(
        slot(Kind::Meeting, all_day(between("2026-03-17", "2026-03-18"))),
        days("2026-03-17", "2026-03-18")
    );
    assert_eq!(slot(Kind::Meeting, all_day(from("2026-03-17"))), days("2026-03-17", "2026-03-17"));
    assert_eq!(slot(Kind::Call, all_day(When::default())), days("2026-03-10", "2026-03-10"));
    refused(Kind::Meeting, all_day(until("2026-03-17")), Refusal::StartRequired);
}

#[test]
fn a_time_where_a_day_belongs_and_a_day_where_a_time_does_are_refused_sd_1() {
    let (time, start, end) = ("2026-03-17T09:00:00Z", "/start", "/end");
    refused(Kind::ToDo, until(time), Refusal::DayExpected { pointer: end });
    refused(Kind::ToDo, from(time), Refusal::DayExpected { pointer: start });
    refused(Kind::Meeting, all_day(from(time)), Refusal::DayExpected { pointer: start });
    refused(Kind::Meeting, from("2026-03-17"), Refusal::TimeExpected { pointer: start });
    let mixed = between(time, "2026-03-17");
    refused(Kind::Call, mixed, Refusal::TimeExpected { pointer: end });
    assert_eq!(Refusal::TimeExpected { pointer: end }.pointer(), Some("/end"));
}

#[test]
fn the_end_is_not_before_the_start_sd_2() {
    let at_once = between("2026-03-17T09:00:00Z", "2026-03-17T09:00:00Z");
    let nothing = times("2026-03-17T09:00:00Z", "2026-03-17T09:00:00Z");
    assert_eq!(slot(Kind::Meeting, at_once), nothing);
    let back = between("2026-03-17T09:00:00.000001Z", "2026-03-17T09:00:00Z");
    refused(Kind::Meeting, back, Refusal::EndBeforeStart);
    refused(Kind::ToDo, between("2026-03-17", "2026-03-16"), Refusal::EndBeforeStart);
    refused(Kind::Call, until("2026-03-10T08:59:59Z"), Refusal::EndBeforeStart);
}

#[test]
fn an_activity_lasts_366_days_at_most() {
    let leap_year = between("2028-01-01", "2028-12-31");
    assert_eq!(slot(Kind::ToDo, leap_year), days("2028-01-01", "2028-12-31"));
    refused(Kind::ToDo, between("2028-01-01", "2029-01-01"), Refusal::ActivityTooLong);
    let year = between("2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z");
    slot(Kind::Meeting, year);
    let more = between("2028-01-01T00:00:00Z", "2029-01-01T00:00:00.000001Z");
    refused(Kind::Meeting, more, Refusal::ActivityTooLong);
}

#[test]
fn an_activity_falls_on_days_of_the_years_1900_to_9999_in_every_zone() {
    slot(Kind::ToDo, between("1900-01-01", "1900-01-01"));
    slot(Kind::ToDo, between("9999-12-31", "9999-12-31"));
    slot(Kind::Meeting, from("1900-01-02T00:00:00Z"));
    slot(Kind::Meeting, from("9999-12-30T22:59:59Z"));
    refused(Kind::Meeting, from("1900-01-01T23:59:59Z"), Refusal::OutsideCalendar);
    refused(Kind::Meeting, from("9999-12-30T23:00:00Z"), Refusal::OutsideCalendar);
}

#[test]
fn a_plan_needs_a_title_sd_2() {
    for title in ["", "  ", "\u{3000}"] {
        let untitled = NewActivity { title: title.into(), ..new(Kind::ToDo, When::default()) };
        world([]).when(plan(untitled)).then_refused(Refusal::TitleRequired);
    }
}

#[test]
fn a_plan_may_be_about_a_sale_that_exists_sd_2() {
    let about = |sale| plan(NewActivity { sale: Some(sale), ..new(Kind::ToDo, When::default()) });
    let slot = days("2026-03-10", "2026-03-10");
    let with_sale = ActivityTerms { sale: Some(FJORD), ..terms() };
    let expected = Event::Activity(planned(Kind::ToDo, slot, with_sale));
    world([]).when(about(FJORD)).then([expected.clone()]);
    world([]).when(about(NOWHERE)).then_refused(Refusal::UnknownSale);
    let won = [registered(), won()].map(Event::Sale);
    world([]).and_all(FJORD.stream(), &won).when(about(FJORD)).then([expected]);
}

#[test]
fn an_alarm_rings_up_to_four_weeks_before_a_time_and_is_off_by_default_sd_6() {
    let with = |kind, when| NewActivity { alarm_minutes: Some(0), ..new(kind, when) };
    let facts = world([]).when(plan(with(Kind::Call, When::default()))).facts();
    let slot = times("2026-03-10T09:00:00Z", "2026-03-10T09:15:00Z");
    let at_the_start = ActivityTerms { alarm_minutes: Some(0), ..terms() };
    assert_eq!(facts, [Event::Activity(planned(Kind::Call, slot, at_the_start))]);
    for when in [When::default(), all_day(from("2026-03-17"))] {
        world([]).when(plan(with(Kind::ToDo, when))).then_refused(Refusal::AlarmNeedsTime);
    }
    let meeting = plan(with(Kind::Meeting, all_day(from("2026-03-17"))));
    world([]).when(meeting).then_refused(Refusal::AlarmNeedsTime);
    assert_eq!((alarm_minutes(0), alarm_minutes(40_320)), (Ok(0), Ok(40_320)));
    for bad in [-1, 40_321, i64::MAX, i64::MIN] {
        assert!(alarm_minutes(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_owner_is_the_caller_or_a_user_and_their_group_is_written_down_sd_2() {
    let for_whom = |owner| plan(NewActivity { owner, ..new(Kind::ToDo, until("2026-03-20")) });
    let facts = world([]).when(for_whom(Some(user("per")))).facts();
    let [Event::Activity(ActivityEvent::Planned { owner, owner_group, .. })] = facts.as_slice()
    else {
        panic!("expected one plan, got {facts:?}")
    };
    assert_eq!((owner, owner_group.as_deref()), (&user("per"), Some("south")));
    let nobody = for_whom(Some(user("nobody")));
    world([]).when(nobody).then_refused(Refusal::UnknownOwner);
}

#[test]
fn a_caller_who_owns_something_for_the_first_time_is_added() {
    let (mia, references) = (user("mia"), crate::References::default());
    let roles = [Role::Seller].into_iter().collect();
    let principal = Principal { user: mia.clone(), groups: Vec::new(), roles };
    let context = crate::Context {
        at: at("2026-03-10T09:00:00Z"),
        today: day("2026-03-10"),
        actor: &mia,
        by: By::Principal(&principal),
        references: &references,
    };
    let state = crate::State::empty(Aggregate::Activity);
    let decision = decide(&state, plan(new(Kind::ToDo, When::default())), &context).unwrap();
    let [(stream, Event::User(UserEvent::Added { primary_group, .. }))] = &decision.beside[..]
    else {
        panic!("expected one user, got {decision:?}")
    };
    assert_eq!((stream, primary_group.as_deref()), (&StreamName::of_user(&mia), Some("north")));
}

#[test]
fn a_seller_plans_for_nobody_else() {
    let theirs = NewActivity { owner: Some(user("per")), ..new(Kind::ToDo, When::default()) };
    let asked = world([]).by_seller("ola").when(plan(theirs.clone()));
    asked.then_refused(Refusal::NotYourActivity);
    world([]).by_seller("per").when(plan(theirs)).facts();
}

#[test]
fn a_plan_is_made_once_also_of_what_was_deleted() {
    let again = || plan(new(Kind::ToDo, When::default()));
    let exists = Refusal::AlreadyExists(Aggregate::Activity);
    world([meeting()]).when(again()).then_refused(exists.clone());
    world([meeting(), ActivityEvent::Deleted {}]).when(again()).then_refused(exists);
}
