//! Types of follow-ups: a type of a tenant's own, its kind and its usual length (SD-1, SD-3).

use events::rights::Role;
use events::{ListEvent, ListItem, ListName, LocalName, SaleTypeEvent};

use super::*;
use crate::activity::{ActivityChanges, FromGuideItem};
use crate::spec::guide::{FM, NEW, activity, after, follow_up, item, new_type, registered};
use crate::{References, Refusal, State, needs};

fn key(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

fn visit() -> ListItem {
    ListItem {
        list: ListName::FollowUpType,
        key: key("harbour-visit"),
        labels: LocalName::english(TypeName::parse("Harbour visit").unwrap()),
        rank: 90,
        kind: Some(Kind::Meeting),
        minutes: Some(120),
    }
}

fn added() -> Event {
    Event::List(ListEvent::ItemAdded(visit()))
}

fn removed() -> Event {
    Event::List(ListEvent::ItemDeleted(visit()))
}

/// A world whose tenant has a type of its own, with these facts of the activity.
fn typed(facts: impl IntoIterator<Item = ActivityEvent>) -> Given {
    world(facts).and(ListName::FollowUpType.stream(), &added())
}

fn of_type(kind: Kind, when: When, of: &str) -> NewActivity {
    NewActivity { follow_up_type: Some(key(of)), ..new(kind, when) }
}

fn order(command: ActivityCommand) -> Order {
    Order::Activity(command)
}

const UNKNOWN: Refusal =
    Refusal::UnknownListItem { list: ListName::FollowUpType, pointer: "/type" };

#[track_caller]
fn lasts(facts: &[Event]) -> i64 {
    let [Event::Activity(fact)] = facts else { panic!("{facts:?}") };
    let slot = match fact {
        ActivityEvent::Planned { slot, .. } | ActivityEvent::Rescheduled { slot } => slot,
        other => panic!("{other:?}"),
    };
    let Slot::Times { starts_at, ends_at } = slot else { panic!("{slot:?}") };
    (*ends_at - *starts_at).num_minutes()
}

#[test]
fn a_type_says_how_long_its_follow_ups_usually_last_before_the_diary_does_sd_3() {
    let nine = || from("2026-03-17T09:00:00Z");
    let minutes = |new| lasts(&typed([]).when(plan(new)).facts());
    assert_eq!(minutes(new(Kind::Meeting, nine())), 60, "without a type");
    assert_eq!(minutes(of_type(Kind::Meeting, nine(), "harbour-visit")), 120);
    assert_eq!(minutes(of_type(Kind::Meeting, nine(), "customer-visit")), 90, "shipped");
    assert_eq!(minutes(of_type(Kind::Meeting, nine(), "internal-meeting")), 60, "as usual");
    assert_eq!(minutes(of_type(Kind::Call, When::default(), "service-call")), 30);
    let short = between("2026-03-17T09:00:00Z", "2026-03-17T09:20:00Z");
    assert_eq!(minutes(of_type(Kind::Meeting, short, "harbour-visit")), 20, "what is said wins");
    let to_do = typed([]).when(plan(of_type(Kind::ToDo, When::default(), "preparation"))).facts();
    let [Event::Activity(ActivityEvent::Planned { slot, terms, .. })] = to_do.as_slice() else {
        panic!("{to_do:?}")
    };
    assert_eq!(*slot, days("2026-03-10", "2026-03-10"));
    assert_eq!(terms.follow_up_type, Some(key("preparation")));
}

#[test]
fn a_type_belongs_to_one_kind_and_is_one_that_is_there_sd_1() {
    let plan_of = |kind, of| plan(of_type(kind, from("2026-03-17T09:00:00Z"), of));
    typed([]).when(plan_of(Kind::Meeting, "harbour-visit")).facts();
    let other = plan_of(Kind::Call, "harbour-visit");
    typed([]).when(other.clone()).then_refused(Refusal::TypeOfAnotherKind);
    let to_do = plan(of_type(Kind::ToDo, When::default(), "phone-call"));
    world([]).when(to_do).then_refused(Refusal::TypeOfAnotherKind);
    // a key without an item has no kind, so it is refused before anybody adds a type too
    world([]).when(plan_of(Kind::Meeting, "harbour-visit")).then_refused(UNKNOWN);
    typed([]).when(plan_of(Kind::Meeting, "whatever")).then_refused(UNKNOWN);
    let gone = || world([]).and_all(ListName::FollowUpType.stream(), &[added(), removed()]);
    gone().when(plan_of(Kind::Meeting, "harbour-visit")).then_refused(UNKNOWN);
    // history comes as it was, though not against what is known
    let bring = |given: Given| given.with_roles(&[Role::Importer], &[]);
    bring(world([])).when(plan_of(Kind::Meeting, "whatever")).facts();
    bring(gone()).when(plan_of(Kind::Meeting, "harbour-visit")).facts();
    bring(gone()).when(other).then_refused(Refusal::TypeOfAnotherKind);
}

#[test]
fn a_type_is_given_changed_and_cleared_and_the_length_stays_sd_1() {
    let edit = |follow_up_type| {
        let changes = ActivityChanges { follow_up_type, ..ActivityChanges::default() };
        order(ActivityCommand::EditActivity(Box::new(changes)))
    };
    let terms = |of: Option<&str>| ActivityTerms {
        alarm_minutes: Some(15),
        follow_up_type: of.map(key),
        ..terms()
    };
    let edited = |of| ActivityEvent::Edited(terms(of));
    let given = || edited(Some("harbour-visit"));
    let to = |of: &str| edit(Some(Some(key(of))));
    typed([meeting()]).when(to("harbour-visit")).then([Event::Activity(given())]);
    typed([meeting(), given()]).when(to("harbour-visit")).then_nothing();
    typed([meeting(), given()]).when(edit(None)).then_nothing();
    typed([meeting(), given()]).when(edit(Some(None))).then([Event::Activity(edited(None))]);
    typed([meeting()]).when(to("phone-call")).then_refused(Refusal::TypeOfAnotherKind);
    typed([meeting()]).when(to("whatever")).then_refused(UNKNOWN);
    // a form sends back what it was sent, also when it is offered no longer
    let gone =
        world([meeting(), given()]).and_all(ListName::FollowUpType.stream(), &[added(), removed()]);
    gone.when(to("harbour-visit")).then_nothing();
}

#[test]
fn days_that_become_times_last_as_their_type_usually_does_sd_3() {
    let whole = planned(
        Kind::Meeting,
        days("2026-03-17", "2026-03-17"),
        ActivityTerms { follow_up_type: Some(key("harbour-visit")), ..terms() },
    );
    let turned = |end| {
        let when = When { all_day: Some(false), end, ..from("2026-03-17T09:00:00Z") };
        order(ActivityCommand::RescheduleActivity(when))
    };
    assert_eq!(lasts(&typed([whole.clone()]).when(turned(None)).facts()), 120);
    let end = moment("2026-03-17T09:20:00Z");
    assert_eq!(lasts(&typed([whole]).when(turned(end)).facts()), 20);
    let plain = planned(Kind::Meeting, days("2026-03-17", "2026-03-17"), terms());
    assert_eq!(lasts(&typed([plain]).when(turned(None)).facts()), 60);
}

/// A follow-up from g9, which is to be a harbour visit of so many minutes.
fn from_g9(minutes: Option<u16>, list: &[Event]) -> (Given, FromGuideItem) {
    let mut suggested = after(Kind::Meeting, 7, minutes);
    suggested.follow_up_type = Some(key("harbour-visit"));
    let g9 = events::GuideItem {
        id: item("g9"),
        stage: FM,
        rank: 5,
        terms: follow_up("Harbour", suggested),
    };
    let mut facts = new_type();
    facts.push(Event::SaleType(SaleTypeEvent::GuideItemAdded(g9)));
    let given = world([])
        .and(FJORD.stream(), &registered(Some(FM)))
        .and_all(NEW.stream(), &facts)
        .and_all(ListName::FollowUpType.stream(), list);
    let new = FromGuideItem {
        id: activity(99),
        sale: FJORD,
        item: item("g9"),
        title: None,
        when: When::default(),
        owner: None,
        caller: caller(),
        description: None,
        parties: Parties::default(),
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
    };
    (given, new)
}

#[test]
fn what_a_guide_suggests_is_of_the_type_it_names_and_lasts_as_long_sg_4_sg_12_sd_3() {
    let planned = |(given, new): (Given, FromGuideItem)| {
        let create = ActivityCommand::CreateFromGuideItem(Box::new(new));
        let facts = given.when(order(create)).facts();
        let [Event::Activity(ActivityEvent::Planned { slot, terms, .. })] = facts.as_slice() else {
            panic!("{facts:?}")
        };
        let Slot::Times { starts_at, ends_at } = slot else { panic!("{slot:?}") };
        ((*ends_at - *starts_at).num_minutes(), terms.follow_up_type.clone())
    };
    let visit = Some(key("harbour-visit"));
    assert_eq!(planned(from_g9(None, &[added()])), (120, visit.clone()));
    assert_eq!(planned(from_g9(Some(45), &[added()])), (45, visit.clone()), "the item says it");
    // a guide goes on when its type is offered no longer
    assert_eq!(planned(from_g9(None, &[added(), removed()])), (120, visit));
    let other = |of: &str, minutes| {
        let (given, new) = from_g9(minutes, &[added()]);
        (given, FromGuideItem { follow_up_type: Some(key(of)), ..new })
    };
    assert_eq!(planned(other("customer-visit", None)), (90, Some(key("customer-visit"))));
    let (given, new) = from_g9(None, &[added()]);
    let when = from("2026-03-20T09:00:00Z");
    assert_eq!(planned((given, FromGuideItem { when, ..new })).0, 120, "from another start too");
    let (given, new) = other("phone-call", None);
    let create = order(ActivityCommand::CreateFromGuideItem(Box::new(new)));
    given.when(create).then_refused(Refusal::TypeOfAnotherKind);
    let plain = FromGuideItem { item: item("g1"), ..from_g9(None, &[]).1 };
    let given =
        world([]).and(FJORD.stream(), &registered(Some(FM))).and_all(NEW.stream(), &new_type());
    assert_eq!(planned((given, plain)), (60, None), "an item without a type");
}

#[test]
fn the_list_of_types_is_looked_up_only_when_a_type_is_concerned_sd_1() {
    let asks = |facts: &[ActivityEvent], command| {
        let empty = State::empty(Aggregate::Activity);
        let facts = facts.iter().cloned().map(Event::Activity);
        let state = facts.fold(empty, |state, fact| state.evolve(&fact));
        let wanted = needs(&state, &order(command), &user("ola"), &References::default());
        wanted.contains(&ListName::FollowUpType.stream())
    };
    let planned_of = |new: NewActivity| ActivityCommand::PlanActivity(Box::new(new));
    assert!(asks(&[], planned_of(of_type(Kind::ToDo, When::default(), "preparation"))));
    assert!(!asks(&[], planned_of(new(Kind::ToDo, When::default()))));
    let edit = |follow_up_type| {
        let changes = ActivityChanges { follow_up_type, ..ActivityChanges::default() };
        ActivityCommand::EditActivity(Box::new(changes))
    };
    assert!(asks(&[meeting()], edit(Some(Some(key("preparation"))))));
    assert!(!asks(&[meeting()], edit(Some(None))) && !asks(&[meeting()], edit(None)));
    let whole = |follow_up_type| {
        let terms = ActivityTerms { follow_up_type, ..terms() };
        planned(Kind::Meeting, days("2026-03-17", "2026-03-17"), terms)
    };
    let turned = || {
        let start = from("2026-03-17T09:00:00Z");
        ActivityCommand::RescheduleActivity(When { all_day: Some(false), ..start })
    };
    let typed = whole(Some(key("harbour-visit")));
    assert!(asks(std::slice::from_ref(&typed), turned()));
    assert!(!asks(&[whole(None)], turned()));
    let moved = ActivityCommand::RescheduleActivity(from("2026-03-18"));
    assert!(!asks(&[typed], moved), "days stay days");
}
