//! `salgslogg parked`: what read models could not apply. Lists and shows it, has it tried again, and says what a
//! read model does about such events. Carries nothing out itself: the projection that owns the lease does.

mod list;
mod policy;
mod redrive;
mod retry;
mod show;

use clap::{Args, Subcommand};
use events::TenantSlug;
use read_models::parked::Which;

use super::Format;
use crate::database::{Database, DatabaseArguments};
use crate::failure::Failure;
use crate::stack::Stack;

/// What can be done with parked streams.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// What stands still and what is parked, with position and reason
    List(list::Arguments),
    /// One parked stream: its error, and the events that wait
    Show(show::Arguments),
    /// Try parked streams again, each whole and in order
    Redrive(redrive::Arguments),
    /// Try the event again that a halted read model stands before
    Retry(retry::Arguments),
    /// Say what a read model does about an event it cannot apply
    Policy(policy::Arguments),
}

/// Does it.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let find = |database| Database::find(database, stack.environment());
    match arguments {
        Arguments::List(list) => list::run(&find(list.database())?, list, format).await,
        Arguments::Show(show) => show::run(&find(show.database())?, show, format).await,
        Arguments::Redrive(redrive) => {
            redrive::run(&find(redrive.database())?, redrive, format).await
        }
        Arguments::Retry(retry) => retry::run(&find(retry.database())?, retry, format).await,
        Arguments::Policy(policy) => policy::run(&find(policy.database())?, policy, format).await,
    }
}

/// Which parked streams are meant, beside their name.
#[derive(Debug, Clone, Default, Args)]
struct Choice {
    /// Only of this read model
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Only of this generation of it
    #[arg(long, value_name = "NUMBER")]
    generation: Option<i32>,
    /// Only of this tenant
    #[arg(long, value_name = "SLUG")]
    tenant: Option<TenantSlug>,
    #[command(flatten)]
    database: DatabaseArguments,
}

impl Choice {
    /// With the name or key of a stream.
    fn of(&self, stream: Option<&String>) -> Which {
        Which {
            model: self.model.clone(),
            generation: self.generation,
            tenant: self.tenant.as_ref().map(ToString::to_string),
            stream: stream.cloned(),
        }
    }
}
