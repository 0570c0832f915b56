//! A maintained list (SO-19, SD-1, SD-5): items that commands name by key. Every list has items from the beginning
//! (`events::shipped`) and takes any other key as well, until the first item is added to it: from then on a key has to
//! be in the list and not deleted (types of follow-ups from the beginning: a key alone has no kind). What was said before stays as it is, and whoever brings history in may use any key.

mod offering;

use std::collections::BTreeMap;

use events::activity::Kind;
use events::shipped::{is_shipped, shipped};
use events::{Aggregate, Event, ListEvent, ListItem, ListKey, ListName, LocalName};

pub(crate) use offering::{minutes_of_type, offered, offered_text, offered_type};

use crate::{Context, Decider, Decision, Refusal};

/// Items of a list at most, the shipped ones that nobody changed not counted.
pub const ITEMS_MAX: usize = 500;

/// Between an item and the next one, so that there is room for others.
const RANK_STEP: i32 = 10;

/// What may be asked of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListCommand {
    /// SO-19.
    AddListItem {
        /// The list.
        list: ListName,
        /// Its key, for ever.
        key: ListKey,
        /// What people read.
        labels: LocalName,
        /// Order; behind all others when left out.
        rank: Option<i32>,
        /// Of a type of follow-ups: the kind it belongs to (SD-1).
        kind: Option<Kind>,
        /// Of a type of follow-ups: how long they usually last (SD-3).
        minutes: Option<u16>,
    },
    /// SO-19; what is left out stays, and so does the kind of a type: activities of it are of that kind (SD-1).
    EditListItem {
        /// The list.
        list: ListName,
        /// Which one.
        key: ListKey,
        /// New labels.
        labels: Option<LocalName>,
        /// New rank.
        rank: Option<i32>,
        /// New usual length of a type of follow-ups; `Some(None)` clears it.
        minutes: Option<Option<u16>>,
    },
    /// SO-19: not to be chosen any more.
    DeleteListItem {
        /// The list.
        list: ListName,
        /// Which one.
        key: ListKey,
    },
    /// SO-19: to be chosen again.
    RestoreListItem {
        /// The list.
        list: ListName,
        /// Which one.
        key: ListKey,
    },
}

/// An item that a command changed, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    item: ListItem,
    deleted: bool,
}

/// What is remembered of a list: what commands made of it. Shipped items that nobody touched are not in here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    items: BTreeMap<ListKey, Kept>,
    maintained: bool,
}

impl List {
    /// Whether an item was ever added to it: then it holds commands to its keys.
    pub fn is_maintained(&self) -> bool {
        self.maintained
    }

    /// Items that commands made or changed.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether no command changed it yet.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether a command may name this key of the list.
    pub fn offers(&self, list: ListName, key: &ListKey) -> bool {
        match self.items.get(key) {
            Some(kept) => !kept.deleted,
            None => is_shipped(list, key) || !self.maintained,
        }
    }

    /// The item of a key and whether it is deleted, a shipped one included.
    fn item(&self, list: ListName, key: &ListKey) -> Option<Kept> {
        let of_ours = || shipped(list).into_iter().find(|item| item.key == *key);
        let kept = self.items.get(key).cloned();
        kept.or_else(|| of_ours().map(|item| Kept { item, deleted: false }))
    }

    /// A rank behind all others.
    fn last_rank(&self, list: ListName) -> i32 {
        let changed = self.items.values().map(|kept| kept.item.rank);
        let ranks = changed.chain(shipped(list).into_iter().map(|item| item.rank));
        ranks.max().unwrap_or_default().saturating_add(RANK_STEP)
    }
}

impl Decider for List {
    type Command = ListCommand;
    type Event = ListEvent;
    type State = Self;

    fn decide(known: &Self, command: ListCommand, _: &Context<'_>) -> Result<Decision, Refusal> {
        use ListCommand as C;
        let changed = |list, key: &ListKey, of: &dyn Fn(ListItem) -> ListItem| {
            let unknown = Refusal::UnknownListItem { list, pointer: "/key" };
            let Kept { item, deleted } = known.item(list, key).ok_or(unknown)?;
            Ok((of(item.clone()), item, deleted))
        };
        let event = match command {
            C::AddListItem { list, key, labels, rank, kind, minutes } => {
                if known.item(list, &key).is_some() {
                    return Err(Refusal::AlreadyExists(Aggregate::List));
                }
                let rank = rank.unwrap_or_else(|| known.last_rank(list));
                ListEvent::ItemAdded(ListItem { list, key, labels, rank, kind, minutes })
            }
            C::EditListItem { list, key, labels, rank, minutes } => {
                let edit = |was: ListItem| ListItem {
                    labels: labels.clone().unwrap_or(was.labels),
                    rank: rank.unwrap_or(was.rank),
                    minutes: minutes.unwrap_or(was.minutes),
                    ..was
                };
                let (new, old, deleted) = changed(list, &key, &edit)?;
                match (deleted, new == old) {
                    (true, _) => {
                        return Err(Refusal::UnknownListItem { list, pointer: "/key" });
                    }
                    (false, true) => return Ok(Decision::nothing()),
                    (false, false) => ListEvent::ItemEdited(new),
                }
            }
            C::DeleteListItem { list, key } => match changed(list, &key, &|item| item)? {
                (_, _, true) => return Ok(Decision::nothing()),
                (item, _, false) => ListEvent::ItemDeleted(item),
            },
            C::RestoreListItem { list, key } => match changed(list, &key, &|item| item)? {
                (_, _, false) => return Ok(Decision::nothing()),
                (item, _, true) => ListEvent::ItemRestored(item),
            },
        };
        if !known.items.contains_key(&event.item().key) && known.items.len() >= ITEMS_MAX {
            return Err(Refusal::ListFull);
        }
        Ok(Decision::of([Event::List(event)]))
    }

    fn evolve(mut known: Self, event: &ListEvent) -> Self {
        known.maintained |= matches!(event, ListEvent::ItemAdded(_));
        let kept = Kept { item: event.item().clone(), deleted: event.deletes() };
        known.items.insert(kept.item.key.clone(), kept);
        known
    }
}

#[cfg(test)]
mod tests;
