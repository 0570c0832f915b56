//! The workload: one new sale after another, each 1 register + 5 advances + 1 close, each its own command with token,
//! key, decision, receipt and hashes. A payload is about 400 bytes.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::connection::{head, post};

/// Stands where the sale's id goes; as long as one.
const PLACE: &str = "00000000-0000-0000-0000-00000000f00d";

/// The requests of one sale's life, in order, with places for its id.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    steps: Arc<[Template]>,
    lines: Arc<[Template]>,
    /// Host and port they are meant for.
    pub address: String,
    /// The token in them.
    pub token: String,
}

#[derive(Debug)]
struct Template {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Template {
    fn new(text: String) -> Self {
        let places = text.match_indices(PLACE).map(|(at, _)| at).collect();
        Self { bytes: text.into_bytes(), places }
    }

    fn append(&self, sale: Uuid, to: &mut Vec<u8>) {
        let from = to.len();
        to.extend_from_slice(&self.bytes);
        let mut letters = Uuid::encode_buffer();
        let id = sale.hyphenated().encode_lower(&mut letters);
        for place in &self.places {
            to[from + place..from + place + id.len()].copy_from_slice(id.as_bytes());
        }
    }
}

impl Lifecycle {
    /// For a type and its stages.
    pub fn new(
        address: &str,
        token: &str,
        (sale_type, stages): (Uuid, &[Uuid]),
        advances: usize,
    ) -> Self {
        let head = head(address, token);
        let commands = commands(sale_type, stages, advances);
        let steps = commands.iter().enumerate().map(|(step, (_, path, body))| {
            Template::new(post(&head, path, &format!("{PLACE}-{step}"), &body.to_string()))
        });
        let lines = commands.iter().enumerate().map(|(step, (name, _, body))| {
            let line = json!({"command": name, "id": PLACE, "key": format!("{PLACE}-{step}"), "body": body});
            Template::new(format!("{line}\n"))
        });
        Self {
            steps: steps.collect(),
            lines: lines.collect(),
            address: address.to_owned(),
            token: token.to_owned(),
        }
    }

    /// Commands in a life.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Writes one request into `to`, which is emptied before.
    pub fn render(&self, step: usize, sale: Uuid, to: &mut Vec<u8>) {
        to.clear();
        self.steps[step].append(sale, to);
    }

    /// Appends one line of a bulk to `to`.
    pub fn append_line(&self, step: usize, sale: Uuid, to: &mut Vec<u8>) {
        self.lines[step].append(sale, to);
    }
}

/// Command, route and body of each step.
fn commands(
    sale_type: Uuid,
    stages: &[Uuid],
    advances: usize,
) -> Vec<(&'static str, String, Value)> {
    let description =
        "A sale as sellers describe it, with enough words to make a payload of ordinary size. "
            .repeat(3);
    let register = json!({"id": PLACE, "title": "Fjord ERP", "sale_type": sale_type, "description": description,
        "amount": {"amount": "500000.00", "currency": "NOK"}, "sale_date": "2026-06-10", "source": "web",
        "company": {"id": PLACE, "name": "Fjord AS"}});
    let mut all = vec![("RegisterSale", "/v1/sales".to_owned(), register)];
    for stage in stages.iter().skip(1).chain(stages.iter().rev().skip(1)).cycle().take(advances) {
        let path = format!("/v1/sales/{PLACE}/advance-stage");
        all.push(("AdvanceStage", path, json!({"stage": stage})));
    }
    let path = format!("/v1/sales/{PLACE}/mark-sold");
    all.push(("MarkSold", path, json!({"reason": "best-product"})));
    all
}
