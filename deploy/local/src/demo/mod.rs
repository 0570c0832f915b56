//! The demo tenant: some three hundred sales of the last eighteen months, made up anew for every day and
//! always the same for the same day.
//!
//! - [`cast`] and [`words`]: stages, types, people, companies in Norwegian, Dutch and English; [`customers`]: what is known
//!   of those companies and of whom one talks to there.
//! - [`plan`] decides what becomes of each sale, [`life`] and [`extras`] tell it as commands, [`activities`] and
//!   [`rounds`] fill diaries, many of the former from the items of a [`guide`].
//! - [`today`] is what two of its people do on the day of loading themselves, [`year_plan`] what their manager plans then.
//! - [`dice`], [`calendar`], [`line`] are what those stand on.
//!
//! Pure: reads no clock and sends nothing ([`crate::stack::demo`] does). Every effective time lies before
//! the day of loading and rises within its stream, so the importer may send it; what is done on the day itself has none.

pub mod activities;
pub mod calendar;
pub mod cast;
pub mod customers;
pub mod dice;
pub mod extras;
pub mod guide;
pub mod life;
pub mod line;
pub mod plan;
pub mod rounds;
#[cfg(test)]
mod tests;
pub mod today;
pub mod words;
pub mod year_plan;

use chrono::NaiveDate;

use customers::Customers;
use dice::Dice;
use line::Line;

/// The seed of the demo.
const SEED: u64 = 2026;

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Brings the past in.
    Importer,
    /// Kari, who leads the sellers of Oslo.
    Manager,
    /// Ola.
    Seller,
}

/// Lines that rest on nothing but the waves before them.
#[derive(Debug)]
pub struct Wave {
    /// What it brings, for people.
    pub what: &'static str,
    /// Who says it.
    pub by: Voice,
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
        Wave { what, by: Voice::Importer, in_step, lines: lines.collect() }
    };
    let [settings, lists, kinds, items] = cast::waves(calendar::first_day(day));
    let Story { customers, registrations, steps, activities, today } = story(day);
    let mut waves = vec![
        wave("the tenant", false, settings),
        wave("people, stages, lists and rates", false, lists),
        wave("sale types", false, kinds),
        wave("the sales guide", false, items),
        wave("companies", false, customers.companies),
        wave("contacts", false, customers.contacts),
        wave("sales", true, registrations),
        wave("what became of them", false, steps),
        wave("who became a customer", false, customers.won),
        wave("activities", false, activities),
    ];
    for (what, by, said) in today {
        let lines = said.iter().map(|said| {
            number += 1;
            said.json(number)
        });
        waves.push(Wave { what, by, in_step: true, lines: lines.collect() });
    }
    waves
}

/// Whom is sold to, all sales, what stands in diaries, and what is done on the day itself.
struct Story {
    customers: Customers,
    registrations: Vec<Line>,
    steps: Vec<Line>,
    activities: Vec<Line>,
    today: Vec<(&'static str, Voice, Vec<today::Said>)>,
}

fn story(day: NaiveDate) -> Story {
    let mut dice = Dice::new(SEED);
    let (mut registrations, mut steps, mut activities) = (vec![], vec![], rounds::all(day));
    let plans = plan::all(day, &mut dice);
    for plan in &plans {
        let life = life::tell(plan, day, &mut dice);
        let registered = life.registration.effective_at;
        let told = activities::of_sale(plan, registered, day, &mut dice);
        registrations.push(life.registration);
        if plan.kind.is_guided() {
            // what is created from the guide is written on the sale as well: everything in its order
            let mut lines = [life.steps, told].concat();
            lines.sort_by_key(|line| line.effective_at);
            steps.extend(lines);
        } else {
            steps.extend(life.steps);
            activities.extend(told);
        }
    }
    let mut today = Vec::from(today::waves(&plans, &steps));
    today.push(("what Kari plans for the year", Voice::Manager, year_plan::page(&plans, day)));
    // Numbers follow the clock, also where two sales were registered on one day.
    registrations.sort_by_key(|line| line.effective_at);
    let told = [registrations.as_slice(), steps.as_slice()];
    let customers = customers::of(day, &plans, &told);
    Story { customers, registrations, steps, activities, today }
}
