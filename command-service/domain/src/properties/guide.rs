//! Orders about guides at random, and what a guide and a sale in it always are (SG-1 to SG-29).

use std::collections::BTreeSet;

use events::activity::Kind;
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::view::{BoardGroup, Summarize};
use events::{
    ActivityEvent, ActivityId, BoardView, Event, Feature, GuideItemId, SaleEvent, SaleTypeId,
    StreamName, TenantSlug, TypeName, UserId,
};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::activities::{type_is_of, type_key};
use super::orders::{caller, id, local_name, parties, sale, stage, title, user};
use super::world::World;
use crate::Order;
use crate::activity::{ActivityCommand, FromGuideItem, NewDocument, When};
use crate::sale::{Sale, SaleCommand};
use crate::sale_type::{
    DocumentChanges, FollowUpChanges, GuideItemChanges, NewGuideItem, SaleType, SaleTypeCommand,
    SuggestionChanges,
};
use crate::tenant::TenantCommand;
use crate::user::{PreferenceChanges, UserCommand};

/// Any order about a guide; boxed, because strategies are large and live on the stack of a test.
pub(super) fn guide_order() -> BoxedStrategy<(StreamName, Order)> {
    prop_oneof![
        4 => on_type().boxed(),
        4 => from_guide().boxed(),
        3 => suggestion().boxed(),
        1 => of_user().boxed(),
        1 => feature().boxed(),
    ]
    .boxed()
}

fn item() -> impl Strategy<Value = GuideItemId> {
    id(4).prop_map(GuideItemId)
}

fn kind() -> impl Strategy<Value = Kind> {
    select(&[Kind::Meeting, Kind::ToDo, Kind::Call][..])
}

fn suggested() -> impl Strategy<Value = Suggestion> {
    let follow_up = (kind(), of(type_key()), any::<bool>(), 0..9_u16).prop_map(
        |(kind, follow_up_type, auto_suggest, offset_days)| {
            let (duration_minutes, text) = (None, None);
            Suggestion::FollowUp(SuggestedFollowUp {
                kind,
                follow_up_type,
                auto_suggest,
                offset_days,
                duration_minutes,
                text,
            })
        },
    );
    let paper = SuggestedDocument { template: None, subject: None, our_reference: None };
    prop_oneof![3 => follow_up, 1 => Just(Suggestion::Document(paper))]
}

fn on_type() -> impl Strategy<Value = (StreamName, Order)> {
    use SaleTypeCommand as C;
    let terms =
        (local_name(), any::<bool>(), suggested()).prop_map(|(name, required, suggestion)| {
            GuideItemTerms { name, purpose: None, required, suggestion }
        });
    let add = (item(), stage(), of(0..9_i32), terms).prop_map(|(id, stage, rank, terms)| {
        C::AddGuideItem(Box::new(NewGuideItem { id, stage, rank, terms }))
    });
    let follow_up = (of(kind()), of(of(type_key()))).prop_map(|(kind, follow_up_type)| {
        let changes = FollowUpChanges { kind, follow_up_type, ..FollowUpChanges::default() };
        SuggestionChanges::FollowUp(changes)
    });
    let paper = SuggestionChanges::Document(DocumentChanges::default());
    let edit = (item(), of(any::<bool>()), prop_oneof![follow_up, Just(paper)]).prop_map(
        |(item, required, suggestion)| {
            let changes = GuideItemChanges { name: None, purpose: None, required, suggestion };
            C::EditGuideItem { item, changes: Box::new(changes) }
        },
    );
    let command = prop_oneof![
        6 => add,
        2 => edit,
        2 => (item(), of(stage()), of(0..9_i32))
            .prop_map(|(item, stage, rank)| C::MoveGuideItem { item, stage, rank }),
        1 => item().prop_map(|item| C::RemoveGuideItem { item }),
        1 => Just(C::DeleteSaleType),
        1 => Just(C::RestoreSaleType),
    ];
    (id(2).prop_map(SaleTypeId), command)
        .prop_map(|(of, command)| (of.stream(), Order::SaleType(command)))
}

fn from_guide() -> impl Strategy<Value = (StreamName, Order)> {
    let who = || (of(user()), of(title()), parties());
    let follow_up = (id(2).prop_map(ActivityId), (sale(), item(), of(type_key())), who()).prop_map(
        |(id, (sale, item, follow_up_type), (owner, title, parties))| {
            let new = FromGuideItem {
                id,
                sale,
                item,
                title,
                when: When::default(),
                owner: owner.map(|owner| UserId::parse(owner).unwrap()),
                caller: caller(),
                description: None,
                parties,
                alarm_minutes: None,
                location: None,
                priority: None,
                follow_up_type,
            };
            (id, ActivityCommand::CreateFromGuideItem(Box::new(new)))
        },
    );
    let document = (id(2).prop_map(ActivityId), of(sale()), of(item()), who()).prop_map(
        |(id, sale, item, (owner, title, parties))| {
            let new = NewDocument {
                id,
                sale,
                item,
                title,
                template: None,
                our_reference: None,
                description: None,
                owner: owner.map(|owner| UserId::parse(owner).unwrap()),
                caller: caller(),
                parties,
            };
            (id, ActivityCommand::CreateDocument(Box::new(new)))
        },
    );
    prop_oneof![2 => follow_up, 1 => document]
        .prop_map(|(id, command)| (id.stream(), Order::Activity(command)))
}

fn suggestion() -> impl Strategy<Value = (StreamName, Order)> {
    use SaleCommand as C;
    let activity = || id(2).prop_map(ActivityId);
    let command = prop_oneof![
        2 => activity().prop_map(|activity| C::SuggestFollowUp { activity }),
        2 => activity().prop_map(|activity| C::SuggestStage { activity }),
        1 => (item(), any::<bool>())
            .prop_map(|(item, accepted)| C::AnswerFollowUpSuggestion { item, accepted }),
        1 => any::<bool>().prop_map(|accepted| C::AnswerStageSuggestion { accepted }),
    ];
    (sale(), command).prop_map(|(sale, command)| (sale.stream(), Order::Sale(command)))
}

fn of_user() -> impl Strategy<Value = (StreamName, Order)> {
    let days = of(0..366_u16).prop_map(|show_days_ahead| PreferenceChanges {
        confirm_suggested_follow_up: None,
        show_days_ahead,
    });
    let set = (user(), days).prop_map(|(name, changes)| {
        let (user, caller) = (UserId::parse(name).unwrap(), caller());
        UserCommand::SetPreferences { user, caller, changes }
    });
    let add = (user(), sale()).prop_map(|(name, sale)| {
        let (user, caller) = (UserId::parse(name).unwrap(), caller());
        UserCommand::AddFavourite { user, caller, sale }
    });
    let remove = (user(), sale()).prop_map(|(name, sale)| UserCommand::RemoveFavourite {
        user: UserId::parse(name).unwrap(),
        sale,
    });
    let save = (user(), board_view(), select(&["Mine", "North", "Yours"][..])).prop_map(
        |(name, view, called)| {
            let (user, caller) = (UserId::parse(name).unwrap(), caller());
            UserCommand::SaveView {
                user,
                caller,
                name: TypeName::parse(called).unwrap(),
                view: Box::new(view),
            }
        },
    );
    let forget = (user(), select(&["Mine", "North"][..])).prop_map(|(name, called)| {
        UserCommand::RemoveView {
            user: UserId::parse(name).unwrap(),
            name: TypeName::parse(called).unwrap(),
        }
    });
    prop_oneof![set, add, remove, save, forget].prop_map(|command| {
        let whose = match &command {
            UserCommand::SetPreferences { user, .. }
            | UserCommand::AddFavourite { user, .. }
            | UserCommand::RemoveFavourite { user, .. }
            | UserCommand::SaveView { user, .. }
            | UserCommand::RemoveView { user, .. } => user,
            UserCommand::AddUser { .. } => unreachable!("added by other orders"),
        };
        (StreamName::of_user(whose), Order::User(command))
    })
}

pub(super) fn board_view() -> impl Strategy<Value = BoardView> {
    (select(&BoardGroup::ALL[..]), any::<bool>()).prop_map(|((_, group_by), hide_closed)| {
        BoardView {
            group_by,
            subgroup_by: None,
            sort: None,
            summarize: Summarize::Amount,
            hide_closed,
            currency: None,
            criteria: None,
        }
    })
}

fn feature() -> impl Strategy<Value = (StreamName, Order)> {
    let tenant = StreamName::of_tenant(&TenantSlug::parse("demo").unwrap());
    (select(&Feature::ALL[..]), any::<bool>()).prop_map(move |(feature, on)| {
        (tenant.clone(), Order::Tenant(TenantCommand::SwitchFeature { feature, on }))
    })
}

/// A guide has two stages, no stage of a type is deleted, and no two items share an id (SO-45, SO-49).
pub(super) fn type_is_sound(world: &World, kind: &SaleType) -> Result<(), TestCaseError> {
    let Some(defined) = kind.defined() else { return Ok(()) };
    prop_assert!(!defined.terms.guide || defined.terms.stages.len() >= 2);
    for stage in &defined.terms.stages {
        let there = matches!(
            world.state(&stage.stream()),
            crate::State::Stage(crate::stage::Stage::Added(_))
        );
        prop_assert!(there, "a type links a stage that is in use");
    }
    let items = defined.guide.items();
    let ids: BTreeSet<_> = items.iter().map(|item| item.id).collect();
    prop_assert_eq!(ids.len(), items.len());
    prop_assert!(items.is_sorted_by_key(|item| item.rank));
    for follow_up in items.iter().filter_map(|item| item.terms.follow_up()) {
        prop_assert!(type_is_of(follow_up.kind, follow_up.follow_up_type.as_ref()), "SD-1");
    }
    if let SaleType::Deleted(_) = kind {
        prop_assert!(items.is_empty() && defined.terms.stages.is_empty(), "SO-46");
    }
    Ok(())
}

/// What a sale remembers of its guide is what activities say of themselves (SG-12), and each follow-up is suggested
/// once (SG-19).
pub(super) fn progress_is_sound(
    world: &World,
    stream: &StreamName,
    sale: &Sale,
) -> Result<(), TestCaseError> {
    let Some(deal) = sale.deal() else { return Ok(()) };
    let facts = || {
        world
            .facts_of(stream)
            .filter_map(|fact| if let Event::Sale(fact) = fact { Some(fact) } else { None })
    };
    let mut suggested = BTreeSet::new();
    let mut used = 0;
    for fact in facts() {
        if let SaleEvent::GuideItemUsed { item, activity } = fact {
            used += 1;
            let Some(Event::Activity(
                ActivityEvent::Planned { guide_item, .. }
                | ActivityEvent::DocumentCreated { guide_item, .. },
            )) = world.facts_of(&activity.stream()).next()
            else {
                return Err(TestCaseError::fail("an activity that was never created"));
            };
            prop_assert_eq!(*guide_item, Some(*item), "the activity keeps the id of its item");
        }
        if let SaleEvent::FollowUpSuggested { item, .. } = fact {
            prop_assert!(suggested.insert(*item), "suggested twice");
        }
    }
    prop_assert_eq!(deal.guide.created(), used);
    Ok(())
}
