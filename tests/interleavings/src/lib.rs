//! The concurrent parts of both services, explored: their own sources, with primitives that let any other task on
//! before they do what they do, under a scheduler that tries one order after the other (shuttle). The log they write to
//! is a model, because a database cannot be led through an order; what it must hold is judged on the real one elsewhere.
//!
//! `build.rs` takes the sources and makes the mutants, `it/` asks the questions. Must not contain product code.

pub mod asynchronous;
pub mod explore;
pub mod forgetful;
pub mod log;
pub mod standard;
pub mod tasks;

/// What the product's sources find where they say `crate`.
pub mod product {
    pub use crate::turns;
    pub use command_service::call;

    /// A queue that a few commands fill.
    pub mod places {
        /// Commands waiting at once.
        pub const WAITING_MAX: usize = 4;
    }

    /// Nobody looks at figures here.
    pub mod metrics {
        use std::time::Duration;

        /// A batch was sent.
        pub fn batch(_commands: usize, _events: usize, _time: Duration) {}

        /// A batch failed.
        pub fn batch_failed() {}
    }
}

macro_rules! sources {
    ($($name:ident)*) => {
        $(
            #[expect(missing_docs, reason = "the product's source has them, its story is left out")]
            pub mod $name {
                include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
            }
        )*
    };
}

sources! {
    batcher
    batcher_without_distinct_streams
    batcher_that_lets_commands_overtake
    batcher_without_a_limit_of_events
    batcher_without_a_limit_of_bytes
    batcher_that_mixes_outcomes_up
    batcher_that_is_silent_about_failures
    batcher_that_forgets_who_was_postponed
    turns
    turns_that_end_while_somebody_waits
    turns_in_the_order_of_the_caller
    turns_that_are_never_cleared_away
    stream_actor
    actor_that_puts_a_forgotten_slot_back
    actor_that_remembers_older_states
    places
    places_that_look_before_they_take
    window
    window_that_forgets_where_it_begins
    window_that_hands_out_in_two_looks
}
