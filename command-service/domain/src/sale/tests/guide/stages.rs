//! The next stage is suggested and answered (SG-23 to SG-26).

use events::sale::{ReopenCause, ReopenedFrom};

use super::*;
use crate::spec::guide::{after, follow_up};

/// Both of FM are done: a meeting, and a document by being created (SG-13).
fn first_stage_done(facts: &[Event]) -> Given {
    let used = [used("g1", activity(1)), used("d1", activity(2))];
    let all: Vec<_> = used.into_iter().chain(facts.to_vec()).collect();
    let meeting = [planned("g1", FJORD, hour("2026-03-17")), completed()];
    sale(FM, &all)
        .and_all(activity(1).stream(), &meeting)
        .and(activity(2).stream(), &document_created("d1", FJORD))
}

/// S4, SG-23, §6-A5: suggested once everything required is done, and once until the stage changes.
#[test]
fn the_next_stage_is_suggested_when_this_one_is_complete_sg_23() {
    first_stage_done(&[]).when(suggest_stage()).then([stage_suggested()]);
    let by_document = order(SaleCommand::SuggestStage { activity: activity(2) });
    let facts = first_stage_done(&[]).when(by_document).facts();
    let [Event::Sale(SaleEvent::StageSuggested { user, .. })] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    assert_eq!(user.as_str(), "kari", "whose document completed it");
    for facts in [vec![stage_suggested()], vec![stage_suggested(), stage_answered(false)]] {
        first_stage_done(&facts).when(suggest_stage()).then_nothing();
    }
    let back = Event::Sale(SaleEvent::StageAdvanced {
        from: Some(QT),
        to: FM,
        probability: percent(20),
        direction: Direction::Backward,
    });
    let there_and_back = [stage_suggested(), advanced(FM, QT, 50), back];
    first_stage_done(&there_and_back).when(suggest_stage()).then([stage_suggested()]);
}

/// §6-A6: each required item has something that was done and is there; what is not required does not count.
#[test]
fn a_stage_is_complete_when_what_it_requires_is_done_a6() {
    let open = planned("g1", FJORD, hour("2026-03-17"));
    let paper = order(SaleCommand::SuggestStage { activity: activity(2) });
    first_stage_done(&[]).and(activity(1).stream(), &open).when(paper.clone()).then_nothing();
    let gone = [open.clone(), completed(), deleted()];
    first_stage_done(&[]).and_all(activity(1).stream(), &gone).when(paper.clone()).then_nothing();
    let mut optional = new_type();
    let mut easy = follow_up("Customer meeting", after(events::activity::Kind::Meeting, 7, None));
    easy.required = false;
    optional.push(Event::SaleType(SaleTypeEvent::GuideItemEdited { id: item("g1"), terms: easy }));
    let asked = first_stage_done(&[]).and(activity(1).stream(), &open);
    assert_eq!(asked.and_all(NEW.stream(), &optional).when(paper.clone()).facts().len(), 1);
    // a stage that requires nothing is never complete
    let mut nothing = new_type();
    for name in ["g1", "d1"] {
        nothing.push(Event::SaleType(SaleTypeEvent::GuideItemRemoved { id: item(name) }));
    }
    first_stage_done(&[]).and_all(NEW.stream(), &nothing).when(paper).then_nothing();
}

/// SG-23 to SG-25: only where the type wants it, never after the last stage, only on an open sale with a guide.
#[test]
fn no_stage_is_suggested_for_no_reason_sg_25() {
    for terms in [
        SaleTypeTerms { auto_advance: false, ..terms() },
        SaleTypeTerms { guide: false, ..terms() },
        SaleTypeTerms { stages: vec![QT, FM], ..terms() },
    ] {
        let asked = first_stage_done(&[]).and_all(NEW.stream(), &type_of(terms));
        asked.when(suggest_stage()).then_nothing();
    }
    first_stage_done(&[advanced(FM, QT, 50)]).when(suggest_stage()).then_nothing();
    for closed in [stalled(), won()] {
        first_stage_done(&[Event::Sale(closed)]).when(suggest_stage()).then_nothing();
    }
    let (tenant, off) = without(Feature::Guide);
    first_stage_done(&[]).and(tenant, &off).when(suggest_stage()).then_nothing();
}

/// S4, SG-23, SG-26: yes moves the sale in the same group, no leaves it; what was declined may be accepted later.
#[test]
fn a_suggested_stage_is_answered_sg_23() {
    let asked = |facts: &[Event], yes| sale(FM, facts).when(answer_stage(yes));
    let moved = || [stage_answered(true), advanced(FM, QT, 50)];
    asked(&[stage_suggested()], false).then([stage_answered(false)]);
    asked(&[stage_suggested()], true).then(moved());
    asked(&[stage_suggested(), stage_answered(false)], false).then_nothing();
    asked(&[stage_suggested(), stage_answered(false)], true).then(moved());
    for yes in [true, false] {
        asked(&[], yes).then_refused(Refusal::NoStageSuggested);
        let elsewhere = [stage_suggested(), advanced(FM, SC, 80)];
        asked(&elsewhere, yes).then_refused(Refusal::NoStageSuggested);
        asked(&[stage_suggested(), Event::Sale(won())], yes).then_refused(Refusal::SaleClosed);
    }
    let on_hold = [stage_suggested(), Event::Sale(stalled())];
    asked(&on_hold, true).then_refused(Refusal::SaleStalled);
    asked(&on_hold, false).then([stage_answered(false)]);
    let reopened = Event::Sale(SaleEvent::Reopened {
        from_status: ReopenedFrom::Stalled,
        cause: ReopenCause::Manual,
        stage: Some(FM),
        probability: percent(20),
    });
    asked(&[stage_suggested(), Event::Sale(stalled()), reopened], true).then(moved());
}

/// S6, SG-27: what was created is found again after another type and back; a suggested stage is not.
#[test]
fn instances_survive_another_type_and_suggested_stages_do_not_sg_27() {
    let turned = |from, to, stage| {
        let (category, probability) = (None, percent(20));
        Event::Sale(SaleEvent::TypeChanged { from, to, category, stage, probability })
    };
    let there_and_back = [turned(NEW, SIMPLE, None), turned(SIMPLE, NEW, Some(FM))];
    let found = first_stage_done(&there_and_back).when(suggest_stage());
    found.then([stage_suggested()]);
    let mut suggested = vec![stage_suggested()];
    suggested.extend(there_and_back);
    sale(FM, &suggested).when(answer_stage(true)).then_refused(Refusal::NoStageSuggested);
}
