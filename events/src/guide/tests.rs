//! The order of a guide's items, what comes next, and what goes with a stage.

use uuid::Uuid;

use super::*;
use crate::activity::Kind;
use crate::values::{LocalName, TypeName};

fn stage(n: u128) -> StageId {
    StageId(Uuid::from_u128(n))
}

fn id(n: u128) -> GuideItemId {
    GuideItemId(Uuid::from_u128(100 + n))
}

fn item(n: u128, of: u128, rank: i32, suggestion: Suggestion) -> GuideItem {
    let name = LocalName::english(TypeName::parse(&format!("item {n}")).unwrap());
    let terms = GuideItemTerms { name, purpose: None, required: true, suggestion };
    GuideItem { id: id(n), stage: stage(of), rank, terms }
}

fn follow_up() -> Suggestion {
    Suggestion::FollowUp(SuggestedFollowUp {
        kind: Kind::Meeting,
        follow_up_type: None,
        auto_suggest: true,
        offset_days: 7,
        duration_minutes: Some(60),
        text: None,
    })
}

fn document() -> Suggestion {
    Suggestion::Document(SuggestedDocument { template: None, subject: None, our_reference: None })
}

/// g1, d1 in the first stage; g3, g4 in the third; the second has a document only.
fn guide() -> Guide {
    let mut guide = Guide::default();
    for item in [
        item(1, 1, 10, follow_up()),
        item(4, 3, 20, follow_up()),
        item(3, 3, 10, follow_up()),
        item(2, 2, 10, document()),
        item(11, 1, 5, document()),
    ] {
        guide.evolve(&SaleTypeEvent::GuideItemAdded(item));
    }
    guide
}

fn ids<'a>(items: impl IntoIterator<Item = &'a GuideItem>) -> Vec<GuideItemId> {
    items.into_iter().map(|item| item.id).collect()
}

#[test]
fn items_stand_in_order_of_rank_within_their_stage() {
    let mut guide = guide();
    assert_eq!(ids(guide.of_stage(stage(3))), [id(3), id(4)]);
    guide.evolve(&SaleTypeEvent::GuideItemMoved { id: id(4), stage: stage(3), rank: 1 });
    assert_eq!(ids(guide.of_stage(stage(3))), [id(4), id(3)]);
    guide.evolve(&SaleTypeEvent::GuideItemRemoved { id: id(4) });
    assert_eq!(ids(guide.of_stage(stage(3))), [id(3)]);
}

/// SG-19: the same stage, or the first of the next; documents are not follow-ups.
#[test]
fn the_next_follow_up_may_lie_in_a_later_stage() {
    let (guide, stages) = (guide(), [stage(1), stage(2), stage(3)]);
    let next = |after| guide.next_follow_up(&stages, after).map(|item| item.id);
    assert_eq!(next(id(1)), Some(id(3)), "stage 2 has no follow-up");
    assert_eq!(next(id(3)), Some(id(4)));
    assert_eq!(next(id(4)), None);
    assert_eq!(next(id(99)), None);
    assert_eq!(ids(guide.follow_ups_before(&stages, id(4))), [id(3), id(1)], "A38");
}

/// SO-46, SO-49.
#[test]
fn items_go_with_their_stage_and_with_their_type() {
    let mut guide = guide();
    guide.evolve(&SaleTypeEvent::StageUnlinked { stage: stage(3), guide: true });
    assert_eq!(ids(guide.items()), [id(11), id(1), id(2)]);
    guide.evolve(&SaleTypeEvent::Deleted {});
    guide.evolve(&SaleTypeEvent::Restored {});
    assert_eq!(guide, Guide::default());
}
