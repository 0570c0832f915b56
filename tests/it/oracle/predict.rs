//! What the answers must show, from the model.

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use system_tests::{Fixture, GuideItems};

use super::cast::{Item, Stage, Suggests, Who, activity_id, item_id, sale_id};
use super::model::{Activity, Model, Sale, Slot, Status, Suggested, later_by};
use super::money::{divided, text};

/// How far the diary looks ahead.
const AHEAD: i64 = 7;

/// Ids of everything, as answers tell them.
#[derive(Clone, Copy)]
pub(super) struct Ids<'a> {
    pub(super) fixture: &'a Fixture,
    pub(super) worked: &'a GuideItems,
}

impl Sale {
    fn word(&self) -> &'static str {
        match self.status {
            Status::Open => "open",
            Status::Stalled { .. } => "stalled",
            Status::Closed { won: true, .. } => "won",
            Status::Closed { won: false, .. } => "lost",
            Status::Deleted => "deleted",
        }
    }

    /// Weighted, in its own currency (SO-F10).
    fn weighted(&self) -> i128 {
        divided(self.amount * self.probability, 100)
    }

    fn completed(&self) -> bool {
        matches!(self.status, Status::Closed { completed: true, .. })
    }
}

impl Slot {
    fn edges(self) -> (Value, Value) {
        match self {
            Self::Day(day) => (json!(day), json!(day)),
            Self::Times { day, hour, minutes } => {
                let start = day.and_hms_opt(hour, 0, 0).unwrap();
                let end = start + chrono::TimeDelta::minutes(minutes);
                let told = |at: chrono::NaiveDateTime| json!(format!("{}Z", at.format("%FT%T")));
                (told(start), told(end))
            }
        }
    }
}

/// Sums of sales in euros.
fn sums<'a>(sales: impl Iterator<Item = &'a Sale>) -> Value {
    let (mut count, mut amount, mut weighted) = (0, 0, 0);
    for sale in sales {
        count += 1;
        amount += sale.currency.in_euros(sale.amount);
        weighted += sale.currency.in_euros(sale.weighted());
    }
    json!({"count": count, "amount": text(amount), "weighted": text(weighted)})
}

impl Model {
    /// Totals by status; columns of open sales by stage and by owner.
    pub(super) fn pipeline(&self, ids: Ids<'_>) -> Value {
        let all: Vec<&Sale> = self.there().map(|(_, sale)| sale).collect();
        let with = |word: &str| sums(all.iter().copied().filter(|sale| sale.word() == word));
        let totals = json!({"open": with("open"), "stalled": with("stalled"), "won": with("won"),
            "lost": with("lost")});
        let open = || all.iter().copied().filter(|sale| sale.status == Status::Open);
        let stages = [None, Some(Stage::Fm), Some(Stage::Qt), Some(Stage::Sc)];
        let by_stage = stages.into_iter().filter(|stage| open().any(|sale| sale.stage == *stage));
        let by_stage: Vec<Value> = by_stage
            .map(|stage| {
                let key = stage.map(|stage| stage.id(ids.fixture).to_string());
                let sums = sums(open().filter(|sale| sale.stage == stage));
                json!([key, stage.map(Stage::name), sums])
            })
            .collect();
        let by_name = [Who::Kari, Who::Ola, Who::Per];
        let owners = by_name.into_iter().filter(|who| open().any(|sale| sale.owner == *who));
        let by_owner: Vec<Value> = owners
            .map(|who| json!([who.name(), sums(open().filter(|sale| sale.owner == who))]))
            .collect();
        json!({"totals": totals, "by_stage": by_stage, "by_owner": by_owner})
    }

    /// The card of every sale, by number.
    pub(super) fn cards(&self, ids: Ids<'_>) -> Vec<Value> {
        self.there().map(|(n, sale)| self.card(n, sale, ids)).collect()
    }

    fn card(&self, n: usize, sale: &Sale, ids: Ids<'_>) -> Value {
        let money =
            |hundredths| json!({"amount": text(hundredths), "currency": sale.currency.code()});
        let profit = sale.amount - sale.cost;
        let percent = (sale.amount != 0).then(|| text(divided(profit * 10_000, sale.amount)));
        let closed = matches!(sale.status, Status::Closed { .. });
        let reopen = match sale.status {
            Status::Stalled { reopen } => Some(reopen),
            Status::Open | Status::Closed { .. } | Status::Deleted => None,
        };
        let stage = |stage: Stage| json!({"id": stage.id(ids.fixture), "name": stage.name()});
        json!({
            "number": sale.number.to_string(),
            "status": sale.word(),
            "sale_type": sale.kind.id(ids.fixture),
            "stage": sale.stage.map(stage),
            "probability": i64::try_from(sale.probability).unwrap(),
            "amount": money(sale.amount),
            "total_cost": money(sale.cost),
            "profit": money(profit),
            "profit_percent": percent,
            "weighted": money(sale.weighted()),
            "converted": {"amount": text(sale.currency.in_euros(sale.amount)), "currency": "EUR",
                "weighted": text(sale.currency.in_euros(sale.weighted()))},
            "owner": sale.owner.name(),
            "group": sale.owner.group(),
            "sale_date": sale.date,
            "reopen_date": reopen,
            "next_activity_date": self.next_activity(n, sale),
            "overdue_activity": self.overdue(n),
            "overdue_sale_date": sale.status == Status::Open && sale.date < self.today,
            "stage_when_closed": sale.stage.filter(|_| closed).map(stage),
            "completed": sale.completed(),
        })
    }

    /// Sales with rules and marks, activities with theirs: the month around today, a week ahead, of all three.
    pub(super) fn diary(&self, from: NaiveDate, to: NaiveDate) -> Value {
        let range = from..=to;
        let ahead = self.today..=later_by(self.today, AHEAD);
        let sales = self.there().filter(|(_, sale)| !sale.completed()).filter_map(|(n, sale)| {
            let (next, overdue) = (self.next_activity(n, sale), self.overdue(n));
            let rules = [
                range.contains(&sale.date),
                next.is_some_and(|next| ahead.contains(&next)),
                overdue,
                matches!(sale.status, Status::Stalled { .. }),
            ];
            let rules: Vec<_> = (1..).zip(rules).filter(|(_, is)| *is).map(|(n, _)| n).collect();
            (!rules.is_empty()).then(|| json!([sale_id(n), rules, overdue, next, sale.word()]))
        });
        let sales: Vec<Value> = sales.collect();
        let shown = |one: &Activity| {
            let (day, last) = (one.slot.day(), later_by(self.today, AHEAD));
            let waits = one.done.is_none_or(|done| done == self.today);
            one.what != Suggests::Document
                && !one.deleted
                && waits
                && (day <= last || range.contains(&day))
        };
        let rows = self.activities.iter().filter(|(_, one)| shown(one)).map(|(n, one)| {
            let (start, end) = one.slot.edges();
            let overdue = one.done.is_none() && one.slot.day() < self.today;
            json!([activity_id(*n), one.owner.name(), start, end, one.done.is_some(), overdue])
        });
        json!({"sales": sales, "activities": rows.collect::<Vec<_>>()})
    }

    /// The guide of a sale.
    pub(super) fn guide(&self, n: usize, sale: &Sale, ids: Ids<'_>) -> Value {
        let terms = &self.kinds[&sale.kind];
        if !terms.guide {
            return json!({"has_guide": false, "stages": [], "next": null});
        }
        let stages = sale.kind.stages();
        let at = |stage: Stage| stages.iter().position(|other| *other == stage);
        let current = sale.stage.and_then(at);
        let rows: Vec<Value> = stages
            .iter()
            .map(|stage| {
                let mark = match current {
                    Some(now) if at(*stage) < Some(now) => "completed",
                    Some(now) if at(*stage) == Some(now) => "current",
                    Some(_) | None => "future",
                };
                let items = terms.of_stage(*stage);
                let items: Vec<_> =
                    items.into_iter().map(|item| self.item(n, sale, item, ids)).collect();
                json!([stage.name(), mark, self.complete(n, *stage), items])
            })
            .collect();
        // shown while it has its reason
        let complete = sale.stage.is_some_and(|stage| self.complete(n, stage));
        let next = sale.next_stage.filter(|_| complete && terms.auto_advance);
        let next = next.map(|(stage, answer)| json!([stage.name(), answer]));
        json!({"has_guide": true, "stages": rows, "next": next})
    }

    fn item(&self, n: usize, sale: &Sale, item: &Item, ids: Ids<'_>) -> Value {
        let instances = self.instances(n, item.key);
        let suggested = matches!(sale.suggested.get(&item.key), Some(Suggested::Open(_)));
        let state = if instances.iter().any(|(_, one)| one.done.is_none()) {
            "created"
        } else if !instances.is_empty() {
            "completed"
        } else if suggested {
            "suggested"
        } else {
            "not_created"
        };
        let start = match item.what {
            Suggests::Document => Value::Null,
            Suggests::Meeting | Suggests::ToDo | Suggests::Call => {
                let day = self.start_of(n, item);
                super::doing::slot(item.what, day, 0).edges().0
            }
        };
        let instances: Vec<Value> = instances
            .into_iter()
            .map(|(n, one)| json!([activity_id(n), one.owner.name(), one.done.is_some()]))
            .collect();
        json!([item_id(item.key, ids.worked), state, start, item.required, instances])
    }

    /// What the card says of the guide: how many items there are, how many are done.
    pub(super) fn summary(&self, n: usize, sale: &Sale) -> Value {
        let terms = &self.kinds[&sale.kind];
        if !terms.guide {
            return Value::Null;
        }
        let done = |item: &&Item| {
            let instances = self.instances(n, item.key);
            !instances.is_empty() && instances.iter().all(|(_, one)| one.done.is_some())
        };
        json!({"items": terms.items.len(), "done": terms.items.iter().filter(done).count()})
    }

    /// The month around today.
    pub(super) fn month(&self) -> (NaiveDate, NaiveDate) {
        let first = self.today.with_day(1).unwrap();
        let next = first.checked_add_months(chrono::Months::new(1)).unwrap();
        (first, next.pred_opt().unwrap())
    }
}
