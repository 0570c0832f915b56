//! Follow-ups created from items of a guide, row by row of the source.

use chrono_tz::Tz;
use events::sale_type::SaleTypeTerms;
use events::{
    DiarySettings, Feature, GuideItem, LocalName, SaleTypeEvent, TenantEvent, TenantSlug, TimeOfDay,
};

use super::*;
use crate::activity::FromGuideItem;
use crate::sale::INSTANCES_MAX;
use crate::spec::guide::{
    FM, NEW, activity, deleted, document_created, hour, item, new_type, party, planned as made,
    registered, terms as type_terms, type_of, used,
};
use crate::{References, Refusal, State, needs};

const NEW_ONE: u128 = 99;

/// NEW with its guide around the sale Fjord, which has these facts.
fn guided(facts: &[Event]) -> Given {
    let all: Vec<_> = std::iter::once(registered(Some(FM))).chain(facts.iter().cloned()).collect();
    world([]).and_all(FJORD.stream(), &all).and_all(NEW.stream(), &new_type())
}

fn of(name: &str, when: When) -> FromGuideItem {
    FromGuideItem {
        id: activity(NEW_ONE),
        sale: FJORD,
        item: item(name),
        title: None,
        when,
        owner: None,
        caller: caller(),
        description: None,
        parties: Parties::default(),
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
    }
}

fn create(new: FromGuideItem) -> Order {
    Order::Activity(ActivityCommand::CreateFromGuideItem(Box::new(new)))
}

/// The kind, time and terms of the one that was planned.
#[track_caller]
fn one(facts: Vec<Event>) -> (Kind, Slot, ActivityTerms) {
    match facts.as_slice() {
        [Event::Activity(ActivityEvent::Planned { kind, slot, terms, .. })] => {
            (*kind, *slot, terms.clone())
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn slot_of(given: Given, new: FromGuideItem) -> Slot {
    one(given.when(create(new)).facts()).1
}

fn tenant() -> StreamName {
    StreamName::of_tenant(&TenantSlug::parse("demo").unwrap())
}

/// S4, SG-12: type, day, length, text, sale and company come from the item and the sale.
#[test]
fn an_item_fills_in_what_is_left_out_sg_12() {
    let decision = guided(&[]).when(create(of("g1", When::default()))).decision();
    assert_eq!(decision.beside, [(FJORD.stream(), used("g1", activity(NEW_ONE)))]);
    let [Event::Activity(ActivityEvent::Planned { owner, assigned_by, guide_item, .. })] =
        decision.events.as_slice()
    else {
        panic!("{decision:?}");
    };
    assert_eq!((owner.as_str(), assigned_by, *guide_item), ("ola", &None, Some(item("g1"))));
    let (kind, slot, terms) = one(decision.events);
    assert_eq!(kind, Kind::Meeting);
    assert_eq!(slot, times("2026-03-17T08:00:00Z", "2026-03-17T09:00:00Z"));
    assert_eq!(terms.title.as_str(), "Customer meeting");
    assert_eq!(terms.description.unwrap().as_str(), "Bring the brochure");
    assert_eq!((terms.sale, terms.parties.company), (Some(FJORD), Some(party("Fjord AS"))));
}

/// SG-12: an item that was named before names were lines gives a title that is one, cut where a title ends.
#[test]
fn the_name_of_an_item_becomes_a_line_sg_12() {
    let long = format!("{}👩\u{200d}💻", "æ".repeat(217));
    for (name, title) in [
        ("Customer\nmeeting\u{200b}", "Customer meeting".to_owned()),
        ("Møte 👩\u{200d}💻", "Møte 👩\u{200d}💻".to_owned()),
        (long.as_str(), format!("{}👩", "æ".repeat(217))),
    ] {
        let called = |mut item: GuideItem| {
            item.terms.name = LocalName::english(TypeName::parse(name).unwrap());
            item
        };
        let renamed = new_type().into_iter().map(|fact| match fact {
            Event::SaleType(SaleTypeEvent::GuideItemAdded(item)) => {
                Event::SaleType(SaleTypeEvent::GuideItemAdded(called(item)))
            }
            other => other,
        });
        let facts = renamed.collect::<Vec<_>>();
        let given = guided(&[]).and_all(NEW.stream(), &facts);
        let (_, _, terms) = one(given.when(create(of("g1", When::default()))).facts());
        assert_eq!(terms.title.as_str(), title, "{name:?}");
    }
}

/// SG-12, SG-15: what is said wins, each field for itself.
#[test]
fn what_is_said_wins_over_the_item_sg_12() {
    let mut new = of("g1", between("2026-04-01T10:00:00Z", "2026-04-01T10:30:00Z"));
    new.title = Some("Lunch".into());
    new.owner = Some(user("per"));
    new.parties.contact = Some(party("Nina"));
    let decision = guided(&[]).when(create(new)).decision();
    let [Event::Activity(ActivityEvent::Planned { owner, owner_group, assigned_by, .. })] =
        decision.events.as_slice()
    else {
        panic!("{decision:?}");
    };
    assert_eq!((owner, owner_group.as_deref()), (&user("per"), Some("south")));
    assert_eq!(*assigned_by, Some(user("ola")));
    let (_, slot, terms) = one(decision.events);
    assert_eq!(slot, times("2026-04-01T10:00:00Z", "2026-04-01T10:30:00Z"));
    assert_eq!(terms.title.as_str(), "Lunch");
    assert_eq!(terms.parties.company, Some(party("Fjord AS")));
    assert_eq!(terms.parties.contact, Some(party("Nina")));
    let empty = FromGuideItem { title: Some(" ".into()), ..of("g1", When::default()) };
    guided(&[]).when(create(empty)).then_refused(Refusal::TitleRequired);
}

/// SG-12: a start alone keeps the item's length, an end alone the item's start; days have no length.
#[test]
fn a_start_or_an_end_alone_leaves_the_rest_to_the_item_sg_12() {
    let start = of("g4", from("2026-04-01T10:00:00Z"));
    assert_eq!(slot_of(guided(&[]), start), times("2026-04-01T10:00:00Z", "2026-04-01T11:30:00Z"));
    let end = of("g4", until("2026-03-15T12:00:00Z"));
    assert_eq!(slot_of(guided(&[]), end), times("2026-03-15T08:00:00Z", "2026-03-15T12:00:00Z"));
    let whole = of("g4", all_day(When::default()));
    assert_eq!(slot_of(guided(&[]), whole), days("2026-03-15", "2026-03-15"));
    let to_do = of("g2", When::default());
    assert_eq!(slot_of(guided(&[]), to_do), days("2026-03-13", "2026-03-13"));
    let late = of("g2", until("2026-03-20"));
    assert_eq!(slot_of(guided(&[]), late), days("2026-03-13", "2026-03-20"));
    let early = of("g2", until("2026-03-12"));
    guided(&[]).when(create(early)).then_refused(Refusal::EndBeforeStart);
    let timed = of("g2", from("2026-04-01T10:00:00Z"));
    guided(&[]).when(create(timed)).then_refused(Refusal::DayExpected { pointer: "/start" });
}

/// S5, SG-4, §6-A38: counted from the nearest follow-up before it that is there, the latest of several.
#[test]
fn the_day_is_counted_from_the_follow_up_before_it_a38() {
    let g3 = |number: u128, day: &str| {
        (used("g3", activity(number)), activity(number), made("g3", FJORD, hour(day)))
    };
    let (used_1, one, first) = g3(1, "2026-03-20");
    let (used_2, two, second) = g3(2, "2026-03-27");
    let starts = |day: &str| times(&format!("{day}T08:00:00Z"), &format!("{day}T09:30:00Z"));
    let g4 = || of("g4", When::default());
    let once = guided(std::slice::from_ref(&used_1)).and(one.stream(), &first);
    assert_eq!(slot_of(once, g4()), starts("2026-03-25"));
    let both = guided(&[used_2, used_1]).and(one.stream(), &first);
    let later = both.clone().and(two.stream(), &second);
    assert_eq!(slot_of(later, g4()), starts("2026-04-01"));
    let gone = both.clone().and_all(two.stream(), &[second.clone(), deleted()]);
    assert_eq!(slot_of(gone, g4()), starts("2026-03-25"));
    // about another sale by now, it is no follow-up of this one
    let mut terms = super::terms();
    terms.sale = Some(NOWHERE);
    let moved = [second, Event::Activity(ActivityEvent::Edited(terms))];
    assert_eq!(slot_of(both.and_all(two.stream(), &moved), g4()), starts("2026-03-25"));
}

/// §6-A38: past those of which nothing is there, and past documents; the last day of what has days.
#[test]
fn the_day_is_counted_past_what_is_not_there_a38() {
    let g2 = made("g2", FJORD, days("2026-03-14", "2026-03-18"));
    let g3 = [made("g3", FJORD, hour("2026-03-20")), deleted()];
    let facts = [used("g2", activity(1)), used("g3", activity(2)), used("d2", activity(3))];
    let sale = guided(&facts)
        .and(activity(1).stream(), &g2)
        .and_all(activity(2).stream(), &g3)
        .and(activity(3).stream(), &document_created("d2", FJORD));
    let found = slot_of(sale, of("g4", When::default()));
    assert_eq!(found, times("2026-03-23T08:00:00Z", "2026-03-23T09:30:00Z"));
}

/// §6-A38: looked up is what the day is counted from, and what lies before it only if nothing of that is there.
#[test]
fn no_more_is_looked_up_than_the_day_is_counted_from_a38() {
    let facts = [registered(Some(FM)), used("g2", activity(1)), used("g3", activity(2))];
    let folded = |stream: &StreamName, facts: &[Event]| {
        facts.iter().fold(State::empty(stream.aggregate), State::evolve)
    };
    let mut known = References::default();
    let look_up = |known: &mut References, stream: StreamName, facts: &[Event]| {
        let state = folded(&stream, facts);
        known.insert(stream, state);
    };
    look_up(&mut known, StreamName::of_user(&user("ola")), &[]);
    look_up(&mut known, FJORD.stream(), &facts);
    look_up(&mut known, NEW.stream(), &new_type());
    let order = create(of("g4", When::default()));
    let empty = State::empty(Aggregate::Activity);
    let wanted = |known: &References| needs(&empty, &order, &user("ola"), known);
    assert_eq!(wanted(&known), [activity(2).stream()], "what was created from g3");
    let gone = [made("g3", FJORD, hour("2026-03-20")), deleted()];
    look_up(&mut known, activity(2).stream(), &gone);
    assert_eq!(wanted(&known), [activity(1).stream()], "nothing of g3 is there");
    look_up(&mut known, activity(1).stream(), &[]);
    assert_eq!(wanted(&known), []);
    let said = create(of("g4", from("2026-04-01T10:00:00Z")));
    let mut known = References::default();
    look_up(&mut known, FJORD.stream(), &facts);
    look_up(&mut known, NEW.stream(), &new_type());
    let streams = needs(&empty, &said, &user("ola"), &known);
    assert_eq!(streams, [StreamName::of_user(&user("ola"))], "the day is said");
}

/// SD-4, §6-A36: from when the working day begins on the tenant's clock, for the usual length without one of the item.
#[test]
fn it_begins_with_the_tenants_working_day_sd_4() {
    let zone = Event::Tenant(TenantEvent::TimeZoneChanged { time_zone: Tz::Europe__Oslo });
    let early = DiarySettings {
        day_from: TimeOfDay::parse("02:30").unwrap(),
        call_minutes: 20,
        ..DiarySettings::default()
    };
    let early = Event::Tenant(TenantEvent::DiarySettingsChanged(early));
    let oslo = guided(&[]).and_all(tenant(), &[zone.clone(), early]);
    // the clocks skip from two to three that night
    let mut g1 = of("g1", When::default());
    let items = [("2026-03-29", 19_u64)];
    for (day, offset) in items {
        let mut facts = new_type();
        let suggested = crate::spec::guide::after(Kind::Call, u16::try_from(offset).unwrap(), None);
        let terms = crate::spec::guide::follow_up("Call", suggested);
        let edited = events::SaleTypeEvent::GuideItemEdited { id: item("g1"), terms };
        facts.push(Event::SaleType(edited));
        g1.item = item("g1");
        let found = slot_of(oslo.clone().and_all(NEW.stream(), &facts), g1.clone());
        assert_eq!(found, times(&format!("{day}T01:00:00Z"), &format!("{day}T01:20:00Z")));
    }
    let usual = guided(&[]).and(tenant(), &zone);
    let found = slot_of(usual, of("g1", When::default()));
    assert_eq!(found, times("2026-03-17T07:00:00Z", "2026-03-17T08:00:00Z"));
}

/// SG-10, SG-14: any stage's item, and another one of the same.
#[test]
fn an_item_may_be_used_again_and_ahead_of_its_stage_sg_14() {
    let again = guided(&[used("g4", activity(1))])
        .and(activity(1).stream(), &made("g4", FJORD, hour("2026-03-20")));
    let decision = again.when(create(of("g4", When::default()))).decision();
    assert_eq!(decision.beside, [(FJORD.stream(), used("g4", activity(NEW_ONE)))]);
    let many: Vec<_> = (0..INSTANCES_MAX as u128).map(|n| used("d1", activity(n + 1))).collect();
    let full = create(of("g4", When::default()));
    guided(&many).when(full.clone()).then_refused(Refusal::TooManyInstances);
    guided(&many[1..]).when(full).facts();
}

/// SG-28, SO-50, SG-29: no guide, no feature, no item, no sale.
#[test]
fn nothing_is_created_from_a_guide_that_is_not_there_sg_28() {
    let g1 = || create(of("g1", When::default()));
    let off = type_of(SaleTypeTerms { guide: false, ..type_terms() });
    guided(&[]).and_all(NEW.stream(), &off).when(g1()).then_refused(Refusal::GuideOff);
    let switched = TenantEvent::FeatureSwitched { feature: Feature::Guide, on: false };
    let without = guided(&[]).and(tenant(), &Event::Tenant(switched));
    without.when(g1()).then_refused(Refusal::FeatureOff);
    let paper = create(of("d1", When::default()));
    guided(&[]).when(paper).then_refused(Refusal::GuideItemKind);
    let unknown = create(of("g9", When::default()));
    guided(&[]).when(unknown).then_refused(Refusal::UnknownGuideItem);
    let unlinked = type_of(SaleTypeTerms { stages: vec![FM, NOT_SC], ..type_terms() });
    let g4 = create(of("g4", When::default()));
    guided(&[]).and_all(NEW.stream(), &unlinked).when(g4).then_refused(Refusal::UnknownGuideItem);
    let nowhere = FromGuideItem { sale: NOWHERE, ..of("g1", When::default()) };
    guided(&[]).when(create(nowhere)).then_refused(Refusal::UnknownSale);
    let gone = guided(&[Event::Sale(SaleEvent::Deleted {})]);
    gone.when(g1()).then_refused(Refusal::UnknownSale);
}

const NOT_SC: events::StageId = events::StageId(Uuid::from_u128(2));

/// SG-4: a name may be longer than a title.
#[test]
fn a_long_name_is_cut_to_a_title() {
    let mut facts = new_type();
    let suggested = crate::spec::guide::after(Kind::Call, 0, None);
    let terms = crate::spec::guide::follow_up(&"æ".repeat(239), suggested);
    let edited = events::SaleTypeEvent::GuideItemEdited { id: item("g1"), terms };
    facts.push(Event::SaleType(edited));
    let long = guided(&[]).and_all(NEW.stream(), &facts);
    let (_, _, terms) = one(long.when(create(of("g1", When::default()))).facts());
    assert_eq!(terms.title.as_str().chars().count(), 219);
}
