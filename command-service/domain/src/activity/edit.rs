//! Changing what is planned: another time, other terms (SD-2, SD-9).

use events::activity::{ActivityTerms, Slot};
use events::sale::Parties;
use events::{ActivityEvent, ListKey, ListName, Note, Party, SaleId, StreamName, Title, TypeName};

use super::alarm;
use super::plan::sale_exists;
use super::slot::{self, When};
use super::{Context, Planned, Refusal};
use crate::list::{offered, offered_type};

/// Fields of an EditActivity. Outer `None`: left as it is. Inner `None`: cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityChanges {
    /// Empty is refused (SD-2).
    pub title: Option<String>,
    /// SD-2.
    pub description: Option<Option<Note>>,
    /// An existing sale.
    pub sale: Option<Option<SaleId>>,
    /// SD-2.
    pub company: Option<Option<Party>>,
    /// SD-2.
    pub contact: Option<Option<Party>>,
    /// SD-2.
    pub project: Option<Option<Party>>,
    /// Before the start (SD-6).
    pub alarm_minutes: Option<Option<u32>>,
    /// SD-2.
    pub location: Option<Option<TypeName>>,
    /// SD-5.
    pub priority: Option<Option<ListKey>>,
    /// A type of the same kind (SD-1); how long it lasts stays.
    pub follow_up_type: Option<Option<ListKey>>,
}

/// One activity.edited with all terms; none when nothing differs.
pub(super) fn edit(
    planned: &Planned,
    changes: ActivityChanges,
    context: &Context<'_>,
) -> Result<Vec<ActivityEvent>, Refusal> {
    let now = &planned.terms;
    let title = match changes.title {
        Some(title) => Title::given(&title).map_err(|_| Refusal::TitleRequired)?,
        None => now.title.clone(),
    };
    let terms = ActivityTerms {
        title,
        description: changes.description.unwrap_or_else(|| now.description.clone()),
        sale: changes.sale.unwrap_or(now.sale),
        parties: Parties {
            company: changes.company.unwrap_or_else(|| now.parties.company.clone()),
            contact: changes.contact.unwrap_or_else(|| now.parties.contact.clone()),
            project: changes.project.unwrap_or_else(|| now.parties.project.clone()),
        },
        alarm_minutes: changes.alarm_minutes.unwrap_or(now.alarm_minutes),
        location: changes.location.unwrap_or_else(|| now.location.clone()),
        priority: changes.priority.unwrap_or_else(|| now.priority.clone()),
        follow_up_type: changes.follow_up_type.unwrap_or_else(|| now.follow_up_type.clone()),
    };
    if terms.sale != now.sale {
        sale_exists(terms.sale, context)?;
    }
    if let Some(priority) = other(terms.priority.as_ref(), now.priority.as_ref()) {
        offered(ListName::Priority, priority, "/priority", context)?;
    }
    if let Some(key) = other(terms.follow_up_type.as_ref(), now.follow_up_type.as_ref()) {
        offered_type(key, planned.kind, context)?;
    }
    alarm::can_ring(terms.alarm_minutes, &planned.slot)?;
    Ok(if terms == *now { Vec::new() } else { vec![ActivityEvent::Edited(terms)] })
}

/// A key that was not there before: a form may send back what it was sent.
fn other<'a>(new: Option<&'a ListKey>, now: Option<&ListKey>) -> Option<&'a ListKey> {
    new.filter(|new| now != Some(*new))
}

/// The lists that new keys are of.
pub(super) fn lists(changes: &ActivityChanges) -> impl Iterator<Item = StreamName> {
    let given = |key: &Option<Option<ListKey>>| key.as_ref().is_some_and(Option::is_some);
    let priority = given(&changes.priority).then(|| ListName::Priority.stream());
    let typed = given(&changes.follow_up_type).then(|| ListName::FollowUpType.stream());
    priority.into_iter().chain(typed)
}

/// One activity.rescheduled, none when nothing differs. What lasts all day from now on loses its alarm
/// (SD-6): one activity.edited more.
pub(super) fn reschedule(
    planned: &Planned,
    when: When,
    context: &Context<'_>,
) -> Result<Vec<ActivityEvent>, Refusal> {
    let slot = slot::rescheduled(planned, when, context)?;
    if slot == planned.slot {
        return Ok(Vec::new());
    }
    let mut events = vec![ActivityEvent::Rescheduled { slot }];
    if matches!(slot, Slot::Days { .. }) && planned.terms.alarm_minutes.is_some() {
        let terms = ActivityTerms { alarm_minutes: None, ..planned.terms.clone() };
        events.push(ActivityEvent::Edited(terms));
    }
    Ok(events)
}
