//! How a user looks at the board: views they saved (SF-14).

use events::{Aggregate, BoardView, TypeName, UserEvent, UserId};

use super::own::{known, of, theirs_to_say};
use super::{Caller, User};
use crate::{Context, Decision, Refusal};

/// Views of a user at most.
pub const VIEWS_MAX: usize = 50;

/// SF-14: new, or in the place of the one of that name. Whoever adds users may save theirs too.
pub(super) fn save(
    user: &User,
    whose: &UserId,
    caller: Caller,
    (name, view): (TypeName, BoardView),
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut facts = known(user, whose, caller, context)?;
    theirs_to_say(whose, context)?;
    let saved = user.own().map(|own| &own.views);
    match saved.and_then(|saved| saved.get(&name)) {
        Some(saved) if *saved == view => return Ok(Decision::nothing()),
        None if saved.is_some_and(|saved| saved.len() >= VIEWS_MAX) => {
            return Err(Refusal::TooManyViews);
        }
        Some(_) | None => {}
    }
    facts.push(UserEvent::ViewSaved { name, view });
    Ok(of(facts))
}

/// SF-14: one that is not there changes nothing.
pub(super) fn remove(
    user: &User,
    whose: &UserId,
    name: TypeName,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    match user {
        User::Unknown if whose != context.actor => return Err(Refusal::Unknown(Aggregate::User)),
        User::Unknown | User::Added { .. } => theirs_to_say(whose, context)?,
    }
    if user.own().is_some_and(|own| own.views.contains_key(&name)) {
        return Ok(of(vec![UserEvent::ViewRemoved { name }]));
    }
    Ok(Decision::nothing())
}
