//! The end of a type and its return, and stages that are deleted (SO-46, SO-49).

use events::stage::StageTerms;
use events::{Probability, StageEvent};

use super::*;

/// SO-46: deleted, it takes nothing but being restored; deleting twice is deleting once.
#[test]
fn a_deleted_type_can_only_be_restored_so_46() {
    let delete = || order(SaleTypeCommand::DeleteSaleType);
    let deleted = fact(SaleTypeEvent::Deleted {});
    let mut facts = new_type();
    world(facts.clone()).when(delete()).then(deleted.clone());
    world(facts.clone()).when(order(SaleTypeCommand::RestoreSaleType)).then_nothing();
    facts.extend(deleted);
    world(facts.clone()).when(delete()).then_nothing();
    let changes = SaleTypeChanges { stakeholders: Some(true), ..SaleTypeChanges::default() };
    let late = [
        order(SaleTypeCommand::EditSaleType { id: NEW, changes }),
        add("g9", FM, None),
        edit("g1", nothing(SuggestionChanges::FollowUp(FollowUpChanges::default()))),
        relocate("g1", None, Some(1)),
        order(SaleTypeCommand::RemoveGuideItem { item: item("g1") }),
    ];
    for late in late {
        world(facts.clone()).when(late).then_refused(Refusal::SaleTypeDeleted);
    }
    let again = order(SaleTypeCommand::DefineSaleType { id: NEW, terms: terms() });
    world(facts).when(again).then_refused(Refusal::AlreadyExists(Aggregate::SaleType));
    for unknown in [delete(), order(SaleTypeCommand::RestoreSaleType)] {
        world([]).when(unknown).then_refused(Refusal::Unknown(Aggregate::SaleType));
    }
}

/// SO-46, §6-A34: neither stages nor items come back.
#[test]
fn a_restored_type_has_neither_stages_nor_guide_so_46() {
    let mut facts = new_type();
    facts.extend(fact(SaleTypeEvent::Deleted {}));
    let restored = fact(SaleTypeEvent::Restored {});
    world(facts.clone()).when(order(SaleTypeCommand::RestoreSaleType)).then(restored.clone());
    facts.extend(restored);
    world(facts.clone()).when(add("g9", FM, None)).then_refused(Refusal::StageNotInSaleType);
    let on = SaleTypeChanges { guide: Some(true), ..SaleTypeChanges::default() };
    let on = order(SaleTypeCommand::EditSaleType { id: NEW, changes: on });
    world(facts.clone()).when(on).then_refused(Refusal::GuideNeedsTwoStages);
    // linked again, the stages are without the items of before
    facts.extend(fact(SaleTypeEvent::Edited(terms())));
    let gone = order(SaleTypeCommand::RemoveGuideItem { item: GuideItemId(item("g1").0) });
    world(facts).when(gone).then_refused(Refusal::UnknownGuideItem);
}

/// SO-49: no type lists a deleted stage, neither a new one nor an edited one.
#[test]
fn a_deleted_stage_is_listed_by_no_type_so_49() {
    let stage = StageTerms {
        name: named("Quotation"),
        probability: Probability::NONE,
        description: None,
        rank: 0,
    };
    let added = Event::Stage(StageEvent::Added(stage));
    let gone = [added.clone(), Event::Stage(StageEvent::Deleted {})];
    let stages = |given: Given| given.and(FM.stream(), &added).and_all(QT.stream(), &gone);
    let terms = SaleTypeTerms { stages: vec![FM, QT], ..terms() };
    let define = order(SaleTypeCommand::DefineSaleType { id: NEW, terms });
    stages(world([])).when(define).then_refused(Refusal::DeletedListedStage);
    let changes = SaleTypeChanges { stages: Some(vec![FM, QT]), ..SaleTypeChanges::default() };
    let edit = order(SaleTypeCommand::EditSaleType { id: NEW, changes });
    stages(world(new_type())).when(edit).then_refused(Refusal::DeletedListedStage);
}

/// SO-49: of a stage that was unlinked, the items are gone; those of the others stay.
#[test]
fn the_items_of_an_unlinked_stage_are_gone_so_49() {
    let mut facts = new_type();
    facts.extend(fact(SaleTypeEvent::StageUnlinked { stage: QT, guide: true }));
    let gone = order(SaleTypeCommand::RemoveGuideItem { item: item("g2") });
    world(facts.clone()).when(gone).then_refused(Refusal::UnknownGuideItem);
    world(facts.clone()).when(add("g9", QT, None)).then_refused(Refusal::StageNotInSaleType);
    let category = Some(TypeName::parse("New").unwrap());
    let changes =
        SaleTypeChanges { category: Some(category.clone()), ..SaleTypeChanges::default() };
    let edited = SaleTypeTerms { category, stages: vec![FM, SC], ..terms() };
    world(facts)
        .when(order(SaleTypeCommand::EditSaleType { id: NEW, changes }))
        .then(fact(SaleTypeEvent::Edited(edited)));
}
