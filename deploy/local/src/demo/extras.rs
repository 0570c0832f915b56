//! What some sales have more than others: people beside the contact, fields of this tenant's own. Thrown with dice of
//! their own, so that the rest of the demo does not depend on it.

use serde_json::{Value, json};

use super::dice::Dice;
use super::line::id;
use super::plan::Plan;

/// Roles people have in a sale; shipped with every tenant.
const ROLES: [&str; 3] = ["decision-maker", "influencer", "end-user"];

/// The fields this tenant has of its own (SO-30): key, names in English, Norwegian and Dutch, kind, promoted.
const FIELDS: [(&str, [&str; 3], &str, bool); 2] = [
    ("licences", ["Licences", "Lisenser", "Licenties"], "number", true),
    ("pilot-wanted", ["Pilot wanted", "Ønsker pilot", "Pilot gewenst"], "boolean", false),
];

/// The definitions of those fields.
pub(super) fn fields() -> impl Iterator<Item = Value> {
    FIELDS.into_iter().map(|(key, [en, nb, nl], kind, promoted)| {
        let name = json!({ "en": en, "nb": nb, "nl": nl });
        json!({ "key": key, "name": name, "kind": kind, "promoted": promoted })
    })
}

/// Commands on the sale beside those that move it, with the share of its life they are said at, percent.
pub(super) fn of(plan: &Plan, dice: &mut Dice) -> Vec<(i64, (&'static str, Value))> {
    let mut said = Vec::new();
    if dice.chance(30) {
        let filled =
            json!({ "licences": dice.between(1, 40) * 5, "pilot-wanted": dice.chance(40) });
        said.push((dice.between(5, 95), ("SetCustomFields", json!({ "fields": filled }))));
    }
    if plan.kind.stakeholders() && dice.chance(25) {
        let (first, family) = plan.home.people();
        let person = |role: &str, dice: &mut Dice| {
            let name = format!("{} {}", dice.pick(first), dice.pick(family));
            let contact = json!({ "id": id(&format!("{}/{name}", plan.company)), "name": name });
            json!({ "id": id(&format!("stakeholder/{}/{role}", plan.n)), "contact": contact, "role": role })
        };
        let mut all = vec![person(dice.pick(&ROLES[..2]), dice)];
        if dice.chance(50) {
            all.push(person(ROLES[2], dice));
        }
        said.push((dice.between(5, 95), ("AddStakeholders", json!({ "stakeholders": all }))));
    }
    said
}
