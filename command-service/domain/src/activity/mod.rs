//! An activity: a meeting, to-do or call in somebody's diary (SD-1 to SD-9). Commands, and the table of
//! decisions.

mod alarm;
mod assignment;
mod document;
mod edit;
mod from_guide;
mod plan;
mod recurrence;
mod slot;
mod state;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use events::activity::Kind;
use events::rights::Level;
use events::{ActivityEvent, Aggregate, Event, ListName, StreamName, UserId};

pub use alarm::{ALARM_DEFAULT, Alarm, alarm_minutes};
pub use assignment::{Answer, Assignment};
pub use document::NewDocument;
pub use edit::ActivityChanges;
pub use from_guide::FromGuideItem;
pub use plan::NewActivity;
pub use recurrence::{OCCURRENCES_MAX, Recurrence};
pub use slot::{Moment, When};
pub use state::{Activity, Planned};

use crate::user::Caller;
use crate::{Context, Decider, Decision, References, Refusal};

/// What may be asked of an activity.
#[derive(Debug, Clone, PartialEq)]
pub enum ActivityCommand {
    /// SD-2, SD-3.
    PlanActivity(Box<NewActivity>),
    /// SG-12, SG-14, SG-15.
    CreateFromGuideItem(Box<FromGuideItem>),
    /// SG-13.
    CreateDocument(Box<NewDocument>),
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
    /// SD-6.
    SetAlarm(Alarm),
    /// SD-10.
    SeeAssignment,
    /// SD-8.
    AcceptAssignment,
    /// SD-8.
    DeclineAssignment,
    /// SD-6: sent by the process manager when the alarm rings.
    RemindOwner {
        /// When it rings; another time is another alarm.
        alarm_at: DateTime<Utc>,
    },
    /// §6-A32: sent by the process manager after an assignment.
    NoticeAssignment {
        /// Who is told.
        owner: UserId,
        /// Who gave it to them.
        by: UserId,
    },
}

impl ActivityCommand {
    /// Whether it makes a new one.
    pub fn creates(&self) -> bool {
        matches!(
            self,
            Self::PlanActivity(_) | Self::CreateFromGuideItem(_) | Self::CreateDocument(_)
        )
    }
}

/// Other streams a command on an activity has to know.
pub(crate) fn needs(
    activity: &Activity,
    command: &ActivityCommand,
    actor: &UserId,
    known: &References,
) -> Vec<StreamName> {
    use ActivityCommand as C;
    let wanted = match command {
        C::PlanActivity(new) => plan::needs(new, actor),
        C::CreateFromGuideItem(new) => from_guide::needs(new, actor, known),
        C::CreateDocument(new) => document::needs(new, actor, known),
        C::EditActivity(changes) => {
            let sale = changes.sale.flatten().map(|sale| sale.stream());
            sale.into_iter().chain(edit::lists(changes)).collect()
        }
        C::RescheduleActivity(when) => {
            let typed = activity.planned().is_some_and(|planned| slot::asks_type(planned, *when));
            typed.then(|| ListName::FollowUpType.stream()).into_iter().collect()
        }
        C::AssignActivity { owner, .. } => vec![StreamName::of_user(owner)],
        C::DeclineAssignment => match activity {
            Activity::Planned(planned) => assignment::givers(planned),
            Activity::Unknown | Activity::Deleted(_) => Vec::new(),
        },
        C::CompleteActivity
        | C::ReopenActivity
        | C::DeleteActivity
        | C::SetAlarm(_)
        | C::SeeAssignment
        | C::AcceptAssignment
        | C::RemindOwner { .. }
        | C::NoticeAssignment { .. } => Vec::new(),
    };
    // whoever is not the owner sees it only if they see its sale
    let planned = activity.planned().filter(|planned| planned.owner != *actor);
    let sale = planned.and_then(|planned| planned.terms.sale).map(|sale| sale.stream());
    sale.into_iter().chain(wanted).collect()
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
            (Self::Unknown, C::CreateFromGuideItem(new)) => {
                return from_guide::create(*new, context);
            }
            (Self::Unknown, C::CreateDocument(new)) => return document::create(*new, context),
            (Self::Unknown, _) => return Err(Refusal::Unknown(Aggregate::Activity)),
            (Self::Planned(_) | Self::Deleted(_), command) if command.creates() => {
                return Err(Refusal::AlreadyExists(Aggregate::Activity));
            }
            (Self::Deleted(planned), command) => {
                context.may_activity(planned, wanted_for(&command))?;
                return on_deleted(&command);
            }
            (Self::Planned(planned), command) => {
                context.may_activity(planned, wanted_for(&command))?;
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
        C::PlanActivity(_) | C::CreateFromGuideItem(_) | C::CreateDocument(_) => {
            return Err(Refusal::AlreadyExists(Aggregate::Activity));
        }
        C::RescheduleActivity(when) => edit::reschedule(changeable(planned)?, when, context)?,
        C::EditActivity(changes) => edit::edit(changeable(planned)?, *changes, context)?,
        C::AssignActivity { owner, caller } => {
            return assignment::assign(changeable(planned)?, owner, caller, context);
        }
        C::CompleteActivity if done => Vec::new(),
        C::CompleteActivity => vec![ActivityEvent::Completed { completed_on: context.today }],
        C::ReopenActivity if planned.kind == Kind::Document => return Err(Refusal::DocumentIsDone),
        C::ReopenActivity if done => vec![ActivityEvent::Reopened {}],
        C::ReopenActivity => Vec::new(),
        C::DeleteActivity => vec![ActivityEvent::Deleted {}],
        C::SetAlarm(alarm) => alarm::set(changeable(planned)?, alarm)?,
        C::SeeAssignment => assignment::see(changeable(planned)?)?,
        C::AcceptAssignment => assignment::accept(changeable(planned)?)?,
        C::DeclineAssignment => assignment::decline(changeable(planned)?, context)?,
        C::RemindOwner { alarm_at } => alarm::remind(planned, alarm_at),
        C::NoticeAssignment { owner, by } => assignment::notice(planned, owner, by, context),
    };
    Ok(Decision::of(events.into_iter().map(Event::Activity)))
}

/// How far rights must go for a command on what exists (SO-44).
fn wanted_for(command: &ActivityCommand) -> Level {
    if *command == ActivityCommand::DeleteActivity { Level::Delete } else { Level::Update }
}

/// A completed activity is read-only until it is reopened (SD-9).
fn changeable(planned: &Planned) -> Result<&Planned, Refusal> {
    match planned.completed_on {
        Some(_) => Err(Refusal::ActivityCompleted),
        None => Ok(planned),
    }
}
