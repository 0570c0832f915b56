//! Criteria over the columns that are held: the same conditions as `find/of_sale.sql`; and over what sales are linked to,
//! once somebody has looked up which companies or contacts pass.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use events::criteria::{Bounds, Condition, Field, Test};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::View;
use super::block::{Ahead, Block, Linked, NO_DAY, Word};
use super::chosen::Chosen;
use super::convert::Converter;
use super::sales::{Sales, day_number};
use crate::ask::{Filters, InCurrency, start_of_day};
use crate::find::{Meant, SaleSet};
use crate::sale::Status;

/// A condition over a column.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    column: Column,
    wanted: Wanted,
    negated: bool,
}

/// A column that is held, or follows from some that are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Linked(Linked),
    Status,
    Word(Word),
    Number,
    Probability,
    Amount,
    Weighted,
    Profit,
    SaleDate,
    Reopen,
    NextDay,
    StageEntered,
    Registered,
    Effective,
    Completed,
    HasOpenActivity,
    OverdueActivity,
    OverdueSaleDate,
    Red,
}

/// What it must hold.
#[derive(Debug, Clone)]
enum Wanted {
    Yes,
    Among(Vec<String>),
    /// Linked to one of these.
    Linked(Linked, Arc<SaleSet>),
    /// First and last, both included.
    Within(i128, i128),
    /// In this currency; in that of the answer until somebody says which.
    Money(Bounds, Option<InCurrency>),
}

/// The fields whose columns are held; any other is looked up.
const HELD: [(Field, Column); 30] = [
    (Field::Id, Column::Id),
    (Field::Company, Column::Linked(Linked::Company)),
    (Field::Contact, Column::Linked(Linked::Contact)),
    (Field::Status, Column::Status),
    (Field::Stage, Column::Word(Word::Stage)),
    (Field::SaleType, Column::Word(Word::SaleType)),
    (Field::Category, Column::Word(Word::Category)),
    (Field::Owner, Column::Word(Word::Owner)),
    (Field::Group, Column::Word(Word::Group)),
    (Field::Source, Column::Word(Word::Source)),
    (Field::Competitor, Column::Word(Word::Competitor)),
    (Field::Credited, Column::Word(Word::Credited)),
    (Field::Reason, Column::Word(Word::Reason)),
    (Field::Currency, Column::Word(Word::Currency)),
    (Field::Number, Column::Number),
    (Field::Probability, Column::Probability),
    (Field::Amount, Column::Amount),
    (Field::Weighted, Column::Weighted),
    (Field::Profit, Column::Profit),
    (Field::SaleDate, Column::SaleDate),
    (Field::ReopenDate, Column::Reopen),
    (Field::NextActivityDate, Column::NextDay),
    (Field::DaysInStage, Column::StageEntered),
    (Field::RegisteredOn, Column::Registered),
    (Field::UpdatedOn, Column::Effective),
    (Field::Completed, Column::Completed),
    (Field::HasOpenActivity, Column::HasOpenActivity),
    (Field::OverdueActivity, Column::OverdueActivity),
    (Field::OverdueSaleDate, Column::OverdueSaleDate),
    (Field::Red, Column::Red),
];

/// The column of a field; none when it is not held.
fn column(field: &Field) -> Option<Column> {
    HELD.iter().find(|(held, _)| held == field).map(|(_, column)| *column)
}

/// Whole numbers within bounds.
fn whole(bounds: &Bounds) -> Option<(i128, i128)> {
    let read = |number: Decimal| i128::try_from(number).ok();
    let from = match bounds.from {
        None => i128::MIN,
        Some((from, true)) => read(from.ceil())?,
        Some((from, false)) => read(from.floor())? + 1,
    };
    let to = match bounds.to {
        None => i128::MAX,
        Some((to, true)) => read(to.floor())?,
        Some((to, false)) => read(to.ceil())? - 1,
    };
    Some((from, to))
}

impl Sought {
    /// A condition of a field on a day of a zone; none when it has to be looked up.
    pub fn of(field: &Field, condition: &Condition, today: NaiveDate, zone: Tz) -> Option<Self> {
        let column = column(field)?;
        let wanted = match (&condition.test, column) {
            (Test::Yes, _) => Wanted::Yes,
            (Test::Among(words), _) => Wanted::Among(words.clone()),
            (Test::Number(bounds), Column::Amount | Column::Weighted | Column::Profit) => {
                whole(bounds)?;
                Wanted::Money(*bounds, None)
            }
            (Test::Number(bounds), Column::StageEntered) => {
                let (from, to) = whole(bounds)?;
                entered(from, to, today, zone)
            }
            (Test::Number(bounds), _) => {
                let (from, to) = whole(bounds)?;
                Wanted::Within(from, to)
            }
            (Test::Days(days), Column::Registered | Column::Effective) => {
                let (from, to) = days.on(today);
                instants(from, to, zone)
            }
            (Test::Days(days), _) => {
                let (from, to) = days.on(today);
                let day = |day: NaiveDate| i128::from(day_number(day));
                Wanted::Within(from.map_or(i128::MIN, day), to.map_or(i128::from(NO_DAY) - 1, day))
            }
            (Test::Present, Column::Reopen | Column::NextDay) => {
                Wanted::Within(i128::MIN, i128::from(NO_DAY) - 1)
            }
            (Test::Present | Test::Text(..) | Test::Words(_), _) => return None,
        };
        Some(Self { column, wanted, negated: condition.negated })
    }

    /// Linked to one of these companies or contacts, or to none of them.
    pub fn linked(to: Linked, ids: Arc<SaleSet>, negated: bool) -> Self {
        Self { column: Column::Linked(to), wanted: Wanted::Linked(to, ids), negated }
    }

    /// Amounts are compared in this currency, whatever that of the answer is.
    #[must_use]
    pub(crate) fn compared_in(mut self, currency: &InCurrency) -> Self {
        if let Wanted::Money(_, own) = &mut self.wanted {
            *own = Some(currency.clone());
        }
        self
    }

    /// In numbers of some sales; none when SQL has to convert.
    pub(super) fn test(&self, sales: &Sales, currency: &InCurrency, today: i32) -> Option<Tested> {
        let test = match (&self.wanted, self.column) {
            (Wanted::Yes, _) => Number::Yes,
            (Wanted::Among(words), Column::Status) => {
                let among = |status: Status| words.iter().any(|word| word == status.as_str());
                Number::Statuses(Status::ALL.map(among))
            }
            (Wanted::Among(words), Column::Word(word)) => {
                let mut among = sales.words(word).among(words);
                among[0] = word == Word::Stage && words.iter().any(|word| word == "none");
                Number::Words(among)
            }
            (Wanted::Among(words), Column::Linked(to)) => Number::Linked(to, Arc::new(ids(words))),
            (Wanted::Among(words), _) => Number::Ids(ids(words)),
            (Wanted::Linked(to, ids), _) => Number::Linked(*to, Arc::clone(ids)),
            (Wanted::Within(from, to), _) => Number::Within(*from, *to),
            (Wanted::Money(bounds, own), _) => {
                let currency = own.as_ref().unwrap_or(currency);
                let unit = Decimal::from(10_u32.pow(currency.asked.places()));
                let scaled =
                    |bound: Option<(Decimal, bool)>| bound.map(|(number, it)| (number * unit, it));
                let bounds = Bounds { from: scaled(bounds.from), to: scaled(bounds.to) };
                let (from, to) = whole(&bounds)?;
                Number::Money(Converter::of(sales, currency)?, from, to)
            }
        };
        Some(Tested { column: self.column, test, negated: self.negated, today })
    }
}

impl View {
    /// Whether amounts can be compared in memory.
    pub fn converts(&self, currency: &InCurrency) -> bool {
        Converter::of(self.sales(), currency).is_some()
    }

    /// The sales of a search, whoever sees them; none when SQL has to convert.
    pub fn meant(
        &self,
        filters: &Filters,
        today: NaiveDate,
        currency: &InCurrency,
    ) -> Option<Meant> {
        let only = Filters { found: filters.found.clone(), ..Filters::default() };
        let chosen = Chosen::of(&only, self.sales(), today, currency)?;
        let mut meant = Meant::none();
        let all = self.of_everybody();
        all.each(&chosen, |block, (_, at), _| {
            meant.sales.insert(block.sale[at]);
        });
        Some(meant)
    }
}

fn ids(words: &[String]) -> SaleSet {
    words.iter().filter_map(|id| Uuid::parse_str(id).ok()).collect()
}

/// Instants of these days.
fn instants(from: Option<NaiveDate>, to: Option<NaiveDate>, zone: Tz) -> Wanted {
    let start = |day: NaiveDate| i128::from(start_of_day(day, zone).timestamp_micros());
    let after = to.map(|to| to.checked_add_days(Days::new(1)).unwrap_or(to));
    Wanted::Within(from.map_or(i128::MIN, start), after.map_or(i128::MAX, |after| start(after) - 1))
}

/// When a stage was entered that has lasted so many whole days.
fn entered(from: i128, to: i128, today: NaiveDate, zone: Tz) -> Wanted {
    // more days than there are calendars
    const MOST: i128 = 3_000_000;
    if from > to || from > MOST || to < -MOST {
        return Wanted::Within(1, 0);
    }
    let day = |back: i128| {
        let back = i64::try_from(back).ok()?;
        today.checked_sub_signed(chrono::TimeDelta::try_days(back)?)
    };
    let earliest = if to > MOST { None } else { day(to) };
    let latest = if from < -MOST { None } else { day(from) };
    instants(earliest, latest, zone)
}

/// A condition in numbers.
#[derive(Debug)]
pub(super) struct Tested {
    column: Column,
    test: Number,
    negated: bool,
    today: i32,
}

#[derive(Debug)]
enum Number {
    Yes,
    Statuses([bool; 4]),
    Words(Vec<bool>),
    Ids(SaleSet),
    Linked(Linked, Arc<SaleSet>),
    Within(i128, i128),
    Money(Converter, i128, i128),
}

impl Tested {
    /// The statuses it leaves.
    pub fn statuses(&self) -> [bool; 4] {
        match &self.test {
            Number::Statuses(among) => among.map(|among| among != self.negated),
            Number::Yes
            | Number::Words(_)
            | Number::Ids(_)
            | Number::Linked(..)
            | Number::Within(..)
            | Number::Money(..) => [true; 4],
        }
    }

    /// Whether a sale is as it must be. An amount without a rate is nothing that could be compared.
    #[inline]
    pub fn has(&self, block: &Block, at: usize, ahead: Ahead) -> bool {
        let holds = match &self.test {
            Number::Statuses(among) => among[block.status[at] as usize],
            Number::Words(among) => {
                let Column::Word(word) = self.column else { return false };
                let number = usize::try_from(block.words(word)[at]).ok();
                number.and_then(|number| among.get(number)).copied().unwrap_or(false)
            }
            Number::Ids(ids) => ids.contains(&block.sale[at]),
            Number::Linked(to, ids) => block.linked(*to)[at].is_some_and(|id| ids.contains(&id)),
            Number::Within(from, to) => {
                (*from..=*to).contains(&i128::from(self.number(block, at, ahead)))
            }
            Number::Money(convert, from, to) => {
                let minor = self.number(block, at, ahead);
                let Some(worth) = convert.convert(block.words(Word::Currency)[at], minor) else {
                    return false;
                };
                (*from..=*to).contains(&worth)
            }
            Number::Yes => self.marked(block, at, ahead),
        };
        holds != self.negated
    }

    fn number(&self, block: &Block, at: usize, ahead: Ahead) -> i64 {
        match self.column {
            Column::Number => block.number[at],
            Column::Probability => i64::from(block.probability[at]),
            Column::Amount => block.amount[at],
            Column::Weighted => block.weighted[at],
            Column::Profit => block.profit[at],
            Column::SaleDate => i64::from(block.sale_date[at]),
            Column::Reopen => i64::from(block.reopen[at]),
            Column::NextDay => i64::from(block.next_day(at, ahead)),
            Column::StageEntered => block.stage_entered[at],
            Column::Registered => block.registered[at],
            Column::Effective => block.effective[at],
            Column::Id
            | Column::Linked(_)
            | Column::Status
            | Column::Word(_)
            | Column::Completed
            | Column::HasOpenActivity
            | Column::OverdueActivity
            | Column::OverdueSaleDate
            | Column::Red => 0,
        }
    }

    fn marked(&self, block: &Block, at: usize, ahead: Ahead) -> bool {
        let overdue = ahead.ends < self.today;
        let late = block.status[at] == Status::Open && block.sale_date[at] < self.today;
        match self.column {
            Column::Completed => block.completed[at],
            Column::HasOpenActivity => ahead != Ahead::NOTHING,
            Column::OverdueActivity => overdue,
            Column::OverdueSaleDate => late,
            Column::Red => overdue || late,
            Column::Id
            | Column::Linked(_)
            | Column::Status
            | Column::Word(_)
            | Column::Number
            | Column::Probability
            | Column::Amount
            | Column::Weighted
            | Column::Profit
            | Column::SaleDate
            | Column::Reopen
            | Column::NextDay
            | Column::StageEntered
            | Column::Registered
            | Column::Effective => false,
        }
    }
}
