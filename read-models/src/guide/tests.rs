//! How far items and stages are, on what was created.

use chrono_tz::Tz;
use events::activity::Kind;
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::{Guide, GuideItem, GuideItemId, LocalName, SaleTypeEvent, StageId, TypeName};
use uuid::Uuid;

use super::progress::{Created, ItemState, Mark};
use super::rows::Instance;

const FM: StageId = StageId(Uuid::from_u128(1));
const QT: StageId = StageId(Uuid::from_u128(2));

fn id(n: u128) -> GuideItemId {
    GuideItemId(Uuid::from_u128(100 + n))
}

fn item(n: u128, stage: StageId, required: bool, suggestion: Suggestion) -> SaleTypeEvent {
    let name = LocalName::english(TypeName::parse(&format!("item {n}")).unwrap());
    let terms = GuideItemTerms { name, purpose: None, required, suggestion };
    SaleTypeEvent::GuideItemAdded(GuideItem { id: id(n), stage, rank: 10, terms })
}

fn follow_up(offset_days: u16) -> Suggestion {
    let (duration_minutes, text) = (None, None);
    let (kind, auto_suggest) = (Kind::Meeting, false);
    Suggestion::FollowUp(SuggestedFollowUp {
        kind,
        follow_up_type: None,
        auto_suggest,
        offset_days,
        duration_minutes,
        text,
    })
}

fn document() -> Suggestion {
    Suggestion::Document(SuggestedDocument { template: None, subject: None, our_reference: None })
}

/// In FM a meeting after 7 days and a document nobody has to write; in QT a meeting after 5 days.
fn guide() -> Guide {
    let mut guide = Guide::default();
    for fact in [
        item(1, FM, true, follow_up(7)),
        item(2, FM, false, document()),
        item(3, QT, true, follow_up(5)),
    ] {
        guide.evolve(&fact);
    }
    guide
}

/// What was created from an item: a meeting that begins at an instant.
fn created(n: u128, starts_at: &str, completed: bool) -> Instance {
    let starts_at = Some(starts_at.parse().unwrap());
    Instance {
        guide_item: id(n).0,
        activity_id: Uuid::from_u128(n),
        title: "Meeting".to_owned(),
        owner: "ola".to_owned(),
        from_day: None,
        to_day: None,
        starts_at,
        ends_at: starts_at,
        completed,
        seen: true,
    }
}

/// SG-14, SG-21.
#[test]
fn an_item_is_created_while_something_of_it_is_open_and_completed_once_all_is_done_sg_14() {
    let state =
        |instances: Vec<Instance>, suggested| Created::of(instances).state(id(1), suggested);
    let (open, done) =
        (created(1, "2026-03-17T08:00:00Z", false), created(1, "2026-03-18T08:00:00Z", true));
    assert_eq!(state(Vec::new(), false), ItemState::NotCreated);
    assert_eq!(state(Vec::new(), true), ItemState::Suggested);
    assert_eq!(state(vec![open.clone()], true), ItemState::Created);
    assert_eq!(state(vec![open, done.clone()], false), ItemState::Created, "another one is open");
    assert_eq!(state(vec![done], false), ItemState::Completed);
}

/// SG-23, §6-A6.
#[test]
fn a_stage_is_complete_when_something_of_all_that_is_required_is_done_sg_23() {
    let guide = guide();
    let nothing = Created::default();
    assert!(!nothing.completes(&guide, FM));
    let (done, open) =
        (created(1, "2026-03-17T08:00:00Z", true), created(1, "2026-04-17T08:00:00Z", false));
    let met = Created::of(vec![done, open]);
    assert!(met.completes(&guide, FM), "the document is not required, one meeting is done");
    assert!(!met.completes(&guide, QT));
    assert!(!met.completes(&Guide::default(), FM), "a stage that requires nothing never is");
}

/// SG-4, §6-A38.
#[test]
fn a_follow_up_begins_days_after_the_one_before_it_else_after_today_sg_4() {
    let (guide, stages, oslo) = (guide(), [FM, QT], Tz::Europe__Oslo);
    let today = "2026-03-10".parse().unwrap();
    let day = |created: &Created, n| {
        let item = guide.item(id(n)).unwrap();
        created.default_day(&guide, &stages, item, (today, oslo)).to_string()
    };
    let nothing = Created::default();
    assert_eq!((day(&nothing, 1), day(&nothing, 3)), ("2026-03-17".into(), "2026-03-15".into()));
    // 23:30 in UTC is the next day in Oslo
    let late = created(1, "2026-03-19T23:30:00Z", false);
    let earlier = created(1, "2026-03-01T08:00:00Z", true);
    let met = Created::of(vec![earlier, late]);
    assert_eq!(day(&met, 3), "2026-03-25", "from the latest of them");
    assert_eq!(day(&met, 1), "2026-03-17", "there is none before it");
    let days = Instance {
        from_day: Some("2026-05-01".parse().unwrap()),
        to_day: Some("2026-05-04".parse().unwrap()),
        starts_at: None,
        ends_at: None,
        ..created(1, "2026-03-01T08:00:00Z", false)
    };
    assert_eq!(day(&Created::of(vec![days]), 3), "2026-05-09", "from the last of whole days");
}

/// SG-8, SG-9.
#[test]
fn stages_before_the_current_one_are_ticked_sg_9() {
    let marks = |current| {
        let stages = [(0, 10), (1, 20), (2, 30)];
        stages.map(|stage| Mark::of(stage, current))
    };
    use Mark::{Completed, Current, Future};
    assert_eq!(marks(None), [Future, Future, Future]);
    assert_eq!(marks(Some((Some(1), 20))), [Completed, Current, Future]);
    assert_eq!(marks(Some((Some(0), 99))), [Current, Future, Future], "the process has its order");
    let elsewhere = Some((None, 20));
    assert_eq!(marks(elsewhere), [Completed, Future, Future], "a stage the type lost: by rank");
}
