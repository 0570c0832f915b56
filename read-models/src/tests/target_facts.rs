//! Facts of targets: types, rows, cells.

use events::target::{Assignee, Cell, CellsCause, TargetPeriod, TargetPlace};
use events::target_type::{DEFAULT, Dimension, TargetTypeTerms, Unit};
use events::{
    CurrencyCode, Event, ListKey, LocalName, Probability, SaleEvent, StreamName, TargetEvent,
    TargetTypeEvent, TargetTypeId, TenantEvent, TypeName, UserId,
};
use uuid::Uuid;

use super::World;
use super::facts::{NEW, all_profit, beginning, day, key, money};

/// A user's place in the default type.
pub(super) fn of_user(user: &str, group: &str) -> TargetPlace {
    let user = UserId::parse(user).unwrap();
    let group = TypeName::parse(group).ok();
    place(DEFAULT, None, Assignee::User { user, group })
}

/// A group's place in the default type.
pub(super) fn of_group(group: &str) -> TargetPlace {
    place(DEFAULT, None, Assignee::Group { group: TypeName::parse(group).unwrap() })
}

/// The company's place in the default type.
pub(super) fn of_company() -> TargetPlace {
    place(DEFAULT, None, Assignee::Company)
}

/// A place of 2026.
pub(super) fn place(
    target_type: TargetTypeId,
    item: Option<&str>,
    assignee: Assignee,
) -> TargetPlace {
    let item = item.map(|item| ListKey::parse(item).unwrap());
    TargetPlace { target_type, item, year: 2026, assignee }
}

pub(super) fn added(place: &TargetPlace) -> Event {
    added_as(place, TargetPeriod::Month, None)
}

pub(super) fn added_as(place: &TargetPlace, period: TargetPeriod, currency: Option<&str>) -> Event {
    let currency = currency.map(|code| CurrencyCode::parse(code).unwrap());
    Event::Target(TargetEvent::Added { place: place.clone(), period, currency })
}

/// The same figure in all cells, and another one in the last.
pub(super) fn cells(count: usize, each: &str, last: &str) -> Event {
    let cell = |text: &str| Cell(text.parse().unwrap());
    let mut cells = vec![cell(each); count];
    cells[count - 1] = cell(last);
    Event::Target(TargetEvent::CellsSet { cells, cause: CellsCause::Set })
}

/// A type of another dimension and unit.
pub(super) fn defined(dimension: Dimension, unit: Unit, items: &[&str]) -> Event {
    Event::TargetType(TargetTypeEvent::Defined { dimension, unit, terms: terms("By it", items) })
}

pub(super) fn terms(name: &str, items: &[&str]) -> TargetTypeTerms {
    TargetTypeTerms {
        name: LocalName::english(TypeName::parse(name).unwrap()),
        items: items.iter().map(|item| ListKey::parse(item).unwrap()).collect(),
        groups_only: false,
    }
}

pub(super) fn type_id(n: u128) -> TargetTypeId {
    TargetTypeId(Uuid::from_u128(0x7A00 + n))
}

/// A sale is won.
pub(super) fn won(amount: &str, currency: &str, on: &str) -> Event {
    let amount = money(amount, currency);
    Event::Sale(SaleEvent::Won {
        close_date: day(on),
        reason: key("best-product"),
        amount,
        margin: all_profit(&amount),
        probability: Probability::WON,
        stage_when_closed: None,
        competitor: None,
    })
}

impl World {
    /// A target with its cells, from now on.
    pub async fn target(&mut self, place: &TargetPlace, cells: Event) {
        self.record(&place.id().stream(), &[added(place), cells]).await;
    }

    /// A target with its cells, from the beginning.
    async fn old_target(&mut self, place: &TargetPlace, cells: Event) {
        let facts = [added(place), cells];
        self.record_at(Some(beginning()), &place.id().stream(), &facts).await;
    }

    /// The targets of S16: Ola has 1 000 000 EUR in equal parts, North 150 000 EUR a month.
    pub async fn targets_of_s16(&mut self) {
        self.target(&of_user("ola", "North"), cells(12, "83333.33", "83333.37")).await;
        self.target(&of_group("North"), cells(12, "150000", "150000")).await;
    }
}

/// A type by sale type that counts, one by own field that sums profits, one each by what companies are, and targets of
/// these and the default type for 2016 and 2017, in months and quarters, in several currencies; some locked, cleared,
/// removed and added anew.
pub(super) async fn many_targets(world: &mut World) {
    let (by_type, by_field) = many_types(world).await;
    let new = NEW.0.to_string();
    let quarters = TenantEvent::TargetPeriodSet { period: TargetPeriod::Quarter };
    world.record(&StreamName::of_tenant(&world.tenant.clone()), &[Event::Tenant(quarters)]).await;
    let users = [("ola", "North"), ("kari", "North"), ("per", "South")];
    let user = |(user, group): (&str, &str)| Assignee::User {
        user: UserId::parse(user).unwrap(),
        group: TypeName::parse(group).ok(),
    };
    let group = |name: &str| Assignee::Group { group: TypeName::parse(name).unwrap() };
    for year in [2016, 2017] {
        let of = |place: TargetPlace| TargetPlace { year, ..place };
        for who in users.map(user) {
            world
                .old_target(&of(place(DEFAULT, None, who.clone())), cells(12, "9000.5", "1"))
                .await;
            world
                .old_target(&of(place(by_type, Some(&new), who.clone())), cells(12, "1", "2"))
                .await;
            world.old_target(&of(place(by_type, None, who)), cells(12, "2", "3")).await;
        }
        for (name, currency) in [("North", Some("NOK")), ("South", None)] {
            let row = of(place(DEFAULT, None, group(name)));
            let quarters = added_as(&row, TargetPeriod::Quarter, currency);
            world
                .record_at(
                    Some(beginning()),
                    &row.id().stream(),
                    &[quarters, cells(4, "700000", "0")],
                )
                .await;
        }
        let company = of(of_company());
        let facts = [
            added_as(&company, TargetPeriod::Month, Some("GBP")),
            cells(12, "5000", "6000"),
            Event::Target(TargetEvent::Locked {}),
            Event::Target(TargetEvent::Unlocked {}),
            Event::Target(TargetEvent::Removed {}),
            added_as(&company, TargetPeriod::Month, Some("GBP")),
            cells(12, "5000", "6000"),
            Event::Target(TargetEvent::Cleared {}),
            cells(12, "123456.78", "6000"),
            Event::Target(TargetEvent::CurrencySet { currency: CurrencyCode::parse("USD").ok() }),
            Event::Target(TargetEvent::Locked {}),
        ];
        world.record_at(Some(beginning()), &company.id().stream(), &facts).await;
        let field = of(place(by_field, Some("north"), Assignee::Company));
        world.old_target(&field, cells(12, "1000", "1000")).await;
        for (n, item) in [(4, "customer"), (5, "services"), (6, "no")] {
            for item in [None, Some(item)] {
                let row = of(place(type_id(n), item, Assignee::Company));
                world.old_target(&row, cells(12, "2000", "1")).await;
                let row = of(place(type_id(n), item, group("North")));
                world.old_target(&row, cells(12, "700", "1")).await;
            }
        }
    }
}

async fn many_types(world: &mut World) -> (TargetTypeId, TargetTypeId) {
    let (by_type, by_field) = (type_id(1), type_id(2));
    let new = NEW.0.to_string();
    let counting = [
        defined(Dimension::SaleType, Unit::Count, &[]),
        Event::TargetType(TargetTypeEvent::Edited(terms("Counted", &[&new]))),
    ];
    world.record_at(Some(beginning()), &by_type.stream(), &counting).await;
    let region = ListKey::parse("region").unwrap();
    let profits = defined(Dimension::Field(region), Unit::Profit, &["north"]);
    world.record_at(Some(beginning()), &by_field.stream(), &[profits]).await;
    for (n, dimension, unit, items) in [
        (4, Dimension::CompanyCategory, Unit::Amount, &[][..]),
        (5, Dimension::CompanyBusiness, Unit::Profit, &["trade", "services"]),
        (6, Dimension::CompanyCountry, Unit::Amount, &["no", "nl"]),
    ] {
        let by_company = defined(dimension, unit, items);
        world.record_at(Some(beginning()), &type_id(n).stream(), &[by_company]).await;
    }
    let gone = Event::TargetType(TargetTypeEvent::Deleted {});
    let by_source = defined(Dimension::Source, Unit::Amount, &[]);
    world.record_at(Some(beginning()), &type_id(3).stream(), &[by_source, gone]).await;
    (by_type, by_field)
}
