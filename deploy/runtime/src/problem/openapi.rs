//! How a problem looks in the OpenAPI document, and which problems a kind of route may answer.

use std::collections::BTreeMap;

use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, Ref, RefOr};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use super::{PROBLEM_JSON, Problem};

fn text(description: &str) -> Schema {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description)).build().into()
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        let fault = ObjectBuilder::new()
            .property("pointer", text("JSON Pointer (RFC 6901) of the fault in the body"))
            .property("parameter", text("Name of the query parameter at fault"))
            .property("header", text("Name of the header at fault"))
            .property("code", text("Stable code of the broken rule"))
            .property("detail", text("The rule, for a person"))
            .required("code")
            .required("detail");
        let status =
            ObjectBuilder::new().schema_type(Type::Integer).description(Some("HTTP status"));
        let mut problem = ObjectBuilder::new()
            .description(Some("A refusal (RFC 9457). Codes may carry further members."))
            .property("type", text("`/problems/<code>`"))
            .property("title", text("The same for every problem of a type"))
            .property("status", status)
            .property("detail", text("What happened here and what to do about it"))
            .property("instance", text("The resource it is about"))
            .property("code", text("Stable code; programs decide by it"))
            .property("trace_id", text("Leads to the log lines of this request"))
            .property("errors", ArrayBuilder::new().items(fault));
        for member in ["type", "title", "status", "detail", "code", "errors"] {
            problem = problem.required(member);
        }
        RefOr::T(problem.build().into())
    }
}

impl ToSchema for Problem {}

/// The problems of a command route, for `responses(…)` of `#[utoipa::path]`.
#[derive(Debug)]
pub struct CommandProblems;

/// The problems of a query route, for `responses(…)` of `#[utoipa::path]`.
#[derive(Debug)]
pub struct QueryProblems;

const QUERY: [(&str, &str); 7] = [
    ("400", "Malformed, or an unknown, repeated or bad parameter"),
    ("401", "No token, or one that is not accepted"),
    ("403", "The roles of the token do not allow this"),
    ("404", "Unknown id, also when it belongs to another tenant"),
    ("500", "Our fault; the trace id leads to the cause"),
    ("503", "Not available now; Retry-After tells when"),
    ("504", "`min_position` was not reached in time; `position` tells how far"),
];

const COMMAND: [(&str, &str); 12] = [
    ("400", "Malformed"),
    ("401", "No token, or one that is not accepted"),
    ("403", "The roles of the token do not allow this"),
    ("404", "Unknown id, also when it belongs to another tenant"),
    ("409", "Lost race after the retries, or the id is taken"),
    ("412", "`If-Match` does not name the present version"),
    ("413", "Body longer than 1 MiB"),
    ("415", "The body is not application/json"),
    ("422", "Refused by a rule, or the key was used with another body"),
    ("429", "Too many requests"),
    ("500", "Our fault; the trace id leads to the cause"),
    ("503", "The log cannot be reached or queues are full; Retry-After tells when"),
];

fn documented(table: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let problem = Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem"))));
    let entry = |&(status, description): &(&str, &str)| {
        let response = ResponseBuilder::new()
            .description(description)
            .content(PROBLEM_JSON, problem.clone())
            .build();
        (status.to_owned(), RefOr::T(response))
    };
    table.iter().map(entry).collect()
}

impl IntoResponses for CommandProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        documented(&COMMAND)
    }
}

impl IntoResponses for QueryProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        documented(&QUERY)
    }
}
