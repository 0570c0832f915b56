//! Registration and its defaults (SO-1, SO-2, SO-3, SO-36).

use super::*;

#[test]
fn s1_a_registration_resolves_every_default_so_1_so_2_so_36() {
    let SaleEvent::Registered(registration) = registered() else { panic!("not a registration") };
    assert_eq!(registration.stage, Some(FM));
    assert_eq!(registration.probability, percent(20));
    assert_eq!(registration.sale_date, day("2026-06-10"));
    assert_eq!(registration.margin, margin(0, 500_000, Some(10_000)));
    assert_eq!(registration.owner.as_str(), "ola");
    assert_eq!(registration.owner_group.as_deref(), Some("north"));
}

#[test]
fn s1_an_empty_title_is_refused_so_1() {
    let untitled = NewSale { title: "  ".into(), ..new_sale(NEW) };
    world([]).when(register(untitled)).then_refused(Refusal::TitleRequired);
}

/// SO-F2, SO-1: the main identifier is one line of characters that show.
#[test]
fn a_title_is_a_line_that_shows_so_f2() {
    for bad in ["Fjord\nERP", "Fjord\u{7}", "\u{200b}", "Fjord\u{202e}PRE", "\u{200d}Fjord"] {
        let new = NewSale { title: bad.into(), ..new_sale(NEW) };
        world([]).when(register(new)).then_refused(Refusal::TitleRequired);
    }
    let new =
        NewSale { title: "نمی\u{200c}خواهم 👩\u{200d}💻".into(), ..new_sale(NEW) };
    assert_eq!(world([]).when(register(new)).facts().len(), 1);
}

#[test]
fn s1_a_type_without_stages_registers_without_stage_for_today_so_3() {
    let facts = world([]).when(register(new_sale(SIMPLE))).facts();
    let Event::Sale(SaleEvent::Registered(registration)) = &facts[0] else {
        panic!("not a registration")
    };
    assert_eq!((registration.stage, registration.probability), (None, Probability::NONE));
    assert_eq!(registration.sale_date, day("2026-03-10"));
}

#[test]
fn a_type_and_an_owner_have_to_exist_except_the_caller_who_is_added() {
    let unknown = NewSale { sale_type: SaleTypeId(Uuid::nil()), ..new_sale(NEW) };
    world([]).when(register(unknown)).then_refused(Refusal::UnknownSaleType);
    let stranger = NewSale { owner: Some(UserId::parse("per").unwrap()), ..new_sale(NEW) };
    world([]).when(register(stranger)).then_refused(Refusal::UnknownOwner);
    let facts = world([]).by_seller("kari").when(register(new_sale(NEW))).facts();
    assert!(
        matches!(&facts[0], Event::Sale(SaleEvent::Registered(sale)) if sale.owner.as_str() == "kari")
    );
}

#[test]
fn a_sale_cannot_be_registered_twice() {
    world([registered()])
        .when(register(new_sale(NEW)))
        .then_refused(Refusal::AlreadyExists(Aggregate::Sale));
}
