//! GuideSuggestion (SG-19) and StageAdvance (SG-23): what was done of a guide has its sale asked once, whatever interrupts
//! it; replays, old logs and imports are silent.

use command_service::process::{GuideSuggestion, Rules, StageAdvance};
use domain::Order;
use domain::activity::ActivityCommand;
use events::activity::{ActivityTerms, DocumentTerms, Kind, Slot};
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::sale::Parties;
use events::sale_type::SaleTypeTerms;
use events::stage::StageTerms;
use events::{
    ActivityEvent, ActivityId, Event, GuideItem, GuideItemId, LocalName, Probability, SaleEvent,
    SaleId, SaleTypeEvent, SaleTypeId, StageEvent, StageId, Title, TypeName, UserId,
};
use serde_json::json;
use service_runtime::ids::new_id;

use crate::once::{
    fires_once_though_interrupted, found, importer, manager, quiet_about_what_is_old,
    quiet_on_replay, sent,
};
use crate::world::{World, at, call, registration};

const NOW: &str = "2026-03-10T09:00:00Z";
const SUGGESTED: &str = "sale.follow-up-suggested";
const STAGE_SUGGESTED: &str = "sale.stage-suggested";

/// A sale in the first of two stages. That stage wants a meeting, which suggests a second one when it is done, and a letter.
struct Guided {
    world: World,
    stages: [StageId; 2],
    meeting: GuideItemId,
    next: GuideItemId,
    letter: GuideItemId,
}

fn name(text: &str) -> LocalName {
    LocalName::english(TypeName::parse(text).unwrap())
}

fn follow_up(auto_suggest: bool) -> Suggestion {
    Suggestion::FollowUp(SuggestedFollowUp {
        kind: Kind::Meeting,
        follow_up_type: None,
        auto_suggest,
        offset_days: 7,
        duration_minutes: Some(60),
        text: None,
    })
}

fn activity_terms(title: &str, sale: Option<SaleId>) -> ActivityTerms {
    ActivityTerms {
        title: Title::parse(title).unwrap(),
        description: None,
        sale,
        parties: Parties::default(),
        alarm_minutes: None,
        location: None,
        priority: None,
        follow_up_type: None,
    }
}

impl Guided {
    async fn new() -> Self {
        let mut world = World::new().await;
        let (sale_type, stages) = (SaleTypeId(new_id()), [StageId(new_id()), StageId(new_id())]);
        for (stage, rank) in stages.into_iter().zip([10, 20]) {
            let terms = StageTerms {
                name: name(&format!("Stage {rank}")),
                probability: Probability::parse(50).unwrap(),
                description: None,
                rank,
            };
            world.tell(stage.stream(), &Event::Stage(StageEvent::Added(terms))).await;
        }
        let terms = SaleTypeTerms {
            name: name("New"),
            category: None,
            duration: None,
            stages: stages.to_vec(),
            guide: true,
            auto_advance: true,
            stakeholders: false,
        };
        world.tell(sale_type.stream(), &Event::SaleType(SaleTypeEvent::Defined(terms))).await;
        let [meeting, next, letter] = [(); 3].map(|()| GuideItemId(new_id()));
        let document = SuggestedDocument { template: None, subject: None, our_reference: None };
        for (id, rank, required, suggestion) in [
            (meeting, 10, true, follow_up(false)),
            (next, 20, false, follow_up(true)),
            (letter, 30, true, Suggestion::Document(document)),
        ] {
            let name = name(&format!("Item {rank}"));
            let terms = GuideItemTerms { name, purpose: None, required, suggestion };
            let item = GuideItem { id, stage: stages[0], rank, terms };
            world.tell(sale_type.stream(), &added(item)).await;
        }
        world.sale = SaleId(new_id());
        let registered = registration(sale_type, Some(stages[0]));
        world.append(SaleEvent::Registered(Box::new(registered)), None).await;
        Self { world, stages, meeting, next, letter }
    }

    async fn used(&self, item: GuideItemId, activity: ActivityId) {
        let used = SaleEvent::GuideItemUsed { item, activity };
        self.world.append(used, None).await;
    }

    /// Kari's meeting, of the guide when there is an item.
    async fn planned(&self, item: Option<GuideItemId>) -> ActivityId {
        let id = ActivityId(new_id());
        let planned = ActivityEvent::Planned {
            kind: Kind::Meeting,
            slot: Slot::Times {
                starts_at: at("2026-03-17T09:00:00Z"),
                ends_at: at("2026-03-17T10:00:00Z"),
            },
            owner: UserId::parse("kari").unwrap(),
            owner_group: None,
            assigned_by: None,
            series: None,
            guide_item: item,
            terms: activity_terms("Customer meeting", Some(self.world.sale)),
        };
        self.world.tell(id.stream(), &Event::Activity(planned)).await;
        if let Some(item) = item {
            self.used(item, id).await;
        }
        id
    }

    async fn on(&self, activity: ActivityId, command: ActivityCommand) {
        self.world.ask(&call(), activity.stream(), Order::Activity(command)).await;
    }

    /// Kari has done the meeting of the guide.
    async fn meeting_done(&self) -> ActivityId {
        let id = self.planned(Some(self.meeting)).await;
        self.on(id, ActivityCommand::CompleteActivity).await;
        id
    }

    /// As the meeting, in a history that is brought in.
    async fn meeting_done_in_history(&self) {
        let id = self.planned(Some(self.meeting)).await;
        // an activity's times never fall, and it was planned just now
        let effective_at = Some(self.world.store.clock().await.unwrap());
        let who =
            command_service::call::Call { principal: Some(importer()), effective_at, ..call() };
        let complete = Order::Activity(ActivityCommand::CompleteActivity);
        self.world.ask(&who, id.stream(), complete).await;
    }

    /// Per has written the letter of the guide.
    async fn letter_written(&self) -> ActivityId {
        let id = ActivityId(new_id());
        let created = ActivityEvent::DocumentCreated {
            owner: UserId::parse("per").unwrap(),
            owner_group: None,
            created_on: "2026-03-10".parse().unwrap(),
            guide_item: Some(self.letter),
            document: DocumentTerms::default(),
            terms: activity_terms("Our meeting", Some(self.world.sale)),
        };
        self.used(self.letter, id).await;
        self.world.tell(id.stream(), &Event::Activity(created)).await;
        id
    }

    async fn sent_by<R: Rules>(&self) -> usize {
        self.world.expire_lease().await;
        sent(&mut manager::<R>(&self.world), NOW).await
    }
}

fn added(item: GuideItem) -> Event {
    Event::SaleType(SaleTypeEvent::GuideItemAdded(item))
}

/// SG-19: on the sale's own stream, to whom has done the one before, caused by that.
#[tokio::test]
async fn a_follow_up_that_is_done_suggests_the_next_one_once_sg_19() {
    let guided = Guided::new().await;
    let world = &guided.world;
    let done = guided.meeting_done().await;
    assert_eq!(guided.sent_by::<GuideSuggestion>().await, 1);
    assert_eq!(guided.sent_by::<GuideSuggestion>().await, 0);
    let payload = json!({"item": guided.next, "user": "kari"});
    let expected = (world.sale.stream().to_string(), "guide-suggestion".to_owned(), payload);
    assert_eq!(found(world, SUGGESTED).await, [expected]);
    let completed = world.store.read_after(0, 10_000).await.unwrap();
    let completed = completed.iter().find(|row| row.event_type == "activity.completed").unwrap();
    let suggested = world.events().await.pop().unwrap().metadata().unwrap();
    assert_eq!(suggested.causation, Some(completed.event_id));
    assert_eq!(suggested.correlation, completed.metadata().unwrap().correlation);

    guided.on(done, ActivityCommand::ReopenActivity).await;
    guided.on(done, ActivityCommand::CompleteActivity).await;
    assert_eq!(guided.sent_by::<GuideSuggestion>().await, 1, "the sale is asked again");
    assert_eq!(found(world, SUGGESTED).await.len(), 1, "and says nothing twice");
}

/// SG-19, SG-23: other activities are no business of a guide, nor is one that was deleted.
#[tokio::test]
async fn what_was_not_created_from_a_guide_asks_nobody_sg_19_sg_23() {
    let guided = Guided::new().await;
    let world = &guided.world;
    let other = guided.planned(None).await;
    guided.on(other, ActivityCommand::CompleteActivity).await;
    let deleted = guided.meeting_done().await;
    guided.on(deleted, ActivityCommand::DeleteActivity).await;
    assert_eq!(guided.sent_by::<GuideSuggestion>().await, 0);
    assert_eq!(guided.sent_by::<StageAdvance>().await, 0);
    assert!(world.timers().await.is_empty());
}

/// SG-19.
#[tokio::test]
async fn a_suggestion_survives_interruptions_and_is_quiet_on_replay_and_import_sg_19() {
    let guided = Guided::new().await;
    guided.meeting_done().await;
    fires_once_though_interrupted::<GuideSuggestion>(&guided.world, NOW, SUGGESTED).await;
    quiet_on_replay::<GuideSuggestion>(&guided.world, NOW, SUGGESTED).await;

    let guided = Guided::new().await;
    guided.meeting_done_in_history().await;
    assert_eq!(guided.sent_by::<GuideSuggestion>().await, 0, "the importer sends what follows");
    guided.meeting_done().await;
    guided.world.expire_lease().await;
    quiet_about_what_is_old::<GuideSuggestion>(&guided.world, NOW).await;
    assert!(found(&guided.world, SUGGESTED).await.is_empty());
}

/// SG-23, SG-13: the last of what the stage requires, a document too, suggests the next stage to its owner.
#[tokio::test]
async fn a_stage_whose_required_items_are_done_suggests_the_next_one_once_sg_23() {
    let guided = Guided::new().await;
    let world = &guided.world;
    guided.meeting_done().await;
    assert_eq!(guided.sent_by::<StageAdvance>().await, 1);
    assert!(found(world, STAGE_SUGGESTED).await.is_empty(), "the letter is not written");
    guided.letter_written().await;
    assert_eq!(guided.sent_by::<StageAdvance>().await, 1);
    assert_eq!(guided.sent_by::<StageAdvance>().await, 0);
    let [from, to] = guided.stages;
    let payload = json!({"from": from, "to": to, "user": "per"});
    let expected = (world.sale.stream().to_string(), "stage-advance".to_owned(), payload);
    assert_eq!(found(world, STAGE_SUGGESTED).await, [expected]);
    guided.meeting_done().await;
    assert_eq!(guided.sent_by::<StageAdvance>().await, 1);
    assert_eq!(found(world, STAGE_SUGGESTED).await.len(), 1, "once until the stage changes");
}

/// SG-23.
#[tokio::test]
async fn a_suggested_stage_survives_interruptions_and_is_quiet_on_replay_and_import_sg_23() {
    let guided = Guided::new().await;
    guided.letter_written().await;
    guided.meeting_done().await;
    fires_once_though_interrupted::<StageAdvance>(&guided.world, NOW, STAGE_SUGGESTED).await;
    quiet_on_replay::<StageAdvance>(&guided.world, NOW, STAGE_SUGGESTED).await;

    let guided = Guided::new().await;
    guided.letter_written().await;
    assert_eq!(guided.sent_by::<StageAdvance>().await, 1, "the meeting is not held");
    guided.meeting_done_in_history().await;
    assert_eq!(guided.sent_by::<StageAdvance>().await, 0, "the importer sends what follows");
    guided.meeting_done().await;
    guided.world.expire_lease().await;
    quiet_about_what_is_old::<StageAdvance>(&guided.world, NOW).await;
    assert!(found(&guided.world, STAGE_SUGGESTED).await.is_empty());
}
