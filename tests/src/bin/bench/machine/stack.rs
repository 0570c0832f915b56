//! The parts of a stack, started as far as a measurement needs them.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use event_store::{roles, schema};
use local_stack::account;
use local_stack::nats::{Server, Users};
use local_stack::postgres::{Cluster, Options};
use local_stack::toolchain::{self, Wanted};
use serde_json::json;
use service_runtime::ids;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::cost::Cost;
use super::place::{self, PASSWORD, Place};
use super::program::{Child, sibling};
use crate::load::connection::Connection;
use crate::load::lifecycle::Lifecycle;

/// Tenant of every measurement.
pub const TENANT: &str = "bench";

/// Advances in a sale's life, as the workload of the targets has it.
const ADVANCES: usize = 5;

/// What runs besides Postgres and command-service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// Nothing follows the log.
    LogOnly,
    /// NATS with the relay, and projection-service with every read model.
    Followers,
}

/// The running parts. Ended when dropped; everything lies in a folder that goes with it.
#[derive(Debug)]
pub struct Stack {
    cluster: Cluster,
    nats: Option<Server>,
    /// Decides and appends.
    pub command: Child,
    /// Follows and answers.
    pub projection: Child,
    folder: tempfile::TempDir,
    token: String,
    sale_type: Uuid,
    stages: Vec<Uuid>,
}

impl Stack {
    /// Starts what `with` says and sets stages and a sale type up.
    pub async fn start(with: With) -> anyhow::Result<Self> {
        let mut stack = Self::prepare(with).await?;
        stack.command.start().await?;
        stack.set_up().await?;
        if with == With::Followers {
            stack.projection.start().await?;
        }
        Ok(stack)
    }

    /// Starts the servers; both services are ready to be started.
    pub(super) async fn prepare(with: With) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("salgslogg-bench-").tempdir()?;
        open_to_all(folder.path())?;
        let home = folder.path().join("pg");
        let tools = toolchain::postgres(Wanted::Newest, account::for_cluster(&home)?).await?;
        let mut options = Options::durable();
        options.max_connections = 250;
        let cluster = Cluster::start(&tools, &home, options).await?;
        let mut connection = PgConnection::connect(&cluster.url("postgres")).await?;
        roles::ensure_roles(&mut connection).await?;
        schema::migrate(&mut connection).await?;
        read_models::schema::migrate(&mut connection).await?;
        for (purpose, member_of) in roles::LOGINS {
            let login = format!("salgslogg_{purpose}");
            roles::ensure_login(&mut connection, &login, PASSWORD, member_of).await?;
        }
        let nats = match with {
            With::LogOnly => None,
            With::Followers => {
                let binary = toolchain::nats_server().await?;
                let users = Users::new(1)?.with_operator()?;
                Some(Server::start(&binary, &folder.path().join("nats"), users, None).await?)
            }
        };
        let issuer = place::issuer();
        let jwks = folder.path().join("jwks.json");
        std::fs::write(&jwks, issuer.jwks())?;
        let token = place::token("ola", &["admin", "importer"]);
        let place = Place { cluster: &cluster, nats: nats.as_ref(), jwks: &jwks };
        let command = Child::new("command-service", folder.path(), place.command())?;
        let projection = Child::new("projection-service", folder.path(), place.projection(None))?;
        let stages = (0..3).map(|_| ids::new_id()).collect();
        let sale_type = ids::new_id();
        Ok(Self { cluster, nats, command, projection, folder, token, sale_type, stages })
    }

    /// Stages and a sale type.
    pub(super) async fn set_up(&self) -> anyhow::Result<()> {
        let mut connection = Connection::open(&self.command.address(), &self.token).await?;
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

    /// The commands of one sale's life, ready to be sent.
    pub fn lifecycle(&self) -> Lifecycle {
        self.life_of(ADVANCES)
    }

    /// The same with another number of advances.
    pub fn life_of(&self, advances: usize) -> Lifecycle {
        Lifecycle::new(&self.command.address(), &self.token, self.refers_to(), advances)
    }

    /// The sale type and the stages that the workload refers to.
    pub fn refers_to(&self) -> (Uuid, &[Uuid]) {
        (self.sale_type, &self.stages)
    }

    /// Makes projection-service follow into another database, which must have the schema of the read models.
    pub fn follow_into(&mut self, database: &str) -> anyhow::Result<()> {
        let jwks = self.folder.path().join("jwks.json");
        let place = Place { cluster: &self.cluster, nats: self.nats.as_ref(), jwks: &jwks };
        let variables = place.projection(Some(database));
        self.projection = Child::new("projection-service", self.folder.path(), variables)?;
        Ok(())
    }

    /// A token that may do everything.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A token of somebody in the group of every generated sale.
    pub fn token_of(&self, user: &str, role: &'static str) -> String {
        place::token(user, &[role])
    }

    /// A folder for files of the run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// URL of the superuser for the log's database.
    pub fn superuser_url(&self) -> String {
        self.cluster.url("postgres")
    }

    /// The same for another database.
    pub fn url_of(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// URL of a login by purpose: command, projector, query, operator.
    pub fn url_for(&self, purpose: &str) -> String {
        self.cluster.url_as(&format!("salgslogg_{purpose}"), PASSWORD, "postgres")
    }

    /// Runs one statement as the superuser.
    pub async fn execute(&self, statement: &'static str) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&self.superuser_url()).await?;
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// The NATS server, where there is one.
    pub fn nats(&self) -> Option<&Server> {
        self.nats.as_ref()
    }

    /// The pgbench that came with this Postgres.
    pub fn pgbench(&self) -> PathBuf {
        self.cluster.bin().join("pgbench")
    }

    /// Our command line, with this stack around it.
    pub fn salgslogg(&self) -> anyhow::Result<tokio::process::Command> {
        let mut command = tokio::process::Command::new(sibling("salgslogg")?);
        command
            .current_dir(self.folder.path())
            .env("COMMAND_URL", format!("http://{}", self.command.address()))
            .env("QUERY_URL", format!("http://{}", self.projection.address()))
            .env("DATABASE_URL", self.url_for("operator"))
            .env("SALGSLOGG_TOKEN", &self.token)
            .kill_on_drop(true);
        Ok(command)
    }

    /// What Postgres costs, all its processes together.
    pub fn postgres_cost(&self) -> Cost {
        self.cluster.pid().map_or_else(Cost::default, Cost::of_family)
    }

    /// What NATS costs.
    pub fn nats_cost(&self) -> Cost {
        let pid = self.nats.as_ref().and_then(Server::pid);
        pid.map_or_else(Cost::default, Cost::of)
    }

    /// Stops everything.
    pub async fn stop(mut self) {
        self.projection.end(nix::sys::signal::Signal::SIGTERM).await;
        self.command.end(nix::sys::signal::Signal::SIGTERM).await;
        if let Some(nats) = &mut self.nats {
            nats.stop().await;
        }
        self.cluster.stop().await;
    }
}

/// Lets the account that Postgres runs as enter the folder.
fn open_to_all(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}
