//! The folds of what sales refer to, fact by fact.

use events::activity::Kind;
use events::guide::{GuideItemTerms, SuggestedFollowUp, Suggestion};
use events::sale_type::SaleTypeTerms;
use events::{
    CurrencyCode, Feature, GuideItem, GuideItemId, LocalName, Preferences, Probability, SaleId,
    SaleTypeEvent, StageId, TypeName, UserEvent,
};

use super::*;
use crate::sale::sale_type::{SaleType, sale_type};
use crate::sale::user::{User, user};

const FM: StageId = StageId(Uuid::from_u128(1));
const QT: StageId = StageId(Uuid::from_u128(2));

fn name(text: &str) -> LocalName {
    LocalName::english(TypeName::parse(text).unwrap())
}

fn type_terms(guide: bool) -> SaleTypeTerms {
    SaleTypeTerms {
        name: name("Sale to new customer"),
        category: None,
        duration: None,
        stages: vec![FM, QT],
        guide,
        auto_advance: true,
        stakeholders: false,
    }
}

fn item(n: u128, stage: StageId) -> SaleTypeEvent {
    let suggestion = Suggestion::FollowUp(SuggestedFollowUp {
        kind: Kind::Meeting,
        follow_up_type: None,
        auto_suggest: false,
        offset_days: 7,
        duration_minutes: None,
        text: None,
    });
    let terms = GuideItemTerms {
        name: name("Customer meeting"),
        purpose: None,
        required: true,
        suggestion,
    };
    SaleTypeEvent::GuideItemAdded(GuideItem {
        id: GuideItemId(Uuid::from_u128(n)),
        stage,
        rank: 10,
        terms,
    })
}

fn folded(facts: &[SaleTypeEvent]) -> Result<SaleType, &'static str> {
    let mut after = None;
    for fact in facts {
        after = Some(sale_type(Uuid::from_u128(9), after.as_ref(), fact)?);
    }
    after.ok_or("nothing")
}

/// SG-28: what its terms say does not touch the items.
#[test]
fn a_guide_that_is_switched_off_and_on_has_all_its_items_sg_28() {
    let facts = [
        SaleTypeEvent::Defined(type_terms(true)),
        item(1, FM),
        item(2, QT),
        SaleTypeEvent::Edited(type_terms(false)),
        SaleTypeEvent::GuideItemRemoved { id: GuideItemId(Uuid::from_u128(2)) },
        SaleTypeEvent::Edited(type_terms(true)),
    ];
    let off = folded(&facts[..4]).unwrap();
    assert_eq!((off.terms.guide, off.guide.items().len()), (false, 2));
    let on = folded(&facts).unwrap();
    assert_eq!((on.terms.guide, on.guide.items().len()), (true, 1), "SG-29");
    assert!(folded(&facts[1..]).is_err(), "never defined");
}

/// SO-46, SO-49, §6-A34.
#[test]
fn a_type_loses_a_deleted_stage_with_its_items_and_everything_when_it_is_deleted_so_46() {
    let facts = [
        SaleTypeEvent::Defined(type_terms(true)),
        item(1, FM),
        item(2, QT),
        SaleTypeEvent::StageUnlinked { stage: FM, guide: false },
        SaleTypeEvent::Deleted {},
        SaleTypeEvent::Restored {},
    ];
    let unlinked = folded(&facts[..4]).unwrap();
    assert_eq!((unlinked.terms.stages.as_slice(), unlinked.terms.guide), ([QT].as_slice(), false));
    assert_eq!(unlinked.guide.items().len(), 1);
    let deleted = folded(&facts[..5]).unwrap();
    assert!(deleted.deleted && deleted.terms.stages.is_empty() && deleted.guide.items().is_empty());
    let restored = folded(&facts).unwrap();
    assert_eq!(
        (restored.deleted, restored.terms.stages.len(), restored.terms.guide),
        (false, 0, false)
    );
    assert_eq!(restored.terms.name, name("Sale to new customer"));
}

/// SO-49.
#[test]
fn a_deleted_stage_keeps_its_terms_and_comes_back_so_49() {
    let terms = StageTerms {
        name: name("First meeting"),
        probability: Probability::parse(20).unwrap(),
        description: None,
        rank: 1,
    };
    let added = stage(FM.0, None, &StageEvent::Added(terms.clone())).unwrap();
    let deleted = stage(FM.0, Some(&added), &StageEvent::Deleted {}).unwrap();
    assert_eq!((deleted.deleted, &deleted.terms), (true, &terms));
    let restored = stage(FM.0, Some(&deleted), &StageEvent::Restored {}).unwrap();
    assert_eq!(restored, added);
    assert!(stage(FM.0, None, &StageEvent::Deleted {}).is_err());
}

/// SG-22, SD-14, SO-32.
#[test]
fn a_user_keeps_preferences_and_favourites_each_once_so_32() {
    let added = UserEvent::Added {
        name: TypeName::parse("Ola").unwrap(),
        groups: vec!["North".to_owned()],
        primary_group: None,
    };
    let sale = |n| SaleId(Uuid::from_u128(n));
    let own = Preferences { confirm_suggested_follow_up: false, show_days_ahead: 30 };
    let facts = [
        added,
        UserEvent::FavouriteAdded { sale: sale(2) },
        UserEvent::FavouriteAdded { sale: sale(1) },
        UserEvent::FavouriteAdded { sale: sale(2) },
        UserEvent::PreferencesSet(own),
        UserEvent::FavouriteRemoved { sale: sale(1) },
    ];
    let after = |facts: &[UserEvent]| {
        let mut after: Option<User> = None;
        for fact in facts {
            after = Some(user("ola".to_owned(), after.as_ref(), fact)?);
        }
        after.ok_or("nothing")
    };
    let four = after(&facts[..4]).unwrap();
    assert_eq!(four.favourites, [sale(2).0, sale(1).0], "in the order they were marked");
    assert_eq!(four.preferences, Preferences::default());
    let all = after(&facts).unwrap();
    assert_eq!((all.favourites, all.preferences), (vec![sale(2).0], own));
    assert_eq!((all.name.as_str(), all.groups.len()), ("Ola", 1));
    assert!(after(&facts[1..]).is_err(), "never added");
}

/// SO-50.
#[test]
fn features_are_there_until_they_are_switched_off_so_50() {
    let provisioned = TenantEvent::Provisioned {
        base_currency: CurrencyCode::EUR,
        time_zone: chrono_tz::Europe::Oslo,
    };
    let first = settings(None, "demo", &provisioned).unwrap();
    assert_eq!(first.features, Features::default());
    let off = TenantEvent::FeatureSwitched { feature: Feature::Guide, on: false };
    let second = settings(Some(&first), "demo", &off).unwrap();
    assert_eq!((second.features.guide, second.features.stakeholders), (false, true));
    assert!(settings(None, "demo", &off).is_err());
}
