//! A time zone as SQL takes it: where its offset changes, and the offsets between. The rules are this program's;
//! a database may know other zones, or other rules for the same ones.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The first and the last year whose changes are known; beyond them the nearest offset goes on.
const YEARS: (i32, i32) = (1900, 2100);

/// The arguments of the SQL function `wall_clock`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WallClock {
    /// Instants at which the offset changes, rising.
    pub changes: Vec<DateTime<Utc>>,
    /// Seconds east of UTC: before the first change, between, after the last; one more than changes.
    pub offsets: Vec<i32>,
}

impl Default for WallClock {
    /// Of UTC.
    fn default() -> Self {
        Self { changes: Vec::new(), offsets: vec![0] }
    }
}

impl WallClock {
    /// Of a zone; found out once a process.
    pub fn of(zone: Tz) -> Arc<Self> {
        static KNOWN: LazyLock<Mutex<HashMap<Tz, Arc<WallClock>>>> = LazyLock::new(Mutex::default);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(zone).or_insert_with(|| Arc::new(Self::find(zone))))
    }

    /// What it shows at an instant, as the SQL function does: microseconds since 1970.
    pub fn shows(&self, at: DateTime<Utc>) -> i64 {
        let passed = self.changes.partition_point(|change| *change <= at);
        at.timestamp_micros() + i64::from(self.offsets[passed]) * 1_000_000
    }

    /// Asks for the offset day by day, and within a day where it changed.
    fn find(zone: Tz) -> Self {
        let offset = |at: DateTime<Utc>| {
            zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
        };
        let (mut at, end) = (new_year(YEARS.0), new_year(YEARS.1));
        let (mut changes, mut offsets) = (Vec::new(), vec![offset(at)]);
        while at < end {
            let (mut before, mut after) = (at, at + TimeDelta::days(1));
            at = after;
            if offset(before) == offset(after) {
                continue;
            }
            while after - before > TimeDelta::seconds(1) {
                let between = before + TimeDelta::seconds((after - before).num_seconds() / 2);
                if offset(between) == offset(before) {
                    before = between;
                } else {
                    after = between;
                }
            }
            changes.push(after);
            offsets.push(offset(after));
        }
        Self { changes, offsets }
    }
}

fn new_year(year: i32) -> DateTime<Utc> {
    let day = NaiveDate::from_ymd_opt(year, 1, 1).expect("invariant: years 1900 and 2100 begin");
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(clock: &WallClock, at: DateTime<Utc>) -> chrono::NaiveDateTime {
        DateTime::from_timestamp_micros(clock.shows(at)).unwrap().naive_utc()
    }

    #[test]
    fn the_wall_clock_shows_what_the_zone_says_also_around_every_change() {
        for zone in [
            Tz::UTC,
            Tz::Europe__Oslo,
            Tz::Pacific__Kiritimati,
            Tz::America__Santiago,
            Tz::Pacific__Apia,
            Tz::Africa__Casablanca,
            Tz::Australia__Lord_Howe,
        ] {
            let clock = WallClock::of(zone);
            assert_eq!(clock.offsets.len(), clock.changes.len() + 1);
            let ends = [new_year(1950), new_year(2026), new_year(2090)];
            for at in clock.changes.iter().chain(&ends) {
                for near in [-1, 0, 1] {
                    let at = *at + TimeDelta::seconds(near);
                    assert_eq!(
                        read(&clock, at),
                        at.with_timezone(&zone).naive_local(),
                        "{zone} {at}"
                    );
                }
            }
        }
        assert_eq!(WallClock::of(Tz::UTC).offsets, [0]);
        assert!(WallClock::of(Tz::Europe__Oslo).changes.len() > 100);
    }
}
