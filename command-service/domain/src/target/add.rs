//! Adding rows (ST-8): one for the company or a user; one for a group with those of its primary members, in one group of
//! facts. Cells are 0, or those of last year (ST-9).

use std::collections::BTreeSet;

use events::target::{Assignee, CellsCause, TargetPlace};
use events::{
    Aggregate, CurrencyCode, Event, ListKey, StreamName, TargetEvent, TargetId, TargetTypeId,
    TypeName, UserId,
};

use super::cells::{cells_set, may_have_currency, source_measure};
use super::{Measure, Percent, Target};
use crate::target_type::{self, DefinedTargetType};
use crate::user::{Caller, resolve_owner};
use crate::{Context, Decision, References, Refusal};

/// Members whose rows come with that of their group at most.
pub const GROUP_MEMBERS_MAX: usize = 500;

/// Whose row it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewLevel {
    /// The company's.
    Company,
    /// That of a group and of its primary members.
    Group {
        /// Its name.
        group: TypeName,
        /// Users whose sales count for it; looked up by the caller.
        members: Vec<UserId>,
    },
    /// A user's.
    User {
        /// Who.
        user: UserId,
        /// What the caller's token says of them, should they have to be added.
        caller: Caller,
    },
}

/// A row to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTarget {
    /// Type of target.
    pub target_type: TargetTypeId,
    /// One of the type's items; none for all of them together.
    pub item: Option<ListKey>,
    /// Calendar year, also a past one.
    pub year: u16,
    /// Whose it is to be.
    pub level: NewLevel,
    /// Its own currency (ST-12).
    pub currency: Option<CurrencyCode>,
    /// ST-9: last year's figures, raised.
    pub copy_last_year: Option<Percent>,
}

impl NewTarget {
    /// The id of the row itself.
    pub fn id(&self) -> TargetId {
        self.place(self.assignee(None)).id()
    }

    fn place(&self, assignee: Assignee) -> TargetPlace {
        let (item, year) = (self.item.clone(), self.year);
        TargetPlace { target_type: self.target_type, item, year, assignee }
    }

    /// Whose it is; `group` is that of a user.
    fn assignee(&self, group: Option<TypeName>) -> Assignee {
        match &self.level {
            NewLevel::Company => Assignee::Company,
            NewLevel::Group { group, .. } => Assignee::Group { group: group.clone() },
            NewLevel::User { user, .. } => Assignee::User { user: user.clone(), group },
        }
    }

    /// Members of the group.
    fn members(&self) -> &[UserId] {
        match &self.level {
            NewLevel::Group { members, .. } => members,
            NewLevel::Company | NewLevel::User { .. } => &[],
        }
    }

    fn member(&self, user: &UserId, group: Option<TypeName>) -> TargetPlace {
        self.place(Assignee::User { user: user.clone(), group })
    }
}

/// The same row a year before.
pub(super) fn last_year(place: &TargetPlace) -> TargetPlace {
    TargetPlace { year: place.year.saturating_sub(1), ..place.clone() }
}

/// Streams it has to know: its type, where its item lies, who the user is, which rows the members have already, and what
/// stood in all of them last year.
pub(super) fn needs(new: &NewTarget, known: &References) -> Vec<StreamName> {
    let mut wanted: BTreeSet<StreamName> =
        target_type::stream(new.target_type).into_iter().collect();
    wanted.extend(target_type::item_stream(new.target_type, new.item.as_ref(), known));
    let mut rows = vec![new.place(new.assignee(None))];
    for member in new.members().iter().take(GROUP_MEMBERS_MAX) {
        wanted.insert(StreamName::of_user(member));
        let place = new.member(member, None);
        wanted.insert(place.id().stream());
        rows.push(place);
    }
    if let NewLevel::User { user, .. } = &new.level {
        wanted.insert(StreamName::of_user(user));
    }
    if new.copy_last_year.is_some() {
        wanted.extend(rows.iter().map(|place| last_year(place).id().stream()));
    }
    wanted.into_iter().collect()
}

/// One target.added; beside it those of a group's members, as far as they have no row yet.
pub(super) fn add(
    target: &Target,
    new: NewTarget,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let kind = target_type::offered(new.target_type, context.references)?;
    target_type::item_of(kind, new.item.as_ref(), context).map_err(|it| it.at("/item"))?;
    let (group, mut beside) = user_group(&new, kind, context)?;
    let place = new.place(new.assignee(group));
    context.may_add_target(&place.assignee)?;
    if target.added().is_some() {
        return Err(Refusal::AlreadyExists(Aggregate::Target));
    }
    if new.currency.is_some() {
        may_have_currency(&place.assignee, kind.unit)?;
    }
    let mut copied = false;
    let events = facts(&new, place, kind, context, &mut copied)?;
    for place in places_of_members(&new, kind, context)? {
        let stream = place.id().stream();
        let member = NewTarget { currency: None, ..new.clone() };
        let facts = facts(&member, place, kind, context, &mut copied)?;
        beside.extend(facts.into_iter().map(|fact| (stream.clone(), fact)));
    }
    if new.copy_last_year.is_some() && !copied {
        return Err(Refusal::NothingToCopy.at("/copy_last_year"));
    }
    Ok(Decision { events, beside })
}

/// The primary group of the user it is for, and the fact that adds them if they are the caller and were not known.
type Known = (Option<TypeName>, Vec<(StreamName, Event)>);

fn user_group(
    new: &NewTarget,
    kind: &DefinedTargetType,
    context: &Context<'_>,
) -> Result<Known, Refusal> {
    let NewLevel::User { user, caller } = &new.level else { return Ok((None, Vec::new())) };
    if kind.terms.groups_only {
        return Err(Refusal::GroupsOnly.at("/level"));
    }
    let owner = resolve_owner(user, caller.clone(), context);
    let owner = owner.map_err(|refusal| refusal.at("/assignee"))?;
    Ok((owner.group.as_deref().and_then(group_name), owner.beside))
}

/// A group as rows name it; what is too long for a name is none.
fn group_name(group: &str) -> Option<TypeName> {
    TypeName::parse(group).ok()
}

/// Where the rows of a group's primary members go that have none: none of a type without rows of users (ST-5).
fn places_of_members(
    new: &NewTarget,
    kind: &DefinedTargetType,
    context: &Context<'_>,
) -> Result<Vec<TargetPlace>, Refusal> {
    let NewLevel::Group { group, members } = &new.level else { return Ok(Vec::new()) };
    if kind.terms.groups_only {
        return Ok(Vec::new());
    }
    if members.len() > GROUP_MEMBERS_MAX {
        return Err(Refusal::GroupTooLarge.at("/assignee"));
    }
    let primary = |user: &&UserId| {
        let known = context.references.user(user);
        known.is_some_and(|known| known.primary_group() == Some(group.as_str()))
    };
    let places = members.iter().filter(primary).map(|user| new.member(user, Some(group.clone())));
    Ok(places.filter(|place| context.references.target(place.id()).is_none()).collect())
}

/// The facts of one row; whether anything of last year went into it is noted.
fn facts(
    new: &NewTarget,
    place: TargetPlace,
    kind: &DefinedTargetType,
    context: &Context<'_>,
    copied: &mut bool,
) -> Result<Vec<Event>, Refusal> {
    let (period, mut currency) = (context.references.tenant().target_period(), new.currency);
    let mut cells = None;
    let last = context.references.target(last_year(&place).id());
    if let (Some(percent), Some(last)) = (new.copy_last_year, last.filter(|it| !it.is_empty())) {
        // last year's currency comes along unless another one is wanted, which its figures are not in
        currency = currency.or(last.currency);
        let measure = Measure::of(kind.unit, currency, context);
        if source_measure(last, context) != Some(measure) {
            return Err(Refusal::TargetsDiffer.at("/currency"));
        }
        cells = Some(measure.raised(&last.cells, period, percent)?);
        *copied = true;
    }
    let added = Event::Target(TargetEvent::Added { place, period, currency });
    let cells = cells.filter(|cells| cells.iter().any(|cell| !cell.is_zero()));
    let cells = cells.map(|cells| Event::Target(cells_set(&cells, CellsCause::Copied)));
    Ok(std::iter::once(added).chain(cells).collect())
}
