//! A maintained list (SO-19, SD-5): items that commands name by key. Every list has items from the beginning
//! (`events::shipped`) and takes any other key as well, until the first item is added to it: from then on a key has to
//! be in the list and not deleted. What was said before stays as it is, and whoever brings history in may use any key.

use std::collections::BTreeMap;

use events::shipped::{is_shipped, shipped};
use events::{Aggregate, Event, ListEvent, ListItem, ListKey, ListName, LocalName};

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
    },
    /// SO-19; what is left out stays.
    EditListItem {
        /// The list.
        list: ListName,
        /// Which one.
        key: ListKey,
        /// New labels.
        labels: Option<LocalName>,
        /// New rank.
        rank: Option<i32>,
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

/// SO-19: refuses a key that the list does not offer.
///
/// # Errors
/// `unknown_list_item` at `pointer`.
pub(crate) fn offered(
    list: ListName,
    key: &ListKey,
    pointer: &'static str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let offers = context.references.list(list).is_none_or(|known| known.offers(list, key));
    if offers || context.imports() {
        return Ok(());
    }
    Err(Refusal::UnknownListItem { list, pointer })
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
            C::AddListItem { list, key, labels, rank } => {
                if known.item(list, &key).is_some() {
                    return Err(Refusal::AlreadyExists(Aggregate::List));
                }
                let rank = rank.unwrap_or_else(|| known.last_rank(list));
                ListEvent::ItemAdded(ListItem { list, key, labels, rank })
            }
            C::EditListItem { list, key, labels, rank } => {
                let edit = |was: ListItem| ListItem {
                    labels: labels.clone().unwrap_or(was.labels),
                    rank: rank.unwrap_or(was.rank),
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
mod tests {
    use events::TypeName;

    use super::*;
    use crate::Order;
    use crate::spec::given;

    const LOST: ListName = ListName::ReasonLost;

    fn key(text: &str) -> ListKey {
        ListKey::parse(text).unwrap()
    }

    fn label(text: &str) -> LocalName {
        LocalName::english(TypeName::parse(text).unwrap())
    }

    fn item(text: &str, rank: i32) -> ListItem {
        ListItem { list: LOST, key: key(text), labels: label(text), rank }
    }

    fn added(text: &str, rank: i32) -> Event {
        Event::List(ListEvent::ItemAdded(item(text, rank)))
    }

    fn add(text: &str) -> Order {
        let (key, labels) = (key(text), label(text));
        Order::List(ListCommand::AddListItem { list: LOST, key, labels, rank: None })
    }

    fn delete(text: &str) -> Order {
        Order::List(ListCommand::DeleteListItem { list: LOST, key: key(text) })
    }

    fn restore(text: &str) -> Order {
        Order::List(ListCommand::RestoreListItem { list: LOST, key: key(text) })
    }

    fn edit(text: &str, labels: Option<&str>, rank: Option<i32>) -> Order {
        let (key, labels) = (key(text), labels.map(label));
        Order::List(ListCommand::EditListItem { list: LOST, key, labels, rank })
    }

    const UNKNOWN: Refusal = Refusal::UnknownListItem { list: LOST, pointer: "/key" };

    /// SO-19.
    #[test]
    fn an_item_goes_behind_the_shipped_ones_and_its_key_is_taken() {
        given(Aggregate::List, []).when(add("politics")).then([added("politics", 70)]);
        let refused = Refusal::AlreadyExists(Aggregate::List);
        given(Aggregate::List, []).when(add("price")).then_refused(refused.clone());
        let facts = [added("politics", 70)];
        given(Aggregate::List, facts.clone()).when(add("politics")).then_refused(refused);
        given(Aggregate::List, facts).when(add("weather")).then([added("weather", 80)]);
    }

    /// SO-19.
    #[test]
    fn an_item_is_edited_deleted_and_restored_and_a_repeat_changes_nothing() {
        let facts = vec![added("politics", 70)];
        let edited = ListItem { labels: label("Votes"), ..item("politics", 5) };
        let edited = Event::List(ListEvent::ItemEdited(edited));
        given(Aggregate::List, facts.clone())
            .when(edit("politics", Some("Votes"), Some(5)))
            .then([edited]);
        given(Aggregate::List, facts.clone()).when(edit("politics", None, None)).then_nothing();
        given(Aggregate::List, facts.clone()).when(restore("politics")).then_nothing();
        let gone = Event::List(ListEvent::ItemDeleted(item("politics", 70)));
        given(Aggregate::List, facts.clone()).when(delete("politics")).then([gone.clone()]);
        let deleted = [facts, vec![gone]].concat();
        given(Aggregate::List, deleted.clone()).when(delete("politics")).then_nothing();
        given(Aggregate::List, deleted.clone())
            .when(edit("politics", None, Some(1)))
            .then_refused(UNKNOWN);
        let back = Event::List(ListEvent::ItemRestored(item("politics", 70)));
        given(Aggregate::List, deleted).when(restore("politics")).then([back]);
        for order in [edit("never", None, None), delete("never"), restore("never")] {
            given(Aggregate::List, []).when(order).then_refused(UNKNOWN);
        }
    }

    /// SO-19.
    #[test]
    fn any_key_is_offered_until_an_item_is_added() {
        let any = List::default();
        assert!(any.offers(LOST, &key("price")) && any.offers(LOST, &key("whatever")));
        let gone = ListEvent::ItemDeleted(item("price", 20));
        let without = List::evolve(any, &gone);
        assert!(!without.offers(LOST, &key("price")), "it was deleted");
        assert!(without.offers(LOST, &key("whatever")) && !without.is_maintained());
        let kept = List::evolve(without, &ListEvent::ItemAdded(item("politics", 70)));
        assert!(kept.is_maintained() && kept.offers(LOST, &key("politics")));
        assert!(kept.offers(LOST, &key("no-budget")), "shipped");
        assert!(!kept.offers(LOST, &key("whatever")));
    }

    #[test]
    fn a_list_has_500_items_of_its_own_at_most() {
        let full: Vec<Event> = (0..500).map(|n| added(&format!("k{n}"), n)).collect();
        given(Aggregate::List, full[..499].to_vec()).when(add("one-more")).facts();
        given(Aggregate::List, full.clone()).when(add("one-more")).then_refused(Refusal::ListFull);
        given(Aggregate::List, full.clone()).when(delete("price")).then_refused(Refusal::ListFull);
        given(Aggregate::List, full).when(edit("k7", None, Some(-1))).facts();
    }
}
