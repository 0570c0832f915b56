//! What random histories do to guides: items come, change and go, suggestions are made and answered, sale types and stages
//! are deleted and restored, people set preferences and mark favourites.

use events::activity::Kind;
use events::{
    Event, Feature, GuideItemId, Preferences, SaleTypeEvent, StageEvent, StageId, StreamName,
    TenantEvent, TenantSlug, UserEvent, UserId,
};
use uuid::Uuid;

use super::facts::{FM, NEW, QT, SC, sale};
use super::guide_facts::{
    answered, document, follow_up, guided, item_added, stage_answered, stage_suggested, suggested,
    used,
};

/// One of five items.
pub(super) fn item(figure: u32) -> GuideItemId {
    GuideItemId(Uuid::from_u128(0x6000 + u128::from(figure % 5)))
}

fn stage(figure: u32) -> StageId {
    [FM, QT, SC][(figure % 3) as usize]
}

/// Something about the guide of a sale.
pub(super) fn of_sale(what: u8, figure: u32) -> Event {
    let (item, to) = (item(figure), stage(figure / 5));
    match what % 6 {
        0 | 1 => suggested(item),
        2 => answered(item, figure.is_multiple_of(2)),
        3 => stage_suggested(stage(figure / 15), to),
        4 => stage_answered(to, figure.is_multiple_of(2)),
        _ => used(item, u128::from(figure % 6)),
    }
}

/// Something about a type, a stage, a user or the tenant.
pub(super) fn of_catalogue(what: u8, figure: u32) -> (StreamName, Event) {
    match what % 4 {
        0 | 1 => (NEW.stream(), of_type(figure)),
        2 if figure.is_multiple_of(3) => (stage(figure / 3).stream(), of_stage(figure)),
        2 => {
            let tenant = StreamName::of_tenant(&TenantSlug::parse("demo").unwrap());
            let feature = Feature::ALL[(figure / 3 % 2) as usize];
            let on = figure.is_multiple_of(2);
            (tenant, Event::Tenant(TenantEvent::FeatureSwitched { feature, on }))
        }
        _ => {
            let user = UserId::parse(["ola", "kari", "per"][(figure / 4 % 3) as usize]).unwrap();
            (StreamName::of_user(&user), of_user(figure))
        }
    }
}

fn of_stage(figure: u32) -> Event {
    let deleted = figure.is_multiple_of(2);
    Event::Stage(if deleted { StageEvent::Deleted {} } else { StageEvent::Restored {} })
}

fn of_user(figure: u32) -> Event {
    let sale = sale(u128::from(figure / 12 % 7));
    Event::User(match figure % 4 {
        0 | 1 => UserEvent::FavouriteAdded { sale },
        2 => UserEvent::FavouriteRemoved { sale },
        _ => UserEvent::PreferencesSet(Preferences {
            confirm_suggested_follow_up: figure.is_multiple_of(2),
            show_days_ahead: u16::try_from(figure / 12 % 367).unwrap(),
        }),
    })
}

fn of_type(figure: u32) -> Event {
    let (id, stage) = (item(figure / 8), stage(figure / 40));
    let rank = i32::try_from(figure / 120 % 10).unwrap();
    let offset = u16::try_from(figure / 120 % 30).unwrap();
    let call = || follow_up("Call", Kind::Call, offset, None);
    let fact = match figure % 8 {
        0 => return item_added(id, stage, rank, call()),
        1 => return item_added(id, stage, rank, document("Letter")),
        2 => return guided((figure / 8).is_multiple_of(2)),
        3 => SaleTypeEvent::GuideItemEdited { id, terms: call() },
        4 => SaleTypeEvent::GuideItemMoved { id, stage, rank },
        5 => SaleTypeEvent::GuideItemRemoved { id },
        6 => SaleTypeEvent::StageUnlinked { stage, guide: (figure / 8).is_multiple_of(2) },
        _ if (figure / 8).is_multiple_of(2) => SaleTypeEvent::Deleted {},
        _ => SaleTypeEvent::Restored {},
    };
    Event::SaleType(fact)
}
