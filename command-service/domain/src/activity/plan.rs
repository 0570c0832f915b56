//! Planning an activity: every default is resolved here and written into the event (SD-2, SD-3, SD-6).

use events::activity::{ActivityTerms, Kind, Slot};
use events::rights::Level;
use events::sale::Parties;
use events::{
    ActivityEvent, ActivityId, Aggregate, Event, GuideItemId, ListKey, ListName, Note, SaleId,
    StreamName, Title, TypeName, UserId,
};

use super::recurrence::Recurrence;
use super::slot::{self, When};
use super::{alarm, assignment, recurrence};
use crate::list::{minutes_of_type, offered, offered_type};
use crate::sale::Deal;
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decision, Refusal};

/// What a plan says; everything else is a default.
#[derive(Debug, Clone, PartialEq)]
pub struct NewActivity {
    /// Meeting, to-do or call.
    pub kind: Kind,
    /// Empty is refused (SD-2).
    pub title: String,
    /// SD-3.
    pub when: When,
    /// The caller when left out.
    pub owner: Option<UserId>,
    /// What the caller's token says of them, should they have to be added.
    pub caller: Caller,
    /// SD-2.
    pub description: Option<Note>,
    /// An existing sale, open or closed; need not be of the company (SD-2).
    pub sale: Option<SaleId>,
    /// SD-2.
    pub parties: Parties,
    /// Before the start; no alarm when left out (SD-6).
    pub alarm_minutes: Option<u32>,
    /// SD-2.
    pub location: Option<TypeName>,
    /// SD-5.
    pub priority: Option<ListKey>,
    /// A type of the same kind (SD-1); its usual length comes before the diary's (SD-3).
    pub follow_up_type: Option<ListKey>,
    /// SD-11: the rule, and the id of the first occurrence.
    pub recurrence: Option<(ActivityId, Recurrence)>,
}

/// The owner, the sale when there is one, the lists that keys are given of.
pub(super) fn needs(new: &NewActivity, actor: &UserId) -> Vec<StreamName> {
    let owner = StreamName::of_user(new.owner.as_ref().unwrap_or(actor));
    let series = new.recurrence.iter();
    let series = series.flat_map(|(first, rule)| rule.later_ids(*first)).map(ActivityId::stream);
    std::iter::once(owner)
        .chain(new.sale.map(SaleId::stream))
        .chain(lists(new.priority.as_ref(), new.follow_up_type.as_ref()))
        .chain(series)
        .collect()
}

/// The lists that a priority and a type are of.
pub(super) fn lists(
    priority: Option<&ListKey>,
    follow_up_type: Option<&ListKey>,
) -> impl Iterator<Item = StreamName> {
    let priorities = priority.map(|_| ListName::Priority.stream());
    priorities.into_iter().chain(follow_up_type.map(|_| ListName::FollowUpType.stream()))
}

/// One activity.planned; beside it user.added when the caller owns something for the first time.
pub(super) fn plan(new: NewActivity, context: &Context<'_>) -> Result<Decision, Refusal> {
    let minutes = minutes_of(new.follow_up_type.as_ref(), new.kind, context);
    let slot = minutes.and_then(|minutes| slot::planned(new.kind, new.when, minutes, context));
    planned(new, slot, None, context)
}

/// How long follow-ups of a type that is given usually last, once it may be given (SD-1, SD-3).
pub(super) fn minutes_of(
    given: Option<&ListKey>,
    kind: Kind,
    context: &Context<'_>,
) -> Result<Option<u16>, Refusal> {
    let Some(key) = given else { return Ok(None) };
    offered_type(key, kind, context)?;
    Ok(minutes_of_type(key, context.references))
}

/// The same at a time that is known, perhaps from an item of a guide.
pub(super) fn planned(
    new: NewActivity,
    slot: Result<Slot, Refusal>,
    guide_item: Option<GuideItemId>,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let title = Title::given(&new.title).map_err(|_| Refusal::TitleRequired)?;
    let owner = new.owner.unwrap_or_else(|| context.actor.clone());
    let Owner { group: owner_group, beside, .. } = resolve_owner(&owner, new.caller, context)?;
    context.may_own_activity(&owner, owner_group.as_deref(), Level::Create)?;
    if let Some(priority) = &new.priority {
        offered(ListName::Priority, priority, "/priority", context)?;
    }
    let slot = slot?;
    let terms = ActivityTerms {
        title,
        description: new.description,
        sale: new.sale,
        parties: new.parties,
        alarm_minutes: new.alarm_minutes,
        location: new.location,
        priority: new.priority,
        follow_up_type: new.follow_up_type,
    };
    sale_exists(terms.sale, context)?;
    alarm::can_ring(terms.alarm_minutes, &slot)?;
    let assigned_by = assignment::assigned_by(&owner, context);
    let event = |slot, series| {
        Event::Activity(ActivityEvent::Planned {
            kind: new.kind,
            slot,
            owner: owner.clone(),
            owner_group: owner_group.clone(),
            assigned_by: assigned_by.clone(),
            series,
            guide_item,
            terms: terms.clone(),
        })
    };
    let Some((first, rule)) = new.recurrence else {
        return Ok(Decision { events: vec![event(slot, None)], beside });
    };
    let slots = rule.slots(slot, context.references.tenant().time_zone())?;
    let mut beside = beside;
    let of = slots.len();
    let mut events = Vec::new();
    for (number, slot) in (1_u16..).zip(slots) {
        let fact = event(slot::sound(slot)?, Some(rule.series(first, usize::from(number), of)));
        if number == 1 {
            events.push(fact);
            continue;
        }
        let stream = recurrence::id_of(first, number).stream();
        if context.references.activity_exists(&stream) {
            return Err(Refusal::AlreadyExists(Aggregate::Activity));
        }
        beside.push((stream, fact));
    }
    Ok(Decision { events, beside })
}

/// SD-2: a sale that was registered; a won one may well be followed up.
pub(super) fn sale_exists(sale: Option<SaleId>, context: &Context<'_>) -> Result<(), Refusal> {
    sale.map_or(Ok(()), |sale| seen(sale, context).map(|_| ()))
}

/// A sale that is there and that the caller sees.
pub(super) fn seen<'a>(sale: SaleId, context: &Context<'a>) -> Result<&'a Deal, Refusal> {
    let deal = context.references.sale(sale).and_then(|sale| sale.deal());
    deal.filter(|deal| context.sees(deal)).ok_or(Refusal::UnknownSale)
}
