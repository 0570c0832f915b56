//! What the product shows, in the form the model predicts it.

use serde_json::{Value, json};
use system_tests::World;

use super::cast::sale_id;
use super::model::Model;
use super::predict::Ids;

/// Fields of a card that are compared as they are.
const CARD: [&str; 17] = [
    "number",
    "status",
    "stage",
    "probability",
    "amount",
    "total_cost",
    "profit",
    "profit_percent",
    "weighted",
    "converted",
    "owner",
    "group",
    "sale_date",
    "reopen_date",
    "next_activity_date",
    "overdue_activity",
    "overdue_sale_date",
];

/// The read side, asked by the manager.
pub(super) struct Answers<'a> {
    pub(super) world: &'a World,
    pub(super) token: &'a str,
    pub(super) ids: Ids<'a>,
}

impl Answers<'_> {
    /// The first answer that is not what the model says.
    pub(super) async fn compare(&self, model: &Model) -> Result<(), String> {
        same("pipeline", &self.pipeline().await?, &model.pipeline(self.ids))?;
        same("cards", &json!(self.cards().await?), &json!(model.cards(self.ids)))?;
        let (from, to) = model.month();
        let diary =
            format!("/v1/diary?owner=ola,kari,per&from={from}&to={to}&days_ahead=7&limit=500");
        same("diary", &diary_of(&self.ask(&diary).await?), &model.diary(from, to))?;
        for (n, sale) in model.there() {
            let id = sale_id(n);
            let guide = self.ask(&format!("/v1/sales/{id}/guide")).await?;
            let what = format!("guide of sale {n}");
            same(&what, &guide_of(&guide), &model.guide(n, sale, self.ids))?;
            let card = self.ask(&format!("/v1/sales/{id}")).await?;
            same(
                &format!("guide on the card of sale {n}"),
                &card["guide"],
                &model.summary(n, sale),
            )?;
        }
        Ok(())
    }

    async fn ask(&self, path: &str) -> Result<Value, String> {
        let reply = self.world.question(path).bearer(self.token).send().await;
        if reply.status == 200 { Ok(reply.json()) } else { Err(format!("{path}: {}", reply.text)) }
    }

    async fn pipeline(&self) -> Result<Value, String> {
        let by_stage = self.ask("/v1/pipeline?currency=EUR&group_by=stage").await?;
        let by_owner = self.ask("/v1/pipeline?currency=EUR&group_by=owner").await?;
        if by_stage["totals"] != by_owner["totals"] {
            return Err(format!("two totals: {} {}", by_stage["totals"], by_owner["totals"]));
        }
        let stages =
            columns(&by_stage, |column| json!([column["key"], column["name"], sums(column)]));
        let owners = columns(&by_owner, |column| json!([column["key"], sums(column)]));
        let total = |word: &str| sums(&by_stage["totals"][word]);
        let totals = json!({"open": total("open"), "stalled": total("stalled"), "won": total("won"),
            "lost": total("lost")});
        Ok(json!({"totals": totals, "by_stage": stages, "by_owner": owners}))
    }

    async fn cards(&self) -> Result<Vec<Value>, String> {
        let list = self.ask("/v1/sales?currency=EUR&limit=500").await?;
        let mut cards: Vec<Value> = rows(&list["sales"]).iter().map(card_of).collect();
        cards.sort_by_key(|card| card["number"].as_str().map(str::to_owned));
        Ok(cards)
    }
}

fn rows(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn sums(row: &Value) -> Value {
    json!({"count": row["count"], "amount": row["amount"], "weighted": row["weighted"]})
}

/// Columns by key; the one without a key first.
fn columns(board: &Value, of: impl Fn(&Value) -> Value) -> Vec<Value> {
    let mut columns: Vec<Value> = rows(&board["columns"]).iter().map(of).collect();
    columns.sort_by_key(|column| column[0].as_str().map(str::to_owned));
    columns
}

fn card_of(row: &Value) -> Value {
    let mut card: Value =
        CARD.iter().map(|field| ((*field).to_owned(), row[field].clone())).collect();
    card["sale_type"] = row["sale_type"]["id"].clone();
    card["stage_when_closed"] = row["stage_when_closed"].clone();
    card["completed"] = row["completed"].clone();
    card
}

fn diary_of(diary: &Value) -> Value {
    let sale = |row: &Value| {
        json!([row["id"], row["rules"], row["red"], row["next_activity_date"], row["status"]])
    };
    let activity = |row: &Value| {
        json!([row["id"], row["owner"], row["start"], row["end"], row["completed"], row["overdue"]])
    };
    let sorted = |list: &Value, of: &dyn Fn(&Value) -> Value| {
        let mut rows: Vec<Value> = rows(list).iter().map(of).collect();
        rows.sort_by_key(|row| row[0].as_str().map(str::to_owned));
        rows
    };
    json!({"sales": sorted(&diary["sales"], &sale),
        "activities": sorted(&diary["activities"], &activity)})
}

fn guide_of(guide: &Value) -> Value {
    let instance = |one: &Value| json!([one["activity_id"], one["owner"], one["completed"]]);
    let item = |item: &Value| {
        let mut instances: Vec<Value> = rows(&item["instances"]).iter().map(instance).collect();
        instances.sort_by_key(|one| one[0].as_str().map(str::to_owned));
        json!([item["id"], item["state"], item["default_start"], item["required"], instances])
    };
    let stage = |stage: &Value| {
        let items: Vec<Value> = rows(&stage["items"]).iter().map(item).collect();
        json!([stage["name"], stage["mark"], stage["complete"], items])
    };
    let stages: Vec<Value> = rows(&guide["stages"]).iter().map(stage).collect();
    let next = &guide["next_stage_suggested"];
    let next = if next.is_null() { Value::Null } else { json!([next["name"], next["answered"]]) };
    json!({"has_guide": guide["has_guide"], "stages": stages, "next": next})
}

/// Says where they differ first.
fn same(what: &str, shown: &Value, expected: &Value) -> Result<(), String> {
    match differs(shown, expected) {
        None => Ok(()),
        Some(difference) => Err(format!("{what}{difference}")),
    }
}

fn differs(shown: &Value, expected: &Value) -> Option<String> {
    match (shown, expected) {
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(at, (l, r))| differs(l, r).map(|how| format!("/{at}{how}")))
        }
        (Value::Object(left), Value::Object(right)) => right
            .iter()
            .find_map(|(key, r)| differs(&left[key], r).map(|how| format!("/{key}{how}"))),
        (left, right) => (left != right).then(|| format!(": shown {left}, expected {right}")),
    }
}
