//! How far items and stages are, and where a follow-up would begin. Pure; knows no row but what was created.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use events::{Guide, GuideItem, GuideItemId, StageId};
use serde::Serialize;
use utoipa::ToSchema;

use super::rows::Instance;

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemState {
    /// Nothing was created from it.
    NotCreated,
    /// Nothing was, and somebody was asked to (SG-19, SG-21).
    Suggested,
    /// Something was created and is not done.
    Created,
    /// All that was created is done.
    Completed,
}

/// Where a stage lies from the one the sale is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// Before it, whether its items were done or not (SG-9).
    Completed,
    /// The sale is in it.
    Current,
    /// After it.
    Future,
}

impl Mark {
    /// By order: of the process where the sale is in a stage of it, else of the ranks.
    pub fn of(place: (usize, i32), current: Option<(Option<usize>, i32)>) -> Self {
        let order = match current {
            None => return Self::Future,
            Some((Some(current), _)) => place.0.cmp(&current),
            Some((None, rank)) => place.1.cmp(&rank).then(std::cmp::Ordering::Greater),
        };
        match order {
            std::cmp::Ordering::Less => Self::Completed,
            std::cmp::Ordering::Equal => Self::Current,
            std::cmp::Ordering::Greater => Self::Future,
        }
    }
}

/// What was created from each item (SG-12 to SG-14).
#[derive(Debug, Default)]
pub(super) struct Created(HashMap<GuideItemId, Vec<Instance>>);

impl Created {
    /// By item, the order of each kept.
    pub fn of(instances: Vec<Instance>) -> Self {
        let mut by_item: HashMap<GuideItemId, Vec<Instance>> = HashMap::new();
        for instance in instances {
            by_item.entry(instance.item()).or_default().push(instance);
        }
        Self(by_item)
    }

    /// What was created from an item.
    pub fn from(&self, item: GuideItemId) -> &[Instance] {
        self.0.get(&item).map_or(&[], Vec::as_slice)
    }

    /// What of it the caller sees (SO-44).
    pub fn seen(&self, item: GuideItemId) -> impl Iterator<Item = &Instance> {
        self.from(item).iter().filter(|instance| instance.seen)
    }

    /// How far an item is.
    pub fn state(&self, item: GuideItemId, suggested: bool) -> ItemState {
        let instances = self.from(item);
        if instances.iter().any(|instance| !instance.completed) {
            ItemState::Created
        } else if !instances.is_empty() {
            ItemState::Completed
        } else if suggested {
            ItemState::Suggested
        } else {
            ItemState::NotCreated
        }
    }

    /// SG-23, §6-A6: something is required in the stage, and of all that is something is done.
    pub fn completes(&self, guide: &Guide, stage: StageId) -> bool {
        let done = |item: &GuideItem| self.from(item.id).iter().any(|instance| instance.completed);
        guide.required(stage).next().is_some() && guide.required(stage).all(done)
    }

    /// The day a follow-up would begin: its offset from the nearest earlier follow-up that was created, else from today
    /// (SG-4, §6-A38).
    pub fn default_day(
        &self,
        guide: &Guide,
        stages: &[StageId],
        item: &GuideItem,
        (today, zone): (NaiveDate, Tz),
    ) -> NaiveDate {
        let offset = item.terms.follow_up().map_or(0, |follow_up| follow_up.offset_days);
        let before = guide.follow_ups_before(stages, item.id).into_iter();
        let from = before.flat_map(|before| self.from(before.id).last()).next();
        let from = from.map_or(today, |instance| day(instance, zone));
        from.checked_add_days(Days::new(u64::from(offset))).unwrap_or(from)
    }
}

/// The business date of a follow-up: of its start, or its last whole day.
fn day(instance: &Instance, zone: Tz) -> NaiveDate {
    let start = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let day = instance.to_day.or_else(|| instance.starts_at.map(start));
    day.expect("invariant: an activity has either days or times")
}
