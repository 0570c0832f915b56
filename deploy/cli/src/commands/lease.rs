//! `salgslogg lease`: who does the work of which there may be one at a time, and giving a lease back.

use clap::{Args, Subcommand, ValueEnum};
use event_store::lease_list::{self, Lease, Work, leases};
use serde_json::json;

use super::Format;
use crate::confirm::Consent;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;
use crate::stack::Stack;
use crate::tables::{Column, grouped, render};

/// What to do with leases.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Relay, process managers and read models: who holds each, for how long still, how far it is
    List(List),
    /// Give a lease back in its holder's stead, so another replica need not wait for it to run out
    Release(Release),
}

/// Arguments of `lease list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Read models in a database of their own: name it with --database-url.

Examples:
  salgslogg lease list
  salgslogg lease list --json")]
pub struct List {
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Arguments of `lease release`.
#[derive(Debug, Args)]
#[command(after_help = "\
A lease runs out by itself after 15 seconds; release one whose holder hangs. It does no harm to one that works: what it
still sends is refused (the epoch is a higher one with the next holder), and it claims again.

Examples:
  salgslogg lease release relay
  salgslogg lease release projection sale/2 --yes")]
pub struct Release {
    /// Whose
    #[arg(value_enum, value_name = "KIND")]
    kind: Kind,
    /// Its name as `salgslogg lease list` shows it [default: all of the kind]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Kinds of work, as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Publishing the log to NATS
    Relay,
    /// Process managers
    Process,
    /// Read models
    Projection,
}

/// Runs either.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    match arguments {
        Arguments::List(list) => {
            let database = Database::find(&list.database, stack.environment())?;
            let mut operator = database.operator().await?;
            let all = leases(&mut operator, database.log_id()).await;
            print(&all.map_err(|error| failed(&error))?, format)
        }
        Arguments::Release(one) => release(stack, one, format).await,
    }
}

async fn release(stack: &Stack, one: &Release, format: Format) -> Result<(), Failure> {
    let database = Database::find(&one.database, stack.environment())?;
    let mut operator = database.operator().await?;
    let work = match one.kind {
        Kind::Relay => Work::Relay,
        Kind::Process => Work::Process,
        Kind::Projection => Work::Projection,
    };
    let all = leases(&mut operator, database.log_id()).await.map_err(|error| failed(&error))?;
    let meant = |lease: &&Lease| {
        let short = lease.name.split('/').next();
        lease.kind == work.as_str()
            && one.name.as_deref().is_none_or(|name| name == lease.name || Some(name) == short)
    };
    if !all.iter().any(|lease| meant(&lease)) {
        return Err(Failure::NotFound(format!(
            "there is no such lease of a {}; `salgslogg lease list` shows all",
            work.as_str()
        )));
    }
    let which = one.name.as_deref().map_or(String::new(), |name| format!(" {name}"));
    one.consent.ask(&format!("give back the lease of the {}{which}", work.as_str()))?;
    let given = lease_list::release(&mut operator, database.log_id(), work, one.name.as_deref());
    let given = given.await.map_err(|error| failed(&error))?;
    match format {
        Format::Machine => output::json(&json!({"kind": work.as_str(), "released": given})),
        Format::People if given == 0 => output::line("nobody held it; nothing was done"),
        Format::People => output::line(&format!("{given} given back; whoever asks next gets it")),
    }
}

fn print(all: &[Lease], format: Format) -> Result<(), Failure> {
    match format {
        Format::Machine => {
            let row = |one: &Lease| {
                json!({"kind": one.kind, "name": one.name, "position": one.position, "owner": one.owner,
                       "epoch": one.epoch, "held_until": one.held_until, "seconds_left": one.seconds_left})
            };
            output::json(&json!({"leases": all.iter().map(row).collect::<Vec<_>>()}))
        }
        Format::People => output::line(&people(all)),
    }
}

fn people(all: &[Lease]) -> String {
    let columns = [
        Column::left("work"),
        Column::left("name"),
        Column::left("held by"),
        Column::right("epoch"),
        Column::right("position"),
    ];
    let row = |one: &Lease| {
        let held = match (one.owner, one.seconds_left) {
            (Some(owner), Some(left)) => format!("{owner}, {left} s more"),
            (Some(owner), None) => format!("nobody; {owner} was the last one"),
            (None, _) => "nobody".to_owned(),
        };
        let position = grouped(&one.position.to_string());
        vec![one.kind.clone(), one.name.clone(), held, one.epoch.to_string(), position]
    };
    render(&columns, all.iter().map(row))
}
