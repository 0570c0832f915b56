//! Open loop: work falls due at a fixed rate whether or not the last piece is done, and waiting for its turn counts.
//!
//! A thread of its own wakes at each due time; it sleeps with the kernel's timer (about 60 µs late), not with one that
//! rounds to whole milliseconds, and the time runs from the moment it woke: the timer is not charged to the answer.

use std::time::Duration;

use service_runtime::clock::Stopwatch;
use tokio::sync::mpsc;

/// A piece of work that is due, with the time since.
pub type Due = Stopwatch;

/// Pieces of work falling due `rate` times a second, for `time`. When `waiting` of them wait already, the next ones are
/// left out.
pub fn clockwork(rate: u32, time: Duration, waiting: usize) -> mpsc::Receiver<Due> {
    let (tell, told) = mpsc::channel(waiting.max(1));
    std::thread::spawn(move || {
        let watch = Stopwatch::start();
        let mut count: u32 = 0;
        loop {
            let due =
                Duration::from_nanos(u64::from(count) * 1_000_000_000 / u64::from(rate.max(1)));
            if due >= time {
                return;
            }
            while let Some(pause) =
                due.checked_sub(watch.elapsed()).filter(|pause| !pause.is_zero())
            {
                std::thread::park_timeout(pause);
            }
            count += 1;
            if let Err(mpsc::error::TrySendError::Closed(_)) = tell.try_send(Stopwatch::start()) {
                return;
            }
        }
    });
    told
}
