//! Criteria over what is known of the company or contact a sale is linked to (SF-7): first who of them passes, which is
//! kept and brought on by what changed of companies and contacts, then the sales that are linked to one of those. So a
//! sale need not change for a search to find it.

use std::sync::Arc;

use events::criteria::{Condition, Field};
use service_runtime::Problem;

use super::SaleSet;
use super::found::Leaf;
use super::look_up::passing;
use crate::ask::{Snapshot, add, coordinates, failed};
use crate::standing::{Linked, Sought};

/// The fields that lie with a company or a contact.
const FIELDS: [(Field, Linked); 5] = [
    (Field::CompanyCategory, Linked::Company),
    (Field::CompanyBusiness, Linked::Company),
    (Field::CompanyCountry, Linked::Company),
    (Field::ContactEmail, Linked::Contact),
    (Field::ContactPhone, Linked::Contact),
];

/// With whom a field lies; none for a field of sales and of what belongs to them.
pub(super) fn lies_with(field: &Field) -> Option<Linked> {
    FIELDS.iter().find(|(of, _)| of == field).map(|(_, to)| *to)
}

/// The sales of a condition: those linked to somebody who passes, or all others, also those that are linked to nobody.
pub(super) async fn leaf(
    snapshot: &mut Snapshot,
    to: Linked,
    field: &Field,
    condition: &Condition,
) -> Result<Leaf, Problem> {
    let ids = passing(snapshot, to, field, condition).await?;
    if snapshot.view().is_some() {
        return Ok(Leaf::Held(Sought::linked(to, ids, condition.negated)));
    }
    let sales = linked_to(snapshot, to, &ids).await?;
    Ok(Leaf::Looked(Arc::new(sales), !condition.negated))
}

/// The sales that are linked to one of these companies or contacts.
async fn linked_to(snapshot: &mut Snapshot, to: Linked, ids: &SaleSet) -> Result<SaleSet, Problem> {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, ids.iter().copied().collect::<Vec<_>>());
    add(&mut arguments, to == Linked::Company);
    let sales = sqlx::query_scalar_with(
        "SELECT s.sale_id FROM sale_version AS s
          WHERE s.tenant_id = $1 AND NOT s.deleted AND CASE WHEN $6 THEN s.company_id ELSE s.contact_id END = ANY ($5)
            AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position,
                     $2, $3, $4)",
        arguments,
    );
    let sales = sales.fetch_all(&mut *snapshot.tx).await.map_err(|e| failed(&e))?;
    Ok(sales.into_iter().collect())
}
