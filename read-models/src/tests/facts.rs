//! Facts of the fixture: EUR base, NOK and GBP, stages FM, QT, SC, types NEW and SIMPLE, Ola, Kari and Per.

use chrono::{DateTime, NaiveDate, Utc};
use events::sale::{Direction, Margin, Parties, Registration};
use events::sale_type::SaleTypeTerms;
use events::stage::StageTerms;
use events::view::{BoardGroup, BoardView, Summarize};
use events::{
    Aggregate, CurrencyCode, CurrencyEvent, Event, ListEvent, ListItem, ListKey, ListName,
    LocalName, Money, Probability, SaleEvent, SaleId, SaleTypeEvent, SaleTypeId, StageEvent,
    StageId, StreamName, TenantEvent, Title, TypeName, UserEvent, UserId,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{World, instant};

pub(super) const FM: StageId = StageId(Uuid::from_u128(0xF1));
pub(super) const QT: StageId = StageId(Uuid::from_u128(0xF2));
pub(super) const SC: StageId = StageId(Uuid::from_u128(0xF3));
pub(super) const NEW: SaleTypeId = SaleTypeId(Uuid::from_u128(0xE1));
pub(super) const SIMPLE: SaleTypeId = SaleTypeId(Uuid::from_u128(0xE2));

/// When the fixture took effect: before everything else.
pub(super) fn beginning() -> DateTime<Utc> {
    instant("2015-01-01T00:00:00Z")
}

pub(super) fn sale(n: u128) -> SaleId {
    SaleId(Uuid::from_u128(0x5000 + n))
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn key(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

pub(super) fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount.parse().unwrap(), CurrencyCode::parse(currency).unwrap()).unwrap()
}

pub(super) fn percent(percent: i64) -> Probability {
    Probability::parse(percent).unwrap()
}

/// No cost: everything is profit.
pub(super) fn all_profit(amount: &Money) -> Margin {
    let percent = (!amount.amount().is_zero()).then(|| Decimal::new(10_000, 2));
    Margin { total_cost: Decimal::ZERO, profit: amount.amount(), profit_percent: percent }
}

/// Ola's open sale in FM, 500 000 NOK at 20 %, due 2026-06-10, unless changed.
pub(super) fn registration() -> Registration {
    let amount = money("500000", "NOK");
    Registration {
        title: Title::parse("Fjord ERP").unwrap(),
        sale_type: NEW,
        category: None,
        stage: Some(FM),
        probability: percent(20),
        amount,
        margin: all_profit(&amount),
        owner: UserId::parse("ola").unwrap(),
        owner_group: Some("North".to_owned()),
        parties: Parties::default(),
        sale_date: day("2026-06-10"),
        source: None,
        description: None,
        external_reference: None,
        details: events::sale::Details::default(),
    }
}

pub(super) fn registered(registration: Registration) -> Event {
    Event::Sale(SaleEvent::Registered(Box::new(registration)))
}

/// A sale of an amount at a chance, otherwise as [`registration`].
pub(super) fn worth(amount: &str, currency: &str, chance: i64) -> Event {
    let amount = money(amount, currency);
    let margin = all_profit(&amount);
    registered(Registration { amount, margin, probability: percent(chance), ..registration() })
}

pub(super) fn advanced(to: StageId, chance: i64) -> Event {
    let (from, direction) = (None, Direction::Forward);
    Event::Sale(SaleEvent::StageAdvanced { from, to, probability: percent(chance), direction })
}

pub(super) fn rate(currency: &str, rate: &str, unit: u32, valid_from: &str) -> Event {
    Event::Currency(CurrencyEvent::RateSet {
        currency: CurrencyCode::parse(currency).unwrap(),
        rate: rate.parse().unwrap(),
        unit,
        valid_from: day(valid_from),
    })
}

pub(super) fn stage_named(name: &str, chance: i64, rank: i32) -> StageTerms {
    StageTerms {
        name: LocalName::english(TypeName::parse(name).unwrap()),
        probability: percent(chance),
        description: None,
        rank,
    }
}

fn sale_type(name: &str, stages: Vec<StageId>) -> Event {
    Event::SaleType(SaleTypeEvent::Defined(SaleTypeTerms {
        name: LocalName::english(TypeName::parse(name).unwrap()),
        category: None,
        duration: None,
        stages,
        guide: false,
        auto_advance: false,
        stakeholders: false,
    }))
}

pub(super) fn currency_stream(code: &str) -> StreamName {
    StreamName::new(Aggregate::Currency, code)
}

/// An item of a list that nobody has from the beginning (SO-19).
fn list_item(list: ListName, key: &str, label: &str) -> Event {
    let labels = LocalName::english(TypeName::parse(label).unwrap());
    let key = ListKey::parse(key).unwrap();
    Event::List(ListEvent::ItemAdded(ListItem {
        list,
        key,
        labels,
        rank: 5,
        kind: None,
        minutes: None,
    }))
}

impl World {
    /// The fixture in the world's tenant, in effect from [`beginning`].
    pub async fn provision(&mut self) {
        let at = Some(beginning());
        let tenant = StreamName::of_tenant(&self.tenant);
        let provisioned = TenantEvent::Provisioned {
            base_currency: CurrencyCode::EUR,
            time_zone: chrono_tz::Europe::Oslo,
        };
        self.record_at(at, &tenant, &[Event::Tenant(provisioned)]).await;
        let stages =
            [(FM, "First meeting", 20), (QT, "Quotation", 50), (SC, "Signing of contract", 80)];
        for (rank, (id, name, chance)) in (1..).zip(stages) {
            let added = StageEvent::Added(stage_named(name, chance, rank));
            self.record_at(at, &id.stream(), &[Event::Stage(added)]).await;
        }
        for (id, name, stages) in
            [(NEW, "Sale to new customer", vec![FM, QT, SC]), (SIMPLE, "Simple sale", vec![])]
        {
            self.record_at(at, &id.stream(), &[sale_type(name, stages)]).await;
        }
        for (user, name, group) in
            [("ola", "Ola", "North"), ("kari", "Kari", "North"), ("per", "Per", "South")]
        {
            let added = UserEvent::Added {
                name: TypeName::parse(name).unwrap(),
                groups: vec![group.to_owned()],
                primary_group: Some(group.to_owned()),
            };
            let stream = StreamName::of_user(&UserId::parse(user).unwrap());
            self.record_at(at, &stream, &[Event::User(added)]).await;
        }
        for (code, text, unit) in [("NOK", "12.677", 100), ("GBP", "1.562", 1)] {
            let set = rate(code, text, unit, "2015-01-01");
            self.record_at(at, &currency_stream(code), &[set]).await;
        }
        let fair = list_item(ListName::Source, "boat-fair", "Boat fair");
        self.record_at(at, &ListName::Source.stream(), &[fair]).await;
    }

    /// A world with the fixture.
    pub async fn provisioned() -> Self {
        let mut world = Self::empty().await;
        world.provision().await;
        world
    }
}

/// A board by stage and amounts, as somebody saves it (SF-14).
pub(super) fn board_view() -> BoardView {
    BoardView {
        group_by: BoardGroup::Stage,
        subgroup_by: None,
        sort: None,
        summarize: Summarize::Amount,
        hide_closed: false,
        currency: None,
        criteria: None,
    }
}
