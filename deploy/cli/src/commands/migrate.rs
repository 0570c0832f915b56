//! `salgslogg migrate`: makes the group roles, brings the tables of log and read models forward, and makes the
//! logins whose passwords it is given. Must not touch a row of the log.

use std::str::FromStr;

use clap::Args;
use event_store::roles;
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};

use super::Format;
use crate::database::{Database, DatabaseArguments, failed};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::output;
use crate::stack::Stack;

/// Arguments of `migrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
The login needs to be a superuser, or may create roles and schemas; after the first time a member of es_owner does.
Migrations only go forward and can be run again at any time; services of the release before go on meanwhile.

A login is made, or gets a new password, for each of these variables that is set:
  SALGSLOGG_COMMAND_PASSWORD    salgslogg_command, for command-service
  SALGSLOGG_PROJECTOR_PASSWORD  salgslogg_projector, for projection-service to write read models
  SALGSLOGG_QUERY_PASSWORD      salgslogg_query, for projection-service to answer questions
  SALGSLOGG_OPERATOR_PASSWORD   salgslogg_operator, for operators
  SALGSLOGG_AUDITOR_PASSWORD    salgslogg_auditor, for who verifies and may only read

Example:
  DATABASE_URL=postgres://postgres@db/salgslogg salgslogg migrate")]
pub struct Arguments {
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Migrates and says how far everything is.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let environment = stack.environment();
    let database = Database::find(&arguments.database, environment)?;
    let options = PgConnectOptions::from_str(database.url()).map_err(|error| failed(&error))?;
    let options = options.application_name("salgslogg migrate").disable_statement_logging();
    let mut connection = options.connect().await.map_err(|error| failed(&error))?;
    roles::ensure_roles(&mut connection).await.map_err(|error| refused(&error))?;
    event_store::schema::migrate(&mut connection).await.map_err(|error| refused(&error))?;
    read_models::schema::migrate(&mut connection).await.map_err(|error| refused(&error))?;
    let logins = make_logins(&mut connection, environment).await?;
    let (log, read_models) = (event_store::schema::version(), read_models::schema::version());
    match format {
        Format::Machine => {
            output::json(&json!({"event_log": log, "read_models": read_models, "logins": logins}))
        }
        Format::People => {
            let logins = if logins.is_empty() { "none made".to_owned() } else { logins.join(", ") };
            output::line(&format!(
                "event log at migration {log}, read models at migration {read_models}, logins: {logins}"
            ))
        }
    }
}

/// The variable with the password of a login.
fn variable(purpose: &str) -> String {
    format!("SALGSLOGG_{}_PASSWORD", purpose.to_uppercase())
}

async fn make_logins(
    connection: &mut PgConnection,
    environment: &Environment,
) -> Result<Vec<String>, Failure> {
    let mut made = Vec::new();
    for (purpose, member_of) in roles::LOGINS {
        let Some(password) = environment.first(&[variable(purpose).as_str()]) else { continue };
        let login = format!("salgslogg_{purpose}");
        roles::ensure_login(connection, &login, password, member_of)
            .await
            .map_err(|error| refused(&error))?;
        made.push(login);
    }
    Ok(made)
}

/// An error with its causes, in one sentence.
fn refused(error: &dyn std::error::Error) -> Failure {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    Failure::Unexpected(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::NAMES;

    #[test]
    fn the_password_of_every_login_can_be_given() {
        for (purpose, _) in roles::LOGINS {
            let variable = variable(purpose);
            assert!(NAMES.contains(&variable.as_str()), "{variable}");
        }
    }
}
