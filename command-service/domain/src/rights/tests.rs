//! What rights reach: every level of every ownership (SO-44), functional rights by name, and who may set them.

use events::activity::{ActivityTerms, Kind, Slot};
use events::rights::{Level, Ownership, RecordRights, Records, Right, Role, TenantRights};
use events::sale::{Details, Margin, Parties, Registration, Visibility};
use events::{
    ActivityEvent, Aggregate, CurrencyCode, Event, Money, Probability, SaleEvent, SaleId,
    SaleTypeId, StreamName, TenantEvent, TenantSlug, Title, TypeName, UserEvent, UserId,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::activity::{ActivityCommand, NewActivity, When};
use crate::sale::{SaleChanges, SaleCommand};
use crate::spec::{Given, given};
use crate::tenant::TenantCommand;
use crate::user::Caller;
use crate::{Order, Refusal};

const FJORD: SaleId = SaleId(Uuid::from_u128(1));
const LEVELS: [Level; 5] = [Level::None, Level::Read, Level::Create, Level::Update, Level::Delete];

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

/// Owner and group of a record that stands to Ola of the north as `whose` says.
fn owned(whose: Ownership) -> (&'static str, Option<&'static str>) {
    match whose {
        Ownership::Own => ("ola", Some("south")),
        Ownership::OwnGroups => ("kari", Some("north")),
        Ownership::OtherGroups => ("per", Some("south")),
        Ownership::Others => ("mia", None),
    }
}

fn registered(whose: Ownership) -> Event {
    let (owner, group) = owned(whose);
    Event::Sale(SaleEvent::Registered(Box::new(Registration {
        title: Title::parse("Fjord ERP").unwrap(),
        sale_type: SaleTypeId(Uuid::from_u128(10)),
        category: None,
        stage: None,
        probability: Probability::NONE,
        amount: Money::zero(CurrencyCode::EUR),
        margin: Margin { total_cost: Decimal::ZERO, profit: Decimal::ZERO, profit_percent: None },
        owner: user(owner),
        owner_group: group.map(str::to_owned),
        parties: Parties::default(),
        sale_date: "2026-06-10".parse().unwrap(),
        source: None,
        description: None,
        external_reference: None,
        details: Details::default(),
    })))
}

fn planned(whose: Ownership, sale: Option<SaleId>) -> Event {
    let (owner, group) = owned(whose);
    let day = "2026-03-17".parse().unwrap();
    Event::Activity(ActivityEvent::Planned {
        kind: Kind::ToDo,
        slot: Slot::Days { from_day: day, to_day: day },
        owner: user(owner),
        owner_group: group.map(str::to_owned),
        assigned_by: None,
        series: None,
        guide_item: None,
        terms: ActivityTerms {
            title: Title::parse("Call").unwrap(),
            description: None,
            sale,
            parties: Parties::default(),
            alarm_minutes: None,
            location: None,
            priority: None,
            follow_up_type: None,
        },
    })
}

/// This level for one ownership, nothing for the others.
fn only(whose: Ownership, level: Level) -> RecordRights {
    let of = |other| if other == whose { level } else { Level::None };
    RecordRights {
        own: of(Ownership::Own),
        own_groups: of(Ownership::OwnGroups),
        other_groups: of(Ownership::OtherGroups),
        others: of(Ownership::Others),
    }
}

/// Ola, a seller of the north, where these rights were set.
fn with_rights(given: Given, set: &[(Records, RecordRights)]) -> Given {
    let tenant = StreamName::of_tenant(&TenantSlug::parse("demo").unwrap());
    let facts = set.iter().map(|(records, rights)| {
        let (records, rights) = (*records, *rights);
        Event::Tenant(TenantEvent::RecordRightsSet { role: Role::Seller, records, rights })
    });
    let facts: Vec<Event> = facts.collect();
    given.and_all(tenant, &facts).with_roles(&[Role::Seller], &["north"])
}

fn edit() -> Order {
    let title = Some("Another".to_owned());
    Order::Sale(SaleCommand::EditSale(Box::new(SaleChanges { title, ..SaleChanges::default() })))
}

#[test]
fn a_sale_is_changed_as_far_as_the_level_of_its_ownership_goes_so_44() {
    for whose in Ownership::ALL {
        for level in LEVELS {
            let sale = given(Aggregate::Sale, [registered(whose)]);
            let asked = with_rights(sale, &[(Records::Sales, only(whose, level))]);
            let answer = asked.when(edit());
            match level {
                Level::None => answer.then_refused(Refusal::Unknown(Aggregate::Sale)),
                Level::Read | Level::Create => answer.then_refused(Refusal::NotYours),
                Level::Update | Level::Delete => drop(answer.facts()),
            }
        }
    }
}

#[test]
fn an_activity_is_changed_and_deleted_as_far_as_the_level_goes_so_44() {
    let complete = || Order::Activity(ActivityCommand::CompleteActivity);
    let delete = || Order::Activity(ActivityCommand::DeleteActivity);
    for whose in Ownership::ALL {
        for level in LEVELS {
            let asked = || {
                let activity = given(Aggregate::Activity, [planned(whose, None)]);
                with_rights(activity, &[(Records::Activities, only(whose, level))])
            };
            match level {
                Level::None => {
                    asked().when(complete()).then_refused(Refusal::Unknown(Aggregate::Activity));
                    asked().when(delete()).then_refused(Refusal::Unknown(Aggregate::Activity));
                }
                Level::Read | Level::Create => {
                    asked().when(complete()).then_refused(Refusal::NotYourActivity);
                    asked().when(delete()).then_refused(Refusal::NotYourActivity);
                }
                Level::Update => {
                    asked().when(complete()).facts();
                    asked().when(delete()).then_refused(Refusal::NotYourActivity);
                }
                Level::Delete => {
                    asked().when(complete()).facts();
                    asked().when(delete()).facts();
                }
            }
        }
    }
}

#[test]
fn an_activity_on_an_unseen_sale_is_seen_by_its_owner_only_so_44() {
    let theirs = |whose| {
        let activity = given(Aggregate::Activity, [planned(whose, Some(FJORD))])
            .and(FJORD.stream(), &registered(Ownership::OtherGroups));
        with_rights(activity, &[(Records::Sales, only(Ownership::Own, Level::Delete))])
            .when(Order::Activity(ActivityCommand::CompleteActivity))
    };
    theirs(Ownership::Own).facts();
    theirs(Ownership::OwnGroups).then_refused(Refusal::Unknown(Aggregate::Activity));
}

#[test]
fn nothing_is_planned_on_a_sale_that_is_not_seen_so_44() {
    let plan = |level| {
        let new = NewActivity {
            kind: Kind::ToDo,
            title: "Call".into(),
            when: When::default(),
            owner: None,
            caller: Caller { name: TypeName::parse("Ola").unwrap(), groups: vec![] },
            description: None,
            sale: Some(FJORD),
            parties: Parties::default(),
            alarm_minutes: None,
            location: None,
            priority: None,
            follow_up_type: None,
            recurrence: None,
        };
        let world = given(Aggregate::Activity, [])
            .and(FJORD.stream(), &registered(Ownership::OtherGroups))
            .and(StreamName::of_user(&user("ola")), &added());
        with_rights(world, &[(Records::Sales, only(Ownership::OtherGroups, level))])
            .when(Order::Activity(ActivityCommand::PlanActivity(Box::new(new))))
    };
    plan(Level::None).then_refused(Refusal::UnknownSale);
    plan(Level::Read).facts();
}

#[test]
fn a_hidden_sale_is_there_for_whom_its_owner_says_so_31() {
    let group = |name: &str| Visibility::Group { visible_group: TypeName::parse(name).unwrap() };
    let asked = |whose, visibility, role| {
        let hidden = Event::Sale(SaleEvent::VisibilityChanged(visibility));
        given(Aggregate::Sale, [registered(whose), hidden])
            .with_roles(&[role], &["north"])
            .when(edit())
    };
    let unknown = || Refusal::Unknown(Aggregate::Sale);
    for visibility in [Visibility::Owner, group("south"), group("north")] {
        asked(Ownership::Own, visibility.clone(), Role::Seller).facts();
        asked(Ownership::OtherGroups, visibility, Role::Admin).facts();
    }
    for role in [Role::Seller, Role::Manager] {
        asked(Ownership::OwnGroups, Visibility::Owner, role).then_refused(unknown());
        asked(Ownership::OtherGroups, group("south"), role).then_refused(unknown());
    }
    asked(Ownership::OtherGroups, group("north"), Role::Seller).then_refused(Refusal::NotYours);
    asked(Ownership::OtherGroups, group("north"), Role::Manager).facts();
}

fn added() -> Event {
    Event::User(UserEvent::Added {
        name: TypeName::parse("Ola").unwrap(),
        groups: vec!["north".into()],
        primary_group: Some("north".into()),
    })
}

fn on_tenant(facts: impl IntoIterator<Item = TenantEvent>) -> Given {
    given(Aggregate::Tenant, facts.into_iter().map(Event::Tenant))
}

#[test]
fn setting_what_is_set_changes_nothing_and_the_contract_is_set_from_the_start_so_44() {
    let (role, records) = (Role::Seller, Records::Sales);
    let set = |rights| Order::Tenant(TenantCommand::SetRecordRights { role, records, rights });
    on_tenant([]).when(set(RecordRights::of_contract(Role::Seller))).then_nothing();
    let rights = only(Ownership::Own, Level::Update);
    let fact = TenantEvent::RecordRightsSet { role, records, rights };
    on_tenant([]).when(set(rights)).then([Event::Tenant(fact.clone())]);
    on_tenant([fact]).when(set(rights)).then_nothing();
}

#[test]
fn functional_rights_are_given_and_taken_but_what_a_role_is_stays_so_44() {
    let set = |role, right, allowed| {
        Order::Tenant(TenantCommand::SetFunctionalRight { role, right, allowed })
    };
    let given = |role, right, allowed| {
        Event::Tenant(TenantEvent::FunctionalRightSet { role, right, allowed })
    };
    for right in Right::MAINTAINED {
        let has = TenantRights::CONTRACT.role_may(Role::Seller, right);
        on_tenant([]).when(set(Role::Seller, right, !has)).then([given(Role::Seller, right, !has)]);
        on_tenant([]).when(set(Role::Seller, right, has)).then_nothing();
    }
    for right in [Right::ReadTenant, Right::ChangeSales, Right::SetEffectiveTime] {
        on_tenant([]).when(set(Role::Seller, right, true)).then_refused(Refusal::RightFixed);
    }
    let locked_out = set(Role::Admin, Right::MaintainTenant, false);
    on_tenant([]).when(locked_out).then_refused(Refusal::RightFixed);
    on_tenant([]).when(set(Role::Importer, Right::MaintainTenant, false)).facts();
}

#[test]
fn the_highest_level_of_several_roles_counts_so_44() {
    let mut rights = TenantRights::default();
    let (records, none) = (Records::Sales, only(Ownership::Own, Level::Read));
    rights.evolve(&TenantEvent::RecordRightsSet { role: Role::Seller, records, rights: none });
    let both = [Role::Seller, Role::Manager].into_iter().collect();
    let seller = [Role::Seller].into_iter().collect();
    assert_eq!(rights.level(both, records, Ownership::Others), Level::Delete);
    assert_eq!(rights.level(seller, records, Ownership::Own), Level::Read);
    assert_eq!(rights.level(seller, Records::Activities, Ownership::Own), Level::Delete);
}
