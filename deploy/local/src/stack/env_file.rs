//! `.local/env`: what a person's shell, the command line and the tests need to find a running stack.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use crate::keys::{Claims, SigningKey, write_private};
use crate::places::Places;
use crate::stack::DEMO_TENANT;

/// How long the tokens of a start are valid.
const TOKEN_LIFETIME: TimeDelta = TimeDelta::days(30);

/// The people of the demo tenant: variable, role, user, name, group.
const PEOPLE: [(&str, &str, &str, &str, &str); 6] = [
    ("TOKEN_SELLER", "seller", "ola", "Ola Nordmann", "oslo"),
    ("TOKEN_MANAGER", "manager", "kari", "Kari Holm", "oslo"),
    ("TOKEN_ADMIN", "admin", "ada", "Ada Berg", "office"),
    ("TOKEN_AUDITOR", "auditor", "even", "Even Lie", "office"),
    ("TOKEN_ANALYST", "analyst", "nora", "Nora Vik", "office"),
    ("TOKEN_IMPORTER", "importer", "importer", "Importer", "office"),
];

/// What is written.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The command side.
    pub command_url: String,
    /// The query side.
    pub query_url: String,
    /// NATS as the demo tenant's consumer.
    pub nats_url: String,
    /// Postgres as the operator.
    pub database_url: String,
    /// Tokens by variable.
    pub tokens: Vec<(&'static str, String)>,
}

impl Surroundings {
    /// The token in a variable.
    #[must_use]
    pub fn token(&self, variable: &str) -> &str {
        let found = self.tokens.iter().find(|(name, _)| *name == variable);
        found.map_or("", |(_, token)| token)
    }

    /// Every variable with its value.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let mut pairs = vec![
            ("COMMAND_URL", self.command_url.as_str()),
            ("QUERY_URL", self.query_url.as_str()),
            ("NATS_URL", self.nats_url.as_str()),
            ("DATABASE_URL", self.database_url.as_str()),
        ];
        pairs.extend(self.tokens.iter().map(|(name, token)| (*name, token.as_str())));
        pairs
    }
}

/// A token for each role of the demo tenant, valid for thirty days from `at`.
///
/// # Errors
/// When the key cannot sign.
pub fn tokens(key: &SigningKey, at: DateTime<Utc>) -> Result<Vec<(&'static str, String)>> {
    let sign = |(variable, role, user, name, group): (&'static str, &str, &str, &str, &str)| {
        let claims = Claims {
            name: Some(name.to_owned()),
            groups: vec![group.to_owned()],
            ..Claims::new(DEMO_TENANT, user, role, at, TOKEN_LIFETIME)
        };
        Ok((variable, key.sign(&claims)?))
    };
    PEOPLE.into_iter().map(sign).collect()
}

/// Writes the file, closed to others.
///
/// # Errors
/// When the system refuses.
pub fn write(places: &Places, surroundings: &Surroundings) -> Result<()> {
    let mut text =
        String::from("# A running local stack; written at each start. `. .local/env` reads it.\n");
    for (name, value) in surroundings.pairs() {
        text.push_str(&format!("export {name}={}\n", quoted(value)));
    }
    write_private(&places.at("env"), text.as_bytes())
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_shell_reads_back_what_was_written_and_nobody_else_can() {
        let clone = tempfile::tempdir().unwrap();
        let places = Places::of(clone.path()).unwrap();
        places.create().unwrap();
        let surroundings = Surroundings {
            command_url: "http://127.0.0.1:8080".into(),
            query_url: "http://127.0.0.1:8081".into(),
            nats_url: "nats://demo:it's@127.0.0.1:4222".into(),
            database_url: "postgres://x".into(),
            tokens: vec![("TOKEN_SELLER", "t".into())],
        };
        write(&places, &surroundings).unwrap();
        let path = places.at("env");
        let script =
            format!(". {}; printf '%s %s' \"$NATS_URL\" \"$TOKEN_SELLER\"", path.display());
        let told = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&told.stdout), "nats://demo:it's@127.0.0.1:4222 t");
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn each_role_of_the_contract_has_a_token() {
        let at = service_runtime::clock::Clock::system().now();
        let names: Vec<_> = tokens(&SigningKey::generate().unwrap(), at)
            .unwrap()
            .into_iter()
            .map(|(n, _)| n)
            .collect();
        let roles = ["SELLER", "MANAGER", "ADMIN", "AUDITOR", "ANALYST", "IMPORTER"];
        assert_eq!(names, roles.map(|role| format!("TOKEN_{role}")));
    }
}
