//! What every OpenAPI document of ours shares: the bearer token, and the shape of a problem.

use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::Problem;

/// The name of the security scheme in the document.
pub const BEARER: &str = "bearer";

/// Adds the bearer scheme (required everywhere) and the schema `Problem` to a document.
#[must_use]
pub fn with_shared_parts(mut api: OpenApi) -> OpenApi {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("Claims: sub, tenant, groups, roles. Signed with EdDSA or RS256."))
        .build();
    let components = api.components.get_or_insert_with(|| ComponentsBuilder::new().build());
    components.security_schemes.insert(BEARER.to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    api.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, [])]);
    api
}

#[cfg(test)]
mod tests {
    use utoipa::IntoResponses;
    use utoipa::openapi::OpenApiBuilder;

    use super::*;
    use crate::problem::{CommandProblems, QueryProblems};

    #[test]
    fn a_document_requires_the_bearer_and_explains_problems() {
        let api = with_shared_parts(OpenApiBuilder::new().build());
        let api = serde_json::to_value(api).unwrap();
        assert_eq!(api["openapi"], "3.1.0");
        assert_eq!(api["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
        assert_eq!(api["security"][0]["bearer"], serde_json::json!([]));
        assert_eq!(
            api["components"]["schemas"]["Problem"]["properties"]["status"]["type"],
            "integer"
        );
    }

    #[test]
    fn routes_document_the_problems_of_the_contract() {
        let commands = CommandProblems::responses();
        let statuses: Vec<_> = commands.keys().map(String::as_str).collect();
        let expected =
            ["400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "500", "503"];
        assert_eq!(statuses, expected);
        let not_found = serde_json::to_value(&QueryProblems::responses()["404"]).unwrap();
        let schema = &not_found["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem");
    }
}
