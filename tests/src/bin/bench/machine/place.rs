//! Where both services of a measured stack find what they need, and who may ask them.

use std::path::Path;
use std::time::Duration;

use local_stack::nats::{self, Server};
use local_stack::postgres::Cluster;
use service_runtime::auth::{DevelopmentIssuer, TokenRequest};
use service_runtime::clock::Clock;

use super::stack::TENANT;

/// Password of every login of this throw-away cluster.
pub(super) const PASSWORD: &str = "bench";

/// Who signs the tokens.
pub(super) fn issuer() -> DevelopmentIssuer {
    DevelopmentIssuer::from_seed([9; 32], TENANT, TENANT)
}

/// A day's token of somebody in group north, like every generated sale.
pub(super) fn token(user: &str, roles: &[&'static str]) -> String {
    issuer().token(&TokenRequest {
        tenant: TENANT,
        sub: user,
        roles,
        groups: &["north"],
        issued_at: Clock::system().now(),
        valid_for: Duration::from_secs(24 * 3_600),
    })
}

/// Where the services find what they need.
pub(super) struct Place<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) nats: Option<&'a Server>,
    pub(super) jwks: &'a Path,
}

impl Place<'_> {
    fn shared(&self) -> Vec<(String, String)> {
        let jwks = self.jwks.to_string_lossy().into_owned();
        [
            ("SALGSLOGG_JWKS", jwks.as_str()),
            ("SALGSLOGG_JWT_ISSUER", TENANT),
            ("SALGSLOGG_JWT_AUDIENCE", TENANT),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    fn url(&self, purpose: &str, database: &str) -> String {
        self.cluster.url_as(&format!("salgslogg_{purpose}"), PASSWORD, database)
    }

    /// The variables of command-service.
    pub(super) fn command(&self) -> Vec<(String, String)> {
        let mut all = self.shared();
        all.push(("SALGSLOGG_LOG_URL".into(), self.url("command", "postgres")));
        if let Some(nats) = self.nats {
            all.push(("SALGSLOGG_NATS_URL".into(), nats.url_for(nats::RELAY)));
        }
        all
    }

    /// The variables of projection-service; `database` = where the read models lie, if not beside the log. Without NATS it follows the log itself.
    pub(super) fn projection(&self, database: Option<&str>) -> Vec<(String, String)> {
        let read_side = database.unwrap_or("postgres");
        let nowhere = || "nats://127.0.0.1:9".to_owned();
        let nats = self.nats.map_or_else(nowhere, |nats| nats.url_for(nats::PROJECTION));
        let mut all = self.shared();
        all.push(("SALGSLOGG_LOG_URL".into(), self.url("projector", "postgres")));
        all.push(("SALGSLOGG_READ_URL".into(), self.url("projector", read_side)));
        all.push(("SALGSLOGG_QUERY_URL".into(), self.url("query", read_side)));
        all.push(("SALGSLOGG_NATS_URL".into(), nats));
        all
    }
}
