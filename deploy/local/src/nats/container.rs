//! The configuration of nats-server in a container: the same accounts as on one machine, with passwords out of
//! its environment. `deploy/compose/nats.conf` is what this prints.

use crate::nats::Users;

/// The configuration for `log` with an account for each of `tenants`. Where the server keeps its files is said by
/// `--store_dir`.
#[must_use]
pub fn configuration(log: i16, tenants: &[String]) -> String {
    let users = Users::with_passwords(log, tenants, |name| format!("${}", variable(name, tenants)));
    let mut accounts = users.accounts();
    for name in users.names() {
        let variable = variable(name, tenants);
        // it is looked up where it stands without quotes
        accounts = accounts.replace(&format!("\"${variable}\""), &format!("${variable}"));
    }
    format!(
        "# Printed by `cargo run -q -p local-stack -- nats-conf [TENANT...]`; passwords come from the environment.\n\
         listen: 0.0.0.0:4222\n\
         http: 127.0.0.1:8222\n\
         server_name: salgslogg\n\
         max_payload: 8MB\n\
         jetstream {{\n  sync_interval: always\n}}\n{accounts}"
    )
}

/// The variable with the password of a user.
#[must_use]
pub fn variable(name: &str, tenants: &[String]) -> String {
    let kind = if tenants.iter().any(|tenant| tenant == name) { "TENANT_" } else { "" };
    format!("NATS_{kind}{}_PASSWORD", name.to_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_written_down_and_each_is_looked_up() {
        let tenants = ["acme-north".to_owned()];
        let text = configuration(1, &tenants);
        let asked: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("password: ")?.1.split(',').next())
            .collect();
        assert_eq!(
            asked,
            [
                "$NATS_RELAY_PASSWORD",
                "$NATS_PROJECTION_PASSWORD",
                "$NATS_TENANT_ACME_NORTH_PASSWORD"
            ]
        );
    }
}
