//! One world a test: a fresh database, both services on free ports, a clock in hand.

use std::time::Duration;

use chrono::{DateTime, Utc};
use event_store::EventStore;
use event_store::testing::TestDatabase;
use local_stack::nats::{Server, Users};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use service_runtime::auth::{DevelopmentIssuer, JwksSource, TokenRequest};
use service_runtime::clock::Clock;
use service_runtime::config::Secret;
use service_runtime::tasks::Tasks;
use sqlx::PgConnection;
use tokio::net::TcpListener;

use crate::reply::Reply;

const ISSUER: &str = "https://salgslogg.test";
const AUDIENCE: &str = "salgslogg";

/// Both services over one fresh log.
pub struct World {
    /// The test's own database.
    pub database: TestDatabase,
    /// Business time of both services; tests set it.
    pub clock: Clock,
    /// The write side.
    pub command: command_service::App,
    /// The read side.
    pub query: projection_service::App,
    /// A NATS server of its own, when the test asked for one.
    pub nats: Option<Server>,
    /// Signs tokens both services believe.
    pub issuer: DevelopmentIssuer,
    /// Tasks of both services.
    pub tasks: Tasks,
    command_url: String,
    query_url: String,
    client: Client,
    _folder: Option<tempfile::TempDir>,
}

/// A request being put together; `.await` it through [`Ask::send`].
pub struct Ask(pub(crate) RequestBuilder);

impl World {
    /// A world without NATS at 2026-03-10T09:00:00Z; projections read the log in Postgres.
    ///
    /// # Panics
    /// When a part does not start.
    pub async fn start() -> Self {
        Self::build(fresh_database().await, None).await
    }

    /// A world without NATS over a log that holds the tables of this program already.
    ///
    /// # Panics
    /// When a part does not start.
    pub async fn over(database: TestDatabase) -> Self {
        Self::build(database, None).await
    }

    /// A world with a NATS server of its own and a durable consumer for tenant `demo`.
    ///
    /// # Panics
    /// When a part does not start.
    pub async fn with_nats() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binary = std::path::PathBuf::from(variable("SALGSLOGG_TEST_NATS_SERVER"));
        let users = Users::new(1)
            .and_then(|users| users.with_tenant("demo"))
            .and_then(Users::with_operator);
        let users = users.expect("random passwords");
        let server =
            Server::start(&binary, folder.path(), users, None).await.expect("nats-server starts");
        Self::build(fresh_database().await, Some((server, folder))).await
    }

    async fn build(database: TestDatabase, nats: Option<(Server, tempfile::TempDir)>) -> Self {
        let clock = Clock::in_hand("2026-03-10T09:00:00Z".parse().expect("a fixed instant"));
        let issuer = DevelopmentIssuer::from_seed([7; 32], ISSUER, AUDIENCE);
        let (nats, folder) = nats.unzip();
        let tasks = Tasks::new();
        let command = command_service::App::connect(
            command_config(&database, &issuer, nats.as_ref()),
            clock.clone(),
            &tasks,
        )
        .await
        .expect("command-service connects");
        let query = projection_service::App::connect(
            query_config(&database, &issuer, nats.as_ref()),
            clock.clone(),
        )
        .await
        .expect("projection-service connects");
        let command_url = serve(command.router(), &tasks).await;
        let query_url = serve(query.router(&tasks), &tasks).await;
        // the process has one provider; a second test finds it installed already
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().build().expect("an HTTP client");
        Self {
            database,
            clock,
            command,
            query,
            nats,
            issuer,
            tasks,
            command_url,
            query_url,
            client,
            _folder: folder,
        }
    }

    /// A token of tenant `demo`.
    pub fn token(&self, user: &str, role: &str) -> String {
        self.token_of("demo", user, &[role])
    }

    /// A token of any tenant; the user's group is `north`.
    pub fn token_of(&self, tenant: &str, user: &str, roles: &[&str]) -> String {
        self.token_in(tenant, user, roles, &["north"])
    }

    /// A token of any tenant, of a user with these groups.
    pub fn token_in(&self, tenant: &str, user: &str, roles: &[&str], groups: &[&str]) -> String {
        self.issuer.token(&TokenRequest {
            tenant,
            sub: user,
            roles,
            groups,
            issued_at: Clock::system().now(),
            valid_for: Duration::from_secs(3_600),
        })
    }

    /// A request to the write side.
    pub fn command(&self, method: Method, path: &str) -> Ask {
        Ask(self.client.request(method, format!("{}{path}", self.command_url)))
    }

    /// A request to the read side.
    pub fn question(&self, path: &str) -> Ask {
        self.question_by(Method::GET, path)
    }

    /// A request to the projection-service, also with a body.
    pub fn question_by(&self, method: Method, path: &str) -> Ask {
        Ask(self.client.request(method, format!("{}{path}", self.query_url)))
    }

    /// Posts a command as `token`.
    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.command(Method::POST, path).bearer(token).json(body).send().await
    }

    /// Posts a command with an effective time; `token` is an importer's.
    pub async fn post_at(&self, token: &str, at: &str, path: &str, body: &Value) -> Reply {
        self.command(Method::POST, path)
            .bearer(token)
            .header("effective-at", at)
            .json(body)
            .send()
            .await
    }

    /// Asks the read side as `token`, after every projection has caught up.
    pub async fn get(&self, token: &str, path: &str) -> Reply {
        self.caught_up().await;
        self.question(path).bearer(token).send().await
    }

    /// Pumps the projections up to the head of the log.
    ///
    /// # Panics
    /// When a projection stands still.
    pub async fn caught_up(&self) -> i64 {
        self.query.run_until_caught_up().await.expect("projections catch up")
    }

    /// The log, with the rights of command-service.
    pub fn store(&self) -> &EventStore {
        self.command.store()
    }

    /// The log's head.
    ///
    /// # Panics
    /// When the log cannot be reached.
    pub async fn head(&self) -> i64 {
        self.store().head().await.expect("the log answers")
    }

    /// Sets the clock of both services.
    pub fn set_clock(&self, at: &str) {
        let at: DateTime<Utc> = at.parse().expect("an RFC 3339 instant");
        self.clock.set(at);
    }

    /// The client of every request, with its pool of connections.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Base address of the write side.
    pub fn command_url(&self) -> &str {
        &self.command_url
    }

    /// Base address of the read side.
    pub fn query_url(&self) -> &str {
        &self.query_url
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

impl Ask {
    /// With a token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    /// With a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// With a body as it is.
    #[must_use]
    pub fn body(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.body(body))
    }

    /// Sends it and reads the answer.
    ///
    /// # Panics
    /// When the connection breaks.
    pub async fn send(self) -> Reply {
        Reply::read(self.0.send().await.expect("the service answers")).await
    }

    /// Sends it and hands the answer over before its end.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn open(self) -> reqwest::Result<reqwest::Response> {
        self.0.send().await
    }
}

/// An empty log and empty read models.
pub(crate) async fn fresh_database() -> TestDatabase {
    let migrate = async |mut on: PgConnection| {
        read_models::schema::migrate(&mut on).await.expect("the read side migrates");
    };
    let database = TestDatabase::prepared("read_models", migrate).await;
    // the privilege to make more generations
    migrate(database.superuser().await).await;
    database
}

/// Serves a router on a free port; answers its base address.
async fn serve(router: axum::Router, tasks: &Tasks) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let stop = tasks.token();
    tasks.spawn(async move {
        axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
    });
    format!("http://{address}")
}

/// Settings of command-service over a database.
pub fn command_config(
    database: &TestDatabase,
    issuer: &DevelopmentIssuer,
    nats: Option<&Server>,
) -> command_service::Config {
    command_service::Config {
        listen: "127.0.0.1:0".into(),
        log_id: 1,
        log_url: Secret::new(database.url_for("salgslogg_command")),
        log_connections: 8,
        commands_waiting_max: command_service::places::WAITING_MAX,
        notices: true,
        nats_url: nats.map(|server| Secret::new(server.url_for("relay"))),
        nats_tenant_consumers: vec!["demo".into()],
        stream_max_msgs: None,
        stream_max_bytes: None,
        stream_max_age_s: None,
        stream_replay_window: None,
        stream_replicas: 1,
        jwks: JwksSource::Inline(issuer.jwks()),
        jwt_issuer: ISSUER.into(),
        jwt_audience: AUDIENCE.into(),
        cors_origins: vec!["https://app.example".into()],
    }
}

/// Settings of projection-service over a database.
pub fn query_config(
    database: &TestDatabase,
    issuer: &DevelopmentIssuer,
    nats: Option<&Server>,
) -> projection_service::Config {
    let nowhere = "nats://nobody:nobody@127.0.0.1:9".to_owned();
    projection_service::Config {
        listen: "127.0.0.1:0".into(),
        log_id: 1,
        log_url: Secret::new(database.url_for("salgslogg_projector")),
        read_url: Secret::new(database.url_for("salgslogg_projector")),
        query_url: Secret::new(database.url_for("salgslogg_query")),
        nats_url: Secret::new(nats.map_or(nowhere, |server| server.url_for("projection"))),
        jwks: JwksSource::Inline(issuer.jwks()),
        jwt_issuer: ISSUER.into(),
        jwt_audience: AUDIENCE.into(),
        cors_origins: vec!["https://app.example".into()],
        query_connections: 8,
        standings_mib: 64,
        pace: projection_service::config::Pace::default(),
    }
}

/// A variable that need not be set.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
pub(crate) fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; ./deploy/test sets it"))
}
