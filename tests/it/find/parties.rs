//! What is known of the company and the contact a sale is linked to is searched with the sale (SF-7, SF-8, SK-6, ST-2).

use serde_json::{Value, json};

use super::{Office, encoded, party};

const OPEN: [&str; 6] = ["Fjord ERP", "Support of Fjord", "Chairs", "Tables", "Dollars", "Late"];

impl Office {
    /// A command on companies or contacts.
    async fn known(&self, at: &str, path: &str, body: Value) {
        self.fixture.at(&self.world, at, path, body).await;
    }

    /// Fjord AS and its Nina are registered; Havn AS is a name on a sale.
    async fn introduced() -> Self {
        let office = Self::full().await;
        let at = "2026-03-01T07:00:00Z";
        let mut fjord = party(0xf1, "Fjord AS");
        fjord["category"] = json!("customer");
        fjord["business"] = json!("trade");
        fjord["country"] = json!("NO");
        let company = fjord["id"].clone();
        office.known(at, "/v1/companies", fjord).await;
        let mut nina = party(0xf2, "Nina Hansen");
        nina["company"] = company;
        nina["email"] = json!("Nina.Hansen@fjord.example");
        nina["phone"] = json!("+47 22 33 44 55");
        office.known(at, "/v1/contacts", nina).await;
        office
    }
}

/// Open sales but for one.
fn open_without(title: &str) -> Vec<&'static str> {
    OPEN.into_iter().filter(|open| *open != title).collect()
}

#[tokio::test]
async fn every_operator_finds_sales_by_what_is_known_of_company_and_contact_sf_7_sf_8() {
    let office = Office::introduced().await;
    let (only, others) = (vec!["Fjord ERP"], open_without("Fjord ERP"));
    let (none, all) = (Vec::new(), OPEN.to_vec());
    for (criterion, found) in [
        ("company.category one_of customer,partner", &only),
        ("company.category one_of prospect", &none),
        ("company.category not_one_of customer", &others),
        ("company.category not_one_of prospect", &all),
        ("company.category is_empty", &others),
        ("company.category is_not_empty", &only),
        ("company.business one_of trade", &only),
        ("company.business not_one_of trade,services", &others),
        ("company.business is_empty", &others),
        ("company.country one_of NO", &only),
        ("company.country one_of no,nl", &only),
        ("company.country one_of NL", &none),
        ("company.country not_one_of NO", &others),
        ("company.country is_not_empty", &only),
        ("contact.email starts_with nina.", &only),
        ("contact.email not_starts_with nina.", &others),
        ("contact.email contains FJORD", &only),
        ("contact.email not_contains fjord", &others),
        ("contact.email ends_with .example", &only),
        ("contact.email not_ends_with .example", &others),
        ("contact.email equals nina.hansen@fjord.example", &only),
        ("contact.email not_equals nina.hansen@fjord.example", &others),
        ("contact.email is_exactly Nina.Hansen@fjord.example", &only),
        ("contact.email is_exactly nina.hansen@fjord.example", &none),
        ("contact.email is_not_exactly nina.hansen@fjord.example", &all),
        ("contact.email is_empty", &others),
        ("contact.email is_not_empty", &only),
        ("contact.phone starts_with +47", &only),
        ("contact.phone not_contains \"22 33\"", &others),
        ("contact.phone ends_with 55", &only),
        ("contact.phone is_exactly \"+47 22 33 44 55\"", &only),
        ("contact.phone is_empty", &others),
        // with what else is asked in a block, and in another
        ("company.country one_of NO and contact.phone contains 99", &none),
        ("company.country one_of NO and company.name starts_with fjord", &only),
        ("company.category one_of \"\"", &all),
    ] {
        let criteria = format!("{criterion} and status one_of open");
        assert_eq!(&office.found(&criteria).await, found, "{criteria}");
    }
    let either = "company.category one_of customer or owner one_of kari";
    assert_eq!(office.found(either).await, ["Fjord ERP", "Chairs", "Tables"]);
}

#[tokio::test]
async fn a_company_is_searched_as_it_was_at_the_moment_of_the_question_sf_7() {
    let office = Office::introduced().await;
    let fjord = party(0xf1, "Fjord AS")["id"].as_str().unwrap().to_owned();
    let partner = json!({"category": "partner", "country": null});
    let edit = format!("/v1/companies/{fjord}/edit");
    office.known("2026-03-05T08:00:00Z", &edit, partner).await;
    let mut havn = party(0xf3, "Havn AS");
    havn["category"] = json!("partner");
    office.known("2026-03-08T08:00:00Z", "/v1/companies", havn).await;
    for (criteria, moment, found) in [
        ("company.category one_of customer", "", &[][..]),
        ("company.category one_of partner", "", &["Fjord ERP", "Support of Fjord"]),
        ("company.country is_not_empty", "", &[]),
        ("company.category one_of partner", "&as_of=2026-03-07", &["Fjord ERP"]),
        ("company.category one_of customer", "&as_of=2026-03-04", &["Fjord ERP"]),
        ("company.country one_of NO", "&as_of=2026-03-04", &["Fjord ERP"]),
        ("company.category one_of partner", "&as_of=2026-03-04", &[]),
        ("contact.email contains nina", "&as_of=2026-03-04", &["Fjord ERP"]),
        ("contact.email is_not_empty", "&as_of=2026-02-28", &[]),
        ("company.category one_of partner", "&known_at=2020-01-01", &[]),
    ] {
        let question = format!("criteria={}{moment}", encoded(criteria));
        assert_eq!(office.titles(&question).await, found, "{criteria} {moment}");
    }
    // other questions are narrowed alike
    let criteria = encoded("company.category one_of partner");
    let board = format!("/v1/pipeline?group_by=status&criteria={criteria}");
    let board = office.ask_as(&office.fixture.importer, &board).await;
    assert_eq!(board["totals"]["open"]["amount"], "67385.00");
}
