//! `salgslogg projection diff`: two generations, row by row, at one position.

use clap::Args;
use read_models::rebuild::{self, Difference, Sides};
use serde_json::json;

use super::{Format, refused};
use crate::database::{Database, DatabaseArguments};
use crate::failure::Failure;
use crate::output;
use crate::tables::{Column, grouped, render};

/// Arguments of `projection diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Both generations are compared as they stood at one position, the lower of theirs; nobody waits for it.
Ends with 0 when every row is the same, and with 1 when any differs; the first streams that differ are named.

Examples:
  salgslogg projection diff sale
  salgslogg projection diff sale --from 7 --to 8 --sample 100")]
pub struct Arguments {
    /// The read model
    #[arg(value_name = "NAME")]
    name: String,
    /// One generation [default: the live one]
    #[arg(long, value_name = "GENERATION")]
    from: Option<i32>,
    /// The other [default: the newest one beside it]
    #[arg(long, value_name = "GENERATION")]
    to: Option<i32>,
    /// Compare one stream in N only
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..))]
    sample: i32,
    #[command(flatten)]
    pub(super) database: DatabaseArguments,
}

/// Compares and prints.
pub(super) async fn run(
    database: &Database,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let mut connection = database.operator().await?;
    let chosen = (arguments.from, arguments.to);
    let (log_id, name) = (database.log_id(), arguments.name.as_str());
    let compared = rebuild::diff(&mut connection, log_id, name, chosen, arguments.sample).await;
    let (sides, tables) = compared.map_err(refused)?;
    match format {
        Format::Machine => {
            output::json(&json!({ "name": name, "sides": sides, "tables": tables }))?;
        }
        Format::People => output::line(&people(sides, &tables))?,
    }
    if tables.iter().all(Difference::is_empty) {
        return Ok(());
    }
    let Sides { from, to, .. } = sides;
    Err(Failure::Negative(format!("generations {from} and {to} of {name} differ")))
}

fn people(sides: Sides, tables: &[Difference]) -> String {
    let Sides { from, to, position } = sides;
    let columns = [
        Column::left("table"),
        Column::right(&format!("rows of {from}")),
        Column::right(&format!("rows of {to}")),
        Column::right(&format!("only in {from}")),
        Column::right(&format!("only in {to}")),
    ];
    let figure = |figure: i64| grouped(&figure.to_string());
    let row = |table: &Difference| {
        let (rows_from, rows_to) = table.rows;
        let figures = [rows_from, rows_to, table.only_from, table.only_to].map(figure);
        [table.table.clone()].into_iter().chain(figures).collect()
    };
    let mut text = render(&columns, tables.iter().map(row));
    for table in tables.iter().filter(|table| !table.streams.is_empty()) {
        let streams: Vec<String> = table.streams.iter().map(ToString::to_string).collect();
        text.push_str(&format!(
            "\nfirst streams that differ in {}: {}",
            table.table,
            streams.join(", ")
        ));
    }
    text.push_str(&format!("\ncompared at position {}", figure(position)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_below_the_table() {
        let sale = uuid::Uuid::from_u128(7);
        let tables = [Difference {
            table: "sale_version".into(),
            rows: (1_200, 1_200),
            only_from: 1,
            only_to: 1,
            streams: vec![sale],
        }];
        let drawn = people(Sides { from: 1, to: 2, position: 23_811 }, &tables);
        assert!(drawn.contains("only in 2") && drawn.contains("1 200"), "{drawn}");
        assert!(
            drawn.ends_with(&format!("in sale_version: {sale}\ncompared at position 23 811")),
            "{drawn}"
        );
    }
}
