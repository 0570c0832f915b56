//! `salgslogg token`: signs a token for a local stack and prints it, nothing else.

use chrono::Duration;
use clap::{Args, ValueEnum};
use events::TenantSlug;

use super::Format;
use crate::failure::Failure;
use crate::stack::Stack;
use crate::token::{Identity, sign};
use crate::{clock, output};

/// Arguments of `token`.
#[derive(Debug, Args)]
#[command(after_help = "\
Signs with the development key of the enclosing local stack (.local/keys); refuses anywhere else.

Examples:
  salgslogg token --tenant demo --sub ola --role seller --group North --name 'Ola Nordmann'
  TOKEN=$(salgslogg token --tenant second --sub import --role importer --expires-in 1h)")]
pub struct Arguments {
    /// The tenant's slug
    #[arg(long, value_name = "TENANT")]
    tenant: TenantSlug,
    /// The user's id
    #[arg(long, value_name = "USER")]
    sub: String,
    /// A role; give the flag again for more
    #[arg(long = "role", value_enum, required = true)]
    roles: Vec<Role>,
    /// A group of the user; give the flag again for more
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// The user's name for people
    #[arg(long)]
    name: Option<String>,
    /// How long it is valid: a number with s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = lifetime)]
    expires_in: Duration,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    Seller,
    Manager,
    Admin,
    Importer,
    Auditor,
    Analyst,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Importer => "importer",
            Self::Auditor => "auditor",
            Self::Analyst => "analyst",
        }
    }
}

/// Signs and prints.
pub fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let identity = Identity {
        tenant: arguments.tenant.clone(),
        user: arguments.sub.clone(),
        name: arguments.name.clone(),
        roles: arguments.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        groups: arguments.groups.clone(),
    };
    let token = sign(stack.environment().local(), &identity, clock::now(), arguments.expires_in)?;
    match format {
        Format::Machine => output::json(&serde_json::json!({ "token": token })),
        Format::People => output::line(&token),
    }
}

fn lifetime(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no length of time such as 90s, 30m, 12h or 7d");
    let split = text.len() - usize::from(text.ends_with(['s', 'm', 'h', 'd']));
    let (number, unit) = text.split_at(split);
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let lifetime = match unit {
        "s" | "" => Duration::try_seconds(number),
        "m" => Duration::try_minutes(number),
        "h" => Duration::try_hours(number),
        _ => Duration::try_days(number),
    };
    lifetime
        .filter(|lifetime| *lifetime > Duration::zero() && lifetime.num_days() <= 3_650)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_numbers_with_a_unit() {
        assert_eq!(lifetime("90s"), Ok(Duration::seconds(90)));
        assert_eq!(lifetime("30m"), Ok(Duration::minutes(30)));
        assert_eq!(lifetime("12h"), Ok(Duration::hours(12)));
        assert_eq!(lifetime("7d"), Ok(Duration::days(7)));
        for wrong in ["", "h", "-1h", "0s", "12 h", "soon", "9999999999d", "99999999999999h"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }
}
