//! The demo tenant: some three hundred sales of the last eighteen months, made up anew for every day and
//! always the same for the same day.
//!
//! - [`cast`] and [`words`]: stages, types, people, companies in Norwegian, Dutch and English.
//! - [`plan`] decides what becomes of each sale, [`life`] tells it as commands, [`activities`] and [`rounds`] fill
//!   diaries.
//! - [`dice`], [`calendar`], [`line`] are what those stand on.
//!
//! Pure: reads no clock and sends nothing ([`crate::stack::demo`] does). Every effective time lies before
//! the day of loading and rises within its stream, so the importer may send it.

pub mod activities;
pub mod calendar;
pub mod cast;
pub mod dice;
pub mod life;
pub mod line;
pub mod plan;
pub mod rounds;
#[cfg(test)]
mod tests;
pub mod words;

use chrono::NaiveDate;

use dice::Dice;
use line::Line;

/// The seed of the demo.
const SEED: u64 = 2026;

/// Lines that rest on nothing but the waves before them.
#[derive(Debug)]
pub struct Wave {
    /// What it brings, for people.
    pub what: &'static str,
    /// Whether each line waits for the answer to the one before it: sales get their numbers in order.
    pub in_step: bool,
    /// As they are sent.
    pub lines: Vec<String>,
}

/// Everything the demo says on `day`, in waves.
#[must_use]
pub fn script(day: NaiveDate) -> Vec<Wave> {
    let mut number = 0;
    let mut wave = |what, in_step, lines: Vec<Line>| {
        let lines = lines.iter().map(|line| {
            number += 1;
            line.json(number)
        });
        Wave { what, in_step, lines: lines.collect() }
    };
    let [zone, lists, kinds] = cast::waves(calendar::first_day(day));
    let Story { registrations, steps, activities } = story(day);
    vec![
        wave("the tenant", false, zone),
        wave("people, stages and rates", false, lists),
        wave("sale types", false, kinds),
        wave("sales", true, registrations),
        wave("what became of them", false, steps),
        wave("activities", false, activities),
    ]
}

/// All sales and what stands in diaries.
struct Story {
    registrations: Vec<Line>,
    steps: Vec<Line>,
    activities: Vec<Line>,
}

fn story(day: NaiveDate) -> Story {
    let mut dice = Dice::new(SEED);
    let mut story = Story { registrations: vec![], steps: vec![], activities: rounds::all(day) };
    for plan in plan::all(day, &mut dice) {
        let life = life::tell(&plan, day, &mut dice);
        let registered = life.registration.effective_at;
        story.activities.extend(activities::of_sale(&plan, registered, day, &mut dice));
        story.registrations.push(life.registration);
        story.steps.extend(life.steps);
    }
    // Numbers follow the clock, also where two sales were registered on one day.
    story.registrations.sort_by_key(|line| line.effective_at);
    story
}
