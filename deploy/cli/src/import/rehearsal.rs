//! `--dry-run`: reads and maps everything, counts what would be sent, sends nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::setup;
use crate::failure::Failure;
use crate::mapping::{Names, Plan, RowFault};

/// What an import would send.
#[derive(Debug, Default, Serialize)]
pub struct Rehearsal {
    /// Rows of the file of records, faulty ones included.
    pub rows: u64,
    /// How many of each command.
    pub would_send: BTreeMap<String, u64>,
    /// Rows that cannot be mapped.
    pub faults: Vec<RowFault>,
    /// The first lines, as they would be sent.
    #[serde(skip)]
    pub sample: Vec<String>,
}

impl Rehearsal {
    /// Maps everything, keeping the first `sample` lines.
    ///
    /// # Errors
    /// When a file cannot be read or the setup cannot be mapped.
    pub fn of(plan: &Arc<Plan>, names: &Arc<Names>, sample: usize) -> Result<Self, Failure> {
        let mut rehearsal = Self::default();
        let mut floor = None;
        for step in 0..plan.setup.len() {
            for mapped in setup::commands(plan, names, step)? {
                floor = floor.max(mapped.lines.iter().filter_map(|line| line.effective_at).max());
                mapped
                    .lines
                    .iter()
                    .for_each(|line| rehearsal.line(plan, line.order, &line.json, sample));
            }
        }
        for mapped in plan.walk(names, floor)? {
            rehearsal.rows += 1;
            match mapped {
                Ok(mapped) => mapped
                    .lines
                    .iter()
                    .for_each(|line| rehearsal.line(plan, line.order, &line.json, sample)),
                Err(fault) => rehearsal.faults.push(fault),
            }
        }
        Ok(rehearsal)
    }

    /// How many of a command would be sent.
    pub fn count(&self, command: &str) -> u64 {
        self.would_send.get(command).copied().unwrap_or_default()
    }

    /// Negative when a row cannot be mapped.
    pub fn verdict(&self) -> Result<(), Failure> {
        match self.faults.len() {
            0 => Ok(()),
            n => Err(Failure::Negative(format!("{n} rows cannot be mapped"))),
        }
    }

    fn line(&mut self, plan: &Plan, order: usize, json: &[u8], sample: usize) {
        *self.would_send.entry(plan.orders[order].command.clone()).or_default() += 1;
        if self.sample.len() < sample {
            self.sample.push(String::from_utf8_lossy(json).trim_end().to_owned());
        }
    }
}
