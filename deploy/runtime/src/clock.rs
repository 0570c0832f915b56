//! The only source of time. Business code asks a [`Clock`] it was given, so a test can hold the
//! clock in its hand and move it. Must not be bypassed: `clippy.toml` bans every other way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// The longest uninterrupted sleep of a system clock. A sleeper looks at the wall clock again after
/// it, so a clock that was set while somebody slept is noticed within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// A clock: the machine's, or one held in a test's hand. Clones share the hand.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Hand(Arc<watch::Sender<DateTime<Utc>>>),
}

impl Clock {
    /// The machine's wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `at` until [`set`](Self::set) or [`advance`](Self::advance) moves it.
    #[must_use]
    pub fn in_hand(at: DateTime<Utc>) -> Self {
        Self(Source::Hand(Arc::new(watch::Sender::new(at))))
    }

    /// The present instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now(),
            Source::Hand(hand) => *hand.borrow(),
        }
    }

    /// Moves a clock in hand to `at`, backwards too, and wakes whoever waits for that time.
    ///
    /// # Panics
    /// On the system clock, which nobody may set.
    pub fn set(&self, at: DateTime<Utc>) {
        match &self.0 {
            Source::System => panic!("invariant: only a clock in hand can be set"),
            Source::Hand(hand) => {
                hand.send_replace(at);
            }
        }
    }

    /// Moves a clock in hand forward by `step`.
    ///
    /// # Panics
    /// On the system clock, and when the time leaves the calendar.
    pub fn advance(&self, step: Duration) {
        let step = TimeDelta::from_std(step).expect("invariant: a test's step fits the calendar");
        self.set(self.now() + step);
    }

    /// Returns when this clock shows `at` or later; at once if it already does. Safe to cancel.
    pub async fn sleep_until(&self, at: DateTime<Utc>) {
        match &self.0 {
            Source::System => loop {
                let Ok(left) = (at - self.now()).to_std() else {
                    return;
                };
                if left.is_zero() {
                    return;
                }
                back_off(left.min(LOOK_AGAIN)).await;
            },
            Source::Hand(hand) => {
                let reached = hand.subscribe().wait_for(|now| *now >= at).await.is_ok();
                debug_assert!(reached, "invariant: the clock owns its sender");
            }
        }
    }

    /// Returns when this clock has moved on by `wait`. For business time (timers, due dates); a
    /// retry that only gives a machine a rest uses [`back_off`].
    pub async fn sleep(&self, wait: Duration) {
        let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
        let until = self.now().checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.sleep_until(until).await;
    }
}

/// Waits `pause` of real time, whatever clock the business uses: polling and retries.
#[expect(clippy::disallowed_methods, reason = "the one place that really sleeps")]
pub async fn back_off(pause: Duration) {
    tokio::time::sleep(pause).await;
}

/// Pauses between retries: doubles from `first` to `longest`, and starts over after a success.
#[derive(Debug, Clone)]
pub struct BackOff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl BackOff {
    /// A series of pauses from `first`, doubling up to `longest`.
    #[must_use]
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// The next pause of the series.
    pub fn next_pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.longest);
        pause
    }

    /// Starts the series over; call it after a success.
    pub fn reset(&mut self) {
        self.next = self.first;
    }

    /// Waits the next pause.
    pub async fn pause(&mut self) {
        let pause = self.next_pause();
        back_off(pause).await;
    }
}

/// Measures how long something took, in machine time.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the monotonic clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_773_144_000, 0).unwrap()
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_hand_reaches_its_time() {
        let clock = Clock::in_hand(noon());
        let sleeper = clock.clone();
        let mut sleep = Box::pin(sleeper.sleep(Duration::from_secs(60)));
        assert!(futures::poll!(sleep.as_mut()).is_pending());
        clock.advance(Duration::from_secs(59));
        assert!(futures::poll!(sleep.as_mut()).is_pending());
        clock.advance(Duration::from_secs(1));
        assert!(futures::poll!(sleep.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn sleeping_until_a_past_time_returns_at_once() {
        let past = noon() - TimeDelta::days(1);
        assert!(futures::poll!(Box::pin(Clock::in_hand(noon()).sleep_until(past))).is_ready());
        assert!(futures::poll!(Box::pin(Clock::system().sleep_until(past))).is_ready());
    }

    #[test]
    fn a_hand_moves_backwards_too() {
        let clock = Clock::in_hand(noon());
        clock.set(noon() - TimeDelta::days(30));
        assert_eq!(clock.now(), noon() - TimeDelta::days(30));
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_start_over() {
        let mut pauses = BackOff::new(Duration::from_secs(1), Duration::from_secs(3));
        let series: Vec<u64> = (0..4).map(|_| pauses.next_pause().as_secs()).collect();
        assert_eq!(series, [1, 2, 3, 3]);
        pauses.reset();
        assert_eq!(pauses.next_pause(), Duration::from_secs(1));
    }
}
