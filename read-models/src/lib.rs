//! Every question the product answers, and the rows behind the answers.
//!
//! Owns the tables of the read models, the folds that fill them and the routes that ask them. It must not
//! decide anything and must not write to the log; a projection runner feeds it, the runtime guards it.
//!
//! # How to add a read model
//! 1. `src/<name>/`: rows, pure `evolve`, load and save, the same fold in memory; an `impl ReadModel`.
//! 2. One line in [`all`].
//! 3. `migrations/read_models/<name>/tables.sql`, which names no schema.
//!
//! Runner, rebuild, lag metric, health and `/v1/projections` appear by themselves.
//!
//! # How to add a question
//! One file: what it answers, its parameters, its SQL, its answer, its route; one line in [`routes`].

use std::sync::Arc;

use events::codec::aggregate_of;
use events::{Aggregate, DecodeError, Recorded};
use futures::future::BoxFuture;
use sqlx::PgConnection;
use thiserror::Error;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod actions;
mod activities;
pub mod activity;
mod analyses;
mod ask;
mod board;
mod card;
mod card_page;
mod card_rates;
mod card_tabs;
mod changes;
mod compared;
mod currencies;
mod custom_fields;
mod diary;
mod due;
mod event_feed;
mod event_sight;
mod export;
mod figures;
mod find;
mod forecast;
mod grouped;
mod guide;
mod history;
mod kept_cards;
mod lists;
mod me;
mod money;
mod neighbours;
pub mod parked;
mod parties;
mod pipeline;
mod poison;
mod progress;
mod projections;
pub mod rebuild;
mod roles;
pub mod sale;
mod sale_card;
mod sale_history;
mod sale_list;
mod sale_summary;
mod sale_types;
pub mod schema;
mod selections;
mod shares;
mod stages;
mod standing;
mod targets;
#[cfg(test)]
mod tests;
mod tiles;
mod upcoming;
mod users;
mod version;

pub use ask::{Live, NotLive, Questions};
pub use poison::{OnPoison, Reason};
pub use progress::Progress;
pub use standing::Standings;

/// Rows that follow the log. The runner hands over every event of the aggregates a model reads, in order; rows and
/// checkpoint commit together.
pub trait ReadModel: Send + Sync {
    /// Its name in `es_ops.projection` and, as `rm_<name>_<generation>`, of its schemas.
    fn name(&self) -> &'static str;

    /// Rises when fold or tables change in a way that needs a rebuild.
    fn version(&self) -> i32;

    /// SQL that makes the tables of one generation; names no schema.
    fn tables(&self) -> &'static str;

    /// The aggregates it is built from. Events of others are passed over, also of aggregates this program has
    /// never heard of; an event of these that cannot be read is poison (case 40).
    fn reads(&self) -> &'static [Aggregate];

    /// What happens to an event that cannot be applied, in a new generation; an operator may change it.
    fn on_poison(&self) -> OnPoison;

    /// An empty fold in memory, for a rebuild: the same rules as [`apply`](Self::apply), rows into COPY.
    fn fold(&self) -> Box<dyn rebuild::Fold>;

    /// Whether an event belongs to one of the aggregates it [`reads`](Self::reads). Looks at the name alone.
    fn concerns(&self, event: &Recorded) -> bool {
        aggregate_of(&event.event_type).is_some_and(|aggregate| self.reads().contains(&aggregate))
    }

    /// Applies a run of the log, in order, without the events that do not [concern](Self::concerns) it, inside the
    /// runner's transaction. `search_path` is the generation's schema already.
    ///
    /// # Errors
    /// An event that cannot be read or folded, or a failed statement: the run is not applied at all.
    fn apply<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        events: &'a [Recorded],
    ) -> BoxFuture<'a, Result<(), ApplyError>>;
}

/// Why a run of events could not be applied.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// Stored bytes this program cannot read.
    #[error("cannot decode an event")]
    Decode(#[from] DecodeError),
    /// An event that does not follow from the stream before it.
    #[error("position {position}: {what}")]
    Unfoldable {
        /// Position of the event.
        position: i64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The database refused or was lost.
    #[error("cannot write the read model")]
    Database(#[from] sqlx::Error),
}

impl ApplyError {
    /// Position of the event at fault, when one event is.
    #[must_use]
    pub fn position(&self) -> Option<i64> {
        match self {
            Self::Decode(DecodeError::At { position, .. }) | Self::Unfoldable { position, .. } => {
                Some(*position)
            }
            Self::Decode(_) | Self::Database(_) => None,
        }
    }
}

/// Every read model, one line each.
#[must_use]
pub fn all() -> Vec<Arc<dyn ReadModel>> {
    vec![Arc::new(sale::SaleModel), Arc::new(activity::ActivityModel)]
}

/// Every question, one line each.
pub fn routes() -> OpenApiRouter<Questions> {
    OpenApiRouter::new()
        .merge(analyses::routes())
        .merge(export::routes())
        .routes(routes!(pipeline::pipeline))
        .routes(routes!(board::board))
        .routes(routes!(forecast::forecast))
        .routes(routes!(diary::diary))
        .routes(routes!(diary::free))
        .routes(routes!(due::due))
        .routes(routes!(sale_list::sales))
        .routes(routes!(grouped::grouped))
        .routes(routes!(find::find_sales))
        .routes(routes!(find::search))
        .routes(routes!(find::criteria_fields))
        .routes(routes!(find::typical_searches))
        .routes(routes!(neighbours::neighbours))
        .routes(routes!(sale_summary::sale_summary))
        .routes(routes!(sale_card::sale))
        .routes(routes!(sale_history::history))
        .routes(routes!(guide::guide))
        .routes(routes!(activities::activities))
        .routes(routes!(activities::activity))
        .routes(routes!(activities::activity_history))
        .routes(routes!(tiles::my_forecast))
        .routes(routes!(tiles::largest_upcoming))
        .routes(routes!(tiles::year_to_date))
        .routes(routes!(tiles::big_number))
        .routes(routes!(tiles::activity_pace))
        .routes(routes!(tiles::compare_to_target))
        .routes(routes!(targets::target_types))
        .routes(routes!(targets::targets))
        .routes(routes!(targets::target_of_id))
        .routes(routes!(targets::target_history))
        .routes(routes!(stages::stages))
        .routes(routes!(stages::stage))
        .routes(routes!(sale_types::sale_types))
        .routes(routes!(sale_types::sale_type))
        .routes(routes!(currencies::currencies))
        .routes(routes!(users::users))
        .routes(routes!(users::user))
        .routes(routes!(parties::companies))
        .routes(routes!(parties::company))
        .routes(routes!(parties::contacts))
        .routes(routes!(parties::contact))
        .routes(routes!(selections::views))
        .routes(routes!(selections::selections))
        .routes(routes!(selections::selection))
        .routes(routes!(selections::members))
        .routes(routes!(lists::lists))
        .routes(routes!(lists::list))
        .routes(routes!(me::me))
        .routes(routes!(custom_fields::custom_fields))
        .routes(routes!(roles::roles))
        .routes(routes!(event_feed::events))
        .routes(routes!(projections::projections))
}
