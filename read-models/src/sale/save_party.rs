//! Versions of companies and contacts in their tables: SQL that writes what a run makes, and the same into COPY.

use sqlx::PgConnection;
use uuid::Uuid;

use super::party::{CompanyVersion, ContactVersion};
use super::save_catalogue::end_stored;
use crate::rebuild::{Sheets, Table};
use crate::version::{Chain, bind_places, bind_successors, places};

static COMPANIES: Table = Table {
    name: "company_version",
    columns: places!("company_id, name, name_folded, category, business, country"),
};
static CONTACTS: Table = Table {
    name: "contact_version",
    columns: places!("contact_id, name, name_folded, company_id, email, phone"),
};

impl CompanyVersion {
    fn name(&self) -> &str {
        self.company.name.as_str()
    }

    fn category(&self) -> Option<&str> {
        self.company.category.as_ref().map(|key| key.as_str())
    }

    fn business(&self) -> Option<&str> {
        self.company.business.as_ref().map(|key| key.as_str())
    }

    fn country(&self) -> Option<&str> {
        self.company.country.as_ref().map(|code| code.as_str())
    }
}

impl ContactVersion {
    fn name(&self) -> &str {
        self.contact.name.as_str()
    }

    fn company(&self) -> Option<Uuid> {
        self.contact.company.map(|company| company.0)
    }

    fn email(&self) -> Option<&str> {
        self.contact.email.as_ref().map(|address| address.as_str())
    }

    fn phone(&self) -> Option<&str> {
        self.contact.phone.as_ref().map(|number| number.as_str())
    }
}

pub(super) async fn companies(
    tx: &mut PgConnection,
    chain: &Chain<CompanyVersion>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "company_version");
    bind_places(sqlx::query(include_str!("insert_company.sql")), &chain.versions)
        .bind(chain.column(|c| c.company_id))
        .bind(chain.column(CompanyVersion::name))
        .bind(chain.column(|c| c.name().to_lowercase()))
        .bind(chain.column(CompanyVersion::category))
        .bind(chain.column(CompanyVersion::business))
        .bind(chain.column(CompanyVersion::country))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn contacts(
    tx: &mut PgConnection,
    chain: &Chain<ContactVersion>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "contact_version");
    bind_places(sqlx::query(include_str!("insert_contact.sql")), &chain.versions)
        .bind(chain.column(|c| c.contact_id))
        .bind(chain.column(ContactVersion::name))
        .bind(chain.column(|c| c.name().to_lowercase()))
        .bind(chain.column(ContactVersion::company))
        .bind(chain.column(ContactVersion::email))
        .bind(chain.column(ContactVersion::phone))
        .execute(tx)
        .await?;
    Ok(())
}

/// Rows of a rebuild.
pub(super) fn hand_out(
    (companies, contacts): (&mut Chain<CompanyVersion>, &mut Chain<ContactVersion>),
    open: Option<Uuid>,
    to: &mut Sheets,
) {
    for version in companies.take_final(open) {
        let company = &version.row;
        to.row(&COMPANIES, |row| {
            version.put(row);
            row.put(company.company_id).put(company.name()).put(company.name().to_lowercase());
            row.put(company.category()).put(company.business()).put(company.country());
        });
    }
    for version in contacts.take_final(open) {
        let contact = &version.row;
        to.row(&CONTACTS, |row| {
            version.put(row);
            row.put(contact.contact_id).put(contact.name()).put(contact.name().to_lowercase());
            row.put(contact.company()).put(contact.email()).put(contact.phone());
        });
    }
}
