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
        .description(Some(
            "Claims: sub, tenant, groups, roles. Signed with EdDSA or RS256.",
        ))
        .build();
    let components = api
        .components
        .get_or_insert_with(|| ComponentsBuilder::new().build());
    components
        .security_schemes
        .insert(BEARER.to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    api.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(
        BEARER,
        [],
    )]);
    api
}
