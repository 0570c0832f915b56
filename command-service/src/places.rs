//! How many commands may wait at once: a bound for the process, and a smaller one for each tenant, so that
//! one tenant's burst leaves room for the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use events::TenantSlug;
use metrics::Gauge;
use service_runtime::fault_point;

use crate::call::ExecuteError;

/// Commands waiting at once in one replica (design §5); more are answered with 503.
pub const WAITING_MAX: usize = 4_096;

/// The places of one process.
#[derive(Debug, Clone)]
pub struct Places {
    taken: Arc<Mutex<Taken>>,
    all_max: usize,
    tenant_max: usize,
}

#[derive(Debug)]
struct Taken {
    all: usize,
    shown: Gauge,
    by_tenant: HashMap<TenantSlug, usize>,
}

/// A place; dropping it gives it back.
#[derive(Debug)]
pub struct Place {
    taken: Arc<Mutex<Taken>>,
    tenant: TenantSlug,
}

impl Places {
    /// So many places, but no more than [`WAITING_MAX`]; three quarters of them for one tenant, whose further commands are
    /// answered with 429.
    pub fn of(all_max: usize) -> Self {
        let all_max = all_max.clamp(1, WAITING_MAX);
        let shown = u32::try_from(all_max).unwrap_or(u32::MAX);
        metrics::gauge!("salgslogg_command_places").set(f64::from(shown));
        Self::new(all_max, (all_max * 3).div_ceil(4))
    }

    /// Places with bounds of the caller's.
    pub fn new(all_max: usize, tenant_max: usize) -> Self {
        let shown = metrics::gauge!("salgslogg_command_places_taken");
        let taken = Taken { all: 0, shown, by_tenant: HashMap::new() };
        Self { taken: Arc::new(Mutex::new(taken)), all_max, tenant_max }
    }

    /// Takes a place, or says which bound is reached. Never waits.
    pub fn take(&self, tenant: &TenantSlug) -> Result<Place, ExecuteError> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let bounded = !fault_point::removed("places");
        if bounded && taken.all >= self.all_max {
            return Err(ExecuteError::Overloaded);
        }
        let of_tenant = taken.by_tenant.entry(tenant.clone()).or_default();
        if bounded && *of_tenant >= self.tenant_max {
            return Err(ExecuteError::TenantOverloaded);
        }
        *of_tenant += 1;
        taken.all += 1;
        taken.shown.increment(1.0);
        Ok(Place { taken: Arc::clone(&self.taken), tenant: tenant.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        taken.shown.decrement(1.0);
        if let Some(of_tenant) = taken.by_tenant.get_mut(&self.tenant) {
            *of_tenant = of_tenant.saturating_sub(1);
            if *of_tenant == 0 {
                taken.by_tenant.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_place_of_a_tenant_and_of_the_process_can_be_taken_but_no_more() {
        let (demo, other) =
            (TenantSlug::parse("demo").unwrap(), TenantSlug::parse("other").unwrap());
        let places = Places::new(3, 2);
        let first = places.take(&demo).unwrap();
        let _second = places.take(&demo).unwrap();
        assert!(matches!(places.take(&demo), Err(ExecuteError::TenantOverloaded)));
        let _third = places.take(&other).unwrap();
        assert!(matches!(places.take(&other), Err(ExecuteError::Overloaded)));
        drop(first);
        assert!(places.take(&demo).is_ok());
    }
}
