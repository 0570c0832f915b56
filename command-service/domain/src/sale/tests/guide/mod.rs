//! What a guide suggests and what becomes of it, row by row of the source.

mod stages;

use events::sale::Direction;
use events::sale_type::SaleTypeTerms;
use events::{Feature, SaleId, TenantEvent, TenantSlug};

use super::*;
use crate::spec::guide::{
    activity, completed, deleted, document_created, hour, item, new_type, planned, registered,
    terms, type_of, used,
};

const FJORD: SaleId = SaleId(Uuid::from_u128(0x400));

/// NEW with its guide around a sale in a stage; every stage is there.
fn sale(stage_now: StageId, facts: &[Event]) -> Given {
    let facts = std::iter::once(registered(Some(stage_now))).chain(facts.iter().cloned());
    given(Aggregate::Sale, facts)
        .and(FM.stream(), &stage(20))
        .and(QT.stream(), &stage(50))
        .and(SC.stream(), &stage(80))
        .and_all(NEW.stream(), &new_type())
}

/// Activity 1 is of g3 and done, activity 2 of g4.
fn g3_done(facts: &[Event]) -> Given {
    let used: Vec<_> = std::iter::once(used("g3", activity(1))).chain(facts.to_vec()).collect();
    let done = [planned("g3", FJORD, hour("2026-03-20")), completed()];
    sale(SC, &used).and_all(activity(1).stream(), &done)
}

fn suggest() -> Order {
    order(SaleCommand::SuggestFollowUp { activity: activity(1) })
}

fn suggest_stage() -> Order {
    order(SaleCommand::SuggestStage { activity: activity(1) })
}

fn answer(of: &str, accepted: bool) -> Order {
    order(SaleCommand::AnswerFollowUpSuggestion { item: item(of), accepted })
}

fn answer_stage(accepted: bool) -> Order {
    order(SaleCommand::AnswerStageSuggestion { accepted })
}

fn suggested() -> Event {
    let user = UserId::parse("ola").unwrap();
    Event::Sale(SaleEvent::FollowUpSuggested { item: item("g4"), user })
}

fn answered(accepted: bool) -> Event {
    Event::Sale(SaleEvent::FollowUpSuggestionAnswered { item: item("g4"), accepted })
}

fn stage_suggested() -> Event {
    let user = UserId::parse("ola").unwrap();
    Event::Sale(SaleEvent::StageSuggested { from: FM, to: QT, user })
}

fn stage_answered(accepted: bool) -> Event {
    Event::Sale(SaleEvent::StageSuggestionAnswered { stage: QT, accepted })
}

fn advanced(from: StageId, to: StageId, probability: i64) -> Event {
    let (probability, direction) = (percent(probability), Direction::Forward);
    Event::Sale(SaleEvent::StageAdvanced { from: Some(from), to, probability, direction })
}

fn without(feature: Feature) -> (StreamName, Event) {
    let tenant = StreamName::of_tenant(&TenantSlug::parse("demo").unwrap());
    (tenant, Event::Tenant(TenantEvent::FeatureSwitched { feature, on: false }))
}

/// S5, SG-19: g4 is suggested after g3 to whose follow-up it was, once.
#[test]
fn the_next_follow_up_is_suggested_once_sg_19() {
    g3_done(&[]).when(suggest()).then([suggested()]);
    for facts in [vec![suggested()], vec![suggested(), answered(false)]] {
        g3_done(&facts).when(suggest()).then_nothing();
    }
}

/// SG-19: not while something created from it is there; what was deleted is not there (SG-17).
#[test]
fn what_was_created_already_is_not_suggested_sg_17() {
    let g4 = planned("g4", FJORD, hour("2026-03-25"));
    let created = || g3_done(&[used("g4", activity(2))]);
    created().and(activity(2).stream(), &g4).when(suggest()).then_nothing();
    let gone = [g4, deleted()];
    created().and_all(activity(2).stream(), &gone).when(suggest()).then([suggested()]);
}

/// SG-19: only after what was done, only what suggests itself, only on an open sale with a guide.
#[test]
fn nothing_is_suggested_for_no_reason_sg_19() {
    let open = planned("g3", FJORD, hour("2026-03-20"));
    let used_g3 = [used("g3", activity(1))];
    sale(SC, &used_g3).and(activity(1).stream(), &open).when(suggest()).then_nothing();
    let gone = [open.clone(), completed(), deleted()];
    sale(SC, &used_g3).and_all(activity(1).stream(), &gone).when(suggest()).then_nothing();
    sale(SC, &[]).when(suggest()).then_nothing();
    let done = [planned("g2", FJORD, hour("2026-03-20")), completed()];
    let g2 = sale(QT, &[used("g2", activity(1))]).and_all(activity(1).stream(), &done);
    g2.when(suggest()).then_nothing();
    for closed in [stalled(), won()] {
        g3_done(&[Event::Sale(closed)]).when(suggest()).then_nothing();
    }
    let off = type_of(SaleTypeTerms { guide: false, ..terms() });
    g3_done(&[]).and_all(NEW.stream(), &off).when(suggest()).then_nothing();
    let (tenant, off) = without(Feature::Guide);
    g3_done(&[]).and(tenant, &off).when(suggest()).then_nothing();
}

/// S5, SG-20, SG-21: what was declined can be wanted later, and creating it ends the matter.
#[test]
fn a_suggestion_is_answered_until_it_is_created_sg_21() {
    let asked = |facts: &[Event], yes| sale(SC, facts).when(answer("g4", yes));
    asked(&[suggested()], false).then([answered(false)]);
    asked(&[suggested()], true).then([answered(true)]);
    asked(&[suggested(), answered(false)], false).then_nothing();
    asked(&[suggested(), answered(false)], true).then([answered(true)]);
    asked(&[suggested(), answered(true)], true).then_nothing();
    asked(&[suggested(), answered(true)], false).then_refused(Refusal::NoSuchSuggestion);
    for yes in [true, false] {
        let created = [suggested(), used("g4", activity(2))];
        asked(&created, yes).then_refused(Refusal::NoSuchSuggestion);
        asked(&[], yes).then_refused(Refusal::NoSuchSuggestion);
    }
    let closed = [suggested(), Event::Sale(won())];
    asked(&closed, false).then_refused(Refusal::SaleClosed);
}

/// SG-28, SO-50: without a guide there is nothing to answer; stakeholders can be switched off too.
#[test]
fn what_is_switched_off_takes_no_commands_so_50() {
    let off = type_of(SaleTypeTerms { guide: false, ..terms() });
    for asked in [answer("g4", true), answer_stage(true)] {
        let facts = [suggested(), stage_suggested()];
        let no_guide = sale(FM, &facts).and_all(NEW.stream(), &off);
        no_guide.when(asked.clone()).then_refused(Refusal::GuideOff);
        let (tenant, off) = without(Feature::Guide);
        sale(FM, &facts).and(tenant, &off).when(asked).then_refused(Refusal::FeatureOff);
    }
    for asked in [
        SaleCommand::AddStakeholders(Vec::new()),
        SaleCommand::RemoveStakeholders { ids: Vec::new() },
        SaleCommand::ChangeStakeholders {
            ids: Vec::new(),
            changes: crate::sale::PartChanges::default(),
        },
    ] {
        sale(FM, &[]).when(order(asked.clone())).then_nothing();
        let (tenant, off) = without(Feature::Stakeholders);
        sale(FM, &[]).and(tenant, &off).when(order(asked)).then_refused(Refusal::FeatureOff);
    }
}

/// SO-46, SO-49: no sale begins with, turns to or moves to what is deleted; sales of it live on.
#[test]
fn what_is_deleted_is_not_chosen_any_more_so_46() {
    let gone = Event::SaleType(SaleTypeEvent::Deleted {});
    let mut deleted_type = new_type();
    deleted_type.push(gone);
    let refused = Refusal::DeletedSaleType;
    let new = register(new_sale(NEW));
    world([]).and_all(NEW.stream(), &deleted_type).when(new).then_refused(refused.clone());
    let to_new = order(SaleCommand::ChangeSaleType { sale_type: NEW, stage: None });
    let simple = given(Aggregate::Sale, [Event::Sale(simple_sale())]);
    simple.and_all(NEW.stream(), &deleted_type).when(to_new).then_refused(refused);
    let lives = sale(FM, &[]).and_all(NEW.stream(), &deleted_type);
    let figures = order(SaleCommand::OverrideProbability { probability: percent(33) });
    assert_eq!(lives.clone().when(figures).facts().len(), 1);
    let moves = order(SaleCommand::AdvanceStage { stage: QT });
    lives.when(moves.clone()).then_refused(Refusal::StageNotInSaleType);
    let gone = [stage(50), Event::Stage(StageEvent::Deleted {})];
    sale(FM, &[]).and_all(QT.stream(), &gone).when(moves).then_refused(Refusal::DeletedStage);
}

fn simple_sale() -> SaleEvent {
    match world([]).when(register(new_sale(SIMPLE))).facts().remove(0) {
        Event::Sale(fact) => fact,
        other => panic!("expected a registration, got {other:?}"),
    }
}
