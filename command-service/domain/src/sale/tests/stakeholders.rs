//! Who else is involved (SK-1 … SK-5).

use events::sale::{ChangedPart, Part, Stakeholder, StakeholderId};
use events::{Party, StakeholderComment};

use super::*;
use crate::sale::{PartChanges, STAKEHOLDERS_MAX};

fn involved(id: u128, contact: u128, role: &str) -> Stakeholder {
    let name = TypeName::parse("Per Hansen").unwrap();
    Stakeholder {
        id: StakeholderId(Uuid::from_u128(id)),
        company: None,
        contact: Some(Party { id: Uuid::from_u128(contact), name }),
        part: Part { role: Some(key(role)), comment: None },
    }
}

/// A world whose type NEW has stakeholders.
fn with_stakeholders(facts: impl IntoIterator<Item = SaleEvent>) -> Given {
    let Event::SaleType(SaleTypeEvent::Defined(mut terms)) = sale_type(&[FM, QT, SC], true, None)
    else {
        panic!("a definition")
    };
    terms.stakeholders = true;
    world(facts).and(NEW.stream(), &Event::SaleType(SaleTypeEvent::Defined(terms)))
}

fn added(one: &Stakeholder) -> SaleEvent {
    SaleEvent::StakeholderAdded(one.clone())
}

fn add(all: &[&Stakeholder]) -> Order {
    order(SaleCommand::AddStakeholders(all.iter().map(|one| (*one).clone()).collect()))
}

#[test]
fn a_party_is_a_stakeholder_once_in_each_role_s19_sk_2_sk_3() {
    let (maker, influencer) = (involved(1, 7, "decision-maker"), involved(2, 7, "influencer"));
    let both = [&maker, &influencer];
    with_stakeholders([registered()])
        .when(add(&both))
        .then(both.map(|one| Event::Sale(added(one))));
    let known = || [registered(), added(&maker), added(&influencer)];
    with_stakeholders(known()).when(add(&both)).then_nothing();
    let again = involved(3, 7, "decision-maker");
    with_stakeholders(known()).when(add(&[&again])).then_refused(Refusal::StakeholderExists);
    let same_id = involved(1, 8, "user");
    with_stakeholders(known()).when(add(&[&same_id])).then_refused(Refusal::StakeholderExists);
    let mixed = [&involved(4, 9, "user"), &again];
    with_stakeholders(known()).when(add(&mixed)).then_refused(Refusal::StakeholderExists);
}

#[test]
fn a_type_without_stakeholders_takes_none_but_lets_them_go_sk_1_s19() {
    let one = involved(1, 7, "user");
    world([registered()]).when(add(&[&one])).then_refused(Refusal::StakeholdersOff);
    let change =
        SaleCommand::ChangeStakeholders { ids: vec![one.id], changes: PartChanges::default() };
    world([registered(), added(&one)]).when(order(change)).then_refused(Refusal::StakeholdersOff);
    let remove = SaleCommand::RemoveStakeholders { ids: vec![one.id] };
    let removed = SaleEvent::StakeholderRemoved { id: one.id };
    world([registered(), added(&one)]).when(order(remove)).then([Event::Sale(removed)]);
}

#[test]
fn role_and_comment_of_many_change_at_once_sk_4_sk_3() {
    let (one, two) = (involved(1, 7, "user"), involved(2, 8, "influencer"));
    let known = || [registered(), added(&one), added(&two)];
    let comment = StakeholderComment::parse("Ask first").unwrap();
    let changes = PartChanges { role: Some(None), comment: Some(Some(comment.clone())) };
    let change = |ids: &[&Stakeholder], changes: &PartChanges| {
        let ids = ids.iter().map(|one| one.id).collect();
        order(SaleCommand::ChangeStakeholders { ids, changes: changes.clone() })
    };
    let part = Part { role: None, comment: Some(comment) };
    let changed = [&one, &two].map(|one| ChangedPart { id: one.id, part: part.clone() });
    let changed = changed.map(SaleEvent::StakeholderChanged);
    with_stakeholders(known())
        .when(change(&[&two, &one, &two], &changes))
        .then(changed.clone().map(Event::Sale));
    let after = known().into_iter().chain(changed);
    with_stakeholders(after).when(change(&[&one, &two], &changes)).then_nothing();
    let unknown = involved(9, 9, "user");
    with_stakeholders(known())
        .when(change(&[&one, &unknown], &changes))
        .then_refused(Refusal::UnknownStakeholder);
    let twice = [registered(), added(&one), added(&involved(3, 7, "influencer"))];
    let roles = PartChanges { role: Some(Some(key("influencer"))), comment: None };
    with_stakeholders(twice).when(change(&[&one], &roles)).then_refused(Refusal::StakeholderExists);
}

#[test]
fn stakeholders_are_bounded_and_a_closed_sale_keeps_its_own_sk_2_sk_5_so_22() {
    let all: Vec<Stakeholder> =
        (0..STAKEHOLDERS_MAX).map(|n| involved(n as u128, n as u128, "user")).collect();
    let full = || std::iter::once(registered()).chain(all.iter().map(added));
    let more = involved(900, 900, "user");
    with_stakeholders(full()).when(add(&[&more])).then_refused(Refusal::TooManyStakeholders);
    let room = full().take(STAKEHOLDERS_MAX);
    assert_eq!(with_stakeholders(room).when(add(&[&more])).facts().len(), 1);
    let remove = SaleCommand::RemoveStakeholders { ids: vec![all[0].id] };
    with_stakeholders([registered(), added(&all[0]), won()])
        .when(order(remove))
        .then_refused(Refusal::SaleClosed);
    let unknown = SaleCommand::RemoveStakeholders { ids: vec![more.id] };
    with_stakeholders([registered()])
        .when(order(unknown))
        .then_refused(Refusal::UnknownStakeholder);
}
