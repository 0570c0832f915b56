//! The end of a stage and its return, row by row of the source.

use events::sale_type::SaleTypeTerms;
use events::stage::StageTerms;
use events::{Aggregate, Event, Probability, SaleTypeEvent, SaleTypeId, StageEvent, StreamName};
use uuid::Uuid;

use super::{StageChanges, StageCommand};
use crate::spec::guide::{FM, NEW, QT, SC, named, new_type, terms, type_of};
use crate::spec::{Given, given};
use crate::{Order, Refusal};

/// Two stages with a guide, and none.
const TWO: SaleTypeId = SaleTypeId(Uuid::from_u128(11));
const NONE: SaleTypeId = SaleTypeId(Uuid::from_u128(12));

fn added() -> Event {
    Event::Stage(StageEvent::Added(StageTerms {
        name: named("Quotation"),
        probability: Probability::parse(50).unwrap(),
        description: None,
        rank: 2,
    }))
}

fn deleted() -> Event {
    Event::Stage(StageEvent::Deleted {})
}

fn delete() -> Order {
    let sale_types = vec![NEW, TWO, NONE];
    Order::Stage(StageCommand::DeleteStage { id: QT, sale_types })
}

fn restore() -> Order {
    Order::Stage(StageCommand::RestoreStage)
}

fn world(facts: impl IntoIterator<Item = Event>) -> Given {
    given(Aggregate::Stage, facts)
        .and_all(NEW.stream(), &new_type())
        .and_all(TWO.stream(), &type_of(SaleTypeTerms { stages: vec![FM, QT], ..terms() }))
        .and_all(NONE.stream(), &type_of(SaleTypeTerms { stages: vec![FM, SC], ..terms() }))
}

fn unlinked(from: SaleTypeId, guide: bool) -> (StreamName, Event) {
    (from.stream(), Event::SaleType(SaleTypeEvent::StageUnlinked { stage: QT, guide }))
}

/// SO-49, SO-45: gone from every type that has it; a guide of fewer than two stages goes off.
#[test]
fn a_deleted_stage_leaves_every_type_in_the_same_group_so_49() {
    let decision = world([added()]).when(delete()).decision();
    assert_eq!(decision.events, [deleted()]);
    assert_eq!(decision.beside, [unlinked(NEW, true), unlinked(TWO, false)]);
}

/// SO-49: deleted twice is deleted once, but a type that linked it in the very moment loses it too.
#[test]
fn deleting_a_stage_again_only_unlinks_what_still_links_it_so_49() {
    let decision = world([added(), deleted()]).when(delete()).decision();
    assert_eq!((decision.events, decision.beside.len()), (vec![], 2));
    let none = || Order::Stage(StageCommand::DeleteStage { id: QT, sale_types: vec![NONE] });
    assert!(world([added(), deleted()]).when(none()).decision().is_nothing());
    world([]).when(none()).then_refused(Refusal::Unknown(Aggregate::Stage));
}

/// SO-49: a deleted stage is not edited; restored, it is a stage like any other, in no type.
#[test]
fn a_deleted_stage_can_only_be_restored_so_49() {
    let rank = StageChanges { rank: Some(7), ..StageChanges::default() };
    let edit = || Order::Stage(StageCommand::EditStage { id: QT, changes: rank.clone() });
    world([added(), deleted()]).when(edit()).then_refused(Refusal::StageDeleted);
    let restored = Event::Stage(StageEvent::Restored {});
    let back = world([added(), deleted()]).when(restore()).decision();
    assert_eq!((back.events, back.beside), (vec![restored.clone()], vec![]));
    world([added()]).when(restore()).then_nothing();
    world([]).when(restore()).then_refused(Refusal::Unknown(Aggregate::Stage));
    world([added(), deleted(), restored]).when(edit()).facts();
}
