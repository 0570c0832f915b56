//! What a criterion says of a value: read once, so that whoever evaluates it reads no text.
//!
//! A negated condition holds wherever its test does not, also where there is no value: `company.name not_contains as` is
//! true of sales without a company. One thing is never true of anything: what compares an amount that has no rate.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::days::Days;
use super::fault::Fault;
use super::field::{Item, Kind};
use super::{Criterion, Operator};

/// A test, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What is tested.
    pub test: Test,
    /// Whether it must fail.
    pub negated: bool,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// There is one.
    Present,
    /// A text.
    Text(TextMatch, String),
    /// Words, by their stems.
    Words(String),
    /// Yes.
    Yes,
    /// A number, or an amount in the currency of the answer.
    Number(Bounds),
    /// A day.
    Days(Days),
    /// One of these.
    Among(Vec<String>),
}

/// How a text is compared; all but the last without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextMatch {
    /// It begins with it.
    Beginning,
    /// It has it somewhere.
    Inside,
    /// It ends with it.
    End,
    /// It is it.
    Whole,
    /// It is it, letter by letter.
    Exact,
}

impl TextMatch {
    /// Whether a text passes; `wanted` is lower case already unless it is compared letter by letter.
    #[must_use]
    pub fn holds(self, text: &str, wanted: &str) -> bool {
        if self == Self::Exact {
            return text == wanted;
        }
        let text = text.to_lowercase();
        match self {
            Self::Beginning => text.starts_with(wanted),
            Self::Inside => text.contains(wanted),
            Self::End => text.ends_with(wanted),
            Self::Whole | Self::Exact => text == wanted,
        }
    }
}

/// From where to where; each with whether the bound itself is meant, none for no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// Lowest.
    pub from: Option<(Decimal, bool)>,
    /// Highest.
    pub to: Option<(Decimal, bool)>,
}

impl Bounds {
    /// One number.
    #[must_use]
    pub fn exactly(number: Decimal) -> Self {
        Self { from: Some((number, true)), to: Some((number, true)) }
    }

    /// Whether a number lies within.
    #[must_use]
    pub fn hold(&self, number: Decimal) -> bool {
        self.from.is_none_or(|(from, it)| number > from || (it && number == from))
            && self.to.is_none_or(|(to, it)| number < to || (it && number == to))
    }
}

impl Criterion {
    /// What it says of a field of a kind; none when it asks nothing.
    ///
    /// # Errors
    /// The operator is one of another kind, or a value cannot be read.
    pub fn condition_of(&self, kind: Kind) -> Result<Option<Condition>, Fault> {
        if !Operator::of(kind).contains(&self.operator) {
            return Err(Fault::OtherKind {
                field: self.field.to_string(),
                operator: self.operator.word(),
                kind: kind.as_str(),
            });
        }
        if !self.is_active() {
            return Ok(None);
        }
        let (test, negated) = self.test(kind)?;
        Ok(Some(Condition { test, negated }))
    }

    /// What is tested, and whether it must fail.
    fn test(&self, kind: Kind) -> Result<(Test, bool), Fault> {
        let number = |of: fn(Decimal) -> Bounds| {
            let numbers = self.numbers()?;
            Ok(Test::Number(of(numbers.first().copied().unwrap_or_default())))
        };
        let day = |of: fn(NaiveDate) -> Days| {
            let dates = self.dates()?;
            Ok(Test::Days(dates.first().copied().map_or(Days::Today, of)))
        };
        Ok(match self.operator {
            Operator::IsNotEmpty => (Test::Present, false),
            Operator::IsEmpty => (Test::Present, true),
            Operator::Is => (Test::Yes, !self.yes()?),
            Operator::Matches => (Test::Words(self.one().to_owned()), false),
            Operator::NotMatches => (Test::Words(self.one().to_owned()), true),
            Operator::OneOf => (self.among(kind)?, false),
            Operator::NotOneOf => (self.among(kind)?, true),
            Operator::StartsWith => (self.text(TextMatch::Beginning), false),
            Operator::NotStartsWith => (self.text(TextMatch::Beginning), true),
            Operator::Contains => (self.text(TextMatch::Inside), false),
            Operator::NotContains => (self.text(TextMatch::Inside), true),
            Operator::EndsWith => (self.text(TextMatch::End), false),
            Operator::NotEndsWith => (self.text(TextMatch::End), true),
            Operator::Equals => (self.text(TextMatch::Whole), false),
            Operator::NotEquals => (self.text(TextMatch::Whole), true),
            Operator::IsExactly => (self.text(TextMatch::Exact), false),
            Operator::IsNotExactly => (self.text(TextMatch::Exact), true),
            Operator::Eq => (number(Bounds::exactly)?, false),
            Operator::Ne => (number(Bounds::exactly)?, true),
            Operator::Gt => (number(|from| Bounds { from: Some((from, false)), to: None })?, false),
            Operator::Ge => (number(|from| Bounds { from: Some((from, true)), to: None })?, false),
            Operator::Lt => (number(|to| Bounds { from: None, to: Some((to, false)) })?, false),
            Operator::Le => (number(|to| Bounds { from: None, to: Some((to, true)) })?, false),
            Operator::Between => (self.between(kind)?, false),
            Operator::Before => (day(|day| Days::Fixed(None, day.pred_opt()))?, false),
            Operator::On => (day(|day| Days::Fixed(Some(day), Some(day)))?, false),
            Operator::After => (day(|day| Days::Fixed(day.succ_opt(), None))?, false),
            Operator::BeforeToday => (Test::Days(Days::BeforeToday), false),
            Operator::Today => (Test::Days(Days::Today), false),
            Operator::AfterToday => (Test::Days(Days::AfterToday), false),
            Operator::This(span) => (Test::Days(Days::Around(span, 0, 1)), false),
            Operator::Next(span) => (Test::Days(Days::Around(span, 1, 1 + self.count()?)), false),
            Operator::Previous(span) => (Test::Days(Days::Around(span, -self.count()?, 0)), false),
        })
    }

    fn text(&self, how: TextMatch) -> Test {
        let text = self.one();
        Test::Text(how, if how == TextMatch::Exact { text.to_owned() } else { text.to_lowercase() })
    }

    fn among(&self, kind: Kind) -> Result<Test, Fault> {
        let item = if let Kind::List(item) = kind { item } else { Item::Word };
        self.items(item).map(Test::Among)
    }

    /// From the first to the second, both included.
    fn between(&self, kind: Kind) -> Result<Test, Fault> {
        if kind == Kind::Date {
            let dates = self.dates()?;
            return Ok(Test::Days(Days::Fixed(dates.first().copied(), dates.last().copied())));
        }
        let numbers = self.numbers()?;
        let bound = |number: Option<&Decimal>| number.map(|number| (*number, true));
        Ok(Test::Number(Bounds { from: bound(numbers.first()), to: bound(numbers.last()) }))
    }
}
