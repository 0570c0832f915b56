//! Views somebody saved: their own, or that of a selection (SF-14). Like settings these are no history: a board of the
//! past is looked at by the newest.

use events::view::BoardView;
use service_runtime::{Actor, Problem};
use sqlx::types::Json;
use uuid::Uuid;

use crate::ask::{Snapshot, failed};

/// A view of the caller's, by its name.
///
/// # Errors
/// 400 `unknown_view`.
pub(super) async fn of_caller(
    snapshot: &mut Snapshot,
    actor: &Actor,
    name: &str,
) -> Result<BoardView, Problem> {
    let found: Option<Option<Json<BoardView>>> = sqlx::query_scalar(
        "SELECT views -> $3 FROM user_version
          WHERE tenant_id = $1 AND user_id = $2 AND ($4::bigint IS NULL OR position <= $4)
          ORDER BY version DESC LIMIT 1",
    )
    .bind(snapshot.tenant_id)
    .bind(actor.user.as_str())
    .bind(name)
    .bind(snapshot.pin)
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    found.flatten().map(|Json(view)| view).ok_or_else(|| {
        let detail = "is not the name of a view you saved";
        Problem::bad_parameter("unknown_view", "view", detail)
    })
}

/// The view of a selection, if it has one. Whether the caller sees the selection is asked with the filters.
pub(super) async fn of_selection(
    snapshot: &mut Snapshot,
    selection: Uuid,
) -> Result<Option<BoardView>, Problem> {
    let found: Option<Option<Json<BoardView>>> = sqlx::query_scalar(
        "SELECT view FROM selection_version
          WHERE tenant_id = $1 AND selection_id = $2 AND ($3::bigint IS NULL OR position <= $3)
          ORDER BY version DESC LIMIT 1",
    )
    .bind(snapshot.tenant_id)
    .bind(selection)
    .bind(snapshot.pin)
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(found.flatten().map(|Json(view)| view))
}
