//! What a tenant's answers need beside the sales: settings, names, rates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use chrono_tz::Tz;
use events::rights::TenantRights;
use events::{CurrencyCode, DiarySettings};

use crate::ask::{Labels, Own, RatesByDay, Snapshot, WallClock};
use crate::custom_fields::Definitions;
use crate::money::Rates;
use crate::sale::Features;

/// Settings and names at a position; the rates of the day last asked for.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// The tenant's base currency.
    pub base_currency: CurrencyCode,
    /// The tenant's zone.
    pub zone: Tz,
    /// What its diaries are like.
    pub diary: DiarySettings,
    /// Which parts of the product it has.
    pub features: Features,
    /// Its clock.
    pub clock: Arc<WallClock>,
    /// Who may do what.
    pub rights: Arc<TenantRights>,
    /// Names of stages, types and users.
    pub labels: Arc<Labels>,
    /// What users set for themselves who set anything.
    pub own: HashMap<String, Own>,
    /// The custom fields of its sales.
    pub fields: Definitions,
    rates: Mutex<Option<(NaiveDate, Arc<Rates>)>>,
    rates_by_day: Mutex<Option<(NaiveDate, Arc<RatesByDay>)>>,
}

impl Catalogue {
    /// Of the tenant of a snapshot whose settings were read; no rates yet.
    pub fn new(
        settings: &Snapshot,
        labels: Arc<Labels>,
        own: HashMap<String, Own>,
        fields: Definitions,
    ) -> Self {
        let (base_currency, zone) = (settings.base_currency, settings.zone);
        let rights = Arc::clone(&settings.rights);
        Self {
            base_currency,
            zone,
            diary: settings.diary,
            features: settings.features,
            clock: WallClock::of(zone),
            rights,
            labels,
            own,
            fields,
            rates: Mutex::default(),
            rates_by_day: Mutex::default(),
        }
    }

    /// The rates of a day, when they were loaded before.
    pub fn rates(&self, day: NaiveDate) -> Option<Arc<Rates>> {
        let kept = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(of, _)| *of == day).map(|(_, rates)| Arc::clone(rates))
    }

    /// All rates up to a day, when they were loaded before.
    pub fn rates_by_day(&self, day: NaiveDate) -> Option<Arc<RatesByDay>> {
        let kept = self.rates_by_day.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(of, _)| *of == day).map(|(_, rates)| Arc::clone(rates))
    }

    /// Keeps all rates up to a day.
    pub fn keep_rates_by_day(&self, day: NaiveDate, rates: &Arc<RatesByDay>) {
        let mut kept = self.rates_by_day.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((day, Arc::clone(rates)));
    }

    /// Keeps the rates of a day.
    pub fn keep_rates(&self, day: NaiveDate, rates: &Arc<Rates>) {
        let mut kept = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((day, Arc::clone(rates)));
    }
}
