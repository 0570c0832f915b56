//! When a command is sent: columns that must, or must not, hold certain values.

use std::collections::{BTreeMap, HashSet};

use super::language::Values;
use super::slot::{Function, Slot, Source};
use super::template::{Scope, parse_value};

/// One column and the values it is compared with.
#[derive(Debug, Clone)]
pub struct Condition {
    slot: Slot,
    values: HashSet<String>,
    wanted: bool,
}

impl Condition {
    /// Reads `when` (`wanted`) or `unless` of a command.
    pub fn parse(
        written: &BTreeMap<String, Values>,
        scope: Scope<'_>,
        wanted: Wanted,
    ) -> Result<Vec<Self>, String> {
        let one = |(name, values): (&String, &Values)| {
            let value = parse_value(name, scope)?;
            let slot = Slot { function: Function::Plain, value, required: false, fallback: None };
            let values = match values {
                Values::One(value) => HashSet::from([value.clone()]),
                Values::Any(values) => values.iter().cloned().collect(),
            };
            Ok(Self { slot, values, wanted: wanted == Wanted::Yes })
        };
        written.iter().map(one).collect()
    }

    /// Whether the row agrees.
    pub fn holds(&self, source: Source<'_>) -> Result<bool, String> {
        Ok(self.values.contains(&self.slot.text(source)?) == self.wanted)
    }
}

/// Whether the values are asked for or excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// `when`
    Yes,
    /// `unless`
    No,
}
