//! Who belongs to a group at the moment of a question: selecting a group selects its members (SD-22).

use service_runtime::Problem;

use super::filters::add;
use super::{Snapshot, coordinates, failed};

/// The owners a question is about: those it names, and the members of the groups it names. None: nobody was named.
pub(crate) async fn owners_and_members(
    snapshot: &mut Snapshot,
    owners: Option<Vec<String>>,
    members: Option<&[String]>,
) -> Result<Option<Vec<String>>, Problem> {
    let Some(groups) = members else { return Ok(owners) };
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, groups);
    let of_groups: Vec<String> = sqlx::query_scalar_with(
        "SELECT user_id FROM user_version
          WHERE tenant_id = $1 AND groups ?| $5
            AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)
          ORDER BY user_id",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let mut all = owners.unwrap_or_default();
    all.extend(of_groups);
    all.sort();
    all.dedup();
    Ok(Some(all))
}
