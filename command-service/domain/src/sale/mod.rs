//! A sale: commands, what is remembered, the table of decisions (domain §3.2, §3.5).

mod close;
mod details;
mod edit;
mod listed;
mod margin;
mod registration;
mod stakeholders;
mod stall;
mod state;
#[cfg(test)]
mod tests;
mod turning;

use std::collections::BTreeMap;

use chrono::NaiveDate;
pub use details::LINKS_MAX;
pub use edit::SaleChanges;
use events::rights::Level;
use events::sale::{
    Direction, Link, LinkTarget, ReopenCause, Stakeholder, StakeholderId, Visibility,
};
use events::{
    Aggregate, CurrencyCode, Event, ListKey, Money, Probability, SaleEvent, SaleNote, SaleTypeId,
    StageId, StreamName, UserId,
};
pub use margin::MarginFigure;
pub use registration::{NewSale, SALE_DATE_MAX};
pub use stakeholders::{PartChanges, STAKEHOLDERS_MAX};
pub use state::{Deal, Outcome, Sale};

use crate::custom_field::{self, GivenValue};
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decider, Decision, References, Refusal};

/// What may be asked of a sale.
#[derive(Debug, Clone, PartialEq)]
pub enum SaleCommand {
    /// SO-1, SO-2.
    RegisterSale(Box<NewSale>),
    /// SO-5.
    EditSale(Box<SaleChanges>),
    /// SO-F17.
    ChangeOwner {
        /// The new owner.
        owner: UserId,
        /// What the caller's token says of them, should they take the sale and have to be added.
        caller: Caller,
    },
    /// SO-6, SO-8: any stage of the type, in any direction.
    AdvanceStage {
        /// The new stage.
        stage: StageId,
    },
    /// SO-7.
    OverrideProbability {
        /// Kept until the next stage change.
        probability: Probability,
    },
    /// SO-11.
    ChangeAmount {
        /// In the sale's currency.
        amount: Money,
    },
    /// SO-10.
    SetMargin(MarginFigure),
    /// SO-13.
    StallSale {
        /// Not before today.
        reopen_date: NaiveDate,
        /// Why.
        reason: ListKey,
    },
    /// SO-13; a term left out stays.
    ChangeStallTerms {
        /// Not before today.
        reopen_date: Option<NaiveDate>,
        /// Why.
        reason: Option<ListKey>,
    },
    /// SO-16, SO-22.
    ReopenSale {
        /// Who or what wants it.
        cause: ReopenCause,
    },
    /// SO-17.
    MarkSold {
        /// Why it was won.
        reason: ListKey,
        /// Today when left out.
        close_date: Option<NaiveDate>,
        /// Actual value; the estimate when left out.
        amount: Option<Money>,
        /// Who lost it to us; the known one when left out.
        competitor: Option<ListKey>,
    },
    /// SO-18.
    MarkLost {
        /// Why it was lost.
        reason: ListKey,
        /// Today when left out.
        close_date: Option<NaiveDate>,
        /// Who got it; the known one when left out.
        competitor: Option<ListKey>,
    },
    /// SO-21.
    CompleteSale,
    /// SO-21.
    ClearCompletion,
    /// SO-F33: none clears.
    SetNote {
        /// The whole note.
        note: Option<SaleNote>,
    },
    /// SO-29.
    AddLink(Link),
    /// SO-29.
    RemoveLink(LinkTarget),
    /// SO-31.
    SetVisibility(Visibility),
    /// SK-2.
    AddStakeholders(Vec<Stakeholder>),
    /// SK-4.
    ChangeStakeholders {
        /// Which ones.
        ids: Vec<StakeholderId>,
        /// What changes about each.
        changes: PartChanges,
    },
    /// SK-5.
    RemoveStakeholders {
        /// Which ones.
        ids: Vec<StakeholderId>,
    },
    /// SO-9.
    ChangeSaleType {
        /// The new type.
        sale_type: SaleTypeId,
        /// A stage of it; found by the rule of SO-9 when left out.
        stage: Option<StageId>,
    },
    /// SO-39.
    ChangeCurrency {
        /// The new currency.
        currency: CurrencyCode,
    },
    /// SO-23: for good.
    DeleteSale,
    /// SO-30: fields left out stay, those without a value are cleared.
    SetCustomFields(BTreeMap<ListKey, Option<GivenValue>>),
    /// §6-A32: sent by the process manager after a change of owner.
    NoticeOwner {
        /// Who is told.
        owner: UserId,
        /// Who gave it to them.
        by: UserId,
    },
    /// SO-14: sent by the process manager after a stall.
    OfferFollowUp,
}

/// Other streams a command on a sale has to know.
pub(crate) fn needs(
    sale: &Sale,
    command: &SaleCommand,
    actor: &UserId,
    known: &References,
) -> Vec<StreamName> {
    let mut wanted = match command {
        SaleCommand::RegisterSale(new) => registration::needs(new, actor, known),
        SaleCommand::AdvanceStage { stage } => {
            let sale_type = sale.deal().map(|deal| deal.sale_type.stream());
            sale_type.into_iter().chain([stage.stream()]).collect()
        }
        SaleCommand::ChangeOwner { owner, .. } => vec![StreamName::of_user(owner)],
        SaleCommand::ReopenSale { .. } => match sale {
            Sale::Closed { deal, .. } => deal.stage.map(StageId::stream).into_iter().collect(),
            Sale::Unknown | Sale::Open(_) | Sale::Stalled { .. } | Sale::Deleted(_) => Vec::new(),
        },
        SaleCommand::AddStakeholders(_) | SaleCommand::ChangeStakeholders { .. } => {
            sale.deal().map(|deal| deal.sale_type.stream()).into_iter().collect()
        }
        SaleCommand::ChangeSaleType { sale_type, stage } => {
            let needed = |deal| turning::stage_needed(deal, *sale_type, *stage, known);
            let stage = sale.deal().and_then(needed).map(StageId::stream);
            stage.into_iter().chain([sale_type.stream()]).collect()
        }
        SaleCommand::SetVisibility(Visibility::Group { .. }) => {
            sale.deal().map(|deal| StreamName::of_user(&deal.owner)).into_iter().collect()
        }
        SaleCommand::EditSale(_)
        | SaleCommand::OverrideProbability { .. }
        | SaleCommand::ChangeAmount { .. }
        | SaleCommand::SetMargin(_)
        | SaleCommand::StallSale { .. }
        | SaleCommand::ChangeStallTerms { .. }
        | SaleCommand::MarkSold { .. }
        | SaleCommand::MarkLost { .. }
        | SaleCommand::CompleteSale
        | SaleCommand::ClearCompletion
        | SaleCommand::SetNote { .. }
        | SaleCommand::AddLink(_)
        | SaleCommand::RemoveLink(_)
        | SaleCommand::RemoveStakeholders { .. }
        | SaleCommand::ChangeCurrency { .. }
        | SaleCommand::DeleteSale
        | SaleCommand::SetCustomFields(_)
        | SaleCommand::SetVisibility(Visibility::All | Visibility::Owner)
        | SaleCommand::NoticeOwner { .. }
        | SaleCommand::OfferFollowUp => Vec::new(),
    };
    wanted.extend(listed::lists(command));
    wanted
}

impl Decider for Sale {
    type Command = SaleCommand;
    type Event = SaleEvent;
    type State = Self;

    fn decide(
        sale: &Self,
        command: SaleCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match (sale, command) {
            (Self::Unknown, SaleCommand::RegisterSale(new)) => {
                registration::register(*new, context)
            }
            (Self::Unknown, _) => Err(Refusal::Unknown(Aggregate::Sale)),
            (
                Self::Open(_) | Self::Stalled { .. } | Self::Closed { .. } | Self::Deleted(_),
                SaleCommand::RegisterSale(_),
            ) => Err(Refusal::AlreadyExists(Aggregate::Sale)),
            (Self::Deleted(deal), _) => {
                context.may_sale(deal, Level::Read)?;
                Err(Refusal::SaleDeleted)
            }
            (
                Self::Open(deal) | Self::Stalled { deal, .. } | Self::Closed { deal, .. },
                command,
            ) => {
                context.may_sale(deal, wanted_for(&command))?;
                listed::check(&command, deal, context)?;
                change(sale, deal, command, context)
            }
        }
    }

    fn evolve(sale: Self, event: &SaleEvent) -> Self {
        state::evolve(sale, event)
    }
}

/// How far rights must go for a command on a sale that is there (SO-44, SO-23).
fn wanted_for(command: &SaleCommand) -> Level {
    if *command == SaleCommand::DeleteSale { Level::Delete } else { Level::Update }
}

/// Decides a command on a sale that is there and that the caller may change.
fn change(
    sale: &Sale,
    deal: &Deal,
    command: SaleCommand,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    use SaleCommand as C;
    let events = match command {
        C::RegisterSale(_) => return Err(Refusal::AlreadyExists(Aggregate::Sale)),
        C::EditSale(changes) => edit::edit(unlocked(sale)?, *changes)?,
        C::ChangeOwner { owner, caller } => {
            return change_owner(unlocked(sale)?, owner, caller, context);
        }
        C::AdvanceStage { stage } => advance(open(sale)?, stage, context)?,
        C::OverrideProbability { probability } => {
            override_probability(unlocked(sale)?, probability)
        }
        C::ChangeAmount { amount } => margin::change_amount(unlocked(sale)?, amount)?,
        C::SetMargin(figure) => margin::set(unlocked(sale)?, figure)?,
        C::StallSale { reopen_date, reason } => stall::stall(sale, reopen_date, reason, context)?,
        C::ChangeStallTerms { reopen_date, reason } => {
            stall::change_terms(sale, reopen_date, reason, context)?
        }
        C::ReopenSale { cause } => close::reopen(sale, cause, context)?,
        C::MarkSold { reason, close_date, amount, competitor } => {
            let end = close::End::of(deal, reason, close_date, competitor, context);
            close::sold(sale, deal, end, amount)?
        }
        C::MarkLost { reason, close_date, competitor } => {
            close::lost(sale, deal, close::End::of(deal, reason, close_date, competitor, context))?
        }
        C::CompleteSale => close::complete(sale, true)?,
        C::ClearCompletion => close::complete(sale, false)?,
        C::SetNote { note } => details::set_note(deal, note),
        C::AddLink(link) => details::add_link(deal, link)?,
        C::RemoveLink(to) => details::remove_link(deal, to)?,
        C::SetVisibility(visibility) => {
            details::set_visibility(unlocked(sale)?, visibility, context)?
        }
        C::AddStakeholders(new) => stakeholders::add(unlocked(sale)?, new, context)?,
        C::ChangeStakeholders { ids, changes } => {
            stakeholders::change(unlocked(sale)?, &ids, &changes, context)?
        }
        C::RemoveStakeholders { ids } => stakeholders::remove(unlocked(sale)?, &ids)?,
        C::ChangeSaleType { sale_type, stage } => {
            turning::change_type(unlocked(sale)?, sale_type, stage, context)?
        }
        C::ChangeCurrency { currency } => turning::change_currency(unlocked(sale)?, currency)?,
        C::DeleteSale => vec![SaleEvent::Deleted {}],
        C::NoticeOwner { owner, by } => notice_owner(deal, owner, by, context),
        C::OfferFollowUp => stall::offer_follow_up(sale),
        C::SetCustomFields(given) => {
            let tenant = context.references.tenant();
            custom_field::set(&unlocked(sale)?.fields, tenant.fields(), given)?
        }
    };
    Ok(Decision::of(events.into_iter().map(Event::Sale)))
}

/// The deal of an open or stalled sale; closed sales are read-only (SO-22).
fn unlocked(sale: &Sale) -> Result<&Deal, Refusal> {
    match sale {
        Sale::Unknown => Err(Refusal::Unknown(Aggregate::Sale)),
        Sale::Open(deal) | Sale::Stalled { deal, .. } => Ok(deal),
        Sale::Closed { .. } => Err(Refusal::SaleClosed),
        Sale::Deleted(_) => Err(Refusal::SaleDeleted),
    }
}

/// The deal of an open sale; a stalled one is reopened first (§3.5).
fn open(sale: &Sale) -> Result<&Deal, Refusal> {
    match sale {
        Sale::Stalled { .. } => Err(Refusal::SaleStalled),
        Sale::Unknown | Sale::Open(_) | Sale::Closed { .. } | Sale::Deleted(_) => unlocked(sale),
    }
}

/// SO-F17: the new owner's primary group goes into the event.
fn change_owner(
    deal: &Deal,
    to: UserId,
    caller: Caller,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    if deal.owner == to {
        return Ok(Decision::nothing());
    }
    let Owner { group: owner_group, beside, .. } = resolve_owner(&to, caller, context)?;
    let changed = SaleEvent::OwnerChanged { from: deal.owner.clone(), to, owner_group };
    Ok(Decision { events: vec![Event::Sale(changed)], beside })
}

/// §6-A32: while it still is theirs, unless the tenant wants no notices.
fn notice_owner(deal: &Deal, owner: UserId, by: UserId, context: &Context<'_>) -> Vec<SaleEvent> {
    let wanted = context.references.tenant().diary().assignment_notices;
    if !wanted || deal.owner != owner {
        return vec![];
    }
    vec![SaleEvent::OwnerNoticed { owner, by }]
}

/// SO-6, SO-8: the probability becomes the stage's, replacing any manual value.
fn advance(deal: &Deal, to: StageId, context: &Context<'_>) -> Result<Vec<SaleEvent>, Refusal> {
    if deal.stage == Some(to) {
        return Ok(vec![]);
    }
    let order = stages_of(deal.sale_type, context);
    let rank_of = |stage: StageId| order.iter().position(|candidate| *candidate == stage);
    let target = rank_of(to).ok_or(Refusal::StageNotInSaleType)?;
    let probability = context.references.stage(to).ok_or(Refusal::UnknownStage)?.probability();
    let back = deal.stage.and_then(rank_of).is_some_and(|current| target < current);
    let direction = if back { Direction::Backward } else { Direction::Forward };
    Ok(vec![SaleEvent::StageAdvanced { from: deal.stage, to, probability, direction }])
}

/// Stages of a type in order, none for an unknown type.
fn stages_of<'a>(sale_type: SaleTypeId, context: &Context<'a>) -> &'a [StageId] {
    let terms = context.references.sale_type(sale_type).and_then(|known| known.terms());
    terms.map(|terms| terms.stages.as_slice()).unwrap_or_default()
}

/// SO-7: kept until the next stage change.
fn override_probability(deal: &Deal, probability: Probability) -> Vec<SaleEvent> {
    if deal.probability == probability {
        return vec![];
    }
    vec![SaleEvent::ProbabilityOverridden { probability }]
}
