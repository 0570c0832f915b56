//! What the demo is like, on many days: the promises the tables of `./deploy/up` rest on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use chrono_tz::Europe::Oslo;
use serde_json::Value;

use super::calendar::{MONTHS, first_day, shifted};
use super::cast::{KINDS, STAGES};
use super::dice::Dice;
use super::line::{Line, id};
use super::plan::{self, Fate, Next, Plan, SALES};
use super::{SEED, Story, Voice, guide, script, story};

/// Every weekday, ends of months, a leap day, both changes of the clocks.
fn days() -> impl Iterator<Item = NaiveDate> {
    let odd = ["2026-11-23", "2027-01-01", "2027-08-31", "2028-02-29", "2028-03-26", "2028-10-29"];
    let week = (0..7).map(|n| shifted("2026-12-25".parse().unwrap(), n));
    odd.into_iter().map(|day| day.parse().unwrap()).chain(week)
}

fn plans(day: NaiveDate) -> Vec<Plan> {
    plan::all(day, &mut Dice::new(SEED))
}

fn lines(day: NaiveDate) -> Vec<Line> {
    let Story { customers, registrations, steps, activities, .. } = story(day);
    let customers = [customers.companies, customers.contacts, customers.won].concat();
    customers.into_iter().chain(registrations).chain(steps).chain(activities).collect()
}

fn count(lines: &[Line], command: &str) -> usize {
    lines.iter().filter(|line| line.command == command).count()
}

#[test]
fn the_same_day_says_the_same_bytes_and_another_day_others() {
    let bytes = |day: &str| -> String {
        script(day.parse().unwrap()).into_iter().flat_map(|wave| wave.lines).collect()
    };
    assert_eq!(bytes("2026-11-23"), bytes("2026-11-23"));
    assert_ne!(bytes("2026-11-23"), bytes("2026-11-24"));
}

#[test]
fn no_line_is_said_twice_and_none_is_longer_than_a_line_may_be() {
    let waves = script("2026-11-23".parse().unwrap());
    let lines: Vec<Value> = waves
        .iter()
        .flat_map(|wave| &wave.lines)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let keys: BTreeSet<_> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), lines.len());
    assert!((3_400..4_800).contains(&lines.len()), "{} lines", lines.len());
}

#[test]
fn effective_times_rise_within_a_stream_and_never_reach_the_day_of_loading() {
    for day in days() {
        let mut last: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        for line in lines(day) {
            let on = line.effective_at.with_timezone(&Oslo).date_naive();
            assert!(first_day(day) <= on && on < day, "{day}: {line:?}");
            if let Some(before) = last.insert(line.id.clone(), line.effective_at) {
                assert!(before < line.effective_at, "{day}: {line:?}");
            }
        }
    }
}

#[test]
fn every_month_has_registrations_and_every_stage_and_type_is_used() {
    for day in days() {
        let plans = plans(day);
        assert_eq!(plans.len(), SALES);
        for month in 0..MONTHS {
            let from = first_day(day) + Months::new(month);
            let to = first_day(day) + Months::new(month + 1);
            let found = plans.iter().filter(|plan| from <= plan.registered && plan.registered < to);
            assert!(found.count() >= 10, "{day}: month {month}");
        }
        for kind in &KINDS {
            let found = plans.iter().filter(|plan| plan.kind.key == kind.key).count();
            assert!(found >= 15, "{day}: {found} of {}", kind.key);
        }
        let named: BTreeSet<_> = lines(day)
            .iter()
            .filter_map(|line| Some(line.body["stage"].as_str()?.to_owned()))
            .collect();
        for stage in &STAGES {
            let first = KINDS.iter().any(|kind| kind.stages.first() == Some(&stage.key));
            assert!(first || named.contains(&id(stage.key).to_string()), "{day}: {}", stage.key);
        }
    }
}

#[test]
fn sales_are_won_lost_open_and_stalled_in_the_numbers_of_a_healthy_pipeline() {
    for day in days() {
        let plans = plans(day);
        let of = |wanted: fn(Fate) -> bool| plans.iter().filter(|plan| wanted(plan.fate)).count();
        let open = of(|fate| matches!(fate, Fate::Open(_)));
        let stalled = of(|fate| fate == Fate::Stalled);
        let won = of(|fate| matches!(fate, Fate::Won { .. }));
        let lost = of(|fate| fate == Fate::Lost);
        let told = format!("{day}: {open} open, {stalled} stalled, {won} won, {lost} lost");
        assert!((35..=75).contains(&open) && (4..=14).contains(&stalled), "{told}");
        assert!((95..=150).contains(&won) && (95..=150).contains(&lost), "{told}");
    }
}

#[test]
fn everybodys_diary_has_something_by_each_rule_and_some_of_it_red() {
    for day in days() {
        for owner in ["ola", "kari", "sanne", "joost"] {
            let fates: Vec<_> =
                plans(day).iter().filter(|plan| plan.last_owner == owner).map(|p| p.fate).collect();
            for wanted in [
                Fate::Open(Next::Overdue),
                Fate::Open(Next::Today),
                Fate::Open(Next::ThisWeek),
                Fate::Open(Next::Nothing),
                Fate::Stalled,
            ] {
                assert!(fates.contains(&wanted), "{day}: {owner} has nothing {wanted:?}");
            }
        }
        for (owner, dates) in dates_of_open_sales(day) {
            let of_month =
                |date: &&NaiveDate| (date.year(), date.month()) == (day.year(), day.month());
            assert!(dates.iter().filter(of_month).count() > 0, "{day}: {owner}, rule 1: {dates:?}");
        }
    }
}

/// The sale date each open sale has in the end, by owner.
fn dates_of_open_sales(day: NaiveDate) -> BTreeMap<&'static str, Vec<NaiveDate>> {
    let Story { registrations, steps, .. } = story(day);
    let mut last: BTreeMap<String, NaiveDate> = BTreeMap::new();
    for line in registrations.into_iter().chain(steps) {
        if let Some(date) = line.body["sale_date"].as_str() {
            last.insert(line.id, date.parse().unwrap());
        }
    }
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for plan in plans(day).iter().filter(|plan| matches!(plan.fate, Fate::Open(_))) {
        let date = last[&id(&format!("sale/{}", plan.n)).to_string()];
        found.entry(plan.last_owner).or_default().push(date);
    }
    found
}

#[test]
fn everything_that_can_happen_to_a_sale_or_an_activity_happens_to_some() {
    let lines = lines("2026-11-23".parse().unwrap());
    for (command, at_least) in [
        ("AdvanceStage", 500),
        ("SetMargin", 150),
        ("ChangeAmount", 60),
        ("OverrideProbability", 20),
        ("ChangeOwner", 8),
        ("StallSale", 15),
        ("ChangeStallTerms", 1),
        ("ReopenSale", 15),
        ("MarkSold", 95),
        ("MarkLost", 95),
        ("CompleteSale", 180),
        ("EditSale", 40),
        ("PlanActivity", 200),
        ("CreateFromGuideItem", 150),
        ("CreateDocument", 100),
        ("SetCustomFields", 60),
        ("AddStakeholders", 25),
        ("RescheduleActivity", 40),
        ("EditActivity", 3),
        ("AssignActivity", 5),
        ("CompleteActivity", 300),
        ("ReopenActivity", 3),
        ("DeleteActivity", 10),
        ("RegisterCompany", 45),
        ("EditCompany", 30),
        ("RegisterContact", 200),
    ] {
        let found = count(&lines, command);
        assert!(found >= at_least, "{found} {command}, {at_least} wanted");
    }
    let currencies: BTreeSet<_> = lines
        .iter()
        .filter_map(|line| Some(line.body["amount"]["currency"].as_str()?.to_owned()))
        .collect();
    assert_eq!(currencies.into_iter().collect::<Vec<_>>(), ["EUR", "GBP", "NOK"]);
}

#[test]
fn a_stalled_sale_waits_for_a_day_to_come_and_only_then() {
    for day in days() {
        let mut waits: BTreeMap<String, NaiveDate> = BTreeMap::new();
        for line in story(day).steps {
            match line.command {
                "StallSale" | "ChangeStallTerms" => {
                    let date = line.body["reopen_date"].as_str().unwrap().parse().unwrap();
                    let said = line.effective_at.with_timezone(&Oslo).date_naive();
                    assert!(said <= date, "{day}: {line:?}");
                    waits.insert(line.id, date);
                }
                "ReopenSale" => drop(waits.remove(&line.id)),
                "AdvanceStage" => assert!(!waits.contains_key(&line.id), "{day}: {line:?}"),
                _ => {}
            }
        }
        assert!(waits.values().all(|date| *date > day), "{day}: an import starts no timer");
    }
}

/// SG-31: the tutorial's example, in its stages and in its order; the contract meeting suggests itself.
#[test]
fn the_guide_is_that_of_the_tutorial() {
    let stages = ["first-meeting", "quotation", "signing"];
    let names =
        stages.map(|stage| guide::of_stage(stage).map(|item| item.names[0]).collect::<Vec<_>>());
    assert_eq!(
        names,
        [
            vec!["Customer meeting", "Meeting confirmation"],
            vec!["Quotation preparation", "Quotation letter"],
            vec!["Set up contract meeting", "Contract meeting", "Signed contract"],
        ]
    );
    let by_itself: Vec<_> = guide::ITEMS
        .iter()
        .filter(|item| matches!(item.suggests, guide::Suggests::FollowUp(.., true)))
        .map(|item| item.key)
        .collect();
    assert_eq!(by_itself, [guide::CONTRACT_MEETING]);
    let kind = KINDS.iter().find(|kind| kind.is_guided()).unwrap();
    assert_eq!(kind.names[0], "Sale to new customer");
    assert!(stages.iter().all(|stage| kind.stages.contains(stage)));
}

/// SG-11, SG-12: what is created from an item names one of a guided sale; part of it is done, part of it waits.
#[test]
fn instances_belong_to_sales_with_a_guide() {
    let items: BTreeSet<_> = guide::ITEMS.iter().map(|item| id(item.key).to_string()).collect();
    for day in days() {
        let guided: BTreeSet<_> = plans(day)
            .iter()
            .filter(|plan| plan.kind.is_guided())
            .map(|plan| id(&format!("sale/{}", plan.n)).to_string())
            .collect();
        let lines = lines(day);
        let made: Vec<_> = lines.iter().filter(|line| line.body.get("item").is_some()).collect();
        for line in &made {
            assert!(items.contains(line.body["item"].as_str().unwrap()), "{day}: {line:?}");
            assert!(guided.contains(line.body["sale"].as_str().unwrap()), "{day}: {line:?}");
        }
        let gone = |made: &&&Line| {
            let ended = |line: &Line| {
                line.id == made.id && ["CompleteActivity", "DeleteActivity"].contains(&line.command)
            };
            made.command == "CreateFromGuideItem" && !lines.iter().any(ended)
        };
        let waiting = made.iter().filter(gone).count();
        assert!(waiting >= 5 && waiting < made.len() / 2, "{day}: {waiting} of {}", made.len());
    }
}

/// SO-F14, SO-F15, SK-6, ST-2: whoever a sale is linked to is known before it, and how to reach most of them.
#[test]
fn every_company_and_contact_of_a_sale_is_registered_before_it() {
    for day in days() {
        let Story { customers, registrations, steps, .. } = story(day);
        let ids = |lines: &[Line]| -> BTreeSet<String> {
            lines.iter().map(|line| line.id.clone()).collect()
        };
        let (companies, contacts) = (ids(&customers.companies), ids(&customers.contacts));
        let first = registrations[0].effective_at;
        for line in customers.companies.iter().chain(&customers.contacts) {
            assert!(line.effective_at < first, "{day}: {line:?}");
        }
        let linked = |line: &Line| {
            let people = line.body["stakeholders"].as_array().cloned().unwrap_or_default();
            let people = people.into_iter().map(|one| one["contact"]["id"].clone());
            people.chain([line.body["contact"]["id"].clone()]).collect::<Vec<Value>>()
        };
        for line in registrations.iter().chain(&steps) {
            let company = line.body["company"]["id"].as_str();
            assert!(company.is_none_or(|id| companies.contains(id)), "{day}: {line:?}");
            let people = linked(line);
            let mut known = people.iter().filter_map(Value::as_str);
            assert!(known.all(|id| contacts.contains(id)), "{day}: {line:?}");
        }
        for (field, least) in [("email", 80), ("phone", 85)] {
            let has = |line: &&Line| line.body[field].is_string();
            let reached = customers.contacts.iter().filter(has).count();
            let all = customers.contacts.len();
            assert!(reached < all && reached * 100 / all >= least, "{day}: {reached} {field}s");
        }
        let of = |field: &str| -> BTreeSet<&str> {
            customers.companies.iter().filter_map(|line| line.body[field].as_str()).collect()
        };
        assert_eq!(of("country"), BTreeSet::from(["GB", "NL", "NO"]));
        assert_eq!(of("business").len(), 6, "{day}");
        assert!(customers.won.len() < customers.companies.len(), "{day}: some are prospects");
    }
}

/// What Ola does himself on the day: favourites, a stage that gets complete, a call after which a meeting is suggested.
#[test]
fn the_day_of_loading_has_something_to_suggest() {
    for day in days() {
        let waves = script(day);
        let [.., kari, ola, _] = &waves[..] else { unreachable!("at least three") };
        assert_eq!((kari.by, ola.by), (Voice::Manager, Voice::Seller));
        assert_eq!(kari.lines.len(), 1);
        let said: Vec<Value> =
            ola.lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |command: &str| said.iter().filter(|line| line["command"] == command).count();
        assert_eq!((of("AddFavourite"), of("SetPreferences")), (3, 1), "{day}");
        assert!(of("CreateFromGuideItem") >= 1, "{day}");
        assert_eq!(of("CreateFromGuideItem"), of("CompleteActivity"), "{day}");
        assert!(said.iter().all(|line| line.get("effective_at").is_none()), "{day}");
    }
}

/// ST-8, ST-10, ST-15, SF-10, SF-14: what the manager's page shows.
#[test]
fn the_manager_plans_the_year_puts_sales_together_and_keeps_a_view() {
    for day in days() {
        let waves = script(day);
        let wave = waves.last().unwrap();
        assert_eq!(wave.by, Voice::Manager);
        let said: Vec<Value> =
            wave.lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let commands: Vec<&str> =
            said.iter().map(|line| line["command"].as_str().unwrap()).collect();
        let of = |command: &str| commands.iter().filter(|said| **said == command).count();
        assert_eq!((of("AddTarget"), of("SetInitialAmount"), of("SetTargetCells")), (3, 7, 1));
        assert_eq!((of("LockTarget"), of("CreateSelection"), of("SaveView")), (1, 2, 1), "{day}");
        let members = said.iter().find_map(|line| line["body"]["members"].as_array()).unwrap();
        assert!((3..=12).contains(&members.len()), "{day}: {} members", members.len());
        assert!(said.iter().all(|line| line.get("effective_at").is_none()), "{day}");
    }
}
