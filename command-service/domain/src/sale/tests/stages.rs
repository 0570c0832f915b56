//! Stages and probability (SO-6, SO-7, SO-8).

use super::*;

#[test]
fn s2_a_stage_change_takes_the_stages_probability_so_6() {
    let to = |stage| order(SaleCommand::AdvanceStage { stage });
    let advanced = SaleEvent::StageAdvanced {
        from: Some(FM),
        to: QT,
        probability: percent(50),
        direction: Direction::Forward,
    };
    world([registered()]).when(to(QT)).then([Event::Sale(advanced.clone())]);
    let back = SaleEvent::StageAdvanced {
        from: Some(QT),
        to: FM,
        probability: percent(20),
        direction: Direction::Backward,
    };
    world([registered(), advanced]).when(to(FM)).then([Event::Sale(back)]);
}

#[test]
fn s2_advancing_to_the_stage_it_is_in_changes_nothing_so_8() {
    world([registered()]).when(order(SaleCommand::AdvanceStage { stage: FM })).then_nothing();
}

#[test]
fn s2_a_stage_of_another_type_is_refused() {
    let foreign = order(SaleCommand::AdvanceStage { stage: FOREIGN });
    world([registered()]).when(foreign).then_refused(Refusal::StageNotInSaleType);
}

#[test]
fn an_override_is_kept_until_it_is_said_again_so_7() {
    let to_65 = || order(SaleCommand::OverrideProbability { probability: percent(65) });
    let overridden = SaleEvent::ProbabilityOverridden { probability: percent(65) };
    world([registered()]).when(to_65()).then([Event::Sale(overridden.clone())]);
    world([registered(), overridden]).when(to_65()).then_nothing();
}
