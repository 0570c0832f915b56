//! The two lists of a diary out of a standing, by the rules of `diary/`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::agenda::Item;
use super::block::{Ahead, NO_DAY};
use super::chosen::Chosen;
use super::front::Front;
use super::sales::day_number;
use super::view::At;
use super::{Place, View};
use crate::ask::{Filters, InCurrency};

/// Which days a diary shows, and which part of its lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days {
    pub today: NaiveDate,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub days_ahead: i32,
    /// What is done is gone, also on the day it was done (SD-13).
    pub done_gone: bool,
    pub fetch: i64,
    pub offset: i64,
}

/// An activity of the page: its entry is looked up by stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActivityHeld {
    pub stream: Uuid,
    /// Which version it is, if it is the current one and what the snapshot's memory showed to its caller.
    pub version: Option<i64>,
}

/// A sale of the page and the rules that selected it.
pub(crate) type Listed = (Place, Vec<i32>);

impl View {
    /// How many sales are listed, and those of a page with their rules; none when SQL has to be asked.
    pub fn diary_sales(
        &self,
        filters: &Filters,
        currency: &InCurrency,
        days: Days,
    ) -> Option<(i64, Vec<Listed>)> {
        let chosen = Chosen::of(filters, self.sales(), days.today, currency)?;
        let today = day_number(days.today);
        let (shown, near) =
            (day_number(days.from)..=day_number(days.to), today..=today + days.days_ahead);
        let mut front = Front::of(days.fetch, days.offset);
        self.each(&chosen, |block, at, ahead| {
            let next = block.next_day(at.1, ahead);
            let rules = [
                shown.contains(&block.sale_date[at.1]),
                next != NO_DAY && near.contains(&next),
                ahead.ends < today,
                block.reopen[at.1] != NO_DAY,
            ];
            if rules.contains(&true) {
                // a day that is not there is later than any other
                front.push((next, block.number[at.1], at, rules, ahead));
            }
        });
        let total = front.met();
        let listed = |(_, _, (block, at), rules, ahead): (i32, i64, At, [bool; 4], Ahead)| {
            let stream = self.sales().blocks[block].stream[at];
            let numbers = (1..).zip(rules).filter(|(_, applies)| *applies);
            let version = self.version(block, at);
            let place = Place { stream, version, ahead: Some(ahead.on(today)) };
            (place, numbers.map(|(number, _)| number).collect())
        };
        Some((total, front.page().into_iter().map(listed).collect()))
    }

    /// How many activities are listed, and those of a page; none when SQL has to be asked.
    pub fn diary_activities(
        &self,
        owners: Option<&[String]>,
        groups: Option<&[String]>,
        days: Days,
    ) -> Option<(i64, Vec<ActivityHeld>)> {
        let today = day_number(days.today);
        if today < self.floor() {
            return None;
        }
        let done_since = if days.done_gone { NO_DAY } else { today };
        let whose = self.owners().whose(owners, groups);
        let (from, to) = (day_number(days.from), day_number(days.to));
        let mut front = Front::of(days.fetch, days.offset);
        let listed = |item: &Item| {
            let first = item.first_day();
            item.completed_on >= done_since
                && whose.has(item)
                && (first <= today + days.days_ahead || (first <= to && item.last_day() >= from))
        };
        self.each_item(listed, |item| {
            front.push((item.begins, item.activity, item.stream, item.version));
        });
        let total = front.met();
        let current = self.is_now();
        let held =
            |(_, _, stream, version)| ActivityHeld { stream, version: current.then_some(version) };
        Some((total, front.page().into_iter().map(held).collect()))
    }
}
