//! Editing what a guide suggests (SG-6): any of the fields, null clears what need not be there.

use domain::sale_type::{
    DocumentChanges, FollowUpChanges, GuideItemChanges, SaleTypeCommand, SuggestionChanges,
};
use events::{GuideItemId, ListKey, OurReference, Purpose, Title, TypeName};
use serde::Deserialize;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::limits::{DurationMinutes, FollowUpText, OffsetDays};
use super::on;
use crate::http::activities::ActivityKind;
use crate::http::fields::{self, NameField, never_null, patch};
use crate::http::route::{Asked, Decoded};

/// EditSuggestedFollowUp: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSuggestedFollowUp {
    /// Which item.
    item: Uuid,
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = fields::Name)]
    name: Option<NameField>,
    /// Meeting, to-do or call; another kind needs another type, or none.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = ActivityKind)]
    kind: Option<ActivityKind>,
    /// New type, of the same kind.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    r#type: Option<Option<ListKey>>,
    /// New tooltip.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 254)]
    purpose: Option<Option<Purpose>>,
    /// Whether it is suggested by itself.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    auto_suggest: Option<bool>,
    /// New offset.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = u16, maximum = 3650)]
    offset_days: Option<OffsetDays>,
    /// New length; the usual one when cleared.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 1440)]
    duration_minutes: Option<Option<DurationMinutes>>,
    /// New text.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2047)]
    text: Option<Option<FollowUpText>>,
    /// Whether it counts for the completion of its stage.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    required: Option<bool>,
}

pub(super) fn edit_follow_up(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditSuggestedFollowUp = asked.body()?;
    let follow_up = FollowUpChanges {
        kind: body.kind.map(Into::into),
        follow_up_type: body.r#type,
        auto_suggest: body.auto_suggest,
        offset_days: body.offset_days.map(|days| days.0),
        duration_minutes: body.duration_minutes.map(|new| new.map(|minutes| minutes.0)),
        text: body.text.map(|new| new.map(|text| text.0)),
    };
    let changes = GuideItemChanges {
        name: body.name.map(|name| name.0),
        purpose: body.purpose,
        required: body.required,
        suggestion: SuggestionChanges::FollowUp(follow_up),
    };
    edit(asked, body.item, changes)
}

/// EditSuggestedDocument: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSuggestedDocument {
    /// Which item.
    item: Uuid,
    /// New name.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = fields::Name)]
    name: Option<NameField>,
    /// New tooltip.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 254)]
    purpose: Option<Option<Purpose>>,
    /// New template.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 239)]
    template: Option<Option<TypeName>>,
    /// New subject.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 219)]
    subject: Option<Option<Title>>,
    /// New reference of ours.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 99)]
    our_reference: Option<Option<OurReference>>,
    /// Whether it counts for the completion of its stage.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    required: Option<bool>,
}

pub(super) fn edit_document(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditSuggestedDocument = asked.body()?;
    let document = DocumentChanges {
        template: body.template,
        subject: body.subject,
        our_reference: body.our_reference,
    };
    let changes = GuideItemChanges {
        name: body.name.map(|name| name.0),
        purpose: body.purpose,
        required: body.required,
        suggestion: SuggestionChanges::Document(document),
    };
    edit(asked, body.item, changes)
}

fn edit(asked: &Asked<'_>, item: Uuid, changes: GuideItemChanges) -> Result<Decoded, Problem> {
    let (item, changes) = (GuideItemId(item), Box::new(changes));
    on(asked, SaleTypeCommand::EditGuideItem { item, changes })
}
