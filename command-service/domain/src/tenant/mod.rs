//! The tenant itself: base currency and time zone (design §2, Tenant).

mod diary;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono_tz::Tz;
use events::rights::{RecordRights, Records, Right, Role, TenantRights};
use events::target::TargetPeriod;
use events::{CurrencyCode, DiarySettings, Event, Feature, FieldDefinition, ListKey, TenantEvent};

pub use diary::DiaryChanges;

use crate::custom_field::{self, KnownField, KnownFields};
use crate::{Context, Decider, Decision, Refusal};

/// What may be asked of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantCommand {
    /// Only while no amount exists.
    SetBaseCurrency {
        /// The base from now on.
        base_currency: CurrencyCode,
        /// Whether any sale or rate is recorded; looked up by the caller under the tenant's turn.
        amounts_exist: bool,
    },
    /// Business dates from now on are dates in this zone.
    SetTimeZone {
        /// The zone from now on.
        time_zone: Tz,
    },
    /// SO-30.
    DefineCustomField(FieldDefinition),
    /// SO-30.
    RemoveCustomField {
        /// Which one.
        key: ListKey,
    },
    /// SO-44.
    SetRecordRights {
        /// Whose rights.
        role: Role,
        /// On what.
        records: Records,
        /// By ownership.
        rights: RecordRights,
    },
    /// SO-44.
    SetFunctionalRight {
        /// Whose right.
        role: Role,
        /// Which one.
        right: Right,
        /// Given or taken.
        allowed: bool,
    },
    /// SD-3, SD-4, SD-13, SD-15; what is left out stays.
    SetDiary(DiaryChanges),
    /// SO-50.
    SwitchFeature {
        /// Which part of the product.
        feature: Feature,
        /// There or not.
        on: bool,
    },
    /// ST-7: rows keep what they were added with.
    SetTargetPeriod {
        /// What the cells of targets stand for that are added from now on.
        period: TargetPeriod,
    },
}

/// What is remembered of a tenant; before its first accepted command it has the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    provisioned: bool,
    base_currency: CurrencyCode,
    time_zone: Tz,
    fields: Arc<KnownFields>,
    rights: TenantRights,
    diary: DiarySettings,
    without: BTreeSet<Feature>,
    target_period: TargetPeriod,
}

impl Default for Tenant {
    fn default() -> Self {
        Self {
            provisioned: false,
            base_currency: CurrencyCode::EUR,
            time_zone: Tz::UTC,
            fields: Arc::default(),
            rights: TenantRights::CONTRACT,
            diary: DiarySettings::default(),
            without: BTreeSet::new(),
            target_period: TargetPeriod::default(),
        }
    }
}

impl Tenant {
    /// Who may do what (SO-44).
    pub fn rights(&self) -> &TenantRights {
        &self.rights
    }

    /// Whether its first fact is recorded.
    pub fn is_provisioned(&self) -> bool {
        self.provisioned
    }

    /// The currency of totals.
    pub fn base_currency(&self) -> CurrencyCode {
        self.base_currency
    }

    /// The zone of business dates.
    pub fn time_zone(&self) -> Tz {
        self.time_zone
    }

    /// The fields it adds to sales (SO-30).
    pub fn fields(&self) -> &KnownFields {
        &self.fields
    }

    /// What its diaries are like.
    pub fn diary(&self) -> DiarySettings {
        self.diary
    }

    /// What the cells of targets stand for that are added now (ST-7).
    pub fn target_period(&self) -> TargetPeriod {
        self.target_period
    }

    /// Whether a part of the product is there (SO-50).
    pub fn has(&self, feature: Feature) -> bool {
        !self.without.contains(&feature)
    }

    /// The fact that goes with the first accepted command.
    pub fn provisioning(&self) -> TenantEvent {
        TenantEvent::Provisioned { base_currency: self.base_currency, time_zone: self.time_zone }
    }
}

impl Context<'_> {
    /// Goes on if the tenant has a part of the product (SO-50).
    pub(crate) fn feature(&self, feature: Feature) -> Result<(), Refusal> {
        self.references.tenant().has(feature).then_some(()).ok_or(Refusal::FeatureOff)
    }
}

impl Decider for Tenant {
    type Command = TenantCommand;
    type Event = TenantEvent;
    type State = Self;

    fn decide(tenant: &Self, command: TenantCommand, _: &Context<'_>) -> Result<Decision, Refusal> {
        match command {
            TenantCommand::SetBaseCurrency { base_currency, .. }
                if base_currency == tenant.base_currency =>
            {
                Ok(Decision::nothing())
            }
            TenantCommand::SetBaseCurrency { amounts_exist: true, .. } => {
                Err(Refusal::AmountsExist)
            }
            TenantCommand::SetBaseCurrency { base_currency, amounts_exist: false } => {
                Ok(Decision::of([Event::Tenant(TenantEvent::BaseCurrencyChanged {
                    base_currency,
                })]))
            }
            TenantCommand::SetTimeZone { time_zone } if time_zone == tenant.time_zone => {
                Ok(Decision::nothing())
            }
            TenantCommand::SetTimeZone { time_zone } => {
                Ok(Decision::of([Event::Tenant(TenantEvent::TimeZoneChanged { time_zone })]))
            }
            TenantCommand::DefineCustomField(new) => custom_field::define(&tenant.fields, new),
            TenantCommand::RemoveCustomField { key } => custom_field::remove(&tenant.fields, key),
            TenantCommand::SetRecordRights { role, records, rights } => {
                if tenant.rights.of_role(role, records) == rights {
                    return Ok(Decision::nothing());
                }
                let set = TenantEvent::RecordRightsSet { role, records, rights };
                Ok(Decision::of([Event::Tenant(set)]))
            }
            TenantCommand::SetFunctionalRight { role, right, allowed } => {
                set_functional_right(tenant, role, right, allowed)
            }
            TenantCommand::SetDiary(changes) => diary::set(tenant.diary, changes),
            TenantCommand::SwitchFeature { feature, on } if tenant.has(feature) == on => {
                Ok(Decision::nothing())
            }
            TenantCommand::SetTargetPeriod { period } if period == tenant.target_period => {
                Ok(Decision::nothing())
            }
            TenantCommand::SetTargetPeriod { period } => {
                Ok(Decision::of([Event::Tenant(TenantEvent::TargetPeriodSet { period })]))
            }
            TenantCommand::SwitchFeature { feature, on } => {
                Ok(Decision::of([Event::Tenant(TenantEvent::FeatureSwitched { feature, on })]))
            }
        }
    }

    fn evolve(mut tenant: Self, event: &TenantEvent) -> Self {
        match event {
            TenantEvent::Provisioned { base_currency, time_zone } => {
                tenant = Self {
                    provisioned: true,
                    base_currency: *base_currency,
                    time_zone: *time_zone,
                    fields: tenant.fields,
                    rights: tenant.rights,
                    diary: tenant.diary,
                    without: tenant.without,
                    target_period: tenant.target_period,
                };
            }
            TenantEvent::BaseCurrencyChanged { base_currency } => {
                tenant.base_currency = *base_currency
            }
            TenantEvent::TimeZoneChanged { time_zone } => tenant.time_zone = *time_zone,
            TenantEvent::CustomFieldDefined(definition) => {
                let known = KnownField { definition: definition.clone(), removed: false };
                Arc::make_mut(&mut tenant.fields).insert(definition.key.clone(), known);
            }
            TenantEvent::CustomFieldRemoved { key } => {
                if let Some(known) = Arc::make_mut(&mut tenant.fields).get_mut(key) {
                    known.removed = true;
                }
            }
            fact @ (TenantEvent::RecordRightsSet { .. }
            | TenantEvent::FunctionalRightSet { .. }) => {
                tenant.rights.evolve(fact);
            }
            TenantEvent::DiarySettingsChanged(settings) => tenant.diary = *settings,
            TenantEvent::FeatureSwitched { feature, on: true } => {
                tenant.without.remove(feature);
            }
            TenantEvent::FeatureSwitched { feature, on: false } => {
                tenant.without.insert(*feature);
            }
            TenantEvent::TargetPeriodSet { period } => tenant.target_period = *period,
        }
        tenant
    }
}

/// SO-44: what a role is stays as the contract has it, and somebody can always set rights.
fn set_functional_right(
    tenant: &Tenant,
    role: Role,
    right: Right,
    allowed: bool,
) -> Result<Decision, Refusal> {
    let locks_out = role == Role::Admin && right == Right::MaintainTenant && !allowed;
    if locks_out || !Right::MAINTAINED.contains(&right) {
        return Err(Refusal::RightFixed);
    }
    if tenant.rights.role_may(role, right) == allowed {
        return Ok(Decision::nothing());
    }
    let set = TenantEvent::FunctionalRightSet { role, right, allowed };
    Ok(Decision::of([Event::Tenant(set)]))
}

#[cfg(test)]
mod tests {
    use events::Aggregate;

    use super::*;
    use crate::Order;
    use crate::spec::given;

    /// SO-50: everything is there until it is switched off.
    #[test]
    fn a_part_of_the_product_is_switched_off_and_on_so_50() {
        let switch =
            |on| Order::Tenant(TenantCommand::SwitchFeature { feature: Feature::Guide, on });
        let switched =
            |on| Event::Tenant(TenantEvent::FeatureSwitched { feature: Feature::Guide, on });
        given(Aggregate::Tenant, []).when(switch(true)).then_nothing();
        given(Aggregate::Tenant, []).when(switch(false)).then([switched(false)]);
        given(Aggregate::Tenant, [switched(false)]).when(switch(false)).then_nothing();
        given(Aggregate::Tenant, [switched(false)]).when(switch(true)).then([switched(true)]);
        given(Aggregate::Tenant, [switched(false), switched(true)])
            .when(switch(true))
            .then_nothing();
    }
}
