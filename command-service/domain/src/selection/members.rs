//! Members put into a static selection and taken out of it (SF-11).

use std::collections::{BTreeMap, BTreeSet};

use events::selection::MEMBERS_MAX;
use events::{SaleId, SelectionEvent};

use crate::{Context, Refusal};

/// Sales of one command at most.
pub const COMMAND_MAX: usize = 500;

/// The fact that adds those that are no members yet; none when all are. Every one of them is looked at, so that nobody
/// learns from an answer whether a sale that they do not see is a member.
pub(super) fn added(
    members: &BTreeMap<SaleId, u64>,
    sales: Vec<SaleId>,
    pointer: &'static str,
    context: &Context<'_>,
) -> Result<Option<SelectionEvent>, Refusal> {
    for (index, sale) in sales.iter().enumerate() {
        let deal = context.references.sale(*sale).and_then(|sale| sale.deal());
        if deal.is_none_or(|deal| !context.sees(deal)) {
            return Err(Refusal::UnknownSale.at(format!("{pointer}/{index}")));
        }
    }
    let mut met = BTreeSet::new();
    let new = |sale: &SaleId| !members.contains_key(sale) && met.insert(*sale);
    let sales: Vec<SaleId> = sales.into_iter().filter(new).collect();
    if members.len() + sales.len() > MEMBERS_MAX {
        return Err(Refusal::TooManyMembers { pointer });
    }
    Ok((!sales.is_empty()).then_some(SelectionEvent::MembersAdded { sales }))
}

/// The fact that takes those out that are members; none when none is.
pub(super) fn removed(
    members: &BTreeMap<SaleId, u64>,
    sales: Vec<SaleId>,
) -> Option<SelectionEvent> {
    let mut met = BTreeSet::new();
    let there = |sale: &SaleId| members.contains_key(sale) && met.insert(*sale);
    let sales: Vec<SaleId> = sales.into_iter().filter(there).collect();
    (!sales.is_empty()).then_some(SelectionEvent::MembersRemoved { sales })
}
