//! The mapping of the public data set, rehearsed over the data set itself where it is at hand.

use std::collections::HashSet;
use std::path::PathBuf;

use serde_json::Value;

use super::{here, plan, rehearse};

/// The folder of the data set; `None`, said plainly, where it is absent.
fn public_set() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests find the public data set by this name"
    )]
    let named = std::env::var_os("SALGSLOGG_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| here("../../../shared/data/crm-sales-opportunities"));
    if folder.join("sales_pipeline.csv").is_file() {
        return Some(folder);
    }
    let absent = "the public data set is absent (name its folder in SALGSLOGG_DATA): not tested";
    salgslogg::output::remark(absent);
    None
}

#[test]
fn every_opportunity_becomes_its_commands() {
    let Some(folder) = public_set() else { return };
    let plan = plan(&here("mappings/crm-sales-opportunities.toml"), &folder);
    let (rehearsal, lines) = rehearse(&plan, "demo");
    assert!(rehearsal.faults.is_empty(), "{:?}", rehearsal.faults);
    assert_eq!(rehearsal.rows, 8_800);
    let counts = ["SetBaseCurrency", "AddStage", "DefineSaleType", "AddUser", "RegisterSale"]
        .map(|command| rehearsal.count(command));
    assert_eq!(counts, [1, 2, 1, 35, 8_800]);
    let counts = ["AdvanceStage", "MarkSold", "MarkLost"].map(|command| rehearsal.count(command));
    assert_eq!(counts, [8_300, 4_238, 2_473]);
    let keys: HashSet<_> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), lines.len(), "every command has a key of its own");
}

#[test]
fn the_sums_are_those_of_the_public_set() {
    let Some(folder) = public_set() else { return };
    let plan = plan(&here("mappings/crm-sales-opportunities.toml"), &folder);
    let (_, lines) = rehearse(&plan, "demo");
    let of = |command: &'static str| lines.iter().filter(move |line| line["command"] == command);
    assert_eq!(of("MarkSold").map(cents).sum::<i64>(), 1_000_553_400);
    let advanced: HashSet<_> = of("AdvanceStage").map(id).collect();
    let closed: HashSet<_> = of("MarkSold").chain(of("MarkLost")).map(id).collect();
    let registered = of("RegisterSale").filter(|line| !closed.contains(id(line)));
    let (engaging, prospecting): (Vec<_>, Vec<_>) =
        registered.partition(|line| advanced.contains(id(line)));
    let sum = |lines: &[&Value]| lines.iter().copied().map(cents).sum::<i64>();
    assert_eq!((engaging.len(), sum(&engaging)), (1_589, 389_222_900));
    assert_eq!((prospecting.len(), sum(&prospecting)), (500, 107_398_600));
    let undated = prospecting.iter().all(|line| line["effective_at"] == "2017-12-31T00:00:00Z");
    assert!(undated, "rows without a date are registered on the last day");
}

#[test]
fn the_quirks_of_the_public_set_are_understood() {
    let Some(folder) = public_set() else { return };
    let plan = plan(&here("mappings/crm-sales-opportunities.toml"), &folder);
    let (_, lines) = rehearse(&plan, "demo");
    let registered: Vec<_> =
        lines.iter().filter(|line| line["command"] == "RegisterSale").collect();
    let title = |line: &Value| line["body"]["title"].as_str().unwrap().to_owned();
    let nobody = registered.iter().filter(|line| title(line).ends_with(" for unknown account"));
    assert_eq!(nobody.clone().count(), 1_425);
    assert!(nobody.clone().all(|line| line["body"].get("company").is_none()));
    assert_eq!(registered.iter().filter(|line| title(line).starts_with("GTX Pro ")).count(), 1_480);
}

fn id(line: &Value) -> &str {
    line["id"].as_str().unwrap()
}

fn cents(line: &Value) -> i64 {
    let amount = line["body"]["amount"]["amount"].as_str().unwrap();
    amount.replace('.', "").parse().unwrap()
}
