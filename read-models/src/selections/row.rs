//! A selection as a caller finds it.

use chrono::{DateTime, Utc};
use events::{BoardView, Criteria, SelectionId};
use serde::Serialize;
use service_runtime::{Actor, Problem, Right};
use sqlx::postgres::PgArguments;
use sqlx::types::Json as SqlJson;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ask::{Snapshot, add, coordinates, failed};

/// A selection.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
pub(crate) struct Selection {
    /// Public id.
    id: Uuid,
    /// Version, for `If-Match`.
    version: i64,
    /// `static`: members were put there; `dynamic`: they are what its criteria find.
    kind: String,
    /// Its name.
    name: String,
    /// Whose it is (`sub`).
    owner: String,
    /// Their primary group when it became theirs.
    group: Option<String>,
    /// Key of its category.
    category: Option<String>,
    /// Long text.
    description: Option<String>,
    /// Who sees it: `all`, `owner` or `group`.
    visible_for: String,
    /// The group, of a selection for one.
    visible_group: Option<String>,
    /// Worked through.
    completed: bool,
    /// When its newest fact took effect.
    updated_at: DateTime<Utc>,
}

/// A selection with what finds its members and how its board looks.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Found {
    #[sqlx(flatten)]
    pub selection: Selection,
    criteria: Option<SqlJson<Criteria>>,
    view: Option<SqlJson<BoardView>>,
    members: Vec<Uuid>,
}

/// What finds the members of a selection.
#[derive(Debug, Clone)]
pub(crate) enum Members {
    /// These sales, as far as they are seen.
    Static(Vec<Uuid>),
    /// What these find.
    Dynamic(Criteria),
}

impl Selection {
    /// Version of its stream.
    pub fn version(&self) -> i64 {
        self.version
    }
}

impl Found {
    /// What finds its members.
    pub fn members(&self) -> Members {
        match self.criteria().filter(|_| self.selection.kind == "dynamic") {
            Some(criteria) => Members::Dynamic(criteria.clone()),
            None => Members::Static(self.members.clone()),
        }
    }

    /// What finds its members, or found them.
    pub fn criteria(&self) -> Option<&Criteria> {
        self.criteria.as_ref().map(|SqlJson(criteria)| criteria)
    }

    /// How its board looks; none for the usual way (SF-14).
    pub fn view(&self) -> Option<&BoardView> {
        self.view.as_ref().map(|SqlJson(view)| view)
    }
}

/// Binds `$1` to `$7`: the moment, and who asks.
pub(super) fn bind_caller(snapshot: &Snapshot, actor: &Actor) -> PgArguments {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, actor.user.as_str());
    add(&mut arguments, actor.principal().groups);
    add(&mut arguments, snapshot.rights.may(actor.roles, Right::SeeHiddenSales));
    arguments
}

/// The selection at the moment of the question.
///
/// # Errors
/// 404: there is none with this id, it is deleted, or the caller does not see it.
pub(crate) async fn found(
    snapshot: &mut Snapshot,
    actor: &Actor,
    id: Uuid,
) -> Result<Found, Problem> {
    let mut arguments = bind_caller(snapshot, actor);
    add(&mut arguments, SelectionId(id).stream().stream_id(&actor.tenant));
    let found: Option<Found> = sqlx::query_as_with(
        concat!(
            "SELECT ",
            include_str!("columns.sql"),
            " FROM selection_version AS v
              WHERE v.tenant_id = $1 AND v.stream_id = $8 AND NOT v.deleted
                AND held(v.effective_at, v.recorded_at, v.position, v.next_effective_at, v.next_recorded_at,
                         v.next_position, $2, $3, $4) AND ",
            include_str!("seen.sql")
        ),
        arguments,
    )
    .fetch_optional(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    found.ok_or_else(|| no_such_selection(id))
}

/// 404, the same for ids that never were, were not yet, of other tenants, and for what is not seen.
pub(super) fn no_such_selection(id: Uuid) -> Problem {
    Problem::not_found("no selection has this id").about(format!("/v1/selections/{id}"))
}

impl Snapshot {
    /// Which of these streams are selections that the caller sees, deleted ones included.
    pub async fn seen_selections(
        &mut self,
        actor: &Actor,
        streams: &[Uuid],
    ) -> Result<Vec<Uuid>, Problem> {
        if streams.is_empty() {
            return Ok(Vec::new());
        }
        let mut arguments = bind_caller(self, actor);
        add(&mut arguments, streams);
        sqlx::query_scalar_with(
            concat!(
                "SELECT DISTINCT v.stream_id FROM selection_version AS v
                  WHERE v.tenant_id = $1 AND v.stream_id = ANY ($8)
                    AND COALESCE($2::timestamptz, $3::timestamptz, now()) IS NOT NULL
                    AND COALESCE($4::bigint, 0) >= 0 AND ",
                include_str!("seen.sql")
            ),
            arguments,
        )
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))
    }
}
