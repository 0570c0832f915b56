//! Figures of another row, or of last year (ST-11).

use super::*;

fn company() -> TargetPlace {
    place(Assignee::Company)
}

/// The company's row, and what stands in another one.
fn beside(other: &TargetPlace, facts: &[Event]) -> Given {
    world([added(&company())]).and_all(other.id().stream(), facts)
}

/// ST-11, S16: half away from zero, each cell by itself.
#[test]
fn last_years_cells_are_raised_and_rounded_one_by_one_st_11() {
    let last = year_before(&company());
    let mut cells = ["100.05"; 12];
    cells[0] = "0.05";
    cells[1] = "0.00";
    let facts = [added(&last), cells_of(&cells, CellsCause::Set)];
    let mut raised = ["110.06"; 12];
    raised[0] = "0.06";
    raised[1] = "0.00";
    let copied = cells_of(&raised, CellsCause::Copied);
    beside(&last, &facts).when(copy(&company(), None, "10")).then([copied]);
    let lower = beside(&last, &facts).when(copy(&company(), None, "-100")).facts();
    assert_eq!(lower, [], "all zero already");
    let refused = Refusal::NothingToCopy;
    world([added(&company())]).when(copy(&company(), None, "10")).then_refused(refused.clone());
    let zeros = beside(&last, &[added(&last)]);
    zeros.when(copy(&company(), None, "10")).then_refused(refused.clone());
    let gone = [facts.to_vec(), vec![REMOVED]].concat();
    beside(&last, &gone).when(copy(&company(), None, "10")).then_refused(refused);
}

/// ST-11: any row that is there and has figures; also itself.
#[test]
fn another_row_of_the_same_measure_is_copied_st_11() {
    let north = place(of_group("North"));
    let from = |facts: &[Event]| beside(&north, facts).when(copy(&company(), Some(&north), "2.5"));
    let figures = all("100.00", CellsCause::Set);
    let copied = all("102.50", CellsCause::Copied);
    from(&[added(&north), figures.clone()]).then([copied.clone()]);
    from(&[]).then_refused(Refusal::UnknownTarget.at("/from"));
    from(&[added(&north)]).then_refused(Refusal::NothingToCopy.at("/from"));
    let nok = added_in(&north, TargetPeriod::Month, Some("NOK"));
    let refused = Refusal::TargetsDiffer.at("/from");
    from(&[nok, figures.clone()]).then_refused(refused);
    // EUR is the base currency
    let euros = added_in(&north, TargetPeriod::Month, Some("EUR"));
    from(&[euros, figures.clone()]).then([copied.clone()]);
    let locked = [added(&north), figures.clone(), LOCKED];
    from(&locked).then([copied.clone()]);
    let own = world([added(&company()), figures]);
    own.when(copy(&company(), Some(&company()), "2.5")).then([copied]);
}

/// ST-3, ST-11: money and counts do not mix; counts are whole.
#[test]
fn counts_are_copied_to_counts_and_stay_whole_st_11() {
    let of = |target_type| TargetPlace { target_type, ..company() };
    let last = year_before(&of(SOURCES));
    let figures = [added(&last), all("5", CellsCause::Set)];
    let counted = world([added(&of(SOURCES))])
        .and(SOURCES.stream(), &defined(Unit::Count, false))
        .and_all(last.id().stream(), &figures);
    let copied = all("6", CellsCause::Copied);
    counted.when(copy(&of(SOURCES), None, "10")).then([copied]);
    let mixed = beside(&last, &figures).and(SOURCES.stream(), &defined(Unit::Count, false));
    let refused = Refusal::TargetsDiffer.at("/from");
    mixed.when(copy(&company(), Some(&last), "10")).then_refused(refused);
}

/// ST-7, ST-11: what stood for months becomes quarters, and the other way round.
#[test]
fn months_and_quarters_become_each_other_st_7_st_11() {
    let last = year_before(&company());
    let months: Vec<String> = (1..=12).map(|n| format!("{n}.00")).collect();
    let months: Vec<&str> = months.iter().map(String::as_str).collect();
    let quarters = added_in(&company(), TargetPeriod::Quarter, None);
    let facts = [added(&last), cells_of(&months, CellsCause::Set)];
    let given = world([quarters]).and_all(last.id().stream(), &facts);
    let sums = cells_of(&["6.60", "16.50", "26.40", "36.30"], CellsCause::Copied);
    given.when(copy(&company(), None, "10")).then([sums]);

    let facts = [
        added_in(&last, TargetPeriod::Quarter, None),
        cells_of(&["100.00", "0.01", "0.00", "300.00"], CellsCause::Set),
    ];
    let cells = [
        "33.33", "33.33", "33.34", "0.00", "0.00", "0.01", "0.00", "0.00", "0.00", "100.00",
        "100.00", "100.00",
    ];
    let split = cells_of(&cells, CellsCause::Copied);
    beside(&last, &facts).when(copy(&company(), None, "0")).then([split]);
}

/// Design §2: what would grow beyond the largest amount is refused.
#[test]
fn a_copy_does_not_grow_beyond_the_largest_amount_st_11() {
    let last = year_before(&company());
    let facts = [added(&last), all("9000000000000.00", CellsCause::Set)];
    beside(&last, &facts).when(copy(&company(), None, "11")).facts();
    let refused = Refusal::AmountTooLarge;
    beside(&last, &facts).when(copy(&company(), None, "11.1112")).then_refused(refused);
}
