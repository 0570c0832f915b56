//! Orders at random, on so few objects that they meet.

use chrono::NaiveDate;
use events::sale::{
    Details, Link, LinkKind, LinkTarget, Part, Parties, ReopenCause, Stakeholder, StakeholderId,
    Visibility,
};
use events::sale_type::{Duration, DurationUnit, SaleTypeTerms};
use events::stage::StageTerms;
use events::{
    Aggregate, CurrencyCode, Description, FieldDefinition, FieldKind, ListKey, LocalName, Money,
    Party, Probability, SaleId, SaleNote, SaleTypeId, StageId, StreamName, TenantSlug, TypeName,
    UserId,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::activities::activity_order;
use super::companies::company_order;
use super::guide::guide_order;
use super::selections::selection_order;
use crate::Order;
use crate::currency::CurrencyCommand;
use crate::custom_field::GivenValue;
use crate::sale::{MarginFigure, NewSale, PartChanges, SaleChanges, SaleCommand};
use crate::sale_type::{SaleTypeChanges, SaleTypeCommand};
use crate::stage::{StageChanges, StageCommand};
use crate::tenant::TenantCommand;
use crate::user::{Caller, UserCommand};

/// An order, on which stream and by whom.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) stream: StreamName,
    pub(super) order: Order,
    pub(super) actor: &'static str,
}

/// Any order; sales are asked most.
pub(super) fn asked() -> impl Strategy<Value = Asked> {
    let order = prop_oneof![
        2 => stage_order(),
        2 => type_order(),
        1 => other_order(),
        3 => (sale(), new_sale()).prop_map(|(id, new)| on_sale(id, SaleCommand::RegisterSale(Box::new(new)))),
        4 => activity_order(),
        4 => guide_order(),
        3 => selection_order(),
        2 => company_order(),
        8 => (sale(), sale_command()).prop_map(|(id, command)| on_sale(id, command)),
    ];
    (order, user()).prop_map(|((stream, order), actor)| Asked { stream, order, actor })
}

fn on_sale(id: SaleId, command: SaleCommand) -> (StreamName, Order) {
    (id.stream(), Order::Sale(command))
}

pub(super) fn id(n: u128) -> impl Strategy<Value = Uuid> {
    (1..=n).prop_map(Uuid::from_u128)
}

pub(super) fn sale() -> impl Strategy<Value = SaleId> {
    id(2).prop_map(SaleId)
}

pub(super) fn stage() -> impl Strategy<Value = StageId> {
    id(3).prop_map(StageId)
}

pub(super) fn user() -> impl Strategy<Value = &'static str> {
    select(&["ola", "kari", "per"][..])
}

fn date() -> impl Strategy<Value = NaiveDate> {
    select(&["1900-01-01", "2026-03-09", "2026-03-10", "2026-04-01", "9999-12-31"][..])
        .prop_map(|text| text.parse().unwrap())
}

fn key() -> impl Strategy<Value = ListKey> {
    select(&["price", "budget", "fair"][..]).prop_map(|text| ListKey::parse(text).unwrap())
}

fn percent() -> impl Strategy<Value = Probability> {
    (0..=100_i64).prop_map(|percent| Probability::parse(percent).unwrap())
}

fn name() -> impl Strategy<Value = TypeName> {
    select(&["Pilot", "pilot", "Prøve", "PRØVE", "Offer", "Tilbud"][..])
        .prop_map(|text| TypeName::parse(text).unwrap())
}

pub(super) fn local_name() -> impl Strategy<Value = LocalName> {
    let local = (name(), name()).prop_map(|(en, nb)| {
        let given = [("en".to_owned(), String::from(en)), ("nb".to_owned(), String::from(nb))];
        LocalName::try_from(std::collections::BTreeMap::from(given)).unwrap()
    });
    prop_oneof![name().prop_map(LocalName::english), local]
}

fn text() -> impl Strategy<Value = Description> {
    select(&["short", "long"][..]).prop_map(|text| Description::parse(text).unwrap())
}

pub(super) fn party() -> impl Strategy<Value = Party> {
    (id(2), name()).prop_map(|(id, name)| Party { id, name })
}

/// Any figure of a currency: nothing, a little, a lot, below zero, with every number of places.
fn money() -> impl Strategy<Value = Money> {
    let edges = select(&[0, 1, -1, 7, 100, 1_000_000_000_000_000, -1_000_000_000_000_000][..]);
    let minor = prop_oneof![edges, -10_000_000_i64..10_000_000];
    (minor, select(&["NOK", "NOK", "NOK", "JPY", "KWD"][..])).prop_map(|(minor, code)| {
        let currency = CurrencyCode::parse(code).unwrap();
        // 10^13 major units at most
        let minor = if currency.places() < 2 { minor / 100 } else { minor };
        Money::from_minor(minor, currency)
    })
}

fn figure() -> impl Strategy<Value = MarginFigure> {
    let percents = prop_oneof![-30_000_i64..30_000, Just(i64::MAX), Just(i64::MIN)];
    prop_oneof![
        money().prop_map(MarginFigure::TotalCost),
        money().prop_map(MarginFigure::Profit),
        (percents, 0..6_u32)
            .prop_map(|(digits, scale)| MarginFigure::ProfitPercent(Decimal::new(digits, scale))),
    ]
}

pub(super) fn caller() -> Caller {
    Caller { name: TypeName::parse("Caller").unwrap(), groups: vec!["north".into()] }
}

pub(super) fn parties() -> impl Strategy<Value = Parties> {
    (of(party()), of(party()), of(party())).prop_map(|(company, contact, project)| Parties {
        company,
        contact,
        project,
    })
}

pub(super) fn title() -> impl Strategy<Value = String> {
    select(&["Fjord ERP", " Fjord ERP ", "Nord", "", "  "][..]).prop_map(str::to_owned)
}

fn link() -> impl Strategy<Value = Link> {
    let to = id(2).prop_map(|id| LinkTarget::parse(LinkKind::Sale, &id.to_string()).unwrap());
    (to, name()).prop_map(|(to, name)| Link { to, name })
}

fn new_sale() -> impl Strategy<Value = NewSale> {
    let figures = (of(money()), of(stage()), of(percent()), of(date()));
    let linked = (parties(), vec(link(), 0..3));
    (title(), id(2), of(user()), figures, of(key()), of(text()), linked).prop_map(
        |(
            title,
            kind,
            owner,
            (amount, stage, probability, sale_date),
            source,
            description,
            (parties, links),
        )| NewSale {
            title,
            sale_type: SaleTypeId(kind),
            amount,
            owner: owner.map(|owner| UserId::parse(owner).unwrap()),
            caller: caller(),
            stage,
            probability,
            sale_date,
            source,
            description,
            external_reference: None,
            parties,
            details: Details::default(),
            links,
        },
    )
}

fn changes() -> impl Strategy<Value = SaleChanges> {
    let parties = (of(of(party())), of(of(party())), of(of(party())));
    let keys = (of(of(key())), of(of(key())), of(of(key())));
    (of(title()), of(of(text())), of(date()), keys, parties).prop_map(
        |(
            title,
            description,
            sale_date,
            (source, credited, competitor),
            (company, contact, project),
        )| SaleChanges {
            credited,
            competitor,
            title,
            description,
            sale_date,
            source,
            company,
            contact,
            project,
        },
    )
}

fn sale_command() -> impl Strategy<Value = SaleCommand> {
    use SaleCommand as C;
    prop_oneof![
        changes().prop_map(|changes| C::EditSale(Box::new(changes))),
        user().prop_map(|owner| C::ChangeOwner {
            owner: UserId::parse(owner).unwrap(),
            caller: caller()
        }),
        stage().prop_map(|stage| C::AdvanceStage { stage }),
        percent().prop_map(|probability| C::OverrideProbability { probability }),
        money().prop_map(|amount| C::ChangeAmount { amount }),
        figure().prop_map(C::SetMargin),
        (date(), key()).prop_map(|(reopen_date, reason)| C::StallSale { reopen_date, reason }),
        (of(date()), of(key()))
            .prop_map(|(reopen_date, reason)| C::ChangeStallTerms { reopen_date, reason }),
        select(&[ReopenCause::Manual, ReopenCause::ReopenDate][..])
            .prop_map(|cause| C::ReopenSale { cause }),
        (key(), of(date()), of(money()), of(key())).prop_map(
            |(reason, close_date, amount, competitor)| C::MarkSold {
                reason,
                close_date,
                amount,
                competitor
            }
        ),
        (key(), of(date()), of(key())).prop_map(|(reason, close_date, competitor)| C::MarkLost {
            reason,
            close_date,
            competitor
        }),
        Just(C::CompleteSale),
        Just(C::ClearCompletion),
        details_command(),
        turning_command(),
    ]
}

fn turning_command() -> impl Strategy<Value = SaleCommand> {
    use SaleCommand as C;
    let ids = || vec(id(3).prop_map(StakeholderId), 1..3);
    let stakeholder = (id(3), of(party()), of(key())).prop_map(|(id, company, role)| Stakeholder {
        id: StakeholderId(id),
        company,
        contact: None,
        part: Part { role, comment: None },
    });
    let roles = of(of(key())).prop_map(|role| PartChanges { role, comment: None });
    prop_oneof![
        2 => vec(stakeholder, 1..3).prop_map(C::AddStakeholders),
        2 => (ids(), roles).prop_map(|(ids, changes)| C::ChangeStakeholders { ids, changes }),
        2 => ids().prop_map(|ids| C::RemoveStakeholders { ids }),
        2 => (id(2), of(stage()))
            .prop_map(|(kind, stage)| C::ChangeSaleType { sale_type: SaleTypeId(kind), stage }),
        2 => money().prop_map(|money| C::ChangeCurrency { currency: money.currency() }),
        1 => Just(C::DeleteSale),
        2 => (key(), of(any::<bool>())).prop_map(|(key, yes)| {
            C::SetCustomFields([(key, yes.map(GivenValue::Boolean))].into_iter().collect())
        }),
    ]
}

fn details_command() -> impl Strategy<Value = SaleCommand> {
    use SaleCommand as C;
    let to = || id(2).prop_map(|id| LinkTarget::parse(LinkKind::Sale, &id.to_string()).unwrap());
    let note = select(&["Call them", "Wait"][..]).prop_map(|note| SaleNote::parse(note).unwrap());
    let group = name().prop_map(|visible_group| Visibility::Group { visible_group });
    let visibility = prop_oneof![Just(Visibility::All), Just(Visibility::Owner), group];
    prop_oneof![
        of(note).prop_map(|note| C::SetNote { note }),
        link().prop_map(C::AddLink),
        to().prop_map(C::RemoveLink),
        visibility.prop_map(C::SetVisibility),
    ]
}

fn stage_order() -> impl Strategy<Value = (StreamName, Order)> {
    let add = (stage(), local_name(), percent()).prop_map(|(id, name, probability)| {
        let terms = StageTerms { name, probability, description: None, rank: 1 };
        (id.stream(), Order::Stage(StageCommand::AddStage { id, terms }))
    });
    let edit = (stage(), of(local_name()), of(percent()), of(of(text()))).prop_map(
        |(id, name, probability, description)| {
            let changes = StageChanges { name, probability, description, rank: None };
            (id.stream(), Order::Stage(StageCommand::EditStage { id, changes }))
        },
    );
    let sale_types = || vec![SaleTypeId(Uuid::from_u128(1)), SaleTypeId(Uuid::from_u128(2))];
    let delete = stage().prop_map(move |id| {
        let sale_types = sale_types();
        (id.stream(), Order::Stage(StageCommand::DeleteStage { id, sale_types }))
    });
    let restore = stage().prop_map(|id| (id.stream(), Order::Stage(StageCommand::RestoreStage)));
    prop_oneof![4 => add, 2 => edit, 1 => delete, 1 => restore]
}

fn duration() -> impl Strategy<Value = Duration> {
    let unit = select(&[DurationUnit::Days, DurationUnit::Weeks, DurationUnit::Months][..]);
    (select(&[0, 3, 1_200, 1_201, u16::MAX][..]), unit).prop_map(|(n, unit)| Duration { n, unit })
}

fn type_order() -> impl Strategy<Value = (StreamName, Order)> {
    let kind = || id(2).prop_map(SaleTypeId);
    let stages = || vec(stage(), 0..4);
    let define = (kind(), local_name(), of(duration()), stages(), any::<bool>()).prop_map(
        |(id, name, duration, stages, guide)| {
            let category = Some(TypeName::parse("New business").unwrap());
            let (auto_advance, stakeholders) = (guide, false);
            let terms = SaleTypeTerms {
                name,
                category,
                duration,
                stages,
                guide,
                auto_advance,
                stakeholders,
            };
            (id.stream(), Order::SaleType(SaleTypeCommand::DefineSaleType { id, terms }))
        },
    );
    let edit = (kind(), of(local_name()), of(of(duration())), of(stages()), of(any::<bool>()))
        .prop_map(|(id, name, duration, stages, guide)| {
            let changes =
                SaleTypeChanges { name, duration, stages, guide, ..SaleTypeChanges::default() };
            (id.stream(), Order::SaleType(SaleTypeCommand::EditSaleType { id, changes }))
        });
    prop_oneof![define, edit]
}

fn other_order() -> impl Strategy<Value = (StreamName, Order)> {
    let rate = (select(&["NOK", "EUR"][..]), -1..3_i64, 0..3_i64, of(date())).prop_map(
        |(code, rate, unit, valid_from)| {
            let currency = CurrencyCode::parse(code).unwrap();
            let rate = Decimal::from(rate);
            let order = CurrencyCommand::SetRate { currency, rate, unit, valid_from };
            (StreamName::new(Aggregate::Currency, code), Order::Currency(order))
        },
    );
    let add = (user(), of(name())).prop_map(|(user, primary)| {
        let (name, groups) = (TypeName::parse("Somebody").unwrap(), vec!["north".into()]);
        let order = UserCommand::AddUser { name, groups, primary_group: primary.map(String::from) };
        (StreamName::of_user(&UserId::parse(user).unwrap()), Order::User(order))
    });
    let tenant = StreamName::of_tenant(&TenantSlug::parse("demo").unwrap());
    let settings = prop_oneof![
        select(&["EUR", "NOK"][..]).prop_map(|code| TenantCommand::SetBaseCurrency {
            base_currency: CurrencyCode::parse(code).unwrap(),
            amounts_exist: false,
        }),
        select(&[chrono_tz::Tz::UTC, chrono_tz::Tz::Europe__Oslo][..])
            .prop_map(|time_zone| TenantCommand::SetTimeZone { time_zone }),
        (key(), local_name(), any::<bool>()).prop_map(|(key, name, promoted)| {
            let (kind, items) = (FieldKind::Boolean, Vec::new());
            TenantCommand::DefineCustomField(FieldDefinition { key, name, kind, items, promoted })
        }),
        key().prop_map(|key| TenantCommand::RemoveCustomField { key }),
    ]
    .prop_map(move |order| (tenant.clone(), Order::Tenant(order)));
    prop_oneof![rate, add, settings]
}
