//! The facts of a selection of sales (SF-10, SF-11). Names and versions are storage: add, never rename.

use serde::{Deserialize, Serialize};

use crate::criteria::Criteria;
use crate::identity::{SaleId, UserId};
use crate::sale::Visibility;
use crate::values::{ListKey, Note, TypeName};
use crate::view::BoardView;

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 9] = [
    ("selection.created", 1),
    ("selection.edited", 1),
    ("selection.criteria-changed", 1),
    ("selection.members-added", 1),
    ("selection.members-removed", 1),
    ("selection.view-set", 1),
    ("selection.completed", 1),
    ("selection.completion-cleared", 1),
    ("selection.deleted", 1),
];

/// Sales of a static selection at most.
pub const MEMBERS_MAX: usize = 10_000;

/// How a selection knows its members (SF-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionKind {
    /// They were put there.
    Static,
    /// They are what the criteria find whenever somebody looks.
    Dynamic,
}

impl SelectionKind {
    /// Its word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Dynamic => "dynamic",
        }
    }
}

/// What a selection is called, whose it is and who sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionTerms {
    /// Its name; need not be unique.
    pub name: TypeName,
    /// Whose it is.
    pub owner: UserId,
    /// Their primary group when it became theirs.
    #[serde(default)]
    pub owner_group: Option<String>,
    /// Key of a category.
    #[serde(default)]
    pub category: Option<ListKey>,
    /// Long text.
    #[serde(default)]
    pub description: Option<Note>,
    /// Who sees it.
    #[serde(flatten)]
    pub visibility: Visibility,
}

/// A fact about a selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SelectionEvent {
    /// SF-10; members of a static one follow as facts of their own.
    #[serde(rename = "selection.created")]
    Created {
        /// Static or dynamic, for ever.
        kind: SelectionKind,
        /// Name, owner, visibility.
        #[serde(flatten)]
        terms: SelectionTerms,
        /// Of a dynamic one: what finds its members. Of a static one: what found them, if anything did.
        #[serde(default)]
        criteria: Option<Criteria>,
    },
    /// All terms as they are now.
    #[serde(rename = "selection.edited")]
    Edited(SelectionTerms),
    /// Of a dynamic one: what finds its members from now on.
    #[serde(rename = "selection.criteria-changed")]
    CriteriaChanged {
        /// All of them.
        criteria: Criteria,
    },
    /// SF-11: these were no members before.
    #[serde(rename = "selection.members-added")]
    MembersAdded {
        /// In the order they were given.
        sales: Vec<SaleId>,
    },
    /// SF-11: these were members before.
    #[serde(rename = "selection.members-removed")]
    MembersRemoved {
        /// In the order they were given.
        sales: Vec<SaleId>,
    },
    /// How its board looks from now on; none for the usual way (SF-14).
    #[serde(rename = "selection.view-set")]
    ViewSet {
        /// All of it.
        view: Option<BoardView>,
    },
    /// SF-10: worked through.
    #[serde(rename = "selection.completed")]
    Completed {},
    /// Worked on again.
    #[serde(rename = "selection.completion-cleared")]
    CompletionCleared {},
    /// Hidden; its members are not touched.
    #[serde(rename = "selection.deleted")]
    Deleted {},
}
