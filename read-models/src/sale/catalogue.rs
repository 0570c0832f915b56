//! What sales refer to: stages, sale types, users, rates and the tenant's settings, each with its versions.
//! An event of these carries all terms, so only the tenant's settings are folded.

use std::collections::BTreeMap;

use events::currency::CurrencyEvent;
use events::rights::TenantRights;
use events::sale_type::{DurationUnit, SaleTypeTerms};
use events::stage::StageTerms;
use events::{
    DiarySettings, FieldDefinition, ListKey, SaleTypeEvent, StageEvent, TenantEvent, UserEvent,
};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

/// A stage at one version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    pub stage_id: Uuid,
    pub terms: StageTerms,
}

pub(super) fn stage(stage_id: Uuid, fact: &StageEvent) -> Stage {
    match fact {
        StageEvent::Added(terms) | StageEvent::Edited(terms) => {
            Stage { stage_id, terms: terms.clone() }
        }
    }
}

/// A sale type at one version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SaleType {
    pub sale_type_id: Uuid,
    pub terms: SaleTypeTerms,
}

pub(super) fn sale_type(sale_type_id: Uuid, fact: &SaleTypeEvent) -> SaleType {
    match fact {
        SaleTypeEvent::Defined(terms) | SaleTypeEvent::Edited(terms) => {
            SaleType { sale_type_id, terms: terms.clone() }
        }
    }
}

/// The word a duration's unit is stored under.
pub(super) fn unit_word(unit: DurationUnit) -> &'static str {
    match unit {
        DurationUnit::Days => "days",
        DurationUnit::Weeks => "weeks",
        DurationUnit::Months => "months",
    }
}

/// A user at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub user_id: String,
    pub name: String,
    pub groups: Vec<String>,
    pub primary_group: Option<String>,
}

pub(super) fn user(user_id: String, fact: &UserEvent) -> User {
    match fact {
        UserEvent::Added { name, groups, primary_group } => User {
            user_id,
            name: name.as_str().to_owned(),
            groups: groups.clone(),
            primary_group: primary_group.clone(),
        },
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
