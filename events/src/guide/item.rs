//! One item of a guide: a suggested follow-up or a suggested document (SG-4, SG-5).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activity::Kind;
use crate::identity::StageId;
use crate::values::{ListKey, LocalName, Note, OurReference, Purpose, Title, TypeName};

/// What instances name an item by; unique within a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GuideItemId(pub Uuid);

/// Longest offset from the previous follow-up, in days (SG-4).
pub const OFFSET_DAYS_MAX: u16 = 3_650;

/// An item and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideItem {
    /// Which one.
    pub id: GuideItemId,
    /// The stage it is suggested in.
    pub stage: StageId,
    /// Order within the stage, lowest first.
    pub rank: i32,
    /// What is suggested.
    #[serde(flatten)]
    pub terms: GuideItemTerms,
}

/// What an item says; all of it as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideItemTerms {
    /// Shown in the guide.
    pub name: LocalName,
    /// What it is good for, a tooltip of at most 254 characters.
    #[serde(default)]
    pub purpose: Option<Purpose>,
    /// Counts for the completion of its stage (§6-A6).
    pub required: bool,
    /// A follow-up or a document.
    #[serde(flatten)]
    pub suggestion: Suggestion,
}

/// What is suggested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "suggestion", rename_all = "snake_case")]
pub enum Suggestion {
    /// SG-4.
    FollowUp(SuggestedFollowUp),
    /// SG-5.
    Document(SuggestedDocument),
}

/// SG-4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedFollowUp {
    /// Meeting, to-do or call.
    pub kind: Kind,
    /// The type it will be of, of the same kind (SD-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_type: Option<ListKey>,
    /// Suggested by itself once the follow-up before it is completed (SG-19).
    pub auto_suggest: bool,
    /// Calendar days from the previous follow-up of the guide on the sale, else from today (§6-A38); 0–3650.
    pub offset_days: u16,
    /// How long it lasts; as long as its type usually does when none, else the diary's usual length.
    #[serde(default)]
    pub duration_minutes: Option<u16>,
    /// Text the follow-up begins with.
    #[serde(default)]
    pub text: Option<Note>,
}

/// SG-5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedDocument {
    /// What it is written from.
    #[serde(default)]
    pub template: Option<TypeName>,
    /// Subject it begins with, at most 219 characters; may hold template variables.
    #[serde(default)]
    pub subject: Option<Title>,
    /// Our reference it begins with, at most 99 characters; may hold template variables.
    #[serde(default)]
    pub our_reference: Option<OurReference>,
}

impl GuideItemTerms {
    /// The follow-up, none for a document.
    #[must_use]
    pub fn follow_up(&self) -> Option<&SuggestedFollowUp> {
        match &self.suggestion {
            Suggestion::FollowUp(follow_up) => Some(follow_up),
            Suggestion::Document(_) => None,
        }
    }

    /// The document, none for a follow-up.
    #[must_use]
    pub fn document(&self) -> Option<&SuggestedDocument> {
        match &self.suggestion {
            Suggestion::FollowUp(_) => None,
            Suggestion::Document(document) => Some(document),
        }
    }
}
