//! What is remembered of an activity, and the fold. Must not decide.

use chrono::NaiveDate;
use events::activity::{ActivityTerms, Kind, Slot};
use events::{ActivityEvent, UserId};

/// What is remembered of an activity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Activity {
    /// Never planned.
    #[default]
    Unknown,
    /// In a diary, done or not.
    Planned(Box<Planned>),
    /// Nothing can be done to it any more.
    Deleted {
        /// Whose diary it was in.
        owner: UserId,
    },
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
    /// Everything that can be edited.
    pub terms: ActivityTerms,
    /// The day it was done; none: not done (SD-9).
    pub completed_on: Option<NaiveDate>,
}

impl Activity {
    /// The state after one more fact. Total: a fact that does not follow changes nothing.
    #[must_use]
    pub fn evolve(self, fact: &ActivityEvent) -> Self {
        match (self, fact) {
            (_, ActivityEvent::Planned { kind, slot, owner, owner_group: _, terms }) => {
                Self::Planned(Box::new(Planned {
                    kind: *kind,
                    slot: *slot,
                    owner: owner.clone(),
                    terms: terms.clone(),
                    completed_on: None,
                }))
            }
            (Self::Planned(planned), fact) => planned.evolve(fact),
            (state @ (Self::Unknown | Self::Deleted { .. }), _) => state,
        }
    }
}

impl Planned {
    fn evolve(mut self: Box<Self>, fact: &ActivityEvent) -> Activity {
        match fact {
            ActivityEvent::Planned { .. } => {}
            ActivityEvent::Rescheduled { slot } => self.slot = *slot,
            ActivityEvent::Edited(terms) => self.terms = terms.clone(),
            ActivityEvent::Assigned { owner, owner_group: _ } => self.owner = owner.clone(),
            ActivityEvent::Completed { completed_on } => self.completed_on = Some(*completed_on),
            ActivityEvent::Reopened {} => self.completed_on = None,
            ActivityEvent::Deleted {} => return Activity::Deleted { owner: self.owner },
        }
        Activity::Planned(self)
    }
}
