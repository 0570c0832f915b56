//! Orders on activities at random, and what an activity always is (SD-1 to SD-9).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use events::activity::{Kind, Slot};
use events::shipped::shipped;
use events::{ActivityEvent, ActivityId, Event, ListKey, ListName, Note, StreamName, UserId};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::orders::{caller, id, parties, party, sale, title, user};
use super::world::World;
use crate::activity::{
    Activity, ActivityChanges, ActivityCommand, Alarm, Moment, NewActivity, Planned, When,
};
use crate::{Order, State};

/// Any order on one of two activities; boxed, because strategies are large and live on the stack of a test.
pub(super) fn activity_order() -> BoxedStrategy<(StreamName, Order)> {
    let plan = new_activity().prop_map(|new| ActivityCommand::PlanActivity(Box::new(new)));
    let command = prop_oneof![2 => plan.boxed(), 5 => activity_command().boxed()];
    (id(2), command)
        .prop_map(|(id, command)| (ActivityId(id).stream(), Order::Activity(command)))
        .boxed()
}

/// At the edges of the calendar, of a year and of today.
const DAYS: [&str; 5] = ["1900-01-01", "2026-03-09", "2026-03-10", "2027-03-10", "9999-12-31"];
const INSTANTS: [&str; 3] =
    ["1900-01-02T00:00:00Z", "2026-03-10T09:00:00Z", "9999-12-30T23:30:00Z"];

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        select(&DAYS[..]).prop_map(|text| Moment::Day(text.parse::<NaiveDate>().unwrap())),
        (select(&INSTANTS[..]), -2..3_i64).prop_map(|(text, hours)| {
            let at: DateTime<Utc> = text.parse().unwrap();
            Moment::At(at + TimeDelta::hours(hours))
        }),
    ]
}

fn when() -> impl Strategy<Value = When> {
    (of(moment()), of(moment()), of(any::<bool>())).prop_map(|(start, end, all_day)| When {
        start,
        end,
        all_day,
    })
}

fn note() -> impl Strategy<Value = Note> {
    select(&["short", "long"][..]).prop_map(|text| Note::parse(text).unwrap())
}

/// A type of each kind, and one that nobody has.
pub(super) fn type_key() -> impl Strategy<Value = ListKey> {
    select(&["customer-visit", "preparation", "phone-call", "nobodys"][..])
        .prop_map(|text| ListKey::parse(text).unwrap())
}

/// A type belongs to the kind of what is of it (SD-1).
pub(super) fn type_is_of(kind: Kind, follow_up_type: Option<&ListKey>) -> bool {
    let known = shipped(ListName::FollowUpType);
    let of = |key: &ListKey| known.iter().any(|it| it.key == *key && it.kind == Some(kind));
    follow_up_type.is_none_or(of)
}

fn new_activity() -> impl Strategy<Value = NewActivity> {
    let kind = (select(&[Kind::Meeting, Kind::ToDo, Kind::Call][..]), of(type_key()));
    let what = (kind, title(), when(), of(note()));
    (what, of(user()), of(sale()), parties(), of(0..100_u32)).prop_map(
        |(
            ((kind, follow_up_type), title, when, description),
            owner,
            sale,
            parties,
            alarm_minutes,
        )| NewActivity {
            kind,
            title,
            when,
            owner: owner.map(|owner| UserId::parse(owner).unwrap()),
            caller: caller(),
            description,
            sale,
            parties,
            alarm_minutes,
            location: None,
            priority: None,
            follow_up_type,
            recurrence: None,
        },
    )
}

fn changes() -> impl Strategy<Value = ActivityChanges> {
    let links = (of(of(sale())), of(of(party())), of(of(party())), of(of(party())));
    let words = (of(title()), of(of(note())), of(of(type_key())));
    (words, links, of(of(0..100_u32))).prop_map(
        |(
            (title, description, follow_up_type),
            (sale, company, contact, project),
            alarm_minutes,
        )| ActivityChanges {
            title,
            description,
            sale,
            company,
            contact,
            project,
            alarm_minutes,
            follow_up_type,
            ..ActivityChanges::default()
        },
    )
}

fn activity_command() -> impl Strategy<Value = ActivityCommand> {
    use ActivityCommand as C;
    prop_oneof![
        when().prop_map(C::RescheduleActivity),
        changes().prop_map(|changes| C::EditActivity(Box::new(changes))),
        user().prop_map(|owner| C::AssignActivity {
            owner: UserId::parse(owner).unwrap(),
            caller: caller()
        }),
        Just(C::CompleteActivity),
        Just(C::ReopenActivity),
        Just(C::DeleteActivity),
        of(0..100_u32)
            .prop_map(|minutes| C::SetAlarm(minutes.map_or(Alarm::Off, |it| Alarm::On(Some(it))))),
        Just(C::SeeAssignment),
        Just(C::AcceptAssignment),
        Just(C::DeclineAssignment),
    ]
}

/// What an activity is after any accepted history.
pub(super) fn activity_is_sound(
    world: &World,
    stream: &StreamName,
    activity: &Activity,
) -> Result<(), TestCaseError> {
    changed_only_while_it_may_be(world, stream)?;
    let Activity::Planned(planned) = activity else { return Ok(()) };
    let Planned {
        kind,
        slot,
        owner,
        owner_group: _,
        terms,
        completed_on: _,
        assignment: _,
        reminded: _,
        guide_item: _,
        created_for: _,
    } = &**planned;
    match slot {
        Slot::Days { from_day, to_day } => {
            prop_assert!(from_day <= to_day && (*to_day - *from_day).num_days() < 366);
            prop_assert_eq!(terms.alarm_minutes, None, "nothing to ring before (SD-6)");
        }
        Slot::Times { starts_at, ends_at } => {
            prop_assert!(starts_at <= ends_at && *ends_at - *starts_at <= TimeDelta::days(366));
            prop_assert_ne!(*kind, Kind::ToDo, "a to-do has no time (SD-1)");
        }
    }
    prop_assert!(type_is_of(*kind, terms.follow_up_type.as_ref()), "SD-1");
    prop_assert!(world.knows(&StreamName::of_user(owner)), "an owner is a user");
    if let Some(sale) = terms.sale {
        let known = world.state(&sale.stream());
        prop_assert!(matches!(&known, State::Sale(sale) if sale.deal().is_some()), "SD-2");
    }
    Ok(())
}

/// A completed activity is reopened or deleted next (SD-9), a deleted one nothing.
fn changed_only_while_it_may_be(world: &World, stream: &StreamName) -> Result<(), TestCaseError> {
    let facts: Vec<&ActivityEvent> = world
        .facts_of(stream)
        .filter_map(|fact| if let Event::Activity(fact) = fact { Some(fact) } else { None })
        .collect();
    for next in facts.windows(2) {
        let [before, after] = next else { continue };
        if let ActivityEvent::Completed { .. } = before {
            let open = matches!(after, ActivityEvent::Reopened {} | ActivityEvent::Deleted {});
            prop_assert!(open, "completed, then {after:?}");
        }
        if let ActivityEvent::Reopened {} = after {
            let done = matches!(before, ActivityEvent::Completed { .. });
            prop_assert!(done, "{before:?}, then reopened");
        }
        prop_assert!(!matches!(before, ActivityEvent::Deleted {}), "deleted, then {after:?}");
    }
    Ok(())
}
