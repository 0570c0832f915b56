//! Adding rows (ST-7, ST-8, ST-9, ST-12).

use super::*;

/// ST-8: the company's row, also of a past year; once.
#[test]
fn a_row_of_the_company_is_added_once_also_of_a_past_year_st_8() {
    let place = place(Assignee::Company);
    world([]).when(add(new(NewLevel::Company))).then([added(&place)]);
    let refused = Refusal::AlreadyExists(Aggregate::Target);
    world([added(&place)]).when(add(new(NewLevel::Company))).then_refused(refused);
    let past = NewTarget { year: 1901, ..new(NewLevel::Company) };
    let past_place = TargetPlace { year: 1901, ..place.clone() };
    world([]).when(add(past)).then([added(&past_place)]);
    let back = world([added(&place), all("5", CellsCause::Set), LOCKED, UNLOCKED, REMOVED]);
    back.when(add(new(NewLevel::Company))).then([added(&place)]);
}

/// ST-8: one row a primary member in the same group of facts, but for those who have one.
#[test]
fn a_row_of_a_group_brings_those_of_its_primary_members_st_8() {
    let place_of = |name| place(of_user(name, Some("North")));
    // per is found and does not count for North; kari has her row
    let level = || for_group("North", &["ola", "kari", "per"]);
    let kari = place_of("kari").id().stream();
    let decision =
        world([]).and(kari.clone(), &added(&place_of("kari"))).when(add(new(level()))).decision();
    assert_eq!(decision.events, [added(&place(of_group("North")))]);
    assert_eq!(decision.beside, [(place_of("ola").id().stream(), added(&place_of("ola")))]);

    let gone = world([]).and_all(kari.clone(), &[added(&place_of("kari")), REMOVED]);
    let decision = gone.when(add(new(level()))).decision();
    let streams: Vec<_> = decision.beside.into_iter().map(|(stream, _)| stream).collect();
    assert_eq!(streams, [place_of("ola").id().stream(), kari], "a removed row comes back");
}

/// ST-8: 500 members at most.
#[test]
fn a_group_brings_500_rows_at_most_st_8() {
    let names: Vec<String> = (0..=GROUP_MEMBERS_MAX).map(|n| format!("u{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let full = names[..GROUP_MEMBERS_MAX].iter().fold(world([]), |given, name| {
        given.and(StreamName::of_user(&user(name)), &user_added("North"))
    });
    let members = for_group("North", &names[..GROUP_MEMBERS_MAX]);
    let decision = full.clone().when(add(new(members))).decision();
    assert_eq!(decision.beside.len(), GROUP_MEMBERS_MAX);
    let refused = Refusal::GroupTooLarge.at("/assignee");
    full.when(add(new(for_group("North", &names)))).then_refused(refused);
}

/// ST-8: a user's row stands below the group their sales count for.
#[test]
fn a_row_of_a_user_remembers_their_group_st_8() {
    let place = place(of_user("ola", Some("North")));
    world([]).when(add(new(for_user("ola")))).then([added(&place)]);
    let unknown = Refusal::UnknownOwner.at("/assignee");
    world([]).when(add(new(for_user("nobody")))).then_refused(unknown);
    // the caller becomes a user, as with whatever they own
    let stranger = given(Aggregate::Target, []).when(add(new(for_user("ola")))).decision();
    assert_eq!(stranger.events, [added(&place)]);
    assert_eq!(stranger.beside[0].0, StreamName::of_user(&user("ola")));
}

/// ST-7: rows keep what they were added with.
#[test]
fn cells_stand_for_months_until_the_tenant_says_quarters_st_7() {
    let place = place(Assignee::Company);
    let quarters = added_in(&place, TargetPeriod::Quarter, None);
    let when = add(new(NewLevel::Company));
    with_period(world([]), TargetPeriod::Quarter).when(when).then([quarters.clone()]);
    let expected = Refusal::CellsCount { expected: 4 }.at("/cells");
    world([quarters.clone()]).when(set(&[Some("1"); 12])).then_refused(expected);
    world([quarters]).when(set(&[Some("1"); 4])).facts();
    let months = with_period(world([added(&place)]), TargetPeriod::Quarter);
    months.when(set(&[Some("1"); 12])).facts();
}

/// ST-12.
#[test]
fn only_rows_of_money_of_the_company_or_of_a_group_have_a_currency_st_12() {
    let with = |level| NewTarget { currency: Some(currency("NOK")), ..new(level) };
    let company = added_in(&place(Assignee::Company), TargetPeriod::Month, Some("NOK"));
    world([]).when(add(with(NewLevel::Company))).then([company]);
    let north = world([]).when(add(with(for_group("North", &["ola"])))).decision();
    let ola = added(&place(of_user("ola", Some("North"))));
    assert_eq!(north.beside[0].1, ola, "its members have the base currency");
    world([]).when(add(with(for_user("ola")))).then_refused(Refusal::NoOwnCurrency);
    let counted = NewTarget { target_type: SOURCES, ..with(NewLevel::Company) };
    let counting = world([]).and(SOURCES.stream(), &defined(Unit::Count, false));
    counting.when(add(counted)).then_refused(Refusal::NoOwnCurrency);
}

/// ST-1, ST-4, ST-6: a type that is there, and one of its items.
#[test]
fn a_row_is_of_a_type_that_is_there_and_of_one_of_its_items_st_4() {
    let of = |target_type, item: Option<&str>| {
        let item = item.map(|item| events::ListKey::parse(item).unwrap());
        add(NewTarget { target_type, item, ..new(NewLevel::Company) })
    };
    world([]).when(of(SOURCES, None)).then_refused(Refusal::UnknownTargetType);
    let there = || world([]).and(SOURCES.stream(), &defined(Unit::Amount, false));
    there().when(of(SOURCES, Some("fair"))).facts();
    let no_item = Refusal::UnknownTargetItem.at("/item");
    there().when(of(DEFAULT, Some("fair"))).then_refused(no_item);
    let deleted = Event::TargetType(TargetTypeEvent::Deleted {});
    let gone = world([]).and_all(SOURCES.stream(), &[defined(Unit::Amount, false), deleted]);
    let refused = Refusal::TargetTypeDeleted.at("/target_type");
    gone.when(of(SOURCES, None)).then_refused(refused);
}

/// ST-5.
#[test]
fn a_type_for_groups_only_has_no_rows_of_users_st_5() {
    let world = || world([]).and(SOURCES.stream(), &defined(Unit::Amount, true));
    let of = |level| add(NewTarget { target_type: SOURCES, ..new(level) });
    world().when(of(for_user("ola"))).then_refused(Refusal::GroupsOnly.at("/level"));
    let north = world().when(of(for_group("North", &["ola", "kari"]))).decision();
    assert_eq!((north.events.len(), north.beside.len()), (1, 0));
}

/// ST-9: what was there last year, 10 % higher; the group's own currency comes along.
#[test]
fn last_years_figures_are_copied_when_a_row_is_added_st_9() {
    let copying = |level| NewTarget { copy_last_year: Some(percent("10")), ..new(level) };
    let (north, ola) = (place(of_group("North")), place(of_user("ola", Some("North"))));
    let last = year_before(&north);
    let then = [added_in(&last, TargetPeriod::Month, Some("NOK")), all("100.55", CellsCause::Set)];
    let given = world([]).and_all(last.id().stream(), &then);
    let decision = given.clone().when(add(copying(for_group("North", &["ola"])))).decision();
    let raised = all("110.61", CellsCause::Copied);
    let expected = [added_in(&north, TargetPeriod::Month, Some("NOK")), raised.clone()];
    assert_eq!(decision.events, expected);
    assert_eq!(decision.beside, [(ola.id().stream(), added(&ola))], "ola had no figures");

    let nok = NewTarget { currency: Some(currency("EUR")), ..copying(for_group("North", &[])) };
    given.when(add(nok)).then_refused(Refusal::TargetsDiffer.at("/currency"));

    // of the members alone
    let last = year_before(&ola);
    let then = [added(&last), all("100.55", CellsCause::Set)];
    let given = world([]).and_all(last.id().stream(), &then);
    let decision = given.when(add(copying(for_group("North", &["ola"])))).decision();
    assert_eq!(decision.events, [added(&north)]);
    let stream = ola.id().stream();
    assert_eq!(decision.beside, [(stream.clone(), added(&ola)), (stream, raised)]);
}

/// ST-9, S16: nothing there, or nothing but zeros.
#[test]
fn an_empty_last_year_is_not_copied_st_9() {
    let copying = || NewTarget { copy_last_year: Some(percent("10")), ..new(NewLevel::Company) };
    let refused = || Refusal::NothingToCopy.at("/copy_last_year");
    world([]).when(add(copying())).then_refused(refused());
    let last = year_before(&place(Assignee::Company));
    let zeros = world([]).and(last.id().stream(), &added(&last));
    zeros.when(add(copying())).then_refused(refused());
    let removed = [added(&last), all("5", CellsCause::Set), REMOVED];
    let gone = world([]).and_all(last.id().stream(), &removed);
    gone.when(add(copying())).then_refused(refused());
}
