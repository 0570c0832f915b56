//! Amount, cost, profit and percent (SO-10, SO-11, SO-12).

use super::*;

#[test]
fn s3_cost_profit_and_percent_follow_each_other_so_10() {
    let changed =
        |amount: i64, margin: Margin| SaleEvent::AmountChanged { amount: nok(amount), margin };
    let sale = || [registered(), changed(200_000, margin(0, 200_000, Some(10_000)))];
    let set = |figure| order(SaleCommand::SetMargin(figure));
    let then = |driver, margin| [Event::Sale(SaleEvent::MarginChanged { driver, margin })];
    world(sale())
        .when(set(MarginFigure::TotalCost(nok(140_000))))
        .then(then(MarginDriver::TotalCost, margin(140_000, 60_000, Some(3_000))));
    world(sale())
        .when(set(MarginFigure::ProfitPercent(Decimal::from(40))))
        .then(then(MarginDriver::ProfitPercent, margin(120_000, 80_000, Some(4_000))));
    world(sale())
        .when(set(MarginFigure::Profit(nok(50_000))))
        .then(then(MarginDriver::Profit, margin(150_000, 50_000, Some(2_500))));
}

#[test]
fn s3_an_amount_change_keeps_the_cost_so_11_so_12() {
    let costed = SaleEvent::MarginChanged {
        driver: MarginDriver::Profit,
        margin: margin(150_000, 50_000, Some(2_500)),
    };
    let to = |amount: i64| order(SaleCommand::ChangeAmount { amount: nok(amount) });
    let changed =
        |amount: i64, margin: Margin| SaleEvent::AmountChanged { amount: nok(amount), margin };
    world([registered(), costed.clone()])
        .when(to(250_000))
        .then([Event::Sale(changed(250_000, margin(150_000, 100_000, Some(4_000))))]);
    let worthless = changed(0, margin(150_000, -150_000, None));
    world([registered(), costed.clone()]).when(to(0)).then([Event::Sale(worthless.clone())]);
    world([registered(), costed, worthless])
        .when(order(SaleCommand::SetMargin(MarginFigure::ProfitPercent(Decimal::from(10)))))
        .then_refused(Refusal::PercentWithoutAmount);
}

#[test]
fn amounts_below_zero_and_other_currencies_are_refused() {
    let amount = Money::rounded(Decimal::from(-1), CurrencyCode::parse("NOK").unwrap());
    world([registered()])
        .when(order(SaleCommand::ChangeAmount { amount }))
        .then_refused(Refusal::AmountNegative);
    let amount = Money::rounded(Decimal::from(1), CurrencyCode::EUR);
    let nok = CurrencyCode::parse("NOK").unwrap();
    world([registered()])
        .when(order(SaleCommand::ChangeAmount { amount }))
        .then_refused(Refusal::CurrencyDiffers { currency: nok, pointer: "/amount/currency" });
    let cost = Money::rounded(Decimal::from(1), CurrencyCode::EUR);
    world([registered()])
        .when(order(SaleCommand::SetMargin(MarginFigure::TotalCost(cost))))
        .then_refused(Refusal::CurrencyDiffers { currency: nok, pointer: "/total_cost/currency" });
}
