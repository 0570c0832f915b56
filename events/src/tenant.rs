//! The facts of a tenant. Names and versions are storage: add, never rename.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::custom_field::FieldDefinition;
use crate::diary::DiarySettings;
use crate::feature::Feature;
use crate::money::CurrencyCode;
use crate::rights::{RecordRights, Records, Right, Role};
use crate::target::TargetPeriod;
use crate::values::ListKey;

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 10] = [
    ("tenant.provisioned", 1),
    ("tenant.base-currency-changed", 1),
    ("tenant.time-zone-changed", 1),
    ("tenant.custom-field-defined", 1),
    ("tenant.custom-field-removed", 1),
    ("tenant.record-rights-set", 1),
    ("tenant.functional-right-set", 1),
    ("tenant.diary-settings-changed", 1),
    ("tenant.feature-switched", 1),
    ("tenant.target-period-set", 1),
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
    /// SO-30: a field of sales as it is defined from now on.
    #[serde(rename = "tenant.custom-field-defined")]
    CustomFieldDefined(FieldDefinition),
    /// SO-30: a field is shown no more; what sales hold under it stays in the log.
    #[serde(rename = "tenant.custom-field-removed")]
    CustomFieldRemoved {
        /// Which one.
        key: ListKey,
    },
    /// SO-44: what a role may do with records from now on, whoever they belong to.
    #[serde(rename = "tenant.record-rights-set")]
    RecordRightsSet {
        /// Whose rights.
        role: Role,
        /// On what.
        records: Records,
        /// By ownership.
        rights: RecordRights,
    },
    /// SO-44: a functional right is given to a role or taken from it.
    #[serde(rename = "tenant.functional-right-set")]
    FunctionalRightSet {
        /// Whose right.
        role: Role,
        /// Which one.
        right: Right,
        /// Given or taken.
        allowed: bool,
    },
    /// What diaries are like from now on (SD-3, SD-4).
    #[serde(rename = "tenant.diary-settings-changed")]
    DiarySettingsChanged(DiarySettings),
    /// SO-50: a part of the product is there or not from now on.
    #[serde(rename = "tenant.feature-switched")]
    FeatureSwitched {
        /// Which part.
        feature: Feature,
        /// There or not.
        on: bool,
    },
    /// ST-7: what the cells of targets stand for that are added from now on.
    #[serde(rename = "tenant.target-period-set")]
    TargetPeriodSet {
        /// Months or quarters.
        period: TargetPeriod,
    },
}
