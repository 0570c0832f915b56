//! The facts of a type of sales targets (ST-1 to ST-6). Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::identity::TargetTypeId;
use crate::values::{ListKey, LocalName, ParseError};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 3] =
    [("target-type.defined", 1), ("target-type.edited", 1), ("target-type.deleted", 1)];

/// "All sales – Amount": every tenant has it, and it cannot be edited or deleted (ST-1).
pub const DEFAULT: TargetTypeId =
    TargetTypeId(Uuid::from_u128(0x5a1b_5106_0000_8000_8000_616c_6c73_616c));

/// By what the sales of a target are told apart (ST-2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Dimension {
    /// They are not.
    AllSales,
    /// Type of sale.
    SaleType,
    /// Where they come from.
    Source,
    /// Department they are credited to.
    Credited,
    /// Who else sold.
    Competitor,
    /// What the company is to us.
    CompanyCategory,
    /// What the company does.
    CompanyBusiness,
    /// Where the company is; its items are codes in small letters.
    CompanyCountry,
    /// An own list field of the tenant.
    Field(ListKey),
}

impl Dimension {
    /// The word on the wire; own fields are `field.<key>`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::AllSales => "all_sales".to_owned(),
            Self::SaleType => "sale_type".to_owned(),
            Self::Source => "source".to_owned(),
            Self::Credited => "credited".to_owned(),
            Self::Competitor => "competitor".to_owned(),
            Self::CompanyCategory => "company_category".to_owned(),
            Self::CompanyBusiness => "company_business".to_owned(),
            Self::CompanyCountry => "company_country".to_owned(),
            Self::Field(key) => format!("field.{}", key.as_str()),
        }
    }
}

impl TryFrom<String> for Dimension {
    type Error = ParseError;
    fn try_from(word: String) -> Result<Self, ParseError> {
        let rule = "must be all_sales, sale_type, source, credited, competitor, company_category, company_business, \
                    company_country or field.<key>";
        match word.as_str() {
            "all_sales" => Ok(Self::AllSales),
            "sale_type" => Ok(Self::SaleType),
            "source" => Ok(Self::Source),
            "credited" => Ok(Self::Credited),
            "competitor" => Ok(Self::Competitor),
            "company_category" => Ok(Self::CompanyCategory),
            "company_business" => Ok(Self::CompanyBusiness),
            "company_country" => Ok(Self::CompanyCountry),
            word => {
                let key = word.strip_prefix("field.").and_then(|key| ListKey::parse(key).ok());
                key.map(Self::Field).ok_or(ParseError::new("dimension", rule))
            }
        }
    }
}

impl From<Dimension> for String {
    fn from(dimension: Dimension) -> Self {
        dimension.word()
    }
}

/// What is counted of sold sales (ST-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Their amounts.
    Amount,
    /// How many they are.
    Count,
    /// Their profits.
    Profit,
}

impl Unit {
    /// Its word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Count => "count",
            Self::Profit => "profit",
        }
    }
}

/// What may change of a type of targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetTypeTerms {
    /// What people read.
    pub name: LocalName,
    /// Which of the dimension's items it is about; all when empty (ST-4).
    pub items: Vec<ListKey>,
    /// Company and group level only: users have no rows (ST-5).
    pub groups_only: bool,
}

/// A fact about a type of targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum TargetTypeEvent {
    /// ST-1: dimension and unit are fixed.
    #[serde(rename = "target-type.defined")]
    Defined {
        /// By what its sales are told apart.
        dimension: Dimension,
        /// What is counted.
        unit: Unit,
        /// The rest.
        #[serde(flatten)]
        terms: TargetTypeTerms,
    },
    /// All terms as they are now.
    #[serde(rename = "target-type.edited")]
    Edited(TargetTypeTerms),
    /// ST-6: gone with the targets of all years.
    #[serde(rename = "target-type.deleted")]
    Deleted {},
}
