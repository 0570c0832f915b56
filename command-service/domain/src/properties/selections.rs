//! Orders about selections at random, and what a selection always is (SF-10, SF-11).

use events::sale::Visibility;
use events::selection::{MEMBERS_MAX, SelectionKind};
use events::{Criteria, SaleId, SelectionId, StreamName, TypeName, UserId};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::guide::board_view;
use super::orders::{caller, id, sale, user};
use crate::Order;
use crate::selection::{NewMembers, NewSelection, Selection, SelectionCommand, TermChanges};

/// Any order about a selection.
pub(super) fn selection_order() -> BoxedStrategy<(StreamName, Order)> {
    let selection = id(2).prop_map(SelectionId);
    let command = prop_oneof![3 => new_selection(), 5 => change()];
    let on =
        |(selection, command): (SelectionId, _)| (selection.stream(), Order::Selection(command));
    (selection, command).prop_map(on).boxed()
}

fn sales() -> impl Strategy<Value = Vec<SaleId>> {
    vec(sale(), 0..4)
}

fn criteria() -> impl Strategy<Value = Criteria> {
    select(&["title contains erp", "status one_of open and amount gt 5000"][..])
        .prop_map(|text| Criteria::parse(text).unwrap())
}

fn name() -> impl Strategy<Value = TypeName> {
    select(&["Call them", "Called"][..]).prop_map(|name| TypeName::parse(name).unwrap())
}

fn visibility() -> impl Strategy<Value = Visibility> {
    let visible_group = TypeName::parse("north").unwrap();
    select(vec![Visibility::All, Visibility::Owner, Visibility::Group { visible_group }])
}

fn owner() -> impl Strategy<Value = Option<UserId>> {
    of(user().prop_map(|name| UserId::parse(name).unwrap()))
}

fn new_selection() -> impl Strategy<Value = SelectionCommand> {
    let members = prop_oneof![
        (sales(), of(criteria()))
            .prop_map(|(sales, found_by)| NewMembers::Static { sales, found_by }),
        criteria().prop_map(NewMembers::Dynamic),
    ];
    (name(), members, owner(), visibility()).prop_map(|(name, members, owner, visibility)| {
        let (caller, category, description) = (caller(), None, None);
        SelectionCommand::CreateSelection(Box::new(NewSelection {
            name,
            members,
            owner,
            caller,
            category,
            description,
            visibility,
        }))
    })
}

fn change() -> impl Strategy<Value = SelectionCommand> {
    let edit = (of(name()), owner(), of(visibility())).prop_map(|(name, owner, visibility)| {
        let (caller, category, description) = (caller(), None, None);
        SelectionCommand::EditSelection(Box::new(TermChanges {
            name,
            owner,
            caller,
            category,
            description,
            visibility,
        }))
    });
    let looks = of(board_view())
        .prop_map(|view| SelectionCommand::SetSelectionView { view: view.map(Box::new) });
    prop_oneof![
        2 => edit,
        4 => sales().prop_map(|sales| SelectionCommand::AddMembers { sales }),
        3 => sales().prop_map(|sales| SelectionCommand::RemoveMembers { sales }),
        2 => criteria().prop_map(|criteria| SelectionCommand::ChangeCriteria { criteria }),
        1 => looks,
        2 => Just(SelectionCommand::CompleteSelection),
        1 => Just(SelectionCommand::ClearSelectionCompletion),
        1 => Just(SelectionCommand::DeleteSelection),
    ]
}

/// A dynamic one has criteria and no members; a static one has each of its members once, in an order.
pub(super) fn selection_is_sound(selection: &Selection) -> Result<(), TestCaseError> {
    let Some(kept) = selection.kept() else { return Ok(()) };
    match kept.kind {
        SelectionKind::Static => prop_assert!(kept.members.len() <= MEMBERS_MAX),
        SelectionKind::Dynamic => {
            prop_assert!(kept.members.is_empty() && kept.criteria.is_some());
        }
    }
    let order = kept.in_order();
    prop_assert_eq!(order.len(), kept.members.len());
    prop_assert!(order.is_sorted_by_key(|sale| kept.members[sale]));
    Ok(())
}

/// A new selection with members begins with two facts.
pub(super) fn members_beside(order: &Order) -> usize {
    let Order::Selection(SelectionCommand::CreateSelection(new)) = order else { return 0 };
    match &new.members {
        NewMembers::Static { sales, .. } => usize::from(!sales.is_empty()),
        NewMembers::Dynamic(_) => 0,
    }
}
