//! From rows to bulk lines: one record is the lines of one row, all about one stream.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use csv::StringRecord;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::derive::Names;
use super::plan::{Order, Plan};
use super::sheet::{Row, Sheet, Unreadable};
use super::slot::Source;
use super::time;
use crate::failure::Failure;

/// One command, ready to be sent.
#[derive(Debug)]
pub struct Line {
    /// Which of the plan's orders it comes from.
    pub order: usize,
    /// The id it is about.
    pub id: String,
    /// Its effective time.
    pub effective_at: Option<DateTime<Utc>>,
    /// The bulk line with its line end.
    pub json: Vec<u8>,
}

/// The commands of one row.
#[derive(Debug)]
pub struct Mapped {
    /// The row's line in its file; 0 when it comes from no file.
    pub line: u64,
    /// The row's offset in its file.
    pub byte: u64,
    /// The source's id.
    pub external_id: String,
    /// The commands, in order.
    pub lines: Vec<Line>,
}

/// A row that cannot become commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// Its file.
    pub file: String,
    /// Its line in the file.
    pub line: u64,
    /// Why, in a sentence.
    pub why: String,
}

/// A line of `POST /v1/commands`.
#[derive(Serialize)]
struct Bulk<'a> {
    command: &'a str,
    id: &'a str,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_at: Option<String>,
    body: Value,
}

impl Plan {
    /// The commands of one step of the setup; of rows with the same id the first counts.
    pub fn setup_step(
        &self,
        step: usize,
        names: &Names,
    ) -> Result<Vec<Result<Mapped, RowFault>>, Failure> {
        let Some(found) = self.setup.get(step) else { return Ok(Vec::new()) };
        let order = &self.orders[step];
        if !found.per_row {
            let row = Row { fields: StringRecord::new(), line: 0, byte: 0 };
            return Ok(setup_row(step, order, &found.sheet, names, &row)
                .transpose()
                .into_iter()
                .collect());
        }
        let mut seen = HashSet::new();
        let mut mapped = Vec::new();
        for row in found.sheet.rows()? {
            let one = match row {
                Ok(row) => setup_row(step, order, &found.sheet, names, &row),
                Err(unreadable) => Err(fault(&found.sheet, unreadable.line, unreadable.why)),
            };
            match one {
                Ok(Some(one)) if !seen.insert(one.external_id.clone()) => {}
                other => mapped.extend(other.transpose()),
            }
        }
        Ok(mapped)
    }

    /// All records in file order. `floor` is the latest effective time of the setup.
    pub fn walk(
        self: &Arc<Self>,
        names: &Arc<Names>,
        floor: Option<DateTime<Utc>>,
    ) -> Result<Walk, Failure> {
        let rows = Box::new(self.records.sheet.rows()?);
        Ok(Walk {
            plan: Arc::clone(self),
            names: Arc::clone(names),
            rows,
            seen: HashSet::new(),
            floor,
        })
    }
}

fn setup_row(
    step: usize,
    order: &Order,
    sheet: &Sheet,
    names: &Names,
    row: &Row,
) -> Result<Option<Mapped>, RowFault> {
    let source = Source { names, sheet, fields: &row.fields, external_id: "" };
    let one = || {
        let id = order
            .id
            .as_ref()
            .map(|id| id.render(source))
            .transpose()?
            .flatten()
            .unwrap_or_default();
        let line = order.line(step, Source { external_id: &id, ..source }, &id, &id)?;
        Ok(line.map(|line| Mapped {
            line: row.line,
            byte: row.byte,
            external_id: id,
            lines: vec![line],
        }))
    };
    one().map_err(|why: String| fault(sheet, row.line, why))
}

impl Order {
    /// The bulk line of this command for a row, `None` when its conditions do not hold.
    fn line(
        &self,
        order: usize,
        source: Source<'_>,
        external: &str,
        id: &str,
    ) -> Result<Option<Line>, String> {
        for condition in &self.conditions {
            if !condition.holds(source)? {
                return Ok(None);
            }
        }
        if id.is_empty() {
            return Err(format!("{} has an empty id", self.command));
        }
        let written = self.effective_at.as_ref().map(|at| at.render(source)).transpose()?.flatten();
        let effective_at =
            written.map(|at| time::instant(&at, &source.sheet.date_format)).transpose()?;
        let bulk = Bulk {
            command: &self.command,
            id,
            key: source.names.key(external, &self.name),
            effective_at: effective_at.map(time::wire),
            body: self.body.render(source)?,
        };
        let mut json = serde_json::to_vec(&bulk).map_err(|error| error.to_string())?;
        json.push(b'\n');
        Ok(Some(Line { order, id: id.to_owned(), effective_at, json }))
    }
}

/// The records of a plan, one after the other.
pub struct Walk {
    plan: Arc<Plan>,
    names: Arc<Names>,
    rows: Box<dyn Iterator<Item = Result<Row, Unreadable>> + Send>,
    seen: HashSet<Uuid>,
    floor: Option<DateTime<Utc>>,
}

impl Iterator for Walk {
    type Item = Result<Mapped, RowFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, mapped) = match self.rows.next()? {
            Ok(row) => (row.line, self.record(&row)),
            Err(unreadable) => (unreadable.line, Err(unreadable.why)),
        };
        Some(mapped.map_err(|why| fault(&self.plan.records.sheet, line, why)))
    }
}

impl Walk {
    fn record(&mut self, row: &Row) -> Result<Mapped, String> {
        let (plan, names) = (Arc::clone(&self.plan), Arc::clone(&self.names));
        let records = &plan.records;
        if let Some(why) = records.sheet.disallowed(&row.fields) {
            return Err(why);
        }
        let source =
            Source { names: &names, sheet: &records.sheet, fields: &row.fields, external_id: "" };
        let external_id = records.external_id.render(source)?.unwrap_or_default();
        if external_id.is_empty() {
            return Err("the external id is empty".to_owned());
        }
        let id = names.uuid(&records.kind, &external_id);
        if !self.seen.insert(id) {
            return Err(format!("`{external_id}` stands twice in the file"));
        }
        let (source, id) = (Source { external_id: &external_id, ..source }, id.to_string());
        let mut lines: Vec<Line> = Vec::new();
        for order in records.orders.clone() {
            let about = plan.orders[order].id.as_ref().map(|id| id.render(source)).transpose()?;
            let about = about.map_or_else(|| id.clone(), Option::unwrap_or_default);
            if let Some(line) = plan.orders[order].line(order, source, &external_id, &about)? {
                self.rises(&lines, &line)?;
                lines.push(line);
            }
        }
        Ok(Mapped { line: row.line, byte: row.byte, external_id, lines })
    }

    /// Effective times never fall within a stream, and nothing comes before the setup.
    fn rises(&self, before: &[Line], line: &Line) -> Result<(), String> {
        let Some(at) = line.effective_at else { return Ok(()) };
        let command = &self.plan.orders[line.order].command;
        if let Some(floor) = self.floor.filter(|floor| at < *floor) {
            return Err(format!(
                "{command} at {} lies before the setup at {}",
                time::wire(at),
                time::wire(floor)
            ));
        }
        let same = before.iter().filter(|earlier| earlier.id == line.id);
        match same.filter_map(|earlier| earlier.effective_at).max().filter(|latest| at < *latest) {
            Some(latest) => Err(format!(
                "{command} at {} lies before an earlier command at {}",
                time::wire(at),
                time::wire(latest)
            )),
            None => Ok(()),
        }
    }
}

fn fault(sheet: &Sheet, line: u64, why: String) -> RowFault {
    RowFault { file: sheet.file.clone(), line, why }
}
