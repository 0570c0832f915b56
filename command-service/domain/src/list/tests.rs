//! Items of a list, row by row of the source.

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
    ListItem { list: LOST, key: key(text), labels: label(text), rank, kind: None, minutes: None }
}

fn added(text: &str, rank: i32) -> Event {
    Event::List(ListEvent::ItemAdded(item(text, rank)))
}

fn add(text: &str) -> Order {
    let (key, labels) = (key(text), label(text));
    let (rank, kind, minutes) = (None, None, None);
    Order::List(ListCommand::AddListItem { list: LOST, key, labels, rank, kind, minutes })
}

fn delete(text: &str) -> Order {
    Order::List(ListCommand::DeleteListItem { list: LOST, key: key(text) })
}

fn restore(text: &str) -> Order {
    Order::List(ListCommand::RestoreListItem { list: LOST, key: key(text) })
}

fn edit(text: &str, labels: Option<&str>, rank: Option<i32>) -> Order {
    let (key, labels) = (key(text), labels.map(label));
    let (list, minutes) = (LOST, None);
    Order::List(ListCommand::EditListItem { list, key, labels, rank, minutes })
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

/// SD-1, SD-3: a type has a kind for ever, and another usual length when somebody says so.
#[test]
fn a_type_of_follow_ups_keeps_its_kind_and_may_get_another_length_sd_1_sd_3() {
    let list = ListName::FollowUpType;
    let (rank, kind) = (Some(5), Some(Kind::Meeting));
    let (key, labels) = (key("harbour-visit"), label("Harbour visit"));
    let visit = |minutes| ListItem {
        list,
        key: key.clone(),
        labels: labels.clone(),
        rank: 5,
        kind,
        minutes,
    };
    let add = ListCommand::AddListItem {
        list,
        key: key.clone(),
        labels: labels.clone(),
        rank,
        kind,
        minutes: Some(120),
    };
    let added = Event::List(ListEvent::ItemAdded(visit(Some(120))));
    given(Aggregate::List, []).when(Order::List(add)).then([added.clone()]);
    let edit = |minutes| {
        let (key, labels) = (key.clone(), None);
        Order::List(ListCommand::EditListItem { list, key, labels, rank: None, minutes })
    };
    let edited = |minutes| [Event::List(ListEvent::ItemEdited(visit(minutes)))];
    given(Aggregate::List, [added.clone()]).when(edit(None)).then_nothing();
    given(Aggregate::List, [added.clone()]).when(edit(Some(Some(120)))).then_nothing();
    given(Aggregate::List, [added.clone()]).when(edit(Some(Some(60)))).then(edited(Some(60)));
    given(Aggregate::List, [added]).when(edit(Some(None))).then(edited(None));
}
