//! How criteria look in OpenAPI; what they are is `events::Criteria`.

use utoipa::ToSchema;

/// One block is enough (SF-7); none asks nothing.
#[derive(ToSchema)]
#[schema(as = SearchCriteria)]
#[expect(dead_code, reason = "describes events::Criteria in the OpenAPI document")]
pub(crate) struct CriteriaJson {
    /// At most 20 blocks.
    any: Vec<SearchBlock>,
}

/// All of its criteria are needed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes events::Criteria in the OpenAPI document")]
pub(crate) struct SearchBlock {
    /// At most 50 in all blocks together.
    all: Vec<SearchCriterion>,
}

/// One condition; an empty value asks nothing.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes events::Criteria in the OpenAPI document")]
pub(crate) struct SearchCriterion {
    /// A field of `/v1/criteria-fields`.
    #[schema(example = "amount")]
    field: String,
    /// One of its operators.
    #[schema(example = "gt")]
    operator: String,
    /// At most 1 000.
    #[schema(example = json!(["5000"]))]
    values: Option<Vec<String>>,
}
