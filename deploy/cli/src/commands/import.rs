//! `salgslogg import`: the arguments of the importer and the printing of its report.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use events::TenantSlug;

use super::{Format, reading};
use crate::failure::Failure;
use crate::import::progress::Progress;
use crate::import::rehearsal::Rehearsal;
use crate::import::tally::Tally;
use crate::import::{self, Import, catch_up, report};
use crate::mapping::language::Mapping;
use crate::mapping::{Names, Plan};
use crate::stack::{Caller, Stack};
use crate::{output, token};

/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(after_help = "\
The mapping says what the rows mean; a documented example is
deploy/cli/mappings/crm-sales-opportunities.toml.

Importing the same files again does nothing twice, so an interrupted import is simply run
again. The tenant is that of the token: import into another tenant with another token.

Examples:
  salgslogg import ./opportunities --mapping mapping.toml --dry-run
  salgslogg import ./opportunities --mapping mapping.toml
  salgslogg import ./opportunities --mapping mapping.toml \\
      --token \"$(salgslogg token --tenant second --sub importer --role importer)\"")]
pub struct Arguments {
    /// The folder of the mapping's files, or the file of its records
    #[arg(value_name = "FILE-OR-FOLDER")]
    input: PathBuf,
    /// The mapping (TOML)
    #[arg(long, value_name = "MAPPING.toml")]
    mapping: PathBuf,
    /// Read and map everything, report what would be sent, send nothing
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: show the first N lines as they would be sent
    #[arg(long, value_name = "N", default_value_t = 0, requires = "dry_run")]
    show: usize,
}

/// Maps, sends (or not) and reports.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let path = arguments.mapping.display();
    let text = std::fs::read_to_string(&arguments.mapping)
        .map_err(|error| Failure::Usage(format!("cannot read the mapping {path}: {error}")))?;
    let plan = Arc::new(Plan::open(&Mapping::parse(&text)?, &arguments.input)?);
    if arguments.dry_run {
        return rehearse(stack, arguments, &plan, format);
    }
    let tenant = token::tenant_of(&stack.token(Caller::Importer)?)?;
    let names = Arc::new(Names { tenant, source: plan.source.clone() });
    let client = stack.commands(Caller::Importer)?;
    let head = head(stack).await;
    let progress = Progress::new(plan.records.sheet.bytes());
    let import = Import { client: &client, plan: &plan, names: &names, progress: &progress, head };
    let imported = tokio::select! {
        imported = import_and_wait(stack, &import) => imported,
        _ = tokio::signal::ctrl_c() => Err(Failure::Negative("interrupted; run the same import again and it goes on without duplicates".into())),
    };
    progress.finish();
    let (tally, elapsed) = imported?;
    match format {
        Format::Machine => output::json(&report::machine(&tally, &names, elapsed))?,
        Format::People => output::line(&report::people(&tally, &names, elapsed))?,
    }
    tally.verdict()
}

/// Where the log stands now, to tell earlier answers from new ones; only the report depends on it.
async fn head(stack: &Stack) -> u64 {
    let asked = async {
        let body = stack.queries(Caller::Importer)?.get("/v1/projections", &[]).await?;
        Ok(reading::parse(&body)?["position"].as_u64().unwrap_or_default())
    };
    asked.await.unwrap_or_else(|failure: Failure| {
        let effect = "commands done by an earlier run will be counted as done by this one";
        output::remark(&format!("the query side was not asked ({failure}): {effect}"));
        0
    })
}

/// Imports, then waits for the read models, so that the next question shows all of it. Returns the time the
/// import took; it stands also when nobody can tell how far the read models are.
async fn import_and_wait(stack: &Stack, import: &Import<'_>) -> Result<(Tally, Duration), Failure> {
    let tally = import::run(import).await?;
    let elapsed = import.progress.elapsed();
    import.progress.say("all of it is in the log; waiting until questions show it");
    let waited = async { catch_up::wait(&stack.queries(Caller::Importer)?, tally.reached).await };
    if let Err(failure) = waited.await {
        let from = format!("questions show all of it from position {} on", tally.reached);
        import.progress.remark(&format!("all of it is in the log, but {failure}; {from}"));
    }
    Ok((tally, elapsed))
}

fn rehearse(
    stack: &Stack,
    arguments: &Arguments,
    plan: &Arc<Plan>,
    format: Format,
) -> Result<(), Failure> {
    // A rehearsal needs no stack; without a token its ids are those of the tenant `demo`.
    let tenant =
        stack.token(Caller::Importer).and_then(|token| token::tenant_of(&token)).or_else(|_| {
            TenantSlug::parse("demo").map_err(|error| Failure::Unexpected(error.to_string()))
        })?;
    let names = Arc::new(Names { tenant, source: plan.source.clone() });
    let rehearsal = Rehearsal::of(plan, &names, arguments.show)?;
    match format {
        Format::Machine => output::json(&report::machine_rehearsal(&rehearsal, &names))?,
        Format::People => {
            for fault in &rehearsal.faults {
                output::remark(&format!("{}, line {}: {}", fault.file, fault.line, fault.why));
            }
            output::line(&report::people_rehearsal(&rehearsal, &names))?;
        }
    }
    rehearsal.verdict()
}
