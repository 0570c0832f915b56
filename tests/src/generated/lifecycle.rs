//! What happens in a generated log: a tenant is set up, then sales are registered in blocks and each goes through ten
//! steps; eight in ten are closed, the others have an activity. The same number gives the same event, always. Written as text, since a hundred
//! thousand a second are wanted; a test decodes them all.

use events::{Aggregate, StreamName};
use uuid::Uuid;

/// Sales of a block; their steps are interleaved, as many sellers' are.
pub(super) const BLOCK: i64 = 1_000;

/// Events of a sale that went all its way.
pub(super) const STEPS: i64 = 10;

const STAGES: [(u128, &str, i32); 3] =
    [(1, "First meeting", 20), (2, "Quotation", 50), (3, "Signing of contract", 80)];
const SALE_TYPE: u128 = 10;
const OWNERS: [&str; 3] = ["ola", "kari", "per"];
/// Sales until an owner's turn comes again.
const OWNED: i64 = 3;

/// An event before it has a place.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) stream: StreamName,
    pub(super) event_type: &'static str,
    pub(super) schema_version: i16,
    pub(super) command: &'static str,
    pub(super) payload: String,
}

fn told(
    stream: StreamName,
    event_type: &'static str,
    command: &'static str,
    payload: String,
) -> Told {
    let known = events::codec::current_version(event_type);
    let (event_type, schema_version) = known.expect("invariant: a type of this program");
    Told { stream, event_type, schema_version, command, payload }
}

fn fixed(n: u128) -> Uuid {
    Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0000_0000 + n)
}

/// The id of a sale, counted from 0.
pub(super) fn sale_id(sale: i64) -> Uuid {
    let n = u128::try_from(sale).expect("invariant: sales are counted from 0");
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + n)
}

/// The tenant's first events: settings, users, stages, a type of sale. One event for each stream.
pub(super) fn set_up(tenant: &str) -> Vec<Told> {
    let stream = |aggregate, id: String| StreamName::new(aggregate, id);
    let mut all = vec![told(
        stream(Aggregate::Tenant, tenant.to_owned()),
        "tenant.provisioned",
        "ProvisionTenant",
        r#"{"base_currency":"EUR","time_zone":"Europe/Oslo"}"#.to_owned(),
    )];
    for owner in OWNERS {
        let payload = format!(r#"{{"name":"{owner}","groups":["north"],"primary_group":"north"}}"#);
        all.push(told(stream(Aggregate::User, owner.to_owned()), "user.added", "AddUser", payload));
    }
    for (id, name, probability) in STAGES {
        let payload = format!(
            r#"{{"name":{{"en":"{name}"}},"probability":{probability},"description":null,"rank":{id}}}"#
        );
        let named = stream(Aggregate::Stage, fixed(id).to_string());
        all.push(told(named, "stage.added", "AddStage", payload));
    }
    let stages = STAGES.map(|(id, ..)| format!("\"{}\"", fixed(id))).join(",");
    let payload = format!(
        r#"{{"name":{{"en":"Sale to new customer"}},"category":"New business","duration":{{"n":3,"unit":"months"}},"stages":[{stages}],"guide":true,"auto_advance":false,"stakeholders":false}}"#
    );
    let named = stream(Aggregate::SaleType, fixed(SALE_TYPE).to_string());
    all.push(told(named, "sale-type.defined", "DefineSaleType", payload));
    all
}

/// Step `step` (from 0) of sale `sale` (from 0).
pub(super) fn step(sale: i64, step: i64) -> Told {
    let id = sale_id(sale).to_string();
    let stream = StreamName::new(Aggregate::Sale, id);
    let closes = sale % 10 < 8;
    let amount = 10_000 + sale * 37 % 490_000;
    // the owner goes round in threes, so the month must not: everybody has sales in every month
    let day = format!("2026-{:02}-{:02}", 1 + sale / OWNED % 12, 1 + sale % 28);
    let margin = |amount: i64| {
        format!(
            r#"{{"total_cost":"{}.00","profit":"{}.00","profit_percent":"60.00"}}"#,
            amount * 2 / 5,
            amount * 3 / 5
        )
    };
    let money = |amount: i64| format!(r#"{{"amount":"{amount}.00","currency":"EUR"}}"#);
    let advanced = |from: usize, to: usize| {
        let ((from, ..), (to, _, probability)) = (STAGES[from], STAGES[to]);
        let (from, to) = (fixed(from), fixed(to));
        format!(
            r#"{{"from":"{from}","to":"{to}","probability":{probability},"direction":"forward"}}"#
        )
    };
    let changed =
        |amount: i64| format!(r#"{{"amount":{},"margin":{}}}"#, money(amount), margin(amount));
    let (event_type, command, payload) = match step {
        0 => (
            "sale.registered",
            "RegisterSale",
            registered(sale, &money(amount), &margin(amount), &day),
        ),
        1 => ("sale.stage-advanced", "AdvanceStage", advanced(0, 1)),
        2 => ("sale.amount-changed", "ChangeAmount", changed(amount + 500)),
        3 => (
            "sale.title-changed",
            "ChangeDetails",
            format!(r#"{{"title":"Delivery {sale}, revised"}}"#),
        ),
        4 => ("sale.stage-advanced", "AdvanceStage", advanced(1, 2)),
        5 => (
            "sale.probability-overridden",
            "OverrideProbability",
            r#"{"probability":70}"#.to_owned(),
        ),
        6 => ("sale.date-changed", "ChangeDetails", format!(r#"{{"sale_date":"{day}"}}"#)),
        7 => ("sale.amount-changed", "ChangeAmount", changed(amount + 1_000)),
        8 if closes => {
            let (amount, margin) = (money(amount + 1_000), margin(amount + 1_000));
            let payload = format!(
                r#"{{"close_date":"{day}","reason":"price","amount":{amount},"margin":{margin},"probability":100,"stage_when_closed":"{}"}}"#,
                fixed(3)
            );
            ("sale.won", "MarkWon", payload)
        }
        9 if closes => ("sale.completed", "CompleteSale", "{}".to_owned()),
        9 => return planned(sale, &day),
        _ => (
            "sale.title-changed",
            "ChangeDetails",
            format!(r#"{{"title":"Delivery {sale}, draft {step}"}}"#),
        ),
    };
    told(stream, event_type, command, payload)
}

fn owner(sale: i64) -> &'static str {
    OWNERS[usize::try_from(sale % OWNED).expect("invariant: 0 to 2")]
}

/// A to-do about an open sale: the only event of a stream of its own.
fn planned(sale: i64, day: &str) -> Told {
    let id = Uuid::from_u128(sale_id(sale).as_u128() + (1 << 48));
    let payload = format!(
        r#"{{"kind":"to_do","slot":{{"from_day":"{day}","to_day":"{day}"}},"owner":"{}","owner_group":"north","title":"Call about delivery {sale}","description":null,"sale":"{}","parties":{{"company":null,"contact":null,"project":null}},"alarm_minutes":null}}"#,
        owner(sale),
        sale_id(sale)
    );
    let stream = StreamName::new(Aggregate::Activity, id.to_string());
    told(stream, "activity.planned", "PlanActivity", payload)
}

fn registered(sale: i64, money: &str, margin: &str, day: &str) -> String {
    let owner = owner(sale);
    let (kind, stage, company) = (fixed(SALE_TYPE), fixed(1), fixed(1_000));
    format!(
        r#"{{"title":"Delivery {sale}","sale_type":"{kind}","category":"New business","stage":"{stage}","probability":20,"amount":{money},"margin":{margin},"owner":"{owner}","owner_group":"north","parties":{{"company":{{"id":"{company}","name":"Fjord AS"}},"contact":null,"project":null}},"sale_date":"{day}","source":"web","description":null,"external_reference":"G-{sale}"}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generated_event_can_be_read() {
        let sales = (0..20).flat_map(|sale| (0..STEPS).map(move |n| step(sale, n)));
        for one in set_up("demo").into_iter().chain(sales) {
            let read =
                events::codec::decode(one.event_type, one.schema_version, one.payload.as_bytes());
            assert!(read.is_ok(), "{one:?}: {read:?}");
        }
    }
}
