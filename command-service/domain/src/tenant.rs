//! The tenant itself: base currency and time zone (design §2, Tenant).

use chrono_tz::Tz;
use events::{CurrencyCode, Event, TenantEvent};

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
}

/// What is remembered of a tenant; before its first accepted command it has the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    provisioned: bool,
    base_currency: CurrencyCode,
    time_zone: Tz,
}

impl Default for Tenant {
    fn default() -> Self {
        Self { provisioned: false, base_currency: CurrencyCode::EUR, time_zone: Tz::UTC }
    }
}

impl Tenant {
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
        }
    }

    fn evolve(mut tenant: Self, event: &TenantEvent) -> Self {
        match event {
            TenantEvent::Provisioned { base_currency, time_zone } => {
                tenant = Self {
                    provisioned: true,
                    base_currency: *base_currency,
                    time_zone: *time_zone,
                };
            }
            TenantEvent::BaseCurrencyChanged { base_currency } => {
                tenant.base_currency = *base_currency
            }
            TenantEvent::TimeZoneChanged { time_zone } => tenant.time_zone = *time_zone,
        }
        tenant
    }
}
