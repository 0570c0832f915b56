//! Selections, row by row of the source (SF-10, SF-11, SF-14).

use events::rights::Role;
use events::sale::Visibility;
use events::selection::{MEMBERS_MAX, SelectionKind, SelectionTerms};
use events::view::{BoardGroup, Summarize};
use events::{
    Aggregate, BoardView, Criteria, Event, ListKey, SaleEvent, SaleId, SelectionEvent, StreamName,
    TypeName, UserId,
};
use uuid::Uuid;

use super::{NewMembers, NewSelection, SelectionCommand, TermChanges};
use crate::spec::guide::registered;
use crate::spec::{Given, given};
use crate::user::{Caller, added};
use crate::{Order, Refusal};

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

fn caller() -> Caller {
    Caller { name: TypeName::parse("Ola").unwrap(), groups: vec!["North".into()] }
}

fn sale(n: u128) -> SaleId {
    SaleId(Uuid::from_u128(n))
}

fn sales(numbers: &[u128]) -> Vec<SaleId> {
    numbers.iter().copied().map(sale).collect()
}

fn criteria(text: &str) -> Criteria {
    Criteria::parse(&format!("title contains {text}")).unwrap()
}

fn group(name: &str) -> Visibility {
    Visibility::Group { visible_group: TypeName::parse(name).unwrap() }
}

fn terms(visibility: Visibility) -> SelectionTerms {
    SelectionTerms {
        name: TypeName::parse("Call them").unwrap(),
        owner: user("ola"),
        owner_group: Some("North".into()),
        category: None,
        description: None,
        visibility,
    }
}

fn created_for(visibility: Visibility, kind: SelectionKind) -> Event {
    let criteria = (kind == SelectionKind::Dynamic).then(|| criteria("Fjord"));
    fact(SelectionEvent::Created { kind, terms: terms(visibility), criteria })
}

fn created(kind: SelectionKind) -> Event {
    created_for(Visibility::All, kind)
}

fn fact(event: SelectionEvent) -> Event {
    Event::Selection(event)
}

fn with(numbers: &[u128]) -> Event {
    fact(SelectionEvent::MembersAdded { sales: sales(numbers) })
}

fn without(numbers: &[u128]) -> Event {
    fact(SelectionEvent::MembersRemoved { sales: sales(numbers) })
}

fn order(command: SelectionCommand) -> Order {
    Order::Selection(command)
}

fn add(numbers: &[u128]) -> Order {
    order(SelectionCommand::AddMembers { sales: sales(numbers) })
}

fn remove(numbers: &[u128]) -> Order {
    order(SelectionCommand::RemoveMembers { sales: sales(numbers) })
}

fn new(members: NewMembers, visibility: Visibility) -> Order {
    order(SelectionCommand::CreateSelection(Box::new(NewSelection {
        name: TypeName::parse("Call them").unwrap(),
        members,
        owner: None,
        caller: caller(),
        category: None,
        description: None,
        visibility,
    })))
}

fn statically(numbers: &[u128]) -> NewMembers {
    NewMembers::Static { sales: sales(numbers), found_by: None }
}

/// Facts of the selection, in a world with sales 1 to 4 and ola in North.
fn world(facts: impl IntoIterator<Item = Event>) -> Given {
    let ola = Event::User(added(caller().name, caller().groups, None));
    let world = given(Aggregate::Selection, facts).and(StreamName::of_user(&user("ola")), &ola);
    (1..=4).fold(world, |world, n| world.and(sale(n).stream(), &registered(None)))
}

fn static_with(numbers: &[u128]) -> Given {
    world([created(SelectionKind::Static), with(numbers)])
}

#[test]
fn a_static_selection_begins_with_its_members_sf_10() {
    let facts = [created(SelectionKind::Static), with(&[2, 1])];
    world([]).when(new(statically(&[2, 1, 2]), Visibility::All)).then(facts);
    world([]).when(new(statically(&[]), Visibility::All)).then([created(SelectionKind::Static)]);
    world([])
        .when(new(statically(&[1, 404]), Visibility::All))
        .then_refused(Refusal::UnknownSale.at("/members/1"));
    world([created(SelectionKind::Static)])
        .when(new(statically(&[]), Visibility::All))
        .then_refused(Refusal::AlreadyExists(Aggregate::Selection));
}

#[test]
fn a_static_selection_remembers_what_found_its_members_sf_10() {
    let found_by = Some(criteria("Fjord"));
    let members = NewMembers::Static { sales: sales(&[1]), found_by: found_by.clone() };
    let kind = SelectionKind::Static;
    let created =
        SelectionEvent::Created { kind, terms: terms(Visibility::All), criteria: found_by };
    world([]).when(new(members, Visibility::All)).then([fact(created), with(&[1])]);
}

#[test]
fn a_caller_who_is_no_user_yet_becomes_one() {
    let world = given(Aggregate::Selection, []);
    let decision = world.when(new(statically(&[]), group("North"))).decision();
    let ola = Event::User(added(caller().name, caller().groups, None));
    assert_eq!(decision.beside, [(StreamName::of_user(&user("ola")), ola)]);
}

#[test]
fn members_are_added_and_removed_once_sf_11() {
    static_with(&[1]).when(add(&[1, 2, 2, 3])).then([with(&[2, 3])]);
    static_with(&[1, 2]).when(add(&[2, 1])).then_nothing();
    static_with(&[1, 2]).when(add(&[])).then_nothing();
    static_with(&[1, 2, 3]).when(remove(&[3, 404, 1, 3])).then([without(&[3, 1])]);
    static_with(&[1]).when(remove(&[2])).then_nothing();
    let gone = [created(SelectionKind::Static), with(&[1, 2]), without(&[1])];
    world(gone).when(add(&[1])).then([with(&[1])]);
}

/// What an answer would say of a sale that is not seen, it says of one that does not exist.
#[test]
fn a_sale_that_is_unknown_deleted_or_unseen_is_no_member_sf_11() {
    let refused = |index: usize| Refusal::UnknownSale.at(format!("/sales/{index}"));
    static_with(&[1]).when(add(&[1, 2, 404])).then_refused(refused(2));
    let deleted = [registered(None), Event::Sale(SaleEvent::Deleted {})];
    static_with(&[1]).and_all(sale(4).stream(), &deleted).when(add(&[4])).then_refused(refused(0));
    let hidden = [registered(None), Event::Sale(SaleEvent::VisibilityChanged(Visibility::Owner))];
    let seller =
        |members: &[u128]| static_with(members).and_all(sale(4).stream(), &hidden).by_seller("ola");
    seller(&[1]).when(add(&[2, 4])).then_refused(refused(1));
    seller(&[1, 4]).when(add(&[4])).then_refused(refused(0));
    seller(&[1, 4]).when(remove(&[4])).then([without(&[4])]);
}

#[test]
fn a_static_selection_has_no_criteria_and_a_dynamic_one_no_members_put_there_sf_10() {
    let change = |text: &str| order(SelectionCommand::ChangeCriteria { criteria: criteria(text) });
    static_with(&[1]).when(change("Erp")).then_refused(Refusal::SelectionStatic);
    let dynamic = || world([created(SelectionKind::Dynamic)]);
    dynamic().when(add(&[1])).then_refused(Refusal::SelectionDynamic);
    dynamic().when(remove(&[1])).then_refused(Refusal::SelectionDynamic);
    dynamic().when(change("Fjord")).then_nothing();
    let changed = SelectionEvent::CriteriaChanged { criteria: criteria("Erp") };
    dynamic().when(change("Erp")).then([fact(changed)]);
    let first = NewMembers::Dynamic(criteria("Fjord"));
    world([]).when(new(first, Visibility::All)).then([created(SelectionKind::Dynamic)]);
}

#[test]
fn a_selection_has_10_000_members_at_most_sf_11() {
    let full: Vec<u128> = (1_000..1_000 + MEMBERS_MAX as u128 - 2).collect();
    let nearly = || static_with(&full);
    nearly().when(add(&[1, 2, 1])).then([with(&[1, 2])]);
    let full = Refusal::TooManyMembers { pointer: "/sales" };
    nearly().when(add(&[1, 2, 3])).then_refused(full);
}

#[test]
fn a_selection_is_shown_to_a_group_of_its_owner_sf_10() {
    world([])
        .when(new(statically(&[]), group("North")))
        .then([created_for(group("North"), SelectionKind::Static)]);
    world([]).when(new(statically(&[]), group("South"))).then_refused(Refusal::GroupNotOfOwner);
    let show = |to: Visibility| changes(|edit| edit.visibility = Some(to));
    static_with(&[]).when(show(group("South"))).then_refused(Refusal::GroupNotOfOwner);
    static_with(&[]).when(show(Visibility::All)).then_nothing();
    let edited = fact(SelectionEvent::Edited(terms(Visibility::Owner)));
    static_with(&[]).when(show(Visibility::Owner)).then([edited]);
}

fn changes(change: impl FnOnce(&mut TermChanges)) -> Order {
    let mut edit = TermChanges {
        name: None,
        owner: None,
        caller: caller(),
        category: None,
        description: None,
        visibility: None,
    };
    change(&mut edit);
    order(SelectionCommand::EditSelection(Box::new(edit)))
}

#[test]
fn what_an_edit_leaves_out_stays_and_null_clears_sf_10() {
    let key = ListKey::parse("autumn").unwrap();
    let set = changes(|edit| edit.category = Some(Some(key.clone())));
    let categorised = SelectionTerms { category: Some(key), ..terms(Visibility::All) };
    let edited = fact(SelectionEvent::Edited(categorised));
    static_with(&[]).when(set.clone()).then([edited.clone()]);
    let then = || world([created(SelectionKind::Static), edited.clone()]);
    then().when(set).then_nothing();
    then().when(changes(|_| {})).then_nothing();
    let cleared = fact(SelectionEvent::Edited(terms(Visibility::All)));
    then().when(changes(|edit| edit.category = Some(None))).then([cleared]);
}

#[test]
fn a_later_owner_keeps_what_was_said_about_who_sees_it_sf_10() {
    let per = Event::User(added(TypeName::parse("Per").unwrap(), vec!["South".into()], None));
    let shown = world([created_for(group("North"), SelectionKind::Static)])
        .and(StreamName::of_user(&user("per")), &per);
    let theirs = SelectionTerms {
        owner: user("per"),
        owner_group: Some("South".into()),
        ..terms(group("North"))
    };
    let give = changes(|edit| edit.owner = Some(user("per")));
    shown.when(give).then([fact(SelectionEvent::Edited(theirs))]);
    let give = changes(|edit| edit.owner = Some(user("nobody")));
    static_with(&[]).when(give).then_refused(Refusal::UnknownOwner);
}

/// Who sees a selection, and how far they get: its owner, a seller in and out of the group, a manager, an auditor.
#[test]
fn visibility_and_rights_as_a_matrix_sf_10() {
    let (unknown, not_yours) =
        (Some(Refusal::Unknown(Aggregate::Selection)), Some(Refusal::NotYourSelection));
    let rename = || changes(|edit| edit.name = TypeName::parse("Called").ok());
    for (visibility, actor, role, groups, refusal) in [
        (Visibility::All, "ola", Role::Seller, &["North"][..], &None),
        (Visibility::Owner, "ola", Role::Seller, &["North"], &None),
        (Visibility::All, "kari", Role::Seller, &["North"], &not_yours),
        (group("North"), "kari", Role::Seller, &["North"], &not_yours),
        (group("North"), "per", Role::Seller, &["South"], &unknown),
        (Visibility::Owner, "kari", Role::Seller, &["North"], &unknown),
        (Visibility::All, "mia", Role::Manager, &[], &None),
        (group("North"), "mia", Role::Manager, &[], &unknown),
        (Visibility::Owner, "mia", Role::Manager, &[], &unknown),
        (Visibility::Owner, "eva", Role::Admin, &[], &None),
        (Visibility::Owner, "ada", Role::Auditor, &[], &not_yours),
    ] {
        for order in [rename(), order(SelectionCommand::DeleteSelection), add(&[1])] {
            let what = format!("{visibility:?} {actor} {order:?}");
            let world = world([created_for(visibility.clone(), SelectionKind::Static)]);
            let then = world.by_seller(actor).with_roles(&[role], groups).when(order);
            assert_eq!(then.refusal(), *refusal, "{what}");
        }
    }
}

#[test]
fn a_selection_for_somebody_else_needs_rights_on_their_sales_sf_10() {
    let per = Event::User(added(TypeName::parse("Per").unwrap(), vec!["South".into()], None));
    let for_per = || {
        let Order::Selection(SelectionCommand::CreateSelection(mut new)) =
            new(statically(&[]), Visibility::All)
        else {
            unreachable!("it creates one")
        };
        new.owner = Some(user("per"));
        order(SelectionCommand::CreateSelection(new))
    };
    let world = || world([]).and(StreamName::of_user(&user("per")), &per);
    world().by_seller("ola").when(for_per()).then_refused(Refusal::NotYourSelection);
    let facts = world().by_seller("mia").with_roles(&[Role::Manager], &[]).when(for_per()).facts();
    assert_eq!(facts.len(), 1);
}

#[test]
fn a_completed_tick_is_set_and_cleared_once_sf_10() {
    let (complete, clear) =
        (SelectionCommand::CompleteSelection, SelectionCommand::ClearSelectionCompletion);
    let done = fact(SelectionEvent::Completed {});
    static_with(&[]).when(order(complete.clone())).then([done.clone()]);
    static_with(&[]).when(order(clear.clone())).then_nothing();
    let then = || world([created(SelectionKind::Static), done.clone()]);
    then().when(order(complete)).then_nothing();
    then().when(order(clear)).then([fact(SelectionEvent::CompletionCleared {})]);
}

#[test]
fn a_board_looks_as_it_was_last_said_sf_14() {
    let view = BoardView {
        group_by: BoardGroup::Owner,
        subgroup_by: None,
        sort: None,
        summarize: Summarize::Weighted,
        hide_closed: true,
        currency: None,
        criteria: None,
    };
    let set = |view: Option<BoardView>| {
        order(SelectionCommand::SetSelectionView { view: view.map(Box::new) })
    };
    let shown = fact(SelectionEvent::ViewSet { view: Some(view.clone()) });
    static_with(&[]).when(set(Some(view.clone()))).then([shown.clone()]);
    static_with(&[]).when(set(None)).then_nothing();
    let then = || world([created(SelectionKind::Dynamic), shown.clone()]);
    then().when(set(Some(view.clone()))).then_nothing();
    then().when(set(None)).then([fact(SelectionEvent::ViewSet { view: None })]);
}

#[test]
fn nothing_is_done_to_a_deleted_selection_sf_10() {
    let deleted = fact(SelectionEvent::Deleted {});
    let delete = || order(SelectionCommand::DeleteSelection);
    static_with(&[1]).when(delete()).then([deleted.clone()]);
    let gone =
        |visibility| world([created_for(visibility, SelectionKind::Static), deleted.clone()]);
    for order in [delete(), add(&[1]), changes(|_| {}), order(SelectionCommand::CompleteSelection)]
    {
        gone(Visibility::All).when(order.clone()).then_refused(Refusal::SelectionDeleted);
        let unseen = gone(Visibility::Owner).by_seller("kari");
        unseen.when(order.clone()).then_refused(Refusal::Unknown(Aggregate::Selection));
        world([]).when(order).then_refused(Refusal::Unknown(Aggregate::Selection));
    }
    gone(Visibility::All)
        .when(new(statically(&[]), Visibility::All))
        .then_refused(Refusal::AlreadyExists(Aggregate::Selection));
}
