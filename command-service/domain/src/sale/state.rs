//! What is remembered of a sale, as the union of its legal states, and the fold.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::sale::{Details, Link, Margin, Parties, Registration, Stakeholder};
use events::{
    Description, FieldValue, ListKey, Money, Probability, SaleEvent, SaleTypeId, StageId, Title,
    UserId,
};

use super::guide::Progress;

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
    /// Nothing can be done to it any more (SO-23).
    Deleted(Box<Deal>),
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
    /// The owner's primary group when they became owner.
    pub owner_group: Option<String>,
    /// SO-F18.
    pub sale_date: NaiveDate,
    /// SO-F24.
    pub source: Option<ListKey>,
    /// SO-F3.
    pub description: Option<Description>,
    /// SO-F14 … SO-F16.
    pub parties: Parties,
    /// SO-F25, SO-F26, SO-F32, SO-F33.
    pub details: Details,
    /// SO-F34.
    pub links: Vec<Link>,
    /// SK-2.
    pub stakeholders: Vec<Stakeholder>,
    /// SO-F35.
    pub fields: BTreeMap<ListKey, FieldValue>,
    /// SG-12 to SG-23.
    pub guide: Progress,
}

impl Sale {
    /// The figures, none before registration.
    pub fn deal(&self) -> Option<&Deal> {
        match self {
            Self::Unknown | Self::Deleted(_) => None,
            Self::Open(deal) | Self::Stalled { deal, .. } | Self::Closed { deal, .. } => Some(deal),
        }
    }

    /// The same status with other figures.
    fn with(self, change: impl FnOnce(&mut Deal)) -> Self {
        let mut sale = self;
        match &mut sale {
            Self::Unknown | Self::Deleted(_) => {}
            Self::Open(deal) | Self::Stalled { deal, .. } | Self::Closed { deal, .. } => {
                change(deal)
            }
        }
        sale
    }

    /// The figures by value.
    fn into_deal(self) -> Option<Box<Deal>> {
        match self {
            Self::Unknown | Self::Deleted(_) => None,
            Self::Open(deal) | Self::Stalled { deal, .. } | Self::Closed { deal, .. } => Some(deal),
        }
    }
}

/// The state after a fact. Facts on a sale never registered leave it unknown: any history folds.
pub(super) fn evolve(sale: Sale, event: &SaleEvent) -> Sale {
    match event {
        SaleEvent::Registered(registration) => Sale::Open(Box::new(deal_of(registration))),
        SaleEvent::Stalled { reopen_date, reason }
        | SaleEvent::StallTermsChanged { reopen_date, reason } => {
            on_hold(sale, *reopen_date, reason)
        }
        SaleEvent::Reopened { stage, probability, .. } => open_again(sale, *stage, *probability),
        SaleEvent::Won { close_date, probability, .. } => {
            let sale = sale.with(|deal| change(deal, event));
            closed(sale, Outcome::Won, *close_date, *probability)
        }
        SaleEvent::Lost { close_date, probability, .. } => {
            let sale = sale.with(|deal| change(deal, event));
            closed(sale, Outcome::Lost, *close_date, *probability)
        }
        SaleEvent::Completed {} => with_completion(sale, true),
        SaleEvent::CompletionCleared {} => with_completion(sale, false),
        SaleEvent::OwnerNoticed { .. } | SaleEvent::FollowUpOffered { .. } => sale,
        SaleEvent::GuideItemUsed { .. }
        | SaleEvent::FollowUpSuggested { .. }
        | SaleEvent::FollowUpSuggestionAnswered { .. }
        | SaleEvent::StageSuggested { .. }
        | SaleEvent::StageSuggestionAnswered { .. } => sale.with(|deal| deal.guide.evolve(event)),
        SaleEvent::Deleted {} => sale.into_deal().map_or(Sale::Unknown, Sale::Deleted),
        SaleEvent::TitleChanged { .. }
        | SaleEvent::DescriptionChanged { .. }
        | SaleEvent::DateChanged { .. }
        | SaleEvent::SourceSet { .. }
        | SaleEvent::PartiesLinked(_)
        | SaleEvent::OwnerChanged { .. }
        | SaleEvent::StageAdvanced { .. }
        | SaleEvent::ProbabilityOverridden { .. }
        | SaleEvent::AmountChanged { .. }
        | SaleEvent::MarginChanged { .. }
        | SaleEvent::CreditedSet { .. }
        | SaleEvent::CompetitorSet { .. }
        | SaleEvent::NoteChanged { .. }
        | SaleEvent::LinkAdded(_)
        | SaleEvent::LinkRemoved(_)
        | SaleEvent::VisibilityChanged(_)
        | SaleEvent::StakeholderAdded(_)
        | SaleEvent::StakeholderChanged(_)
        | SaleEvent::StakeholderRemoved { .. }
        | SaleEvent::TypeChanged { .. }
        | SaleEvent::CurrencyChanged { .. }
        | SaleEvent::CustomFieldSet { .. } => sale.with(|deal| change(deal, event)),
    }
}

/// What a fact changes about the figures, whatever the status; nothing for those that change the status alone.
fn change(deal: &mut Deal, event: &SaleEvent) {
    match event {
        SaleEvent::TitleChanged { title } => deal.title = title.clone(),
        SaleEvent::DescriptionChanged { description } => deal.description.clone_from(description),
        SaleEvent::DateChanged { sale_date } => deal.sale_date = *sale_date,
        SaleEvent::SourceSet { source } => deal.source.clone_from(source),
        SaleEvent::PartiesLinked(parties) => deal.parties = parties.clone(),
        SaleEvent::OwnerChanged { from: _, to, owner_group } => {
            deal.owner = to.clone();
            deal.owner_group.clone_from(owner_group);
        }
        SaleEvent::StageAdvanced { to, probability, .. } => {
            (deal.stage, deal.probability) = (Some(*to), *probability);
            deal.guide.stage_changed();
        }
        SaleEvent::ProbabilityOverridden { probability } => deal.probability = *probability,
        SaleEvent::AmountChanged { amount, margin }
        | SaleEvent::CurrencyChanged { amount, margin, .. } => {
            (deal.amount, deal.margin) = (*amount, *margin);
        }
        SaleEvent::MarginChanged { margin, .. } => deal.margin = *margin,
        SaleEvent::Won { amount, margin, competitor, .. } => {
            (deal.amount, deal.margin) = (*amount, *margin);
            deal.details.competitor.clone_from(competitor);
        }
        SaleEvent::Lost { competitor, .. } => deal.details.competitor.clone_from(competitor),
        SaleEvent::CreditedSet { credited } => deal.details.credited.clone_from(credited),
        SaleEvent::CompetitorSet { competitor } => deal.details.competitor.clone_from(competitor),
        SaleEvent::NoteChanged { note } => deal.details.note.clone_from(note),
        SaleEvent::LinkAdded(link) => link.join(&mut deal.links),
        SaleEvent::LinkRemoved(to) => to.leave(&mut deal.links),
        SaleEvent::VisibilityChanged(visibility) => deal.details.visibility = visibility.clone(),
        SaleEvent::StakeholderAdded(added) => added.join(&mut deal.stakeholders),
        SaleEvent::StakeholderChanged(part) => part.apply(&mut deal.stakeholders),
        SaleEvent::StakeholderRemoved { id } => deal.stakeholders.retain(|one| one.id != *id),
        SaleEvent::TypeChanged { to, stage, probability, .. } => {
            (deal.sale_type, deal.stage, deal.probability) = (*to, *stage, *probability);
            deal.guide.stage_changed();
        }
        SaleEvent::CustomFieldSet { key, value: Some(value) } => {
            deal.fields.insert(key.clone(), value.clone());
        }
        SaleEvent::CustomFieldSet { key, value: None } => {
            deal.fields.remove(key);
        }
        SaleEvent::Registered(_)
        | SaleEvent::Stalled { .. }
        | SaleEvent::StallTermsChanged { .. }
        | SaleEvent::Reopened { .. }
        | SaleEvent::Completed {}
        | SaleEvent::CompletionCleared {}
        | SaleEvent::OwnerNoticed { .. }
        | SaleEvent::FollowUpOffered { .. }
        | SaleEvent::GuideItemUsed { .. }
        | SaleEvent::FollowUpSuggested { .. }
        | SaleEvent::FollowUpSuggestionAnswered { .. }
        | SaleEvent::StageSuggested { .. }
        | SaleEvent::StageSuggestionAnswered { .. }
        | SaleEvent::Deleted {} => {}
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
        owner_group: registration.owner_group.clone(),
        sale_date: registration.sale_date,
        source: registration.source.clone(),
        description: registration.description.clone(),
        parties: registration.parties.clone(),
        details: registration.details.clone(),
        links: Vec::new(),
        stakeholders: Vec::new(),
        fields: BTreeMap::new(),
        guide: Progress::default(),
    }
}

/// Status 4, with the terms as they are now (SO-13).
fn on_hold(sale: Sale, reopen_date: NaiveDate, reason: &ListKey) -> Sale {
    let stalled = |deal| Sale::Stalled { deal, reopen_date, reason: reason.clone() };
    sale.into_deal().map_or(Sale::Unknown, stalled)
}

/// Status 1 again (SO-16, SO-22).
fn open_again(sale: Sale, stage: Option<StageId>, probability: Probability) -> Sale {
    sale.into_deal().map_or(Sale::Unknown, |mut deal| {
        (deal.stage, deal.probability) = (stage, probability);
        Sale::Open(deal)
    })
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
