//! Figures of targets: what they are, what they may be, and how they are split and raised (ST-9 to ST-12).

use events::money::{AMOUNT_MAX, round_to};
use events::target::TargetPeriod;
use events::target_type::Unit;
use events::{CurrencyCode, ParseError};
use rust_decimal::Decimal;

use crate::{Context, Refusal};

/// Beyond this a raise is a slip of the pen.
const PERCENT_MAX: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// Places of a percentage at most.
const PERCENT_PLACES: u32 = 4;

/// Months of a quarter.
const MONTHS: usize = 3;

/// How much more a copy is than what it is copied from: −100 to 10 000 with at most four places (ST-9, ST-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Percent(Decimal);

impl Percent {
    /// Checks the range.
    ///
    /// # Errors
    /// Too little, too much, or too fine.
    pub fn parse(percent: Decimal) -> Result<Self, ParseError> {
        let within = (-Decimal::ONE_HUNDRED..=PERCENT_MAX).contains(&percent);
        if !within || percent.normalize().scale() > PERCENT_PLACES {
            let rule = "must be -100 to 10000 with at most four decimal places";
            return Err(ParseError::new("percent", rule));
        }
        Ok(Self(percent))
    }

    /// 1 + p/100.
    fn factor(self) -> Decimal {
        Decimal::ONE + self.0 / Decimal::ONE_HUNDRED
    }
}

/// What the figures of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Amounts or profits in a currency.
    Money(CurrencyCode),
    /// Sales.
    Count,
}

/// A figure that cannot stand in a block, and where in the block it is; none for the block as a whole.
pub(crate) type OutOfBlock = (Option<usize>, Refusal);

impl Measure {
    /// Of a unit; money is in the row's own currency, else in that of the tenant (ST-12).
    pub(crate) fn of(unit: Unit, currency: Option<CurrencyCode>, context: &Context<'_>) -> Self {
        match unit {
            Unit::Count => Self::Count,
            Unit::Amount | Unit::Profit => {
                let base = || context.references.tenant().base_currency();
                Self::Money(currency.unwrap_or_else(base))
            }
        }
    }

    fn places(self) -> u32 {
        match self {
            Self::Money(currency) => currency.places(),
            Self::Count => 0,
        }
    }

    /// The figure with exactly its places, if it can be one.
    pub(crate) fn exactly(self, figure: Decimal) -> Result<Decimal, Refusal> {
        if figure.is_sign_negative() && !figure.is_zero() {
            return Err(Refusal::FigureNegative);
        }
        if figure > AMOUNT_MAX {
            return Err(Refusal::AmountTooLarge);
        }
        match self {
            _ if figure.normalize().scale() <= self.places() => Ok(self.rounded(figure)),
            Self::Money(_) => Err(Refusal::TooManyPlaces),
            Self::Count => Err(Refusal::NotAWholeNumber),
        }
    }

    /// Half away from zero.
    pub(crate) fn rounded(self, figure: Decimal) -> Decimal {
        let mut figure = round_to(figure.abs(), self.places());
        figure.rescale(self.places());
        figure
    }

    /// ST-10: equal parts, cut off behind the last place; what is left over goes to the last one.
    pub(crate) fn split(self, figure: Decimal, parts: usize) -> Vec<Decimal> {
        let count = Decimal::from(parts);
        let mut part = (figure / count).trunc_with_scale(self.places());
        part.rescale(self.places());
        let mut cells = vec![part; parts];
        if let Some(last) = cells.last_mut() {
            *last = self.rounded(figure - part * (count - Decimal::ONE));
        }
        cells
    }

    /// ST-9, ST-11: every cell raised; of another kind of period, quarters are three months and a quarter's months equal
    /// parts of it.
    pub(crate) fn raised(
        self,
        cells: &[Decimal],
        to: TargetPeriod,
        percent: Percent,
    ) -> Result<Vec<Decimal>, Refusal> {
        let raise = |cell: Decimal| {
            let raised = self.rounded(cell * percent.factor());
            if raised > AMOUNT_MAX { Err(Refusal::AmountTooLarge) } else { Ok(raised) }
        };
        match (cells.len() == to.cells(), to) {
            (true, _) => cells.iter().copied().map(raise).collect(),
            (false, TargetPeriod::Quarter) => {
                cells.chunks(MONTHS).map(|months| raise(months.iter().sum())).collect()
            }
            (false, TargetPeriod::Month) => {
                let quarters: Result<Vec<_>, _> = cells.iter().copied().map(raise).collect();
                let months = |quarter| self.split(quarter, MONTHS);
                Ok(quarters?.into_iter().flat_map(months).collect())
            }
        }
    }

    /// The cells after a block that begins at `from`; what the block leaves open stays.
    pub(crate) fn with_block(
        self,
        cells: &[Decimal],
        from: usize,
        block: &[Option<Decimal>],
    ) -> Result<Vec<Decimal>, OutOfBlock> {
        let mut after: Vec<_> = cells.iter().map(|cell| self.rounded(*cell)).collect();
        let behind = from.checked_add(block.len()).filter(|behind| *behind <= cells.len());
        let too_long = || (None, Refusal::CellsCount { expected: cells.len() });
        let behind = behind.ok_or_else(too_long)?;
        for (at, (cell, figure)) in after[from..behind].iter_mut().zip(block).enumerate() {
            if let Some(figure) = figure {
                *cell = self.exactly(*figure).map_err(|refusal| (Some(at), refusal))?;
            }
        }
        Ok(after)
    }
}
