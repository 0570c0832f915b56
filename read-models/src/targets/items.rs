//! Items of a dimension (ST-4): what they are called, and how sales and targets spell them.

use std::collections::HashMap;

use events::target_type::Dimension;
use events::{FieldItem, ListKey, ListName};
use service_runtime::Problem;

use super::types::TargetKind;
use crate::ask::{Labels, Snapshot};
use crate::custom_fields::definitions;
use crate::lists::item_labels;

/// How sales have an item: a target's `no` is the country `NO` of a company (ST-2).
pub(crate) fn word_of_sales(dimension: &Dimension, item: &str) -> String {
    match dimension {
        Dimension::CompanyCountry => item.to_ascii_uppercase(),
        Dimension::AllSales
        | Dimension::SaleType
        | Dimension::Source
        | Dimension::Credited
        | Dimension::Competitor
        | Dimension::CompanyCategory
        | Dimension::CompanyBusiness
        | Dimension::Field(_) => item.to_owned(),
    }
}

/// Labels of the items of a dimension.
#[derive(Debug, Default)]
pub(crate) struct ItemNames {
    labels: HashMap<String, String>,
    /// Items are codes, which are their own labels.
    codes: Option<Dimension>,
}

impl ItemNames {
    /// What an item is called; its key where nobody knows a label.
    pub fn of(&self, item: &str) -> String {
        let label = self.labels.get(item).cloned();
        let code = || self.codes.as_ref().map(|dimension| word_of_sales(dimension, item));
        label.or_else(code).unwrap_or_else(|| item.to_owned())
    }
}

impl TargetKind {
    /// The names of the items of its dimension.
    pub(super) async fn item_names(
        &self,
        snapshot: &mut Snapshot,
        labels: &Labels,
        language: &str,
    ) -> Result<ItemNames, Problem> {
        let list = match &self.dimension {
            Dimension::AllSales => return Ok(ItemNames::default()),
            Dimension::CompanyCountry => {
                return Ok(ItemNames {
                    codes: Some(Dimension::CompanyCountry),
                    ..ItemNames::default()
                });
            }
            Dimension::SaleType => {
                let types = labels.sale_types.iter();
                let labels = types.map(|(id, name)| (id.to_string(), name.clone())).collect();
                return Ok(ItemNames { labels, codes: None });
            }
            Dimension::Field(key) => {
                let labels = field_items(snapshot, key, language).await?;
                return Ok(ItemNames { labels, codes: None });
            }
            Dimension::Source => ListName::Source,
            Dimension::Credited => ListName::Credited,
            Dimension::Competitor => ListName::Competitor,
            Dimension::CompanyCategory => ListName::CompanyCategory,
            Dimension::CompanyBusiness => ListName::CompanyBusiness,
        };
        Ok(ItemNames { labels: item_labels(snapshot, list, language).await?, codes: None })
    }
}

async fn field_items(
    snapshot: &mut Snapshot,
    key: &ListKey,
    language: &str,
) -> Result<HashMap<String, String>, Problem> {
    let definitions = definitions(snapshot).await?;
    let items = definitions.get(key).into_iter().flat_map(|field| &field.items);
    let named = |item: &FieldItem| {
        (item.key.as_str().to_owned(), item.name.in_language(language).to_owned())
    };
    Ok(items.map(named).collect())
}
