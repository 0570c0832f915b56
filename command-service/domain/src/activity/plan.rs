//! Planning an activity: every default is resolved here and written into the event (SD-2, SD-3, SD-6).

use events::activity::{ActivityTerms, Kind, Slot};
use events::sale::Parties;
use events::{ActivityEvent, Event, Note, ParseError, SaleId, StreamName, Title, UserId};

use super::slot::{self, When};
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decision, Reach, Refusal};

/// Four weeks.
const ALARM_MINUTES_MAX: u32 = 40_320;

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
}

/// Checks the lead time of an alarm: up to four weeks, 0 rings at the start. The 10 minutes of SD-6 are what
/// a screen offers when the alarm is switched on; nothing is assumed here.
///
/// # Errors
/// A lead time outside these bounds.
pub fn alarm_minutes(given: i64) -> Result<u32, ParseError> {
    let minutes = u32::try_from(given).ok().filter(|minutes| *minutes <= ALARM_MINUTES_MAX);
    minutes.ok_or(ParseError::new("alarm", "must be 0 to 40320 minutes"))
}

/// The owner, and the sale when there is one.
pub(super) fn needs(new: &NewActivity, actor: &UserId) -> Vec<StreamName> {
    let owner = StreamName::of_user(new.owner.as_ref().unwrap_or(actor));
    std::iter::once(owner).chain(new.sale.map(SaleId::stream)).collect()
}

/// One activity.planned; beside it user.added when the caller owns something for the first time.
pub(super) fn plan(new: NewActivity, context: &Context<'_>) -> Result<Decision, Refusal> {
    let title = Title::parse(&new.title).map_err(|_| Refusal::TitleRequired)?;
    let owner = new.owner.unwrap_or_else(|| context.actor.clone());
    if context.reach == Reach::Own && owner != *context.actor {
        return Err(Refusal::NotYourActivity);
    }
    let Owner { group: owner_group, beside } = resolve_owner(&owner, new.caller, context)?;
    let slot = slot::planned(new.kind, new.when, context)?;
    let terms = ActivityTerms {
        title,
        description: new.description,
        sale: new.sale,
        parties: new.parties,
        alarm_minutes: new.alarm_minutes,
    };
    sale_exists(terms.sale, context)?;
    alarm_can_ring(&terms, &slot)?;
    let planned = ActivityEvent::Planned { kind: new.kind, slot, owner, owner_group, terms };
    Ok(Decision { events: vec![Event::Activity(planned)], beside })
}

/// SD-2: a sale that was registered; a won one may well be followed up.
pub(super) fn sale_exists(sale: Option<SaleId>, context: &Context<'_>) -> Result<(), Refusal> {
    match sale {
        Some(sale) if context.references.sale(sale).is_none() => Err(Refusal::UnknownSale),
        Some(_) | None => Ok(()),
    }
}

/// SD-6: an alarm rings before a time of day; whole days have none.
pub(super) fn alarm_can_ring(terms: &ActivityTerms, slot: &Slot) -> Result<(), Refusal> {
    match slot {
        Slot::Days { .. } if terms.alarm_minutes.is_some() => Err(Refusal::AlarmNeedsTime),
        Slot::Days { .. } | Slot::Times { .. } => Ok(()),
    }
}
