//! Handing an activity over, and what whom it was handed to makes of it (SD-8, SD-10).

use events::{ActivityEvent, Event, StreamName, UserId};

use super::Planned;
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decision, Refusal};

/// An assignment that its owner has not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Who assigned it.
    pub by: UserId,
    /// Who owned it before; none when it was planned for somebody else.
    pub before: Option<UserId>,
    /// How it stands.
    pub answer: Answer,
    /// Its owner was told.
    pub noticed: bool,
}

/// How an assignment stands (SD-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nobody has looked at it.
    Assigned,
    /// Seen, not answered.
    Seen,
    /// Handed back.
    Declined,
}

/// Who is named as the one that gave an activity to `owner`: the caller, unless it is their own or history.
pub(super) fn assigned_by(owner: &UserId, context: &Context<'_>) -> Option<UserId> {
    (owner != context.actor && !context.imports()).then(|| context.actor.clone())
}

/// SD-8: the new owner's primary group goes into the event.
pub(super) fn assign(
    planned: &Planned,
    to: UserId,
    caller: Caller,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    if planned.owner == to {
        return Ok(Decision::nothing());
    }
    let Owner { group: owner_group, beside, .. } = resolve_owner(&to, caller, context)?;
    let assigned_by = assigned_by(&to, context);
    let assigned = ActivityEvent::Assigned { owner: to, owner_group, assigned_by };
    Ok(Decision { events: vec![Event::Activity(assigned)], beside })
}

/// The open assignment; only that can be answered.
fn open(planned: &Planned) -> Result<&Assignment, Refusal> {
    let open = planned.assignment.as_ref().filter(|given| given.answer != Answer::Declined);
    open.ok_or(Refusal::NotAssigned)
}

/// SD-10: seen twice is seen once.
pub(super) fn see(planned: &Planned) -> Result<Vec<ActivityEvent>, Refusal> {
    Ok(match open(planned)?.answer {
        Answer::Assigned => vec![ActivityEvent::AssignmentSeen {}],
        Answer::Seen | Answer::Declined => Vec::new(),
    })
}

/// SD-8: from now on it is like any other of theirs.
pub(super) fn accept(planned: &Planned) -> Result<Vec<ActivityEvent>, Refusal> {
    open(planned).map(|_| vec![ActivityEvent::AssignmentAccepted {}])
}

/// SD-8: back to who assigned it, if they may own activities, else to who owned it before; an activity that was
/// planned by somebody who owns none stays where it is, marked as declined.
pub(super) fn decline(
    planned: &Planned,
    context: &Context<'_>,
) -> Result<Vec<ActivityEvent>, Refusal> {
    let given = open(planned)?;
    let known = |user: &&UserId| context.references.user(user).is_some();
    let back = [Some(&given.by), given.before.as_ref(), Some(&planned.owner)];
    let owner = back.into_iter().flatten().find(known).unwrap_or(&planned.owner);
    let group = context.references.user(owner).and_then(|user| user.primary_group());
    let owner_group = group.map(str::to_owned);
    Ok(vec![ActivityEvent::AssignmentDeclined { owner: owner.clone(), owner_group }])
}

/// The users an answer may hand it back to.
pub(super) fn givers(planned: &Planned) -> Vec<StreamName> {
    let given = planned.assignment.as_ref();
    let given = given.into_iter().flat_map(|given| [Some(&given.by), given.before.as_ref()]);
    let users = given.flatten().chain([&planned.owner]);
    users.map(StreamName::of_user).collect()
}

/// §6-A32: once, while it still is theirs and waits for their answer, unless the tenant wants no notices.
pub(super) fn notice(
    planned: &Planned,
    owner: UserId,
    by: UserId,
    context: &Context<'_>,
) -> Vec<ActivityEvent> {
    let waits = planned
        .assignment
        .as_ref()
        .is_some_and(|given| given.by == by && !given.noticed && given.answer != Answer::Declined);
    let wanted = context.references.tenant().diary().assignment_notices;
    if !wanted || !waits || planned.owner != owner || planned.completed_on.is_some() {
        return Vec::new();
    }
    vec![ActivityEvent::AssignmentNoticed { owner, by }]
}
