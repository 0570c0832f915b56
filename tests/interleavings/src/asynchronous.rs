//! `tokio::sync` as the product names it: the real channels and locks, each of whose doings lets any other task on first.

pub use tokio::sync::OwnedMutexGuard;

use std::sync::Arc;

use crate::explore::switch;

/// A lock that is waited for, first come first served.
#[derive(Debug, Default)]
pub struct Mutex<T>(Arc<tokio::sync::Mutex<T>>);

impl<T> Mutex<T> {
    /// Waits for the lock.
    pub async fn lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        switch();
        Arc::clone(&self.0).lock_owned().await
    }
}

/// Bounded channels.
pub mod mpsc {
    use crate::explore::switch;
    use tokio::sync::mpsc;

    /// The way in.
    pub struct Sender<T>(mpsc::Sender<T>);

    /// The way out.
    pub struct Receiver<T>(mpsc::Receiver<T>);

    impl<T> std::fmt::Debug for Sender<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.fmt(f)
        }
    }

    impl<T> std::fmt::Debug for Receiver<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.fmt(f)
        }
    }

    impl<T> Clone for Sender<T> {
        fn clone(&self) -> Self {
            Self(self.0.clone())
        }
    }

    impl<T> Sender<T> {
        /// Puts something in, if there is room.
        ///
        /// # Errors
        /// When there is none, or nobody to take it out.
        pub fn try_send(&self, value: T) -> Result<(), mpsc::error::TrySendError<T>> {
            switch();
            self.0.try_send(value)
        }
    }

    impl<T> Receiver<T> {
        /// Waits for what comes next; none when nobody can send any more.
        pub async fn recv(&mut self) -> Option<T> {
            switch();
            self.0.recv().await
        }

        /// Takes what is there.
        ///
        /// # Errors
        /// When nothing is.
        pub fn try_recv(&mut self) -> Result<T, mpsc::error::TryRecvError> {
            switch();
            self.0.try_recv()
        }
    }

    /// A channel for so many.
    #[must_use]
    pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
        let (sender, receiver) = mpsc::channel(room);
        (Sender(sender), Receiver(receiver))
    }
}

/// Channels for one answer.
pub mod oneshot {
    use crate::explore::switch;
    use tokio::sync::oneshot;

    pub use tokio::sync::oneshot::Receiver;

    /// Who has to answer.
    #[derive(Debug)]
    pub struct Sender<T>(oneshot::Sender<T>);

    impl<T> Sender<T> {
        /// Answers.
        ///
        /// # Errors
        /// When nobody waits for it any more.
        pub fn send(self, value: T) -> Result<(), T> {
            switch();
            self.0.send(value)
        }
    }

    /// A channel for one answer.
    #[must_use]
    pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
        let (sender, receiver) = oneshot::channel();
        (Sender(sender), receiver)
    }
}
