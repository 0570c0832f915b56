//! What the manager of the sellers in Oslo has on her page: targets of the year for the company, both groups and their
//! users (ST-8, ST-10), the company's locked (ST-15); a selection of sales put together by hand and one that finds its own
//! (SF-10); a view of the board (SF-14).

use chrono::{Datelike, NaiveDate};
use events::target::{Assignee, TargetPlace};
use events::{TypeName, UserId, target_type};
use serde_json::{Value, json};

use super::line::id;
use super::plan::{Fate, Plan};
use super::today::Said;

/// Who she is.
const KARI: &str = "kari";

/// What her view of the board is called.
pub const VIEW: &str = "By seller";

/// The company's target, in euros.
const COMPANY: &str = "6000000";

/// A group with its target, and its users with theirs.
type Group = (&'static str, &'static str, [(&'static str, &'static str); 2]);

/// Groups with their targets and those of their users. Levels need not add up (ST-14): hers promise more than is asked.
const GROUPS: [Group; 2] = [
    ("oslo", "3200000", [("ola", "1700000"), ("kari", "1600000")]),
    ("utrecht", "2800000", [("sanne", "1500000"), ("joost", "1450000")]),
];

/// What the users of a group have to win, in quarters that are not alike: the last one closes the year.
const SEASON: (&str, [&str; 12]) = (
    "ola",
    [
        "100000", "110000", "140000", "120000", "130000", "160000", "80000", "110000", "170000",
        "160000", "190000", "230000",
    ],
);

/// Sales in the selection that is put together by hand.
const BY_HAND: usize = 12;

/// All she says, in its order.
pub(super) fn page(plans: &[Plan], day: NaiveDate) -> Vec<Said> {
    let year = day.year();
    targets(year).into_iter().chain(selections(plans)).chain([view()]).collect()
}

fn targets(year: i32) -> Vec<Said> {
    let add =
        |assignee: &Assignee, body: Value| Said::new("AddTarget", place(assignee, year), body);
    let amount = |assignee: &Assignee, amount: &str| {
        Said::new("SetInitialAmount", place(assignee, year), json!({ "amount": amount }))
    };
    let company = Assignee::Company;
    let mut said = vec![
        add(&company, json!({ "year": year, "level": "company" })),
        amount(&company, COMPANY),
        Said::new("LockTarget", place(&company, year), Value::Null),
    ];
    for (group, of_group, members) in GROUPS {
        let whole = Assignee::Group { group: name(group) };
        let body = json!({ "year": year, "level": "group", "assignee": group });
        said.extend([add(&whole, body), amount(&whole, of_group)]);
        // the row of a group brings one for each of its members
        said.extend(members.map(|(user, of_user)| amount(&person(user), of_user)));
    }
    let cells = json!({ "cells": SEASON.1 });
    said.push(Said::new("SetTargetCells", place(&person(SEASON.0), year), cells));
    said
}

/// The id of a row, which follows from what it is about.
fn place(assignee: &Assignee, year: i32) -> String {
    let year = u16::try_from(year).unwrap_or_default();
    let assignee = assignee.clone();
    let place = TargetPlace { target_type: target_type::DEFAULT, item: None, year, assignee };
    place.id().to_string()
}

fn person(user: &str) -> Assignee {
    let user = UserId::parse(user).expect("invariant: ids of the demo are short words");
    Assignee::User { user, group: None }
}

fn name(text: &str) -> TypeName {
    TypeName::parse(text).expect("invariant: names of the demo are short words")
}

fn selections(plans: &[Plan]) -> [Said; 2] {
    let open = |plan: &&Plan| plan.last_owner == KARI && matches!(plan.fate, Fate::Open(_));
    let mut own: Vec<&Plan> = plans.iter().filter(open).collect();
    own.sort_by_key(|plan| (std::cmp::Reverse(plan.amount), plan.n));
    let members: Vec<String> =
        own.iter().take(BY_HAND).map(|plan| id(&format!("sale/{}", plan.n)).to_string()).collect();
    let by_hand = json!({ "name": "Kari's call list", "kind": "static", "members": members,
        "category": "calls", "visible_for": "group", "visible_group": "oslo",
        "description": "The largest open sales of Kari, to be worked through one by one" });
    let all = json!([
        { "field": "status", "operator": "one_of", "values": ["open"] },
        { "field": "amount", "operator": "gt", "values": ["20000"] },
        { "field": "sale_date", "operator": "next_days", "values": ["60"] },
    ]);
    let found = json!({ "name": "Large sales due soon", "kind": "dynamic",
        "criteria": { "any": [{ "all": all }] }, "visible_for": "all",
        "description": "Open, above 20 000 euros, to be closed within 60 days" });
    [
        Said::new("CreateSelection", id("selection/by-hand"), by_hand),
        Said::new("CreateSelection", id("selection/found"), found),
    ]
}

fn view() -> Said {
    let view = json!({ "group_by": "owner", "subgroup_by": "stage", "summarize": "weighted",
        "sort": "-amount", "hide_closed": true, "currency": "EUR" });
    Said::new("SaveView", KARI, json!({ "name": VIEW, "view": view }))
}
