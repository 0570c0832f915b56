//! What holds after any history: generated orders on a few streams of every kind, decided as the service would.

mod activities;
mod companies;
mod guide;
mod orders;
mod selections;
mod world;

use std::collections::{BTreeSet, HashSet};

use events::{Aggregate, Event, StreamName};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::name::Name;
use crate::sale::{Outcome, Sale, SaleCommand};
use crate::sale_type::SaleType;
use crate::stage::Stage;
use crate::user::UserCommand;
use crate::{Order, State};
use activities::activity_is_sound;
use companies::contact_is_sound;
use guide::{progress_is_sound, type_is_sound};
use orders::{Asked, asked};
use selections::{members_beside, selection_is_sound};
use world::World;

/// A world after some orders; refused ones leave no trace.
fn after(history: &[Asked]) -> World {
    let mut world = World::default();
    for asked in history {
        let _refused = world.carry_out(asked);
    }
    world
}

/// §3.2 of the domain: what a sale always is.
fn sale_is_sound(world: &World, sale: &Sale) -> Result<(), TestCaseError> {
    let Some(deal) = sale.deal() else { return Ok(()) };
    let (amount, margin) = (deal.amount.amount(), deal.margin);
    prop_assert!(amount >= Decimal::ZERO && margin.total_cost >= Decimal::ZERO);
    prop_assert_eq!(margin.profit, amount - margin.total_cost);
    let percent = (!amount.is_zero()).then(|| {
        let percent = margin.profit / amount * Decimal::ONE_HUNDRED;
        events::money::round_to(percent, 2)
    });
    prop_assert_eq!(margin.profit_percent, percent);
    prop_assert!(deal.probability.percent() <= 100);
    match sale {
        Sale::Closed { outcome: Outcome::Won, .. } => {
            prop_assert_eq!(deal.probability.percent(), 100)
        }
        Sale::Closed { outcome: Outcome::Lost, .. } => {
            prop_assert_eq!(deal.probability.percent(), 0)
        }
        // only a closed sale has a completed tick at all
        Sale::Unknown | Sale::Open(_) | Sale::Stalled { .. } | Sale::Deleted(_) => {}
    }
    if let Some(stage) = deal.stage {
        let found = world.state(&stage.stream());
        prop_assert!(matches!(found, State::Stage(Stage::Added(_) | Stage::Deleted(_))));
    }
    prop_assert!(matches!(
        world.state(&deal.sale_type.stream()),
        State::SaleType(SaleType::Defined(_) | SaleType::Deleted(_))
    ));
    prop_assert!(world.knows(&StreamName::of_user(&deal.owner)), "an owner is a user");
    Ok(())
}

/// Every spelling is held by the one that bears it, and by nobody else (SO-45, SO-47).
fn names_are_unique(world: &World) -> Result<(), TestCaseError> {
    let mut borne = BTreeSet::new();
    for (stream, state) in world.streams() {
        let name = match state {
            State::Stage(Stage::Added(terms) | Stage::Deleted(terms)) => &terms.name,
            State::SaleType(SaleType::Defined(it) | SaleType::Deleted(it)) => &it.terms.name,
            State::Stage(_) | State::SaleType(_) | State::Sale(_) | State::Currency(_) => continue,
            State::Activity(_) | State::User(_) | State::Tenant(_) | State::Name(_) => continue,
            State::List(_) | State::Selection(_) => continue,
            State::TargetType(_) | State::Target(_) => continue,
            State::Company(_) | State::Contact(_) => continue,
        };
        for spelling in name.spellings() {
            let id = format!("{}/{spelling}", stream.aggregate);
            let held = world.state(&StreamName::new(Aggregate::Name, id.clone()));
            prop_assert_eq!(held, State::Name(Name::Held(stream.to_string())));
            prop_assert!(borne.insert(id), "two bear one name");
        }
    }
    let reserved = world.streams().filter(|(_, state)| matches!(state, State::Name(Name::Held(_))));
    prop_assert_eq!(reserved.count(), borne.len(), "a name nobody bears is free");
    Ok(())
}

/// What a registration is linked to: a fact each beside the one that begins the stream (SO-F34).
fn linked(order: &Order) -> usize {
    let Order::Sale(SaleCommand::RegisterSale(new)) = order else { return 0 };
    new.links.iter().map(|link| &link.to).collect::<HashSet<_>>().len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn after_any_accepted_history_everything_is_sound(history in vec(asked(), 0..60)) {
        let mut world = World::default();
        for asked in &history {
            if world.carry_out(asked).is_ok() {
                for (stream, state) in world.streams() {
                    match state {
                        State::Sale(sale) => {
                            sale_is_sound(&world, sale)?;
                            progress_is_sound(&world, stream, sale)?;
                        }
                        State::Activity(activity) => activity_is_sound(&world, stream, activity)?,
                        State::SaleType(kind) => type_is_sound(&world, kind)?,
                        State::Stage(_) | State::Currency(_) => {}
                        State::User(_) | State::Tenant(_) | State::Name(_) | State::List(_) => {}
                        State::Selection(selection) => selection_is_sound(selection)?,
                        State::TargetType(_) | State::Target(_) => {}
                        State::Company(_) => {}
                        State::Contact(contact) => contact_is_sound(&world, contact)?,
                    }
                }
                names_are_unique(&world)?;
            }
        }
    }

    #[test]
    fn a_command_said_twice_is_done_once(history in vec(asked(), 0..60)) {
        let mut world = World::default();
        for asked in &history {
            if world.carry_out(asked).is_ok() {
                let before = world.clone();
                if let Ok(decision) = world.carry_out(asked) {
                    prop_assert!(decision.is_nothing(), "{asked:?} was done again: {decision:?}");
                }
                prop_assert_eq!(&world, &before);
            }
        }
    }

    #[test]
    fn a_decision_is_the_same_however_often_it_is_made(history in vec(asked(), 0..50), last in asked()) {
        let world = after(&history);
        prop_assert_eq!(world.decide(&last), world.decide(&last));
    }

    #[test]
    fn a_creation_happens_on_nothing_and_everything_else_on_something(
        history in vec(asked(), 0..50),
        last in asked(),
    ) {
        let world = after(&history);
        let exists = world.knows(&last.stream);
        // whoever says something of themselves is added first; lists are there without a fact
        let made_of_itself = matches!(
            last.order,
            Order::Tenant(_)
                | Order::Currency(_)
                | Order::List(_)
                | Order::User(
                    UserCommand::SetPreferences { .. }
                        | UserCommand::AddFavourite { .. }
                        | UserCommand::RemoveFavourite { .. }
                        | UserCommand::SaveView { .. }
                        | UserCommand::RemoveView { .. }
                )
        );
        if let Ok(decision) = world.decide(&last) && !made_of_itself {
            prop_assert_eq!(last.order.creates(), !exists);
            let facts = 1 + linked(&last.order) + members_beside(&last.order);
            prop_assert!(!last.order.creates() || decision.events.len() == facts);
        }
    }

    #[test]
    fn any_facts_in_any_order_fold_on_any_stream(
        history in vec(asked(), 0..60),
        order in vec(any::<prop::sample::Index>(), 0..120),
    ) {
        let facts: Vec<Event> = after(&history).facts().cloned().collect();
        let shuffled = || order.iter().filter(|_| !facts.is_empty()).map(|index| index.get(&facts));
        for aggregate in Aggregate::ALL {
            let once = shuffled().fold(State::empty(aggregate), State::evolve);
            let again = shuffled().fold(State::empty(aggregate), State::evolve);
            prop_assert_eq!(once, again);
        }
    }

    #[test]
    fn what_is_decided_is_what_is_remembered(history in vec(asked(), 0..60)) {
        let world = after(&history);
        for (stream, state) in world.streams() {
            let folded = world.facts_of(stream).fold(State::empty(stream.aggregate), State::evolve);
            prop_assert_eq!(&folded, state);
        }
    }
}
