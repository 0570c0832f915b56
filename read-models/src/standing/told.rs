//! How far the read models have come, as the database tells it to many questions at once: each gets what was looked up
//! after it asked, so nobody is answered with a state older than their question.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex as Turn;

use super::Mark;
use crate::NotLive;

/// What one look told.
type Answer = Result<Mark, Arc<NotLive>>;

/// The looks of a tenant, one after another.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// How many looks have begun.
    begun: AtomicU64,
    /// The last one that ended, by number.
    last: Turn<Option<(u64, Answer)>>,
}

impl Told {
    /// What a look tells that begins now or later: somebody else's, if one begins before this question has its turn.
    pub async fn after_now<F>(&self, look: impl FnOnce() -> F + Send) -> Answer
    where
        F: Future<Output = Result<Mark, NotLive>> + Send,
    {
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if let Some((_, answer)) = last.as_ref().filter(|(number, _)| *number > before) {
            return answer.clone();
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = look().await.map_err(Arc::new);
        *last = Some((number, answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(position: i64) -> Mark {
        Mark { position, ..Mark::default() }
    }

    #[tokio::test]
    async fn whoever_asks_during_a_look_waits_for_the_next_one_and_shares_it() {
        let (told, looks) = (Told::default(), AtomicU64::new(0));
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let look = |position| {
            looks.fetch_add(1, Ordering::SeqCst);
            async move { Ok(at(position)) }
        };
        let first = told.after_now(|| async {
            gone.await.unwrap();
            look(1).await
        });
        let during = async {
            let both =
                futures::future::join(told.after_now(|| look(2)), told.after_now(|| look(3)));
            tokio::join!(both, async { go.send(()).unwrap() }).0
        };
        let (first, (second, third)) = tokio::join!(first, during);
        assert_eq!(first.unwrap(), at(1));
        assert_eq!((second.unwrap(), third.unwrap()), (at(2), at(2)), "one look for both");
        assert_eq!(looks.load(Ordering::SeqCst), 2);
        assert_eq!(told.after_now(|| look(4)).await.unwrap(), at(4), "an old answer is no answer");
    }

    #[tokio::test]
    async fn a_look_that_was_given_up_tells_nobody_anything() {
        let told = Told::default();
        let given_up = told.after_now(std::future::pending);
        tokio::select! {
            biased;
            _ = given_up => panic!("it never ends"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(told.after_now(|| async { Ok(at(5)) }).await.unwrap(), at(5));
        let failed = told.after_now(|| async { Err(NotLive::New) }).await;
        assert!(matches!(*failed.unwrap_err(), NotLive::New));
    }
}
