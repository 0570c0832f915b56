//! The tenant itself: base currency and time zone (design §2, Tenant).

use std::sync::Arc;

use chrono_tz::Tz;
use events::rights::{RecordRights, Records, Right, Role, TenantRights};
use events::{
    CurrencyCode, DiarySettings, Event, FieldDefinition, ListKey, TenantEvent, TimeOfDay,
};

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
}

/// Fields of a SetDiary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiaryChanges {
    /// SD-3, 1 to 1440.
    pub meeting_minutes: Option<u16>,
    /// SD-3, 1 to 1440.
    pub call_minutes: Option<u16>,
    /// SD-4.
    pub day_from: Option<TimeOfDay>,
    /// SD-4.
    pub day_to: Option<TimeOfDay>,
    /// SD-15.
    pub mark_overdue: Option<bool>,
    /// SD-13.
    pub done_leave_at_once: Option<bool>,
    /// §6-A32.
    pub assignment_notices: Option<bool>,
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

    /// The fact that goes with the first accepted command.
    pub fn provisioning(&self) -> TenantEvent {
        TenantEvent::Provisioned { base_currency: self.base_currency, time_zone: self.time_zone }
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
            TenantCommand::SetDiary(changes) => set_diary(tenant.diary, changes),
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

/// A day at most, and something.
const MINUTES: std::ops::RangeInclusive<u16> = 1..=1_440;

/// All settings as they are from now on; none when nothing differs.
fn set_diary(now: DiarySettings, changes: DiaryChanges) -> Result<Decision, Refusal> {
    let new = DiarySettings {
        meeting_minutes: changes.meeting_minutes.unwrap_or(now.meeting_minutes),
        call_minutes: changes.call_minutes.unwrap_or(now.call_minutes),
        day_from: changes.day_from.unwrap_or(now.day_from),
        day_to: changes.day_to.unwrap_or(now.day_to),
        mark_overdue: changes.mark_overdue.unwrap_or(now.mark_overdue),
        done_leave_at_once: changes.done_leave_at_once.unwrap_or(now.done_leave_at_once),
        assignment_notices: changes.assignment_notices.unwrap_or(now.assignment_notices),
    };
    for (minutes, pointer) in
        [(new.meeting_minutes, "/meeting_minutes"), (new.call_minutes, "/call_minutes")]
    {
        if !MINUTES.contains(&minutes) {
            return Err(Refusal::LengthOutOfRange { pointer });
        }
    }
    if new.day_to <= new.day_from {
        return Err(Refusal::DayEndsFirst);
    }
    if new == now {
        return Ok(Decision::nothing());
    }
    Ok(Decision::of([Event::Tenant(TenantEvent::DiarySettingsChanged(new))]))
}

#[cfg(test)]
mod tests {
    use events::Aggregate;

    use super::*;
    use crate::Order;
    use crate::spec::given;

    fn set(changes: DiaryChanges) -> Order {
        Order::Tenant(TenantCommand::SetDiary(changes))
    }

    /// SD-3, SD-4.
    #[test]
    fn diary_settings_are_changed_one_by_one_within_their_limits() {
        let hours = |from: &str, to: &str| DiaryChanges {
            day_from: Some(TimeOfDay::parse(from).unwrap()),
            day_to: Some(TimeOfDay::parse(to).unwrap()),
            ..DiaryChanges::default()
        };
        let long =
            |minutes| DiaryChanges { call_minutes: Some(minutes), ..hours("07:00", "07:01") };
        let refused = Refusal::LengthOutOfRange { pointer: "/call_minutes" };
        given(Aggregate::Tenant, []).when(set(DiaryChanges::default())).then_nothing();
        for minutes in [1, 1_440] {
            given(Aggregate::Tenant, []).when(set(long(minutes))).facts();
        }
        for minutes in [0, 1_441] {
            given(Aggregate::Tenant, []).when(set(long(minutes))).then_refused(refused.clone());
        }
        for to in ["08:00", "07:59"] {
            let order = set(hours("08:00", to));
            given(Aggregate::Tenant, []).when(order).then_refused(Refusal::DayEndsFirst);
        }
        let marks = DiaryChanges { mark_overdue: Some(false), ..DiaryChanges::default() };
        let settings = DiarySettings { mark_overdue: false, ..DiarySettings::default() };
        let changed = Event::Tenant(TenantEvent::DiarySettingsChanged(settings));
        given(Aggregate::Tenant, []).when(set(marks)).then([changed.clone()]);
        given(Aggregate::Tenant, [changed]).when(set(marks)).then_nothing();
    }
}
