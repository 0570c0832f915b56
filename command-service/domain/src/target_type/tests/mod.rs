//! Types of targets, row by row of the source.

mod pasting;

use events::rights::Role;
use events::target_type::{DEFAULT, Dimension, TargetTypeTerms, Unit};
use events::{
    Aggregate, Event, FieldDefinition, FieldItem, FieldKind, ListEvent, ListItem, ListKey,
    ListName, LocalName, NameEvent, SaleTypeEvent, SaleTypeId, StreamName, TargetTypeEvent,
    TargetTypeId, TenantEvent, TenantSlug, TypeName,
};
use uuid::Uuid;

use super::*;
use crate::spec::{Given, given};
use crate::{Order, Refusal};

const SOURCES: TargetTypeId = TargetTypeId(Uuid::from_u128(0x7a));
const OTHER: TargetTypeId = TargetTypeId(Uuid::from_u128(0x7b));
const RENEWALS: SaleTypeId = SaleTypeId(Uuid::from_u128(0x5a));

fn key(text: &str) -> ListKey {
    ListKey::parse(text).unwrap()
}

fn name(text: &str) -> LocalName {
    LocalName::english(TypeName::parse(text).unwrap())
}

fn terms(items: &[&str], groups_only: bool) -> TargetTypeTerms {
    let items = items.iter().map(|item| key(item)).collect();
    TargetTypeTerms { name: name("Targets"), items, groups_only }
}

fn define(id: TargetTypeId, dimension: &Dimension, items: &[&str]) -> Order {
    let (dimension, terms) = (dimension.clone(), terms(items, false));
    let unit = Unit::Amount;
    Order::TargetType(TargetTypeCommand::DefineTargetType { id, dimension, unit, terms })
}

fn defined(dimension: &Dimension, terms: TargetTypeTerms) -> Event {
    let (dimension, unit) = (dimension.clone(), Unit::Amount);
    Event::TargetType(TargetTypeEvent::Defined { dimension, unit, terms })
}

fn edit(changes: TargetTypeChanges) -> Order {
    Order::TargetType(TargetTypeCommand::EditTargetType { id: SOURCES, changes })
}

fn delete(id: TargetTypeId) -> Order {
    Order::TargetType(TargetTypeCommand::DeleteTargetType { id })
}

const DELETED: Event = Event::TargetType(TargetTypeEvent::Deleted {});

fn taken(dimension: &Dimension) -> StreamName {
    StreamName::new(Aggregate::Name, format!("target-dimension/{}", dimension.word()))
}

fn reserved(by: TargetTypeId) -> Event {
    Event::Name(NameEvent::Reserved { holder: by.stream().to_string() })
}

fn released(by: TargetTypeId) -> Event {
    Event::Name(NameEvent::Released { holder: by.stream().to_string() })
}

fn field(at: &str, kind: FieldKind) -> Event {
    let items = match kind {
        FieldKind::List => vec![FieldItem { key: key("by-sea"), name: name("By sea") }],
        FieldKind::Text | FieldKind::Number | FieldKind::Date | FieldKind::Boolean => vec![],
    };
    let definition = FieldDefinition { key: key(at), name: name(at), kind, items, promoted: false };
    Event::Tenant(TenantEvent::CustomFieldDefined(definition))
}

/// Own fields `delivery` (a list), `weight` and `gone`; a maintained list of sources; a sale type.
fn world(facts: impl IntoIterator<Item = Event>) -> Given {
    let tenant = StreamName::of_tenant(&TenantSlug::parse("demo").unwrap());
    let gone = TenantEvent::CustomFieldRemoved { key: key("gone") };
    let fields = [
        field("delivery", FieldKind::List),
        field("weight", FieldKind::Number),
        field("gone", FieldKind::List),
        Event::Tenant(gone),
    ];
    let list = ListName::Source;
    let fair = ListItem {
        list,
        key: key("harbour-fair"),
        labels: name("Fair"),
        rank: 5,
        kind: None,
        minutes: None,
    };
    let kind = events::sale_type::SaleTypeTerms {
        name: name("Renewal"),
        category: None,
        duration: None,
        stages: vec![],
        guide: false,
        auto_advance: false,
        stakeholders: false,
    };
    given(Aggregate::TargetType, facts)
        .and_all(tenant, &fields)
        .and(list.stream(), &Event::List(ListEvent::ItemAdded(fair)))
        .and(RENEWALS.stream(), &Event::SaleType(SaleTypeEvent::Defined(kind)))
        .with_roles(&[Role::Admin], &[])
}

/// ST-1: the dimension is reserved beside it, and taken from then on.
#[test]
fn a_dimension_goes_once_and_is_free_when_its_type_is_deleted_st_1_st_6() {
    let source = Dimension::Source;
    let decision = world([]).when(define(SOURCES, &source, &[])).decision();
    assert_eq!(decision.events, [defined(&source, terms(&[], false))]);
    assert_eq!(decision.beside, [(taken(&source), reserved(SOURCES))]);
    let other = || define(OTHER, &source, &[]);
    let held = world([]).and(taken(&source), &reserved(SOURCES));
    held.when(other()).then_refused(Refusal::DimensionTaken);
    let facts = [defined(&source, terms(&[], false))];
    let decision = world(facts.clone()).when(delete(SOURCES)).decision();
    assert_eq!(decision.events, [DELETED]);
    assert_eq!(decision.beside, [(taken(&source), released(SOURCES))]);
    let free = world([]).and_all(taken(&source), &[reserved(SOURCES), released(SOURCES)]);
    free.when(other()).facts();
    let [first] = facts;
    world([first.clone(), DELETED]).when(delete(SOURCES)).then_nothing();
    let gone = world([first.clone(), DELETED]);
    gone.when(edit(TargetTypeChanges::default())).then_refused(Refusal::TargetTypeDeleted);
    let exists = Refusal::AlreadyExists(Aggregate::TargetType);
    world([first.clone(), DELETED])
        .when(define(SOURCES, &source, &[]))
        .then_refused(exists.clone());
    world([first]).when(define(SOURCES, &source, &[])).then_refused(exists);
}

/// ST-1: everybody has it, and it stays; all sales are its dimension.
#[test]
fn the_type_of_all_sales_stays_as_it_is_st_1() {
    let exists = Refusal::AlreadyExists(Aggregate::TargetType);
    world([]).when(define(DEFAULT, &Dimension::Source, &[])).then_refused(exists);
    let fixed = Refusal::TargetTypeFixed;
    world([]).when(delete(DEFAULT)).then_refused(fixed.clone());
    let changes = TargetTypeChanges::default();
    let edit = TargetTypeCommand::EditTargetType { id: DEFAULT, changes };
    world([]).when(Order::TargetType(edit)).then_refused(fixed);
    let all = define(OTHER, &Dimension::AllSales, &[]);
    world([]).when(all).then_refused(Refusal::DimensionTaken);
}

/// ST-2: an own field is a list of the tenant's that is there.
#[test]
fn an_own_dimension_is_a_field_of_kind_list_st_2() {
    let of = |at: &str| Dimension::Field(key(at));
    world([]).when(define(OTHER, &of("delivery"), &["by-sea"])).facts();
    for at in ["weight", "gone", "nowhere"] {
        world([]).when(define(OTHER, &of(at), &[])).then_refused(Refusal::UnknownDimension);
    }
}

/// ST-4: items of the dimension, each once.
#[test]
fn items_are_those_of_the_dimension_st_4() {
    let renewals = RENEWALS.to_string();
    for (dimension, good) in [
        (Dimension::Source, "harbour-fair"),
        (Dimension::Credited, "any-department"),
        (Dimension::Competitor, "anybody"),
        (Dimension::SaleType, renewals.as_str()),
        (Dimension::Field(key("delivery")), "by-sea"),
        (Dimension::CompanyCategory, "any-category"),
        (Dimension::CompanyBusiness, "any-business"),
        (Dimension::CompanyCountry, "no"),
    ] {
        world([]).when(define(OTHER, &dimension, &[good])).facts();
        let twice = Refusal::ItemListedTwice.at("/items/1");
        world([]).when(define(OTHER, &dimension, &[good, good])).then_refused(twice);
    }
    let nowhere = Uuid::from_u128(404).to_string();
    for (dimension, bad) in [
        (Dimension::Source, "elsewhere"),
        (Dimension::SaleType, "renewal"),
        (Dimension::SaleType, nowhere.as_str()),
        (Dimension::Field(key("delivery")), "by-air"),
        (Dimension::CompanyCountry, "xx"),
        (Dimension::CompanyCountry, "nor"),
        (Dimension::CompanyCountry, "norway"),
    ] {
        let refused = Refusal::UnknownTargetItem.at("/items/0");
        world([]).when(define(OTHER, &dimension, &[bad])).then_refused(refused);
    }
}

/// ST-2, ST-4, SO-19: category and business are items of their own lists, one not of the other.
#[test]
fn what_companies_are_told_apart_by_is_offered_by_its_list_st_2() {
    for (dimension, list, other) in [
        (Dimension::CompanyCategory, ListName::CompanyCategory, ListName::CompanyBusiness),
        (Dimension::CompanyBusiness, ListName::CompanyBusiness, ListName::CompanyCategory),
    ] {
        let item = |list, text: &str| {
            let labels = name(text);
            ListItem { list, key: key(text), labels, rank: 5, kind: None, minutes: None }
        };
        let added = |list, text: &str| Event::List(ListEvent::ItemAdded(item(list, text)));
        let maintained = || {
            world([])
                .and(list.stream(), &added(list, "club"))
                .and(other.stream(), &added(other, "fishing"))
        };
        maintained().when(define(OTHER, &dimension, &["club", "unknown"])).facts();
        let refused = Refusal::UnknownTargetItem.at("/items/1");
        let wrong = define(OTHER, &dimension, &["club", "fishing"]);
        maintained().when(wrong).then_refused(refused.clone());
        let gone = Event::List(ListEvent::ItemDeleted(item(list, "club")));
        let deleted = maintained().and_all(list.stream(), &[added(list, "club"), gone]);
        let wrong = define(OTHER, &dimension, &["unknown", "club"]);
        deleted.when(wrong).then_refused(refused);
    }
}

/// ST-4, ST-5: dimension and unit are not among what changes; items that were chosen may stay.
#[test]
fn name_items_and_level_of_a_type_change_st_4_st_5() {
    let facts = [defined(&Dimension::Source, terms(&["since-deleted"], false))];
    let given = || world(facts.clone());
    given().when(edit(TargetTypeChanges::default())).then_nothing();
    let groups = TargetTypeChanges { groups_only: Some(true), ..TargetTypeChanges::default() };
    let edited = Event::TargetType(TargetTypeEvent::Edited(terms(&["since-deleted"], true)));
    given().when(edit(groups.clone())).then([edited.clone()]);
    world([facts[0].clone(), edited]).when(edit(groups)).then_nothing();
    let items = |items: &[&str]| {
        let items = Some(items.iter().map(|item| key(item)).collect());
        edit(TargetTypeChanges { items, ..TargetTypeChanges::default() })
    };
    let both = terms(&["since-deleted", "harbour-fair"], false);
    let edited = Event::TargetType(TargetTypeEvent::Edited(both));
    given().when(items(&["since-deleted", "harbour-fair"])).then([edited]);
    let refused = Refusal::UnknownTargetItem.at("/items/1");
    given().when(items(&["since-deleted", "elsewhere"])).then_refused(refused);
    let unknown = Refusal::Unknown(Aggregate::TargetType);
    world([]).when(items(&[])).then_refused(unknown.clone());
    world([]).when(delete(SOURCES)).then_refused(unknown);
}
