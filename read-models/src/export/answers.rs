//! The answers of an export, for its documentation.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder, Schema};

use super::params::Format;

/// A file, or no file because it would be too long; for `responses(…)` beside `QueryProblems`.
#[derive(Debug)]
pub(crate) struct FileAnswers;

impl IntoResponses for FileAnswers {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let bytes = || {
            let bytes = ObjectBuilder::new().schema_type(Type::String).build();
            Content::new(Some(RefOr::<Schema>::T(bytes.into())))
        };
        let says = "Every row of the list, 100 000 at most; needs the right `export`";
        let file = ResponseBuilder::new()
            .description(says)
            .content("text/csv", bytes())
            .content(Format::Xlsx.media_type(), bytes())
            .build();
        let problem = Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem"))));
        let refused = ResponseBuilder::new()
            .description("More rows than a file holds")
            .content("application/problem+json", problem)
            .build();
        let answers = [("200", file), ("422", refused)];
        answers.map(|(status, answer)| (status.to_owned(), RefOr::T(answer))).into()
    }
}
