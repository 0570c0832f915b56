//! `salgslogg tenant create`: a tenant's first command makes it, so this says its settings first.

use chrono_tz::Tz;
use clap::Args;
use events::{CurrencyCode, TenantSlug};
use serde_json::json;

use super::{Format, of, show};
use crate::failure::Failure;
use crate::stack::{Caller, Stack};

/// Arguments of `tenant create`.
#[derive(Debug, Args)]
#[command(after_help = "\
Beside a local stack the token is signed here; elsewhere give --token of an admin of the new tenant.
The base currency can be changed only while no amount is recorded, the time zone at any time.

Examples:
  salgslogg tenant create acme --currency NOK --time-zone Europe/Oslo
  salgslogg tenant create acme --token \"$TOKEN_OF_ACMES_ADMIN\"")]
pub struct Arguments {
    /// Its name in tokens: lower-case letters, digits and hyphens
    #[arg(value_name = "SLUG")]
    slug: TenantSlug,
    /// Currency of totals (ISO 4217)
    #[arg(long, value_name = "CODE", default_value = "EUR", value_parser = currency)]
    currency: CurrencyCode,
    /// Zone in which its days begin and end (IANA name)
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: Tz,
}

fn currency(code: &str) -> Result<CurrencyCode, String> {
    CurrencyCode::parse(code).map_err(|error| error.to_string())
}

/// Makes it and shows it.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let (stack, tenant) = of(stack, Some(&arguments.slug))?;
    let client = stack.commands(Caller::Admin)?;
    let zone = json!({ "time_zone": arguments.time_zone.name() });
    let made = client.command(&format!("/v1/tenants/{tenant}/set-time-zone"), &zone, true).await;
    let mut position = match made {
        Ok(answer) => show::position(&answer)?,
        Err(Failure::Negative(_)) => {
            return Err(Failure::Negative(format!("the tenant {tenant} exists already")));
        }
        Err(failure) => return Err(failure),
    };
    if arguments.currency != CurrencyCode::EUR {
        let currency = json!({ "base_currency": arguments.currency.as_str() });
        let path = format!("/v1/tenants/{tenant}/set-base-currency");
        let set = client.command(&path, &currency, false).await.map_err(|failure| {
            let made = format!("the tenant {tenant} was made, but its base currency is still EUR");
            Failure::Negative(format!("{made}: {failure}"))
        })?;
        position = show::position(&set)?;
    }
    show::show(&stack, Some(position), format).await
}
