//! Who else is involved in a sale (SK-2): a company, a contact or both, in a role.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::values::{ListKey, Party, StakeholderComment};

/// What changes and removals name a stakeholder by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StakeholderId(pub Uuid);

/// One stakeholder of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stakeholder {
    /// What changes and removals name.
    pub id: StakeholderId,
    /// The organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Party>,
    /// The human being, of the company or of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Party>,
    /// Their part in the decision.
    #[serde(flatten)]
    pub part: Part,
}

/// What may change about a stakeholder (SK-4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Their role, a list value.
    #[serde(default)]
    pub role: Option<ListKey>,
    /// What is to be known about them.
    #[serde(default)]
    pub comment: Option<StakeholderComment>,
}

impl Stakeholder {
    /// Who it is: the contact, else the company.
    #[must_use]
    pub fn party(&self) -> Option<Uuid> {
        self.contact.as_ref().or(self.company.as_ref()).map(|party| party.id)
    }

    /// Adds it to stakeholders.
    pub fn join(&self, all: &mut Vec<Self>) {
        all.push(self.clone());
    }
}

/// A stakeholder as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedPart {
    /// Which one.
    pub id: StakeholderId,
    /// Role and comment from now on.
    #[serde(flatten)]
    pub part: Part,
}

impl ChangedPart {
    /// Changes the one it names; nothing when there is none.
    pub fn apply(&self, all: &mut [Stakeholder]) {
        for stakeholder in all.iter_mut().filter(|stakeholder| stakeholder.id == self.id) {
            stakeholder.part.clone_from(&self.part);
        }
    }
}
