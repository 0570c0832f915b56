//! The operators of SF-8 and which kind of field each belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::days::Span;
use super::fault::{Fault, beginning};
use super::field::Kind;

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident $word:literal;)*) => {
        /// How a field is compared.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Operator {
            $($(#[$doc])* $name,)*
            /// Within the day, week, month, quarter or year of today; weeks begin on Mondays.
            This(Span),
            /// Within the next *n* of them, today's own left out.
            Next(Span),
            /// Within the *n* before, today's own left out.
            Previous(Span),
        }

        const PLAIN: &[(&str, Operator)] = &[$(($word, Operator::$name),)*];
    };
}

operators! {
    /// Text: begins with it.
    StartsWith "starts_with";
    /// Text: does not.
    NotStartsWith "not_starts_with";
    /// Text: has it somewhere.
    Contains "contains";
    /// Text: has not.
    NotContains "not_contains";
    /// Text: ends with it.
    EndsWith "ends_with";
    /// Text: does not.
    NotEndsWith "not_ends_with";
    /// Text: is it, in any case.
    Equals "equals";
    /// Text: is not.
    NotEquals "not_equals";
    /// Text: is it, letter by letter.
    IsExactly "is_exactly";
    /// Text: is not.
    IsNotExactly "is_not_exactly";
    /// Full text: has these words, by their stems.
    Matches "matches";
    /// Full text: has not.
    NotMatches "not_matches";
    /// Yes or no: `true` or `false`.
    Is "is";
    /// Number: equal.
    Eq "eq";
    /// Number: not equal.
    Ne "ne";
    /// Number: greater.
    Gt "gt";
    /// Number: less.
    Lt "lt";
    /// Number: greater or equal.
    Ge "ge";
    /// Number: less or equal.
    Le "le";
    /// Number or date: from the first to the second, both included.
    Between "between";
    /// List: one of these.
    OneOf "one_of";
    /// List: none of these.
    NotOneOf "not_one_of";
    /// Date: before a day.
    Before "before";
    /// Date: that day.
    On "on";
    /// Date: after a day.
    After "after";
    /// Date: before today.
    BeforeToday "before_today";
    /// Date: today.
    Today "today";
    /// Date: after today.
    AfterToday "after_today";
    /// Any kind: there is a value.
    IsNotEmpty "is_not_empty";
    /// Any kind: there is none.
    IsEmpty "is_empty";
}

const TEXT: &[Operator] = &[
    Operator::StartsWith,
    Operator::NotStartsWith,
    Operator::Contains,
    Operator::NotContains,
    Operator::EndsWith,
    Operator::NotEndsWith,
    Operator::Equals,
    Operator::NotEquals,
    Operator::IsExactly,
    Operator::IsNotExactly,
    Operator::IsEmpty,
    Operator::IsNotEmpty,
];
const FULL_TEXT: &[Operator] = &[Operator::Matches, Operator::NotMatches];
const YES_NO: &[Operator] = &[Operator::Is];
const NUMBER: &[Operator] = &[
    Operator::Eq,
    Operator::Ne,
    Operator::Gt,
    Operator::Lt,
    Operator::Ge,
    Operator::Le,
    Operator::Between,
    Operator::IsEmpty,
    Operator::IsNotEmpty,
];
const LIST: &[Operator] =
    &[Operator::OneOf, Operator::NotOneOf, Operator::IsEmpty, Operator::IsNotEmpty];
const DATE: &[Operator] = &[
    Operator::Before,
    Operator::On,
    Operator::After,
    Operator::Between,
    Operator::BeforeToday,
    Operator::Today,
    Operator::AfterToday,
    Operator::This(Span::Week),
    Operator::This(Span::Month),
    Operator::This(Span::Quarter),
    Operator::This(Span::Year),
    Operator::Next(Span::Day),
    Operator::Next(Span::Week),
    Operator::Next(Span::Month),
    Operator::Next(Span::Quarter),
    Operator::Next(Span::Year),
    Operator::Previous(Span::Day),
    Operator::Previous(Span::Week),
    Operator::Previous(Span::Month),
    Operator::Previous(Span::Quarter),
    Operator::Previous(Span::Year),
    Operator::IsEmpty,
    Operator::IsNotEmpty,
];

impl Operator {
    /// Those of a kind of field.
    #[must_use]
    pub fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Text => TEXT,
            Kind::FullText => FULL_TEXT,
            Kind::YesNo => YES_NO,
            Kind::Number | Kind::Money => NUMBER,
            Kind::Date => DATE,
            Kind::List(_) => LIST,
        }
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::This(span) => span.words().0,
            Self::Next(span) => span.words().1,
            Self::Previous(span) => span.words().2,
            plain => PLAIN
                .iter()
                .find(|(_, operator)| *operator == plain)
                .map(|(word, _)| *word)
                .expect("invariant: every plain operator is in its table"),
        }
    }

    /// Reads its word.
    ///
    /// # Errors
    /// There is no such operator.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let spans = Span::ALL.into_iter().flat_map(|span| {
            let (this, next, previous) = span.words();
            [(this, Self::This(span)), (next, Self::Next(span)), (previous, Self::Previous(span))]
        });
        let spans = spans.filter(|(_, operator)| *operator != Self::This(Span::Day));
        let known = PLAIN.iter().copied().chain(spans).find(|(word, _)| *word == text);
        known.map(|(_, operator)| operator).ok_or_else(|| Fault::UnknownOperator(beginning(text)))
    }

    /// How many values it takes: at least and at most.
    #[must_use]
    pub fn takes(self) -> (usize, usize) {
        match self {
            Self::BeforeToday
            | Self::Today
            | Self::AfterToday
            | Self::IsEmpty
            | Self::IsNotEmpty
            | Self::This(_) => (0, 0),
            Self::Between => (2, 2),
            Self::OneOf | Self::NotOneOf => (1, super::VALUES_MAX),
            Self::StartsWith
            | Self::NotStartsWith
            | Self::Contains
            | Self::NotContains
            | Self::EndsWith
            | Self::NotEndsWith
            | Self::Equals
            | Self::NotEquals
            | Self::IsExactly
            | Self::IsNotExactly
            | Self::Matches
            | Self::NotMatches
            | Self::Is
            | Self::Eq
            | Self::Ne
            | Self::Gt
            | Self::Lt
            | Self::Ge
            | Self::Le
            | Self::Before
            | Self::On
            | Self::After
            | Self::Next(_)
            | Self::Previous(_) => (1, 1),
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl TryFrom<String> for Operator {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<Operator> for String {
    fn from(operator: Operator) -> Self {
        operator.word().to_owned()
    }
}
