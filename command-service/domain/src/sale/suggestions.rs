//! What a guide suggests next, and what somebody makes of it (SG-19 to SG-25). Suggestions come from process managers
//! after something was done; a suggestion that does not hold any more is none.

use events::{ActivityId, Feature, GuideItem, GuideItemId, SaleEvent, StageId, StreamName};

use super::guide::{Running, Suggested};
use super::{Deal, Sale, SaleCommand, advance, open, unlocked};
use crate::activity::Planned;
use crate::{Context, References, Refusal};

/// Other streams a suggestion or an answer has to know; nothing for other commands.
pub(super) fn needs(sale: &Sale, command: &SaleCommand, known: &References) -> Vec<StreamName> {
    let Some(deal) = sale.deal() else { return Vec::new() };
    let mut wanted = vec![deal.sale_type.stream()];
    if let SaleCommand::SuggestFollowUp { activity } = command {
        wanted.push(activity.stream());
        let next = next_of(deal, *activity, known);
        wanted.extend(next.into_iter().flat_map(|item| deal.guide.of_item(item.id)).map(stream));
    }
    if let SaleCommand::SuggestStage { activity } = command {
        wanted.push(activity.stream());
        let required = next_stage(deal, known).into_iter().flat_map(|(required, _)| required);
        wanted.extend(required.flat_map(|item| deal.guide.of_item(item.id)).map(stream));
    }
    if let SaleCommand::AnswerStageSuggestion { accepted: true } = command {
        wanted.extend(deal.guide.suggested_stage().map(|suggested| suggested.to.stream()));
    }
    wanted
}

fn stream(activity: ActivityId) -> StreamName {
    activity.stream()
}

/// The follow-up that is to be suggested after an activity, if it never was.
fn next_of<'a>(deal: &Deal, activity: ActivityId, known: &'a References) -> Option<&'a GuideItem> {
    let next = Running::of(deal, known)?.next_follow_up(deal.guide.item_of(activity)?)?;
    let by_itself = next.terms.follow_up().is_some_and(|follow_up| follow_up.auto_suggest);
    (by_itself && deal.guide.suggested(next.id).is_none()).then_some(next)
}

/// The stage that is to be suggested, if none is, and what has to be done before.
fn next_stage<'a>(deal: &Deal, known: &'a References) -> Option<(Vec<&'a GuideItem>, StageId)> {
    let running = Running::of(deal, known).filter(|running| running.auto_advance)?;
    let stage = deal.stage?;
    let next = running.stage_after(stage)?;
    let required: Vec<_> = running.required_in(stage).collect();
    (!required.is_empty() && deal.guide.suggested_stage().is_none()).then_some((required, next))
}

/// An activity of the sale's guide that was done and not deleted.
fn done<'a>(deal: &Deal, activity: ActivityId, context: &Context<'a>) -> Option<&'a Planned> {
    let item = deal.guide.item_of(activity)?;
    let found = context.references.activity(activity)?;
    (found.instance_of() == Some(item) && found.completed_on.is_some()).then_some(found)
}

/// SG-19: once for each item of a sale, and not while something created from it is there.
pub(super) fn suggest_follow_up(
    sale: &Sale,
    activity: ActivityId,
    context: &Context<'_>,
) -> Vec<SaleEvent> {
    let suggestion = || {
        let deal = running(sale, context)?;
        let done = done(deal, activity, context)?;
        let item = next_of(deal, activity, context.references)?.id;
        let there = deal.guide.of_item(item).any(|made| is_there(made, item, context));
        (!there).then(|| SaleEvent::FollowUpSuggested { item, user: done.owner.clone() })
    };
    suggestion().into_iter().collect()
}

/// SG-23, §6-A5, §6-A6: once until the stage changes; none after the last stage (SG-25).
pub(super) fn suggest_stage(
    sale: &Sale,
    activity: ActivityId,
    context: &Context<'_>,
) -> Vec<SaleEvent> {
    let suggestion = || {
        let deal = running(sale, context)?;
        let last = done(deal, activity, context)?;
        let (required, to) = next_stage(deal, context.references)?;
        let is_done = |made| done(deal, made, context).is_some();
        let complete = required.iter().all(|item| deal.guide.of_item(item.id).any(is_done));
        let (from, user) = (deal.stage?, last.owner.clone());
        complete.then_some(SaleEvent::StageSuggested { from, to, user })
    };
    suggestion().into_iter().collect()
}

/// The deal of an open sale of a tenant with guides.
fn running<'a>(sale: &'a Sale, context: &Context<'_>) -> Option<&'a Deal> {
    open(sale).ok().filter(|_| context.feature(Feature::Guide).is_ok())
}

/// Whether something created from an item is there, done or not.
fn is_there(activity: ActivityId, item: GuideItemId, context: &Context<'_>) -> bool {
    let found = context.references.activity(activity);
    found.is_some_and(|found| found.instance_of() == Some(item))
}

/// SG-20, SG-21: what was declined may be wanted later; the same answer again says nothing new.
pub(super) fn answer_follow_up(
    sale: &Sale,
    item: GuideItemId,
    accepted: bool,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    let deal = unlocked(sale)?;
    let running = Running::required(deal, context)?;
    let suggested = running.item(item).and_then(|item| deal.guide.suggested(item.id));
    match (suggested.ok_or(Refusal::NoSuchSuggestion)?, accepted) {
        (Suggested::Created, _) | (Suggested::Accepted, false) => Err(Refusal::NoSuchSuggestion),
        (Suggested::Accepted, true) | (Suggested::Declined, false) => Ok(Vec::new()),
        (Suggested::Open, _) | (Suggested::Declined, true) => {
            Ok(vec![SaleEvent::FollowUpSuggestionAnswered { item, accepted }])
        }
    }
}

/// SG-23: yes moves the sale as AdvanceStage would (SG-26), no leaves it where it is.
pub(super) fn answer_stage(
    sale: &Sale,
    accepted: bool,
    context: &Context<'_>,
) -> Result<Vec<SaleEvent>, Refusal> {
    let deal = unlocked(sale)?;
    Running::required(deal, context)?;
    let suggested = deal.guide.suggested_stage().ok_or(Refusal::NoStageSuggested)?;
    if !accepted && suggested.declined {
        return Ok(Vec::new());
    }
    let stage = suggested.to;
    let mut events = vec![SaleEvent::StageSuggestionAnswered { stage, accepted }];
    if accepted {
        events.extend(advance(open(sale)?, stage, context)?);
    }
    Ok(events)
}
