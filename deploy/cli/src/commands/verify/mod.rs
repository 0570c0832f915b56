//! `salgslogg verify`: the oracle. Log, streams and receipts, the messages in NATS and the rows of the read models are
//! recomputed and compared; contradictions are listed by position. Reads only: the database is told so.

mod envelope;
pub mod messages;
pub mod report;
pub mod resume;
pub mod rows;

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use event_store::EventStore;
use event_store::verify::{Findings, Scope, Step, judge};
use indicatif::{ProgressBar, ProgressStyle};
use read_models::rebuild::RebuildError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};

use super::Format;
use crate::database::{Database, DatabaseArguments};
use crate::failure::Failure;
use crate::output;
use crate::stack::Stack;
use report::Report;
use resume::Resume;

/// Connections: pages of the log, streams and parts are read side by side.
const CONNECTIONS: u32 = 6;

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Recomputes and compares: positions without a hole, the tenants' previous positions, sale numbers, content hashes, the
chain of batches, times, versions and rows of streams, receipts, that every event can be read, the messages in NATS
(with --nats-url) and every live read model against a rebuild from zero. Nothing is written, and a login that may only
read is enough: one of es_audit and es_read (salgslogg_auditor), or of es_read alone with --no-receipts --no-read-models.

Ends with 0 when nothing contradicts, with 1 when something does, and with 2 or above when it could not judge. A run
that broke off says from which position another one may go on, and with --resume it notes that in a file as it goes, so
the same command goes on there and judges the rest; with a range, streams and read models are not judged, since those are
judged whole. Somebody who may rewrite rows, hashes and chain alike leaves a log that agrees with
itself: note the last link of the chain elsewhere and compare it.

Examples:
  salgslogg verify
  salgslogg verify --resume /var/lib/salgslogg/verify.json
  salgslogg verify --from 1000000 --json
  salgslogg verify --no-receipts --no-read-models")]
pub struct Arguments {
    /// First position; the batch that holds it is judged from its beginning
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    from: Option<i64>,
    /// Last position
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    to: Option<i64>,
    /// File that keeps where to go on: read at the beginning if it exists, removed at the end
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    resume: Option<PathBuf>,
    /// Address of NATS, as nats://user:password@host:port; without it messages are not judged
    #[arg(long, value_name = "URL")]
    nats_url: Option<String>,
    /// Do not judge receipts
    #[arg(long)]
    no_receipts: bool,
    /// Do not judge read models
    #[arg(long)]
    no_read_models: bool,
    /// Do not judge the messages in NATS, though an address is given
    #[arg(long)]
    no_stream: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Judges, reports, and ends with what was found.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let database = Database::find(&arguments.database, stack.environment())?;
    let pool = reader(database.url())?;
    let store = EventStore::new(pool.clone(), database.log_id());
    let bar = Bar::new();
    let mut resume = Resume::open(arguments.resume.as_deref(), database.log_id())?;
    let judged = arguments.judge(&store, &pool, &bar, &mut resume).await;
    bar.0.finish_and_clear();
    let report = judged.map_err(|failure| {
        let from = resume.from().max(arguments.from.unwrap_or(1));
        let (told, file) = (failure.to_string(), arguments.resume.as_deref());
        let file = file.map_or(String::new(), |file| format!(", or --resume {}", file.display()));
        Failure::CannotJudge(format!("{told}; go on with --from {from}{file}"))
    })?;
    resume.done()?;
    match format {
        Format::Machine => output::json(&report.machines())?,
        Format::People => output::line(&report.people())?,
    }
    match report.findings.count() {
        0 => Ok(()),
        count => Err(Failure::Negative(format!("{count} contradiction(s) found"))),
    }
}

impl Arguments {
    async fn judge(
        &self,
        store: &EventStore,
        pool: &PgPool,
        bar: &Bar,
        resume: &mut Resume,
    ) -> Result<Report, Failure> {
        let mut findings = Findings::default();
        let receipts = (!self.no_receipts).then_some(reads_answer as fn(&[u8]) -> bool);
        let (from, resumed) = (self.from.or(resume.began()), resume.began().is_some());
        let scope = Scope { from, to: self.to, resumed, decode: true, receipts };
        let mut progress = |step: Step| {
            resume.reached(step);
            bar.at(step);
        };
        let judged = judge(store, &scope, &mut findings, &mut progress).await;
        let verified = judged.map_err(|error| unable(&error))?;
        let mut report = Report { verified, messages: None, read_models: None, findings };
        if let (Some(url), false) = (&self.nats_url, self.no_stream) {
            let range = (report.verified.from, report.verified.head);
            let context = messages::connect(url, None).await.map_err(|error| unable(&error))?;
            let judged =
                messages::judge(store, &context, range, &mut report.findings, &mut progress).await;
            report.messages = Some(judged.map_err(|error| unable(&error))?);
        }
        let whole = self.from.is_none() && self.to.is_none() && report.verified.archived == 0;
        if whole && !self.no_read_models {
            let judged = rows::judge(pool, store, &mut report.findings, &mut progress).await;
            report.read_models = Some(judged.map_err(|error: RebuildError| unable(&error))?);
        }
        Ok(report)
    }
}

/// Whether a stored answer is what commands answer: JSON.
#[must_use]
pub fn reads_answer(answer: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(answer).is_ok()
}

/// An error with its causes, as the reason for no verdict.
fn unable(error: &dyn std::error::Error) -> Failure {
    let (mut told, mut cause) = (error.to_string(), error.source());
    while let Some(inner) = cause {
        told = format!("{told}: {inner}");
        cause = inner.source();
    }
    Failure::CannotJudge(told)
}

/// A pool that cannot write.
///
/// # Errors
/// When the address cannot be read.
pub fn reader(url: &str) -> Result<PgPool, Failure> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Failure::Usage(format!("the database's address: {error}")))?;
    let options =
        options.application_name("salgslogg verify").disable_statement_logging().options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "10min"),
            ("enable_seqscan", "off"),
            ("jit", "off"),
        ]);
    Ok(PgPoolOptions::new().max_connections(CONNECTIONS).connect_lazy_with(options))
}

/// Progress, drawn only where standard error is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(1).with_style(style))
    }

    fn at(&self, step: Step) {
        if self.0.message() != step.area.as_str() {
            self.0.reset_eta();
        }
        self.0.set_length(step.all.unsigned_abs());
        self.0.set_position(step.done.unsigned_abs());
        self.0.set_message(step.area.as_str());
    }
}
