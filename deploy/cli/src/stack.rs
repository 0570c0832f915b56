//! Finds the stack a run talks to: flags first, then environment, then `.local/env` of the enclosing tree.

use clap::Args;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::http::Client;

/// How to reach a stack; every flag may be left out beside a running local stack.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which stack")]
pub struct Connection {
    /// Address of the command side [default: COMMAND_URL, then `.local/env` of the enclosing tree]
    #[arg(long, global = true, value_name = "URL")]
    pub command_url: Option<String>,
    /// Address of the query side [default: QUERY_URL, then `.local/env` of the enclosing tree]
    #[arg(long, global = true, value_name = "URL")]
    pub query_url: Option<String>,
    /// Access token [default: SALGSLOGG_TOKEN, TOKEN, then the fitting one of `.local/env`]
    #[arg(long, global = true, value_name = "JWT", hide_env_values = true)]
    pub token: Option<String>,
}

/// On whose behalf a command asks when no token is given: the tokens a local stack writes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Reads pipeline, forecast and sales.
    Manager,
    /// Reads the log.
    Auditor,
    /// Sends commands with effective times.
    Importer,
    /// Maintains lists and the settings of the tenant.
    Admin,
}

impl Caller {
    fn names(self) -> [&'static str; 3] {
        let own = match self {
            Self::Manager => "TOKEN_MANAGER",
            Self::Auditor => "TOKEN_AUDITOR",
            Self::Importer => "TOKEN_IMPORTER",
            Self::Admin => "TOKEN_ADMIN",
        };
        ["SALGSLOGG_TOKEN", "TOKEN", own]
    }
}

/// The stack of this run.
#[derive(Debug, Clone)]
pub struct Stack {
    connection: Connection,
    environment: Environment,
}

impl Stack {
    /// Combines the flags with what the environment says.
    pub fn new(connection: Connection, environment: Environment) -> Self {
        Self { connection, environment }
    }

    /// What was found around this run.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The same stack, asked with this token whoever calls.
    #[must_use]
    pub fn with_token(&self, token: String) -> Self {
        let connection = Connection { token: Some(token), ..self.connection.clone() };
        Self { connection, environment: self.environment.clone() }
    }

    /// The token that was given for this run, by flag or environment.
    pub fn given_token(&self) -> Option<&str> {
        let names = ["SALGSLOGG_TOKEN", "TOKEN"];
        self.connection.token.as_deref().or_else(|| self.environment.first(&names))
    }

    /// The query side, asked as `caller`.
    pub fn queries(&self, caller: Caller) -> Result<Client, Failure> {
        Client::new(
            self.url(self.connection.query_url.as_ref(), "QUERY_URL", "--query-url")?,
            self.token(caller)?,
        )
    }

    /// The command side, asked as `caller`.
    pub fn commands(&self, caller: Caller) -> Result<Client, Failure> {
        Client::new(
            self.url(self.connection.command_url.as_ref(), "COMMAND_URL", "--command-url")?,
            self.token(caller)?,
        )
    }

    /// The token for `caller`.
    pub fn token(&self, caller: Caller) -> Result<String, Failure> {
        let found =
            self.connection.token.as_deref().or_else(|| self.environment.first(&caller.names()));
        found.map(|token| token.trim().to_owned()).ok_or_else(|| {
            let [.., own] = caller.names();
            Failure::NotAuthorised(format!(
                "no token: give --token, set TOKEN, or run inside the tree of a local stack (its `.local/env` names {own})"
            ))
        })
    }

    fn url(&self, flag: Option<&String>, name: &str, option: &str) -> Result<String, Failure> {
        let found = flag.map(String::as_str).or_else(|| self.environment.first(&[name]));
        found.map(|url| url.trim_end_matches('/').to_owned()).ok_or_else(|| {
            Failure::Unreachable(format!(
                "no stack found: start one with `./deploy/up`, set {name}, or give {option}"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn surroundings(pairs: &[(&str, &str)]) -> Environment {
        let variables: BTreeMap<_, _> =
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Environment::found(variables, None)
    }

    #[test]
    fn a_flag_goes_before_the_environment() {
        let connection = Connection { token: Some("flag".into()), ..Connection::default() };
        let stack = Stack::new(connection, surroundings(&[("TOKEN", "environment")]));
        assert_eq!(stack.token(Caller::Manager).unwrap(), "flag");
    }

    #[test]
    fn each_command_has_its_own_token_of_a_local_stack() {
        let stack = Stack::new(
            Connection::default(),
            surroundings(&[("TOKEN_MANAGER", "m"), ("TOKEN_AUDITOR", "a")]),
        );
        assert_eq!(stack.token(Caller::Manager).unwrap(), "m");
        assert_eq!(stack.token(Caller::Auditor).unwrap(), "a");
        assert_eq!(stack.token(Caller::Importer).unwrap_err().exit_code(), 3);
    }

    #[test]
    fn without_a_stack_the_run_says_how_to_get_one() {
        let stack = Stack::new(Connection::default(), surroundings(&[("TOKEN", "t")]));
        let failure = stack.queries(Caller::Manager).unwrap_err();
        assert_eq!(failure.exit_code(), 5);
        assert!(failure.to_string().contains("./deploy/up"), "{failure}");
    }
}
