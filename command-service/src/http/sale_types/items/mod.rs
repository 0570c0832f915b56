//! Commands on the items of a guide (SG-4 to SG-6, SG-29).

mod changes;
mod limits;

use domain::sale_type::{NewGuideItem, SaleTypeCommand};
use events::guide::{GuideItemTerms, SuggestedDocument, SuggestedFollowUp, Suggestion};
use events::{GuideItemId, ListKey, OurReference, Purpose, StageId, Title, TypeName};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::ids;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::on;
use crate::http::activities::ActivityKind;
use crate::http::fields::{self, NameField, never_null};
use crate::http::route::{Asked, BodySchema, CommandRoute, Decoded, row};
pub(in crate::http) use limits::DurationMinutes;
use limits::{FollowUpText, OffsetDays};

/// Rows of the command table.
pub(super) const ROUTES: [CommandRoute; 6] = [
    row(
        Right::MaintainLists,
        "AddSuggestedFollowUp",
        "/v1/sale-types/{id}/add-suggested-follow-up",
        "Suggest a follow-up in a stage of the guide (SG-4)",
        BodySchema::of::<AddSuggestedFollowUp>(),
        add_follow_up,
    ),
    row(
        Right::MaintainLists,
        "AddSuggestedDocument",
        "/v1/sale-types/{id}/add-suggested-document",
        "Suggest a document in a stage of the guide (SG-5)",
        BodySchema::of::<AddSuggestedDocument>(),
        add_document,
    ),
    row(
        Right::MaintainLists,
        "EditSuggestedFollowUp",
        "/v1/sale-types/{id}/edit-suggested-follow-up",
        "Edit a suggested follow-up, at once for running sales too; null clears (SG-6)",
        BodySchema::of::<changes::EditSuggestedFollowUp>(),
        changes::edit_follow_up,
    ),
    row(
        Right::MaintainLists,
        "EditSuggestedDocument",
        "/v1/sale-types/{id}/edit-suggested-document",
        "Edit a suggested document, at once for running sales too; null clears (SG-6)",
        BodySchema::of::<changes::EditSuggestedDocument>(),
        changes::edit_document,
    ),
    row(
        Right::MaintainLists,
        "MoveGuideItem",
        "/v1/sale-types/{id}/move-guide-item",
        "Move an item to another stage, to another place in it, or both (SG-6)",
        BodySchema::of::<MoveGuideItem>(),
        relocate,
    ),
    row(
        Right::MaintainLists,
        "RemoveGuideItem",
        "/v1/sale-types/{id}/remove-guide-item",
        "Suggest an item no more; what was created from it stays (SG-29)",
        BodySchema::of::<RemoveGuideItem>(),
        remove,
    ),
];

/// AddSuggestedFollowUp.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSuggestedFollowUp {
    /// The item's id; made by the server when left out.
    id: Option<Uuid>,
    /// A stage of the type.
    stage: Uuid,
    /// Shown in the guide.
    #[schema(value_type = fields::Name)]
    name: NameField,
    /// Meeting, to-do or call.
    kind: ActivityKind,
    /// The type it will be of: a key of the list follow_up_type, of the same kind.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    r#type: Option<ListKey>,
    /// What it is good for.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 254)]
    purpose: Option<Purpose>,
    /// Suggested by itself once the follow-up before it is completed.
    #[serde(default)]
    auto_suggest: bool,
    /// Days from the follow-up of the guide before it, else from today; 0 when left out.
    #[schema(value_type = Option<u16>, maximum = 3650)]
    offset_days: Option<OffsetDays>,
    /// How long it lasts; as long as its type usually does when left out, else the diary's usual length.
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 1440)]
    duration_minutes: Option<DurationMinutes>,
    /// Text the follow-up begins with.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2047)]
    text: Option<FollowUpText>,
    /// Counts for the completion of its stage; `true` when left out.
    required: Option<bool>,
    /// Order within the stage; behind all others when left out.
    rank: Option<i32>,
}

fn add_follow_up(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AddSuggestedFollowUp = asked.body()?;
    let follow_up = SuggestedFollowUp {
        kind: body.kind.into(),
        follow_up_type: body.r#type,
        auto_suggest: body.auto_suggest,
        offset_days: body.offset_days.unwrap_or_default().0,
        duration_minutes: body.duration_minutes.map(|minutes| minutes.0),
        text: body.text.map(|text| text.0),
    };
    let terms = GuideItemTerms {
        name: body.name.0,
        purpose: body.purpose,
        required: body.required.unwrap_or(true),
        suggestion: Suggestion::FollowUp(follow_up),
    };
    add(asked, body.id, body.stage, body.rank, terms)
}

/// AddSuggestedDocument.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSuggestedDocument {
    /// The item's id; made by the server when left out.
    id: Option<Uuid>,
    /// A stage of the type.
    stage: Uuid,
    /// Shown in the guide.
    #[schema(value_type = fields::Name)]
    name: NameField,
    /// What it is good for.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 254)]
    purpose: Option<Purpose>,
    /// What it is written from.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 239)]
    template: Option<TypeName>,
    /// Subject it begins with.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 219)]
    subject: Option<Title>,
    /// Our reference it begins with.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 99)]
    our_reference: Option<OurReference>,
    /// Counts for the completion of its stage; `true` when left out.
    required: Option<bool>,
    /// Order within the stage; behind all others when left out.
    rank: Option<i32>,
}

fn add_document(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AddSuggestedDocument = asked.body()?;
    let document = SuggestedDocument {
        template: body.template,
        subject: body.subject,
        our_reference: body.our_reference,
    };
    let terms = GuideItemTerms {
        name: body.name.0,
        purpose: body.purpose,
        required: body.required.unwrap_or(true),
        suggestion: Suggestion::Document(document),
    };
    add(asked, body.id, body.stage, body.rank, terms)
}

fn add(
    asked: &Asked<'_>,
    id: Option<Uuid>,
    stage: Uuid,
    rank: Option<i32>,
    terms: GuideItemTerms,
) -> Result<Decoded, Problem> {
    let id = GuideItemId(id.unwrap_or_else(ids::new_id));
    let new = NewGuideItem { id, stage: StageId(stage), rank, terms };
    on(asked, SaleTypeCommand::AddGuideItem(Box::new(new)))
}

/// MoveGuideItem: a stage, a rank or both.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveGuideItem {
    /// Which item.
    item: Uuid,
    /// A stage of the type; the one it is in when left out.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = Uuid)]
    stage: Option<Uuid>,
    /// Order within the stage; behind all others of another stage when left out.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = i32)]
    rank: Option<i32>,
}

fn relocate(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let MoveGuideItem { item, stage, rank } = asked.body()?;
    let (item, stage) = (GuideItemId(item), stage.map(StageId));
    on(asked, SaleTypeCommand::MoveGuideItem { item, stage, rank })
}

/// RemoveGuideItem.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveGuideItem {
    /// Which item.
    item: Uuid,
}

fn remove(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let RemoveGuideItem { item } = asked.body()?;
    on(asked, SaleTypeCommand::RemoveGuideItem { item: GuideItemId(item) })
}
