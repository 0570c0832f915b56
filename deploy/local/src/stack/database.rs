//! The stack's Postgres: a private cluster, or the existing one of `SALGSLOGG_DATABASE_URL`. Brings
//! tables forward and makes the logins; what the tables are is said by `event-store` and `read-models`.

use std::process::ExitStatus;
use std::str::FromStr;

use anyhow::{Context, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::places::Places;
use crate::postgres::{Cluster, Options};
use crate::stack::state::State;
use crate::toolchain::{self, Wanted};
use crate::{account, console, environment};

/// The database a private cluster keeps the stack in.
const DATABASE: &str = "salgslogg";

/// Where the stack keeps its log and read models.
pub enum Database {
    /// A cluster of this clone.
    Private(Box<Cluster>),
    /// Somebody else's server.
    Existing(Box<Existing>),
}

/// A server that was there before.
pub struct Existing {
    /// Its address, with a login that may create roles.
    url: String,
    /// The same, read.
    options: PgConnectOptions,
    /// What tells our logins from those of another clone on the same server.
    ours: String,
}

/// Addresses with logins, one for each purpose.
#[derive(Debug, Clone)]
pub struct Urls {
    /// Appends to the log.
    pub command: String,
    /// Reads the log, writes read models.
    pub projector: String,
    /// Answers questions.
    pub query: String,
}

impl Database {
    /// Starts the private cluster, or looks up the existing server.
    ///
    /// # Errors
    /// One sentence on what is missing.
    pub async fn start(places: &Places, state: &mut State) -> Result<Self> {
        if let Some(url) = environment::database_url() {
            let options = PgConnectOptions::from_str(&url)
                .context("SALGSLOGG_DATABASE_URL is no address of a Postgres database")?;
            let options = options.disable_statement_logging();
            let ours = format!("_{}", places.fingerprint());
            return Ok(Self::Existing(Box::new(Existing { url, options, ours })));
        }
        let account = account::for_cluster(&places.at("postgres"))?;
        let folder = places.cluster(account)?;
        let wanted = toolchain::cluster_major(&folder).map_or(Wanted::Newest, Wanted::Major);
        let tools = toolchain::postgres(wanted, account).await?;
        let options = Options {
            port: state.ports.postgres,
            log: Some(places.log("postgres")),
            ..Options::durable()
        };
        let cluster = Cluster::start(&tools, &folder, options).await?;
        state.ports.postgres = Some(cluster.port());
        state.save(places)?;
        Ok(Self::Private(Box::new(cluster)))
    }

    /// One line for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Private(cluster) => {
                format!("Postgres {} on 127.0.0.1:{}", cluster.version(), cluster.port())
            }
            Self::Existing(existing) => {
                let Existing { options, .. } = existing.as_ref();
                format!("Postgres at {}:{} (yours)", options.get_host(), options.get_port())
            }
        }
    }

    fn options(&self, database: Option<&str>) -> Result<PgConnectOptions> {
        match self {
            Self::Private(cluster) => {
                let url = cluster.url(database.unwrap_or(DATABASE));
                let options =
                    PgConnectOptions::from_str(&url).context("a private address is valid")?;
                Ok(options.disable_statement_logging())
            }
            Self::Existing(existing) => Ok(existing.options.clone()),
        }
    }

    /// Makes database, roles, tables and logins, each if it is missing.
    ///
    /// # Errors
    /// What could not be made, and why.
    pub async fn prepare(&self, state: &State) -> Result<Urls> {
        console::during("preparing the database", self.prepare_at_once(state)).await
    }

    async fn prepare_at_once(&self, state: &State) -> Result<Urls> {
        let unreachable = "Postgres cannot be reached";
        let maintenance = self.options(Some("postgres"))?;
        let mut connection = PgConnection::connect_with(&maintenance).await.context(unreachable)?;
        event_store::roles::ensure_roles(&mut connection).await?;
        if let Self::Private(_) = self {
            create_database(&mut connection).await?;
        }
        let mut connection =
            PgConnection::connect_with(&self.options(None)?).await.context(unreachable)?;
        event_store::schema::migrate(&mut connection).await?;
        read_models::schema::migrate(&mut connection).await?;
        let passwords = &state.passwords;
        for (purpose, member_of) in event_store::roles::LOGINS {
            let (login, password) = (self.login(purpose), passwords.of(purpose));
            event_store::roles::ensure_login(&mut connection, &login, password, member_of).await?;
        }
        Ok(Urls {
            command: self.url("command", &passwords.command)?,
            projector: self.url("projector", &passwords.projector)?,
            query: self.url("query", &passwords.query)?,
        })
    }

    /// A login's name. Logins belong to the whole server, so on an existing one they bear the mark
    /// of this clone: another clone's passwords stay as they are.
    fn login(&self, purpose: &str) -> String {
        match self {
            Self::Private(_) => format!("salgslogg_{purpose}"),
            Self::Existing(existing) => format!("salgslogg_{purpose}{}", existing.ours),
        }
    }

    fn url(&self, purpose: &str, password: &str) -> Result<String> {
        let login = self.login(purpose);
        match self {
            Self::Private(cluster) => Ok(cluster.url_as(&login, password, DATABASE)),
            Self::Existing(existing) => with_login(&existing.url, &login, password),
        }
    }

    /// The address with the operator's login.
    ///
    /// # Errors
    /// Never for a started database.
    pub fn operator_url(&self, state: &State) -> Result<String> {
        self.url("operator", &state.passwords.operator)
    }

    /// Whether a private cluster has ended by itself.
    pub fn ended(&mut self) -> Option<(ExitStatus, String)> {
        match self {
            Self::Private(cluster) => cluster.ended().map(|status| (status, cluster.obituary())),
            Self::Existing(_) => None,
        }
    }

    /// Starts a private cluster again after it ended; its port must be the same.
    ///
    /// # Errors
    /// When it does not start, or somebody took its port.
    pub async fn start_again(&mut self) -> Result<()> {
        if let Self::Private(cluster) = self {
            let port = cluster.port();
            cluster.start_again().await?;
            anyhow::ensure!(
                cluster.port() == port,
                "another program took port {port} of Postgres meanwhile; start the stack again"
            );
        }
        Ok(())
    }

    /// Stops a private cluster.
    pub async fn stop(&mut self) {
        if let Self::Private(cluster) = self {
            cluster.stop().await;
        }
    }
}

async fn create_database(connection: &mut PgConnection) -> Result<()> {
    let there: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'salgslogg')")
            .fetch_one(&mut *connection)
            .await
            .context("Postgres does not list its databases")?;
    if !there {
        sqlx::query("CREATE DATABASE salgslogg")
            .execute(connection)
            .await
            .context("the database cannot be created")?;
    }
    Ok(())
}

/// `url` with another login. The rest stays as it was written, since its readers differ in what they
/// understand.
fn with_login(url: &str, login: &str, password: &str) -> Result<String> {
    let (scheme, rest) = url.split_once("://").context("SALGSLOGG_DATABASE_URL is no address")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Ok(format!("{scheme}://{login}:{password}@{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_address_keeps_everything_but_its_login() {
        for (given, expected) in [
            ("postgres://a:b@h:1/d?sslmode=require", "postgres://l:p@h:1/d?sslmode=require"),
            ("postgresql://h/d", "postgresql://l:p@h/d"),
            ("postgres:///d?host=/run/x@y", "postgres://l:p@/d?host=/run/x@y"),
        ] {
            assert_eq!(with_login(given, "l", "p").unwrap(), expected);
        }
    }
}
