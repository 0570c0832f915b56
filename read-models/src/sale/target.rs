//! A sales target, version by version (ST-7 to ST-17): the fold of rows and of histories.

use events::target::{Cell, TargetPeriod, TargetPlace};
use events::{CurrencyCode, TargetEvent};

/// A target at one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Which row it is.
    pub place: TargetPlace,
    /// What its cells stand for.
    pub period: TargetPeriod,
    /// Its own currency; the base currency when none (ST-12).
    pub currency: Option<CurrencyCode>,
    /// One a period.
    pub cells: Vec<Cell>,
    /// ST-15.
    pub locked: bool,
    /// ST-17: there is no such row until it is added once more.
    pub removed: bool,
}

/// The target after `fact`, or what is wrong with the stream.
///
/// # Errors
/// The fact does not follow.
pub(crate) fn target(before: Option<Target>, fact: &TargetEvent) -> Result<Target, &'static str> {
    let before = || before.ok_or("a target that was never added");
    let target = match fact {
        TargetEvent::Added { place, period, currency } => Target {
            place: place.clone(),
            period: *period,
            currency: *currency,
            cells: vec![Cell::default(); period.cells()],
            locked: false,
            removed: false,
        },
        TargetEvent::CellsSet { cells, cause: _ } => Target { cells: cells.clone(), ..before()? },
        TargetEvent::Cleared {} => {
            let mut target = before()?;
            target.cells.fill(Cell::default());
            target
        }
        TargetEvent::CurrencySet { currency } => Target { currency: *currency, ..before()? },
        TargetEvent::Locked {} => Target { locked: true, ..before()? },
        TargetEvent::Unlocked {} => Target { locked: false, ..before()? },
        TargetEvent::Removed {} => Target { removed: true, locked: false, ..before()? },
    };
    if target.cells.len() == target.period.cells() {
        Ok(target)
    } else {
        Err("another number of cells than periods")
    }
}

#[cfg(test)]
mod tests {
    use events::target::{Assignee, CellsCause};
    use events::target_type::DEFAULT;
    use rust_decimal::Decimal;

    use super::*;

    fn added(period: TargetPeriod) -> TargetEvent {
        let place = TargetPlace {
            target_type: DEFAULT,
            item: None,
            year: 2026,
            assignee: Assignee::Company,
        };
        TargetEvent::Added { place, period, currency: None }
    }

    fn folded(facts: &[TargetEvent]) -> Result<Target, &'static str> {
        let first = target(None, &facts[0])?;
        facts[1..].iter().try_fold(first, |held, fact| target(Some(held), fact))
    }

    fn cells(figures: &[i64]) -> TargetEvent {
        let cells = figures.iter().map(|figure| Cell(Decimal::from(*figure))).collect();
        TargetEvent::CellsSet { cells, cause: CellsCause::Set }
    }

    #[test]
    fn a_row_has_empty_cells_by_its_period_and_clearing_brings_them_back_st_7_st_8_st_16() {
        let quarters = folded(&[added(TargetPeriod::Quarter)]).unwrap();
        assert_eq!(quarters.cells, vec![Cell::default(); 4]);
        let set = folded(&[added(TargetPeriod::Quarter), cells(&[1, 2, 3, 4])]).unwrap();
        assert_eq!(set.cells[3], Cell(Decimal::from(4)));
        let cleared = target(Some(set), &TargetEvent::Cleared {}).unwrap();
        assert_eq!(cleared, quarters);
        assert!(folded(&[added(TargetPeriod::Month), cells(&[1, 2, 3, 4])]).is_err());
        assert!(target(None, &TargetEvent::Cleared {}).is_err());
    }

    #[test]
    fn what_was_removed_may_be_added_anew_and_is_empty_then_st_15_st_17() {
        let facts = [
            added(TargetPeriod::Quarter),
            cells(&[1, 2, 3, 4]),
            TargetEvent::Locked {},
            TargetEvent::Unlocked {},
            TargetEvent::Removed {},
            added(TargetPeriod::Month),
        ];
        assert!(folded(&facts[..3]).unwrap().locked);
        assert!(folded(&facts[..5]).unwrap().removed);
        let anew = folded(&facts).unwrap();
        assert!(!anew.removed && anew.cells.len() == 12);
    }
}
