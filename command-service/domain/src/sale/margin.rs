//! Amount, cost, profit and percent: changing one keeps the others consistent (SO-10 … SO-12).

use events::money::{AMOUNT_MAX, round_to};
use events::sale::{Margin, MarginDriver};
use events::{Money, SaleEvent};
use rust_decimal::Decimal;

use super::Deal;
use crate::Refusal;

/// The one figure a SetMargin gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarginFigure {
    /// What it costs.
    TotalCost(Money),
    /// What it earns.
    Profit(Money),
    /// What it earns, of the amount (§6-A21).
    ProfitPercent(Decimal),
}

/// The margin of an amount with a known cost: profit and percent follow.
pub(super) fn with_cost(amount: Money, total_cost: Decimal) -> Result<Margin, Refusal> {
    if amount.amount().is_sign_negative() && !amount.amount().is_zero() {
        return Err(Refusal::AmountNegative);
    }
    if total_cost.is_sign_negative() && !total_cost.is_zero() {
        return Err(Refusal::CostNegative);
    }
    if total_cost > AMOUNT_MAX {
        return Err(Refusal::AmountTooLarge);
    }
    let profit = Money::rounded(amount.amount() - total_cost, amount.currency()).amount();
    let profit_percent = (!amount.amount().is_zero()).then(|| {
        let mut percent = round_to(profit / amount.amount() * Decimal::ONE_HUNDRED, 2);
        percent.rescale(2);
        percent
    });
    Ok(Margin {
        total_cost: Money::rounded(total_cost, amount.currency()).amount(),
        profit,
        profit_percent,
    })
}

/// The margin at registration: no cost yet.
pub(super) fn without_cost(amount: Money) -> Result<Margin, Refusal> {
    with_cost(amount, Decimal::ZERO)
}

/// The margin of another amount at the same cost (SO-11).
pub(super) fn at_amount(deal: &Deal, amount: Money) -> Result<Margin, Refusal> {
    if amount.currency() != deal.amount.currency() {
        let currency = deal.amount.currency();
        return Err(Refusal::CurrencyDiffers { currency, pointer: "/amount/currency" });
    }
    with_cost(amount, deal.margin.total_cost)
}

/// SO-11: cost is kept, profit and percent are computed anew.
pub(super) fn change_amount(deal: &Deal, amount: Money) -> Result<Vec<SaleEvent>, Refusal> {
    let margin = at_amount(deal, amount)?;
    if amount == deal.amount {
        return Ok(vec![]);
    }
    Ok(vec![SaleEvent::AmountChanged { amount, margin }])
}

/// SO-10: one of the three, the other two follow; the amount stays.
pub(super) fn set(deal: &Deal, figure: MarginFigure) -> Result<Vec<SaleEvent>, Refusal> {
    let amount = deal.amount;
    let (driver, total_cost) = match figure {
        MarginFigure::TotalCost(cost) => {
            (MarginDriver::TotalCost, in_currency(amount, cost, "/total_cost/currency")?)
        }
        MarginFigure::Profit(profit) => {
            let profit = in_currency(amount, profit, "/profit/currency")?;
            (MarginDriver::Profit, amount.amount() - profit)
        }
        MarginFigure::ProfitPercent(_) if amount.amount().is_zero() => {
            return Err(Refusal::PercentWithoutAmount);
        }
        MarginFigure::ProfitPercent(percent) if percent.abs() > AMOUNT_MAX => {
            return Err(Refusal::AmountTooLarge);
        }
        MarginFigure::ProfitPercent(percent) => {
            let share = (amount.amount() / Decimal::ONE_HUNDRED)
                .checked_mul(percent)
                .ok_or(Refusal::AmountTooLarge)?;
            (
                MarginDriver::ProfitPercent,
                amount.amount() - Money::rounded(share, amount.currency()).amount(),
            )
        }
    };
    let margin = with_cost(amount, total_cost)?;
    if margin == deal.margin {
        return Ok(vec![]);
    }
    Ok(vec![SaleEvent::MarginChanged { driver, margin }])
}

/// A figure in the sale's currency, or the refusal.
fn in_currency(amount: Money, figure: Money, pointer: &'static str) -> Result<Decimal, Refusal> {
    if figure.currency() == amount.currency() {
        Ok(figure.amount())
    } else {
        Err(Refusal::CurrencyDiffers { currency: amount.currency(), pointer })
    }
}
