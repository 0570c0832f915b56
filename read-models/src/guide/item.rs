//! An item of a guide as the catalogue of sale types shows it.

use events::activity::Kind;
use events::{Guide, GuideItem, LocalName};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a sale type suggests in one of its stages (SG-4, SG-5).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TypeItem {
    /// What commands name it by.
    id: Uuid,
    /// The stage it is suggested in.
    stage: Uuid,
    /// Order within the stage, lowest first.
    rank: i32,
    /// `follow_up` or `document`.
    suggestion: &'static str,
    /// `meeting`, `to_do`, `call` or `document`.
    kind: &'static str,
    /// Of a follow-up: key of the type it will be of (SD-1).
    r#type: Option<String>,
    /// Name in English, else in another language.
    name: String,
    /// Name in every language it was given in.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    names: LocalName,
    /// What it is good for.
    purpose: Option<String>,
    /// Counts for the completion of its stage (§6-A6).
    required: bool,
    /// Of a follow-up: suggested by itself once the one before it is done (SG-19).
    auto_suggest: bool,
    /// Of a follow-up: days from the one before it (§6-A38).
    offset_days: Option<u16>,
    /// Of a follow-up: how long it lasts; as long as its type usually does when none, else the diary's usual length.
    duration_minutes: Option<u16>,
    /// Of a follow-up: text it begins with.
    text: Option<String>,
    /// Of a document: what it is written from.
    template: Option<String>,
    /// Of a document: subject it begins with.
    subject: Option<String>,
    /// Of a document: our reference.
    our_reference: Option<String>,
}

impl TypeItem {
    /// Every item of a type with these stages, in the order of the process; those of stages it does not have, last.
    pub fn all(guide: &Guide, stages: &[Uuid]) -> Vec<Self> {
        let place = |item: &GuideItem| {
            let at = stages.iter().position(|stage| *stage == item.stage.0);
            at.unwrap_or(stages.len())
        };
        let mut items: Vec<&GuideItem> = guide.items().iter().collect();
        items.sort_by_key(|item| (place(item), item.stage, item.rank));
        items.into_iter().map(Self::of).collect()
    }

    fn of(item: &GuideItem) -> Self {
        let terms = item.terms.clone();
        let follow_up = item.terms.follow_up();
        let document = item.terms.document().cloned();
        let (template, subject, our_reference) = document
            .map_or((None, None, None), |one| (one.template, one.subject, one.our_reference));
        let text = follow_up.and_then(|one| one.text.clone());
        Self {
            id: item.id.0,
            stage: item.stage.0,
            rank: item.rank,
            suggestion: if follow_up.is_some() { "follow_up" } else { "document" },
            kind: follow_up.map_or(Kind::Document, |one| one.kind).as_str(),
            r#type: follow_up.and_then(|one| one.follow_up_type.clone()).map(String::from),
            name: terms.name.in_language("en").to_owned(),
            names: terms.name,
            purpose: terms.purpose.map(String::from),
            required: terms.required,
            auto_suggest: follow_up.is_some_and(|one| one.auto_suggest),
            offset_days: follow_up.map(|one| one.offset_days),
            duration_minutes: follow_up.and_then(|one| one.duration_minutes),
            text: text.map(String::from),
            template: template.map(String::from),
            subject: subject.map(String::from),
            our_reference: our_reference.map(String::from),
        }
    }
}
