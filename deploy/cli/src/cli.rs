//! What can be asked on the command line. Each command's own arguments stand in its file in `commands`.

use clap::{Parser, Subcommand};

use crate::commands::{
    archive, board, completions, diary, events, find, forecast, history, import, lease, man,
    migrate, parked, partition, pipeline, projection, relay, sale, targets, tenant, token, verify,
};
use crate::failure::EXIT_CODES;
use crate::stack::Connection;

/// Salgslogg on the command line: pipeline, diary and forecast, the history of every sale, the log itself,
/// imports of existing opportunities, and what an operator needs.
///
/// Beside a running local stack (`./deploy/up`) no address and no token is needed: they are read from
/// `.local/env` of the enclosing tree. Elsewhere give --query-url, --command-url and --token, or set
/// QUERY_URL, COMMAND_URL and TOKEN.
#[derive(Debug, Parser)]
#[command(name = "salgslogg", version, propagate_version = true, arg_required_else_help = true, after_help = after_help())]
pub struct Cli {
    /// Print JSON for machines instead of tables for people
    #[arg(long, global = true)]
    pub json: bool,
    /// Where the stack is and who asks.
    #[command(flatten)]
    pub connection: Connection,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open sales by stage (or owner, group, type, status), with counts, amounts and weighted amounts
    Pipeline(pipeline::Arguments),
    /// Sales in columns, divided and sorted as you like, as a view you saved or as a selection shows them
    Board(board::Arguments),
    /// Sales by criteria over any field, by words, of a selection, or by a typical search
    Find(find::Arguments),
    /// What somebody has to do, and the sales that want attention
    Diary(diary::Arguments),
    /// What closes when: open, weighted, won and lost by month, quarter or year
    Forecast(forecast::Arguments),
    /// What was to be won this year and what was, of the company, its groups and their users
    Targets(targets::Arguments),
    /// One sale, by its id or number
    Sale(sale::Arguments),
    /// Everything that ever happened to one sale, with what each event changed
    History(history::Arguments),
    /// The log of your tenant, one event a line, from the first one on
    Events(events::Arguments),
    /// How far each read model is, and whether anything is parked
    #[command(after_help = "Examples:\n  salgslogg projections\n  salgslogg projections --json")]
    Projections,
    /// Import CSV files with a mapping
    Import(import::Arguments),
    /// Make a tenant, show its settings, change its time zone
    #[command(subcommand)]
    Tenant(tenant::Arguments),
    /// Sign an access token with the development key of a local stack
    Token(token::Arguments),
    /// Bring the tables of a database forward, and make the logins of its services (operators)
    Migrate(migrate::Arguments),
    /// Rebuild a read model beside the live one, compare the two, switch, go back (operators)
    #[command(subcommand)]
    Projection(projection::Arguments),
    /// What read models could not apply: list it, show it, have it tried again (operators)
    #[command(subcommand)]
    Parked(parked::Arguments),
    /// Prove that log, receipts, stream and read models agree; list what contradicts, by position
    Verify(verify::Arguments),
    /// How far the stream of the log is, and making it anew (operators)
    #[command(subcommand)]
    Relay(relay::Arguments),
    /// Who relays, applies and times, and giving such a lease back (operators)
    #[command(subcommand)]
    Lease(lease::Arguments),
    /// Room for events and receipts to come (operators)
    #[command(subcommand)]
    Partition(partition::Arguments),
    /// Full partitions of the log in files: written, proved, taken out, put back (operators)
    #[command(subcommand)]
    Archive(archive::Arguments),
    /// Let a shell complete commands and flags
    Completions(completions::Arguments),
    /// Write a manual page for every command
    Man(man::Arguments),
}

fn after_help() -> String {
    format!(
        "Examples:\n  \
         salgslogg pipeline --currency EUR\n  \
         salgslogg diary --owner ola\n  \
         salgslogg pipeline --as-of 2026-03-11 --group-by owner\n  \
         salgslogg board --group-by owner --subgroup-by stage\n  \
         salgslogg find 'status one_of open and amount gt 50000' --sort -amount\n  \
         salgslogg targets --group oslo --periods\n  \
         salgslogg forecast --from 2026-01-01 --to 2026-12-31 --period quarter\n  \
         salgslogg history 1001\n  \
         salgslogg events --follow --json | jq .type\n  \
         salgslogg tenant create acme --currency NOK --time-zone Europe/Oslo\n  \
         salgslogg import ./opportunities --mapping mapping.toml --dry-run\n\n{EXIT_CODES}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
