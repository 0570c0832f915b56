//! What a search asks of sales: AND within a block, OR between blocks (SF-7), with the operators of SF-8. Stored with
//! dynamic selections (SF-10), so names of fields and operators are storage: add, never rename.
//!
//! A value of [`Criteria`] can be asked: fields and operators are known, operators fit their fields, values can be read.
//! What a custom field holds is known to its tenant alone, so its criteria are checked again when they are asked
//! ([`Criterion::condition_of`]).

mod condition;
mod days;
mod fault;
mod field;
mod operator;
#[cfg(test)]
mod tests;
mod text;
mod values;

use serde::{Deserialize, Serialize};

pub use condition::{Bounds, Condition, Test, TextMatch};
pub use days::{Days, Span};
pub use fault::Fault;
pub use field::{About, Field, Item, Kind};
pub use operator::Operator;
pub use values::ME;

/// Blocks at most.
pub const BLOCKS_MAX: usize = 20;

/// Criteria of all blocks at most.
pub const CRITERIA_MAX: usize = 50;

/// Values of a criterion at most.
pub const VALUES_MAX: usize = 1_000;

/// Characters of a value at most.
pub const VALUE_CHARS_MAX: usize = 2_048;

/// Bytes of the text syntax at most.
pub const TEXT_BYTES_MAX: usize = 65_536;

/// One of its blocks has to hold; without any that asks something, every sale is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenCriteria")]
pub struct Criteria {
    any: Vec<Block>,
}

/// All of its criteria have to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenBlock")]
pub struct Block {
    all: Vec<Criterion>,
}

/// One condition; without a value it asks nothing (SF-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenCriterion")]
pub struct Criterion {
    field: Field,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCriteria {
    any: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBlock {
    all: Vec<Criterion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCriterion {
    field: Field,
    operator: Operator,
    #[serde(default)]
    values: Vec<String>,
}

impl TryFrom<WrittenCriteria> for Criteria {
    type Error = Fault;
    fn try_from(written: WrittenCriteria) -> Result<Self, Fault> {
        Self::new(written.any)
    }
}

impl TryFrom<WrittenBlock> for Block {
    type Error = Fault;
    fn try_from(written: WrittenBlock) -> Result<Self, Fault> {
        Self::new(written.all)
    }
}

impl TryFrom<WrittenCriterion> for Criterion {
    type Error = Fault;
    fn try_from(written: WrittenCriterion) -> Result<Self, Fault> {
        Self::new(written.field, written.operator, written.values)
    }
}

impl Criteria {
    /// Of blocks.
    ///
    /// # Errors
    /// More than [`BLOCKS_MAX`] blocks or [`CRITERIA_MAX`] criteria.
    pub fn new(any: Vec<Block>) -> Result<Self, Fault> {
        if any.len() > BLOCKS_MAX {
            return Err(Fault::TooMany { what: "blocks", most: BLOCKS_MAX });
        }
        if any.iter().map(|block| block.all.len()).sum::<usize>() > CRITERIA_MAX {
            return Err(Fault::TooMany { what: "criteria", most: CRITERIA_MAX });
        }
        Ok(Self { any })
    }

    /// Reads the text syntax: `status one_of open and amount gt 5000 or title contains "fjord, erp"`.
    ///
    /// # Errors
    /// What is wrong, and at which character if it is not a criterion at all.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        text::read(text)
    }

    /// Its blocks, also those that ask nothing.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.any
    }

    /// All criteria that ask something, block by block; blocks without one are left out.
    pub fn asking(&self) -> impl Iterator<Item = Vec<&Criterion>> {
        self.any.iter().map(Block::asking).filter(|block| !block.is_empty())
    }
}

impl Block {
    /// Of criteria.
    ///
    /// # Errors
    /// None at all, or more than [`CRITERIA_MAX`].
    pub fn new(all: Vec<Criterion>) -> Result<Self, Fault> {
        if all.is_empty() {
            return Err(Fault::EmptyBlock);
        }
        if all.len() > CRITERIA_MAX {
            return Err(Fault::TooMany { what: "criteria", most: CRITERIA_MAX });
        }
        Ok(Self { all })
    }

    fn asking(&self) -> Vec<&Criterion> {
        self.all.iter().filter(|criterion| criterion.is_active()).collect()
    }

    /// Its criteria.
    #[must_use]
    pub fn criteria(&self) -> &[Criterion] {
        &self.all
    }
}

impl Criterion {
    /// A field, an operator, and what it is compared with.
    ///
    /// # Errors
    /// The operator is not one of the field's kind, or the values cannot be read.
    pub fn new(field: Field, operator: Operator, values: Vec<String>) -> Result<Self, Fault> {
        let criterion = Self { field, operator, values };
        values::check_size(&criterion)?;
        if let Some(kind) = criterion.field.kind() {
            criterion.condition_of(kind)?;
        }
        Ok(criterion)
    }

    /// What is looked at.
    #[must_use]
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// How.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// What it is compared with, as it was given.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether it asks something: an empty value asks nothing (SF-7).
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.operator.takes() == (0, 0) || self.given().next().is_some()
    }

    /// The values that are not empty.
    fn given(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str).filter(|value| !value.trim().is_empty())
    }
}
