//! `salgslogg tenant`: makes a tenant, shows its settings, changes its time zone. A tenant is the one its
//! token names; beside a local stack the token of any tenant is signed here.

mod create;
mod show;
mod time_zone;

use chrono::Duration;
use clap::Subcommand;
use events::TenantSlug;

use super::Format;
use crate::failure::Failure;
use crate::stack::{Caller, Stack};
use crate::token::{Identity, sign, tenant_of};

/// What can be done with a tenant.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Make a tenant, with its base currency and its time zone
    Create(create::Arguments),
    /// Show base currency, time zone and today's date of a tenant
    Show(show::Arguments),
    /// Change the zone in which a tenant's days begin and end
    SetTimeZone(time_zone::Arguments),
}

/// Does it.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    match arguments {
        Arguments::Create(arguments) => create::run(stack, arguments, format).await,
        Arguments::Show(arguments) => show::run(stack, arguments, format).await,
        Arguments::SetTimeZone(arguments) => time_zone::run(stack, arguments, format).await,
    }
}

/// The stack as an admin of `wanted` sees it, and that tenant; without a wish the tenant of the token.
///
/// # Errors
/// [`Failure::NotAuthorised`] when the token at hand speaks for another tenant and none can be signed.
fn of(stack: &Stack, wanted: Option<&TenantSlug>) -> Result<(Stack, TenantSlug), Failure> {
    let own = stack.token(Caller::Admin).and_then(|token| tenant_of(&token));
    let Some(wanted) = wanted else { return Ok((stack.clone(), own?)) };
    match own {
        Ok(own) if own == *wanted => Ok((stack.clone(), own)),
        Ok(own) if stack.given_token().is_some() => {
            Err(Failure::NotAuthorised(format!("the token speaks for {own}, not for {wanted}")))
        }
        Ok(_) | Err(_) => Ok((stack.with_token(admins(stack, wanted)?), wanted.clone())),
    }
}

/// A token for an admin of a tenant of the local stack, for this run only.
fn admins(stack: &Stack, tenant: &TenantSlug) -> Result<String, Failure> {
    let identity = Identity {
        tenant: tenant.clone(),
        user: "admin".to_owned(),
        name: None,
        roles: vec!["admin".to_owned()],
        groups: Vec::new(),
    };
    sign(stack.environment().local(), &identity, crate::clock::now(), Duration::minutes(5))
}
