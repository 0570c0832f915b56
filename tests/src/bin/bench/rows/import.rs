//! A data set through `salgslogg import`, beside bare bulk commands in the same run.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::Run;
use crate::figures::{Figure, Report};
use crate::load::bulk;
use crate::machine::{Stack, With};

/// Rows of generated files, as many as the public data set has.
const ROWS: usize = 8_800;
/// The mapping of the public data set.
const MAPPING: &str =
    include_str!("../../../../../deploy/cli/mappings/crm-sales-opportunities.toml");

/// `import`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("import") {
        return Ok(());
    }
    let (mut values, mut baselines) = (Vec::new(), Vec::new());
    for _ in 0..run.repeats() {
        // a stack each: importing again does nothing
        let stack = Stack::start(With::LogOnly).await?;
        let folder = match &run.import_folder {
            Some(folder) => std::path::absolute(folder)?,
            None => generate(stack.folder(), if run.quick { ROWS / 10 } else { ROWS })?,
        };
        let sales = if run.quick { 2_000 } else { 10_000 };
        baselines.push(bulk::run(&stack.lifecycle(), sales).await?);
        values.push(import(&stack, &folder).await?);
        stack.stop().await;
    }
    let given = if run.import_folder.is_some() { "the given folder" } else { "generated files" };
    report.add(&Figure {
        name: "import".into(),
        unit: "commands/s",
        baseline: "bulk_commands".into(),
        values,
        baselines,
        note: given.into(),
        ..Figure::default()
    })?;
    Ok(())
}

/// Commands a second, from the importer's own report.
async fn import(stack: &Stack, folder: &Path) -> anyhow::Result<f64> {
    let mapping = stack.folder().join("mapping.toml");
    std::fs::write(&mapping, MAPPING)?;
    let mut command = stack.salgslogg()?;
    command.args(["--json", "import"]).arg(folder).arg("--mapping").arg(&mapping);
    let told = command.output().await?;
    ensure!(told.status.success(), "salgslogg import: {}", String::from_utf8_lossy(&told.stderr));
    let answer: Value = serde_json::from_slice(&told.stdout)?;
    answer["commands_per_second"].as_f64().context("the report tells its rate")
}

/// Files of the public data set's shape: opportunities, their products and their sellers.
fn generate(parent: &Path, rows: usize) -> anyhow::Result<PathBuf> {
    let folder = parent.join("opportunities");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(
        folder.join("products.csv"),
        "product,series,sales_price\nOne,A,550\nTwo,B,4821\n",
    )?;
    std::fs::write(
        folder.join("sales_teams.csv"),
        "sales_agent,manager,regional_office\nOla Nordmann,Kari Holm,North\nPer Vik,Kari Holm,South\n",
    )?;
    std::fs::write(
        folder.join("accounts.csv"),
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\nFjord,retail,1999,10.5,7,Norway,\n",
    )?;
    let mut text = String::from(
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n",
    );
    for row in 0..rows {
        let (agent, product) = [("Ola Nordmann", "One"), ("Per Vik", "Two")][row % 2];
        let (day, month) = (1 + row % 28, 1 + row % 6);
        let (stage, close, worth) = match row % 10 {
            0 => ("Engaging", String::new(), String::new()),
            1..=4 => ("Lost", format!("2017-{:02}-{day:02}", month + 6), "0".to_owned()),
            _ => {
                ("Won", format!("2017-{:02}-{day:02}", month + 6), (500 + row % 5_000).to_string())
            }
        };
        writeln!(
            text,
            "G{row:07},{agent},{product},Fjord,{stage},2017-{month:02}-{day:02},{close},{worth}"
        )?;
    }
    std::fs::write(folder.join("sales_pipeline.csv"), text)?;
    Ok(folder)
}
