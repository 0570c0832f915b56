//! What a caller sees, over what is held: the same rules as the SQL functions `seen` and `seen_activity`.

use std::collections::{HashMap, HashSet};

use events::rights::Ownership;
use uuid::Uuid;

use super::Standing;
use super::agenda::{Item, Owners};
use super::block::{Block, Word};
use super::places::Instant;
use super::sales::{Sales, Seat};
use super::versions::Past;
use super::words::Words;
use crate::ask::Sight;

/// Owners, groups and visibilities of the sales, as the caller stands to them.
#[derive(Debug)]
pub(super) struct SeenSales<'a> {
    sight: &'a Sight,
    whose: Whose,
    /// By the word of visibility: whether the caller is among those a sale is shown to.
    shown: Vec<bool>,
}

/// How words of owners and groups stand to a caller.
#[derive(Debug)]
struct Whose {
    own: Option<u32>,
    groups: Vec<bool>,
}

impl Whose {
    fn of(sight: &Sight, owners: &Words, groups: &Words) -> Self {
        let own = owners.number(sight.user());
        Self { own, groups: groups.each(|group| group.is_some_and(|group| sight.is_in(group))) }
    }

    fn ownership(&self, owner: u32, group: u32) -> Ownership {
        if self.own == Some(owner) {
            return Ownership::Own;
        }
        let known = usize::try_from(group).ok().and_then(|at| self.groups.get(at));
        if known == Some(&true) {
            Ownership::OwnGroups
        } else if group == Words::NONE {
            Ownership::Others
        } else {
            Ownership::OtherGroups
        }
    }
}

impl<'a> SeenSales<'a> {
    /// For a caller.
    pub fn of(sight: &'a Sight, sales: &Sales) -> Self {
        let whose = Whose::of(sight, sales.words(Word::Owner), sales.words(Word::Group));
        let shown = sales.words(Word::Visible).each(|word| match word {
            None => true,
            Some(word) => word.strip_prefix("group:").is_some_and(|group| sight.is_in(group)),
        });
        Self { sight, whose, shown }
    }

    /// Whether the sale of this version is seen, were it the current one.
    pub fn has(&self, block: &Block, at: usize) -> bool {
        let [owner, group, visible] =
            [Word::Owner, Word::Group, Word::Visible].map(|word| block.words(word)[at]);
        self.has_all(owner, group, visible)
    }

    /// Whether sales of this owner, group and visibility are seen.
    pub fn has_all(&self, owner: u32, group: u32, visible: u32) -> bool {
        let whose = self.whose.ownership(owner, group);
        let visible = usize::try_from(visible).ok();
        let shown = visible.and_then(|at| self.shown.get(at)).copied().unwrap_or(false);
        self.sight.reads_sales(whose)
            && (whose == Ownership::Own || self.sight.sees_hidden() || shown)
    }
}

impl Past {
    /// For every sale, by number, whether the caller sees it by its newest version up to the moment's position.
    pub(super) fn seen_sales(&self, sight: &Sight, moment: Instant) -> Vec<bool> {
        let seen = SeenSales::of(sight, &self.sales);
        let mut by_number = vec![false; self.met];
        for (number, block) in self.sales.blocks.iter().enumerate() {
            for at in (0..block.len()).filter(|at| self.is_newest(number, *at, moment)) {
                if let Some(place) = by_number.get_mut(self.number(number, at)) {
                    *place = seen.has(block, at);
                }
            }
        }
        by_number
    }
}

/// Which activities a caller sees.
#[derive(Debug)]
pub(super) enum SeenItems<'a> {
    /// Of now each is judged by itself, and by the sale it is about.
    Now { rule: Rule, sales: SeenSales<'a>, standing: &'a Standing },
    /// Streams of the past, by their newest version.
    Then(HashMap<Uuid, bool>),
}

/// Which owners' activities a caller sees.
#[derive(Debug)]
pub(super) struct Rule {
    whose: Whose,
    reads: [bool; 4],
}

impl Rule {
    fn of(sight: &Sight, owners: &Owners) -> Self {
        let (owners, groups) = owners.words();
        let reads = Ownership::ALL.map(|whose| sight.reads_activities(whose));
        Self { whose: Whose::of(sight, owners, groups), reads }
    }

    /// `hidden` tells of a sale whether it is not seen.
    fn has(&self, item: &Item, hidden: impl Fn(Uuid) -> bool) -> bool {
        let whose = self.whose.ownership(item.owner, item.group);
        self.reads[whose as usize] && (whose == Ownership::Own || !item.sale.is_some_and(hidden))
    }
}

impl<'a> SeenItems<'a> {
    /// Of what is there now.
    pub fn now(sight: &'a Sight, standing: &'a Standing) -> Self {
        let rule = Rule::of(sight, &standing.agenda.owners);
        Self::Now { rule, sales: SeenSales::of(sight, &standing.sales), standing }
    }

    /// Of what was there.
    pub fn then(sight: &Sight, past: &Past, moment: Instant) -> Self {
        let by_number = past.seen_sales(sight, moment);
        let mut unseen = HashSet::new();
        for (number, block) in past.sales.blocks.iter().enumerate() {
            let hidden = (0..block.len()).filter(|at| {
                past.is_newest(number, *at, moment)
                    && by_number.get(past.number(number, *at)) == Some(&false)
            });
            unseen.extend(hidden.map(|at| block.sale[at]));
        }
        let rule = Rule::of(sight, &past.owners);
        let seen = |item: &Item| rule.has(item, |sale| unseen.contains(&sale));
        let newest = past.items(moment.newest()).map(|(item, _)| (item.stream, seen(item)));
        Self::Then(newest.collect())
    }

    /// Whether an activity is seen.
    pub fn has(&self, item: &Item) -> bool {
        match self {
            Self::Now { rule, sales, standing } => rule.has(item, |sale| {
                let seat = standing.seats.of(sale).map(Seat::indices);
                seat.is_some_and(|(block, at)| !sales.has(&standing.sales.blocks[block], at))
            }),
            Self::Then(newest) => newest.get(&item.stream).copied().unwrap_or(false),
        }
    }
}
