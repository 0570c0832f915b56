//! All targets of a type and year that a caller sees, each beside what was won.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use events::CurrencyCode;
use events::target_type::Dimension;
use rust_decimal::Decimal;
use service_runtime::{Actor, Problem};
use uuid::Uuid;

use super::answer::{MONTHS, Measured, Names, Target, Won};
use super::items::word_of_sales;
use super::links::Links;
use super::rows::{Level, TargetRow, Which, seen_targets};
use super::types::TargetKind;
use crate::ask::{Dated, Drill, Filters, Labels, Snapshot};
use crate::sale::Status;
use crate::shares::shares;
use crate::standing::{Figures, Key, Periods, Taken};

/// Targets of a type and year.
pub(crate) struct Table {
    pub kind: TargetKind,
    /// In the order they are shown.
    pub rows: Vec<Target>,
    /// Currencies without a rate on a close date.
    pub missing: BTreeSet<String>,
}

/// What was won of one level in one currency, by assignee and item.
type WonBy = HashMap<Option<String>, HashMap<Option<String>, Won>>;

/// What was won, as far as targets ask about it.
#[derive(Default)]
struct AllWon {
    by: HashMap<(Level, CurrencyCode), WonBy>,
    missing: BTreeSet<String>,
}

impl Table {
    /// Everything the caller sees of a type and year.
    pub async fn of(
        snapshot: &mut Snapshot,
        actor: &Actor,
        (of_type, year): (Uuid, i32),
        language: &str,
        drill: &Drill,
    ) -> Result<Self, Problem> {
        let kind = TargetKind::one(snapshot, of_type).await?;
        let found = seen_targets(snapshot, actor, Which::Of(of_type, (year, year))).await?;
        let rows: Vec<Arc<TargetRow>> = found.into_iter().map(|(row, ..)| row).collect();
        Self::compared(snapshot, kind, year, &rows, (language, drill)).await
    }

    /// These rows beside what was won.
    pub async fn compared(
        snapshot: &mut Snapshot,
        kind: TargetKind,
        year: i32,
        rows: &[Arc<TargetRow>],
        (language, drill): (&str, &Drill),
    ) -> Result<Self, Problem> {
        let won = AllWon::of(snapshot, &kind, year, rows).await?;
        let labels = Labels::load(snapshot).await?;
        let items = kind.item_names(snapshot, &labels, language).await?;
        let names = Names { users: &labels.users, items: &items };
        let measured = Measured { unit: kind.unit, year };
        let links = Links::of(drill, &kind);
        let of_rows: Vec<Won> = rows.iter().map(|row| won.of_row(row, &kind)).collect();
        let ranks = ranks(rows, &of_rows, measured);
        let mut shown = Vec::with_capacity(rows.len());
        for (place, row) in rows.iter().enumerate() {
            if begins_users(rows, place) {
                shown.extend(sums_of_users(rows, place, measured, &names));
            }
            let link = links.to(row);
            let target = Target::of(row, measured, &of_rows[place], &link, &names);
            shown.push(Target { rank: ranks[place], ..target });
        }
        Ok(Self { kind, rows: shown, missing: won.missing })
    }
}

/// Whether the users of a group begin here.
fn begins_users(rows: &[Arc<TargetRow>], place: usize) -> bool {
    let (before, row) = (place.checked_sub(1).and_then(|at| rows.get(at)), &rows[place]);
    let same = |before: &Arc<TargetRow>| before.level == Level::User && before.group == row.group;
    row.level == Level::User && row.group.is_some() && !before.is_some_and(same)
}

/// The users of a group together, item by item (ST-13).
fn sums_of_users(
    rows: &[Arc<TargetRow>],
    place: usize,
    measured: Measured,
    names: &Names<'_>,
) -> Vec<Target> {
    let of_group =
        |row: &&Arc<TargetRow>| row.level == Level::User && row.group == rows[place].group;
    let users: Vec<&TargetRow> =
        rows[place..].iter().take_while(of_group).map(|row| &**row).collect();
    let items: BTreeSet<Option<&String>> = users.iter().map(|row| row.item.as_ref()).collect();
    let sum = |item: Option<&String>| {
        let of_item = users.iter().filter(|row| row.item.as_ref() == item).copied();
        Target::all(&of_item.collect::<Vec<_>>(), measured, names)
    };
    items.into_iter().filter_map(sum).collect()
}

/// Places by attainment of the year among targets of a level and item; equal ones share a place.
fn ranks(rows: &[Arc<TargetRow>], won: &[Won], measured: Measured) -> Vec<Option<usize>> {
    let attained: Vec<Option<Decimal>> =
        rows.iter().zip(won).map(|(row, won)| measured.attainment(row, won)).collect();
    let mut by: HashMap<(Level, Option<&String>), Vec<Decimal>> = HashMap::new();
    for (row, attained) in rows.iter().zip(&attained) {
        by.entry((row.level, row.item.as_ref())).or_default().extend(*attained);
    }
    for all in by.values_mut() {
        all.sort_unstable_by(|a, b| b.cmp(a));
    }
    let rank = |(row, attained): (&Arc<TargetRow>, &Option<Decimal>)| {
        let all = by.get(&(row.level, row.item.as_ref()))?;
        let attained = (*attained)?;
        Some(all.partition_point(|other| *other > attained) + 1)
    };
    rows.iter().zip(&attained).map(rank).collect()
}

impl AllWon {
    /// Of the levels and currencies of some targets.
    async fn of(
        snapshot: &mut Snapshot,
        kind: &TargetKind,
        year: i32,
        rows: &[Arc<TargetRow>],
    ) -> Result<Self, Problem> {
        let mut won = Self::default();
        let (Some(from), Some(to)) =
            (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31))
        else {
            return Ok(won);
        };
        let filters = Filters { status: Some(vec![Status::Won.as_str()]), ..Filters::default() };
        let periods = Periods::cut(from, to, "month");
        let dimension = kind.dimension.word();
        let items: Vec<String> =
            kind.items.iter().map(|item| word_of_sales(&kind.dimension, item)).collect();
        let by_day = snapshot.rates_by_day().await?;
        let asked: BTreeSet<(Level, CurrencyCode)> =
            rows.iter().map(|row| (row.level, row.currency)).collect();
        for (level, currency) in asked {
            let dated = Dated::of(&by_day, currency, (from, to));
            let taken = Taken {
                filters: &filters,
                dated: &dated,
                key: match level {
                    Level::Company => Key::Nothing,
                    Level::Group => Key::Column("group"),
                    Level::User => Key::Column("owner"),
                },
                item: (kind.dimension != Dimension::AllSales).then_some(dimension.as_str()),
                items: (!items.is_empty()).then_some(items.as_slice()),
                periods: Some(&periods),
            };
            let shares = shares(snapshot, &taken).await?;
            won.missing.extend(shares.missing);
            let by = won.by.entry((level, currency)).or_default();
            for share in shares.shares {
                let months = by.entry(share.key).or_default().entry(share.item);
                months.or_insert([Figures::default(); MONTHS])[share.period] = share.figures;
            }
        }
        Ok(won)
    }

    /// Of one target.
    fn of_row(&self, row: &TargetRow, kind: &TargetKind) -> Won {
        let mut won = [Figures::default(); MONTHS];
        let by = self.by.get(&(row.level, row.currency));
        let Some(items) = by.and_then(|by| by.get(&row.assignee)) else { return won };
        let of_all = row.item.is_none() && kind.dimension != Dimension::AllSales;
        let item = row.item.as_ref().map(|item| word_of_sales(&kind.dimension, item));
        let meant = items.iter().filter(|(of, _)| of_all || **of == item);
        for (month, more) in meant.flat_map(|(_, months)| months.iter().enumerate()) {
            won[month].join(more);
        }
        won
    }
}
