//! New figures in a row: typed in, split from an annual one, copied; and the currency they are in (ST-10 to ST-12).

use events::target::{Assignee, CellsCause};
use events::{CurrencyCode, Event, TargetEvent, TargetId};
use rust_decimal::Decimal;

use super::add::last_year;
use super::{Measure, Percent, TargetRow, fact};
use crate::{Context, Decision, Refusal, target_type};
use events::rights::Level;

/// All cells at once; those left open stay.
pub(super) fn set(
    row: &TargetRow,
    cells: &[Option<Decimal>],
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    if cells.len() != row.cells.len() {
        return Err(Refusal::CellsCount { expected: row.cells.len() }.at("/cells"));
    }
    let after = row.measure(context)?.with_block(&row.cells, 0, cells);
    let after = after.map_err(|(at, refusal)| match at {
        Some(at) => refusal.at(format!("/cells/{at}")),
        None => refusal.at("/cells"),
    })?;
    Ok(changed(row, &after, CellsCause::Set))
}

/// ST-10.
pub(super) fn set_initial(
    row: &TargetRow,
    amount: Decimal,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let measure = row.measure(context)?;
    let amount = measure.exactly(amount).map_err(|refusal| refusal.at("/amount"))?;
    Ok(changed(row, &measure.split(amount, row.cells.len()), CellsCause::InitialAmount))
}

/// ST-11: from another row that is seen, of the same measure and with figures in it; from last year's when none is named.
pub(super) fn copy(
    row: &TargetRow,
    id: TargetId,
    from: Option<TargetId>,
    percent: Percent,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let source = match from {
        Some(from) if from == id => row,
        Some(from) => {
            let source = context.references.target(from);
            let seen =
                source.filter(|it| context.may_target(&it.place.assignee, Level::Read).is_ok());
            seen.ok_or(Refusal::UnknownTarget.at("/from"))?
        }
        None => {
            let last = context.references.target(last_year(&row.place).id());
            last.ok_or(Refusal::NothingToCopy)?
        }
    };
    let pointed = |refusal: Refusal| if from.is_some() { refusal.at("/from") } else { refusal };
    let measure = row.measure(context)?;
    // the type of the other row may be gone by now: then it is as good as removed
    let other = source_measure(source, context).ok_or_else(|| pointed(Refusal::NothingToCopy))?;
    if other != measure {
        return Err(pointed(Refusal::TargetsDiffer));
    }
    if source.is_empty() {
        return Err(pointed(Refusal::NothingToCopy));
    }
    Ok(changed(row, &measure.raised(&source.cells, row.period, percent)?, CellsCause::Copied))
}

/// What the figures of another row are; none once its type is gone.
pub(super) fn source_measure(source: &TargetRow, context: &Context<'_>) -> Option<Measure> {
    source.measure(context).ok()
}

/// ST-12.
pub(super) fn set_currency(
    row: &TargetRow,
    currency: Option<CurrencyCode>,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    if currency == row.currency {
        return Ok(Decision::nothing());
    }
    let unit = target_type::standing(row.place.target_type, context.references)?.unit;
    if currency.is_some() {
        may_have_currency(&row.place.assignee, unit)?;
    }
    let measure = Measure::of(unit, currency, context);
    for cell in &row.cells {
        measure.exactly(*cell).map_err(|refusal| refusal.at("/currency"))?;
    }
    Ok(fact(TargetEvent::CurrencySet { currency }))
}

/// ST-12: rows of users are in the base currency, and what is counted in none.
pub(super) fn may_have_currency(
    assignee: &Assignee,
    unit: events::target_type::Unit,
) -> Result<(), Refusal> {
    use events::target_type::Unit;
    match (assignee, unit) {
        (Assignee::Company | Assignee::Group { .. }, Unit::Amount | Unit::Profit) => Ok(()),
        (Assignee::User { .. }, _) | (_, Unit::Count) => Err(Refusal::NoOwnCurrency),
    }
}

/// All cells as they are now; nothing when none differs.
pub(super) fn changed(row: &TargetRow, after: &[Decimal], cause: CellsCause) -> Decision {
    if after == row.cells {
        return Decision::nothing();
    }
    fact(cells_set(after, cause))
}

pub(super) fn cells_set(after: &[Decimal], cause: CellsCause) -> TargetEvent {
    let cells = after.iter().copied().map(events::target::Cell).collect();
    TargetEvent::CellsSet { cells, cause }
}

impl TargetRow {
    /// The fact that a block from a spreadsheet amounts to; none when nothing differs (ST-19).
    pub(crate) fn pasted(&self, after: &[Decimal]) -> Option<Event> {
        (after != self.cells).then(|| Event::Target(cells_set(after, CellsCause::Pasted)))
    }
}
