//! Meetings, calls and to-dos around the sales: held, moved, cancelled, forgotten, planned.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::calendar::{Rising, evening, office_hour, shifted, workday_from, workday_until};
use super::dice::Dice;
use super::guide;
use super::line::{Line, id, instant};
use super::plan::{Fate, Next, Plan};

/// Something to be done about a sale.
#[derive(Clone, Copy)]
struct Occasion {
    kind: &'static str,
    /// What it is about, in English, Norwegian and Dutch.
    names: [&'static str; 3],
    /// The item of the guide it is created from, on sales that have one.
    item: Option<&'static str>,
}

const FIRST_MEETING: Occasion = Occasion {
    kind: "meeting",
    names: ["First meeting", "Første møte", "Eerste gesprek"],
    item: Some(guide::MEETING),
};
const QUOTATION: Occasion = Occasion {
    kind: "to_do",
    names: ["Prepare the quotation", "Forberede tilbud", "Offerte voorbereiden"],
    item: Some(guide::PREPARATION),
};
const FOLLOW_UP: Occasion = Occasion {
    kind: "call",
    names: ["Call about the quotation", "Ringe om tilbudet", "Bellen over de offerte"],
    item: Some(guide::CONTRACT_CALL),
};
const CONTRACT: Occasion = Occasion {
    kind: "meeting",
    names: ["Contract meeting", "Kontraktsmøte", "Contractbespreking"],
    item: Some(guide::CONTRACT_MEETING),
};
const HANDOVER: Occasion = Occasion {
    kind: "to_do",
    names: ["Hand over to delivery", "Overlevere til leveranse", "Overdragen aan levering"],
    item: None,
};

/// When in the life of a sale each usually takes place, percent, and the document that goes with it.
const USUAL: [(i64, Occasion, Option<&str>); 4] = [
    (8, FIRST_MEETING, Some(guide::CONFIRMATION)),
    (35, QUOTATION, Some(guide::QUOTATION)),
    (60, FOLLOW_UP, None),
    (88, CONTRACT, None),
];
/// Minutes of notice before a meeting or a call, when there is an alarm.
const ALARM_MINUTES: u32 = 15;

/// Everything about one sale that stands in a diary.
pub fn of_sale(
    plan: &Plan,
    registered: DateTime<Utc>,
    day: NaiveDate,
    dice: &mut Dice,
) -> Vec<Line> {
    let mut telling = Telling { plan, registered, day, told: 0, lines: Vec::new() };
    let lasted = (plan.until - plan.registered).num_days();
    for (percent, occasion, document) in USUAL {
        let on = workday_until(shifted(plan.registered, lasted * percent / 100));
        if lasted > 4 && on > plan.registered && on < plan.until && dice.chance(55) {
            telling.held(occasion, on, dice);
            telling.written(document, on);
        }
    }
    if matches!(plan.fate, Fate::Won { .. }) {
        telling.written(Some(guide::CONTRACT), plan.until);
    }
    match plan.fate {
        Fate::Open(next) => telling.next(next, dice),
        Fate::Won { .. } if (day - plan.until).num_days() < 25 => {
            let on = workday_from(shifted(day, dice.between(1, 9)));
            telling.planned(HANDOVER, on, dice);
        }
        Fate::Won { .. } | Fate::Lost | Fate::Stalled => {}
    }
    telling.lines
}

/// The activities of one sale being told.
struct Telling<'a> {
    plan: &'a Plan,
    registered: DateTime<Utc>,
    day: NaiveDate,
    told: usize,
    lines: Vec<Line>,
}

/// One activity being told.
struct Entry {
    id: String,
    rising: Rising,
}

impl Telling<'_> {
    /// Something that was planned for a day in the past, and then held, moved or cancelled.
    fn held(&mut self, occasion: Occasion, on: NaiveDate, dice: &mut Dice) {
        let moved = dice.chance(18);
        let first = if moved { workday_until(shifted(on, -dice.between(1, 4))) } else { on };
        let mut entry = self.plan_for(occasion, first, -dice.between(1, 6), dice);
        if moved {
            let slot = slot(occasion.kind, on, dice);
            self.say(&mut entry, "RescheduleActivity", slot, office_hour(first, dice));
        }
        let done = workday_from(shifted(on, i64::from(dice.chance(30)))).min(shifted(self.day, -1));
        let evening = evening(workday_until(done));
        let outcome = if dice.chance(93) { "CompleteActivity" } else { "DeleteActivity" };
        self.say(&mut entry, outcome, Value::Null, evening);
        if outcome == "CompleteActivity" && dice.chance(3) {
            self.say(&mut entry, "ReopenActivity", Value::Null, evening);
            self.say(&mut entry, "CompleteActivity", Value::Null, evening);
        }
    }

    /// What comes next for an open sale.
    fn next(&mut self, next: Next, dice: &mut Dice) {
        let day = self.day;
        let age = (day - self.plan.registered).num_days() * 100 / self.plan.life.max(1);
        let due = USUAL.iter().find(|(percent, ..)| age < percent + 15);
        let occasion = due.map_or(CONTRACT, |(_, occasion, _)| *occasion);
        match next {
            Next::Nothing => {}
            Next::Overdue => {
                let on = workday_until(shifted(day, -dice.between(1, 9)));
                self.planned(occasion, on.max(self.plan.registered), dice);
            }
            Next::Today => self.planned(occasion, workday_from(day), dice),
            Next::ThisWeek => {
                self.planned(occasion, workday_from(shifted(day, dice.between(1, 5))), dice);
                if dice.chance(30) {
                    self.planned(CONTRACT, workday_from(shifted(day, dice.between(12, 30))), dice);
                }
            }
            Next::Later => {
                self.planned(occasion, workday_from(shifted(day, dice.between(9, 40))), dice);
            }
        }
    }

    /// Something that is planned for `on` and waits, now and then in somebody else's diary.
    fn planned(&mut self, occasion: Occasion, on: NaiveDate, dice: &mut Dice) {
        let mut entry = self.plan_for(occasion, on, -dice.between(1, 8), dice);
        if dice.chance(20) {
            let note = json!({ "description": "Agenda sent by e-mail." });
            let yesterday = evening(workday_until(shifted(self.day, -1)));
            self.say(&mut entry, "EditActivity", note, yesterday);
        }
    }

    /// A document of the guide, on sales that have one; done by being created (SG-13).
    fn written(&mut self, item: Option<&'static str>, on: NaiveDate) {
        let Some(item) = item.filter(|_| self.plan.kind.is_guided()) else { return };
        self.told += 1;
        let title = guide::named(item).map(|names| self.plan.home.of(names)).unwrap_or_default();
        let body = json!({ "sale": self.sale(), "item": id(item), "owner": self.plan.last_owner,
            "title": format!("{title}, {}", self.plan.company) });
        let mut entry = self.entry();
        self.say(&mut entry, "CreateDocument", body, evening(workday_until(on)));
    }

    /// The line that plans it for `on`, said so many days earlier, not before the sale is registered and not
    /// after today began. On a sale with a guide it is created from an item of that.
    fn plan_for(
        &mut self,
        occasion: Occasion,
        on: NaiveDate,
        earlier: i64,
        dice: &mut Dice,
    ) -> Entry {
        self.told += 1;
        let plan = self.plan;
        let mut body = slot(occasion.kind, on, dice);
        let handed_over = plan.owner != plan.last_owner && dice.chance(60);
        body["owner"] = if handed_over { plan.owner } else { plan.last_owner }.into();
        body["sale"] = self.sale().into();
        let item = occasion.item.filter(|_| plan.kind.is_guided());
        let names = item.and_then(guide::named).unwrap_or(occasion.names);
        body["title"] = format!("{}, {}", plan.home.of(names), plan.company).into();
        let command = if let Some(item) = item {
            body["item"] = id(item).to_string().into();
            "CreateFromGuideItem"
        } else {
            body["kind"] = occasion.kind.into();
            body["company"] =
                json!({ "id": id(&format!("company/{}", plan.company)), "name": plan.company });
            "PlanActivity"
        };
        if occasion.kind != "to_do" && dice.chance(50) {
            body["alarm_minutes"] = ALARM_MINUTES.into();
        }
        let mut entry = self.entry();
        let said = workday_until(shifted(on.min(self.day), earlier));
        let said = office_hour(said, dice);
        self.say(&mut entry, command, body, said);
        if handed_over {
            let to = json!({ "owner": plan.last_owner });
            self.say(&mut entry, "AssignActivity", to, said);
        }
        entry
    }

    fn sale(&self) -> String {
        id(&format!("sale/{}", self.plan.n)).to_string()
    }

    /// The next activity of the sale.
    fn entry(&self) -> Entry {
        let id = id(&format!("activity/{}/{}", self.plan.n, self.told)).to_string();
        Entry { id, rising: Rising::from(self.registered) }
    }

    fn say(
        &mut self,
        entry: &mut Entry,
        command: &'static str,
        body: Value,
        wanted: DateTime<Utc>,
    ) {
        let effective_at = entry.rising.next(wanted);
        self.lines.push(Line { command, id: entry.id.clone(), effective_at, body });
    }
}

/// Start and end: a day for a to-do, an hour for a meeting, a quarter of one for a call.
fn slot(kind: &str, on: NaiveDate, dice: &mut Dice) -> Value {
    if kind == "to_do" {
        return json!({ "start": on, "end": on });
    }
    let start = office_hour(on, dice);
    let length = TimeDelta::minutes(if kind == "call" { 15 } else { 60 });
    times(start, start + length)
}

/// From one instant to another.
pub(super) fn times(start: DateTime<Utc>, end: DateTime<Utc>) -> Value {
    json!({ "start": instant(start), "end": instant(end) })
}
