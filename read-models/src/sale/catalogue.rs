//! What sales refer to beside types and users: stages, rates and the tenant's settings, each with its versions.

use std::collections::BTreeMap;

use events::currency::CurrencyEvent;
use events::rights::TenantRights;
use events::stage::StageTerms;
use events::target::TargetPeriod;
use events::{DiarySettings, FieldDefinition, ListKey, StageEvent, TenantEvent};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::Features;

/// A stage at one version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    pub stage_id: Uuid,
    pub terms: StageTerms,
    pub deleted: bool,
}

/// The stage after `fact`, or what is wrong with the stream.
pub(super) fn stage(
    stage_id: Uuid,
    before: Option<&Stage>,
    fact: &StageEvent,
) -> Result<Stage, &'static str> {
    let before = || before.cloned().ok_or("a stage that was never added");
    match fact {
        StageEvent::Added(terms) => Ok(Stage { stage_id, terms: terms.clone(), deleted: false }),
        StageEvent::Edited(terms) => Ok(Stage { terms: terms.clone(), ..before()? }),
        StageEvent::Deleted {} => Ok(Stage { deleted: true, ..before()? }),
        StageEvent::Restored {} => Ok(Stage { deleted: false, ..before()? }),
    }
}

/// A dated rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DatedRate {
    pub currency: &'static str,
    pub rate: Decimal,
    pub unit: i32,
    pub valid_from: chrono::NaiveDate,
}

pub(super) fn rate(fact: &CurrencyEvent) -> Result<DatedRate, &'static str> {
    match fact {
        CurrencyEvent::RateSet { currency, rate, unit, valid_from } => Ok(DatedRate {
            currency: currency.as_str(),
            rate: *rate,
            unit: i32::try_from(*unit).map_err(|_| "a unit beyond all currencies")?,
            valid_from: *valid_from,
        }),
    }
}

/// The tenant's settings at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    pub slug: String,
    pub base_currency: String,
    pub time_zone: String,
    /// Definitions of the custom fields there are, by key, in JSON.
    pub fields: String,
    pub rights: Json<TenantRights>,
    pub diary: DiarySettings,
    pub features: Features,
    /// What the cells of a target that is added stand for (ST-7).
    pub target_period: TargetPeriod,
}

pub(super) fn settings(
    before: Option<&Settings>,
    slug: &str,
    fact: &TenantEvent,
) -> Result<Settings, &'static str> {
    let before = || before.cloned().ok_or("a tenant that was never provisioned");
    match fact {
        TenantEvent::Provisioned { base_currency, time_zone } => Ok(Settings {
            slug: slug.to_owned(),
            base_currency: base_currency.as_str().to_owned(),
            time_zone: time_zone.name().to_owned(),
            fields: "{}".to_owned(),
            rights: Json::default(),
            diary: DiarySettings::default(),
            features: Features::default(),
            target_period: TargetPeriod::default(),
        }),
        TenantEvent::BaseCurrencyChanged { base_currency } => {
            Ok(Settings { base_currency: base_currency.as_str().to_owned(), ..before()? })
        }
        TenantEvent::TimeZoneChanged { time_zone } => {
            Ok(Settings { time_zone: time_zone.name().to_owned(), ..before()? })
        }
        TenantEvent::CustomFieldDefined(definition) => with_fields(before()?, |fields| {
            fields.insert(definition.key.clone(), definition.clone());
        }),
        TenantEvent::CustomFieldRemoved { key } => with_fields(before()?, |fields| {
            fields.remove(key);
        }),
        fact @ (TenantEvent::RecordRightsSet { .. } | TenantEvent::FunctionalRightSet { .. }) => {
            let mut settings = before()?;
            settings.rights.evolve(fact);
            Ok(settings)
        }
        TenantEvent::DiarySettingsChanged(diary) => Ok(Settings { diary: *diary, ..before()? }),
        TenantEvent::FeatureSwitched { feature, on } => {
            let mut settings = before()?;
            settings.features.switch(*feature, *on);
            Ok(settings)
        }
        TenantEvent::TargetPeriodSet { period } => {
            Ok(Settings { target_period: *period, ..before()? })
        }
    }
}

/// The settings with other custom fields (SO-30).
fn with_fields(
    settings: Settings,
    change: impl FnOnce(&mut BTreeMap<ListKey, FieldDefinition>),
) -> Result<Settings, &'static str> {
    let mut fields =
        serde_json::from_str(&settings.fields).map_err(|_| "custom fields that are none")?;
    change(&mut fields);
    let fields = serde_json::to_string(&fields).map_err(|_| "custom fields that do not encode")?;
    Ok(Settings { fields, ..settings })
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
