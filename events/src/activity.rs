//! The facts of an activity: a meeting, a to-do or a call in somebody's diary (SD-1 to SD-9). Names and
//! versions are storage: add, never rename.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::guide::GuideItemId;
use crate::identity::{ActivityId, SaleId, UserId};
use crate::sale::Parties;
use crate::values::{ListKey, Note, OurReference, Title, TypeName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 14] = [
    ("activity.planned", 1),
    ("activity.rescheduled", 1),
    ("activity.edited", 1),
    ("activity.assigned", 1),
    ("activity.completed", 1),
    ("activity.reopened", 1),
    ("activity.deleted", 1),
    ("activity.alarm-set", 1),
    ("activity.assignment-seen", 1),
    ("activity.assignment-accepted", 1),
    ("activity.assignment-declined", 1),
    ("activity.reminder-due", 1),
    ("activity.assignment-noticed", 1),
    ("activity.document-created", 1),
];

/// What somebody plans to do (SD-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Has a start and an end.
    Meeting,
    /// Has a deadline, a day without a time.
    ToDo,
    /// By telephone or video.
    Call,
    /// A letter, an e-mail, an offer: done when it is created, and in no diary (SG-13).
    Document,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Meeting, Self::ToDo, Self::Call, Self::Document];

    /// Its word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::ToDo => "to_do",
            Self::Call => "call",
            Self::Document => "document",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// When an activity takes place; it never ends before it starts. Which days the instants fall on depends
/// on the zone of whoever asks, so the days are not stored (§6-A36).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Slot {
    /// Whole days: every to-do, and what lasts all day (SD-1, SD-4).
    Days {
        /// First day.
        from_day: NaiveDate,
        /// Last day, the deadline of a to-do.
        to_day: NaiveDate,
    },
    /// From one instant to another (SD-3).
    Times {
        /// Start.
        starts_at: DateTime<Utc>,
        /// End.
        ends_at: DateTime<Utc>,
    },
}

/// What can be edited: all of it as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityTerms {
    /// Mandatory name (SD-2).
    pub title: Title,
    /// Long text, at most 2 048 characters (SD-2).
    #[serde(default)]
    pub description: Option<Note>,
    /// The sale it is about; need not be of the company (SD-2).
    #[serde(default)]
    pub sale: Option<SaleId>,
    /// Company, contact, project; at most one of each (SD-2).
    pub parties: Parties,
    /// How long before the start its owner is reminded, minutes; none: no alarm (SD-6).
    #[serde(default)]
    pub alarm_minutes: Option<u32>,
    /// Where it takes place (SD-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<TypeName>,
    /// How urgent it is: a key of the list of priorities (SD-5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<ListKey>,
    /// A key of the list of types of follow-ups, of the same kind (SD-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_type: Option<ListKey>,
}

/// The series an activity is an occurrence of (SD-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The first occurrence.
    pub id: ActivityId,
    /// Which one it is, from 1.
    pub number: u16,
    /// How many there are.
    pub of: u16,
    /// The rule they were made by (RFC 5545).
    pub rule: String,
}

/// What a document is, beside its title (SG-5, SG-13).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentTerms {
    /// What it was written from.
    #[serde(default)]
    pub template: Option<TypeName>,
    /// Our reference.
    #[serde(default)]
    pub our_reference: Option<OurReference>,
}

/// A fact about an activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum ActivityEvent {
    /// SD-2, all defaults resolved (SD-3).
    #[serde(rename = "activity.planned")]
    Planned {
        /// Meeting, to-do or call; never changes.
        kind: Kind,
        /// When.
        slot: Slot,
        /// Whose diary it is in.
        owner: UserId,
        /// The owner's primary group when it was planned.
        #[serde(default)]
        owner_group: Option<String>,
        /// Who gave it to them, when that was somebody else (SD-8).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assigned_by: Option<UserId>,
        /// The series it is an occurrence of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<Series>,
        /// The item of the guide it was created from; found again by it after a change of type and back (SG-12, SG-27).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guide_item: Option<GuideItemId>,
        /// Everything else.
        #[serde(flatten)]
        terms: ActivityTerms,
    },
    /// Another time.
    #[serde(rename = "activity.rescheduled")]
    Rescheduled {
        /// When from now on.
        slot: Slot,
    },
    /// Other terms.
    #[serde(rename = "activity.edited")]
    Edited(ActivityTerms),
    /// Another owner (SD-8).
    #[serde(rename = "activity.assigned")]
    Assigned {
        /// Whose diary it is in from now on.
        owner: UserId,
        /// Their primary group at that moment.
        #[serde(default)]
        owner_group: Option<String>,
        /// Who gave it to them, when that was somebody else: it waits for their answer (SD-8, SD-10).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assigned_by: Option<UserId>,
    },
    /// Done; not editable until reopened (SD-9).
    #[serde(rename = "activity.completed")]
    Completed {
        /// The business date it was done.
        completed_on: NaiveDate,
    },
    /// Not done after all (SD-9).
    #[serde(rename = "activity.reopened")]
    Reopened {},
    /// Gone from every list; its history stays.
    #[serde(rename = "activity.deleted")]
    Deleted {},
    /// Another alarm, or none (SD-6).
    #[serde(rename = "activity.alarm-set")]
    AlarmSet {
        /// Before the start; none: no alarm.
        alarm_minutes: Option<u32>,
    },
    /// Whom it was assigned to has seen it (SD-8, SD-10).
    #[serde(rename = "activity.assignment-seen")]
    AssignmentSeen {},
    /// … and takes it (SD-8).
    #[serde(rename = "activity.assignment-accepted")]
    AssignmentAccepted {},
    /// … or hands it back (SD-8, SD-10).
    #[serde(rename = "activity.assignment-declined")]
    AssignmentDeclined {
        /// Whose diary it is in from now on: who had assigned it.
        owner: UserId,
        /// Their primary group at that moment.
        #[serde(default)]
        owner_group: Option<String>,
    },
    /// The alarm rings: its owner is to be told (SD-6).
    #[serde(rename = "activity.reminder-due")]
    ReminderDue {
        /// Who is reminded.
        owner: UserId,
        /// When the activity starts.
        starts_at: DateTime<Utc>,
        /// How long before the start this is.
        alarm_minutes: u32,
    },
    /// Somebody was given it: they are to be told (§6-A32).
    #[serde(rename = "activity.assignment-noticed")]
    AssignmentNoticed {
        /// Who is told.
        owner: UserId,
        /// Who gave it to them.
        by: UserId,
    },
    /// SG-13: a document, completed by being created.
    #[serde(rename = "activity.document-created")]
    DocumentCreated {
        /// Whose it is.
        owner: UserId,
        /// Their primary group at that moment.
        #[serde(default)]
        owner_group: Option<String>,
        /// The business date it was created.
        created_on: NaiveDate,
        /// The item of the guide it was created from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guide_item: Option<GuideItemId>,
        /// Template and reference.
        document: DocumentTerms,
        /// Title (the subject), sale, parties.
        #[serde(flatten)]
        terms: ActivityTerms,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_told_apart_by_its_fields() {
        let days: Slot =
            serde_json::from_str(r#"{"from_day":"2026-03-10","to_day":"2026-03-11"}"#).unwrap();
        assert!(matches!(days, Slot::Days { .. }));
        let times: Slot = serde_json::from_str(
            r#"{"starts_at":"2026-03-17T09:00:00Z","ends_at":"2026-03-17T10:00:00Z"}"#,
        )
        .unwrap();
        assert!(matches!(times, Slot::Times { .. }));
        assert!(serde_json::from_str::<Slot>(r#"{"from_day":"2026-03-10"}"#).is_err());
    }

    #[test]
    fn every_kind_has_the_word_it_is_stored_under() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }
}
