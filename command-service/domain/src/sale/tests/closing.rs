//! Stalled, sold, lost, completed and open again (SO-13, SO-16 to SO-18, SO-21, SO-22).

use super::*;

#[test]
fn s7_a_stall_keeps_stage_and_probability_and_can_be_changed_so_13() {
    let stall = || {
        order(SaleCommand::StallSale {
            reopen_date: day("2026-09-01"),
            reason: key("budget-next-year"),
        })
    };
    world([registered()]).when(stall()).then([Event::Sale(stalled())]);
    world([registered(), stalled()]).when(stall()).then_nothing();
    let later =
        SaleCommand::ChangeStallTerms { reopen_date: Some(day("2026-10-01")), reason: None };
    let changed = SaleEvent::StallTermsChanged {
        reopen_date: day("2026-10-01"),
        reason: key("budget-next-year"),
    };
    world([registered(), stalled()]).when(order(later.clone())).then([Event::Sale(changed)]);
    world([registered()]).when(order(later)).then_refused(Refusal::NotStalled);
}

#[test]
fn s7_a_reopen_date_before_today_is_refused_so_13() {
    let yesterday =
        SaleCommand::StallSale { reopen_date: day("2026-03-09"), reason: key("budget") };
    world([registered()]).when(order(yesterday)).then_refused(Refusal::ReopenDatePast);
}

#[test]
fn s7_a_stalled_sale_cannot_advance_and_reopens_in_its_stage_so_16() {
    let advance = order(SaleCommand::AdvanceStage { stage: QT });
    world([registered(), stalled()]).when(advance).then_refused(Refusal::SaleStalled);
    let reopen = |cause| order(SaleCommand::ReopenSale { cause });
    let reopened = SaleEvent::Reopened {
        from_status: ReopenedFrom::Stalled,
        cause: ReopenCause::ReopenDate,
        stage: Some(FM),
        probability: percent(20),
    };
    world([registered(), stalled()])
        .when(reopen(ReopenCause::ReopenDate))
        .then([Event::Sale(reopened)]);
    world([registered()]).when(reopen(ReopenCause::Manual)).then_refused(Refusal::SaleOpen);
    world([registered(), won()])
        .when(reopen(ReopenCause::ReopenDate))
        .then_refused(Refusal::SaleClosed);
}

#[test]
fn s8_a_sold_sale_is_read_only_until_it_is_reopened_so_17_so_22() {
    let sold = SaleCommand::MarkSold {
        reason: key("best-product"),
        close_date: Some(day("2026-03-09")),
        amount: Some(nok(480_000)),
        competitor: None,
    };
    world([registered()]).when(order(sold.clone())).then([Event::Sale(won())]);
    world([registered(), won()]).when(order(sold)).then_refused(Refusal::AlreadyClosed);
    for locked in [
        SaleCommand::ChangeAmount { amount: nok(1) },
        SaleCommand::AdvanceStage { stage: QT },
        SaleCommand::EditSale(Box::new(SaleChanges {
            title: Some("New".into()),
            ..SaleChanges::default()
        })),
        SaleCommand::StallSale { reopen_date: day("2026-09-01"), reason: key("budget") },
        SaleCommand::ChangeOwner { owner: UserId::parse("kari").unwrap(), caller: caller() },
    ] {
        world([registered(), won()]).when(order(locked)).then_refused(Refusal::SaleClosed);
    }
    let reopened = SaleEvent::Reopened {
        from_status: ReopenedFrom::Won,
        cause: ReopenCause::Manual,
        stage: Some(FM),
        probability: percent(20),
    };
    let reopen = order(SaleCommand::ReopenSale { cause: ReopenCause::Manual });
    world([registered(), won()]).when(reopen).then([Event::Sale(reopened)]);
}

#[test]
fn s8_only_a_closed_sale_is_completed_and_only_once_so_21() {
    let complete = || order(SaleCommand::CompleteSale);
    world([registered()]).when(complete()).then_refused(Refusal::NotClosed);
    world([registered(), won()]).when(complete()).then([Event::Sale(SaleEvent::Completed {})]);
    world([registered(), won(), SaleEvent::Completed {}]).when(complete()).then_nothing();
    world([registered(), won(), SaleEvent::Completed {}])
        .when(order(SaleCommand::ClearCompletion))
        .then([Event::Sale(SaleEvent::CompletionCleared {})]);
}

#[test]
fn s9_a_lost_sale_has_probability_0_and_cannot_be_lost_again_so_18() {
    let lost = || {
        order(SaleCommand::MarkLost {
            reason: key("price"),
            close_date: None,
            competitor: Some(key("acme")),
        })
    };
    let fact = SaleEvent::Lost {
        close_date: day("2026-03-10"),
        reason: key("price"),
        competitor: Some(key("acme")),
        probability: Probability::NONE,
        stage_when_closed: Some(FM),
    };
    world([registered()]).when(lost()).then([Event::Sale(fact.clone())]);
    world([registered(), fact]).when(lost()).then_refused(Refusal::AlreadyClosed);
}
