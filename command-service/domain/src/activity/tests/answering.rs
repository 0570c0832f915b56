//! What whom an activity was given to makes of it (SD-8, SD-10), and the alarm (SD-6).

use events::{ListEvent, ListItem, ListName, LocalName};

use super::*;
use crate::activity::Alarm;
use crate::{Refusal, activity::ActivityChanges};

fn given_to(owner: &str, by: &str) -> ActivityEvent {
    let (owner_group, assigned_by) = (None, Some(user(by)));
    ActivityEvent::Assigned { owner: user(owner), owner_group, assigned_by }
}

fn order(command: ActivityCommand) -> Order {
    Order::Activity(command)
}

const SEE: ActivityCommand = ActivityCommand::SeeAssignment;
const ACCEPT: ActivityCommand = ActivityCommand::AcceptAssignment;
const DECLINE: ActivityCommand = ActivityCommand::DeclineAssignment;

fn seen() -> ActivityEvent {
    ActivityEvent::AssignmentSeen {}
}

fn declined(owner: &str, group: &str) -> ActivityEvent {
    ActivityEvent::AssignmentDeclined { owner: user(owner), owner_group: Some(group.into()) }
}

/// SD-10: assigned, then seen; seen twice is seen once.
#[test]
fn an_assignment_is_seen_by_its_owner_once_sd_10() {
    let history = || world([meeting(), given_to("per", "ola")]);
    history().by_seller("per").when(order(SEE)).then([Event::Activity(seen())]);
    history().by_seller("ola").when(order(SEE)).then_refused(Refusal::NotYourActivity);
    world([meeting(), given_to("per", "ola"), seen()]).when(order(SEE)).then_nothing();
    for command in [SEE, ACCEPT, DECLINE] {
        world([meeting()]).when(order(command)).then_refused(Refusal::NotAssigned);
    }
}

/// SD-8: taken, it is like any other.
#[test]
fn an_accepted_assignment_waits_for_no_answer_sd_8() {
    let accepted = ActivityEvent::AssignmentAccepted {};
    for history in [vec![], vec![seen()]] {
        let facts = [vec![meeting(), given_to("per", "ola")], history].concat();
        let given = world(facts).by_seller("per");
        given.when(order(ACCEPT)).then([Event::Activity(accepted.clone())]);
    }
    let taken = || world([meeting(), given_to("per", "ola"), accepted.clone()]);
    taken().when(order(DECLINE)).then_refused(Refusal::NotAssigned);
    taken().when(order(ACCEPT)).then_refused(Refusal::NotAssigned);
}

/// SD-8: handed back to who assigned it, in their group; who owns no activities is passed over.
#[test]
fn a_declined_assignment_goes_back_to_who_assigned_it_sd_8() {
    let decline = |by: &str| world([meeting(), given_to("per", by)]).when(order(DECLINE));
    decline("ola").then([Event::Activity(declined("ola", "north"))]);
    decline("mia").then([Event::Activity(declined("ola", "north"))]);
    let back = world([meeting(), given_to("per", "ola"), declined("ola", "north")]);
    back.when(order(DECLINE)).then_refused(Refusal::NotAssigned);
    let done = world([meeting(), given_to("per", "ola"), completed()]);
    done.when(order(DECLINE)).then_refused(Refusal::ActivityCompleted);
}

/// SD-8: planned for somebody by one who owns nothing, it stays where it is.
#[test]
fn what_cannot_go_back_stays_and_is_marked_sd_8() {
    let slot = times("2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z");
    let ActivityEvent::Planned { kind, owner, owner_group, guide_item, terms, .. } =
        planned(Kind::Meeting, slot, terms())
    else {
        panic!("a plan");
    };
    let assigned_by = Some(user("mia"));
    let series = None;
    let facts = [ActivityEvent::Planned {
        kind,
        slot,
        owner,
        owner_group,
        assigned_by,
        series,
        guide_item,
        terms,
    }];
    world(facts).when(order(DECLINE)).then([Event::Activity(declined("ola", "north"))]);
}

/// SD-8: planned for another, it waits for their answer; for oneself it does not.
#[test]
fn a_plan_for_another_is_an_assignment_sd_8() {
    for (owner, by) in [(Some(user("per")), Some(user("ola"))), (None, None)] {
        let facts = world([]).when(plan(NewActivity { owner, ..new(Kind::ToDo, When::default()) }));
        let facts = facts.facts();
        let [Event::Activity(ActivityEvent::Planned { assigned_by, .. })] = facts.as_slice() else {
            panic!("{facts:?}");
        };
        assert_eq!(*assigned_by, by);
    }
}

/// SD-6: ten minutes unless somebody says otherwise.
#[test]
fn an_alarm_is_set_changed_and_cleared_sd_6() {
    let set = |alarm| order(ActivityCommand::SetAlarm(alarm));
    let fact = |alarm_minutes| Event::Activity(ActivityEvent::AlarmSet { alarm_minutes });
    world([meeting()]).when(set(Alarm::On(None))).then([fact(Some(10))]);
    world([meeting()]).when(set(Alarm::On(Some(15)))).then_nothing();
    world([meeting()]).when(set(Alarm::On(Some(0)))).then([fact(Some(0))]);
    world([meeting()]).when(set(Alarm::Off)).then([fact(None)]);
    let to_do = planned(Kind::ToDo, days("2026-03-20", "2026-03-20"), terms());
    world([to_do.clone()]).when(set(Alarm::On(None))).then_refused(Refusal::AlarmNeedsTime);
    world([to_do]).when(set(Alarm::Off)).then_nothing();
    world([meeting(), completed()]).when(set(Alarm::Off)).then_refused(Refusal::ActivityCompleted);
}

/// SD-5: a key of the list of priorities.
#[test]
fn a_priority_is_one_that_the_list_offers_sd_5() {
    let key = |text: &str| ListKey::parse(text).unwrap();
    let labels = LocalName::english(TypeName::parse("At once").unwrap());
    let item = ListItem {
        list: ListName::Priority,
        key: key("at-once"),
        labels,
        rank: 1,
        kind: None,
        minutes: None,
    };
    let maintained = Event::List(ListEvent::ItemAdded(item));
    let with = |priority: &str| NewActivity {
        priority: Some(key(priority)),
        ..new(Kind::ToDo, When::default())
    };
    let refused = Refusal::UnknownListItem { list: ListName::Priority, pointer: "/priority" };
    let list = ListName::Priority.stream();
    world([]).when(plan(with("whatever"))).facts();
    world([]).and(list.clone(), &maintained).when(plan(with("high"))).facts();
    world([])
        .and(list.clone(), &maintained)
        .when(plan(with("whatever")))
        .then_refused(refused.clone());
    let changes = |priority: &str| ActivityChanges {
        priority: Some(Some(key(priority))),
        ..ActivityChanges::default()
    };
    let edit = |priority: &str| order(ActivityCommand::EditActivity(Box::new(changes(priority))));
    world([meeting()]).and(list.clone(), &maintained).when(edit("at-once")).facts();
    world([meeting()]).and(list, &maintained).when(edit("whatever")).then_refused(refused);
}

/// SD-3: as long as the tenant says.
#[test]
fn usual_lengths_are_the_tenants_sd_3() {
    let settings = events::DiarySettings { call_minutes: 25, ..Default::default() };
    let tenant = StreamName::of_tenant(&events::TenantSlug::parse("demo").unwrap());
    let changed = Event::Tenant(events::TenantEvent::DiarySettingsChanged(settings));
    let call = new(Kind::Call, from("2026-03-17T09:00:00Z"));
    let facts = world([]).and(tenant, &changed).when(plan(call)).facts();
    let [Event::Activity(ActivityEvent::Planned { slot, .. })] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    assert_eq!(*slot, times("2026-03-17T09:00:00Z", "2026-03-17T09:25:00Z"));
}
