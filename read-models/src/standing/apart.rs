//! By what the sales of a question are told apart: a column of their own, or what their companies are.

use chrono::NaiveDate;

use super::View;
use super::block::{Block, Linked, Word};
use super::chosen::Chosen;
use super::convert::Converter;
use super::sales::Sales;
use super::sums::{Tallies, column};
use super::{Companies, OfCompany, Part, Periods, Total};
use crate::ask::{Filters, InCurrency};
use crate::sale::Status;

/// What tells sales apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Apart<'a> {
    /// Nothing: all are one.
    Nothing,
    /// A column of words.
    Column(Word),
    /// A word of their companies.
    Company(OfCompany, &'a Companies),
}

impl<'a> Apart<'a> {
    /// By the word of the contract; none for what is not held.
    pub fn of(word: Option<&str>, companies: Option<&'a Companies>) -> Option<Self> {
        let Some(word) = word else { return Some(Self::Nothing) };
        match OfCompany::parse(word) {
            Some(of) => Some(Self::Company(of, companies?)),
            None => column(word).map(Self::Column),
        }
    }

    /// How many numbers there are.
    pub fn many(self, sales: &Sales) -> usize {
        match self {
            Self::Nothing => 1,
            Self::Column(word) => sales.words(word).len(),
            Self::Company(of, companies) => companies.words(of).len(),
        }
    }

    /// The number of a sale.
    pub fn number(self, block: &Block, at: usize) -> usize {
        let number = match self {
            Self::Nothing => 0,
            Self::Column(word) => block.words(word)[at],
            Self::Company(of, companies) => companies.number(of, block.linked(Linked::Company)[at]),
        };
        usize::try_from(number).expect("invariant: 32 bits fit")
    }

    /// The word behind a number.
    pub fn text(self, sales: &Sales, number: usize) -> Option<String> {
        let number = u32::try_from(number).ok()?;
        let word = match self {
            Self::Nothing => None,
            Self::Column(word) => sales.words(word).word(number),
            Self::Company(of, companies) => companies.words(of).word(number),
        };
        word.map(str::to_owned)
    }

    /// For each number whether it is one of these words; none where nothing tells apart.
    pub fn among(self, sales: &Sales, wanted: &[String]) -> Option<Vec<bool>> {
        match self {
            Self::Nothing => None,
            Self::Column(word) => Some(sales.words(word).among(wanted)),
            Self::Company(of, companies) => Some(companies.words(of).among(wanted)),
        }
    }
}

impl View {
    /// Sums by what companies are and periods of the sale date; none when SQL has to be asked.
    pub fn sums_by_company(
        &self,
        filters: &Filters,
        today: NaiveDate,
        currency: &InCurrency,
        (of, companies): (OfCompany, &Companies),
        periods: &Periods,
    ) -> Option<Vec<Part>> {
        let (apart, sales) = (Apart::Company(of, companies), self.sales());
        let mut chosen = Chosen::of(filters, sales, today, currency)?;
        let (from, to, _) = periods.range();
        chosen.narrow(from, to);
        let convert = Converter::of(sales, currency)?;
        let mut tallies = Tallies::new(periods.names().len(), apart.many(sales), convert.len())?;
        self.each(&chosen, |block, (_, at), _| {
            let Some(period) = periods.of(block.sale_date[at]) else { return };
            let code = block.words(Word::Currency)[at];
            let tally = tallies.add((period, apart.number(block, at)), block.status[at], code);
            tally.add(&convert, code, block.amount[at], block.weighted[at]);
        });
        let part =
            |((period, number), status, code, total): ((usize, usize), Status, usize, Total)| {
                Part {
                    period: periods.names().get(period).cloned(),
                    key: apart.text(sales, number),
                    status,
                    currency: Apart::Column(Word::Currency).text(sales, code).unwrap_or_default(),
                    count: total.count,
                    amount: total.amount,
                    weighted: total.weighted,
                }
            };
        Some(tallies.all().map(part).collect())
    }
}
