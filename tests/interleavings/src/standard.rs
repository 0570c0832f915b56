//! `std::sync` as the product names it: locks whose every taking lets any other task on first.

pub use std::sync::{Arc, PoisonError};

pub use shuttle::sync::{Mutex, MutexGuard};

use crate::explore::switch;

/// A lock that is held for a moment and never while another task goes on: the cache may ask for it within a lock of its
/// own.
#[derive(Debug, Default)]
pub struct RwLock<T>(std::sync::RwLock<T>);

impl<T> RwLock<T> {
    /// To look.
    ///
    /// # Errors
    /// When somebody fell over while he held it.
    pub fn read(&self) -> std::sync::LockResult<std::sync::RwLockReadGuard<'_, T>> {
        switch();
        self.0.read()
    }

    /// To change.
    ///
    /// # Errors
    /// When somebody fell over while he held it.
    pub fn write(&self) -> std::sync::LockResult<std::sync::RwLockWriteGuard<'_, T>> {
        switch();
        self.0.write()
    }
}
