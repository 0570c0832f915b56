//! Putting a sale on hold: a date and a reason are both needed (SO-13, §6-A7).

use chrono::NaiveDate;
use events::{Aggregate, ListKey, SaleEvent};

use super::Sale;
use crate::{Context, Refusal};

/// SO-13: stage and probability stay. Asked again with the same terms, nothing happens.
pub(super) fn stall(
    sale: &Sale,
    reopen_date: NaiveDate,
    reason: ListKey,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    match sale {
        Sale::Unknown => Err(Refusal::Unknown(Aggregate::Sale)),
        Sale::Deleted(_) => Err(Refusal::SaleDeleted),
        Sale::Stalled { reopen_date: date, reason: why, .. }
            if *date == reopen_date && *why == reason =>
        {
            Ok(vec![])
        }
        Sale::Stalled { .. } => Err(Refusal::SaleStalled),
        Sale::Closed { .. } => Err(Refusal::SaleClosed),
        Sale::Open(_) if reopen_date < context.today => Err(Refusal::ReopenDatePast),
        Sale::Open(_) => Ok(vec![SaleEvent::Stalled { reopen_date, reason }]),
    }
}

/// SO-13: a term left out stays.
pub(super) fn change_terms(
    sale: &Sale,
    reopen_date: Option<NaiveDate>,
    reason: Option<ListKey>,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    match sale {
        Sale::Unknown => Err(Refusal::Unknown(Aggregate::Sale)),
        Sale::Deleted(_) => Err(Refusal::SaleDeleted),
        Sale::Closed { .. } => Err(Refusal::SaleClosed),
        Sale::Open(_) => Err(Refusal::NotStalled),
        Sale::Stalled { reopen_date: date, reason: why, .. } => {
            let new_date = reopen_date.unwrap_or(*date);
            let new_reason = reason.unwrap_or_else(|| why.clone());
            if new_date == *date && new_reason == *why {
                return Ok(vec![]);
            }
            if new_date != *date && new_date < context.today {
                return Err(Refusal::ReopenDatePast);
            }
            Ok(vec![SaleEvent::StallTermsChanged { reopen_date: new_date, reason: new_reason }])
        }
    }
}

/// SO-14: an offer and no more; a sale that is no longer on hold needs none.
pub(super) fn offer_follow_up(sale: &Sale) -> Vec<SaleEvent> {
    match sale {
        Sale::Stalled { deal, reopen_date, .. } => vec![SaleEvent::FollowUpOffered {
            owner: deal.owner.clone(),
            reopen_date: *reopen_date,
        }],
        Sale::Unknown | Sale::Open(_) | Sale::Closed { .. } | Sale::Deleted(_) => vec![],
    }
}
