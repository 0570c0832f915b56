//! A follow-up from an item of the guide (SG-12, SG-14, SG-15): the item fills in what the command leaves out, the sale
//! remembers what was created from it.

use chrono::{Days, NaiveDate, NaiveDateTime};
use events::activity::Slot;
use events::guide::SuggestedFollowUp;
use events::sale::Parties;
use events::{
    ActivityId, Event, GuideItem, GuideItemId, ListKey, Note, SaleEvent, SaleId, StreamName, Title,
    TypeName, UserId, line,
};

use super::plan::{self, NewActivity};
use super::slot::{self, When};
use crate::list::minutes_of_type;
use crate::sale::Deal;
use crate::sale::guide::Running;
use crate::user::Caller;
use crate::{Context, Decision, References, Refusal};

/// Characters of a title at most; names of items may be longer.
const TITLE_MAX: usize = 219;

/// What a CreateFromGuideItem says; what is left out comes from the item and the sale.
#[derive(Debug, Clone, PartialEq)]
pub struct FromGuideItem {
    /// The activity's id.
    pub id: ActivityId,
    /// The sale whose guide it is.
    pub sale: SaleId,
    /// An item of any stage of its type (SG-10).
    pub item: GuideItemId,
    /// The item's name when left out; empty is refused (SD-2).
    pub title: Option<String>,
    /// The item's day and length when left out (SG-4, §6-A38).
    pub when: When,
    /// The caller when left out (SG-15).
    pub owner: Option<UserId>,
    /// What the caller's token says of them, should they have to be added.
    pub caller: Caller,
    /// The item's text when left out.
    pub description: Option<Note>,
    /// Each of them the sale's when left out.
    pub parties: Parties,
    /// Before the start; no alarm when left out (SD-6).
    pub alarm_minutes: Option<u32>,
    /// SD-2.
    pub location: Option<TypeName>,
    /// SD-5.
    pub priority: Option<ListKey>,
    /// A type of the item's kind; the item's when left out (SD-1).
    pub follow_up_type: Option<ListKey>,
}

/// The owner, the sale, its type, the lists that keys are given of, here or by the item; and the activities that the day is counted
/// from, unless the command says when.
pub(super) fn needs(new: &FromGuideItem, actor: &UserId, known: &References) -> Vec<StreamName> {
    let owner = StreamName::of_user(new.owner.as_ref().unwrap_or(actor));
    let mut wanted = vec![owner, new.sale.stream()];
    wanted.extend(plan::lists(new.priority.as_ref(), new.follow_up_type.as_ref()));
    let Some(deal) = known.sale(new.sale).and_then(|sale| sale.deal()) else { return wanted };
    wanted.push(deal.sale_type.stream());
    let Some(running) = Running::of(deal, known) else { return wanted };
    wanted.extend(plan::lists(None, running.item(new.item).and_then(type_of)));
    if new.when.start.is_none() {
        wanted.extend(origins(deal, running, new.item, known));
    }
    wanted
}

/// The type that what is created from an item is of.
fn type_of(item: &GuideItem) -> Option<&ListKey> {
    item.terms.follow_up()?.follow_up_type.as_ref()
}

/// What was created from the nearest follow-up before an item, and from those before that while nothing of it is there.
fn origins(
    deal: &Deal,
    running: Running<'_>,
    item: GuideItemId,
    known: &References,
) -> Vec<StreamName> {
    let mut wanted = Vec::new();
    for before in running.follow_ups_before(item) {
        let made = deal.guide.of_item(before.id).map(ActivityId::stream);
        let unknown: Vec<_> = made.filter(|stream| !known.knows(stream)).collect();
        let found = latest(deal, before.id, known).is_some();
        let enough = found || !unknown.is_empty();
        wanted.extend(unknown);
        if enough {
            break;
        }
    }
    wanted
}

/// One activity.planned that names its item; beside it sale.guide-item-used.
pub(super) fn create(new: FromGuideItem, context: &Context<'_>) -> Result<Decision, Refusal> {
    let (id, sale) = (new.id, new.sale);
    let deal = plan::seen(sale, context)?;
    let running = Running::required(deal, context)?;
    let item = running.item(new.item).ok_or(Refusal::UnknownGuideItem)?;
    let follow_up = item.terms.follow_up().ok_or(Refusal::GuideItemKind)?;
    deal.guide.room()?;
    let slot = minutes(&new, item, follow_up, context).and_then(|minutes| match new.when.start {
        Some(_) => slot::planned(follow_up.kind, new.when, minutes, context),
        None => day_of(deal, running, item, context)
            .and_then(|day| slot::on_day(follow_up.kind, new.when, day, minutes, context)),
    });
    let plan = NewActivity {
        kind: follow_up.kind,
        title: new.title.unwrap_or_else(|| title_of(item)),
        when: new.when,
        owner: new.owner,
        caller: new.caller,
        description: new.description.or_else(|| follow_up.text.clone()),
        sale: Some(sale),
        parties: with_parties_of(deal, new.parties),
        alarm_minutes: new.alarm_minutes,
        location: new.location,
        priority: new.priority,
        follow_up_type: new.follow_up_type.or_else(|| type_of(item).cloned()),
        recurrence: None,
    };
    let mut decision = plan::planned(plan, slot, Some(item.id), context)?;
    decision.beside.push(used(sale, item.id, id));
    Ok(decision)
}

/// How long it lasts as the item says, else as its type usually does. The item's own type was there when it was given: a
/// guide goes on when a type is offered no longer.
fn minutes(
    new: &FromGuideItem,
    item: &GuideItem,
    suggested: &SuggestedFollowUp,
    context: &Context<'_>,
) -> Result<Option<u16>, Refusal> {
    let given = plan::minutes_of(new.follow_up_type.as_ref(), suggested.kind, context)?;
    let of_type = match &new.follow_up_type {
        Some(_) => given,
        None => type_of(item).and_then(|key| minutes_of_type(key, context.references)),
    };
    Ok(suggested.duration_minutes.or(of_type))
}

/// What the sale remembers.
pub(super) fn used(sale: SaleId, item: GuideItemId, activity: ActivityId) -> (StreamName, Event) {
    (sale.stream(), Event::Sale(SaleEvent::GuideItemUsed { item, activity }))
}

/// The name of an item as a title: English, else whichever there is.
pub(super) fn title_of(item: &GuideItem) -> String {
    let name = line::readable(item.terms.name.in_language("en"));
    let title: String = name.chars().take(TITLE_MAX).collect();
    // a joiner has nobody to join where a name was cut
    Title::parse(title.trim_end_matches(line::JOINERS)).map_or(name, String::from)
}

/// Each party the sale's unless another was given.
pub(super) fn with_parties_of(deal: &Deal, given: Parties) -> Parties {
    let of_sale = deal.parties.clone();
    Parties {
        company: given.company.or(of_sale.company),
        contact: given.contact.or(of_sale.contact),
        project: given.project.or(of_sale.project),
    }
}

/// §6-A38: so many days after the nearest follow-up of the guide before it that is there, else after today.
fn day_of(
    deal: &Deal,
    running: Running<'_>,
    item: &GuideItem,
    context: &Context<'_>,
) -> Result<NaiveDate, Refusal> {
    let offset = item.terms.follow_up().map_or(0, |follow_up| follow_up.offset_days);
    let before = running.follow_ups_before(item.id).into_iter();
    let from = before.filter_map(|item| latest(deal, item.id, context.references)).next();
    let day = from.unwrap_or(context.today).checked_add_days(Days::new(u64::from(offset)));
    day.ok_or(Refusal::OutsideCalendar)
}

/// The date of the activity created from an item that starts last: of its start, of its last day when it has days.
fn latest(deal: &Deal, item: GuideItemId, known: &References) -> Option<NaiveDate> {
    let zone = known.tenant().time_zone();
    let made = deal.guide.of_item(item).filter_map(|made| known.activity(made));
    let there = made.filter(|found| found.instance_of() == Some(item));
    let dated = |slot: Slot| -> (NaiveDateTime, NaiveDate) {
        match slot {
            Slot::Days { from_day, to_day } => (from_day.into(), to_day),
            Slot::Times { starts_at, .. } => {
                let local = starts_at.with_timezone(&zone).naive_local();
                (local, local.date())
            }
        }
    };
    there.map(|found| dated(found.slot)).max().map(|(_, date)| date)
}
