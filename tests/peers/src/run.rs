//! The whole comparison: every peer in a database of its own on one durable server, peers and limit alternating.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use sqlx::{Connection, PgConnection};
use tokio::process::Command;
use tokio::time::timeout;

use crate::cell;
use crate::load::Measured;
use crate::report::{Cell, Row, Table};

/// Concurrent clients measured.
const CLIENTS: [usize; 4] = [1, 8, 32, 128];
/// The column the best peer is told of.
const BEST_COLUMN: usize = 2;

/// Peers of the commands table and the pool each is given (README.md: what was tried).
const COMMANDS: [(&str, usize); 6] = [
    ("cqrs-es", 16),
    ("esrs", 16),
    ("disintegrate", 8),
    ("eventually", 8),
    ("message-db", 16),
    ("emmett", 16),
];
/// Ours, in the same table.
const OURS: &str = "salgslogg";
/// Peers of the projections table with the ways they have.
const PROJECTIONS: [&str; 10] = [
    "cqrs-es/upsert",
    "cqrs-es/generic",
    "esrs/aggregate",
    "esrs/all",
    "disintegrate",
    "eventually",
    "message-db/100",
    "message-db/1000",
    "emmett/100",
    "emmett/1000",
];
/// What the projections are divided by.
const LIMIT: &str = "message-db/select";

/// How long a cell may take beyond what it measures.
const SPARE: Duration = Duration::from_secs(180);

/// What the run was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    json: bool,
    repeats: usize,
    seconds: u64,
    sales: usize,
}

impl Settings {
    /// Of the words after `run`.
    pub fn of(words: &[String]) -> anyhow::Result<Self> {
        let mut settings = Self { json: false, repeats: 3, seconds: 5, sales: 3_000 };
        for word in words {
            match word.as_str() {
                "--json" => settings.json = true,
                "--quick" => (settings.repeats, settings.seconds, settings.sales) = (1, 2, 1_000),
                other => bail!("peers run knows --json and --quick, not {other}"),
            }
        }
        Ok(settings)
    }
}

/// Measures and prints both tables.
pub async fn all(url: &str, settings: Settings) -> anyhow::Result<()> {
    let commands = commands(url, settings).await?;
    let projections = projections(url, settings).await?;
    if settings.json {
        commands.json("commands");
        projections.json("projection");
        commands.json_best("peers_best_commands_32", BEST_COLUMN);
        projections.json_best("peers_best_projection", 0);
        return Ok(());
    }
    commands.print("Commands per second (ratio to pgbench with as many clients)");
    projections
        .print("Projections, events per second into one simple table (ratio to paged SELECT)");
    if let (Some((best, rate)), Some((also, events))) =
        (commands.best(BEST_COLUMN), projections.best(0))
    {
        println!("\nbest peer at 32 clients: {best}, {rate:.0} commands/s");
        println!("best peer's projection: {also}, {events:.0} events/s");
    }
    Ok(())
}

async fn commands(url: &str, settings: Settings) -> anyhow::Result<Table> {
    let mut rows = vec![row("pgbench_insert", false, CLIENTS.len())];
    rows.extend(COMMANDS.iter().map(|(name, _)| row(name, true, CLIENTS.len())));
    let ours = std::env::var_os("PEERS_HTTP").is_some();
    if ours {
        rows.push(row(OURS, false, CLIENTS.len()));
    }
    for (name, _) in COMMANDS {
        fresh(url, &database(name)).await?;
    }
    for _ in 0..settings.repeats {
        for (column, clients) in CLIENTS.into_iter().enumerate() {
            add(&mut rows[0].cells[column], pgbench(url, clients, settings.seconds).await);
            for (index, (name, pool)) in COMMANDS.into_iter().enumerate() {
                let words = [
                    name,
                    "commands",
                    &clients.to_string(),
                    &settings.seconds.to_string(),
                    &pool.to_string(),
                ]
                .map(str::to_owned);
                let measured = one(&within(url, &database(name))?, &words).await;
                add(&mut rows[index + 1].cells[column], measured);
            }
            if ours {
                let words =
                    [OURS, "commands", &clients.to_string(), &settings.seconds.to_string(), "1"]
                        .map(str::to_owned);
                let last = rows.len() - 1;
                add(&mut rows[last].cells[column], one(url, &words).await);
            }
        }
    }
    for (name, _) in COMMANDS {
        dropped(url, &database(name)).await?;
    }
    let columns = CLIENTS.iter().map(ToString::to_string).collect();
    Ok(Table { unit: "commands/s", columns, rows })
}

async fn projections(url: &str, settings: Settings) -> anyhow::Result<Table> {
    let mut rows = vec![row("paged_select", false, 1)];
    rows.extend(PROJECTIONS.iter().map(|name| row(name, true, 1)));
    for _ in 0..settings.repeats {
        for (index, name) in std::iter::once(&LIMIT).chain(&PROJECTIONS).enumerate() {
            let database = database(name);
            fresh(url, &database).await?;
            let words =
                [name, "projection", &settings.sales.to_string()].map(|word: &str| word.to_owned());
            add(&mut rows[index].cells[0], one(&within(url, &database)?, &words).await);
            dropped(url, &database).await?;
        }
    }
    Ok(Table { unit: "events/s", columns: vec![String::new()], rows })
}

fn row(name: &str, peer: bool, columns: usize) -> Row {
    Row { name: name.to_owned(), peer, cells: (0..columns).map(|_| Ok(Vec::new())).collect() }
}

/// Adds a repeat; the first failure stands in the cell.
fn add(cell: &mut Cell, measured: anyhow::Result<Measured>) {
    match (cell.as_mut(), measured) {
        (Ok(all), Ok(measured)) => all.push(measured),
        (Ok(_), Err(error)) => *cell = Err(format!("{error:#}")),
        (Err(_), _) => {}
    }
}

/// One measurement in a process of its own.
pub async fn one(url: &str, words: &[String]) -> anyhow::Result<Measured> {
    let mut program = if words[0].starts_with("emmett") {
        let mut program = Command::new("node");
        program.arg(cell::node().join("emmett.mjs"));
        program
    } else if words[0] == "eventually" {
        let mut program = Command::new(std::env::current_exe()?.with_file_name("peers-old"));
        program.arg("cell");
        program
    } else {
        let mut program = Command::new(std::env::current_exe()?);
        program.arg("cell");
        program
    };
    program.args(words).env("PEERS_DATABASE_URL", url).stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(SPARE, program.output())
        .await
        .with_context(|| format!("not done within {} s", SPARE.as_secs()))??;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("no word");
        bail!("{}", line.trim());
    }
    let said = String::from_utf8(output.stdout)?;
    let line = said.lines().next_back().context("a measurement prints a line")?;
    serde_json::from_str(line).with_context(|| format!("not a measurement: {line}"))
}

/// The limit: pgbench, one 400-byte row with a unique index a transaction.
async fn pgbench(url: &str, clients: usize, seconds: u64) -> anyhow::Result<Measured> {
    let program = std::env::var("PEERS_PGBENCH").unwrap_or_else(|_| "pgbench".to_owned());
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS peer_row (stream uuid, version bigint, body text, UNIQUE (stream, version))")
        .execute(&mut connection)
        .await?;
    let script = std::env::temp_dir().join(format!("peers-{}.sql", std::process::id()));
    std::fs::write(
        &script,
        "INSERT INTO peer_row VALUES (gen_random_uuid(), 1, repeat('x', 400));\n",
    )?;
    let output = Command::new(program)
        .args([
            "-n",
            "-M",
            "prepared",
            "-c",
            &clients.to_string(),
            "-j",
            &clients.min(2).to_string(),
        ])
        .args(["-T", &seconds.to_string(), "-f"])
        .arg(&script)
        .arg(url)
        .output()
        .await
        .context("pgbench")?;
    std::fs::remove_file(&script)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let value = |start: &str| {
        let line = text.lines().find(|line| line.starts_with(start))?;
        line.split(" = ").nth(1)?.split_whitespace().next()?.parse::<f64>().ok()
    };
    let rate = value("tps").with_context(|| {
        format!("pgbench: {}", String::from_utf8_lossy(&output.stderr).trim().to_owned())
    })?;
    Ok(Measured {
        rate,
        p50_ms: value("latency average").unwrap_or_default(),
        ..Measured::default()
    })
}

/// The database of a peer's way.
pub fn database(name: &str) -> String {
    format!("peer_{}", name.replace(['-', '/'], "_"))
}

/// The URL of another database of the server.
pub fn within(url: &str, database: &str) -> anyhow::Result<String> {
    let (start, options) = url.split_once('?').unwrap_or((url, "sslmode=disable"));
    let (server, _) = start.rsplit_once('/').context("the URL names a database")?;
    Ok(format!("{server}/{database}?{options}"))
}

/// An empty database. Its name is one of ours and needs no quoting.
pub async fn fresh(url: &str, database: &str) -> anyhow::Result<()> {
    dropped(url, database).await?;
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(&format!("CREATE DATABASE {database}")).execute(&mut connection).await?;
    Ok(())
}

/// No such database.
pub async fn dropped(url: &str, database: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    sqlx::query(&drop).execute(&mut connection).await?;
    Ok(())
}
