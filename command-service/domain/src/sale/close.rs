//! Sold, lost, completed, and open again (SO-16 … SO-22).

use chrono::NaiveDate;
use events::sale::{ReopenCause, ReopenedFrom};
use events::{Aggregate, ListKey, Money, Probability, SaleEvent, StageId};

use super::margin;
use super::{Deal, Outcome, Sale};
use crate::{Context, Refusal};

/// What both ends of a sale have in common.
pub(super) struct End {
    reason: ListKey,
    close_date: NaiveDate,
    competitor: Option<ListKey>,
}

impl End {
    /// Today unless a date was given; the known competitor unless one was named (SO-17, SO-18, SO-F25).
    pub(super) fn of(
        deal: &Deal,
        reason: ListKey,
        close_date: Option<NaiveDate>,
        competitor: Option<ListKey>,
        context: &Context<'_>,
    ) -> Self {
        let competitor = competitor.or_else(|| deal.details.competitor.clone());
        Self { reason, close_date: close_date.unwrap_or(context.today), competitor }
    }
}

/// SO-17: the close date becomes the sale date, the probability 100; the stage is remembered (SO-20).
pub(super) fn sold(
    sale: &Sale,
    deal: &Deal,
    end: End,
    amount: Option<Money>,
) -> Result<Vec<SaleEvent>, Refusal> {
    closable(sale)?;
    let amount = amount.unwrap_or(deal.amount);
    let margin = margin::at_amount(deal, amount)?;
    let probability = Probability::WON;
    let End { reason, close_date, competitor } = end;
    Ok(vec![SaleEvent::Won {
        close_date,
        reason,
        amount,
        margin,
        probability,
        stage_when_closed: deal.stage,
        competitor,
    }])
}

/// SO-18: as sold, with a probability of 0 and perhaps a competitor.
pub(super) fn lost(sale: &Sale, deal: &Deal, end: End) -> Result<Vec<SaleEvent>, Refusal> {
    closable(sale)?;
    let probability = Probability::NONE;
    let End { reason, close_date, competitor } = end;
    Ok(vec![SaleEvent::Lost {
        close_date,
        reason,
        competitor,
        probability,
        stage_when_closed: deal.stage,
    }])
}

/// §3.5: open and stalled sales can be closed.
fn closable(sale: &Sale) -> Result<(), Refusal> {
    match sale {
        Sale::Unknown => Err(Refusal::Unknown(Aggregate::Sale)),
        Sale::Deleted(_) => Err(Refusal::SaleDeleted),
        Sale::Open(_) | Sale::Stalled { .. } => Ok(()),
        Sale::Closed { .. } => Err(Refusal::AlreadyClosed),
    }
}

/// SO-16: back to open in the same stage; after closing at the stage's probability (§6-A14), completion cleared.
pub(super) fn reopen(
    sale: &Sale,
    cause: ReopenCause,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    let (from_status, stage, probability) = match sale {
        Sale::Unknown => return Err(Refusal::Unknown(Aggregate::Sale)),
        Sale::Deleted(_) => return Err(Refusal::SaleDeleted),
        Sale::Open(_) => return Err(Refusal::SaleOpen),
        Sale::Stalled { deal, .. } => (ReopenedFrom::Stalled, deal.stage, deal.probability),
        Sale::Closed { .. } if cause == ReopenCause::ReopenDate => return Err(Refusal::SaleClosed),
        Sale::Closed { deal, outcome, probability_before, .. } => {
            let from = match outcome {
                Outcome::Won => ReopenedFrom::Won,
                Outcome::Lost => ReopenedFrom::Lost,
            };
            (from, deal.stage, probability_of(deal.stage, context).unwrap_or(*probability_before))
        }
    };
    Ok(vec![SaleEvent::Reopened { from_status, cause, stage, probability }])
}

/// The probability of a known stage.
fn probability_of(stage: Option<StageId>, context: &Context<'_>) -> Option<Probability> {
    stage.and_then(|id| context.references.stage(id)).map(|stage| stage.probability())
}

/// SO-21: only a sold or lost sale; ticking twice changes nothing.
pub(super) fn complete(sale: &Sale, tick: bool) -> Result<Vec<SaleEvent>, Refusal> {
    match sale {
        Sale::Unknown => Err(Refusal::Unknown(Aggregate::Sale)),
        Sale::Deleted(_) => Err(Refusal::SaleDeleted),
        Sale::Open(_) | Sale::Stalled { .. } => Err(Refusal::NotClosed),
        Sale::Closed { completed, .. } if *completed == tick => Ok(vec![]),
        Sale::Closed { .. } if tick => Ok(vec![SaleEvent::Completed {}]),
        Sale::Closed { .. } => Ok(vec![SaleEvent::CompletionCleared {}]),
    }
}
