//! What is remembered of an activity, and the fold. Must not decide.

use chrono::NaiveDate;
use events::activity::{ActivityTerms, Kind, Slot};
use events::{ActivityEvent, GuideItemId, SaleId, UserId};

use super::assignment::{Answer, Assignment};

/// What is remembered of an activity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Activity {
    /// Never planned.
    #[default]
    Unknown,
    /// In a diary, done or not.
    Planned(Box<Planned>),
    /// Nothing can be done to it any more.
    Deleted(Box<Planned>),
}

/// An activity that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Meeting, to-do or call.
    pub kind: Kind,
    /// When.
    pub slot: Slot,
    /// Whose diary it is in.
    pub owner: UserId,
    /// The owner's primary group when they became owner.
    pub owner_group: Option<String>,
    /// Everything that can be edited.
    pub terms: ActivityTerms,
    /// The day it was done; none: not done (SD-9).
    pub completed_on: Option<NaiveDate>,
    /// Given to its owner by somebody else and not taken yet, or handed back (SD-8).
    pub assignment: Option<Assignment>,
    /// Its alarm has rung; another time or another alarm rings again (SD-6).
    pub reminded: bool,
    /// The item of a guide it was created from (SG-12).
    pub guide_item: Option<GuideItemId>,
    /// The sale it was created for.
    pub created_for: Option<SaleId>,
}

impl Activity {
    /// What was planned, deleted or not.
    pub fn planned(&self) -> Option<&Planned> {
        match self {
            Self::Unknown => None,
            Self::Planned(planned) | Self::Deleted(planned) => Some(planned),
        }
    }

    /// The state after one more fact. Total: a fact that does not follow changes nothing.
    #[must_use]
    pub fn evolve(self, fact: &ActivityEvent) -> Self {
        match (self, fact) {
            (
                _,
                ActivityEvent::Planned {
                    kind,
                    slot,
                    owner,
                    owner_group,
                    assigned_by,
                    series: _,
                    guide_item,
                    terms,
                },
            ) => Self::Planned(Box::new(Planned {
                kind: *kind,
                slot: *slot,
                owner: owner.clone(),
                owner_group: owner_group.clone(),
                terms: terms.clone(),
                completed_on: None,
                assignment: given(assigned_by.as_ref(), None),
                reminded: false,
                guide_item: *guide_item,
                created_for: terms.sale,
            })),
            (
                _,
                ActivityEvent::DocumentCreated {
                    owner,
                    owner_group,
                    created_on,
                    guide_item,
                    document: _,
                    terms,
                },
            ) => Self::Planned(Box::new(Planned {
                kind: Kind::Document,
                slot: Slot::Days { from_day: *created_on, to_day: *created_on },
                owner: owner.clone(),
                owner_group: owner_group.clone(),
                terms: terms.clone(),
                completed_on: Some(*created_on),
                assignment: None,
                reminded: false,
                guide_item: *guide_item,
                created_for: terms.sale,
            })),
            (Self::Planned(planned), fact) => planned.evolve(fact),
            (state @ (Self::Unknown | Self::Deleted(_)), _) => state,
        }
    }
}

/// The assignment by somebody, waiting for its answer.
fn given(by: Option<&UserId>, before: Option<UserId>) -> Option<Assignment> {
    by.map(|by| Assignment { by: by.clone(), before, answer: Answer::Assigned, noticed: false })
}

impl Planned {
    /// The item it is an instance of, while it is about the sale it was created for.
    pub(crate) fn instance_of(&self) -> Option<GuideItemId> {
        self.guide_item.filter(|_| self.terms.sale == self.created_for)
    }

    fn answered(&mut self, answer: Answer) {
        self.assignment = self.assignment.take().map(|given| Assignment { answer, ..given });
    }

    fn evolve(mut self: Box<Self>, fact: &ActivityEvent) -> Activity {
        match fact {
            ActivityEvent::Planned { .. } | ActivityEvent::DocumentCreated { .. } => {}
            ActivityEvent::Rescheduled { slot } => {
                self.slot = *slot;
                self.reminded = false;
            }
            ActivityEvent::Edited(terms) => {
                self.reminded &= self.terms.alarm_minutes == terms.alarm_minutes;
                self.terms = terms.clone();
            }
            ActivityEvent::Assigned { owner, owner_group, assigned_by } => {
                self.owner_group.clone_from(owner_group);
                let before = std::mem::replace(&mut self.owner, owner.clone());
                self.assignment = given(assigned_by.as_ref(), Some(before));
            }
            ActivityEvent::AlarmSet { alarm_minutes } => {
                self.terms.alarm_minutes = *alarm_minutes;
                self.reminded = false;
            }
            ActivityEvent::ReminderDue { .. } => self.reminded = true,
            ActivityEvent::AssignmentNoticed { .. } => {
                self.assignment =
                    self.assignment.take().map(|it| Assignment { noticed: true, ..it });
            }
            ActivityEvent::AssignmentSeen {} => self.answered(Answer::Seen),
            ActivityEvent::AssignmentAccepted {} => self.assignment = None,
            ActivityEvent::AssignmentDeclined { owner, owner_group } => {
                self.owner_group.clone_from(owner_group);
                self.owner = owner.clone();
                self.answered(Answer::Declined);
            }
            ActivityEvent::Completed { completed_on } => self.completed_on = Some(*completed_on),
            ActivityEvent::Reopened {} => self.completed_on = None,
            ActivityEvent::Deleted {} => return Activity::Deleted(self),
        }
        Activity::Planned(self)
    }
}
