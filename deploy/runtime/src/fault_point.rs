//! Places where a test lets a program die, and protections it takes away: only in debug builds, only when the
//! environment says so. Owns how a point is named and counted; must not know what happens there.
//!
//! `SALGSLOGG_FAULT_POINT=append.after-commit:3` ends the process at the third passing of that point, without a
//! word to anybody, as kill -9 does. `SALGSLOGG_WITHOUT=lease,fence` takes protections away, which shows that it
//! was they that held. Release builds compile both to nothing.

use std::pin::pin;

#[cfg(debug_assertions)]
use armed::{die_at, is_without};

/// Dies here when told to.
pub fn pass(name: &str) {
    #[cfg(debug_assertions)]
    die_at(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

/// Whether a protection was taken away for a negative control; never in a release build.
#[must_use]
pub fn removed(protection: &str) -> bool {
    #[cfg(debug_assertions)]
    return is_without(protection);
    #[cfg(not(debug_assertions))]
    {
        let _ = protection;
        false
    }
}

/// Passes the point whenever `work` has to wait for something: a call to a server that is on its way.
pub async fn during<F: Future>(name: &str, work: F) -> F::Output {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            pass(name);
        }
        polled
    })
    .await
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use crate::config::standard;

    /// A point to die at, and how often it is passed unharmed before.
    pub(super) struct Armed {
        name: String,
        left: AtomicU64,
    }

    impl Armed {
        /// Reads `name` or `name:n`, with n from 1.
        pub(super) fn parse(text: &str) -> Option<Self> {
            let (name, times) = text.split_once(':').unwrap_or((text, "1"));
            let left = times.parse::<u64>().ok()?.checked_sub(1)?;
            Some(Self { name: name.to_owned(), left: AtomicU64::new(left) })
        }

        /// Whether this passing is the last one.
        pub(super) fn is_last(&self, name: &str) -> bool {
            let spend = |left: u64| left.checked_sub(1);
            self.name == name
                && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_err()
        }
    }

    pub(super) fn die_at(name: &str) {
        static POINT: OnceLock<Option<Armed>> = OnceLock::new();
        let point = POINT.get_or_init(|| {
            let text = standard("SALGSLOGG_FAULT_POINT")?;
            Some(
                Armed::parse(&text)
                    .expect("SALGSLOGG_FAULT_POINT is a name, or name:n with n from 1"),
            )
        });
        if point.as_ref().is_some_and(|armed| armed.is_last(name)) {
            std::process::abort();
        }
    }

    pub(super) fn is_without(protection: &str) -> bool {
        static WITHOUT: OnceLock<Option<String>> = OnceLock::new();
        let without = WITHOUT.get_or_init(|| standard("SALGSLOGG_WITHOUT"));
        without.as_ref().is_some_and(|names| names.split(',').any(|name| name == protection))
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::armed::Armed;
    use super::{during, pass, removed};

    #[test]
    fn a_point_is_fatal_at_its_last_passing_and_no_other() {
        let third = Armed::parse("append.after-commit:3").unwrap();
        let seen: Vec<_> = (0..3).map(|_| third.is_last("append.after-commit")).collect();
        assert_eq!(seen, [false, false, true]);
        assert!(!Armed::parse("drain").unwrap().is_last("append"));
        assert!(Armed::parse("drain").unwrap().is_last("drain"));
        assert!(Armed::parse("drain:0").is_none() && Armed::parse("drain:x").is_none());
    }

    #[tokio::test]
    async fn nothing_dies_and_nothing_is_missing_unless_somebody_says_so() {
        pass("anything");
        assert!(!removed("anything"));
        assert_eq!(
            during("anything", async {
                tokio::task::yield_now().await;
                7
            })
            .await,
            7
        );
    }
}
