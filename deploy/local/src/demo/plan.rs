//! What becomes of each sale, decided before it is told: who buys what from whom, for how long, and how it
//! ends. Nothing here knows commands.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::calendar::{first_day, shifted, workday_until};
use super::cast::{KINDS, SaleKind, sellers};
use super::dice::Dice;
use super::words::Home;

/// Sales of the demo.
pub const SALES: usize = 300;

/// How a sale stands on the day of loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Being worked on; what its owner plans next decides how the diary shows it.
    Open(Next),
    /// On hold until a day to come.
    Stalled,
    /// Sold; after having been lost first, when `again` says so.
    Won {
        /// Lost, reopened, won.
        again: bool,
    },
    /// Gone elsewhere.
    Lost,
}

/// The next activity of an open sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Should have happened, and was not ticked off: red in the diary (SD-19).
    Overdue,
    /// On the day of loading.
    Today,
    /// Within a week (SD-18).
    ThisWeek,
    /// Later than the diary looks ahead.
    Later,
    /// Nothing planned: forgotten.
    Nothing,
}

/// What an owner's open sales come to, one after the other: so every diary holds each rule.
const TURNS: [Fate; 7] = [
    Fate::Open(Next::Overdue),
    Fate::Open(Next::Today),
    Fate::Open(Next::ThisWeek),
    Fate::Stalled,
    Fate::Open(Next::Nothing),
    Fate::Open(Next::ThisWeek),
    Fate::Open(Next::Later),
];

/// A sale before it is told.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its place in the order of registration, from 0.
    pub n: usize,
    /// Where the customer is at home.
    pub home: Home,
    /// The customer.
    pub company: &'static str,
    /// Whom one talks to there.
    pub contact: String,
    /// What is sold.
    pub product: &'static str,
    /// Its type.
    pub kind: &'static SaleKind,
    /// Who registered it.
    pub owner: &'static str,
    /// Who has it in the end.
    pub last_owner: &'static str,
    /// Whole units of the customer's currency.
    pub amount: i64,
    /// The day it was registered.
    pub registered: NaiveDate,
    /// Days it takes to sell; less of them have passed when it is not closed.
    pub life: i64,
    /// The last day something happens to it before it is closed, or the day it is closed.
    pub until: NaiveDate,
    /// How it stands.
    pub fate: Fate,
}

/// Every sale, in the order of registration.
pub fn all(day: NaiveDate, dice: &mut Dice) -> Vec<Plan> {
    let mut places = Places::default();
    registrations(day, dice)
        .into_iter()
        .enumerate()
        .map(|(n, registered)| places.plan(n, registered, day, dice))
        .collect()
}

/// Days of registration: evenly over the months, on working days, never today.
fn registrations(day: NaiveDate, dice: &mut Dice) -> Vec<NaiveDate> {
    let first = first_day(day);
    let (sales, span) = (i64::try_from(SALES).unwrap_or(1), (day - first).num_days() - 1);
    let mut days: Vec<_> = (0..sales)
        .map(|n| (n * span / (sales - 1) + dice.between(-2, 2)).clamp(0, span))
        .map(|passed| workday_until(shifted(first, passed)).max(first))
        .collect();
    days.sort();
    days
}

/// What has been handed out already.
#[derive(Default)]
struct Places {
    /// Sales to each company, so that it does not buy the same thing again and again.
    bought: BTreeMap<&'static str, usize>,
    /// Sales of each owner that are not closed.
    open: BTreeMap<&'static str, usize>,
}

impl Places {
    fn plan(&mut self, n: usize, registered: NaiveDate, day: NaiveDate, dice: &mut Dice) -> Plan {
        let home = match dice.between(1, 100) {
            ..45 => Home::Norway,
            45..82 => Home::Netherlands,
            82.. => Home::Britain,
        };
        let kind = match dice.between(1, 100) {
            ..46 => &KINDS[0],
            46..76 => &KINDS[1],
            76..91 => &KINDS[2],
            91.. => &KINDS[3],
        };
        let company = dice.pick(home.companies());
        let bought = self.bought.entry(company).or_default();
        let product = home.products()[(company.len() + *bought * 5) % home.products().len()];
        *bought += 1;
        let owner = dice.pick(sellers(home));
        let colleague = sellers(home).iter().find(|other| **other != owner).copied();
        let last_owner = colleague.filter(|_| dice.chance(7)).unwrap_or(owner);
        let (low, high) = kind.life;
        let life = dice.between(low, high);
        let passed = (day - registered).num_days() - 1;
        let fate = self.fate(life <= passed && !dice.chance(4), last_owner, dice);
        let lasted = if matches!(fate, Fate::Won { .. } | Fate::Lost) { life } else { passed };
        Plan {
            n,
            home,
            company,
            contact: contact(home, dice),
            product,
            kind,
            owner,
            last_owner,
            amount: amount(kind, home, dice),
            registered,
            life,
            until: workday_until(shifted(registered, lasted)).max(registered),
            fate,
        }
    }

    fn fate(&mut self, closed: bool, owner: &'static str, dice: &mut Dice) -> Fate {
        if closed {
            return match dice.between(1, 100) {
                ..44 => Fate::Won { again: false },
                44..49 => Fate::Won { again: true },
                49.. => Fate::Lost,
            };
        }
        let place = self.open.entry(owner).or_default();
        *place += 1;
        TURNS[(*place - 1) % TURNS.len()]
    }
}

fn contact(home: Home, dice: &mut Dice) -> String {
    let (first, family) = home.people();
    format!("{} {}", dice.pick(first), dice.pick(family))
}

/// An amount people would write into an offer.
fn amount(kind: &SaleKind, home: Home, dice: &mut Dice) -> i64 {
    let (low, high) = kind.hundreds;
    // The smaller of two throws: most sales are small.
    let hundreds = dice.between(low, high).min(dice.between(low, high));
    match home {
        Home::Norway => hundreds * 1_150 / 1_000 * 1_000,
        Home::Netherlands => hundreds * 100,
        Home::Britain => hundreds * 86 / 50 * 50,
    }
}
