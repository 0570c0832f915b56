//! What two people do on the day of loading, in their own name and without a business time: so a follow-up and a stage are
//! suggested (SG-19, SG-23), something waits to be accepted (SD-8), and Ola has favourites (SO-32).

use serde_json::{Value, json};

use super::Voice;
use super::guide::{CONTRACT_CALL, CONTRACT_MEETING, SIGNING, Suggests, of_stage};
use super::line::{Line, id, spoken};
use super::plan::{Fate, Plan};

/// Whose day it is.
const OLA: &str = "ola";

/// Favourites Ola has.
const FAVOURITES: usize = 3;

/// A command that takes effect when it is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Imperative name.
    pub command: &'static str,
    /// What it is for, or the id of what it makes.
    pub id: String,
    /// Its body.
    pub body: Value,
}

impl Said {
    pub(super) fn new(command: &'static str, id: impl ToString, body: Value) -> Self {
        Self { command, id: id.to_string(), body }
    }

    /// The line as it is sent, the `number`th of the demo.
    #[must_use]
    pub fn json(&self, number: usize) -> String {
        format!("{}\n", spoken(self.command, &self.id, &self.body, number))
    }
}

/// What Kari hands over, then what Ola does.
pub(super) fn waves(plans: &[Plan], steps: &[Line]) -> [(&'static str, Voice, Vec<Said>); 2] {
    let open = |plan: &&Plan| plan.last_owner == OLA && matches!(plan.fate, Fate::Open(_));
    let mut own: Vec<&Plan> = plans.iter().filter(open).collect();
    own.sort_by_key(|plan| std::cmp::Reverse(plan.amount));
    let handed: Vec<Said> = own.iter().take(1).map(|plan| handed_over(plan)).collect();
    let mut said: Vec<Said> = own.iter().take(FAVOURITES).map(|plan| favourite(plan)).collect();
    said.push(Said::new("SetPreferences", OLA, json!({ "show_days_ahead": 10 })));
    let guided = || own.iter().filter(|plan| plan.kind.is_guided());
    let suggests_next = |stage: &str| stage != SIGNING && of_stage(stage).next().is_some();
    if let Some(plan) = guided().find(|plan| suggests_next(stage_of(plan, steps))) {
        said.extend(finished(plan, stage_of(plan, steps)));
    }
    let meets = |plan: &&&Plan| steps.iter().any(|line| is_of(line, plan, CONTRACT_MEETING));
    if let Some(plan) = guided().rfind(|plan| !meets(plan)) {
        said.extend(done(plan, CONTRACT_CALL, "call"));
    }
    [("what Kari hands over", Voice::Manager, handed), ("what Ola does today", Voice::Seller, said)]
}

fn sale(plan: &Plan) -> String {
    id(&format!("sale/{}", plan.n)).to_string()
}

fn favourite(plan: &Plan) -> Said {
    Said::new("AddFavourite", OLA, json!({ "sale": sale(plan) }))
}

/// A call that Kari plans for Ola; he has not seen it yet.
fn handed_over(plan: &Plan) -> Said {
    let title = plan.home.of(["Call before Friday", "Ring før fredag", "Voor vrijdag bellen"]);
    let body = json!({ "kind": "call", "title": format!("{title}, {}", plan.company), "owner": OLA,
        "sale": sale(plan) });
    Said::new("PlanActivity", id(&format!("handed/{}", plan.n)), body)
}

/// A follow-up of the guide, created and completed.
fn done(plan: &Plan, item: &str, name: &str) -> [Said; 2] {
    let made = id(&format!("today/{}/{name}", plan.n));
    let create = json!({ "sale": sale(plan), "item": id(item) });
    [
        Said::new("CreateFromGuideItem", made, create),
        Said::new("CompleteActivity", made, Value::Null),
    ]
}

/// Everything a stage suggests, done: the next stage is suggested.
fn finished(plan: &Plan, stage: &str) -> Vec<Said> {
    let mut said = Vec::new();
    for item in of_stage(stage) {
        match item.suggests {
            Suggests::FollowUp(..) => said.extend(done(plan, item.key, item.key)),
            Suggests::Document(_) => {
                let made = id(&format!("today/{}/{}", plan.n, item.key));
                let create = json!({ "sale": sale(plan), "item": id(item.key) });
                said.push(Said::new("CreateDocument", made, create));
            }
        }
    }
    said
}

/// Whether a line creates an item of the guide on a sale.
fn is_of(line: &Line, plan: &Plan, item: &str) -> bool {
    let named = |field: &str| line.body[field].as_str().map(str::to_owned);
    named("sale") == Some(sale(plan)) && named("item") == Some(id(item).to_string())
}

/// The key of the stage a sale is in.
fn stage_of(plan: &Plan, steps: &[Line]) -> &'static str {
    let sale = sale(plan);
    let moved = steps.iter().rev().find(|line| line.id == sale && line.command == "AdvanceStage");
    let named = moved.and_then(|line| line.body["stage"].as_str());
    let is = |key: &&&str| named == Some(id(key).to_string().as_str());
    let stages = plan.kind.stages;
    stages.iter().find(is).or(stages.first()).copied().unwrap_or_default()
}
