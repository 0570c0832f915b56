//! What a caller's rights reach (SO-44, SO-31): the tenant's table, read for one decision. A record that is not seen is
//! answered like one that does not exist.

#[cfg(test)]
mod tests;

use events::rights::{Level, Principal, Records, Right, Role};
use events::sale::Visibility;
use events::selection::SelectionTerms;
use events::target::Assignee;
use events::{Aggregate, TypeName, UserId};

use crate::activity::Planned;
use crate::sale::{Deal, Sale};
use crate::{Context, Refusal, State};

/// Who asks, as rights see them.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Somebody with a token.
    Principal(&'a Principal),
    /// A process manager: what it does follows from what was decided before.
    Ourselves,
}

/// Goes on if the caller sees what a stream is about. What was never made is nobody's secret.
///
/// # Errors
/// They do not: the same as if there were nothing.
pub fn shown(state: &State, context: &Context<'_>) -> Result<(), Refusal> {
    match state {
        State::Sale(Sale::Deleted(deal)) => context.may_sale(deal, Level::Read),
        State::Sale(sale) => sale.deal().map_or(Ok(()), |deal| context.may_sale(deal, Level::Read)),
        State::Activity(activity) => {
            let planned = activity.planned();
            planned.map_or(Ok(()), |planned| context.may_activity(planned, Level::Read))
        }
        State::Selection(selection) => {
            let kept = selection.kept();
            kept.map_or(Ok(()), |kept| context.may_selection(&kept.terms, Level::Read))
        }
        State::Target(target) => {
            let row = target.row();
            row.map_or(Ok(()), |row| context.may_target(&row.place.assignee, Level::Read))
        }
        State::Stage(_)
        | State::SaleType(_)
        | State::Currency(_)
        | State::User(_)
        | State::Tenant(_)
        | State::Name(_)
        | State::List(_)
        | State::TargetType(_)
        | State::Company(_)
        | State::Contact(_) => Ok(()),
    }
}

impl Context<'_> {
    /// Whether the caller brings history in: then keys of lists are taken as they come, and nobody is told (SO-19).
    pub(crate) fn imports(&self) -> bool {
        match self.by {
            By::Principal(principal) => principal.roles.contains(Role::Importer),
            By::Ourselves => false,
        }
    }

    /// Goes on if the caller's roles have a functional right in this tenant.
    ///
    /// # Errors
    /// They do not.
    pub fn require(&self, right: Right) -> Result<(), Refusal> {
        match self.by {
            By::Principal(principal)
                if !self.references.tenant().rights().may(principal.roles, right) =>
            {
                Err(Refusal::RightMissing)
            }
            By::Principal(_) | By::Ourselves => Ok(()),
        }
    }

    /// How far the caller's rights go on what `owner` owns and `group` counts.
    fn level(&self, records: Records, owner: &UserId, group: Option<&str>) -> Level {
        self.level_of(records, owner.as_str(), group)
    }

    /// The same; an owner without letters is nobody.
    fn level_of(&self, records: Records, owner: &str, group: Option<&str>) -> Level {
        match self.by {
            By::Ourselves => Level::Delete,
            By::Principal(principal) => {
                let ownership = principal.ownership(owner, group);
                self.references.tenant().rights().level(principal.roles, records, ownership)
            }
        }
    }

    /// Whether the caller sees a sale.
    pub(crate) fn sees(&self, deal: &Deal) -> bool {
        let group = deal.owner_group.as_deref();
        self.level(Records::Sales, &deal.owner, group) >= Level::Read
            && self.is_shown(&deal.owner, &deal.details.visibility)
    }

    /// Whether a sale or a selection is visible for the caller (SO-31): to its owner always, to others as the owner says, unless they
    /// have the right to see what is hidden.
    fn is_shown(&self, owner: &UserId, visibility: &Visibility) -> bool {
        let By::Principal(principal) = self.by else { return true };
        let shown = match visibility {
            Visibility::All => true,
            Visibility::Owner => false,
            Visibility::Group { visible_group } => principal.is_in(visible_group.as_str()),
        };
        let rights = self.references.tenant().rights();
        shown || *owner == principal.user || rights.may(principal.roles, Right::SeeHiddenSales)
    }

    /// Goes on if the caller's rights on a sale go as far as `wanted`.
    pub(crate) fn may_sale(&self, deal: &Deal, wanted: Level) -> Result<(), Refusal> {
        if !self.sees(deal) {
            return Err(Refusal::Unknown(Aggregate::Sale));
        }
        self.may_own_sale(&deal.owner, deal.owner_group.as_deref(), wanted)
    }

    /// Goes on if the caller's rights go as far as `wanted` on a sale of this owner, which need not exist yet.
    pub(crate) fn may_own_sale(
        &self,
        owner: &UserId,
        group: Option<&str>,
        wanted: Level,
    ) -> Result<(), Refusal> {
        match self.level(Records::Sales, owner, group) >= wanted {
            true => Ok(()),
            false => Err(Refusal::NotYours),
        }
    }

    /// Goes on if the caller's rights on a selection go as far as `wanted` (SF-10): to read it follows from its visibility
    /// alone, more from the data rights on sales of its owner.
    ///
    /// # Errors
    /// They do not.
    pub fn may_selection(&self, terms: &SelectionTerms, wanted: Level) -> Result<(), Refusal> {
        if !self.is_shown(&terms.owner, &terms.visibility) {
            return Err(Refusal::Unknown(Aggregate::Selection));
        }
        let own = *self.actor == terms.owner;
        let reach = || self.level(Records::Sales, &terms.owner, terms.owner_group.as_deref());
        match wanted <= Level::Read || own || reach() >= wanted {
            true => Ok(()),
            false => Err(Refusal::NotYourSelection),
        }
    }

    /// Goes on if the caller's rights on an activity go as far as `wanted`. Their own they see also on a sale that they
    /// do not see.
    pub(crate) fn may_activity(&self, planned: &Planned, wanted: Level) -> Result<(), Refusal> {
        let hidden = planned.owner != *self.actor
            && planned.terms.sale.is_some_and(|sale| {
                let deal = self.references.sale(sale).and_then(|sale| sale.deal());
                deal.is_some_and(|deal| !self.sees(deal))
            });
        let group = planned.owner_group.as_deref();
        if hidden || self.level(Records::Activities, &planned.owner, group) < Level::Read {
            return Err(Refusal::Unknown(Aggregate::Activity));
        }
        self.may_own_activity(&planned.owner, group, wanted)
    }

    /// Goes on if the caller's rights go as far as `wanted` on an activity of this owner.
    pub(crate) fn may_own_activity(
        &self,
        owner: &UserId,
        group: Option<&str>,
        wanted: Level,
    ) -> Result<(), Refusal> {
        match self.level(Records::Activities, owner, group) >= wanted {
            true => Ok(()),
            false => Err(Refusal::NotYourActivity),
        }
    }

    /// How far the caller's rights go on the targets of an assignee (ST-8): a user's are their own, a group's nobody's but
    /// counted by the group, the company's those of somebody else.
    fn target_level(&self, assignee: &Assignee) -> Level {
        let (owner, group) = match assignee {
            Assignee::Company => ("", None),
            Assignee::Group { group } => ("", Some(group)),
            Assignee::User { user, group } => (user.as_str(), group.as_ref()),
        };
        self.level_of(Records::Targets, owner, group.map(TypeName::as_str))
    }

    /// Goes on if the caller's rights on a target go as far as `wanted`.
    pub(crate) fn may_target(&self, assignee: &Assignee, wanted: Level) -> Result<(), Refusal> {
        match self.target_level(assignee) {
            level if level >= wanted.max(Level::Read) => Ok(()),
            Level::None => Err(Refusal::Unknown(Aggregate::Target)),
            Level::Read | Level::Create | Level::Update | Level::Delete => {
                Err(Refusal::NotYourTarget)
            }
        }
    }

    /// Goes on if the caller may add targets of this assignee.
    pub(crate) fn may_add_target(&self, assignee: &Assignee) -> Result<(), Refusal> {
        match self.target_level(assignee) >= Level::Create {
            true => Ok(()),
            false => Err(Refusal::NotYourTarget),
        }
    }
}
