//! Whatever is asked of rows, in any order (ST-7, ST-10, ST-11, ST-15).

use proptest::prelude::*;

use super::*;
use crate::{By, Context, References, State, decide, needs};

fn figure() -> impl Strategy<Value = Decimal> {
    (0_i64..=1_000_000_000_000_000, 0_u32..=2)
        .prop_map(|(units, places)| Decimal::new(units, places))
}

fn command(id: TargetId) -> impl Strategy<Value = TargetCommand> {
    let more = (-100_i64..=300).prop_map(|p| Percent::parse(Decimal::from(p)).unwrap());
    let cells = prop::collection::vec(prop::option::of(figure()), 12);
    prop_oneof![
        2 => cells.prop_map(|cells| TargetCommand::SetTargetCells { cells }),
        2 => figure().prop_map(|amount| TargetCommand::SetInitialAmount { amount }),
        1 => more.prop_map(move |percent| TargetCommand::CopyTarget { id, from: Some(id), percent }),
        1 => Just(TargetCommand::LockTarget),
        1 => Just(TargetCommand::UnlockTarget),
        1 => Just(TargetCommand::ClearTarget),
        1 => Just(TargetCommand::RemoveTarget),
        1 => Just(TargetCommand::AddTarget(Box::new(new(NewLevel::Company)))),
    ]
}

/// What comes of a command, on a row that needs no other stream.
fn decided(state: &State, command: TargetCommand) -> Result<Vec<Event>, Refusal> {
    let (references, actor) = (References::default(), user("ola"));
    let at = "2026-03-10T09:00:00Z".parse().unwrap();
    let today = "2026-03-10".parse().unwrap();
    let by = By::Ourselves;
    let context = Context { at, today, actor: &actor, by, references: &references };
    let order = Order::Target(command);
    assert!(needs(state, &order, &actor, &references).is_empty());
    decide(state, order, &context).map(|decision| decision.events)
}

proptest! {
    /// ST-15: no fact on a locked row but unlocking it; twelve figures with two places, none below 0; a repeat is no fact.
    #[test]
    fn rows_stay_whole_and_locked_whatever_is_asked_st_15(
        commands in prop::collection::vec(command(place(Assignee::Company).id()), 1..40),
    ) {
        let mut state = State::empty(Aggregate::Target);
        for command in commands {
            let before = state.clone();
            let copies = matches!(command, TargetCommand::CopyTarget { .. });
            let adds = matches!(command, TargetCommand::AddTarget(_));
            let Ok(facts) = decided(&state, command.clone()) else { continue };
            state = facts.iter().fold(state, |state, fact| state.evolve(fact));
            if let State::Target(Target::Added(row)) = &before && row.locked {
                prop_assert!(facts.is_empty() || facts == [UNLOCKED]);
            }
            let State::Target(Target::Added(row)) = &state else { continue };
            prop_assert_eq!(row.cells.len(), 12);
            prop_assert!(row.cells.iter().all(|cell| !cell.is_sign_negative() && cell.scale() <= 2));
            if !copies && !adds {
                prop_assert_eq!(decided(&state, command), Ok(vec![]));
            }
        }
    }

    /// ST-10: the parts are the whole, and none is more than a cell's worth of rounding apart from the others.
    #[test]
    fn the_cells_of_an_annual_amount_add_up_to_it_st_10(amount in figure(), quarters: bool) {
        let period = if quarters { TargetPeriod::Quarter } else { TargetPeriod::Month };
        let added = added_in(&place(Assignee::Company), period, None);
        let state = State::empty(Aggregate::Target).evolve(&added);
        let decided = decided(&state, TargetCommand::SetInitialAmount { amount });
        let Ok(facts) = decided else {
            prop_assert!(amount > events::money::AMOUNT_MAX);
            return Ok(());
        };
        let state = facts.iter().fold(state, |state, fact| state.evolve(fact));
        let State::Target(Target::Added(row)) = state else { panic!("it is there") };
        prop_assert_eq!(row.cells.iter().sum::<Decimal>(), amount);
        let (last, others) = row.cells.split_last().unwrap();
        prop_assert!(others.iter().all(|cell| *cell == others[0]));
        let cents = Decimal::new(i64::try_from(period.cells()).unwrap(), 2);
        prop_assert!(*last >= others[0] && *last - others[0] < cents);
    }
}
