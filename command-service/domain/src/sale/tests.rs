//! Decisions on sales, row by row of the source.

use chrono::NaiveDate;
use events::sale::{Direction, Margin, MarginDriver, ReopenCause, ReopenedFrom};
use events::sale_type::{Duration, DurationUnit, SaleTypeTerms};
use events::stage::StageTerms;
use events::{
    Aggregate, CurrencyCode, Event, ListKey, LocalName, Money, Probability, SaleEvent,
    SaleTypeEvent, SaleTypeId, StageEvent, StageId, StreamName, TypeName, UserEvent, UserId,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{MarginFigure, NewSale, SaleChanges, SaleCommand};
use crate::spec::{Given, given};
use crate::user::Caller;
use crate::{Order, Refusal};

const FM: StageId = StageId(Uuid::from_u128(1));
const QT: StageId = StageId(Uuid::from_u128(2));
const SC: StageId = StageId(Uuid::from_u128(3));
const FOREIGN: StageId = StageId(Uuid::from_u128(9));
const NEW: SaleTypeId = SaleTypeId(Uuid::from_u128(10));
const SIMPLE: SaleTypeId = SaleTypeId(Uuid::from_u128(11));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn key(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

fn nok(amount: i64) -> Money {
    Money::rounded(Decimal::from(amount), CurrencyCode::parse("NOK").unwrap())
}

fn margin(cost: i64, profit: i64, percent: Option<i64>) -> Margin {
    let money = |amount: i64| Decimal::new(amount * 100, 2);
    Margin {
        total_cost: money(cost),
        profit: money(profit),
        profit_percent: percent.map(|p| Decimal::new(p, 2)),
    }
}

fn percent(value: i64) -> Probability {
    Probability::parse(value).unwrap()
}

fn stage(probability: i64) -> Event {
    Event::Stage(StageEvent::Added(StageTerms {
        name: LocalName::english(TypeName::parse("A stage").unwrap()),
        probability: percent(probability),
        description: None,
        rank: 0,
    }))
}

fn sale_type(stages: &[StageId], guide: bool, duration: Option<Duration>) -> Event {
    Event::SaleType(SaleTypeEvent::Defined(SaleTypeTerms {
        name: LocalName::english(TypeName::parse("A type").unwrap()),
        category: Some(TypeName::parse("New business").unwrap()),
        duration,
        stages: stages.to_vec(),
        guide,
        auto_advance: false,
        stakeholders: false,
    }))
}

/// The fixture of domain §5 around a history of one sale.
fn world(facts: impl IntoIterator<Item = SaleEvent>) -> Given {
    let ola = UserEvent::Added {
        name: TypeName::parse("Ola").unwrap(),
        groups: vec!["north".into()],
        primary_group: Some("north".into()),
    };
    let months = Some(Duration { n: 3, unit: DurationUnit::Months });
    given(Aggregate::Sale, facts.into_iter().map(Event::Sale))
        .and(FM.stream(), &stage(20))
        .and(QT.stream(), &stage(50))
        .and(SC.stream(), &stage(80))
        .and(FOREIGN.stream(), &stage(33))
        .and(NEW.stream(), &sale_type(&[FM, QT, SC], true, months))
        .and(SIMPLE.stream(), &sale_type(&[], false, None))
        .and(StreamName::of_user(&UserId::parse("ola").unwrap()), &Event::User(ola))
}

fn caller() -> Caller {
    Caller { name: TypeName::parse("Ola").unwrap(), groups: vec![] }
}

fn new_sale(sale_type: SaleTypeId) -> NewSale {
    NewSale {
        title: "Fjord ERP".into(),
        sale_type,
        amount: Some(nok(500_000)),
        owner: None,
        caller: caller(),
        stage: None,
        probability: None,
        sale_date: None,
        source: None,
        description: None,
        external_reference: None,
        parties: events::sale::Parties::default(),
    }
}

fn register(sale: NewSale) -> Order {
    Order::Sale(SaleCommand::RegisterSale(Box::new(sale)))
}

fn registered() -> SaleEvent {
    let facts = world([]).when(register(new_sale(NEW))).facts();
    match facts.into_iter().next() {
        Some(Event::Sale(fact)) => fact,
        other => panic!("expected a registration, got {other:?}"),
    }
}

fn order(command: SaleCommand) -> Order {
    Order::Sale(command)
}

fn won() -> SaleEvent {
    SaleEvent::Won {
        close_date: day("2026-03-09"),
        reason: key("best-product"),
        amount: nok(480_000),
        margin: margin(0, 480_000, Some(10_000)),
        probability: Probability::WON,
        stage_when_closed: Some(FM),
    }
}

fn stalled() -> SaleEvent {
    SaleEvent::Stalled { reopen_date: day("2026-09-01"), reason: key("budget-next-year") }
}

#[test]
fn s1_a_registration_resolves_every_default_so_1_so_2_so_36() {
    let SaleEvent::Registered(registration) = registered() else { panic!("not a registration") };
    assert_eq!(registration.stage, Some(FM));
    assert_eq!(registration.probability, percent(20));
    assert_eq!(registration.sale_date, day("2026-06-10"));
    assert_eq!(registration.margin, margin(0, 500_000, Some(10_000)));
    assert_eq!(registration.owner.as_str(), "ola");
    assert_eq!(registration.owner_group.as_deref(), Some("north"));
}

#[test]
fn s1_an_empty_title_is_refused_so_1() {
    let untitled = NewSale { title: "  ".into(), ..new_sale(NEW) };
    world([]).when(register(untitled)).then_refused(Refusal::TitleRequired);
}

#[test]
fn s1_a_type_without_stages_registers_without_stage_for_today_so_3() {
    let facts = world([]).when(register(new_sale(SIMPLE))).facts();
    let Event::Sale(SaleEvent::Registered(registration)) = &facts[0] else {
        panic!("not a registration")
    };
    assert_eq!((registration.stage, registration.probability), (None, Probability::NONE));
    assert_eq!(registration.sale_date, day("2026-03-10"));
}

#[test]
fn a_type_and_an_owner_have_to_exist_except_the_caller_who_is_added() {
    let unknown = NewSale { sale_type: SaleTypeId(Uuid::nil()), ..new_sale(NEW) };
    world([]).when(register(unknown)).then_refused(Refusal::UnknownSaleType);
    let stranger = NewSale { owner: Some(UserId::parse("per").unwrap()), ..new_sale(NEW) };
    world([]).when(register(stranger)).then_refused(Refusal::UnknownOwner);
    let facts = world([]).by_seller("kari").when(register(new_sale(NEW))).facts();
    assert!(
        matches!(&facts[0], Event::Sale(SaleEvent::Registered(sale)) if sale.owner.as_str() == "kari")
    );
}

#[test]
fn a_sale_cannot_be_registered_twice() {
    world([registered()])
        .when(register(new_sale(NEW)))
        .then_refused(Refusal::AlreadyExists(Aggregate::Sale));
}

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

#[test]
fn s3_cost_profit_and_percent_follow_each_other_so_10() {
    let changed =
        |amount: i64, margin: Margin| SaleEvent::AmountChanged { amount: nok(amount), margin };
    let sale = || [registered(), changed(200_000, margin(0, 200_000, Some(10_000)))];
    let set = |figure| order(SaleCommand::SetMargin(figure));
    let then = |driver, margin| [Event::Sale(SaleEvent::MarginChanged { driver, margin })];
    world(sale())
        .when(set(MarginFigure::TotalCost(nok(140_000))))
        .then(then(MarginDriver::TotalCost, margin(140_000, 60_000, Some(3_000))));
    world(sale())
        .when(set(MarginFigure::ProfitPercent(Decimal::from(40))))
        .then(then(MarginDriver::ProfitPercent, margin(120_000, 80_000, Some(4_000))));
    world(sale())
        .when(set(MarginFigure::Profit(nok(50_000))))
        .then(then(MarginDriver::Profit, margin(150_000, 50_000, Some(2_500))));
}

#[test]
fn s3_an_amount_change_keeps_the_cost_so_11_so_12() {
    let costed = SaleEvent::MarginChanged {
        driver: MarginDriver::Profit,
        margin: margin(150_000, 50_000, Some(2_500)),
    };
    let to = |amount: i64| order(SaleCommand::ChangeAmount { amount: nok(amount) });
    let changed =
        |amount: i64, margin: Margin| SaleEvent::AmountChanged { amount: nok(amount), margin };
    world([registered(), costed.clone()])
        .when(to(250_000))
        .then([Event::Sale(changed(250_000, margin(150_000, 100_000, Some(4_000))))]);
    let worthless = changed(0, margin(150_000, -150_000, None));
    world([registered(), costed.clone()]).when(to(0)).then([Event::Sale(worthless.clone())]);
    world([registered(), costed, worthless])
        .when(order(SaleCommand::SetMargin(MarginFigure::ProfitPercent(Decimal::from(10)))))
        .then_refused(Refusal::PercentWithoutAmount);
}

#[test]
fn amounts_below_zero_and_other_currencies_are_refused() {
    let amount = Money::rounded(Decimal::from(-1), CurrencyCode::parse("NOK").unwrap());
    world([registered()])
        .when(order(SaleCommand::ChangeAmount { amount }))
        .then_refused(Refusal::AmountNegative);
    let amount = Money::rounded(Decimal::from(1), CurrencyCode::EUR);
    let nok = CurrencyCode::parse("NOK").unwrap();
    world([registered()])
        .when(order(SaleCommand::ChangeAmount { amount }))
        .then_refused(Refusal::CurrencyDiffers { currency: nok, pointer: "/amount/currency" });
    let cost = Money::rounded(Decimal::from(1), CurrencyCode::EUR);
    world([registered()])
        .when(order(SaleCommand::SetMargin(MarginFigure::TotalCost(cost))))
        .then_refused(Refusal::CurrencyDiffers { currency: nok, pointer: "/total_cost/currency" });
}

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

#[test]
fn an_edit_yields_one_event_a_changed_field_so_5() {
    let changes = SaleChanges {
        title: Some("Fjord ERP 2".into()),
        source: Some(None),
        sale_date: Some(day("2026-07-01")),
        ..SaleChanges::default()
    };
    world([registered()]).when(order(SaleCommand::EditSale(Box::new(changes)))).then([
        Event::Sale(SaleEvent::TitleChanged {
            title: events::Title::parse("Fjord ERP 2").unwrap(),
        }),
        Event::Sale(SaleEvent::DateChanged { sale_date: day("2026-07-01") }),
    ]);
    let same = SaleChanges { title: Some("Fjord ERP".into()), ..SaleChanges::default() };
    world([registered()]).when(order(SaleCommand::EditSale(Box::new(same)))).then_nothing();
}

#[test]
fn a_seller_changes_their_own_sales_only() {
    let amount = || order(SaleCommand::ChangeAmount { amount: nok(1) });
    world([registered()]).by_seller("kari").when(amount()).then_refused(Refusal::NotYours);
    assert_eq!(world([registered()]).by_seller("ola").when(amount()).facts().len(), 1);
    let theirs = NewSale { owner: Some(UserId::parse("ola").unwrap()), ..new_sale(NEW) };
    world([]).by_seller("kari").when(register(theirs)).then_refused(Refusal::NotYours);
}

#[test]
fn nothing_but_a_registration_works_on_an_unknown_sale() {
    for command in
        [SaleCommand::CompleteSale, SaleCommand::ReopenSale { cause: ReopenCause::Manual }]
    {
        world([]).when(order(command)).then_refused(Refusal::Unknown(Aggregate::Sale));
    }
}
