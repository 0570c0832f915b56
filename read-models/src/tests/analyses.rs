//! Time in stages and losses of random histories, worked out a second time from the events alone (domain §4.5, §4.10).

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, SecondsFormat, Utc};
use events::{Event, Recorded, SaleEvent};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::World;
use super::chances::chances;
use super::histories::{Player, Step, steps};

/// A stay in a stage: stage, entered, left, and the way out.
type Stay = (Uuid, DateTime<Utc>, Option<DateTime<Utc>>, &'static str);

/// What one sale went through.
#[derive(Default)]
struct Fate {
    stage: Option<Uuid>,
    closed: Option<&'static str>,
    stays: Vec<Stay>,
    reason: Option<String>,
    competitor: Option<String>,
}

impl Fate {
    /// Out of where it is, into a stage or none.
    fn turn(&mut self, at: DateTime<Utc>, stage: Option<Uuid>, closed: Option<&'static str>) {
        if (self.stage, self.closed.is_some()) != (stage, closed.is_some()) {
            if let (Some(last), None) = (self.stays.last_mut(), self.closed)
                && last.2.is_none()
            {
                (last.2, last.3) = (Some(at), closed.unwrap_or("left"));
            }
            if let (Some(stage), None) = (stage, closed) {
                self.stays.push((stage, at, None, "still_there"));
            }
        }
        (self.stage, self.closed) = (stage, closed);
    }

    fn take(&mut self, fact: &SaleEvent, at: DateTime<Utc>) {
        let stage = self.stage;
        match fact {
            SaleEvent::Registered(registration) => {
                // nothing before it: the stage is entered
                self.stage = None;
                self.turn(at, registration.stage.map(|stage| stage.0), None);
            }
            SaleEvent::StageAdvanced { to, .. } => self.turn(at, Some(to.0), self.closed),
            SaleEvent::TypeChanged { stage, .. } => {
                self.turn(at, stage.map(|stage| stage.0), self.closed);
            }
            SaleEvent::Reopened { stage, .. } => self.turn(at, stage.map(|stage| stage.0), None),
            SaleEvent::Stalled { .. } | SaleEvent::StallTermsChanged { .. } => {
                self.turn(at, stage, None);
            }
            SaleEvent::Won { reason, competitor, .. }
            | SaleEvent::Lost { reason, competitor, .. } => {
                let won = matches!(fact, SaleEvent::Won { .. });
                self.turn(at, stage, Some(if won { "won" } else { "lost" }));
                self.reason = Some(reason.as_str().to_owned());
                self.competitor = competitor.as_ref().map(|key| key.as_str().to_owned());
            }
            _ => {}
        }
    }
}

/// The fates of all sales that were not deleted, as far as events were in effect and recorded.
fn fates(log: &[Recorded], as_of: DateTime<Utc>, known_at: DateTime<Utc>) -> Vec<Fate> {
    let mut fates: HashMap<Uuid, Fate> = HashMap::new();
    for event in log {
        let Event::Sale(fact) = event.decode().unwrap() else { continue };
        if event.effective() <= as_of && event.recorded_at <= known_at {
            fates.entry(event.stream_id).or_default().take(&fact, event.effective());
        }
    }
    fates.into_values().collect()
}

/// Microseconds as days with two places, half away from zero: in whole hundredths of days.
fn days(micros: i64, parts: i64) -> String {
    let hundredth = 864_000_000 * parts;
    let hundredths = (2 * micros + hundredth) / (2 * hundredth);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Of each stage: entered, entries, won, lost, still there, left otherwise; average, least and most of those that left.
fn expected(fates: &[Fate], at: DateTime<Utc>) -> BTreeMap<Uuid, Value> {
    let mut stages: BTreeMap<Uuid, Vec<(i64, i64, &'static str)>> = BTreeMap::new();
    for fate in fates {
        let mut own: BTreeMap<Uuid, (i64, i64, &'static str)> = BTreeMap::new();
        for (stage, entered, left, exit) in &fate.stays {
            let micros = (left.unwrap_or(at) - *entered).num_microseconds().unwrap();
            let sum = own.entry(*stage).or_default();
            *sum = (sum.0 + 1, sum.1 + micros, exit);
        }
        own.into_iter().for_each(|(stage, sum)| stages.entry(stage).or_default().push(sum));
    }
    let figures = |sales: Vec<(i64, i64, &'static str)>| {
        let of = |exit: &str| sales.iter().filter(|(_, _, way)| *way == exit).count();
        let left: Vec<i64> = sales
            .iter()
            .filter(|(_, _, way)| *way != "still_there")
            .map(|(_, time, _)| *time)
            .collect();
        let count = i64::try_from(left.len()).unwrap();
        let average = (count > 0).then(|| days(left.iter().sum(), count));
        let entries: i64 = sales.iter().map(|(entries, ..)| entries).sum();
        json!([
            sales.len(),
            entries,
            of("won"),
            of("lost"),
            of("still_there"),
            of("left"),
            average,
            left.iter().min().map(|time| days(*time, 1)),
            left.iter().max().map(|time| days(*time, 1))
        ])
    };
    stages.into_iter().map(|(stage, sales)| (stage, figures(sales))).collect()
}

/// The same as the answer has it.
fn answered(answer: &Value) -> BTreeMap<Uuid, Value> {
    let row = |row: &Value| {
        let count = |name: &str| row[name].as_i64().unwrap();
        let left = count("went_on") + count("went_back") + count("moved");
        let figures = json!([
            row["entered"],
            row["entries"],
            row["won"],
            row["lost"],
            row["still_there"],
            left,
            row["days"]["average"],
            row["days"]["minimum"],
            row["days"]["maximum"]
        ]);
        (row["stage"].as_str().unwrap().parse().unwrap(), figures)
    };
    answer["stages"].as_array().unwrap().iter().map(row).collect()
}

/// Lost sales by reason and competitor.
fn losses(fates: &[Fate]) -> BTreeMap<(Option<String>, Option<String>), i64> {
    let mut losses = BTreeMap::new();
    for fate in fates.iter().filter(|fate| fate.closed == Some("lost")) {
        *losses.entry((fate.reason.clone(), fate.competitor.clone())).or_default() += 1;
    }
    losses
}

async fn analyses_are_what_the_events_say(history: &[Step], picks: &[(Index, Index)]) {
    let mut world = World::provisioned().await;
    let fixture = world.log().await.len();
    Player::play(&mut world, history).await;
    world.follow().await;
    let log = world.log().await;
    let told = &log[fixture..];
    let moments = picks.iter().map(|(effective, recorded)| {
        (effective.get(told).effective(), recorded.get(told).recorded_at)
    });
    for (as_of, known_at) in moments {
        let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let moment = format!("as_of={}&known_at={}", text(as_of), text(known_at));
        let fates = fates(&log, as_of, known_at);
        let answer = world.ask(&format!("/v1/stage-conversion?{moment}")).await;
        assert_eq!(answered(&answer), expected(&fates, as_of), "{moment}");
        let answer = world.ask(&format!("/v1/loss-analysis?{moment}")).await;
        let rows = answer["by_reason_and_competitor"].as_array().unwrap().iter();
        let key = |row: &Value, name: &str| row[name].as_str().map(str::to_owned);
        let rows: BTreeMap<_, i64> = rows
            .map(|row| {
                ((key(row, "reason"), key(row, "competitor")), row["count"].as_i64().unwrap())
            })
            .collect();
        assert_eq!(rows, losses(&fates), "{moment}");
        for row in answer["by_reason_and_competitor"].as_array().unwrap() {
            let list = world.ask(&format!("{}&limit=500", row["drill"].as_str().unwrap())).await;
            assert_eq!(json!(list["sales"].as_array().unwrap().len()), row["count"], "{row}");
        }
    }
}

proptest! {
    #![proptest_config(chances(8, 24))]

    #[test]
    fn stages_and_losses_are_what_a_second_reading_of_the_log_says_4_5_4_10(
        history in steps(20..120),
        picks in prop::collection::vec((any::<Index>(), any::<Index>()), 3),
    ) {
        Runtime::new().unwrap().block_on(analyses_are_what_the_events_say(&history, &picks));
    }
}
