//! The facts of a tenant. Names and versions are storage: add, never rename.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::diary::DiarySettings;
use crate::money::CurrencyCode;

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 4] = [
    ("tenant.provisioned", 1),
    ("tenant.base-currency-changed", 1),
    ("tenant.time-zone-changed", 1),
    ("tenant.diary-settings-changed", 1),
];

/// A fact about the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum TenantEvent {
    /// Appended with the tenant's first accepted command.
    #[serde(rename = "tenant.provisioned")]
    Provisioned {
        /// Rate 1; totals are kept in it (SO-40).
        base_currency: CurrencyCode,
        /// Business dates are dates in this zone.
        time_zone: Tz,
    },
    /// Only while no amount exists.
    #[serde(rename = "tenant.base-currency-changed")]
    BaseCurrencyChanged {
        /// The base from now on.
        base_currency: CurrencyCode,
    },
    /// Business dates from now on are dates in this zone.
    #[serde(rename = "tenant.time-zone-changed")]
    TimeZoneChanged {
        /// The zone from now on.
        time_zone: Tz,
    },
    /// What diaries are like from now on (SD-3, SD-4).
    #[serde(rename = "tenant.diary-settings-changed")]
    DiarySettingsChanged(DiarySettings),
}
