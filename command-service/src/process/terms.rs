//! What a sale's events say about its stall: pure, so that log and timer are judged alike.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use events::{DecodeError, Event, Recorded, SaleEvent, TenantEvent};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Steps in which the first existing time of a day is looked for, when a zone skips its midnight.
const STEP: TimeDelta = TimeDelta::minutes(15);

/// What an event means for the timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing.
    None,
    /// The sale waits for this date.
    Waits(NaiveDate),
    /// The sale does not wait, or no longer for what it did.
    Over,
    /// The tenant has come into being with this zone.
    FirstZone(Tz),
    /// The tenant's days begin at other instants from now on.
    Zone(Tz),
}

/// What a timer remembers of its stall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// The event that set the terms.
    pub(super) event: Uuid,
    /// Its position, for whoever looks at the table.
    pub(super) position: i64,
    /// The date it waits for.
    pub(super) reopen_date: NaiveDate,
    /// Correlation of the event.
    pub(super) correlation: Option<Uuid>,
}

/// The few types that matter; all others are not even read.
pub(super) const WATCHED: [&str; 8] = [
    "sale.stalled",
    "sale.stall-terms-changed",
    "sale.reopened",
    "sale.won",
    "sale.lost",
    "sale.deleted",
    "tenant.provisioned",
    "tenant.time-zone-changed",
];

/// What an event says; one that is not watched is not decoded.
pub(super) fn meaning(row: &Recorded) -> Result<Meaning, DecodeError> {
    if !WATCHED.contains(&row.event_type.as_str()) {
        return Ok(Meaning::None);
    }
    Ok(match row.decode()? {
        Event::Sale(
            SaleEvent::Stalled { reopen_date, .. }
            | SaleEvent::StallTermsChanged { reopen_date, .. },
        ) if row.effective_at.is_none() => Meaning::Waits(reopen_date),
        Event::Sale(_) => Meaning::Over,
        Event::Tenant(TenantEvent::Provisioned { time_zone, .. }) => Meaning::FirstZone(time_zone),
        Event::Tenant(TenantEvent::TimeZoneChanged { time_zone }) => Meaning::Zone(time_zone),
        Event::Tenant(
            TenantEvent::BaseCurrencyChanged { .. }
            | TenantEvent::DiarySettingsChanged(_)
            | TenantEvent::CustomFieldDefined(_)
            | TenantEvent::CustomFieldRemoved { .. }
            | TenantEvent::RecordRightsSet { .. }
            | TenantEvent::FunctionalRightSet { .. }
            | TenantEvent::FeatureSwitched { .. }
            | TenantEvent::TargetPeriodSet { .. },
        )
        | Event::Activity(_)
        | Event::Stage(_)
        | Event::SaleType(_)
        | Event::Currency(_)
        | Event::List(_)
        | Event::User(_)
        | Event::Selection(_)
        | Event::TargetType(_)
        | Event::Target(_)
        | Event::Company(_)
        | Event::Contact(_)
        | Event::Name(_) => Meaning::None,
    })
}

/// The event whose terms the sale waits for, if it still waits.
pub(super) fn standing(stream: &[Recorded]) -> Result<Option<Uuid>, DecodeError> {
    let mut standing = None;
    for row in stream {
        match meaning(row)? {
            Meaning::Waits(_) => standing = Some(row.event_id),
            Meaning::Over => standing = None,
            Meaning::None | Meaning::FirstZone(_) | Meaning::Zone(_) => {}
        }
    }
    Ok(standing)
}

/// The zone after a tenant's events; UTC before any.
pub(super) fn zone(stream: &[Recorded]) -> Result<Tz, DecodeError> {
    let mut zone = Tz::UTC;
    for row in stream {
        if let Meaning::FirstZone(now) | Meaning::Zone(now) = meaning(row)? {
            zone = now;
        }
    }
    Ok(zone)
}

/// The instant a day begins: 00:00, or the first time that exists where midnight is skipped, the
/// earlier one where it comes twice.
pub(super) fn day_begins(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let mut local = date.and_time(NaiveTime::MIN);
    // a zone that crosses the date line skips a whole day
    for _ in 0..=96 {
        if let Some(found) = zone.from_local_datetime(&local).earliest() {
            return found.to_utc();
        }
        local += STEP;
    }
    date.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(date: &str, zone: Tz) -> String {
        day_begins(date.parse().unwrap(), zone).to_rfc3339()
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_tenants_zone() {
        assert_eq!(begins("2026-09-01", Tz::Europe__Oslo), "2026-08-31T22:00:00+00:00");
        assert_eq!(begins("2026-12-01", Tz::Europe__Oslo), "2026-11-30T23:00:00+00:00");
        assert_eq!(begins("2026-09-01", Tz::UTC), "2026-09-01T00:00:00+00:00");
    }

    #[test]
    fn a_skipped_midnight_is_the_first_time_that_exists() {
        // Beirut goes from 00:00 to 01:00 on the last Sunday of March
        assert_eq!(begins("2026-03-29", Tz::Asia__Beirut), "2026-03-28T22:00:00+00:00");
        // Samoa had no 30 December 2011
        assert_eq!(begins("2011-12-30", Tz::Pacific__Apia), "2011-12-30T10:00:00+00:00");
    }

    #[test]
    fn a_midnight_that_comes_twice_is_the_earlier_one() {
        // Havana goes from 01:00 back to 00:00 on the first Sunday of November
        assert_eq!(begins("2026-11-01", Tz::America__Havana), "2026-11-01T04:00:00+00:00");
    }
}
