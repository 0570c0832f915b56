//! The filters of a question over the columns: the same conditions as `ask/matching.sql`.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::sales::{Ahead, Block, NO_DAY, Sales, Word, day_number};
use crate::ask::Filters;
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
}

impl Chosen {
    /// The filters; none when one of them looks at a column that is not held.
    pub fn of(filters: &Filters, sales: &Sales, today: NaiveDate) -> Option<Self> {
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
        Some(Self {
            statuses: Status::ALL.map(|status| wanted(filters.status.as_deref(), status)),
            words: words(filters, sales),
            numbers: filters.number.as_ref().map(|numbers| numbers.iter().copied().collect()),
            completed: filters.completed,
            sale_date: (from(filters.sale_date_from), to(filters.sale_date_to)),
            next: next.map(|_| (from(filters.next_activity_from), to(filters.next_activity_to))),
            overdue: filters.overdue_activity,
            today: day_number(today),
        })
    }

    /// Only sales with these sale dates.
    pub fn narrow(&mut self, from: NaiveDate, to: NaiveDate) {
        let (first, last) = self.sale_date;
        self.sale_date = (first.max(day_number(from)), last.min(day_number(to)));
    }

    /// Whether what lies ahead of a sale matters.
    pub fn looks_ahead(&self) -> bool {
        self.next.is_some() || self.overdue.is_some()
    }

    /// Whether a sale is meant.
    pub fn has(&self, block: &Block, at: usize, ahead: Ahead) -> bool {
        !block.deleted[at]
            && self.statuses[block.status[at] as usize]
            && (self.sale_date.0..=self.sale_date.1).contains(&block.sale_date[at])
            && self.completed.is_none_or(|completed| block.completed[at] == completed)
            && self.words.iter().all(|(word, among)| {
                let number = usize::try_from(block.words(*word)[at]);
                number.is_ok_and(|number| among.get(number).copied().unwrap_or(false))
            })
            && self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&block.number[at]))
            && self.next.is_none_or(|(from, to)| (from..=to).contains(&block.next_day(at, ahead)))
            && self.overdue.is_none_or(|overdue| (ahead.ends < self.today) == overdue)
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
