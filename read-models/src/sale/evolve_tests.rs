//! The fold of a sale, fact by fact.

use chrono::{DateTime, Utc};
use events::sale::{MarginDriver, ReopenCause, ReopenedFrom};
use events::{ActivityId, GuideItemId, Party, Probability, SaleTypeId, Title, TypeName, UserId};

use super::*;

const FM: StageId = StageId(Uuid::from_u128(1));
const QT: StageId = StageId(Uuid::from_u128(2));

fn at(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(day * 86_400, 0).unwrap()
}

fn key_of(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

fn percent(percent: i64) -> Probability {
    Probability::parse(percent).unwrap()
}

fn kroner(amount: i64) -> Money {
    Money::rounded(Decimal::from(amount), CurrencyCode::parse("NOK").unwrap())
}

fn margin(cost: i64, profit: i64, percent: Option<&str>) -> Margin {
    Margin {
        total_cost: Decimal::from(cost),
        profit: Decimal::from(profit),
        profit_percent: percent.map(|text| text.parse().unwrap()),
    }
}

fn registration() -> SaleEvent {
    SaleEvent::Registered(Box::new(Registration {
        title: Title::parse("Fjord ERP").unwrap(),
        sale_type: SaleTypeId(Uuid::from_u128(9)),
        category: None,
        stage: Some(FM),
        probability: percent(20),
        amount: kroner(200_000),
        margin: margin(0, 200_000, Some("100.00")),
        owner: UserId::parse("ola").unwrap(),
        owner_group: Some("North".to_owned()),
        parties: Parties::default(),
        sale_date: "2026-06-10".parse().unwrap(),
        source: None,
        description: None,
        external_reference: None,
        details: events::sale::Details::default(),
    }))
}

fn nameless(day: i64) -> Surroundings {
    let actor = format!("actor of day {day}");
    Surroundings { effective_at: at(day), recorded_at: at(day), actor, registered: None }
}

fn fold(facts: &[(i64, SaleEvent)]) -> Result<Sale, &'static str> {
    let around =
        |day| Surroundings { registered: Some((Uuid::from_u128(5), 1001)), ..nameless(day) };
    let first = evolve(None, &registration(), &around(1));
    facts.iter().fold(first, |sale, (day, fact)| evolve(Some(sale?), fact, &around(*day)))
}

fn advance(to: StageId, chance: i64) -> SaleEvent {
    SaleEvent::StageAdvanced {
        from: None,
        to,
        probability: percent(chance),
        direction: events::sale::Direction::Forward,
    }
}

fn reopen(from_status: ReopenedFrom) -> SaleEvent {
    let cause = ReopenCause::Manual;
    SaleEvent::Reopened { from_status, cause, stage: Some(QT), probability: percent(50) }
}

fn won() -> SaleEvent {
    SaleEvent::Won {
        close_date: "2026-03-09".parse().unwrap(),
        reason: key_of("best-product"),
        amount: kroner(480_000),
        margin: margin(0, 480_000, Some("100.00")),
        probability: Probability::WON,
        stage_when_closed: Some(QT),
        competitor: None,
    }
}

#[test]
fn a_registration_needs_id_and_number() {
    assert!(evolve(None, &registration(), &nameless(1)).is_err());
    let sale = fold(&[]).unwrap();
    assert_eq!((sale.number, sale.status, sale.amount_minor), (1001, Status::Open, 20_000_000));
    assert_eq!((sale.stage_entered_at, sale.registered_at), (at(1), at(1)));
}

#[test]
fn a_stream_that_does_not_begin_with_a_registration_is_refused() {
    assert!(evolve(None, &SaleEvent::Completed {}, &nameless(1)).is_err());
    assert!(fold(&[(2, registration())]).is_err(), "registered twice");
}

#[test]
fn a_stage_change_replaces_the_probability_and_starts_its_days() {
    // SO-6, SO-7
    let sale = fold(&[
        (3, advance(QT, 50)),
        (4, SaleEvent::ProbabilityOverridden { probability: percent(65) }),
    ])
    .unwrap();
    assert_eq!((sale.stage_id, sale.stage_entered_at, sale.probability), (Some(QT.0), at(3), 65));
}

#[test]
fn reopening_a_stalled_sale_keeps_the_day_its_stage_was_entered() {
    // SO-16
    let stalled = SaleEvent::Stalled {
        reopen_date: "2026-09-01".parse().unwrap(),
        reason: key_of("budget-next-year"),
    };
    let terms = SaleEvent::StallTermsChanged {
        reopen_date: "2026-10-01".parse().unwrap(),
        reason: key_of("reorganisation"),
    };
    let held = fold(&[(3, advance(QT, 50)), (5, stalled.clone()), (6, terms)]).unwrap();
    assert_eq!((held.status, held.probability), (Status::Stalled, 50));
    assert_eq!(held.reopen_date.unwrap().to_string(), "2026-10-01");
    assert_eq!(held.stall_reason.as_deref(), Some("reorganisation"));
    let open =
        fold(&[(3, advance(QT, 50)), (5, stalled), (9, reopen(ReopenedFrom::Stalled))]).unwrap();
    assert_eq!((open.status, open.stage_entered_at), (Status::Open, at(3)));
    assert_eq!((open.reopen_date, open.stall_reason), (None, None));
}

#[test]
fn a_won_sale_takes_close_date_and_actual_amount_and_gives_up_only_the_date_when_reopened() {
    // SO-17, SO-20, SO-21, §6-A14
    let closed = fold(&[(3, advance(QT, 50)), (5, won()), (6, SaleEvent::Completed {})]).unwrap();
    assert_eq!((closed.status, closed.probability, closed.completed), (Status::Won, 100, true));
    assert_eq!((closed.amount_minor, closed.stage_when_closed), (48_000_000, Some(QT.0)));
    assert_eq!(Some(closed.sale_date), closed.close_date);
    let facts = [
        (3, advance(QT, 50)),
        (5, won()),
        (6, SaleEvent::Completed {}),
        (7, reopen(ReopenedFrom::Won)),
    ];
    let open = fold(&facts).unwrap();
    assert_eq!((open.status, open.completed, open.probability), (Status::Open, false, 50));
    assert_eq!((open.close_date, open.reason, open.stage_when_closed), (None, None, None));
    assert_eq!(open.sale_date.to_string(), "2026-03-09", "the sale date stays");
}

#[test]
fn a_lost_sale_names_who_got_it() {
    // SO-18
    let lost = SaleEvent::Lost {
        close_date: "2026-03-10".parse().unwrap(),
        reason: key_of("price"),
        competitor: Some(key_of("acme")),
        probability: Probability::NONE,
        stage_when_closed: Some(FM),
    };
    let sale = fold(&[(2, lost)]).unwrap();
    assert_eq!((sale.status, sale.probability), (Status::Lost, 0));
    assert_eq!((sale.reason.as_deref(), sale.competitor.as_deref()), (Some("price"), Some("acme")));
}

#[test]
fn cost_profit_and_percent_are_taken_as_they_were_decided() {
    // SO-10 to SO-12
    let changed = SaleEvent::MarginChanged {
        driver: MarginDriver::TotalCost,
        margin: margin(140_000, 60_000, Some("30.00")),
    };
    let emptied =
        SaleEvent::AmountChanged { amount: kroner(0), margin: margin(140_000, -140_000, None) };
    let sale = fold(&[(2, changed.clone())]).unwrap();
    assert_eq!((sale.total_cost_minor, sale.profit_minor), (14_000_000, 6_000_000));
    let sale = fold(&[(2, changed), (3, emptied)]).unwrap();
    assert_eq!((sale.amount_minor, sale.profit_minor, sale.profit_percent), (0, -14_000_000, None));
}

#[test]
fn edits_set_and_clear_their_fields() {
    // SO-4, SO-5
    let company = Party { id: Uuid::from_u128(7), name: TypeName::parse("Fjord AS").unwrap() };
    let linked = Parties { company: Some(company), ..Parties::default() };
    let facts = [
        (2, SaleEvent::TitleChanged { title: Title::parse("Fjord CRM").unwrap() }),
        (2, SaleEvent::SourceSet { source: Some(key_of("fair")) }),
        (2, SaleEvent::PartiesLinked(linked)),
        (2, SaleEvent::DateChanged { sale_date: "2026-07-01".parse().unwrap() }),
        (
            2,
            SaleEvent::OwnerChanged {
                from: UserId::parse("ola").unwrap(),
                to: UserId::parse("per").unwrap(),
                owner_group: Some("South".to_owned()),
            },
        ),
    ];
    let sale = fold(&facts).unwrap();
    assert_eq!((sale.title.as_str(), sale.source.as_deref()), ("Fjord CRM", Some("fair")));
    assert_eq!((sale.owner.as_str(), sale.owner_group.as_deref()), ("per", Some("South")));
    assert_eq!(sale.company_name.as_deref(), Some("Fjord AS"));
    assert_eq!(sale.sale_date.to_string(), "2026-07-01");
    let cleared = [
        (2, SaleEvent::PartiesLinked(Parties::default())),
        (3, SaleEvent::SourceSet { source: None }),
    ];
    let sale = fold(&[facts.as_slice(), cleared.as_slice()].concat()).unwrap();
    assert_eq!((sale.company_id, sale.company_name, sale.source), (None, None, None));
}

fn item(n: u128) -> GuideItemId {
    GuideItemId(Uuid::from_u128(n))
}

fn suggested(n: u128) -> SaleEvent {
    SaleEvent::FollowUpSuggested { item: item(n), user: UserId::parse("ola").unwrap() }
}

fn answered(n: u128, accepted: bool) -> SaleEvent {
    SaleEvent::FollowUpSuggestionAnswered { item: item(n), accepted }
}

/// SG-19, SG-21.
#[test]
fn a_suggested_follow_up_waits_for_its_answer_and_goes_when_it_is_created_sg_21() {
    let used = SaleEvent::GuideItemUsed { item: item(4), activity: ActivityId(Uuid::from_u128(1)) };
    let facts = [(2, suggested(4)), (3, suggested(5)), (4, answered(4, false)), (5, used)];
    let answers = |facts: &[(i64, SaleEvent)]| {
        let sale = fold(facts).unwrap();
        let asked = sale.suggestions.follow_ups.into_iter();
        asked.map(|asked| (asked.item, asked.accepted)).collect::<Vec<_>>()
    };
    assert_eq!(answers(&facts[..2]), [(item(4), None), (item(5), None)]);
    assert_eq!(answers(&facts[..3]), [(item(4), Some(false)), (item(5), None)]);
    assert_eq!(answers(&facts), [(item(5), None)]);
    let sale = fold(&facts[..2]).unwrap();
    assert_eq!((sale.update_count, sale.updated_by.as_str()), (0, "actor of day 1"), "no save");
    let kept = Suggestions::try_from(sale.suggestions.json()).unwrap();
    assert_eq!(kept, sale.suggestions, "as the column holds it");
}

/// SG-23, §6-A5.
#[test]
fn a_suggested_stage_goes_with_the_next_change_of_stage_or_type_sg_23() {
    let user = UserId::parse("ola").unwrap();
    let asked = SaleEvent::StageSuggested { from: FM, to: QT, user };
    let no = SaleEvent::StageSuggestionAnswered { stage: QT, accepted: false };
    let stage = |facts: &[(i64, SaleEvent)]| {
        let stage = fold(facts).unwrap().suggestions.stage;
        stage.map(|asked| (asked.stage, asked.accepted))
    };
    assert_eq!(stage(&[(2, asked.clone())]), Some((QT, None)));
    assert_eq!(stage(&[(2, asked.clone()), (3, no.clone())]), Some((QT, Some(false))));
    assert_eq!(stage(&[(2, asked.clone()), (3, advance(FM, 30))]), Some((QT, None)), "no change");
    assert_eq!(stage(&[(2, asked.clone()), (3, no), (4, advance(QT, 50))]), None);
    let (from, to) = (SaleTypeId(Uuid::from_u128(9)), SaleTypeId(Uuid::from_u128(10)));
    let (stage_id, probability) = (Some(FM), percent(20));
    let retyped = SaleEvent::TypeChanged { from, to, category: None, stage: stage_id, probability };
    assert_eq!(stage(&[(2, asked), (3, retyped)]), None);
    assert_eq!(fold(&[]).unwrap().suggestions.json(), None, "the column is empty");
}
