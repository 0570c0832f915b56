//! What is remembered of a sale, as the union of its legal states, and the fold.

use chrono::NaiveDate;
use events::sale::{Margin, Parties, Registration};
use events::{
    Description, ListKey, Money, Probability, SaleEvent, SaleTypeId, StageId, Title, UserId,
};

/// A sale as the write side remembers it.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Sale {
    /// Never registered.
    #[default]
    Unknown,
    /// Status 1.
    Open(Box<Deal>),
    /// Status 4: on hold.
    Stalled {
        /// The figures.
        deal: Box<Deal>,
        /// When it is to be looked at again.
        reopen_date: NaiveDate,
        /// Why.
        reason: ListKey,
    },
    /// Status 2 or 3.
    Closed {
        /// The figures.
        deal: Box<Deal>,
        /// Sold or lost.
        outcome: Outcome,
        /// Its probability just before.
        probability_before: Probability,
        /// Nothing more to do (SO-21).
        completed: bool,
    },
}

/// How a sale ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Status 2.
    Won,
    /// Status 3.
    Lost,
}

/// The figures of a registered sale.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// SO-F2.
    pub title: Title,
    /// SO-F4.
    pub sale_type: SaleTypeId,
    /// SO-F6.
    pub stage: Option<StageId>,
    /// SO-F7.
    pub probability: Probability,
    /// SO-F8.
    pub amount: Money,
    /// SO-F11 … SO-F13.
    pub margin: Margin,
    /// SO-F17.
    pub owner: UserId,
    /// SO-F18.
    pub sale_date: NaiveDate,
    /// SO-F24.
    pub source: Option<ListKey>,
    /// SO-F3.
    pub description: Option<Description>,
    /// SO-F14 … SO-F16.
    pub parties: Parties,
}

impl Sale {
    /// The figures, none before registration.
    pub fn deal(&self) -> Option<&Deal> {
        match self {
            Self::Unknown => None,
            Self::Open(deal) | Self::Stalled { deal, .. } | Self::Closed { deal, .. } => Some(deal),
        }
    }

    /// The same status with other figures.
    fn with(self, change: impl FnOnce(&mut Deal)) -> Self {
        let mut sale = self;
        match &mut sale {
            Self::Unknown => {}
            Self::Open(deal) | Self::Stalled { deal, .. } | Self::Closed { deal, .. } => {
                change(deal)
            }
        }
        sale
    }

    /// The figures by value.
    fn into_deal(self) -> Option<Box<Deal>> {
        match self {
            Self::Unknown => None,
            Self::Open(deal) | Self::Stalled { deal, .. } | Self::Closed { deal, .. } => Some(deal),
        }
    }
}

/// The state after a fact. Facts on a sale never registered leave it unknown: any history folds.
pub(super) fn evolve(sale: Sale, event: &SaleEvent) -> Sale {
    match event {
        SaleEvent::Registered(registration) => Sale::Open(Box::new(deal_of(registration))),
        SaleEvent::TitleChanged { title } => sale.with(|deal| deal.title = title.clone()),
        SaleEvent::DescriptionChanged { description } => {
            sale.with(|deal| deal.description.clone_from(description))
        }
        SaleEvent::DateChanged { sale_date } => sale.with(|deal| deal.sale_date = *sale_date),
        SaleEvent::SourceSet { source } => sale.with(|deal| deal.source.clone_from(source)),
        SaleEvent::PartiesLinked(parties) => sale.with(|deal| deal.parties = parties.clone()),
        SaleEvent::OwnerChanged { to, .. } => sale.with(|deal| deal.owner = to.clone()),
        SaleEvent::StageAdvanced { to, probability, .. } => sale.with(|deal| {
            deal.stage = Some(*to);
            deal.probability = *probability;
        }),
        SaleEvent::ProbabilityOverridden { probability } => {
            sale.with(|deal| deal.probability = *probability)
        }
        SaleEvent::AmountChanged { amount, margin } => sale.with(|deal| {
            deal.amount = *amount;
            deal.margin = *margin;
        }),
        SaleEvent::MarginChanged { margin, .. } => sale.with(|deal| deal.margin = *margin),
        SaleEvent::Stalled { reopen_date, reason }
        | SaleEvent::StallTermsChanged { reopen_date, reason } => {
            sale.into_deal().map_or(Sale::Unknown, |deal| Sale::Stalled {
                deal,
                reopen_date: *reopen_date,
                reason: reason.clone(),
            })
        }
        SaleEvent::Reopened { stage, probability, .. } => {
            sale.into_deal().map_or(Sale::Unknown, |mut deal| {
                deal.stage = *stage;
                deal.probability = *probability;
                Sale::Open(deal)
            })
        }
        SaleEvent::Won { close_date, amount, margin, probability, .. } => {
            let sale = sale.with(|deal| {
                deal.amount = *amount;
                deal.margin = *margin;
            });
            closed(sale, Outcome::Won, *close_date, *probability)
        }
        SaleEvent::Lost { close_date, probability, .. } => {
            closed(sale, Outcome::Lost, *close_date, *probability)
        }
        SaleEvent::Completed {} => with_completion(sale, true),
        SaleEvent::CompletionCleared {} => with_completion(sale, false),
        SaleEvent::OwnerNoticed { .. } | SaleEvent::FollowUpOffered { .. } => sale,
    }
}

/// The figures at registration.
fn deal_of(registration: &Registration) -> Deal {
    Deal {
        title: registration.title.clone(),
        sale_type: registration.sale_type,
        stage: registration.stage,
        probability: registration.probability,
        amount: registration.amount,
        margin: registration.margin,
        owner: registration.owner.clone(),
        sale_date: registration.sale_date,
        source: registration.source.clone(),
        description: registration.description.clone(),
        parties: registration.parties.clone(),
    }
}

/// Sold or lost: the close date becomes the sale date (SO-17, SO-18).
fn closed(sale: Sale, outcome: Outcome, close_date: NaiveDate, probability: Probability) -> Sale {
    sale.into_deal().map_or(Sale::Unknown, |mut deal| {
        let probability_before = std::mem::replace(&mut deal.probability, probability);
        deal.sale_date = close_date;
        Sale::Closed { deal, outcome, probability_before, completed: false }
    })
}

/// The completed tick, on a closed sale only (SO-21).
fn with_completion(mut sale: Sale, tick: bool) -> Sale {
    if let Sale::Closed { completed, .. } = &mut sale {
        *completed = tick;
    }
    sale
}
