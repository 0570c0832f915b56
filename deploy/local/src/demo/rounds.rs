//! What stands in a diary and belongs to no sale: the weekly meeting, a report that is late, a fair, a series to come.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::activities::times;
use super::calendar::{hour, shifted, workday_from, workday_until};
use super::line::{Line, id};

/// Weeks of meetings before the day of loading, and after it.
const WEEKS: std::ops::RangeInclusive<i64> = -8..=2;

/// Something an owner does whatever is sold.
struct Round {
    key: String,
    kind: &'static str,
    /// In Norwegian and in Dutch.
    titles: [&'static str; 2],
    slot: Value,
    said: NaiveDate,
    done: Option<NaiveDate>,
}

/// The rounds of every owner.
pub fn all(day: NaiveDate) -> Vec<Line> {
    let owners = [("ola", 0), ("kari", 0), ("sanne", 1), ("joost", 1)];
    let lines = owners.into_iter().flat_map(|(owner, language)| {
        rounds(day).into_iter().flat_map(move |round| told(round, owner, language))
    });
    lines.collect()
}

fn rounds(day: NaiveDate) -> Vec<Round> {
    let meeting = |week: i64| {
        let on = workday_from(shifted(day, week * 7 + 1));
        Round {
            key: format!("week{week}"),
            kind: "meeting",
            titles: ["Salgsmøte", "Verkoopoverleg"],
            slot: times(hour(on, 8), hour(on, 9)),
            said: shifted(on.min(day), -7),
            done: (on < day).then_some(on),
        }
    };
    let due = workday_until(shifted(day, -2));
    let report = Round {
        key: "report".to_owned(),
        kind: "to_do",
        titles: ["Rapport til styret", "Rapport voor de directie"],
        slot: json!({ "end": due }),
        said: shifted(due, -10),
        done: None,
    };
    let opens = workday_from(shifted(day, 10));
    let fair = Round {
        key: "fair".to_owned(),
        kind: "meeting",
        titles: ["Messe", "Vakbeurs"],
        slot: json!({ "start": opens, "end": shifted(opens, 1), "all_day": true }),
        said: shifted(day, -120),
        done: None,
    };
    let first = workday_from(shifted(day, 3));
    let mut slot = times(hour(first, 15), hour(first, 16));
    slot["recurrence"] = "FREQ=WEEKLY;INTERVAL=2;COUNT=6".into();
    let coaching = Round {
        key: "coaching".to_owned(),
        kind: "meeting",
        titles: ["Veiledning", "Begeleiding"],
        slot,
        said: shifted(day, -1),
        done: None,
    };
    WEEKS.map(meeting).chain([report, fair, coaching]).collect()
}

fn told(round: Round, owner: &str, language: usize) -> impl Iterator<Item = Line> + use<> {
    let id = id(&format!("activity/{owner}/{}", round.key)).to_string();
    let mut body = round.slot;
    body["kind"] = round.kind.into();
    body["title"] = round.titles[language].into();
    body["owner"] = owner.into();
    let line =
        move |command, on, body| Line { command, id: id.clone(), effective_at: hour(on, 12), body };
    let plan = line("PlanActivity", round.said, body);
    std::iter::once(plan).chain(round.done.map(move |on| line("CompleteActivity", on, Value::Null)))
}
