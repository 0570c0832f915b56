//! Blocks from a spreadsheet (ST-19).

use events::target::{Assignee, Cell, CellsCause, TargetPeriod, TargetPlace};
use events::{TargetEvent, TargetId, UserId};

use super::*;

fn place(target_type: TargetTypeId, name: &str) -> TargetPlace {
    let assignee = match name {
        "company" => Assignee::Company,
        user => Assignee::User { user: UserId::parse(user).unwrap(), group: None },
    };
    TargetPlace { target_type, item: None, year: 2026, assignee }
}

fn id(name: &str) -> TargetId {
    place(DEFAULT, name).id()
}

fn cells(figures: &[&str]) -> Vec<Option<rust_decimal::Decimal>> {
    figures.iter().map(|figure| (!figure.is_empty()).then(|| figure.parse().unwrap())).collect()
}

fn row(target: TargetId, from: usize, figures: &[&str]) -> PastedRow {
    PastedRow { target, from, cells: cells(figures) }
}

fn paste(rows: Vec<PastedRow>) -> Order {
    Order::TargetType(TargetTypeCommand::PasteTargets { id: DEFAULT, rows })
}

fn added(place: TargetPlace) -> Event {
    let period = TargetPeriod::Month;
    Event::Target(TargetEvent::Added { place, period, currency: None })
}

fn pasted(at: &[(usize, &str)]) -> Event {
    let mut cells = vec![Cell::default(); 12];
    for (at, figure) in at {
        cells[*at] = Cell(figure.parse().unwrap());
    }
    Event::Target(TargetEvent::CellsSet { cells, cause: CellsCause::Pasted })
}

/// Rows of the company, ola and kari; kari's is locked, per's was removed, and mia has one of another type.
fn rows() -> Given {
    let locked = Event::Target(TargetEvent::Locked {});
    let removed = Event::Target(TargetEvent::Removed {});
    let own = |name, more: &[Event]| [&[added(place(DEFAULT, name))], more].concat();
    world([])
        .and_all(id("company").stream(), &own("company", &[]))
        .and_all(id("ola").stream(), &own("ola", &[]))
        .and_all(id("kari").stream(), &own("kari", &[locked]))
        .and_all(id("per").stream(), &own("per", &[removed]))
        .and(place(SOURCES, "mia").id().stream(), &added(place(SOURCES, "mia")))
}

/// ST-19: from any cell on; what is left open stays, what does not differ is no fact.
#[test]
fn a_block_is_pasted_over_several_rows_in_one_group_st_19() {
    let block = vec![row(id("ola"), 2, &["100", "", "300.5"]), row(id("company"), 11, &["7"])];
    let decision = rows().when(paste(block)).decision();
    assert_eq!(decision.events, []);
    let expected = [
        (id("ola").stream(), pasted(&[(2, "100"), (4, "300.5")])),
        (id("company").stream(), pasted(&[(11, "7")])),
    ];
    assert_eq!(decision.beside, expected);
    let same = paste(vec![row(id("ola"), 0, &["0", ""]), row(id("company"), 0, &[])]);
    assert!(rows().when(same).decision().is_nothing());
}

/// ST-15, ST-19: the whole block is refused, with the row that does not take it.
#[test]
fn a_block_over_a_locked_row_is_refused_whole_st_19() {
    let with = |second| paste(vec![row(id("ola"), 0, &["1"]), second]);
    for (second, refusal) in [
        (row(id("kari"), 0, &["1"]), Refusal::RowLocked),
        (row(id("per"), 0, &["1"]), Refusal::UnknownTarget),
        (row(id("nobody"), 0, &["1"]), Refusal::UnknownTarget),
        (row(place(SOURCES, "mia").id(), 0, &["1"]), Refusal::UnknownTarget),
        (row(id("ola"), 3, &["1"]), Refusal::TargetListedTwice),
    ] {
        rows().when(with(second)).then_refused(refusal.at("/rows/1/target"));
    }
    for (from, figures, pointer, refusal) in [
        (0, &["1", "-1"][..], "/rows/1/cells/1", Refusal::FigureNegative),
        (5, &["", "", "0.001"], "/rows/1/cells/2", Refusal::TooManyPlaces),
        (11, &["1", "2"], "/rows/1/cells", Refusal::CellsCount { expected: 12 }),
    ] {
        let second = row(id("company"), from, figures);
        rows().when(with(second)).then_refused(refusal.at(pointer));
    }
}

/// SO-44, ST-19: a row one may not change, and one that is not seen.
#[test]
fn a_block_over_somebody_elses_row_is_refused_so_44() {
    let block = || paste(vec![row(id("ola"), 0, &["1"]), row(id("company"), 0, &["1"])]);
    let seller = || rows().with_roles(&[Role::Seller], &["North"]);
    let refused = Refusal::NotYourTarget.at("/rows/1/target");
    seller().when(block()).then_refused(refused);
    let decision = seller().when(paste(vec![row(id("ola"), 0, &["1"])])).decision();
    assert_eq!(decision.beside.len(), 1);
}

/// ST-5.
#[test]
fn a_block_over_rows_that_are_about_to_go_is_refused_st_5() {
    let mia = place(SOURCES, "mia");
    let facts = [defined(&Dimension::Source, terms(&[], true))];
    let rows = vec![row(mia.id(), 0, &["1"])];
    let order = Order::TargetType(TargetTypeCommand::PasteTargets { id: SOURCES, rows });
    let given = |facts: &[Event]| world(facts.to_vec()).and(mia.id().stream(), &added(mia.clone()));
    let refused = Refusal::GroupsOnly.at("/rows/0/target");
    given(&facts).when(order.clone()).then_refused(refused);
    let gone = [facts[0].clone(), DELETED];
    given(&gone).when(order.clone()).then_refused(Refusal::TargetTypeDeleted);
    given(&[]).when(order).then_refused(Refusal::Unknown(Aggregate::TargetType));
}
