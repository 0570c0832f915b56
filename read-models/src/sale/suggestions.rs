//! What a sale's people were asked and have not dealt with: suggested follow-ups and a suggested stage (SG-19 to SG-25).
//!
//! Creating the follow-up is an answer of its own and takes the suggestion away; one that was declined stays visible
//! (SG-21). The suggested stage goes with the next change of stage or type.

use events::{GuideItemId, SaleEvent, StageId, UserId};
use serde::{Deserialize, Serialize};

/// Everything that is suggested on a sale.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestions {
    /// Follow-ups in the order they were suggested (SG-19).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<SuggestedItem>,
    /// The next stage (SG-23).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<SuggestedStage>,
}

/// A suggested follow-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedItem {
    /// The item of the guide.
    pub item: GuideItemId,
    /// Who was asked.
    pub user: UserId,
    /// Their answer; none while there is none.
    pub accepted: Option<bool>,
}

/// A suggested stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedStage {
    /// The stage to go to.
    pub stage: StageId,
    /// Who was asked.
    pub user: UserId,
    /// Their answer; none while there is none.
    pub accepted: Option<bool>,
}

impl Suggestions {
    /// What the column holds.
    #[must_use]
    pub fn json(&self) -> Option<String> {
        let text = || serde_json::to_string(self).expect("invariant: ids and names encode");
        (*self != Self::default()).then(text)
    }

    /// A follow-up that was suggested and not created since.
    #[must_use]
    pub fn follow_up(&self, item: GuideItemId) -> Option<&SuggestedItem> {
        self.follow_ups.iter().find(|suggested| suggested.item == item)
    }

    /// Somebody is asked, answers, or creates what was suggested; nothing for other facts.
    pub(super) fn take(&mut self, fact: &SaleEvent) {
        if let SaleEvent::GuideItemUsed { item, activity: _ } = fact {
            self.follow_ups.retain(|asked| asked.item != *item);
        }
        if let SaleEvent::FollowUpSuggested { item, user } = fact {
            let asked = SuggestedItem { item: *item, user: user.clone(), accepted: None };
            self.follow_ups.push(asked);
        }
        if let SaleEvent::FollowUpSuggestionAnswered { item, accepted } = fact
            && let Some(asked) = self.follow_ups.iter_mut().find(|asked| asked.item == *item)
        {
            asked.accepted = Some(*accepted);
        }
        if let SaleEvent::StageSuggested { from: _, to, user } = fact {
            self.stage = Some(SuggestedStage { stage: *to, user: user.clone(), accepted: None });
        }
        if let SaleEvent::StageSuggestionAnswered { stage, accepted } = fact
            && let Some(asked) = self.stage.as_mut().filter(|asked| asked.stage == *stage)
        {
            asked.accepted = Some(*accepted);
        }
    }

    /// The stage changed, or the type.
    pub(super) fn forget_stage(&mut self) {
        self.stage = None;
    }
}

impl TryFrom<Option<String>> for Suggestions {
    type Error = serde_json::Error;
    fn try_from(column: Option<String>) -> Result<Self, serde_json::Error> {
        column.map_or_else(|| Ok(Self::default()), |json| serde_json::from_str(&json))
    }
}
