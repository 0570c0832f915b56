//! `salgslogg projection status`: every generation of every read model.

use clap::Args;
use read_models::rebuild::{Generation, generations};
use serde_json::json;

use super::Format;
use crate::database::{Database, DatabaseArguments, failed};
use crate::failure::Failure;
use crate::output;
use crate::tables::{Column, grouped, render};

/// Arguments of `projection status`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  salgslogg projection status\n  salgslogg projection status --json"
)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) database: DatabaseArguments,
}

/// Asks and prints.
pub(super) async fn run(database: &Database, format: Format) -> Result<(), Failure> {
    let mut connection = database.operator().await?;
    let all = generations(&mut connection, database.log_id()).await;
    let all = all.map_err(|error| failed(&error))?;
    let head = database.store(1)?.head().await;
    let head = head.map_err(|error| Failure::Unreachable(error.to_string()))?;
    match format {
        Format::Machine => output::json(&json!({ "head": head, "generations": all })),
        Format::People => output::line(&people(&all, head)),
    }
}

fn people(all: &[Generation], head: i64) -> String {
    let columns = [
        Column::left("read model"),
        Column::right("generation"),
        Column::left("state"),
        Column::right("position"),
        Column::right("lag"),
        Column::left("followed"),
        Column::left("note"),
    ];
    let row = |one: &Generation| {
        let figure =
            |figure: Option<i64>| figure.map_or("–".to_owned(), |f| grouped(&f.to_string()));
        vec![
            one.name.clone(),
            one.generation.to_string(),
            one.state.clone(),
            figure(one.position),
            figure(one.position.map(|position| (head - position).max(0))),
            if one.leased { "yes" } else { "no" }.to_owned(),
            note(one),
        ]
    };
    render(&columns, all.iter().map(row))
}

/// What is worth saying beside the figures.
fn note(one: &Generation) -> String {
    match (&one.halted, one.filled_at, one.parts) {
        (Some(halted), ..) => format!("halted: {halted}"),
        (None, None, Some(parts)) => format!("{} of {parts} parts are filled", one.parts_done),
        (None, Some(_), _) if one.state == "building" => "waits to be promoted".to_owned(),
        (None, ..) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebuild_under_way_tells_its_parts_and_a_finished_one_what_it_waits_for() {
        let mut one = Generation {
            name: "sale".into(),
            generation: 2,
            state: "building".into(),
            code_hash: String::new(),
            on_poison: "halt".into(),
            position: None,
            halted: None,
            leased: false,
            parts: Some(16),
            parts_done: 7,
            created_at: chrono::DateTime::UNIX_EPOCH,
            filled_at: None,
            live_at: None,
            retired_at: None,
        };
        let drawn = people(std::slice::from_ref(&one), 23_811);
        assert!(drawn.contains("7 of 16 parts are filled"), "{drawn}");
        (one.filled_at, one.position) = (Some(one.created_at), Some(20_000));
        let drawn = people(&[one], 23_811);
        let cells: Vec<_> =
            drawn.lines().nth(3).unwrap().trim_matches('│').split('┆').map(str::trim).collect();
        assert_eq!(
            cells,
            ["sale", "2", "building", "20 000", "3 811", "no", "waits to be promoted"]
        );
    }
}
