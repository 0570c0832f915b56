//! What turns a sale into another one: its type, its currency, its end for good (SO-9, SO-23, SO-39).

use events::{CurrencyCode, Money, SaleEvent, SaleTypeId, StageId};

use super::{Deal, margin};
use crate::{Context, References, Refusal};

/// The stage a sale has after a change of type (SO-9): the one asked for; else the present one, if the new type has it
/// too; else the first of a type with a guide; else none.
fn stage_after(
    deal: &Deal,
    to: SaleTypeId,
    asked: Option<StageId>,
    known: &References,
) -> Option<StageId> {
    let terms = known.sale_type(to).and_then(|found| found.terms())?;
    let kept = deal.stage.filter(|stage| terms.stages.contains(stage));
    let first = if terms.guide { terms.stages.first().copied() } else { None };
    asked.or(kept).or(first)
}

/// The stage whose probability a change of type has to know, if it is another one.
pub(super) fn stage_needed(
    deal: &Deal,
    to: SaleTypeId,
    asked: Option<StageId>,
    known: &References,
) -> Option<StageId> {
    stage_after(deal, to, asked, known).filter(|stage| deal.stage != Some(*stage))
}

/// SO-9: the category is copied anew; the probability follows another stage and is kept without one.
pub(super) fn change_type(
    deal: &Deal,
    to: SaleTypeId,
    asked: Option<StageId>,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    let terms = context.references.sale_type(to).ok_or(Refusal::UnknownSaleType)?.offered()?;
    if asked.is_some_and(|stage| !terms.stages.contains(&stage)) {
        return Err(Refusal::StageNotInSaleType);
    }
    if deal.sale_type == to {
        return Ok(Vec::new());
    }
    let stage = stage_after(deal, to, asked, context.references);
    let probability = match stage.filter(|stage| deal.stage != Some(*stage)) {
        Some(other) => context.references.stage(other).ok_or(Refusal::UnknownStage)?.offered()?,
        None => deal.probability,
    };
    let category = terms.category.clone();
    Ok(vec![SaleEvent::TypeChanged { from: deal.sale_type, to, category, stage, probability }])
}

/// SO-39: nothing is converted. Amount and cost keep their figures, rounded to the places of the new currency; profit
/// and percent follow from them.
pub(super) fn change_currency(deal: &Deal, to: CurrencyCode) -> Result<Vec<SaleEvent>, Refusal> {
    let from = deal.amount.currency();
    if from == to {
        return Ok(Vec::new());
    }
    let amount = Money::rounded(deal.amount.amount(), to);
    let cost = Money::rounded(deal.margin.total_cost, to);
    let margin = margin::with_cost(amount, cost.amount())?;
    Ok(vec![SaleEvent::CurrencyChanged { from, amount, margin }])
}
