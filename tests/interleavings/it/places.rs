//! Places: never more than there are, also for one tenant, and each is given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use command_service::call::ExecuteError;
use events::TenantSlug;
use interleavings::explore::{below, explore, finds, switch};
use shuttle::future::{block_on, spawn};

trait Seats: Clone + Send + Sync + 'static {
    type Place: Send;
    fn with(all: usize, tenant: usize) -> Self;
    fn seat(&self, tenant: &TenantSlug) -> Result<Self::Place, ExecuteError>;
}

macro_rules! seats {
    ($($module:ident)*) => {
        $(impl Seats for interleavings::$module::Places {
            type Place = interleavings::$module::Place;

            fn with(all: usize, tenant: usize) -> Self {
                Self::new(all, tenant)
            }

            fn seat(&self, tenant: &TenantSlug) -> Result<Self::Place, ExecuteError> {
                self.take(tenant)
            }
        })*
    };
}

seats! { places places_that_look_before_they_take }

fn scene<S: Seats>() {
    block_on(async {
        let tenants = ["demo", "other"].map(|slug| TenantSlug::parse(slug).unwrap());
        let places = S::with(3, 2);
        let taken = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let guests = (0..5).map(|_| {
            let (places, tenants, taken) = (places.clone(), tenants.clone(), Arc::clone(&taken));
            spawn(async move {
                let which = below(2) as usize;
                let Ok(place) = places.seat(&tenants[which]) else { return };
                let mine = taken[which].fetch_add(1, Ordering::SeqCst) + 1;
                let all = mine + taken[1 - which].load(Ordering::SeqCst);
                assert!(mine <= 2 && all <= 3, "{mine} of one tenant, {all} in all");
                switch();
                taken[which].fetch_sub(1, Ordering::SeqCst);
                drop(place);
            })
        });
        for guest in guests.collect::<Vec<_>>() {
            guest.await.unwrap();
        }
        let again =
            [&tenants[0], &tenants[0], &tenants[1]].map(|tenant| places.seat(tenant).is_ok());
        assert_eq!(again, [true; 3], "a place was not given back");
    });
}

#[test]
fn no_order_takes_more_places_than_there_are_case_18() {
    explore(scene::<interleavings::places::Places>);
}

#[test]
fn control_places_that_are_looked_at_before_they_are_taken_are_too_many_case_18() {
    finds("of one tenant", scene::<interleavings::places_that_look_before_they_take::Places>);
}
