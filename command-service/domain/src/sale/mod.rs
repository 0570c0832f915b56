//! A sale: commands, what is remembered, the table of decisions (domain §3.2, §3.5).

mod close;
mod command;
mod details;
mod edit;
pub(crate) mod guide;
mod listed;
mod margin;
mod registration;
mod stakeholders;
mod stall;
mod state;
mod suggestions;
#[cfg(test)]
mod tests;
mod turning;

pub use command::SaleCommand;
pub use details::LINKS_MAX;
pub(crate) use details::of_owners_groups;
pub use edit::SaleChanges;
use events::rights::Level;
use events::sale::{Direction, Visibility};
use events::{Aggregate, Event, Probability, SaleEvent, SaleTypeId, StageId, StreamName, UserId};
pub use guide::{INSTANCES_MAX, Progress};
pub use margin::MarginFigure;
pub use registration::{NewSale, SALE_DATE_MAX};
pub use stakeholders::{PartChanges, STAKEHOLDERS_MAX};
pub use state::{Deal, Outcome, Sale};

use crate::custom_field;
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decider, Decision, References, Refusal};

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
        SaleCommand::SuggestFollowUp { .. }
        | SaleCommand::SuggestStage { .. }
        | SaleCommand::AnswerFollowUpSuggestion { .. }
        | SaleCommand::AnswerStageSuggestion { .. } => suggestions::needs(sale, command, known),
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
        C::RemoveStakeholders { ids } => stakeholders::remove(unlocked(sale)?, &ids, context)?,
        C::ChangeSaleType { sale_type, stage } => {
            turning::change_type(unlocked(sale)?, sale_type, stage, context)?
        }
        C::ChangeCurrency { currency } => turning::change_currency(unlocked(sale)?, currency)?,
        C::DeleteSale => vec![SaleEvent::Deleted {}],
        C::NoticeOwner { owner, by } => notice_owner(deal, owner, by, context),
        C::OfferFollowUp => stall::offer_follow_up(sale),
        C::SuggestFollowUp { activity } => suggestions::suggest_follow_up(sale, activity, context),
        C::SuggestStage { activity } => suggestions::suggest_stage(sale, activity, context),
        C::AnswerFollowUpSuggestion { item, accepted } => {
            suggestions::answer_follow_up(sale, item, accepted, context)?
        }
        C::AnswerStageSuggestion { accepted } => {
            suggestions::answer_stage(sale, accepted, context)?
        }
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
    let probability = context.references.stage(to).ok_or(Refusal::UnknownStage)?.offered()?;
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
