//! `salgslogg tenant set-time-zone`: where a tenant's days begin and end from now on.

use chrono_tz::Tz;
use clap::Args;
use events::TenantSlug;
use serde_json::json;

use super::{Format, of, show};
use crate::failure::Failure;
use crate::stack::{Caller, Stack};

/// Arguments of `tenant set-time-zone`.
#[derive(Debug, Args)]
#[command(after_help = "\
Dates that are stored stay as they are; days of instants are told in the new zone from now on.

Examples:
  salgslogg tenant set-time-zone Europe/Amsterdam
  salgslogg tenant set-time-zone Europe/Oslo --tenant acme")]
pub struct Arguments {
    /// The zone (IANA name)
    #[arg(value_name = "ZONE")]
    time_zone: Tz,
    /// The tenant [default: that of the token]
    #[arg(long, value_name = "SLUG")]
    tenant: Option<TenantSlug>,
}

/// Changes it and shows the tenant.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let (stack, tenant) = of(stack, arguments.tenant.as_ref())?;
    let zone = json!({ "time_zone": arguments.time_zone.name() });
    let path = format!("/v1/tenants/{tenant}/set-time-zone");
    let answer = stack.commands(Caller::Admin)?.command(&path, &zone, false).await?;
    show::show(&stack, Some(show::position(&answer)?), format).await
}
