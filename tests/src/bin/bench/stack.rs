//! What is measured: a private durable Postgres and the release build of command-service, nothing following.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use event_store::{roles, schema};
use local_stack::postgres::{Cluster, Options};
use local_stack::toolchain::{self, Wanted};
use local_stack::{account, ports};
use serde_json::json;
use service_runtime::auth::{DevelopmentIssuer, TokenRequest};
use service_runtime::clock::{Clock, Stopwatch, back_off};
use service_runtime::ids;
use sqlx::{Connection as _, PgConnection};
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::connection::Connection;
use crate::lifecycle;

/// How long the service may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// The running parts.
#[derive(Debug)]
pub struct Stack {
    cluster: Cluster,
    folder: tempfile::TempDir,
    service: Child,
    port: u16,
    token: String,
    sale_type: Uuid,
    stages: Vec<Uuid>,
}

impl Stack {
    /// Starts Postgres, migrates, starts the service and sets stages and a type up.
    pub async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let home = folder.path().join("pg");
        open_to_all(folder.path())?;
        let tools = toolchain::postgres(Wanted::Newest, account::for_cluster(&home)?).await?;
        let mut options = Options::durable();
        options.max_connections = 200;
        let cluster = Cluster::start(&tools, &home, options).await?;
        let mut connection = PgConnection::connect(&cluster.url("postgres")).await?;
        roles::ensure_roles(&mut connection).await?;
        roles::ensure_login(&mut connection, "salgslogg_command", "bench", &["es_append"]).await?;
        schema::migrate(&mut connection).await?;
        sqlx::raw_sql("CREATE TABLE bench_row (stream uuid, version bigint, body text, UNIQUE (stream, version))")
            .execute(&mut connection)
            .await?;
        let issuer = DevelopmentIssuer::from_seed([9; 32], "bench", "bench");
        let jwks = folder.path().join("jwks.json");
        std::fs::write(&jwks, issuer.jwks())?;
        let port = ports::prefer(None)?;
        let log_url =
            format!("postgres://salgslogg_command:bench@127.0.0.1:{}/postgres", cluster.port());
        let service = Command::new(sibling("command-service")?)
            .env("SALGSLOGG_LISTEN", format!("127.0.0.1:{port}"))
            .env("SALGSLOGG_LOG_URL", log_url)
            .env("SALGSLOGG_JWKS", &jwks)
            .env("SALGSLOGG_JWT_ISSUER", "bench")
            .env("SALGSLOGG_JWT_AUDIENCE", "bench")
            .env("SALGSLOGG_LOG", "warn")
            .kill_on_drop(true)
            .spawn()?;
        let token = issuer.token(&TokenRequest {
            tenant: "bench",
            sub: "ola",
            roles: &["admin"],
            groups: &["north"],
            issued_at: Clock::system().now(),
            valid_for: Duration::from_secs(24 * 3_600),
        });
        let stages = (0..3).map(|_| ids::new_id()).collect();
        let stack =
            Self { cluster, folder, service, port, token, sale_type: ids::new_id(), stages };
        stack.set_up().await?;
        Ok(stack)
    }

    /// Waits for the service, then adds stages and a sale type.
    async fn set_up(&self) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        let mut connection = loop {
            match Connection::open(&self.address(), &self.token).await {
                Ok(connection) => break connection,
                Err(_) if watch.elapsed() < READY_WITHIN => {
                    back_off(Duration::from_millis(50)).await
                }
                Err(error) => return Err(error).context("command-service does not start"),
            }
        };
        for (rank, stage) in self.stages.iter().enumerate() {
            let body = json!({"id": stage, "name": format!("Stage {rank}"), "probability": 20 + 10 * rank});
            let status =
                connection.post("/v1/stages", &format!("stage-{rank}"), &body.to_string()).await?;
            ensure!(status == 201, "a stage: {}", connection.last());
        }
        let body = json!({"id": self.sale_type, "name": "New", "stages": self.stages});
        let status = connection.post("/v1/sale-types", "type", &body.to_string()).await?;
        ensure!(status == 201, "a sale type: {}", connection.last());
        Ok(())
    }

    /// Commands of one sale's life.
    pub fn lifecycle(&self, sale: Uuid) -> Vec<(String, String)> {
        lifecycle::commands(sale, self.sale_type, &self.stages)
    }

    /// Host and port of the service.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A token that may do everything the workload does.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A folder for files of the run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// URL of the superuser.
    pub fn superuser_url(&self) -> String {
        self.cluster.url("postgres")
    }

    /// The pgbench that came with this Postgres.
    pub fn pgbench(&self) -> PathBuf {
        self.cluster.bin().join("pgbench")
    }

    /// Stops everything.
    pub async fn stop(mut self) {
        self.service.start_kill().ok();
        self.service.wait().await.ok();
        self.cluster.stop().await;
    }
}

/// The program built beside this one.
fn sibling(name: &str) -> anyhow::Result<PathBuf> {
    let me = std::env::current_exe()?;
    let program = me.with_file_name(name);
    ensure!(program.is_file(), "{} is missing: ./deploy/bench builds it", program.display());
    Ok(program)
}

/// Lets the account that Postgres runs as enter the folder.
fn open_to_all(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}
