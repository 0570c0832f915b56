//! The words a sale is found by, whenever a fact may change them.

use events::SaleEvent;
use sqlx::PgConnection;

use super::row::Sale;
use crate::rebuild::{Sheets, Table};
use crate::version::Placed;

static TEXTS: Table = Table {
    name: "sale_text",
    columns: "tenant_id, stream_id, version, position, effective_at, recorded_at, title, company, contact",
};

/// Title and names of company and contact.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    title: String,
    company: Option<String>,
    contact: Option<String>,
}

impl Texts {
    /// Of a sale after a fact that may change them.
    pub fn after(fact: &SaleEvent, sale: &Sale) -> Option<Self> {
        let may_change = matches!(
            fact,
            SaleEvent::Registered(_) | SaleEvent::TitleChanged { .. } | SaleEvent::PartiesLinked(_)
        );
        may_change.then(|| Self {
            title: sale.title.clone(),
            company: sale.company_name.clone(),
            contact: sale.contact_name.clone(),
        })
    }
}

pub(super) async fn save(
    tx: &mut PgConnection,
    texts: &[Placed<Texts>],
) -> Result<(), sqlx::Error> {
    if texts.is_empty() {
        return Ok(());
    }
    fn all<'a, C>(texts: &'a [Placed<Texts>], of: impl Fn(&'a Placed<Texts>) -> C) -> Vec<C> {
        texts.iter().map(of).collect()
    }
    sqlx::query(
        "INSERT INTO sale_text (tenant_id, stream_id, version, position, effective_at, recorded_at, title, company, contact)
         SELECT * FROM unnest($1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[],
                              $7::text[], $8::text[], $9::text[])",
    )
    .bind(all(texts, |text| text.place.tenant_id))
    .bind(all(texts, |text| text.place.stream_id))
    .bind(all(texts, |text| text.place.version))
    .bind(all(texts, |text| text.place.position))
    .bind(all(texts, |text| text.place.effective_at))
    .bind(all(texts, |text| text.place.recorded_at))
    .bind(all(texts, |text| text.row.title.as_str()))
    .bind(all(texts, |text| text.row.company.as_deref()))
    .bind(all(texts, |text| text.row.contact.as_deref()))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn hand_out(texts: impl Iterator<Item = Placed<Texts>>, to: &mut Sheets) {
    for text in texts {
        to.row(&TEXTS, |row| {
            text.place.put(row);
            row.put(text.row.title).put(text.row.company).put(text.row.contact);
        });
    }
}
