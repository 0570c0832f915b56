//! Keys of the two lists of companies with the labels people read, in the language of whoever asks.

use std::collections::HashMap;

use events::ListName;
use serde::Serialize;
use service_runtime::Problem;
use utoipa::ToSchema;

use crate::ask::Snapshot;
use crate::lists::item_labels;

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Labelled {
    /// What commands name it by.
    key: String,
    /// Its label in the language of `Accept-Language`, else English, else whichever there is; none for a key that the list
    /// does not have.
    label: Option<String>,
}

/// The labels of both lists, deleted items too.
#[derive(Debug)]
pub(super) struct CompanyLabels {
    categories: HashMap<String, String>,
    businesses: HashMap<String, String>,
}

impl CompanyLabels {
    /// At the moment of a snapshot.
    pub async fn load(snapshot: &mut Snapshot, language: &str) -> Result<Self, Problem> {
        Ok(Self {
            categories: item_labels(snapshot, ListName::CompanyCategory, language).await?,
            businesses: item_labels(snapshot, ListName::CompanyBusiness, language).await?,
        })
    }

    /// A category with its label.
    pub fn category(&self, key: Option<String>) -> Option<Labelled> {
        labelled(&self.categories, key)
    }

    /// A business with its label.
    pub fn business(&self, key: Option<String>) -> Option<Labelled> {
        labelled(&self.businesses, key)
    }
}

fn labelled(labels: &HashMap<String, String>, key: Option<String>) -> Option<Labelled> {
    key.map(|key| Labelled { label: labels.get(&key).cloned(), key })
}
