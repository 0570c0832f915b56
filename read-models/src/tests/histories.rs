//! Random histories: any facts in any order a stream allows, with falling and rising effective times across
//! streams, several facts at once, renamed stages, changed rates, activities, companies and contacts between them.

use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use events::activity::Slot;
use events::sale::{Margin, MarginDriver, Registration, ReopenCause, ReopenedFrom};
use events::{ActivityEvent, Event, Probability, SaleEvent, StageEvent, StreamName, Title, UserId};
use proptest::prelude::*;

use super::agenda::{
    activity, assigned, completed, deleted, planned, reopened, rescheduled, terms,
};
use super::facts::{
    FM, QT, SC, SIMPLE, advanced, all_profit, currency_stream, day, key, money, percent, rate,
    registered, registration, sale, stage_named,
};
use super::guide_facts::{planned_from, written};
use super::party_facts::{company_id, contact_id};
use super::{World, guide_steps, instant, party_facts};

/// One thing that happens; every number is read modulo what it chooses from.
#[derive(Debug, Clone)]
pub(super) struct Step {
    what: u8,
    which: u8,
    figure: u32,
    days: u16,
    backdated: bool,
}

pub(super) fn steps(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<u8>(), any::<u8>(), any::<u32>(), any::<u16>(), prop::bool::weighted(0.9));
    let step = step.prop_map(|(what, which, figure, days, backdated)| Step {
        what,
        which,
        figure,
        days,
        backdated,
    });
    prop::collection::vec(step, count)
}

/// What the player remembers of its streams: the newest effective time, never to fall below; which of six activities
/// were deleted, how often, and which are documents.
#[derive(Default)]
pub(super) struct Player {
    newest: HashMap<StreamName, Option<DateTime<Utc>>>,
    deleted: [u8; 6],
    documents: [bool; 6],
}

impl Player {
    /// Plays a history into the log of a world with the fixture.
    pub async fn play(world: &mut World, steps: &[Step]) {
        Self::default().go_on(world, steps).await;
    }

    /// Goes on with a history.
    pub async fn go_on(&mut self, world: &mut World, steps: &[Step]) {
        for step in steps {
            let (stream, facts) = self.facts(step);
            let at = self.effective_at(&stream, step);
            world.record_at(at, &stream, &facts).await;
        }
    }

    /// Some day of 2016; once a stream has an event of its recording, all later ones have none either.
    fn effective_at(&mut self, stream: &StreamName, step: &Step) -> Option<DateTime<Utc>> {
        let wish = instant("2016-01-01T00:00:00Z") + TimeDelta::hours(i64::from(step.days % 8_000));
        let newest = self.newest.get(stream).copied();
        let at = match newest {
            Some(None) => None,
            Some(Some(newest)) => step.backdated.then_some(newest.max(wish)),
            None => step.backdated.then_some(wish),
        };
        self.newest.insert(stream.clone(), at);
        at
    }

    fn facts(&mut self, step: &Step) -> (StreamName, Vec<Event>) {
        let chance = i64::from(step.figure % 101);
        match step.what % 44 {
            0 => {
                let (id, name) =
                    [(FM, "First"), (QT, "Quote"), (SC, "Signing")][usize::from(step.which % 3)];
                let terms = stage_named(&format!("{name} {}", step.figure % 100), chance, 1);
                (id.stream(), vec![Event::Stage(StageEvent::Edited(terms))])
            }
            1 => {
                let code = ["NOK", "GBP"][usize::from(step.which % 2)];
                let from = day("2016-01-01") + Days::new(u64::from(step.days % 400));
                let text = format!("{}.{:03}", 1 + step.figure % 20, step.figure % 1000);
                (currency_stream(code), vec![rate(code, &text, 100, &from.to_string())])
            }
            what @ (16..=23 | 36..=39) => self.agenda(what, step),
            what @ 40.. => self.party(what, step),
            what @ 24..=27 => {
                let (stream, fact) = guide_steps::of_catalogue(what, step.figure);
                if matches!(fact, Event::Tenant(_)) {
                    self.newest.insert(stream.clone(), None);
                }
                (stream, vec![fact])
            }
            what => {
                let stream = sale(u128::from(step.which % 7)).stream();
                match (self.newest.contains_key(&stream), what) {
                    (true, 28..) => (stream, vec![guide_steps::of_sale(what, step.figure)]),
                    (true, _) => (stream, changes(what, step)),
                    (false, _) => (stream, vec![new_sale(step)]),
                }
            }
        }
    }
}

impl Player {
    /// Something about one of three companies or contacts.
    fn party(&self, what: u8, step: &Step) -> (StreamName, Vec<Event>) {
        let which = u128::from(step.which % 3);
        let of_company = what < 42;
        let stream =
            if of_company { company_id(which).stream() } else { contact_id(which).stream() };
        let first = !self.newest.contains_key(&stream);
        let fact = match of_company {
            true => party_facts::of_company(first, step.figure),
            false => party_facts::of_contact(first, step.figure),
        };
        (stream, vec![fact])
    }

    /// Something about one of six activities; after a deletion another takes its place.
    fn agenda(&mut self, what: u8, step: &Step) -> (StreamName, Vec<Event>) {
        let which = step.which % 6;
        let deleted_before = &mut self.deleted[usize::from(which)];
        let stream = activity(u128::from(which) + 16 * u128::from(*deleted_before));
        let of = sale(u128::from(step.which / 6 % 7));
        let of = (!step.figure.is_multiple_of(4)).then_some(of);
        let title = format!("Task {}", step.figure % 100);
        let on = (day("2016-01-01") + Days::new(u64::from(step.days % 400))).to_string();
        let document = &mut self.documents[usize::from(which)];
        if !self.newest.contains_key(&stream) {
            *document = what == 36 || what == 37;
            let item = guide_steps::item(step.figure);
            let fact = match what {
                36 => written(None, of, &on),
                37 => written(Some(item), of, &on),
                38.. => planned_from(item, &title, of, slot(step)),
                _ => planned(&title, of, slot(step)),
            };
            return (stream, vec![fact]);
        }
        let fact = match what {
            // a document is done and stays so
            16..=22 | 36.. if *document => {
                Event::Activity(ActivityEvent::Edited(terms(&title, of)))
            }
            16 | 17 => rescheduled(slot(step)),
            18 | 36.. => Event::Activity(ActivityEvent::Edited(terms(&title, of))),
            19 => assigned(owner(step).as_str()),
            20 | 21 => completed(&on),
            22 => reopened(),
            _ => {
                *deleted_before += 1;
                deleted()
            }
        };
        (stream, vec![fact])
    }
}

/// Whole days or times, up to three days long, in 2016.
fn slot(step: &Step) -> Slot {
    let from_day = day("2016-01-01") + Days::new(u64::from(step.days % 400));
    let starts_at =
        instant("2016-01-01T00:00:00Z") + TimeDelta::minutes(i64::from(step.figure % 500_000));
    match step.figure % 3 {
        0 => Slot::Days { from_day, to_day: from_day + Days::new(u64::from(step.figure % 4)) },
        _ => Slot::Times {
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(i64::from(step.days % 3_000)),
        },
    }
}

fn amount(step: &Step) -> String {
    format!("{}.{:02}", step.figure % 10_000_000, step.figure % 100)
}

fn currency(step: &Step) -> &'static str {
    ["EUR", "NOK", "GBP", "USD"][usize::from(step.which % 7 % 4)]
}

fn owner(step: &Step) -> UserId {
    UserId::parse(["ola", "kari", "per"][(step.figure % 3) as usize]).unwrap()
}

fn new_sale(step: &Step) -> Event {
    let amount = money(&amount(step), currency(step));
    let simple = step.figure.is_multiple_of(5);
    let plain = registration();
    // most sales are linked to somebody from the beginning
    let parties = party_facts::of_sale(step.figure / 7);
    registered(Registration {
        amount,
        margin: all_profit(&amount),
        owner: owner(step),
        sale_type: if simple { SIMPLE } else { plain.sale_type },
        stage: if simple { None } else { plain.stage },
        sale_date: day("2016-01-01") + Days::new(u64::from(step.days % 800)),
        parties,
        ..plain
    })
}

fn changes(what: u8, step: &Step) -> Vec<Event> {
    let amount = money(&amount(step), currency(step));
    let chance = i64::from(step.figure % 101);
    let date = day("2016-01-01") + Days::new(u64::from(step.days % 800));
    let stage = [FM, QT, SC][(step.figure % 3) as usize];
    let fact = match what {
        2 => return vec![advanced(QT, 50), advanced(stage, chance)],
        3 | 4 => return vec![advanced(stage, chance)],
        5 => SaleEvent::ProbabilityOverridden { probability: percent(chance) },
        6 => SaleEvent::AmountChanged { amount, margin: all_profit(&amount) },
        7 => SaleEvent::Stalled { reopen_date: date, reason: key("budget") },
        8 | 9 => SaleEvent::Reopened {
            from_status: ReopenedFrom::Stalled,
            cause: ReopenCause::Manual,
            stage: Some(stage),
            probability: percent(chance),
        },
        10 => SaleEvent::Won {
            close_date: date,
            reason: key("price"),
            amount,
            margin: all_profit(&amount),
            probability: Probability::WON,
            stage_when_closed: Some(stage),
            competitor: None,
        },
        11 => SaleEvent::Lost {
            close_date: date,
            reason: key("price"),
            competitor: Some(key("acme")),
            probability: Probability::NONE,
            stage_when_closed: Some(stage),
        },
        12 => SaleEvent::TitleChanged { title: Title::parse(&format!("Deal {chance}")).unwrap() },
        13 => SaleEvent::OwnerChanged {
            from: owner(step),
            to: owner(step),
            owner_group: (chance > 50).then(|| "South".to_owned()),
        },
        14 => SaleEvent::PartiesLinked(party_facts::of_sale(step.figure)),
        _ => {
            let margin = Margin { profit_percent: None, ..all_profit(&amount) };
            SaleEvent::MarginChanged { driver: MarginDriver::Profit, margin }
        }
    };
    vec![Event::Sale(fact), Event::Sale(SaleEvent::DateChanged { sale_date: date })]
}
