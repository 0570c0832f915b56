//! The read model `sale`: versions of sales and of everything they refer to.
//!
//! Owns `*_version` tables and the fold that fills them. Pipeline, forecast, list and card are questions
//! over it and live elsewhere; nothing here knows what day it is.

mod catalogue;
mod current;
mod evolve;
mod features;
mod held;
mod lists;
mod memory;
mod party;
mod row;
mod run;
mod sale_type;
mod save;
mod save_catalogue;
mod save_party;
mod save_selection;
mod save_target;
mod selection;
mod suggestions;
mod surroundings;
mod target;
mod target_type;
mod texts;
mod user;

use events::{Aggregate, Recorded};
use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::rebuild::Fold;
use crate::{ApplyError, OnPoison, ReadModel};

pub(crate) use evolve::evolve;
pub use features::Features;
pub use held::{Fields, Links, Stakeholders};
pub use row::{Sale, Status};
pub use suggestions::{SuggestedItem, SuggestedStage, Suggestions};
pub(crate) use surroundings::Surroundings;
pub use target::Target;
pub(crate) use target::target;

/// Sales, stages, sale types, users, companies, contacts, rates and settings with all their versions.
#[derive(Debug, Clone, Copy)]
pub struct SaleModel;

impl ReadModel for SaleModel {
    fn name(&self) -> &'static str {
        "sale"
    }

    fn version(&self) -> i32 {
        5
    }

    fn tables(&self) -> &'static str {
        include_str!("../../../migrations/read_models/sale/tables.sql")
    }

    fn reads(&self) -> &'static [Aggregate] {
        &[
            Aggregate::Sale,
            Aggregate::Stage,
            Aggregate::SaleType,
            Aggregate::Currency,
            Aggregate::User,
            Aggregate::Tenant,
            Aggregate::List,
            Aggregate::Selection,
            Aggregate::TargetType,
            Aggregate::Target,
            Aggregate::Company,
            Aggregate::Contact,
        ]
    }

    /// Its rows are money totals.
    fn on_poison(&self) -> OnPoison {
        OnPoison::Halt
    }

    fn fold(&self) -> Box<dyn Fold> {
        Box::new(memory::SaleFold::default())
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(run::apply(tx, events))
    }
}
