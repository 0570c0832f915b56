//! The database behind the stack, for what only its operator may do: rebuilding read models, parked streams, the
//! relay. Finds it and connects; must not ask it anything.
//!
//! The login needs the group `es_owner` (and `es_read` where the log is read). Everything else on the command line
//! speaks HTTP like any other client.

use std::str::FromStr;

use clap::Args;
use event_store::EventStore;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};

use crate::environment::Environment;
use crate::failure::Failure;

/// Where the database is; left out beside a running local stack.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which database")]
pub struct DatabaseArguments {
    /// Address with the operator's login [default: DATABASE_URL, then `.local/env` of the enclosing tree]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// The log, for installations with several
    #[arg(long, value_name = "NUMBER", default_value_t = 1, hide = true)]
    pub log: i16,
}

/// An address that was found.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
    log_id: i16,
}

impl Database {
    /// From the flag, else the environment, else the enclosing local stack.
    ///
    /// # Errors
    /// When no address is given anywhere, or it is none.
    pub fn find(arguments: &DatabaseArguments, environment: &Environment) -> Result<Self, Failure> {
        let url =
            arguments.database_url.as_deref().or_else(|| environment.first(&["DATABASE_URL"]));
        let url = url.ok_or_else(|| {
            Failure::Unreachable(
                "no database found: start a stack with `./deploy/up`, set DATABASE_URL, or give --database-url"
                    .to_owned(),
            )
        })?;
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        if !postgres || PgConnectOptions::from_str(url).is_err() {
            let said = "--database-url is no address of a Postgres database";
            return Err(Failure::Usage(said.to_owned()));
        }
        Ok(Self { url: url.to_owned(), log_id: arguments.log })
    }

    /// The address, for a library that opens connections of its own.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The log that was chosen.
    pub fn log_id(&self) -> i16 {
        self.log_id
    }

    /// A connection with the rights of `es_owner`.
    ///
    /// # Errors
    /// When the database does not answer, or the login may not do an operator's work.
    pub async fn operator(&self) -> Result<PgConnection, Failure> {
        let options = PgConnectOptions::from_str(&self.url).map_err(|error| failed(&error))?;
        let options = options.application_name("salgslogg operator").disable_statement_logging();
        let mut connection = options.connect().await.map_err(|error| failed(&error))?;
        sqlx::query("SET ROLE es_owner")
            .execute(&mut connection)
            .await
            .map_err(|error| failed(&error))?;
        Ok(connection)
    }

    /// The log, over a pool of so many connections of the plain login.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn store(&self, connections: u32) -> Result<EventStore, Failure> {
        let pool = event_store::connect(&self.url, connections)
            .map_err(|error| Failure::Unreachable(error.to_string()))?;
        Ok(EventStore::new(pool, self.log_id))
    }
}

/// Reads what went wrong between here and the database.
pub fn failed(error: &sqlx::Error) -> Failure {
    let refusal = match error {
        sqlx::Error::Database(refusal) => refusal,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => {
            return Failure::Unreachable(format!("the database does not answer: {error}"));
        }
        other => return Failure::Unexpected(format!("the database: {other}")),
    };
    let code = refusal.code().unwrap_or_default().into_owned();
    match code.as_str() {
        "28P01" | "28000" | "42501" => Failure::NotAuthorised(format!(
            "this login may not do an operator's work (group es_owner): {}",
            refusal.message()
        )),
        "57P03" | "53300" | "3D000" => {
            Failure::Unreachable(format!("the database: {}", refusal.message()))
        }
        _ => Failure::Unexpected(format!("the database: {} ({code})", refusal.message())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn environment(url: Option<&str>) -> Environment {
        let pairs = url.map(|url| ("DATABASE_URL".to_owned(), url.to_owned()));
        Environment::found(BTreeMap::from_iter(pairs), None)
    }

    #[test]
    fn the_flag_goes_before_the_environment() {
        let flag = DatabaseArguments { database_url: Some("postgres://a/b".into()), log: 1 };
        let found = Database::find(&flag, &environment(Some("postgres://c/d"))).unwrap();
        assert_eq!(found.url(), "postgres://a/b");
        let none = DatabaseArguments { database_url: None, log: 1 };
        let found = Database::find(&none, &environment(Some("postgres://c/d"))).unwrap();
        assert_eq!(found.url(), "postgres://c/d");
    }

    #[test]
    fn without_an_address_or_with_a_wrong_one_the_run_says_so() {
        let none = DatabaseArguments::default();
        assert_eq!(Database::find(&none, &environment(None)).unwrap_err().exit_code(), 5);
        let odd = DatabaseArguments { database_url: Some("mysql://a/b".into()), log: 1 };
        let said = Database::find(&odd, &environment(None)).unwrap_err();
        assert_eq!((said.exit_code(), said.to_string().contains("mysql")), (2, false), "{said}");
    }
}
