//! An activity: a meeting, to-do or call in somebody's diary (SD-1 to SD-9). Commands, and the table of
//! decisions.

mod edit;
mod plan;
mod slot;
mod state;
#[cfg(test)]
mod tests;

use events::{ActivityEvent, Aggregate, Event, StreamName, UserId};

pub use edit::ActivityChanges;
pub use plan::{NewActivity, alarm_minutes};
pub use slot::{Moment, When};
pub use state::{Activity, Planned};

use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decider, Decision, Reach, Refusal};

/// What may be asked of an activity.
#[derive(Debug, Clone, PartialEq)]
pub enum ActivityCommand {
    /// SD-2, SD-3.
    PlanActivity(Box<NewActivity>),
    /// Another time; what is left out stays (SD-3).
    RescheduleActivity(When),
    /// Other words, links or alarm.
    EditActivity(Box<ActivityChanges>),
    /// SD-8.
    AssignActivity {
        /// The new owner.
        owner: UserId,
        /// What the caller's token says of them, should they take it and have to be added.
        caller: Caller,
    },
    /// SD-9.
    CompleteActivity,
    /// SD-9.
    ReopenActivity,
    /// Out of every list; done or not.
    DeleteActivity,
}

/// Other streams a command on an activity has to know.
pub(crate) fn needs(command: &ActivityCommand, actor: &UserId) -> Vec<StreamName> {
    use ActivityCommand as C;
    match command {
        C::PlanActivity(new) => plan::needs(new, actor),
        C::EditActivity(changes) => {
            changes.sale.flatten().map(|sale| sale.stream()).into_iter().collect()
        }
        C::AssignActivity { owner, .. } => vec![StreamName::of_user(owner)],
        C::RescheduleActivity(_) | C::CompleteActivity | C::ReopenActivity | C::DeleteActivity => {
            Vec::new()
        }
    }
}

impl Decider for Activity {
    type Command = ActivityCommand;
    type Event = ActivityEvent;
    type State = Self;

    fn decide(
        activity: &Self,
        command: ActivityCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        use ActivityCommand as C;
        let (planned, command) = match (activity, command) {
            (Self::Unknown, C::PlanActivity(new)) => return plan::plan(*new, context),
            (Self::Unknown, _) => return Err(Refusal::Unknown(Aggregate::Activity)),
            (Self::Planned(_) | Self::Deleted { .. }, C::PlanActivity(_)) => {
                return Err(Refusal::AlreadyExists(Aggregate::Activity));
            }
            (Self::Deleted { owner }, command) => {
                may_change(owner, context)?;
                return on_deleted(&command);
            }
            (Self::Planned(planned), command) => {
                may_change(&planned.owner, context)?;
                (planned, command)
            }
        };
        on_planned(planned, command, context)
    }

    fn evolve(activity: Self, event: &ActivityEvent) -> Self {
        activity.evolve(event)
    }
}

/// Deleting twice is deleting once; everything else comes too late.
fn on_deleted(command: &ActivityCommand) -> Result<Decision, Refusal> {
    if *command == ActivityCommand::DeleteActivity {
        return Ok(Decision::nothing());
    }
    Err(Refusal::ActivityDeleted)
}

/// A command on an activity that exists, by somebody who may change it.
fn on_planned(
    planned: &Planned,
    command: ActivityCommand,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    use ActivityCommand as C;
    let done = planned.completed_on.is_some();
    let events = match command {
        C::PlanActivity(_) => return Err(Refusal::AlreadyExists(Aggregate::Activity)),
        C::RescheduleActivity(when) => edit::reschedule(changeable(planned)?, when)?,
        C::EditActivity(changes) => edit::edit(changeable(planned)?, *changes, context)?,
        C::AssignActivity { owner, caller } => {
            return assign(changeable(planned)?, owner, caller, context);
        }
        C::CompleteActivity if done => Vec::new(),
        C::CompleteActivity => vec![ActivityEvent::Completed { completed_on: context.today }],
        C::ReopenActivity if done => vec![ActivityEvent::Reopened {}],
        C::ReopenActivity => Vec::new(),
        C::DeleteActivity => vec![ActivityEvent::Deleted {}],
    };
    Ok(Decision::of(events.into_iter().map(Event::Activity)))
}

/// Sellers change their own activities only (role table of design §4).
fn may_change(owner: &UserId, context: &Context<'_>) -> Result<(), Refusal> {
    match context.reach {
        Reach::All => Ok(()),
        Reach::Own if owner == context.actor => Ok(()),
        Reach::Own => Err(Refusal::NotYourActivity),
    }
}

/// A completed activity is read-only until it is reopened (SD-9).
fn changeable(planned: &Planned) -> Result<&Planned, Refusal> {
    match planned.completed_on {
        Some(_) => Err(Refusal::ActivityCompleted),
        None => Ok(planned),
    }
}

/// SD-8: the new owner's primary group goes into the event.
fn assign(
    planned: &Planned,
    to: UserId,
    caller: Caller,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    if planned.owner == to {
        return Ok(Decision::nothing());
    }
    let Owner { group: owner_group, beside } = resolve_owner(&to, caller, context)?;
    let assigned = ActivityEvent::Assigned { owner: to, owner_group };
    Ok(Decision { events: vec![Event::Activity(assigned)], beside })
}
