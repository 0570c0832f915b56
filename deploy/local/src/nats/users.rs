//! The users of a NATS server and its configuration file. What each may do is said in
//! [`super::permissions`]; this file knows names, passwords and accounts.
//!
//! Each tenant consumer lives in an account of its own that imports four subjects of the log's
//! account. In one account with the relay it could name a log subject as the *reply* of a request,
//! and the server's answer would be stored in the stream, whatever its publish list says.

use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::permissions::{self, Allowed};
use crate::random;

/// The only publisher of the log's subjects.
pub const RELAY: &str = "relay";
/// Reads the log's stream for the read models.
pub const PROJECTION: &str = "projection";
/// May do everything; made for tests and repairs, never for a running stack.
pub const OPERATOR: &str = "operator";

/// A user and his password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name, which is also that of a tenant's durable consumer.
    pub name: String,
    /// The password; hexadecimal digits.
    pub password: String,
}

/// The users of one log's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    log: i16,
    relay: User,
    projection: User,
    operator: Option<User>,
    tenants: Vec<User>,
}

impl Users {
    /// Relay and projection of `log`, with new passwords.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new(log: i16) -> Result<Self> {
        let (relay, projection) = (user(RELAY)?, user(PROJECTION)?);
        Ok(Self { log, relay, projection, operator: None, tenants: Vec::new() })
    }

    /// Adds the read-only consumer of one tenant, whose durable consumer bears the tenant's slug.
    /// One that is there already stays as it is.
    ///
    /// # Errors
    /// As [`Users::new`].
    pub fn with_tenant(mut self, slug: &str) -> Result<Self> {
        if !self.tenants.iter().any(|tenant| tenant.name == slug) {
            self.tenants.push(user(slug)?);
        }
        Ok(self)
    }

    /// Relay, projection and consumers of `tenants`, each with the password that `password` gives its name.
    #[must_use]
    pub fn with_passwords(log: i16, tenants: &[String], password: impl Fn(&str) -> String) -> Self {
        let user = |name: &str| User { name: name.to_owned(), password: password(name) };
        let tenants = tenants.iter().map(|slug| user(slug)).collect();
        Self { log, relay: user(RELAY), projection: user(PROJECTION), operator: None, tenants }
    }

    /// Adds a user who may do everything: wipe, purge, inject.
    ///
    /// # Errors
    /// As [`Users::new`].
    pub fn with_operator(mut self) -> Result<Self> {
        self.operator = Some(user(OPERATOR)?);
        Ok(self)
    }

    /// The slugs of the tenant consumers.
    #[must_use]
    pub fn tenants(&self) -> Vec<&str> {
        self.tenants.iter().map(|tenant| tenant.name.as_str()).collect()
    }

    /// The names of all users.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let insiders = [&self.relay, &self.projection].into_iter().chain(&self.operator);
        insiders.chain(&self.tenants).map(|user| user.name.as_str())
    }

    /// The user called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&User> {
        let all =
            [&self.relay, &self.projection].into_iter().chain(&self.operator).chain(&self.tenants);
        all.into_iter().find(|user| user.name == name)
    }

    /// The accounts block of a server's configuration.
    #[must_use]
    pub fn accounts(&self) -> String {
        let log = self.log;
        let mut insiders = vec![
            entry(&self.relay, &permissions::relay(log)),
            entry(&self.projection, &permissions::projection(log)),
        ];
        insiders.extend(self.operator.iter().map(|user| entry(user, &permissions::operator())));
        let exports = permissions::exports(log, &self.tenants());
        let outsiders: Vec<String> = self.tenants.iter().map(|t| tenant_account(log, t)).collect();
        format!(
            "accounts {{\n  LOG {{\n    jetstream: enabled\n    users = [\n{}    ]\n    exports = [\n{}    ]\n  }}\n{}}}\n",
            insiders.concat(),
            exports.iter().map(|line| format!("      {line}\n")).collect::<String>(),
            outsiders.concat(),
        )
    }

    /// The whole configuration of a server called `name` that keeps its files in `store` and listens on loopback
    /// alone: every message forced to disk, no MQTT, no leaf nodes, no routes.
    #[must_use]
    pub fn configuration(&self, name: &str, store: &Path, (port, monitor): (u16, u16)) -> String {
        format!(
            "# Written by the launcher at each start.\n\
             listen: 127.0.0.1:{port}\n\
             http: 127.0.0.1:{monitor}\n\
             server_name: \"{name}\"\n\
             max_payload: 8MB\n\
             jetstream {{\n  store_dir: {}\n  sync_interval: always\n}}\n{}",
            quoted(&store.to_string_lossy()),
            self.accounts(),
        )
    }
}

fn user(name: &str) -> Result<User> {
    Ok(User { name: name.to_owned(), password: random::password()? })
}

fn entry(user: &User, allowed: &Allowed) -> String {
    format!(
        "      {{user: {}, password: {}, permissions: {{publish: {{allow: {}}}, subscribe: {{allow: {}}}}}}}\n",
        quoted(&user.name),
        quoted(&user.password),
        list(&allowed.publish),
        list(&allowed.subscribe),
    )
}

fn tenant_account(log: i16, tenant: &User) -> String {
    let lines =
        |lines: Vec<String>| lines.iter().map(|l| format!("      {l}\n")).collect::<String>();
    format!(
        "  \"TENANT_{}\" {{\n    users = [\n{}    ]\n    mappings = {{\n{}    }}\n    imports = [\n{}    ]\n  }}\n",
        tenant.name,
        entry(tenant, &permissions::tenant(log, &tenant.name)),
        lines(permissions::mappings(log, &tenant.name)),
        lines(permissions::imports(log, &tenant.name)),
    )
}

fn list(subjects: &[String]) -> String {
    let quoted: Vec<String> = subjects.iter().map(|subject| quoted(subject)).collect();
    format!("[{}]", quoted.join(", "))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_added_twice_keeps_its_password() {
        let users = Users::new(1).unwrap().with_tenant("demo").unwrap();
        let again = users.clone().with_tenant("demo").unwrap();
        assert_eq!(users, again);
        assert_eq!(again.tenants(), ["demo"]);
    }

    #[test]
    fn every_message_is_forced_to_disk_and_nobody_outside_may_connect() {
        let text = Users::new(1).unwrap().configuration("n", Path::new("/x"), (1, 2));
        for line in ["sync_interval: always", "listen: 127.0.0.1:1", "http: 127.0.0.1:2"] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(!text.contains("mqtt") && !text.contains("leafnodes"));
    }
}
