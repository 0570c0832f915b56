//! Edits, and who may make them (SO-5).

use super::*;

#[test]
fn an_edit_yields_one_event_a_changed_field_so_5() {
    let changes = SaleChanges {
        title: Some("Fjord ERP 2".into()),
        source: Some(None),
        sale_date: Some(day("2026-07-01")),
        ..SaleChanges::default()
    };
    world([registered()]).when(order(SaleCommand::EditSale(Box::new(changes)))).then([
        Event::Sale(SaleEvent::TitleChanged {
            title: events::Title::parse("Fjord ERP 2").unwrap(),
        }),
        Event::Sale(SaleEvent::DateChanged { sale_date: day("2026-07-01") }),
    ]);
    let same = SaleChanges { title: Some("Fjord ERP".into()), ..SaleChanges::default() };
    world([registered()]).when(order(SaleCommand::EditSale(Box::new(same)))).then_nothing();
}

/// SO-F2: what was accepted before titles were lines is still read, and everything else of it can be changed.
#[test]
fn a_stored_title_of_two_lines_stays_until_it_is_changed_so_f2() {
    let title = || events::Title::parse("Fjord\nERP").unwrap();
    let stored = || world([registered(), SaleEvent::TitleChanged { title: title() }]);
    let edit = |title: Option<&str>| SaleChanges {
        title: title.map(str::to_owned),
        sale_date: Some(day("2026-07-01")),
        ..SaleChanges::default()
    };
    let edit = |title| order(SaleCommand::EditSale(Box::new(edit(title))));
    stored()
        .when(edit(None))
        .then([Event::Sale(SaleEvent::DateChanged { sale_date: day("2026-07-01") })]);
    stored().when(edit(Some("Fjord\nERP"))).then_refused(Refusal::TitleRequired);
    assert_eq!(stored().when(edit(Some("Fjord ERP"))).facts().len(), 2);
}

#[test]
fn a_seller_changes_their_own_sales_only() {
    let amount = || order(SaleCommand::ChangeAmount { amount: nok(1) });
    world([registered()]).by_seller("kari").when(amount()).then_refused(Refusal::NotYours);
    assert_eq!(world([registered()]).by_seller("ola").when(amount()).facts().len(), 1);
    let theirs = NewSale { owner: Some(UserId::parse("ola").unwrap()), ..new_sale(NEW) };
    world([]).by_seller("kari").when(register(theirs)).then_refused(Refusal::NotYours);
}

#[test]
fn nothing_but_a_registration_works_on_an_unknown_sale() {
    for command in
        [SaleCommand::CompleteSale, SaleCommand::ReopenSale { cause: ReopenCause::Manual }]
    {
        world([]).when(order(command)).then_refused(Refusal::Unknown(Aggregate::Sale));
    }
}
