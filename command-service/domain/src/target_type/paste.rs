//! A block from a spreadsheet over several rows of a type: stored whole or not at all (ST-19).

use std::collections::BTreeSet;

use events::{Event, StreamName, TargetId, TargetTypeId};
use rust_decimal::Decimal;

use super::DefinedTargetType;
use crate::target::Measure;
use crate::{Context, Decision, Refusal};
use events::rights::Level;

/// Rows of a block at most.
pub const PASTED_ROWS_MAX: usize = 500;

/// A row of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastedRow {
    /// Which target.
    pub target: TargetId,
    /// The cell its figures begin at, from 0.
    pub from: usize,
    /// Figures; none leaves a cell as it is.
    pub cells: Vec<Option<Decimal>>,
}

pub(super) fn needs(rows: &[PastedRow]) -> Vec<StreamName> {
    let distinct: BTreeSet<StreamName> = rows.iter().map(|row| row.target.stream()).collect();
    distinct.into_iter().collect()
}

/// A fact for every row in which something differs, all of them in one group.
pub(super) fn paste(
    id: TargetTypeId,
    kind: &DefinedTargetType,
    rows: &[PastedRow],
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut seen = BTreeSet::new();
    let mut decision = Decision::nothing();
    for (at, row) in rows.iter().enumerate() {
        let of_row = |refusal: Refusal| refusal.at(format!("/rows/{at}/target"));
        if !seen.insert(row.target.stream()) {
            return Err(of_row(Refusal::TargetListedTwice));
        }
        if let Some(fact) = pasted(id, kind, row, at, context)? {
            decision.beside.push((row.target.stream(), fact));
        }
    }
    Ok(decision)
}

/// What becomes of one row.
fn pasted(
    id: TargetTypeId,
    kind: &DefinedTargetType,
    row: &PastedRow,
    at: usize,
    context: &Context<'_>,
) -> Result<Option<Event>, Refusal> {
    let of_row = |refusal: Refusal| refusal.at(format!("/rows/{at}/target"));
    let target = context.references.target(row.target);
    let target = target.filter(|it| it.place.target_type == id);
    let seen = target.filter(|it| context.may_target(&it.place.assignee, Level::Read).is_ok());
    let target = seen.ok_or_else(|| of_row(Refusal::UnknownTarget))?;
    context.may_target(&target.place.assignee, Level::Update).map_err(of_row)?;
    // the type is the command's own and not among what was looked up
    if kind.terms.groups_only && target.place.assignee.level() == "user" {
        return Err(of_row(Refusal::GroupsOnly));
    }
    target.unlocked().map_err(of_row)?;
    let measure = Measure::of(kind.unit, target.currency, context);
    let after = measure.with_block(&target.cells, row.from, &row.cells);
    let after = after.map_err(|(cell, refusal)| match cell {
        Some(cell) => refusal.at(format!("/rows/{at}/cells/{cell}")),
        None => refusal.at(format!("/rows/{at}/cells")),
    })?;
    Ok(target.pasted(&after))
}
