//! Tags and 304 in the OpenAPI document.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, RefOr};

/// Documents the tag of every JSON answer to a `GET`, and the answer to who has it.
#[must_use]
pub fn with_tags(mut api: OpenApi) -> OpenApi {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let tag = || {
        let told = "Weak tag of the answer, for If-None-Match; of a record with its version before it, for If-Match";
        HeaderBuilder::new().schema(Some(text())).description(Some(told)).build()
    };
    for operation in api.paths.paths.values_mut().filter_map(|item| item.get.as_mut()) {
        let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") else {
            continue;
        };
        if !answer.content.contains_key("application/json") {
            continue;
        }
        answer.headers.insert("ETag".to_owned(), RefOr::T(tag()));
        let known = ResponseBuilder::new()
            .description("The answer is one of those that If-None-Match names")
            .header("ETag", tag())
            .build();
        operation.responses.responses.insert("304".to_owned(), RefOr::T(known));
        let header = ParameterBuilder::new()
            .name("If-None-Match")
            .parameter_in(ParameterIn::Header)
            .description(Some("Tags of answers that are known, or *"))
            .schema(Some(text()));
        operation.parameters.get_or_insert_with(Vec::new).push(RefOr::T(header.build()));
    }
    api
}
