//! What three process managers watch and ask for: ActivityReminder (SD-6), AssignmentNotice (§6-A32) and StallFollowUp
//! (SO-14). None of them decides: an activity knows whether its alarm still rings, a sale whether it is still stalled.

use chrono::{DateTime, TimeDelta, Utc};
use domain::activity::{Activity, ActivityCommand, Planned};
use domain::sale::SaleCommand;
use domain::{Order, State};
use event_store::EventStore;
use events::activity::Slot;
use events::{ActivityEvent, Aggregate, Event, Recorded, SaleEvent, UserId};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::reaction::{Follows, RuleFault, Rules};

pub(super) type Answer<'a, W> = BoxFuture<'a, Result<Follows<W>, RuleFault>>;

/// SD-6: tells the owner when the alarm rings; completion, deletion and another time cancel it.
#[derive(Debug)]
pub struct ActivityReminder;

impl Rules for ActivityReminder {
    const NAME: &'static str = "activity-reminder";
    const WATCHED: &'static [&'static str] = &[
        "activity.planned",
        "activity.rescheduled",
        "activity.edited",
        "activity.alarm-set",
        "activity.completed",
        "activity.reopened",
        "activity.deleted",
    ];
    const COMMAND: &'static str = "RemindOwner";
    type What = DateTime<Utc>;

    fn follows<'a>(row: &'a Recorded, store: &'a EventStore) -> Answer<'a, DateTime<Utc>> {
        async move {
            let Event::Activity(fact) = row.decode()? else { return Ok(Follows::Nothing) };
            let rings = match &fact {
                ActivityEvent::Planned { slot, terms, .. } => alarm_at(slot, terms.alarm_minutes),
                ActivityEvent::Completed { .. } | ActivityEvent::Deleted {} => None,
                _ => rings(store, row).await?,
            };
            Ok(rings.map_or(Follows::Over, |at| Follows::At(at, at)))
        }
        .boxed()
    }

    fn order(alarm_at: DateTime<Utc>) -> Order {
        Order::Activity(ActivityCommand::RemindOwner { alarm_at })
    }
}

/// When the alarm of an activity rings.
async fn rings(store: &EventStore, row: &Recorded) -> Result<Option<DateTime<Utc>>, RuleFault> {
    Ok(planned(store, row).await?.and_then(|planned| open_alarm(&planned)))
}

/// The activity an event is about, after everything that happened to it; none once it is deleted.
pub(super) async fn planned(
    store: &EventStore,
    row: &Recorded,
) -> Result<Option<Box<Planned>>, RuleFault> {
    let mut state = State::empty(Aggregate::Activity);
    for row in store.load(&row.tenant, row.stream_id, 0).await? {
        state = state.evolve(&row.decode()?);
    }
    Ok(match state {
        State::Activity(Activity::Planned(planned)) => Some(planned),
        _ => None,
    })
}

fn open_alarm(planned: &Planned) -> Option<DateTime<Utc>> {
    let open = planned.completed_on.is_none() && !planned.reminded;
    open.then(|| alarm_at(&planned.slot, planned.terms.alarm_minutes)).flatten()
}

fn alarm_at(slot: &Slot, minutes: Option<u32>) -> Option<DateTime<Utc>> {
    let Slot::Times { starts_at, .. } = slot else { return None };
    starts_at.checked_sub_signed(TimeDelta::minutes(i64::from(minutes?)))
}

/// Whom something was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    about: About,
    owner: UserId,
    by: UserId,
}

/// What was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum About {
    Activity,
    Sale,
}

/// A32: tells somebody what another gave them, unless the tenant wants no notices.
#[derive(Debug)]
pub struct AssignmentNotice;

impl Rules for AssignmentNotice {
    const NAME: &'static str = "assignment-notice";
    const WATCHED: &'static [&'static str] =
        &["activity.planned", "activity.assigned", "sale.owner-changed"];
    const COMMAND: &'static str = "NoticeOwner";
    type What = Given;

    fn follows<'a>(row: &'a Recorded, _: &'a EventStore) -> Answer<'a, Given> {
        async move {
            let given = match row.decode()? {
                Event::Activity(
                    ActivityEvent::Planned { owner, assigned_by: Some(by), .. }
                    | ActivityEvent::Assigned { owner, assigned_by: Some(by), .. },
                ) => Some(Given { about: About::Activity, owner, by }),
                Event::Sale(SaleEvent::OwnerChanged { to, .. }) => {
                    UserId::parse(&row.metadata()?.actor)
                        .ok()
                        .filter(|by| *by != to)
                        .map(|by| Given { about: About::Sale, owner: to, by })
                }
                _ => None,
            };
            Ok(given.map_or(Follows::Nothing, |what| Follows::Now { what, each: true }))
        }
        .boxed()
    }

    fn order(Given { about, owner, by }: Given) -> Order {
        match about {
            About::Activity => Order::Activity(ActivityCommand::NoticeAssignment { owner, by }),
            About::Sale => Order::Sale(SaleCommand::NoticeOwner { owner, by }),
        }
    }
}

/// SO-14: offers a follow-up to the owner of a sale that was put on hold.
#[derive(Debug)]
pub struct StallFollowUp;

impl Rules for StallFollowUp {
    const NAME: &'static str = "stall-follow-up";
    const WATCHED: &'static [&'static str] =
        &["sale.stalled", "sale.reopened", "sale.won", "sale.lost"];
    const COMMAND: &'static str = "OfferFollowUp";
    type What = ();

    fn follows<'a>(row: &'a Recorded, _: &'a EventStore) -> Answer<'a, ()> {
        async move {
            Ok(match row.decode()? {
                Event::Sale(SaleEvent::Stalled { .. }) => Follows::Now { what: (), each: false },
                _ => Follows::Over,
            })
        }
        .boxed()
    }

    fn order((): ()) -> Order {
        Order::Sale(SaleCommand::OfferFollowUp)
    }
}
