//! Another type, another currency, and the end for good (SO-9, SO-23, SO-39).

use super::*;

fn change(sale_type: SaleTypeId, stage: Option<StageId>) -> Order {
    order(SaleCommand::ChangeSaleType { sale_type, stage })
}

fn changed(from: SaleTypeId, to: SaleTypeId, stage: Option<StageId>, chance: i64) -> SaleEvent {
    let category = Some(TypeName::parse("New business").unwrap());
    SaleEvent::TypeChanged { from, to, category, stage, probability: percent(chance) }
}

#[test]
fn s6_a_type_is_changed_away_and_back_so_9() {
    let away = changed(NEW, SIMPLE, None, 20);
    world([registered()]).when(change(SIMPLE, None)).then([Event::Sale(away.clone())]);
    let back = changed(SIMPLE, NEW, Some(FM), 20);
    world([registered(), away]).when(change(NEW, None)).then([Event::Sale(back)]);
    world([registered()]).when(change(NEW, None)).then_nothing();
}

#[test]
fn a_stage_of_both_types_is_kept_with_its_probability_so_9() {
    const OTHER: SaleTypeId = SaleTypeId(Uuid::from_u128(12));
    let other = sale_type(&[QT, SC], true, None);
    let world = |facts: Vec<SaleEvent>| world(facts).and(OTHER.stream(), &other);
    let overridden = SaleEvent::ProbabilityOverridden { probability: percent(65) };
    let advanced = SaleEvent::StageAdvanced {
        from: Some(FM),
        to: QT,
        probability: percent(50),
        direction: Direction::Forward,
    };
    let in_qt = || vec![registered(), advanced.clone(), overridden.clone()];
    let kept = changed(NEW, OTHER, Some(QT), 65);
    world(in_qt()).when(change(OTHER, None)).then([Event::Sale(kept)]);
    let first = changed(NEW, OTHER, Some(QT), 50);
    world(vec![registered()]).when(change(OTHER, None)).then([Event::Sale(first)]);
    let asked = changed(NEW, OTHER, Some(SC), 80);
    world(in_qt()).when(change(OTHER, Some(SC))).then([Event::Sale(asked)]);
    world(in_qt()).when(change(OTHER, Some(FM))).then_refused(Refusal::StageNotInSaleType);
}

#[test]
fn an_unknown_type_and_a_closed_sale_are_refused_so_9_so_22() {
    let nowhere = SaleTypeId(Uuid::from_u128(404));
    world([registered()]).when(change(nowhere, None)).then_refused(Refusal::UnknownSaleType);
    world([registered(), won()]).when(change(SIMPLE, None)).then_refused(Refusal::SaleClosed);
    assert_eq!(world([registered(), stalled()]).when(change(SIMPLE, None)).facts().len(), 1);
}

#[test]
fn figures_are_kept_in_another_currency_and_rounded_to_its_places_so_39() {
    let change = |code: &str| {
        order(SaleCommand::ChangeCurrency { currency: CurrencyCode::parse(code).unwrap() })
    };
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let (nok, jpy) = (CurrencyCode::parse("NOK").unwrap(), CurrencyCode::parse("JPY").unwrap());
    let figures = SaleEvent::AmountChanged {
        amount: Money::rounded(decimal("1000.50"), nok),
        margin: Margin {
            total_cost: decimal("400.49"),
            profit: decimal("600.01"),
            profit_percent: Some(decimal("59.97")),
        },
    };
    let in_yen = SaleEvent::CurrencyChanged {
        from: nok,
        amount: Money::rounded(decimal("1001"), jpy),
        margin: Margin {
            total_cost: decimal("400"),
            profit: decimal("601"),
            profit_percent: Some(decimal("60.04")),
        },
    };
    world([registered(), figures]).when(change("JPY")).then([Event::Sale(in_yen)]);
    world([registered()]).when(change("NOK")).then_nothing();
    world([registered(), won()]).when(change("EUR")).then_refused(Refusal::SaleClosed);
}

#[test]
fn nothing_can_be_done_to_a_deleted_sale_so_23() {
    let delete = || order(SaleCommand::DeleteSale);
    for before in [vec![registered()], vec![registered(), stalled()], vec![registered(), won()]] {
        world(before).when(delete()).then([Event::Sale(SaleEvent::Deleted {})]);
    }
    let gone = || [registered(), SaleEvent::Deleted {}];
    for command in [
        SaleCommand::DeleteSale,
        SaleCommand::CompleteSale,
        SaleCommand::SetNote { note: None },
        SaleCommand::ReopenSale { cause: ReopenCause::ReopenDate },
    ] {
        world(gone()).when(order(command)).then_refused(Refusal::SaleDeleted);
    }
    world(gone())
        .when(register(new_sale(NEW)))
        .then_refused(Refusal::AlreadyExists(Aggregate::Sale));
    world([registered()]).by_seller("kari").when(delete()).then_refused(Refusal::NotYours);
    assert_eq!(world([registered()]).by_seller("ola").when(delete()).facts().len(), 1);
}
