//! Figures, currencies and locks of rows (ST-10, ST-12, ST-15 to ST-17).

use super::*;

fn company() -> TargetPlace {
    place(Assignee::Company)
}

fn row() -> Given {
    world([added(&company())])
}

fn split(amount: &str) -> Vec<Event> {
    row().when(initial(amount)).facts()
}

/// ST-10, S16: eleven times 83 333.33 and 83 333.37.
#[test]
fn an_annual_amount_is_split_equally_and_the_last_cell_takes_the_rest_st_10() {
    let mut cells = ["83333.33"; 12];
    cells[11] = "83333.37";
    assert_eq!(split("1000000"), [cells_of(&cells, CellsCause::InitialAmount)]);
    assert_eq!(split("1200.00"), [all("100.00", CellsCause::InitialAmount)]);
    let mut cells = ["0.00"; 12];
    cells[11] = "0.07";
    assert_eq!(split("0.07"), [cells_of(&cells, CellsCause::InitialAmount)], "never below 0");
    row().when(initial("0")).then_nothing();
    let quarters = added_in(&company(), TargetPeriod::Quarter, None);
    let facts = world([quarters]).when(initial("1000000.01")).facts();
    let cells = ["250000.00", "250000.00", "250000.00", "250000.01"];
    assert_eq!(facts, [cells_of(&cells, CellsCause::InitialAmount)]);
    let yen = added_in(&company(), TargetPeriod::Month, Some("JPY"));
    let mut cells = ["8"; 12];
    cells[11] = "12";
    let facts = world([yen]).when(initial("100")).facts();
    assert_eq!(facts, [cells_of(&cells, CellsCause::InitialAmount)]);
}

/// ST-3, ST-10: a figure has the places of its currency, counts none.
#[test]
fn a_figure_fits_its_currency_or_is_refused_where_it_stands_st_10() {
    for (bad, refusal) in [
        ("-0.01", Refusal::FigureNegative),
        ("0.001", Refusal::TooManyPlaces),
        ("10000000000000.01", Refusal::AmountTooLarge),
    ] {
        row().when(initial(bad)).then_refused(refusal.clone().at("/amount"));
        let mut cells = [Some("1"); 12];
        cells[7] = Some(bad);
        row().when(set(&cells)).then_refused(refusal.at("/cells/7"));
    }
    row().when(set(&[Some("10000000000000"); 12])).facts();
    row().when(set(&[Some("0.010"); 12])).then([all("0.01", CellsCause::Set)]);
    let place = TargetPlace { target_type: SOURCES, ..company() };
    let counted = world([added(&place)]).and(SOURCES.stream(), &defined(Unit::Count, false));
    let refused = Refusal::NotAWholeNumber.at("/amount");
    counted.clone().when(initial("5.5")).then_refused(refused);
    let mut cells = ["0"; 12];
    cells[11] = "5";
    counted.when(initial("5.0")).then([cells_of(&cells, CellsCause::InitialAmount)]);
}

/// ST-8: every cell has to be said or left open.
#[test]
fn cells_left_open_stay_st_8() {
    let mut cells = [None; 12];
    cells[2] = Some("150000");
    let mut after = ["0"; 12];
    after[2] = "150000";
    row().when(set(&cells)).then([cells_of(&after, CellsCause::Set)]);
    row().when(set(&[None; 12])).then_nothing();
    row().when(set(&[Some("0.00"); 12])).then_nothing();
    let refused = || Refusal::CellsCount { expected: 12 }.at("/cells");
    for count in [0, 4, 11, 13] {
        row().when(set(&vec![Some("1"); count])).then_refused(refused());
    }
}

/// ST-12: the figures stay, and have to fit.
#[test]
fn a_currency_changes_and_the_figures_stay_st_12() {
    let to = |code: Option<&str>| {
        order(TargetCommand::SetTargetCurrency { currency: code.map(currency) })
    };
    let changed = |code: Option<&str>| {
        Event::Target(TargetEvent::CurrencySet { currency: code.map(currency) })
    };
    row().when(to(Some("NOK"))).then([changed(Some("NOK"))]);
    row().when(to(None)).then_nothing();
    world([added(&company()), changed(Some("NOK"))]).when(to(None)).then([changed(None)]);
    let cents = world([added(&company()), all("0.50", CellsCause::Set)]);
    cents.when(to(Some("JPY"))).then_refused(Refusal::TooManyPlaces.at("/currency"));
    let ola = world([added(&place(of_user("ola", None)))]);
    ola.clone().when(to(Some("NOK"))).then_refused(Refusal::NoOwnCurrency);
    ola.when(to(None)).then_nothing();
}

/// ST-15.
#[test]
fn a_locked_row_takes_nothing_but_unlocking_st_15() {
    let facts = || vec![added(&company()), all("5.00", CellsCause::Set), LOCKED];
    for change in every_change(&company()) {
        world(facts()).when(change).then_refused(Refusal::RowLocked);
    }
    world(facts()).when(order(TargetCommand::RemoveTarget)).then_refused(Refusal::RowLocked);
    world(facts()).when(order(TargetCommand::LockTarget)).then_nothing();
    world(facts()).when(order(TargetCommand::UnlockTarget)).then([UNLOCKED]);
    let open = || [facts(), vec![UNLOCKED]].concat();
    for change in every_change(&company()) {
        world(open()).when(change).facts();
    }
    world(open()).when(order(TargetCommand::UnlockTarget)).then_nothing();
    world(open()).when(order(TargetCommand::LockTarget)).then([LOCKED]);
}

/// ST-16, ST-17.
#[test]
fn a_row_is_cleared_and_removed_but_for_a_users_st_16_st_17() {
    let filled = |place: &TargetPlace| vec![added(place), all("5.00", CellsCause::Set)];
    world(filled(&company())).when(order(TargetCommand::ClearTarget)).then([CLEARED]);
    row().when(order(TargetCommand::ClearTarget)).then_nothing();
    let cleared = [filled(&company()), vec![CLEARED]].concat();
    world(cleared).when(order(TargetCommand::ClearTarget)).then_nothing();
    for assignee in [Assignee::Company, of_group("North")] {
        let place = place(assignee);
        world(filled(&place)).when(order(TargetCommand::RemoveTarget)).then([REMOVED]);
    }
    let ola = place(of_user("ola", Some("North")));
    world(filled(&ola)).when(order(TargetCommand::ClearTarget)).then([CLEARED]);
    let refused = Refusal::UserRowStays;
    world(filled(&ola)).when(order(TargetCommand::RemoveTarget)).then_refused(refused);
    let removed = || [filled(&company()), vec![REMOVED]].concat();
    world(removed()).when(order(TargetCommand::RemoveTarget)).then_nothing();
    for change in every_change(&company()) {
        world(removed()).when(change.clone()).then_refused(Refusal::TargetRemoved);
        world([]).when(change).then_refused(Refusal::Unknown(Aggregate::Target));
    }
}

/// ST-5, ST-6: until it is cleared up behind its type a row is no use to anybody; then it goes, locked or not.
#[test]
fn a_row_whose_type_is_gone_takes_nothing_and_goes_st_5_st_6() {
    let ola = TargetPlace { target_type: SOURCES, ..place(of_user("ola", Some("North"))) };
    let deleted = Event::TargetType(TargetTypeEvent::Deleted {});
    for (facts, refusal) in [
        (vec![defined(Unit::Amount, false), deleted], Refusal::TargetTypeDeleted),
        (vec![defined(Unit::Amount, true)], Refusal::GroupsOnly),
    ] {
        let world = |more: &[Event]| {
            world([&[added(&ola)], more].concat()).and_all(SOURCES.stream(), &facts)
        };
        let others = [
            order(TargetCommand::LockTarget),
            order(TargetCommand::UnlockTarget),
            order(TargetCommand::RemoveTarget),
        ];
        for change in every_change(&ola).into_iter().chain(others) {
            world(&[]).when(change).then_refused(refusal.clone());
        }
        let goes = || order(TargetCommand::RemoveWithType);
        world(&[LOCKED]).when(goes()).then([REMOVED]);
        world(&[REMOVED]).when(goes()).then_nothing();
    }
    world([]).when(order(TargetCommand::RemoveWithType)).then_nothing();
    // the group's row of a type for groups only is like any other
    let north = TargetPlace { target_type: SOURCES, ..place(of_group("North")) };
    let row = world([added(&north)]).and(SOURCES.stream(), &defined(Unit::Amount, true));
    row.when(initial("12")).facts();
}
