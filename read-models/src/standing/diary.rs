//! The two lists of a diary out of a standing, by the rules of `diary/`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::chosen::Chosen;
use super::order::page_of;
use super::sales::{NO_DAY, day_number};
use super::{Place, Standing};
use crate::ask::Filters;

/// Which days a diary shows, and which part of its lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days {
    pub today: NaiveDate,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub days_ahead: i32,
    pub fetch: i64,
    pub offset: i64,
}

impl Standing {
    /// How many sales are listed, and those of a page with their rules; none when SQL has to be asked.
    pub fn diary_sales(
        &self,
        filters: &Filters,
        days: Days,
    ) -> Option<(i64, Vec<(Place, Vec<i32>)>)> {
        let chosen = Chosen::of(filters, &self.sales, days.today)?;
        let today = day_number(days.today);
        let (shown, near) =
            (day_number(days.from)..=day_number(days.to), today..=today + days.days_ahead);
        let mut all = Vec::new();
        for (number, block) in self.sales.blocks.iter().enumerate() {
            for at in (0..block.len()).filter(|at| chosen.has(block, *at)) {
                let next = block.next_day(at);
                let rules = [
                    shown.contains(&block.sale_date[at]),
                    next != NO_DAY && near.contains(&next),
                    block.ahead[at].ends < today,
                    block.reopen[at] != NO_DAY,
                ];
                if rules.contains(&true) {
                    // a day that is not there is later than any other
                    all.push((next, block.number[at], number, at, rules));
                }
            }
        }
        let total = i64::try_from(all.len()).ok()?;
        let page = page_of(all, days.fetch, days.offset);
        let listed = |(_, _, block, at, rules): (i32, i64, usize, usize, [bool; 4])| {
            let block = &self.sales.blocks[block];
            let place = Place { stream: block.stream[at], ahead: block.ahead[at].on(today) };
            let numbers = (1..).zip(rules).filter(|(_, applies)| *applies);
            (place, numbers.map(|(number, _)| number).collect())
        };
        Some((total, page.into_iter().map(listed).collect()))
    }

    /// How many activities are listed, and the streams of a page; none when SQL has to be asked.
    pub fn diary_activities(
        &self,
        owners: Option<&[String]>,
        groups: Option<&[String]>,
        days: Days,
    ) -> Option<(i64, Vec<Uuid>)> {
        let today = day_number(days.today);
        if today < self.floor {
            return None;
        }
        let owners = owners.map(|wanted| self.agenda.owners().among(wanted));
        let groups = groups.map(|wanted| self.agenda.groups().among(wanted));
        let among = |wanted: &Option<Vec<bool>>, number: u32| {
            let among = |wanted: &Vec<bool>| {
                usize::try_from(number).is_ok_and(|number| wanted.get(number) == Some(&true))
            };
            wanted.as_ref().is_none_or(among)
        };
        let (from, to) = (day_number(days.from), day_number(days.to));
        let mut all = Vec::new();
        for item in self.agenda.blocks.iter().flat_map(|block| block.iter()) {
            let first = item.first_day();
            let listed = item.completed_on >= today
                && among(&owners, item.owner)
                && among(&groups, item.group)
                && (first <= today + days.days_ahead || (first <= to && item.last_day() >= from));
            if listed {
                all.push((item.begins, item.activity, item.stream));
            }
        }
        let total = i64::try_from(all.len()).ok()?;
        let page = page_of(all, days.fetch, days.offset);
        Some((total, page.into_iter().map(|(_, _, stream)| stream).collect()))
    }
}
