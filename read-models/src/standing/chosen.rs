//! The filters of a question over the columns: the same conditions as `ask/matching.sql`.

use std::collections::HashSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::block::{Block, Linked, NO_DAY, Word};
use super::convert::Converter;
use super::remembered::CellKey;
use super::sales::{Sales, day_number};
use super::searched::{Searched, search, statuses_left};
use crate::ask::{ABSENT, Filters, InCurrency, Least};
use crate::sale::Status;

/// Filters in numbers.
#[derive(Debug)]
pub(super) struct Chosen {
    statuses: [bool; 4],
    words: Vec<(Word, Vec<bool>)>,
    linked: Vec<(Linked, Vec<Option<Uuid>>)>,
    numbers: Option<HashSet<i64>>,
    completed: Option<bool>,
    sale_date: (i32, i32),
    next: Option<(i32, i32)>,
    overdue: Option<bool>,
    today: i32,
    least: Option<AtLeast>,
    /// What was searched: all of these, of each one of its blocks, of a block everything.
    search: Vec<Vec<Vec<Searched>>>,
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
        let linked = filters.company.is_some() || filters.contact.is_some();
        let not_held = filters.title.is_some()
            || filters.external_reference.is_some()
            || filters.project.is_some()
            || linked && filters.include_stakeholders == Some(true);
        if not_held {
            return None;
        }
        let from = |day: Option<NaiveDate>| day.map_or(i32::MIN, day_number);
        // also where nothing is asked for, what has no day is left out of a range of days
        let to = |day: Option<NaiveDate>| day.map_or(NO_DAY - 1, day_number);
        let next = filters.next_activity_from.or(filters.next_activity_to);
        let statuses = filters.statuses();
        let search = search(&filters.found, sales, currency, day_number(today))?;
        let left = statuses_left(&search);
        Some(Self {
            statuses: Status::ALL
                .map(|status| wanted(statuses.as_deref(), status) && left[status as usize]),
            words: words(filters, sales),
            linked: linked_to(filters),
            numbers: filters.number.as_ref().map(|numbers| numbers.iter().copied().collect()),
            completed: filters.completed,
            sale_date: (from(filters.sale_date_from), to(filters.sale_date_to)),
            next: next.map(|_| (from(filters.next_activity_from), to(filters.next_activity_to))),
            overdue: filters.overdue_activity,
            today: day_number(today),
            least: AtLeast::of(filters, sales, currency)?,
            search,
            also: None,
        })
    }

    /// This sale too, unless it is deleted.
    pub fn admit(&mut self, sale: Uuid) {
        self.also = Some(sale);
    }

    /// The same for each status that is asked for, one after the other.
    pub fn by_status(&mut self, mut each: impl FnMut(Status, &Self)) {
        let asked = self.statuses;
        for status in Status::ALL.into_iter().filter(|status| asked[*status as usize]) {
            self.statuses = Status::ALL.map(|one| one == status);
            each(status, self);
        }
        self.statuses = asked;
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
            && self.linked.is_empty()
            && self.numbers.is_none()
            && self.completed.is_none()
            && self.next.is_none()
            && self.overdue.is_none()
            && self.least.is_none()
            && self.search.is_empty()
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
            | Word::Visible
            | Word::Credited => Some(of.place.1),
        };
        self.statuses[of.status as usize]
            && self.words.iter().all(|(word, among)| {
                number(*word).and_then(|number| among.get(number)).copied().unwrap_or(false)
            })
    }

    /// Sets `places` to those of a block that are meant: one filter after the other over all that are left, since one loop
    /// over a column is many times as fast as every filter for each sale.
    pub fn meant(&self, block: &Block, places: &mut Vec<u16>) {
        places.clear();
        let listed = self.listed(block, places);
        if let Some(sale) = self.also {
            let admitted = |at: usize| block.sale[at] == sale;
            keep(places, |at| !block.deleted[at] && (admitted(at) || self.passes(block, at)));
            return;
        }
        if listed == Listed::ByOwner {
            keep(places, |at| !block.deleted[at] && self.statuses[block.status[at] as usize]);
            if let Some(completed) = self.completed {
                keep(places, |at| block.completed[at] == completed);
            }
        }
        let days = self.sale_date.0..=self.sale_date.1;
        if days != (i32::MIN..=NO_DAY - 1) {
            keep(places, |at| days.contains(&block.sale_date[at]));
        }
        for (word, among) in &self.words {
            let column = block.words(*word);
            keep(places, |at| is_among(among, column[at]));
        }
        if self.looks_further() {
            keep(places, |at| self.passes_further(block, at));
        }
        for blocks in &self.search {
            match blocks.as_slice() {
                [all] => all.iter().for_each(|one| keep(places, |at| one.has(block, at))),
                any => keep(places, |at| {
                    any.iter().any(|all| all.iter().all(|one| one.has(block, at)))
                }),
            }
        }
    }

    /// Adds the places of a block that may be meant, by status and completion or by owner, whichever are fewer.
    fn listed(&self, block: &Block, places: &mut Vec<u16>) -> Listed {
        let any = self.also.is_some();
        let lists = Status::ALL.into_iter().flat_map(|status| [(status, false), (status, true)]);
        let lists = lists.filter(|(status, completed)| {
            let wanted = self.statuses[*status as usize]
                && self.completed.is_none_or(|wanted| wanted == *completed);
            wanted || any
        });
        let of_status: Vec<&[u16]> =
            lists.map(|(status, completed)| block.places(status, completed)).collect();
        let of_owner = self.of_owners(block).filter(|of_owner| {
            let count = |lists: &[&[u16]]| lists.iter().map(|list| list.len()).sum::<usize>();
            !any && count(of_owner) < count(&of_status)
        });
        let by = if of_owner.is_some() { Listed::ByOwner } else { Listed::ByStatus };
        for list in of_owner.unwrap_or(of_status) {
            places.extend_from_slice(list);
        }
        by
    }

    /// The sales of the owners that are asked for, where some are.
    fn of_owners<'a>(&self, block: &'a Block) -> Option<Vec<&'a [u16]>> {
        let (_, among) = self.words.iter().find(|(word, _)| *word == Word::Owner)?;
        let owners = (0_u32..).zip(among).filter(|(_, wanted)| **wanted);
        Some(owners.map(|(owner, _)| block.places_of(owner)).collect())
    }

    /// Whether a sale that is not deleted passes all filters.
    fn passes(&self, block: &Block, at: usize) -> bool {
        self.statuses[block.status[at] as usize]
            && (self.sale_date.0..=self.sale_date.1).contains(&block.sale_date[at])
            && self.completed.is_none_or(|completed| block.completed[at] == completed)
            && self.words.iter().all(|(word, among)| is_among(among, block.words(*word)[at]))
            && self.passes_further(block, at)
            && self.search.iter().all(|blocks| {
                blocks.iter().any(|all| all.iter().all(|searched| searched.has(block, at)))
            })
    }

    /// Whether there are filters that few questions have.
    fn looks_further(&self) -> bool {
        !self.linked.is_empty()
            || self.numbers.is_some()
            || self.next.is_some()
            || self.overdue.is_some()
            || self.least.is_some()
    }

    fn passes_further(&self, block: &Block, at: usize) -> bool {
        let ahead = block.ahead[at];
        self.linked.iter().all(|(to, ids)| ids.contains(&block.linked(*to)[at]))
            && self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&block.number[at]))
            && self.next.is_none_or(|(from, to)| (from..=to).contains(&block.next_day(at, ahead)))
            && self.overdue.is_none_or(|overdue| (ahead.ends < self.today) == overdue)
            && self.least.as_ref().is_none_or(|least| least.has(block, at))
    }
}

/// How places were listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// Each is of a status that is asked for, and not deleted.
    ByStatus,
    /// Nothing else is known of them.
    ByOwner,
}

/// Leaves the places that hold.
#[inline]
fn keep(places: &mut Vec<u16>, holds: impl Fn(usize) -> bool) {
    places.retain(|at| holds(usize::from(*at)));
}

#[inline]
fn is_among(among: &[bool], number: u32) -> bool {
    usize::try_from(number).is_ok_and(|number| among.get(number).copied().unwrap_or(false))
}

fn wanted(statuses: Option<&[&'static str]>, status: Status) -> bool {
    statuses.is_none_or(|statuses| statuses.contains(&status.as_str()))
}

/// Companies and contacts that are asked for; none among them for sales without a company.
fn linked_to(filters: &Filters) -> Vec<(Linked, Vec<Option<Uuid>>)> {
    let some = |ids: &Vec<Uuid>| ids.iter().copied().map(Some).collect::<Vec<_>>();
    let company = filters.company.as_ref().map(|ids| (Linked::Company, ids.clone()));
    let contact = filters.contact.as_ref().map(|ids| (Linked::Contact, some(ids)));
    company.into_iter().chain(contact).collect()
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
            if word == Word::Owner {
                return (word, sales.words(word).among(texts));
            }
            // sales that have none are asked for by a word of its own, which means nothing else
            let absent = if word == Word::Stage { "none" } else { ABSENT };
            let named = texts.iter().filter(|text| *text != absent).cloned();
            let named: Vec<String> = named.collect();
            let mut among = sales.words(word).among(&named);
            among[0] = named.len() < texts.len();
            (word, among)
        })
        .collect()
}
