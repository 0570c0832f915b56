//! Moves as requests: path and body.

use chrono::NaiveDate;
use serde_json::{Value, json};
use system_tests::{Fixture, GuideItems};

use super::cast::{Suggests, Who, activity_id, item_id, items, kind_of, sale_id};
use super::model::Model;
use super::money::{Currency, text};
use super::moves::{OnActivity, OnSale, OnType, What};

const FOLLOW_UP: &str = "edit-suggested-follow-up";

fn money(hundredths: i128, currency: Currency) -> Value {
    json!({"amount": text(hundredths), "currency": currency.code()})
}

/// The start of what is planned: a day, or eight in the morning.
fn start(what: Suggests, day: NaiveDate) -> Value {
    match what {
        Suggests::ToDo | Suggests::Document => json!(day),
        Suggests::Meeting | Suggests::Call => json!(format!("{day}T08:00:00Z")),
    }
}

/// An object without its fields that are null.
fn told(mut body: Value) -> Value {
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    body
}

impl What {
    /// Path and body; none when only time passes. The model knows today, and what an activity is.
    pub(super) fn request(
        &self,
        model: &Model,
        fixture: &Fixture,
        worked: &GuideItems,
    ) -> Option<(String, Value)> {
        Some(match self {
            Self::Days(_) => return None,
            Self::Register(n, new) => {
                let body = json!({"id": sale_id(*n), "title": format!("Sale {n}"),
                    "sale_type": new.kind.id(fixture),
                    "amount": new.amount.map(|(amount, currency)| money(amount, currency)),
                    "owner": new.owner.map(Who::name),
                    "stage": new.stage.map(|stage| stage.id(fixture)),
                    "sale_date": new.date.map(|later| model.day(later))});
                ("/v1/sales".to_owned(), told(body))
            }
            Self::Sale(n, what) => {
                let (command, body) = what.request(fixture, worked);
                (format!("/v1/sales/{}/{command}", sale_id(*n)), body)
            }
            Self::Plan(n, plan) => {
                let body = json!({"id": activity_id(*n), "kind": plan.what.word(),
                    "title": format!("Activity {n}"), "sale": plan.sale.map(sale_id),
                    "owner": plan.owner.map(Who::name),
                    "start": start(plan.what, model.day(plan.later))});
                ("/v1/activities".to_owned(), told(body))
            }
            Self::Create(n, new) => {
                let what = model.what(new.item);
                let later = new.later.filter(|_| !new.document);
                let body = json!({"id": activity_id(*n), "sale": sale_id(new.sale),
                    "item": item_id(new.item, worked), "owner": new.owner.map(Who::name),
                    "start": later.map(|later| start(what, model.day(later)))});
                let route = if new.document { "documents" } else { "from-guide-item" };
                (format!("/v1/activities/{route}"), told(body))
            }
            Self::Activity(n, what) => {
                let kind = model.activities.get(n).map_or(Suggests::Meeting, |one| one.what);
                let (command, body) = match what {
                    OnActivity::Complete => ("complete", json!({})),
                    OnActivity::Reopen => ("reopen", json!({})),
                    OnActivity::Delete => ("delete", json!({})),
                    OnActivity::Move(day) => ("reschedule", json!({"start": start(kind, *day)})),
                    OnActivity::Assign(owner) => ("assign", json!({"owner": owner.name()})),
                    OnActivity::About(sale) => ("edit", json!({"sale": sale.map(sale_id)})),
                };
                (format!("/v1/activities/{}/{command}", activity_id(*n)), body)
            }
            Self::Type(kind, what) => {
                let (command, body) = what.request(model, fixture, worked);
                (format!("/v1/sale-types/{}/{command}", kind.id(fixture)), body)
            }
        })
    }
}

impl Model {
    /// What an item suggests, also once it is removed.
    fn what(&self, item: usize) -> Suggests {
        let all = items(kind_of(item));
        all.iter().find(|one| one.key == item).map_or(Suggests::Meeting, |one| one.what)
    }
}

impl OnSale {
    fn request(&self, fixture: &Fixture, worked: &GuideItems) -> (&'static str, Value) {
        match self {
            Self::Advance(stage) => ("advance-stage", json!({"stage": stage.id(fixture)})),
            Self::Override(probability) => (
                "override-probability",
                json!({"probability": i64::try_from(*probability).unwrap()}),
            ),
            Self::ChangeAmount(amount, currency) => {
                ("change-amount", json!({"amount": money(*amount, *currency)}))
            }
            Self::SetCost(cost, currency) => {
                ("set-margin", json!({"total_cost": money(*cost, *currency)}))
            }
            Self::ChangeOwner(owner) => ("change-owner", json!({"owner": owner.name()})),
            Self::EditDate(date) => ("edit", json!({"sale_date": date})),
            Self::Stall(day) => ("stall", json!({"reopen_date": day, "reason": "budget"})),
            Self::ChangeTerms(day) => ("change-stall-terms", json!({"reopen_date": day})),
            Self::Reopen => ("reopen", json!({})),
            Self::Sold(actual) => {
                let amount = actual.map(|(amount, currency)| money(amount, currency));
                ("mark-sold", told(json!({"reason": "best-product", "amount": amount})))
            }
            Self::Lost => ("mark-lost", json!({"reason": "price"})),
            Self::Complete(true) => ("complete", json!({})),
            Self::Complete(false) => ("clear-completion", json!({})),
            Self::ChangeType { kind, stage } => {
                let stage = stage.map(|stage| stage.id(fixture));
                let body = json!({"sale_type": kind.id(fixture), "stage": stage});
                ("change-sale-type", told(body))
            }
            Self::AnswerFollowUp { item, accepted } => (
                "answer-follow-up-suggestion",
                json!({"item": item_id(*item, worked), "accepted": accepted}),
            ),
            Self::AnswerStage { accepted } => {
                ("answer-stage-suggestion", json!({"accepted": accepted}))
            }
            Self::Delete => ("delete", json!({})),
        }
    }
}

impl OnType {
    fn request(
        &self,
        model: &Model,
        fixture: &Fixture,
        worked: &GuideItems,
    ) -> (&'static str, Value) {
        let id = |item: &usize| item_id(*item, worked);
        match self {
            Self::Guide(on) => ("edit", json!({"guide": on})),
            Self::AutoAdvance(on) => ("edit", json!({"auto_advance": on})),
            Self::Required(item, yes) => {
                let command = match model.what(*item) {
                    Suggests::Document => "edit-suggested-document",
                    Suggests::Meeting | Suggests::ToDo | Suggests::Call => FOLLOW_UP,
                };
                (command, json!({"item": id(item), "required": yes}))
            }
            Self::Auto(item, yes) => (FOLLOW_UP, json!({"item": id(item), "auto_suggest": yes})),
            Self::Offset(item, days) => (FOLLOW_UP, json!({"item": id(item), "offset_days": days})),
            Self::MoveItem(item, stage) => {
                ("move-guide-item", json!({"item": id(item), "stage": stage.id(fixture)}))
            }
            Self::Remove(item) => ("remove-guide-item", json!({"item": id(item)})),
        }
    }
}
