//! The window lanes share: whatever is read while others push, forget or start over follows directly on what was asked.

use std::sync::Arc;

use chrono::DateTime;
use events::{Recorded, TenantSlug};
use interleavings::explore::{below, chance, explore, finds, switch};
use shuttle::future::{block_on, spawn};
use uuid::Uuid;

trait Shared: Default + Send + Sync + 'static {
    fn newest(&self) -> i64;
    fn add(&self, event: Recorded);
    fn over(&self, position: i64, whatever: bool);
    fn behind(&self, after: i64) -> Option<Vec<Recorded>>;
}

macro_rules! shared {
    ($($module:ident)*) => {
        $(impl Shared for interleavings::$module::Window {
            fn newest(&self) -> i64 {
                self.end()
            }

            fn add(&self, event: Recorded) {
                self.push(event);
            }

            fn over(&self, position: i64, whatever: bool) {
                if whatever { self.forget(position) } else { self.restart(position) }
            }

            fn behind(&self, after: i64) -> Option<Vec<Recorded>> {
                self.after(after, 2)
            }
        })*
    };
}

shared! { window window_that_forgets_where_it_begins window_that_hands_out_in_two_looks }

fn event(position: i64) -> Recorded {
    Recorded {
        log_id: 1,
        position,
        previous: position - 1,
        tenant: TenantSlug::parse("demo").unwrap(),
        tenant_id: 1,
        stream_id: Uuid::nil(),
        version: position,
        event_id: Uuid::nil(),
        event_type: String::new(),
        schema_version: 1,
        recorded_at: DateTime::UNIX_EPOCH,
        effective_at: None,
        number: None,
        meta: Vec::new(),
        payload: Vec::new(),
        content_hash: [0; 32],
    }
}

/// One reader that pushes, as the tail does, and two lanes behind it.
fn scene<W: Shared>() {
    block_on(async {
        let window = Arc::new(W::default());
        let lanes = (0..2).map(|_| {
            let window = Arc::clone(&window);
            spawn(async move {
                let mut applied = 0;
                for _ in 0..6 {
                    // what is not in the window is read from the log
                    let Some(events) = window.behind(applied) else {
                        applied = window.newest().max(applied);
                        continue;
                    };
                    for event in events {
                        assert_eq!(event.position, applied + 1, "a hole, or a repetition");
                        applied += 1;
                    }
                }
            })
        });
        let lanes: Vec<_> = lanes.collect();
        for _ in 0..8 {
            let end = window.newest();
            if chance(5) {
                window.over(end + i64::from(below(3)), chance(2));
            } else {
                window.add(event(end + 1));
            }
            switch();
        }
        for lane in lanes {
            lane.await.unwrap();
        }
    });
}

#[test]
fn what_lanes_share_has_no_hole_in_any_order() {
    explore(scene::<interleavings::window::Window>);
}

#[test]
fn control_a_window_that_forgets_where_it_begins_is_noticed() {
    finds("a hole, or", scene::<interleavings::window_that_forgets_where_it_begins::Window>);
}

#[test]
fn control_a_window_that_is_looked_at_twice_has_a_hole() {
    finds("a hole, or", scene::<interleavings::window_that_hands_out_in_two_looks::Window>);
}
