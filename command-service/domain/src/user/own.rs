//! What a user says of themselves: preferences and favourites (SG-22, SD-14, SO-32).

use events::rights::Right;
use events::{Aggregate, Event, Preferences, SaleId, UserEvent, UserId};

use super::{Caller, Own, User, added};
use crate::{Context, Decision, Refusal};

/// Favourites of a user at most.
pub const FAVOURITES_MAX: usize = 500;

/// Fields of a SetPreferences; what is left out stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PreferenceChanges {
    /// SG-22.
    pub confirm_suggested_follow_up: Option<bool>,
    /// SD-14, at most a year.
    pub show_days_ahead: Option<u16>,
}

/// SG-22, SD-14: all preferences as they are from now on. Whoever adds users may set theirs too.
pub(super) fn prefer(
    user: &User,
    whose: &UserId,
    caller: Caller,
    changes: PreferenceChanges,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut facts = known(user, whose, caller, context)?;
    theirs_to_say(whose, context)?;
    let now = user.own().map(|own| own.preferences).unwrap_or_default();
    let new = Preferences {
        confirm_suggested_follow_up: changes
            .confirm_suggested_follow_up
            .unwrap_or(now.confirm_suggested_follow_up),
        show_days_ahead: changes.show_days_ahead.unwrap_or(now.show_days_ahead),
    };
    if new == now {
        return Ok(Decision::nothing());
    }
    facts.push(UserEvent::PreferencesSet(new));
    Ok(of(facts))
}

/// SO-32: a sale they see; twice is once.
pub(super) fn add_favourite(
    user: &User,
    whose: &UserId,
    caller: Caller,
    sale: SaleId,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut facts = known(user, whose, caller, context)?;
    personal(whose, context)?;
    let favourites = user.own().map(|own: &Own| &own.favourites);
    if favourites.is_some_and(|known| known.contains(&sale)) {
        return Ok(Decision::nothing());
    }
    let deal = context.references.sale(sale).and_then(|sale| sale.deal());
    if deal.is_none_or(|deal| !context.sees(deal)) {
        return Err(Refusal::UnknownSale);
    }
    if favourites.is_some_and(|known| known.len() >= FAVOURITES_MAX) {
        return Err(Refusal::TooManyFavourites);
    }
    facts.push(UserEvent::FavouriteAdded { sale });
    Ok(of(facts))
}

/// SO-32: whatever became of the sale.
pub(super) fn remove_favourite(
    user: &User,
    whose: &UserId,
    sale: SaleId,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    match user {
        User::Unknown if whose != context.actor => {
            return Err(Refusal::Unknown(Aggregate::User));
        }
        User::Unknown | User::Added { .. } => personal(whose, context)?,
    }
    if user.own().is_some_and(|own| own.favourites.contains(&sale)) {
        return Ok(of(vec![UserEvent::FavouriteRemoved { sale }]));
    }
    Ok(Decision::nothing())
}

/// Their own, or those of others when the caller adds users.
pub(super) fn theirs_to_say(whose: &UserId, context: &Context<'_>) -> Result<(), Refusal> {
    if whose != context.actor && context.require(Right::AddUsers).is_err() {
        return Err(Refusal::NotYourself);
    }
    Ok(())
}

fn personal(whose: &UserId, context: &Context<'_>) -> Result<(), Refusal> {
    (whose == context.actor).then_some(()).ok_or(Refusal::NotYourself)
}

/// Nothing for a user who is known; the caller is added from the token first, anybody else has to be added before.
pub(super) fn known(
    user: &User,
    whose: &UserId,
    caller: Caller,
    context: &Context<'_>,
) -> Result<Vec<UserEvent>, Refusal> {
    match user {
        User::Added { .. } => Ok(Vec::new()),
        User::Unknown if whose == context.actor => {
            Ok(vec![added(caller.name, caller.groups, None)])
        }
        User::Unknown => Err(Refusal::Unknown(Aggregate::User)),
    }
}

pub(super) fn of(facts: Vec<UserEvent>) -> Decision {
    Decision::of(facts.into_iter().map(Event::User))
}
