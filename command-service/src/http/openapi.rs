//! The OpenAPI 3.1 document, made from the same table as the router.

use std::collections::BTreeMap;

use service_runtime::openapi::with_shared_parts;
use service_runtime::problem::CommandProblems;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Type};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, Schema};
use utoipa::{IntoResponses, ToSchema};

use super::answers::CommandAnswer;
use super::bulk::{BulkLine, BulkResult, NDJSON};
use super::route::CommandRoute;
use super::selections::{self, MemberResult, PlanFollowUps, UpdateMembers};

/// What update-members does.
const UPDATE: &str =
    "The same command on every member of a selection, a result a member in order (SF-17)";
/// What plan-follow-ups does.
const PLAN: &str = "A follow-up on every member of a selection, a result a member in order (SF-18)";

/// The whole document.
pub fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Salgslogg commands")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Changes sales and what belongs to them. Every accepted command is events in the log.",
        ))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").build()))
        .build();
    let mut components = ComponentsBuilder::new();
    let mut schemas = Vec::new();
    for body in super::commands().filter_map(|route| route.body) {
        schemas.push(((body.name)().into_owned(), (body.schema)()));
        (body.others)(&mut schemas);
    }
    add::<CommandAnswer>(&mut schemas);
    add::<BulkLine>(&mut schemas);
    add::<BulkResult>(&mut schemas);
    add::<MemberResult>(&mut schemas);
    add::<UpdateMembers>(&mut schemas);
    add::<PlanFollowUps>(&mut schemas);
    for (name, schema) in schemas {
        components = components.schema(name, schema);
    }
    let mut paths = PathsBuilder::new();
    for route in super::commands() {
        paths = paths.path(route.path, PathItem::new(HttpMethod::Post, operation(route)));
    }
    paths = paths.path("/v1/commands", PathItem::new(HttpMethod::Post, bulk()));
    for (path, operation) in [
        (selections::UPDATE_MEMBERS, for_members::<UpdateMembers>("UpdateMembers", UPDATE)),
        (selections::PLAN_FOLLOW_UPS, for_members::<PlanFollowUps>("PlanFollowUps", PLAN)),
    ] {
        paths = paths.path(path, PathItem::new(HttpMethod::Post, operation));
    }
    let api = OpenApiBuilder::new()
        .info(info)
        .paths(paths.build())
        .components(Some(components.build()))
        .build();
    with_shared_parts(api)
}

fn add<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

fn named<T: ToSchema>() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(T::name()))
}

/// One command.
fn operation(route: &CommandRoute) -> Operation {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(route.command))
        .summary(Some(route.summary))
        .tag(route.path.split('/').nth(2).unwrap_or_default());
    if !route.creates() {
        operation = operation.parameter(id_of_the_path());
    }
    for (name, description) in [
        (
            "Idempotency-Key",
            "Repeating the request with the same key gives the first answer, for 7 days",
        ),
        ("If-Match", "The version the caller saw, quoted"),
        ("Effective-At", "When it happened (role importer)"),
        ("traceparent", "W3C trace context"),
    ] {
        let header = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False);
        operation = operation
            .parameter(header.description(Some(description)).schema(Some(text(None))).build());
    }
    if let Some(body) = route.body {
        let schema = RefOr::Ref(Ref::from_schema_name((body.name)()));
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new()
            .content("application/json", content)
            .required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    let status = if route.creates() { "201" } else { "200" };
    responses(operation.response(status, accepted(route)), CommandProblems::responses())
}

/// A command for every member of a selection.
fn for_members<T: ToSchema>(name: &str, summary: &str) -> Operation {
    let body = ContentBuilder::new().schema(Some(named::<T>())).build();
    let body =
        RequestBodyBuilder::new().content("application/json", body).required(Some(Required::True));
    let results = ContentBuilder::new().schema(Some(named::<MemberResult>())).build();
    let answer =
        ResponseBuilder::new().description("A result a member, in order").content(NDJSON, results);
    let operation = OperationBuilder::new()
        .operation_id(Some(name))
        .summary(Some(summary))
        .tag("selections")
        .parameter(id_of_the_path())
        .request_body(Some(body.build()))
        .response("200", answer.build());
    let mut problems = CommandProblems::responses();
    problems.retain(|status, _| status != "409" && status != "412");
    responses(operation, problems)
}

/// The id of what a command is for.
fn id_of_the_path() -> utoipa::openapi::path::Parameter {
    let id = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path);
    id.required(Required::True).schema(Some(text(None))).build()
}

/// The bulk endpoint.
fn bulk() -> Operation {
    let line = ContentBuilder::new().schema(Some(named::<BulkLine>())).build();
    let body = RequestBodyBuilder::new()
        .description(Some("One command a line, 1 MiB a line, any number of lines"))
        .content(NDJSON, line)
        .required(Some(Required::True));
    let results = ContentBuilder::new().schema(Some(named::<BulkResult>())).build();
    let answer =
        ResponseBuilder::new().description("A result a line, in order").content(NDJSON, results);
    let operation = OperationBuilder::new()
        .operation_id(Some("Commands"))
        .summary(Some(
            "Carry out many commands; a line runs after earlier ones on its object and on the objects it \
             names, others in parallel",
        ))
        .tag("commands")
        .request_body(Some(body.build()))
        .response("200", answer.build());
    let mut problems = CommandProblems::responses();
    problems.retain(|status, _| ["401", "403", "415", "500", "503"].contains(&status.as_str()));
    responses(operation, problems)
}

fn responses(
    mut operation: OperationBuilder,
    problems: BTreeMap<String, RefOr<Response>>,
) -> Operation {
    for (status, response) in problems {
        operation = operation.response(status, response);
    }
    operation.build()
}

/// The answer to an accepted command.
fn accepted(route: &CommandRoute) -> Response {
    let content = ContentBuilder::new().schema(Some(named::<CommandAnswer>())).build();
    let answer = ResponseBuilder::new()
        .description("Accepted: on disk, and it will be published")
        .content("application/json", content)
        .header("ETag", header("The version, quoted"))
        .header(
            "Salgslogg-Position",
            header("`<log>:<position>` of the last event, when something changed"),
        );
    if !route.creates() {
        return answer.build();
    }
    answer.header("Location", header("Where the query side shows what was created")).build()
}

fn header(description: &str) -> utoipa::openapi::Header {
    HeaderBuilder::new().schema(Some(text(None))).description(Some(description)).build()
}

fn text(description: Option<&str>) -> RefOr<Schema> {
    RefOr::T(ObjectBuilder::new().schema_type(Type::String).description(description).build().into())
}
