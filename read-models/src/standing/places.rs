//! When versions hold: for each its place in effect, knowledge and log, and its successor's.

use chrono::{DateTime, Utc};

/// Where a version stands, and the number of its sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlaceOf {
    /// Microseconds since 1970, like [`recorded`](Self::recorded).
    pub effective: i64,
    pub recorded: i64,
    pub position: i64,
}

/// The places of the versions of a block.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    effective: Vec<i64>,
    recorded: Vec<i64>,
    position: Vec<i64>,
    next_effective: Vec<i64>,
    next_recorded: Vec<i64>,
    next_position: Vec<i64>,
    /// Number of the sale it is of or about.
    pub sale: Vec<u32>,
}

/// A moment as the SQL function `held` takes it; no bound where nothing was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant {
    as_of: i64,
    known_at: i64,
    position: i64,
}

impl Instant {
    /// Everything in the log up to its position, whenever it took effect and was recorded.
    pub fn newest(self) -> Self {
        Self::of(None, None, self.position)
    }

    /// The same in what reaches up to `position`: a bound that leaves nothing out is none.
    pub fn within(self, position: i64) -> Self {
        if self.position < position { self } else { Self { position: i64::MAX - 1, ..self } }
    }

    /// Whether what took effect and was recorded then or later does not belong to it.
    pub fn is_before(self, effective: i64, recorded: i64) -> bool {
        self.as_of < effective || self.known_at < recorded
    }

    /// Of a question at a position.
    pub fn of(
        as_of: Option<DateTime<Utc>>,
        known_at: Option<DateTime<Utc>>,
        position: i64,
    ) -> Self {
        // later than any instant but not than the successor there is not
        let micros =
            |at: Option<DateTime<Utc>>| at.map_or(i64::MAX - 1, |at| at.timestamp_micros());
        Self { as_of: micros(as_of), known_at: micros(known_at), position }
    }
}

impl Places {
    /// What a place takes.
    pub const BYTES: usize = 6 * 8 + 4;

    /// Adds a version that has no successor yet.
    pub fn push(&mut self, place: PlaceOf, sale: u32) {
        self.effective.push(place.effective);
        self.recorded.push(place.recorded);
        self.position.push(place.position);
        self.next_effective.push(i64::MAX);
        self.next_recorded.push(i64::MAX);
        self.next_position.push(i64::MAX);
        self.sale.push(sale);
    }

    /// Ends a version where the next one begins.
    pub fn end(&mut self, at: usize, next: PlaceOf) {
        self.next_effective[at] = next.effective;
        self.next_recorded[at] = next.recorded;
        self.next_position[at] = next.position;
    }

    /// How many versions there are.
    pub fn len(&self) -> usize {
        self.position.len()
    }

    /// Whether a version holds: it was in effect, known and in the log, and the same is not true of its successor.
    pub fn holds(&self, at: usize, moment: Instant) -> bool {
        self.belongs(at, moment)
            && (self.next_effective[at] > moment.as_of
                || self.next_recorded[at] > moment.known_at
                || self.next_position[at] > moment.position)
    }

    /// Whether it was in effect, known and in the log; its successor may have been too.
    pub fn belongs(&self, at: usize, moment: Instant) -> bool {
        self.effective[at] <= moment.as_of
            && self.recorded[at] <= moment.known_at
            && self.position[at] <= moment.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(seconds, 0)
    }

    #[test]
    fn a_version_holds_until_its_successor_is_in_effect_known_and_there() {
        let place = |effective: i64, recorded: i64, position| PlaceOf {
            effective: effective * 1_000_000,
            recorded: recorded * 1_000_000,
            position,
        };
        let mut places = Places::default();
        places.push(place(10, 20, 1), 0);
        places.end(0, place(30, 40, 2));
        for (as_of, known_at, position, holds) in [
            (None, None, 1, true),
            (None, None, 2, false),
            (None, None, 0, false),
            (at(9), None, 2, false),
            (at(10), None, 2, true),
            (at(29), None, 2, true),
            (at(30), None, 2, false),
            (at(30), None, 1, true),
            (at(30), at(39), 2, true),
            (at(30), at(40), 2, false),
            (None, at(19), 2, false),
            (None, at(39), 2, true),
        ] {
            let moment = Instant::of(as_of, known_at, position);
            assert_eq!(places.holds(0, moment), holds, "{as_of:?} {known_at:?} {position}");
        }
        places.push(place(30, 40, 2), 0);
        assert!(places.holds(1, Instant::of(None, None, 2)), "without a successor it goes on");
        assert!(places.holds(1, Instant::of(at(1 << 40), at(1 << 40), 9)));
    }
}
