//! The fold of an activity: row + event → row. Pure; every event by name, so a new one does not compile until
//! someone has thought about it.

use chrono::{DateTime, Utc};
use events::activity::{ActivityTerms, Kind, Slot};
use events::{ActivityEvent, Party, TenantSlug, UserId};
use uuid::Uuid;

use super::row::Activity;

/// What the log says about an event beside the fact itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// Public id of the activity.
    pub activity_id: Uuid,
    /// Whose activity it is: names the stream of its sale.
    pub tenant: &'a TenantSlug,
    /// When the fact took effect.
    pub effective_at: DateTime<Utc>,
}

/// The activity after `fact`, or what is wrong with the stream.
pub(crate) fn evolve(
    activity: Option<Activity>,
    fact: &ActivityEvent,
    around: Surroundings<'_>,
) -> Result<Activity, &'static str> {
    match (activity, fact) {
        (None, fact) => planned(fact, around),
        (Some(activity), _) if activity.deleted => Err("a deleted activity that goes on"),
        (Some(activity), fact) => change(activity, fact, around.tenant),
    }
}

/// What begins a stream: something planned, or a document, which is done (SG-13).
fn planned(fact: &ActivityEvent, around: Surroundings<'_>) -> Result<Activity, &'static str> {
    let mut activity = blank(around);
    match fact {
        ActivityEvent::Planned {
            kind,
            slot,
            owner,
            owner_group,
            assigned_by,
            series,
            guide_item,
            terms,
        } => {
            activity.kind = kind.as_str().to_owned();
            own(&mut activity, owner, owner_group.as_ref());
            activity.series_id = series.as_ref().map(|series| series.id.0);
            activity.series_number = series.as_ref().map(|series| i32::from(series.number));
            activity.guide_item = guide_item.map(|item| item.0);
            give(&mut activity, assigned_by.as_ref());
            place(&mut activity, *slot);
            set_terms(&mut activity, terms, around.tenant)?;
        }
        ActivityEvent::DocumentCreated {
            owner,
            owner_group,
            created_on,
            guide_item,
            document,
            terms,
        } => {
            activity.kind = Kind::Document.as_str().to_owned();
            own(&mut activity, owner, owner_group.as_ref());
            activity.guide_item = guide_item.map(|item| item.0);
            activity.template = document.template.clone().map(String::from);
            activity.our_reference = document.our_reference.clone().map(String::from);
            place(&mut activity, Slot::Days { from_day: *created_on, to_day: *created_on });
            activity.completed_on = Some(*created_on);
            set_terms(&mut activity, terms, around.tenant)?;
        }
        ActivityEvent::Rescheduled { .. }
        | ActivityEvent::Edited(_)
        | ActivityEvent::Assigned { .. }
        | ActivityEvent::AlarmSet { .. }
        | ActivityEvent::AssignmentSeen {}
        | ActivityEvent::AssignmentAccepted {}
        | ActivityEvent::AssignmentDeclined { .. }
        | ActivityEvent::ReminderDue { .. }
        | ActivityEvent::AssignmentNoticed { .. }
        | ActivityEvent::Completed { .. }
        | ActivityEvent::Reopened {}
        | ActivityEvent::Deleted {} => return Err("an activity that was never planned"),
    }
    Ok(activity)
}

/// Nothing of it is known yet.
fn blank(around: Surroundings<'_>) -> Activity {
    Activity {
        activity_id: around.activity_id,
        kind: String::new(),
        from_day: None,
        to_day: None,
        starts_at: None,
        ends_at: None,
        owner: String::new(),
        owner_group: None,
        title: String::new(),
        description: None,
        sale_stream_id: None,
        sale_id: None,
        company_id: None,
        company_name: None,
        contact_id: None,
        contact_name: None,
        project_id: None,
        project_name: None,
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
        assigned_by: None,
        assignment: None,
        series_id: None,
        series_number: None,
        guide_item: None,
        template: None,
        our_reference: None,
        completed_on: None,
        deleted: false,
        planned_at: around.effective_at,
    }
}

fn change(
    mut activity: Activity,
    fact: &ActivityEvent,
    tenant: &TenantSlug,
) -> Result<Activity, &'static str> {
    match fact {
        ActivityEvent::Planned { .. } | ActivityEvent::DocumentCreated { .. } => {
            return Err("an activity planned twice");
        }
        ActivityEvent::Rescheduled { slot } => place(&mut activity, *slot),
        ActivityEvent::Edited(terms) => set_terms(&mut activity, terms, tenant)?,
        ActivityEvent::Assigned { owner, owner_group, assigned_by } => {
            own(&mut activity, owner, owner_group.as_ref());
            give(&mut activity, assigned_by.as_ref());
        }
        ActivityEvent::AlarmSet { alarm_minutes } => set_alarm(&mut activity, *alarm_minutes)?,
        ActivityEvent::AssignmentSeen {} => activity.assignment = Some("seen".to_owned()),
        ActivityEvent::AssignmentAccepted {} => give(&mut activity, None),
        ActivityEvent::AssignmentDeclined { owner, owner_group } => {
            own(&mut activity, owner, owner_group.as_ref());
            activity.assignment = Some("declined".to_owned());
        }
        ActivityEvent::ReminderDue { .. } | ActivityEvent::AssignmentNoticed { .. } => {}
        ActivityEvent::Completed { completed_on } => activity.completed_on = Some(*completed_on),
        ActivityEvent::Reopened {} => activity.completed_on = None,
        ActivityEvent::Deleted {} => activity.deleted = true,
    }
    Ok(activity)
}

fn place(activity: &mut Activity, slot: Slot) {
    let (days, times) = match slot {
        Slot::Days { from_day, to_day } => (Some((from_day, to_day)), None),
        Slot::Times { starts_at, ends_at } => (None, Some((starts_at, ends_at))),
    };
    (activity.from_day, activity.to_day) = days.unzip();
    (activity.starts_at, activity.ends_at) = times.unzip();
}

fn set_terms(
    activity: &mut Activity,
    terms: &ActivityTerms,
    tenant: &TenantSlug,
) -> Result<(), &'static str> {
    activity.title = terms.title.as_str().to_owned();
    activity.description = terms.description.as_ref().map(|text| text.as_str().to_owned());
    activity.sale_stream_id = terms.sale.map(|sale| sale.stream().stream_id(tenant));
    activity.sale_id = terms.sale.map(|sale| sale.0);
    (activity.company_id, activity.company_name) = party(terms.parties.company.as_ref());
    (activity.contact_id, activity.contact_name) = party(terms.parties.contact.as_ref());
    (activity.project_id, activity.project_name) = party(terms.parties.project.as_ref());
    activity.location = terms.location.as_ref().map(|place| place.as_str().to_owned());
    activity.priority = terms.priority.as_ref().map(|key| key.as_str().to_owned());
    activity.follow_up_type = terms.follow_up_type.as_ref().map(|key| key.as_str().to_owned());
    set_alarm(activity, terms.alarm_minutes)
}

fn set_alarm(activity: &mut Activity, minutes: Option<u32>) -> Result<(), &'static str> {
    let minutes = minutes.map(i32::try_from).transpose();
    activity.alarm_minutes = minutes.map_err(|_| "an alarm before all time")?;
    Ok(())
}

fn own(activity: &mut Activity, owner: &UserId, group: Option<&String>) {
    activity.owner = owner.as_str().to_owned();
    activity.owner_group = group.cloned();
}

/// Given by somebody, it waits for an answer (SD-8, SD-10).
fn give(activity: &mut Activity, by: Option<&UserId>) {
    activity.assigned_by = by.map(|by| by.as_str().to_owned());
    activity.assignment = by.map(|_| "assigned".to_owned());
}

fn party(party: Option<&Party>) -> (Option<Uuid>, Option<String>) {
    (party.map(|party| party.id), party.map(|party| party.name.as_str().to_owned()))
}

#[cfg(test)]
#[path = "evolve_tests.rs"]
mod tests;
