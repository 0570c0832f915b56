//! The life of one sale as commands: registered, worked on, held up, handed over, closed, ticked off.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::{Value, json};

use super::calendar::{Rising, office_hour, shifted, workday_from, workday_until};
use super::dice::Dice;
use super::line::{Line, id};
use super::plan::{Fate, Next, Plan};
use super::words::{COMPETITORS, LOST_BECAUSE, SOURCES, STALLED_BECAUSE, WON_BECAUSE};
use super::{SEED, extras};

/// From this share of its life on, and to this one, a sale that is held up stands still, percent.
const HELD_UP: (i64, i64) = (40, 70);

/// A sale as it is told.
#[derive(Debug, Clone)]
pub struct Life {
    /// Its registration, apart: numbers are given in the order of these.
    pub registration: Line,
    /// Everything after it, in order.
    pub steps: Vec<Line>,
}

/// Tells the life of a sale up to the day before `day`.
pub fn tell(plan: &Plan, day: NaiveDate, dice: &mut Dice) -> Life {
    let opened = office_hour(plan.registered, dice);
    let sale = id(&format!("sale/{}", plan.n));
    let registration = Line {
        command: "RegisterSale",
        id: sale.to_string(),
        effective_at: opened,
        body: registration(plan, dice),
    };
    let mut telling =
        Telling { plan, day, sale: sale.to_string(), rising: Rising::from(opened), steps: vec![] };
    let mut course = course(plan, dice);
    let mut own = Dice::new(SEED ^ u64::try_from(plan.n).unwrap_or_default());
    course.extend(extras::of(plan, &mut own));
    course.sort_by_key(|(percent, _)| *percent);
    for (percent, step) in course {
        let worked = (plan.until - plan.registered).num_days();
        telling.say(shifted(plan.registered, worked * percent / 100), step, dice);
    }
    telling.end(dice);
    Life { registration, steps: telling.steps }
}

/// What happened, and when: a share of the sale's life in percent.
type Step = (&'static str, Value);

fn money(plan: &Plan, amount: i64) -> Value {
    json!({ "amount": format!("{amount}.00"), "currency": plan.home.currency() })
}

fn party(kind: &str, name: &str) -> Value {
    json!({ "id": id(&format!("{kind}/{name}")), "name": name })
}

fn registration(plan: &Plan, dice: &mut Dice) -> Value {
    let expected =
        shifted(plan.registered, plan.life + dice.between(-plan.life / 5, plan.life / 3));
    let mut body = json!({
        "title": format!("{}: {}", plan.company, plan.product),
        "sale_type": id(plan.kind.key),
        "owner": plan.owner,
        "amount": money(plan, plan.amount),
        "sale_date": workday_until(expected).max(plan.registered),
        "source": dice.pick(&SOURCES),
        "company": party("company", plan.company),
    });
    if dice.chance(80) {
        body["contact"] = party(plan.company, &plan.contact);
    }
    if plan.kind.stages.is_empty() {
        body["probability"] = (dice.between(6, 18) * 5).into();
    }
    body
}

/// The steps of a sale before its end, in order of time.
fn course(plan: &Plan, dice: &mut Dice) -> Vec<(i64, Step)> {
    let mut steps = Vec::new();
    let amount = plan.amount;
    // How far it got: an open sale only as far as its age, a lost one rarely to the last stage.
    let age = (plan.until - plan.registered).num_days();
    let reached = match plan.fate {
        Fate::Won { .. } => 100,
        Fate::Lost => dice.between(30, 100),
        Fate::Open(_) | Fate::Stalled => (age * 100 / plan.life.max(1)).min(95),
    };
    let stages = i64::try_from(plan.kind.stages.len()).unwrap_or_default();
    for (key, rank) in plan.kind.stages.iter().zip(0..).skip(1) {
        let due = rank * 100 / stages;
        if due <= reached && !dice.chance(6) {
            let at = due * 100 / reached.max(1);
            steps.push((at, ("AdvanceStage", json!({ "stage": id(key) }))));
        }
    }
    if dice.chance(70) {
        let percent = dice.between(150, 450);
        let percent = format!("{}.{}", percent / 10, percent % 10);
        steps.push((20, ("SetMargin", json!({ "profit_percent": percent }))));
    }
    if dice.chance(35) {
        let other = amount * dice.between(85, 125) / 100;
        steps.push((
            dice.between(30, 90),
            ("ChangeAmount", json!({ "amount": money(plan, other) })),
        ));
    }
    if dice.chance(15) {
        let probability = dice.between(5, 18) * 5;
        let step = ("OverrideProbability", json!({ "probability": probability }));
        steps.push((dice.between(50, 95), step));
    }
    if dice.chance(25) {
        let contact = party(plan.company, &plan.contact);
        steps.push((dice.between(5, 60), ("EditSale", json!({ "contact": contact }))));
    }
    if plan.owner != plan.last_owner {
        let step = ("ChangeOwner", json!({ "owner": plan.last_owner }));
        steps.push((dice.between(10, 60), step));
    }
    if dice.chance(12) && age >= 30 {
        hold_up(plan, age, &mut steps, dice);
    }
    steps.sort_by_key(|(percent, _)| *percent);
    steps
}

/// Puts the sale on hold in the middle of its life and opens it again on the day that was named (an import
/// starts nothing by itself). What fell into that time happens after it.
fn hold_up(plan: &Plan, age: i64, steps: &mut Vec<(i64, Step)>, dice: &mut Dice) {
    let (from, to) = HELD_UP;
    for (percent, _) in steps.iter_mut() {
        if (from..=to).contains(percent) {
            *percent = to + 1;
        }
    }
    let reopened = workday_until(shifted(plan.registered, age * to / 100));
    let terms = json!({ "reopen_date": reopened, "reason": dice.pick(&STALLED_BECAUSE) });
    steps.push((from, ("StallSale", terms)));
    steps.push((to, ("ReopenSale", Value::Null)));
}

/// A sale being told.
struct Telling<'a> {
    plan: &'a Plan,
    day: NaiveDate,
    sale: String,
    rising: Rising,
    steps: Vec<Line>,
}

impl Telling<'_> {
    /// Adds a step on the last working day until `on`, after what was said before.
    fn say(&mut self, on: NaiveDate, (command, body): Step, dice: &mut Dice) {
        let on = workday_until(on).max(self.plan.registered);
        let wanted: DateTime<Utc> = office_hour(on, dice);
        let effective_at = self.rising.next(wanted);
        self.steps.push(Line { command, id: self.sale.clone(), effective_at, body });
    }

    fn end(&mut self, dice: &mut Dice) {
        let until = self.plan.until;
        match self.plan.fate {
            Fate::Open(next) => self.slip(next, dice),
            Fate::Stalled => {
                let back = shifted(self.day, dice.between(6, 120));
                let terms = json!({ "reopen_date": back, "reason": dice.pick(&STALLED_BECAUSE) });
                self.say(until, ("StallSale", terms), dice);
                if dice.chance(30) {
                    let later = json!({ "reopen_date": shifted(back, dice.between(7, 40)) });
                    self.say(until, ("ChangeStallTerms", later), dice);
                }
            }
            Fate::Lost => {
                self.lose(until, dice);
                self.tick(until, dice);
            }
            Fate::Won { again } => self.win(until, again, dice),
        }
    }

    /// Now and then an open sale gets another date; a forgotten one has its date in this month (SD-17).
    fn slip(&mut self, next: Next, dice: &mut Dice) {
        let date = match next {
            Next::Nothing => {
                let first = self.day.with_day(1).unwrap_or(self.day);
                workday_from(shifted(first, dice.between(0, 25)))
            }
            Next::Overdue | Next::Today | Next::ThisWeek | Next::Later if dice.chance(40) => {
                workday_until(shifted(self.day, dice.between(3, 60)))
            }
            Next::Overdue | Next::Today | Next::ThisWeek | Next::Later => return,
        };
        self.say(self.plan.until, ("EditSale", json!({ "sale_date": date })), dice);
    }

    fn lose(&mut self, on: NaiveDate, dice: &mut Dice) {
        let reason = dice.pick(&LOST_BECAUSE);
        let mut body = json!({ "reason": reason, "close_date": on });
        if reason == "competitor" || dice.chance(20) {
            body["competitor"] = dice.pick(&COMPETITORS).into();
        }
        self.say(on, ("MarkLost", body), dice);
    }

    fn win(&mut self, until: NaiveDate, again: bool, dice: &mut Dice) {
        let mut on = until;
        let back = shifted(until, dice.between(5, 20));
        let regained = workday_until(shifted(back, dice.between(8, 20)));
        if again && regained < self.day {
            self.lose(until, dice);
            self.say(back, ("ReopenSale", Value::Null), dice);
            on = regained;
        }
        let body = json!({ "reason": dice.pick(&WON_BECAUSE), "close_date": on });
        self.say(on, ("MarkSold", body), dice);
        self.tick(on, dice);
    }

    /// Closed sales are ticked as completed some days later; the newest are still in the diary (SD-16).
    fn tick(&mut self, closed: NaiveDate, dice: &mut Dice) {
        let on = workday_until(shifted(closed, dice.between(2, 12)));
        if on < self.day && dice.chance(93) {
            self.say(on, ("CompleteSale", Value::Null), dice);
        }
    }
}
