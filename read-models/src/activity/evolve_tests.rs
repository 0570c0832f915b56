//! The fold of an activity, fact by fact.

use events::activity::DocumentTerms;
use events::sale::Parties;
use events::{GuideItemId, SaleId, Title, TypeName, UserId};

use super::*;

const SALE: SaleId = SaleId(Uuid::from_u128(5));

fn at(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(day * 86_400, 0).unwrap()
}

fn terms(title: &str, sale: Option<SaleId>) -> ActivityTerms {
    let name = TypeName::parse("Fjord AS").unwrap();
    let company = Some(Party { id: Uuid::from_u128(7), name });
    ActivityTerms {
        title: Title::parse(title).unwrap(),
        description: None,
        sale,
        parties: Parties { company, ..Parties::default() },
        alarm_minutes: Some(10),
        location: None,
        priority: None,
        follow_up_type: None,
    }
}

fn meeting() -> ActivityEvent {
    ActivityEvent::Planned {
        kind: Kind::Meeting,
        slot: Slot::Times { starts_at: at(3), ends_at: at(4) },
        owner: UserId::parse("ola").unwrap(),
        owner_group: Some("North".to_owned()),
        assigned_by: None,
        series: None,
        guide_item: None,
        terms: terms("Customer meeting", Some(SALE)),
    }
}

fn fold(facts: &[ActivityEvent]) -> Result<Activity, &'static str> {
    let tenant = TenantSlug::parse("demo").unwrap();
    let mut activity = None;
    for (day, fact) in (1..).zip(facts) {
        let around = Surroundings {
            activity_id: Uuid::from_u128(9),
            tenant: &tenant,
            effective_at: at(day),
        };
        activity = Some(evolve(activity, fact, around)?);
    }
    activity.ok_or("nothing")
}

#[test]
fn a_planned_meeting_has_times_and_no_days_sd_1() {
    let activity = fold(&[meeting()]).unwrap();
    assert_eq!((activity.starts_at, activity.ends_at), (Some(at(3)), Some(at(4))));
    assert_eq!((activity.from_day, activity.to_day), (None, None));
    assert_eq!((activity.kind.as_str(), activity.owner.as_str()), ("meeting", "ola"));
    assert_eq!((activity.completed_on, activity.deleted), (None, false));
    assert_eq!((activity.planned_at, activity.alarm_minutes), (at(1), Some(10)));
    let tenant = TenantSlug::parse("demo").unwrap();
    assert_eq!(activity.sale_stream_id, Some(SALE.stream().stream_id(&tenant)));
}

#[test]
fn a_reschedule_to_whole_days_takes_the_times_away_sd_4() {
    let (from_day, to_day) = ("2026-03-10".parse().unwrap(), "2026-03-11".parse().unwrap());
    let slot = Slot::Days { from_day, to_day };
    let activity = fold(&[meeting(), ActivityEvent::Rescheduled { slot }]).unwrap();
    assert_eq!((activity.from_day, activity.to_day), (Some(from_day), Some(to_day)));
    assert_eq!((activity.starts_at, activity.ends_at), (None, None));
}

#[test]
fn edited_terms_replace_all_terms_sd_2() {
    let edited = ActivityEvent::Edited(ActivityTerms {
        parties: Parties::default(),
        alarm_minutes: None,
        ..terms("Call back", None)
    });
    let activity = fold(&[meeting(), edited]).unwrap();
    assert_eq!(activity.title, "Call back");
    assert_eq!((activity.sale_id, activity.sale_stream_id), (None, None));
    assert_eq!((activity.company_id, activity.alarm_minutes), (None, None));
    assert_eq!(activity.starts_at, Some(at(3)), "the slot stays");
}

#[test]
fn assigned_completed_reopened_deleted_sd_8_sd_9() {
    let assigned = ActivityEvent::Assigned {
        owner: UserId::parse("kari").unwrap(),
        owner_group: None,
        assigned_by: None,
    };
    let completed_on = "2026-03-18".parse().unwrap();
    let completed = ActivityEvent::Completed { completed_on };
    let activity = fold(&[meeting(), assigned, completed.clone()]).unwrap();
    assert_eq!((activity.owner.as_str(), activity.owner_group), ("kari", None));
    assert_eq!(activity.completed_on, Some(completed_on));
    let reopened = fold(&[meeting(), completed, ActivityEvent::Reopened {}]).unwrap();
    assert_eq!(reopened.completed_on, None);
    assert!(fold(&[meeting(), ActivityEvent::Deleted {}]).unwrap().deleted);
}

#[test]
fn a_stream_that_does_not_hold_together_is_refused() {
    assert!(fold(&[ActivityEvent::Reopened {}]).is_err(), "never planned");
    assert!(fold(&[meeting(), meeting()]).is_err(), "planned twice");
    assert!(fold(&[meeting(), ActivityEvent::Deleted {}, ActivityEvent::Reopened {}]).is_err());
}

/// SD-8, SD-10.
#[test]
fn an_assignment_waits_is_seen_and_goes_back_or_is_taken_sd_10() {
    let user = |name| UserId::parse(name).unwrap();
    let assigned = ActivityEvent::Assigned {
        owner: user("kari"),
        owner_group: None,
        assigned_by: Some(user("ola")),
    };
    let after = |more: &[ActivityEvent]| {
        let facts = [&[meeting(), assigned.clone()], more].concat();
        let activity = fold(&facts).unwrap();
        (activity.owner, activity.assignment, activity.assigned_by)
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(after(&[]), ("kari".to_owned(), text("assigned"), text("ola")));
    let seen = ActivityEvent::AssignmentSeen {};
    assert_eq!(after(std::slice::from_ref(&seen)), ("kari".to_owned(), text("seen"), text("ola")));
    let declined = ActivityEvent::AssignmentDeclined { owner: user("ola"), owner_group: None };
    assert_eq!(after(&[seen.clone(), declined]), ("ola".to_owned(), text("declined"), text("ola")));
    let accepted = ActivityEvent::AssignmentAccepted {};
    assert_eq!(after(&[seen, accepted]), ("kari".to_owned(), None, None));
}

/// SD-6, SD-2, SD-5, SD-1.
#[test]
fn an_alarm_is_set_and_cleared_and_terms_have_a_place_and_a_priority_sd_6() {
    let set = |alarm_minutes| ActivityEvent::AlarmSet { alarm_minutes };
    assert_eq!(fold(&[meeting(), set(Some(0))]).unwrap().alarm_minutes, Some(0));
    assert_eq!(fold(&[meeting(), set(None)]).unwrap().alarm_minutes, None);
    let edited = ActivityEvent::Edited(ActivityTerms {
        location: Some(TypeName::parse("Room 4").unwrap()),
        priority: Some(events::ListKey::parse("high").unwrap()),
        follow_up_type: Some(events::ListKey::parse("customer-visit").unwrap()),
        ..terms("Customer meeting", None)
    });
    let activity = fold(&[meeting(), edited]).unwrap();
    assert_eq!(
        (activity.location.as_deref(), activity.priority.as_deref()),
        (Some("Room 4"), Some("high"))
    );
    assert_eq!(activity.follow_up_type.as_deref(), Some("customer-visit"), "SD-1");
}

/// SG-13: done on the day it was created, which is its slot.
#[test]
fn a_document_is_completed_by_being_created_sg_13() {
    let created_on = "2026-03-10".parse().unwrap();
    let letter = ActivityEvent::DocumentCreated {
        owner: UserId::parse("ola").unwrap(),
        owner_group: Some("North".to_owned()),
        created_on,
        guide_item: Some(GuideItemId(Uuid::from_u128(3))),
        document: DocumentTerms {
            template: Some(TypeName::parse("Letter").unwrap()),
            our_reference: Some(events::OurReference::parse("1001/1").unwrap()),
        },
        terms: terms("Our meeting", Some(SALE)),
    };
    let activity = fold(std::slice::from_ref(&letter)).unwrap();
    assert_eq!((activity.kind.as_str(), activity.owner.as_str()), ("document", "ola"));
    assert_eq!((activity.from_day, activity.to_day), (Some(created_on), Some(created_on)));
    assert_eq!((activity.starts_at, activity.completed_on), (None, Some(created_on)));
    assert_eq!(activity.guide_item, Some(Uuid::from_u128(3)));
    assert_eq!(
        (activity.template.as_deref(), activity.our_reference.as_deref()),
        (Some("Letter"), Some("1001/1"))
    );
    assert!(fold(&[letter.clone(), letter.clone()]).is_err(), "created twice");
    assert!(fold(&[letter, ActivityEvent::Deleted {}]).unwrap().deleted);
}
