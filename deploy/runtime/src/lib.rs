//! What both services share at their edge: time, ids, tasks, tokens, rights, strict input, problem
//! documents, limits, telemetry and shutdown. Owns the only access to clock, chance, environment and
//! spawning. Must not know a sale.
//!
//! A handler takes what it needs as extractors, for any axum state:
//!
//! ```text
//! async fn advance_stage(
//!     State(app): State<App>,
//!     actor: Actor,                        // 401, 403
//!     key: Option<IdempotencyKey>,         // 400
//!     expected: Option<IfMatch>,           // 400
//!     at: Option<EffectiveAt>,             // 400, 403
//!     PathId(sale): PathId<SaleId>,        // 400
//!     body: JsonBody<AdvanceStageBody>,    // 400, 413, 415
//! ) -> Result<Accepted, Problem> {
//!     actor.require(Right::ChangeSales)?;
//!     …
//! }
//! ```

pub mod access;
pub mod auth;
pub mod body;
pub mod clock;
pub mod config;
pub mod edge;
pub mod fault_point;
mod flat;
pub mod headers;
pub mod health;
pub mod ids;
pub mod json;
pub mod limits;
pub mod openapi;
pub mod operational;
pub mod params;
pub mod problem;
pub mod serve;
pub mod tasks;
pub mod telemetry;
pub mod trace;
mod unchanged;

pub use access::{Right, Role, RoleSet};
pub use auth::{Actor, Authenticator};
pub use body::{JsonBody, NoBody};
pub use clock::Clock;
pub use edge::Edge;
pub use headers::{AcceptLanguage, EffectiveAt, IdempotencyKey, IfMatch};
pub use params::{Params, PathId};
pub use problem::Problem;
pub use tasks::Tasks;
pub use trace::{TraceId, Traceparent};
pub use unchanged::{unchanged, with_tags};
