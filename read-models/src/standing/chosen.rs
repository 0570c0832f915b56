//! The filters of a question over the columns: the same conditions as `ask/matching.sql`.

use std::collections::HashSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::convert::Converter;
use super::remembered::CellKey;
use super::sales::{Ahead, Block, NO_DAY, Sales, Word, day_number};
use crate::ask::{Filters, InCurrency, Least};
use crate::sale::Status;

/// Filters in numbers.
#[derive(Debug)]
pub(super) struct Chosen {
    statuses: [bool; 4],
    words: Vec<(Word, Vec<bool>)>,
    numbers: Option<HashSet<i64>>,
    completed: Option<bool>,
    sale_date: (i32, i32),
    next: Option<(i32, i32)>,
    overdue: Option<bool>,
    today: i32,
    least: Option<AtLeast>,
    /// What the caller marked, and whether that is meant or all else.
    marked: Option<(HashSet<Uuid>, bool)>,
    /// A sale that is meant whatever the filters say.
    also: Option<Uuid>,
}

/// Least amounts in minor units of the asked currency.
#[derive(Debug)]
struct AtLeast {
    convert: Converter,
    amount: Option<i128>,
    weighted: Option<i128>,
}

impl AtLeast {
    /// None when SQL has to convert; nothing inside when nothing is asked for.
    fn of(filters: &Filters, sales: &Sales, currency: &InCurrency) -> Option<Option<Self>> {
        if filters.min_amount.is_none() && filters.min_weighted.is_none() {
            return Some(None);
        }
        let minor = |least: Option<Least>| least.map(|least| least.minor(currency.asked.places()));
        let (amount, weighted) = (minor(filters.min_amount), minor(filters.min_weighted));
        Some(Some(Self { convert: Converter::of(sales, currency)?, amount, weighted }))
    }

    fn has(&self, block: &Block, at: usize) -> bool {
        let currency = block.words(Word::Currency)[at];
        let reaches = |least: Option<i128>, minor: i64| {
            least.is_none_or(|least| {
                self.convert.convert(currency, minor).is_some_and(|worth| worth >= least)
            })
        };
        reaches(self.amount, block.amount[at]) && reaches(self.weighted, block.weighted[at])
    }
}

impl Chosen {
    /// The filters; none when one of them looks at a column that is not held.
    pub fn of(
        filters: &Filters,
        sales: &Sales,
        today: NaiveDate,
        currency: &InCurrency,
    ) -> Option<Self> {
        let not_held = filters.title.is_some()
            || filters.external_reference.is_some()
            || filters.company.is_some()
            || filters.contact.is_some()
            || filters.project.is_some();
        if not_held {
            return None;
        }
        let from = |day: Option<NaiveDate>| day.map_or(i32::MIN, day_number);
        // also where nothing is asked for, what has no day is left out of a range of days
        let to = |day: Option<NaiveDate>| day.map_or(NO_DAY - 1, day_number);
        let next = filters.next_activity_from.or(filters.next_activity_to);
        let statuses = filters.statuses();
        Some(Self {
            statuses: Status::ALL.map(|status| wanted(statuses.as_deref(), status)),
            words: words(filters, sales),
            numbers: filters.number.as_ref().map(|numbers| numbers.iter().copied().collect()),
            completed: filters.completed,
            sale_date: (from(filters.sale_date_from), to(filters.sale_date_to)),
            next: next.map(|_| (from(filters.next_activity_from), to(filters.next_activity_to))),
            overdue: filters.overdue_activity,
            today: day_number(today),
            least: AtLeast::of(filters, sales, currency)?,
            marked: filters
                .favourite
                .map(|favourite| (filters.marked.iter().copied().collect(), favourite)),
            also: None,
        })
    }

    /// This sale too, unless it is deleted.
    pub fn admit(&mut self, sale: Uuid) {
        self.also = Some(sale);
    }

    /// Only sales with these sale dates.
    pub fn narrow(&mut self, from: NaiveDate, to: NaiveDate) {
        let (first, last) = self.sale_date;
        self.sale_date = (first.max(day_number(from)), last.min(day_number(to)));
    }

    /// Whether a cell tells that its sales are meant: nothing but statuses, owners, groups and the keys of the sums is
    /// asked for.
    pub fn is_of_cells(&self, key: Option<Word>, filters: &Filters) -> bool {
        let told = |word: Word| word == Word::Owner || word == Word::Group || Some(word) == key;
        self.words.iter().all(|(word, _)| told(*word))
            && filters.sale_date_from.or(filters.sale_date_to).is_none()
            && self.numbers.is_none()
            && self.completed.is_none()
            && self.next.is_none()
            && self.overdue.is_none()
            && self.least.is_none()
            && self.marked.is_none()
            && self.also.is_none()
    }

    /// Whether the sales of a cell are meant, if cells tell.
    pub fn has_cell(&self, of: &CellKey) -> bool {
        let number = |word: Word| match word {
            Word::Owner => usize::try_from(of.owner).ok(),
            Word::Group => usize::try_from(of.group).ok(),
            Word::Stage
            | Word::SaleType
            | Word::Source
            | Word::Category
            | Word::Competitor
            | Word::Reason
            | Word::Currency
            | Word::Visible => Some(of.place.1),
        };
        self.statuses[of.status as usize]
            && self.words.iter().all(|(word, among)| {
                number(*word).and_then(|number| among.get(number)).copied().unwrap_or(false)
            })
    }

    /// Whether what lies ahead of a sale matters.
    pub fn looks_ahead(&self) -> bool {
        self.next.is_some() || self.overdue.is_some()
    }

    /// Places of a block that may be meant, by status and completion; [`has`](Self::has) tells which are.
    pub fn places<'a>(&'a self, block: &'a Block) -> impl Iterator<Item = usize> + 'a {
        let any = self.also.is_some();
        let lists = Status::ALL.into_iter().flat_map(|status| [(status, false), (status, true)]);
        let lists = lists.filter(move |(status, completed)| {
            let wanted = self.statuses[*status as usize]
                && self.completed.is_none_or(|wanted| wanted == *completed);
            wanted || any
        });
        lists
            .flat_map(|(status, completed)| block.places(status, completed))
            .map(|at| usize::from(*at))
    }

    /// Whether a sale is meant.
    pub fn has(&self, block: &Block, at: usize, ahead: Ahead) -> bool {
        let admitted = self.also.is_some_and(|sale| block.sale[at] == sale);
        !block.deleted[at] && (admitted || self.passes(block, at, ahead))
    }

    fn passes(&self, block: &Block, at: usize, ahead: Ahead) -> bool {
        self.statuses[block.status[at] as usize]
            && (self.sale_date.0..=self.sale_date.1).contains(&block.sale_date[at])
            && self.completed.is_none_or(|completed| block.completed[at] == completed)
            && self.words.iter().all(|(word, among)| {
                let number = usize::try_from(block.words(*word)[at]);
                number.is_ok_and(|number| among.get(number).copied().unwrap_or(false))
            })
            && self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&block.number[at]))
            && self.next.is_none_or(|(from, to)| (from..=to).contains(&block.next_day(at, ahead)))
            && self.overdue.is_none_or(|overdue| (ahead.ends < self.today) == overdue)
            && self.least.as_ref().is_none_or(|least| least.has(block, at))
            && self
                .marked
                .as_ref()
                .is_none_or(|(marked, favourite)| marked.contains(&block.sale[at]) == *favourite)
    }
}

fn wanted(statuses: Option<&[&'static str]>, status: Status) -> bool {
    statuses.is_none_or(|statuses| statuses.contains(&status.as_str()))
}

fn words(filters: &Filters, sales: &Sales) -> Vec<(Word, Vec<bool>)> {
    let sale_types: Option<Vec<String>> = filters
        .sale_type
        .as_ref()
        .map(|types| types.iter().map(|sale_type| sale_type.to_string()).collect());
    let columns = [
        (Word::Stage, &filters.stage),
        (Word::SaleType, &sale_types),
        (Word::Owner, &filters.owner),
        (Word::Group, &filters.group),
        (Word::Source, &filters.source),
        (Word::Competitor, &filters.competitor),
        (Word::Reason, &filters.reason),
        (Word::Category, &filters.category),
    ];
    let given = columns.into_iter().filter_map(|(word, texts)| Some((word, texts.as_ref()?)));
    given
        .map(|(word, texts)| {
            let mut among = sales.words(word).among(texts);
            // a sale without a stage is asked for by a word of its own
            among[0] = word == Word::Stage && texts.iter().any(|text| text == "none");
            (word, among)
        })
        .collect()
}
