//! The read model `activity`: versions of every meeting, to-do, call and document.
//!
//! Owns `activity_version` and the fold that fills it. Diary, activity lists and the next activity of a sale are
//! questions over it and live elsewhere; nothing here knows what day it is or in which zone.

mod evolve;
mod memory;
mod row;
mod run;
mod save;

use events::{Aggregate, Recorded};
use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::rebuild::Fold;
use crate::{ApplyError, OnPoison, ReadModel};

pub(crate) use evolve::{Surroundings, evolve};
pub use row::Activity;

/// Activities with all their versions.
#[derive(Debug, Clone, Copy)]
pub struct ActivityModel;

impl ReadModel for ActivityModel {
    fn name(&self) -> &'static str {
        "activity"
    }

    fn version(&self) -> i32 {
        3
    }

    fn tables(&self) -> &'static str {
        include_str!("../../../migrations/read_models/activity/tables.sql")
    }

    fn reads(&self) -> &'static [Aggregate] {
        &[Aggregate::Activity]
    }

    /// Its rows are added up nowhere: one activity less spoils no figure of the others.
    fn on_poison(&self) -> OnPoison {
        OnPoison::ParkStream
    }

    fn fold(&self) -> Box<dyn Fold> {
        Box::new(memory::ActivityFold::default())
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(run::apply(tx, events))
    }
}
