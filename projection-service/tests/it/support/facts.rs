//! Random histories of a small house: sales, stages, types, users, rates and settings, in any order
//! the log could hold them.

use chrono::NaiveDate;
use events::sale::{
    Direction, Margin, MarginDriver, Parties, Registration, ReopenCause, ReopenedFrom,
};
use events::sale_type::SaleTypeTerms;
use events::stage::StageTerms;
use events::{
    Aggregate, CurrencyCode, CurrencyEvent, Event, ListKey, LocalName, Money, Probability,
    SaleEvent, SaleId, SaleTypeEvent, SaleTypeId, StageEvent, StageId, StreamName, TenantEvent,
    TenantSlug, Title, TypeName, UserEvent, UserId,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

/// One step of a history: which stream, which fact, with which figure.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub tenant: u8,
    pub subject: u8,
    pub kind: u8,
    pub figure: u8,
}

/// Any step; most are about sales.
pub fn step() -> impl Strategy<Value = Step> {
    (0..2_u8, 0..6_u8, 0..20_u8, any::<u8>()).prop_map(|(tenant, subject, kind, figure)| Step {
        tenant,
        subject,
        kind,
        figure,
    })
}

impl Step {
    pub fn tenant(self, house: u32) -> TenantSlug {
        TenantSlug::parse(&format!("house-{house}-{}", self.tenant)).unwrap()
    }

    /// The stream and the fact that follows `version` facts before it; `None` when nothing can.
    pub fn fact(self, version: impl Fn(&StreamName) -> i64) -> Option<(StreamName, Event)> {
        let subject = u128::from(self.subject);
        let (stage, kind) = (StageId(Uuid::from_u128(0xF0 + subject)), self.kind);
        let first =
            |stream: StreamName, fact: Event| (version(&stream) == 0).then_some((stream, fact));
        match kind {
            16 => first(
                stage.stream(),
                Event::Stage(StageEvent::Added(StageTerms {
                    name: name(self.figure),
                    probability: self.percent(),
                    description: None,
                    rank: i32::from(self.figure),
                })),
            ),
            17 => first(
                SaleTypeId(Uuid::from_u128(0xE0 + subject)).stream(),
                Event::SaleType(SaleTypeEvent::Defined(SaleTypeTerms {
                    name: name(self.figure),
                    category: None,
                    duration: None,
                    stages: vec![stage],
                    guide: false,
                    auto_advance: false,
                    stakeholders: false,
                })),
            ),
            18 => first(
                StreamName::of_user(&user(self.subject)),
                Event::User(UserEvent::Added {
                    name: type_name(self.figure),
                    groups: vec!["North".into()],
                    primary_group: Some("North".into()),
                }),
            ),
            19 => {
                let rate = CurrencyEvent::RateSet {
                    currency: CurrencyCode::parse("NOK").unwrap(),
                    rate: Decimal::new(i64::from(self.figure) + 1, 2),
                    unit: 1,
                    valid_from: self.day(),
                };
                Some((StreamName::new(Aggregate::Currency, "NOK"), Event::Currency(rate)))
            }
            _ => {
                let stream = SaleId(Uuid::from_u128(0x5000 + subject)).stream();
                let fact = if version(&stream) == 0 { self.registration() } else { self.change() };
                Some((stream, Event::Sale(fact)))
            }
        }
    }

    /// The settings of a tenant, its first fact.
    pub fn provisioning() -> Event {
        Event::Tenant(TenantEvent::Provisioned {
            base_currency: CurrencyCode::EUR,
            time_zone: chrono_tz::Europe::Oslo,
        })
    }

    /// The fact of a sale that follows `version` facts before it.
    pub fn of_sale(self, version: i64) -> Event {
        Event::Sale(if version == 0 { self.registration() } else { self.change() })
    }

    fn registration(self) -> SaleEvent {
        SaleEvent::Registered(Box::new(Registration {
            title: Title::parse(&format!("Sale {}", self.figure)).unwrap(),
            sale_type: SaleTypeId(Uuid::from_u128(0xE0)),
            category: None,
            stage: Some(StageId(Uuid::from_u128(0xF0))),
            probability: self.percent(),
            amount: self.money(),
            margin: self.margin(),
            owner: user(self.subject),
            owner_group: Some("North".into()),
            parties: Parties::default(),
            sale_date: self.day(),
            source: None,
            description: None,
            external_reference: None,
            details: events::sale::Details::default(),
        }))
    }

    fn change(self) -> SaleEvent {
        let (reason, stage) = (ListKey::parse("price").unwrap(), StageId(Uuid::from_u128(0xF1)));
        let (close_date, probability) = (self.day(), self.percent());
        match self.kind {
            0 => SaleEvent::TitleChanged {
                title: Title::parse(&format!("Title {}", self.figure)).unwrap(),
            },
            1 => SaleEvent::DateChanged { sale_date: close_date },
            2 => SaleEvent::SourceSet { source: Some(reason) },
            3 => {
                let (from, to) = (user(self.subject), user(self.figure % 4));
                SaleEvent::OwnerChanged { from, to, owner_group: None }
            }
            4 | 5 => {
                let direction = Direction::Forward;
                SaleEvent::StageAdvanced { from: None, to: stage, probability, direction }
            }
            6 => SaleEvent::ProbabilityOverridden { probability },
            7 | 8 => SaleEvent::AmountChanged { amount: self.money(), margin: self.margin() },
            9 => {
                let driver = MarginDriver::Profit;
                SaleEvent::MarginChanged { driver, margin: self.margin() }
            }
            10 => SaleEvent::Stalled { reopen_date: close_date, reason },
            11 => SaleEvent::Reopened {
                from_status: ReopenedFrom::Stalled,
                cause: ReopenCause::Manual,
                stage: Some(stage),
                probability,
            },
            12 => SaleEvent::Won {
                close_date,
                reason,
                amount: self.money(),
                margin: self.margin(),
                probability: Probability::parse(100).unwrap(),
                stage_when_closed: Some(stage),
                competitor: None,
            },
            13 => SaleEvent::Lost {
                close_date,
                reason,
                competitor: None,
                probability: Probability::parse(0).unwrap(),
                stage_when_closed: None,
            },
            14 => SaleEvent::Completed {},
            _ => SaleEvent::CompletionCleared {},
        }
    }

    fn day(self) -> NaiveDate {
        NaiveDate::from_yo_opt(2026, u32::from(self.figure) + 1).unwrap()
    }

    fn percent(self) -> Probability {
        Probability::parse(i64::from(self.figure % 101)).unwrap()
    }

    fn money(self) -> Money {
        Money::parse(Decimal::new(i64::from(self.figure) * 1_017, 2), CurrencyCode::EUR).unwrap()
    }

    fn margin(self) -> Margin {
        let profit = self.money().amount();
        Margin { total_cost: Decimal::ZERO, profit, profit_percent: None }
    }
}

fn user(n: u8) -> UserId {
    UserId::parse(["ola", "kari", "per", "åse nordmann"][usize::from(n % 4)]).unwrap()
}

fn type_name(n: u8) -> TypeName {
    TypeName::parse(&format!("Name {n}")).unwrap()
}

fn name(n: u8) -> LocalName {
    LocalName::english(type_name(n))
}
