//! The guide of a sale as it is shown.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::activity::Kind;
use events::{GuideItem, ListKey, StageId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::progress::{Created, ItemState, Mark};
use super::rows::{Instance, NamedStage, OfSale};
use crate::activities::Edge;
use crate::ask::{Snapshot, time_of_day};

/// The guide of a sale and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GuideProgress {
    /// The position of the log it shows.
    position: i64,
    /// The moment it shows.
    as_of: DateTime<Utc>,
    /// The sale.
    sale_id: Uuid,
    /// Whether its type has a guide; without one nothing is shown (SG-28).
    has_guide: bool,
    /// Version of the type the items are of (§6-A39).
    guide_version: Option<i64>,
    /// Whether the next stage is suggested once one is complete (SG-23).
    auto_advance: bool,
    /// Whether whoever asks wants to be asked before the form of a suggested follow-up opens (SG-22).
    confirm_suggested_follow_up: bool,
    /// Everything required in the current stage is done.
    stage_complete: bool,
    /// The stage somebody was asked to move on to (SG-23); shown while the present one is complete and the type suggests.
    next_stage_suggested: Option<NextStage>,
    /// In the order of the process.
    stages: Vec<GuideStage>,
}

/// A stage that is suggested.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NextStage {
    /// Public id.
    id: Uuid,
    /// Its name.
    name: String,
    /// The answer so far: none, or `false`; yes has moved the sale.
    answered: Option<bool>,
}

/// A stage with what is suggested in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GuideStage {
    /// Public id.
    id: Uuid,
    /// Its name.
    name: String,
    /// Its order among all stages.
    rank: i32,
    /// Its chance, whole percent.
    probability: i16,
    /// Where it lies from the stage the sale is in (SG-8, SG-9).
    mark: Mark,
    /// Something is required in it, and of all that is something is done (§6-A6).
    complete: bool,
    /// By rank.
    items: Vec<GuideStep>,
}

/// What is suggested, and what was created from it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GuideStep {
    /// What commands name it by.
    id: Uuid,
    /// `follow_up` or `document`.
    suggestion: &'static str,
    /// `meeting`, `to_do`, `call` or `document`.
    kind: &'static str,
    /// Key of the type a follow-up will be of (SD-1).
    r#type: Option<String>,
    /// Its name.
    name: String,
    /// What it is good for.
    purpose: Option<String>,
    /// Counts for the completion of its stage.
    required: bool,
    /// Suggested by itself once the follow-up before it is done (SG-19).
    auto_suggest: bool,
    /// How far it is.
    state: ItemState,
    /// When a follow-up created now would begin: a date for a to-do, else an instant (SG-4).
    default_start: Option<Edge>,
    /// How long it would last.
    duration_minutes: Option<u16>,
    /// Text a follow-up begins with.
    text: Option<String>,
    /// What a document is written from.
    template: Option<String>,
    /// Subject a document begins with.
    subject: Option<String>,
    /// Our reference on a document.
    our_reference: Option<String>,
    /// What was created from it and is seen, by start (SG-14, SO-44); what is not seen counts, deleted ones do not (SG-17).
    instances: Vec<GuideInstance>,
}

/// A follow-up or document that was created from an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GuideInstance {
    /// The activity.
    activity_id: Uuid,
    /// Its title.
    title: String,
    /// Whose it is (`sub`).
    owner: String,
    /// A date, when it lasts whole days; else an instant.
    start: Edge,
    /// Likewise.
    end: Edge,
    /// Done.
    completed: bool,
}

impl GuideProgress {
    /// Of a sale whose type has no guide.
    pub(super) fn none(snapshot: &Snapshot, of_sale: &OfSale) -> Self {
        Self {
            position: snapshot.position,
            as_of: snapshot.at,
            sale_id: of_sale.sale_id,
            has_guide: false,
            guide_version: of_sale.guide_version,
            auto_advance: of_sale.auto_advance,
            confirm_suggested_follow_up: of_sale.preferences().confirm_suggested_follow_up,
            stage_complete: false,
            next_stage_suggested: None,
            stages: Vec::new(),
        }
    }
}

/// What the guide is shown by.
pub(super) struct Shown<'a> {
    pub snapshot: &'a Snapshot,
    pub language: &'static str,
    pub of_sale: &'a OfSale,
    /// How long follow-ups of a type usually last (SD-3).
    pub lengths: &'a HashMap<String, u16>,
}

impl Shown<'_> {
    /// The whole guide.
    pub fn progress(
        &self,
        named: &HashMap<StageId, NamedStage>,
        created: &Created,
    ) -> GuideProgress {
        let (of_sale, order) = (self.of_sale, self.of_sale.stages());
        let guide = of_sale.items();
        let place = |stage: StageId| order.iter().position(|other| *other == stage);
        let current = of_sale.stage_id.map(StageId);
        let at = current.and_then(|stage| Some((place(stage), named.get(&stage)?.rank)));
        let complete = current.is_some_and(|stage| created.completes(guide, stage));
        // what was suggested and has lost its reason since is shown no longer
        let next_stage = of_sale.suggestions.stage.as_ref().and_then(|next| {
            if !complete || !of_sale.auto_advance || place(next.stage).is_none() {
                return None;
            }
            let name = named.get(&next.stage)?.name.in_language(self.language).to_owned();
            Some(NextStage { id: next.stage.0, name, answered: next.accepted })
        });
        let stage = |(place, id): (usize, &StageId)| {
            let stage = named.get(id)?;
            let items = guide.of_stage(*id).map(|item| self.step(item, &order, created));
            Some(GuideStage {
                id: id.0,
                name: stage.name.in_language(self.language).to_owned(),
                rank: stage.rank,
                probability: stage.probability,
                mark: Mark::of((place, stage.rank), at),
                complete: created.completes(guide, *id),
                items: items.collect(),
            })
        };
        GuideProgress {
            has_guide: true,
            stage_complete: complete,
            next_stage_suggested: next_stage,
            stages: order.iter().enumerate().filter_map(stage).collect(),
            ..GuideProgress::none(self.snapshot, of_sale)
        }
    }

    fn step(&self, item: &GuideItem, order: &[StageId], created: &Created) -> GuideStep {
        let (terms, of_sale) = (&item.terms, self.of_sale);
        let (follow_up, document) = (terms.follow_up(), terms.document());
        let kind = follow_up.map_or(Kind::Document, |follow_up| follow_up.kind);
        let suggested = of_sale.suggestions.follow_up(item.id).is_some();
        let of_type = follow_up.and_then(|follow_up| follow_up.follow_up_type.as_ref());
        let usual = || self.usual_minutes(of_type.map(ListKey::as_str), kind);
        let duration = follow_up.and_then(|follow_up| follow_up.duration_minutes);
        let text = |text: Option<&str>| text.map(str::to_owned);
        GuideStep {
            id: item.id.0,
            suggestion: if follow_up.is_some() { "follow_up" } else { "document" },
            kind: kind.as_str(),
            r#type: text(of_type.map(ListKey::as_str)),
            name: terms.name.in_language(self.language).to_owned(),
            purpose: text(terms.purpose.as_ref().map(|purpose| purpose.as_str())),
            required: terms.required,
            auto_suggest: follow_up.is_some_and(|follow_up| follow_up.auto_suggest),
            state: created.state(item.id, suggested),
            default_start: follow_up.map(|_| self.default_start(item, kind, order, created)),
            duration_minutes: duration.or_else(usual),
            text: text(follow_up.and_then(|one| one.text.as_ref()).map(|text| text.as_str())),
            template: text(
                document.and_then(|one| one.template.as_ref()).map(|name| name.as_str()),
            ),
            subject: text(
                document.and_then(|one| one.subject.as_ref()).map(|title| title.as_str()),
            ),
            our_reference: text(
                document.and_then(|one| one.our_reference.as_ref()).map(|text| text.as_str()),
            ),
            instances: created.seen(item.id).map(GuideInstance::of).collect(),
        }
    }

    /// A to-do lasts a day; everything else begins with the working day (SD-4).
    fn default_start(
        &self,
        item: &GuideItem,
        kind: Kind,
        order: &[StageId],
        created: &Created,
    ) -> Edge {
        let (snapshot, guide) = (self.snapshot, self.of_sale.items());
        let day = created.default_day(guide, order, item, (snapshot.today, snapshot.zone));
        match kind {
            Kind::ToDo => Edge::Day(day),
            Kind::Meeting | Kind::Call | Kind::Document => {
                Edge::At(time_of_day(day, snapshot.diary.day_from.time(), snapshot.zone))
            }
        }
    }

    /// SD-3: as long as its type says, else the diary. To-dos have days.
    fn usual_minutes(&self, of_type: Option<&str>, kind: Kind) -> Option<u16> {
        let diary = match kind {
            Kind::Meeting => self.snapshot.diary.meeting_minutes,
            Kind::Call => self.snapshot.diary.call_minutes,
            Kind::ToDo | Kind::Document => return None,
        };
        Some(of_type.and_then(|key| self.lengths.get(key).copied()).unwrap_or(diary))
    }
}

impl GuideInstance {
    fn of(instance: &Instance) -> Self {
        let (start, end) = Edge::both(
            instance.from_day.zip(instance.to_day),
            instance.starts_at.zip(instance.ends_at),
        );
        Self {
            activity_id: instance.activity_id,
            title: instance.title.clone(),
            owner: instance.owner.clone(),
            start,
            end,
            completed: instance.completed,
        }
    }
}
