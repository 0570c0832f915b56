//! A sales target: one row of a type and year, for the company, a group or a user (ST-7 to ST-19). Levels are independent
//! (ST-14): nothing that happens to a row happens to another one, except that a group's row brings those of its members.

mod add;
mod cells;
mod figures;
#[cfg(test)]
mod tests;

use events::target::{Assignee, TargetPeriod, TargetPlace};
use events::{Aggregate, CurrencyCode, Event, StreamName, TargetEvent, TargetId};
use rust_decimal::Decimal;

pub use add::{GROUP_MEMBERS_MAX, NewLevel, NewTarget};
pub(crate) use figures::Measure;
pub use figures::Percent;

use crate::target_type;
use crate::{Context, Decider, Decision, References, Refusal};
use events::rights::Level;

/// What may be asked of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetCommand {
    /// ST-8; a removed row may come back, with empty cells.
    AddTarget(Box<NewTarget>),
    /// Figures by period; none leaves a cell as it is.
    SetTargetCells {
        /// One a period.
        cells: Vec<Option<Decimal>>,
    },
    /// ST-10: an annual figure in equal parts, what is left over in the last cell.
    SetInitialAmount {
        /// Of the whole year.
        amount: Decimal,
    },
    /// ST-11.
    CopyTarget {
        /// The row itself.
        id: TargetId,
        /// The row of last year when left out.
        from: Option<TargetId>,
        /// How much more.
        percent: Percent,
    },
    /// ST-12: the figures stay.
    SetTargetCurrency {
        /// The base currency when none.
        currency: Option<CurrencyCode>,
    },
    /// ST-15.
    LockTarget,
    /// ST-15.
    UnlockTarget,
    /// ST-16.
    ClearTarget,
    /// ST-17.
    RemoveTarget,
    /// ST-5, ST-6: by the process manager that clears up behind a type. Locked rows and those of users go too.
    RemoveWithType,
}

/// A row as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRow {
    /// Which row.
    pub place: TargetPlace,
    /// What its cells stand for.
    pub period: TargetPeriod,
    /// Its own currency; the base currency when none (ST-12).
    pub currency: Option<CurrencyCode>,
    /// One a period.
    pub cells: Vec<Decimal>,
    /// ST-15.
    pub locked: bool,
}

/// What is remembered of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Target {
    /// Never added.
    #[default]
    Unknown,
    /// There.
    Added(Box<TargetRow>),
    /// Gone; may be added again.
    Removed(Box<TargetRow>),
}

impl Target {
    /// The row, if it is there.
    pub fn added(&self) -> Option<&TargetRow> {
        match self {
            Self::Added(row) => Some(row),
            Self::Unknown | Self::Removed(_) => None,
        }
    }

    /// The row, removed or not.
    pub(crate) fn row(&self) -> Option<&TargetRow> {
        match self {
            Self::Unknown => None,
            Self::Added(row) | Self::Removed(row) => Some(row),
        }
    }
}

impl TargetRow {
    fn empty(place: TargetPlace, period: TargetPeriod, currency: Option<CurrencyCode>) -> Self {
        let cells = vec![Decimal::ZERO; period.cells()];
        Self { place, period, currency, cells, locked: false }
    }

    /// Whether nothing is expected.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.iter().all(Decimal::is_zero)
    }

    /// What its figures are.
    pub(crate) fn measure(&self, context: &Context<'_>) -> Result<Measure, Refusal> {
        let kind = target_type::standing(self.place.target_type, context.references)?;
        Ok(Measure::of(kind.unit, self.currency, context))
    }

    /// Goes on if the row may still change: its type is there, and has rows of this level. What the process manager has yet
    /// to clear up does not change any more (ST-5, ST-6).
    pub(crate) fn in_use(&self, context: &Context<'_>) -> Result<(), Refusal> {
        let kind = target_type::standing(self.place.target_type, context.references)?;
        match &self.place.assignee {
            Assignee::User { .. } if kind.terms.groups_only => Err(Refusal::GroupsOnly),
            Assignee::User { .. } | Assignee::Group { .. } | Assignee::Company => Ok(()),
        }
    }

    /// Goes on if its figures may change (ST-15).
    pub(crate) fn unlocked(&self) -> Result<(), Refusal> {
        if self.locked { Err(Refusal::RowLocked) } else { Ok(()) }
    }
}

/// Other streams a command has to know: the type, and then what its item, its members and its copies lie in.
pub(crate) fn needs(
    target: &Target,
    command: &TargetCommand,
    known: &References,
) -> Vec<StreamName> {
    let of_row = || target.row().and_then(|row| target_type::stream(row.place.target_type));
    match command {
        TargetCommand::AddTarget(new) => add::needs(new, known),
        TargetCommand::CopyTarget { id, from, .. } => {
            let last_year = || target.row().map(|row| add::last_year(&row.place).id());
            let source = from.or_else(last_year).filter(|source| source != id);
            source.map(TargetId::stream).into_iter().chain(of_row()).collect()
        }
        TargetCommand::SetTargetCells { .. }
        | TargetCommand::SetInitialAmount { .. }
        | TargetCommand::SetTargetCurrency { .. }
        | TargetCommand::LockTarget
        | TargetCommand::UnlockTarget
        | TargetCommand::ClearTarget
        | TargetCommand::RemoveTarget => of_row().into_iter().collect(),
        TargetCommand::RemoveWithType => Vec::new(),
    }
}

impl Decider for Target {
    type Command = TargetCommand;
    type Event = TargetEvent;
    type State = Self;

    fn decide(
        target: &Self,
        command: TargetCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match (target, command) {
            (target, TargetCommand::AddTarget(new)) => add::add(target, *new, context),
            (Self::Unknown | Self::Removed(_), TargetCommand::RemoveWithType) => {
                Ok(Decision::nothing())
            }
            (Self::Unknown, _) => Err(Refusal::Unknown(Aggregate::Target)),
            (Self::Removed(row), command) => {
                context.may_target(&row.place.assignee, Level::Read)?;
                if matches!(command, TargetCommand::RemoveTarget) {
                    return Ok(Decision::nothing());
                }
                Err(Refusal::TargetRemoved)
            }
            (Self::Added(row), command) => change(row, command, context),
        }
    }

    fn evolve(target: Self, event: &TargetEvent) -> Self {
        match (target, event) {
            (_, TargetEvent::Added { place, period, currency }) => {
                Self::Added(Box::new(TargetRow::empty(place.clone(), *period, *currency)))
            }
            (Self::Added(row), TargetEvent::Removed {}) => Self::Removed(row),
            (Self::Added(mut row), fact) => {
                row.evolve(fact);
                Self::Added(row)
            }
            (target @ (Self::Unknown | Self::Removed(_)), _) => target,
        }
    }
}

impl TargetRow {
    fn evolve(&mut self, fact: &TargetEvent) {
        match fact {
            TargetEvent::CellsSet { cells, .. } => {
                self.cells = cells.iter().map(|cell| cell.0).collect();
            }
            TargetEvent::Cleared {} => self.cells.fill(Decimal::ZERO),
            TargetEvent::CurrencySet { currency } => self.currency = *currency,
            TargetEvent::Locked {} => self.locked = true,
            TargetEvent::Unlocked {} => self.locked = false,
            TargetEvent::Added { .. } | TargetEvent::Removed {} => {}
        }
    }
}

/// A command on a row that is there.
fn change(
    row: &TargetRow,
    command: TargetCommand,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    use TargetCommand as C;
    if matches!(command, C::RemoveWithType) {
        return Ok(fact(TargetEvent::Removed {}));
    }
    let removes = matches!(command, C::RemoveTarget);
    let wanted = if removes { Level::Delete } else { Level::Update };
    context.may_target(&row.place.assignee, wanted)?;
    row.in_use(context)?;
    if matches!(command, C::LockTarget | C::UnlockTarget) {
        return Ok(match (matches!(command, C::LockTarget), row.locked) {
            (true, false) => fact(TargetEvent::Locked {}),
            (false, true) => fact(TargetEvent::Unlocked {}),
            (true, true) | (false, false) => Decision::nothing(),
        });
    }
    // ST-16: a user's row goes with its type only
    if removes && row.place.assignee.level() == "user" {
        return Err(Refusal::UserRowStays);
    }
    row.unlocked()?;
    match command {
        C::SetTargetCells { cells } => cells::set(row, &cells, context),
        C::SetInitialAmount { amount } => cells::set_initial(row, amount, context),
        C::CopyTarget { id, from, percent } => cells::copy(row, id, from, percent, context),
        C::SetTargetCurrency { currency } => cells::set_currency(row, currency, context),
        C::ClearTarget if row.is_empty() => Ok(Decision::nothing()),
        C::ClearTarget => Ok(fact(TargetEvent::Cleared {})),
        C::RemoveTarget | C::RemoveWithType => Ok(fact(TargetEvent::Removed {})),
        C::AddTarget(_) => Err(Refusal::AlreadyExists(Aggregate::Target)),
        C::LockTarget | C::UnlockTarget => Ok(Decision::nothing()),
    }
}

fn fact(event: TargetEvent) -> Decision {
    Decision::of([Event::Target(event)])
}
