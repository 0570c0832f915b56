//! A mapping and its files brought together: every column found, every template parsed, nothing sent yet.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::body::Body;
use super::condition::{Condition, Wanted};
use super::derive::is_word;
use super::language::{self, Mapping, OnRefusal};
use super::lookup::Lookup;
use super::sheet::Sheet;
use super::template::{Scope, Template};
use crate::failure::Failure;

/// Refusals that mean "done earlier" for a record that exists, unless the mapping names its own.
const DONE_IF: [&str; 4] =
    ["sale_closed", "already_closed", "sale_stalled", "effective_time_falls"];

/// Everything an import does, in order.
#[derive(Debug)]
pub struct Plan {
    /// The mapping's source.
    pub source: String,
    /// All commands: those of the setup, then those of a row.
    pub orders: Vec<Order>,
    /// The setup; step *n* sends order *n*.
    pub setup: Vec<Step>,
    /// The rows.
    pub records: Records,
}

/// One command with its templates.
#[derive(Debug)]
pub struct Order {
    /// Its name in the bulk contract.
    pub command: String,
    /// Its last word in the key.
    pub name: String,
    /// The id it is about; `None` = the record's own.
    pub id: Option<Template>,
    /// Its effective time.
    pub effective_at: Option<Template>,
    /// When it is sent.
    pub conditions: Vec<Condition>,
    /// Its body.
    pub body: Body,
    /// Refusals that mean "done earlier" once the record was found to exist.
    pub done_if: Vec<String>,
    /// What a refusal means.
    pub on_refusal: OnRefusal,
}

/// One step of the setup.
#[derive(Debug)]
pub struct Step {
    /// The columns its templates see.
    pub sheet: Sheet,
    /// Whether it is sent for the rows of that file, or once.
    pub per_row: bool,
}

/// The rows and what they become.
#[derive(Debug)]
pub struct Records {
    /// Their file.
    pub sheet: Sheet,
    /// Kind of thing, for the derived id.
    pub kind: String,
    /// The source's id of a row.
    pub external_id: Template,
    /// Their commands among the plan's orders.
    pub orders: Range<usize>,
}

impl Plan {
    /// Opens the files below `input` (a folder, or the file of the records itself).
    ///
    /// # Errors
    /// [`Failure::Usage`]: a file is missing, or the mapping names something that is not there.
    pub fn open(mapping: &Mapping, input: &Path) -> Result<Self, Failure> {
        for (what, word) in [("source", &mapping.source), ("kind", &mapping.records.kind)] {
            if !is_word(word) {
                return Err(faulty(format!("{what} = \"{word}\" must match [a-z0-9-]{{1,60}}")));
            }
        }
        let files = Files::new(mapping, input)?;
        let mut orders = Vec::new();
        let mut setup = Vec::new();
        for command in &mapping.setup {
            let sheet = command
                .each
                .as_deref()
                .map_or_else(|| Ok(Sheet::none()), |file| files.sheet(file))?;
            orders.push(Order::parse(command, mapping, &sheet, OnRefusal::Stop)?);
            setup.push(Step { sheet, per_row: command.each.is_some() });
        }
        let sheet = files.sheet(&mapping.records.file)?;
        let scope = Scope { sheet: &sheet, constants: &mapping.constants };
        let external_id = Template::parse(&mapping.records.external_id, scope).map_err(faulty)?;
        let first = orders.len();
        for command in &mapping.records.commands {
            orders.push(Order::parse(command, mapping, &sheet, OnRefusal::Report)?);
        }
        distinct_names(&orders[first..])?;
        let records = Records {
            sheet,
            kind: mapping.records.kind.clone(),
            external_id,
            orders: first..orders.len(),
        };
        Ok(Self { source: mapping.source.clone(), orders, setup, records })
    }
}

impl Order {
    fn parse(
        written: &language::Command,
        mapping: &Mapping,
        sheet: &Sheet,
        refusal: OnRefusal,
    ) -> Result<Self, Failure> {
        let of_row = refusal == OnRefusal::Report;
        if of_row && written.each.is_some() || !of_row && written.id.is_none() {
            let rule = if of_row {
                "`each` belongs to the setup"
            } else {
                "a setup command needs an `id`"
            };
            return Err(faulty(format!("{}: {rule}", written.command)));
        }
        let scope = Scope { sheet, constants: &mapping.constants };
        let template = |text: &Option<String>| {
            text.as_deref().map(|text| Template::parse(text, scope)).transpose()
        };
        let parse = || {
            let mut conditions = Condition::parse(&written.when, scope, Wanted::Yes)?;
            conditions.extend(Condition::parse(&written.unless, scope, Wanted::No)?);
            Ok(Self {
                command: written.command.clone(),
                name: written.name.clone().unwrap_or_else(|| written.command.clone()),
                id: template(&written.id)?,
                effective_at: template(&written.effective_at)?,
                conditions,
                body: Body::parse(&written.body, scope)?,
                done_if: written
                    .done_if
                    .clone()
                    .unwrap_or_else(|| DONE_IF.map(str::to_owned).to_vec()),
                on_refusal: written.on_refusal.unwrap_or(refusal),
            })
        };
        parse().map_err(|why: String| faulty(format!("{}: {why}", written.command)))
    }
}

/// The files of a mapping; those that others join are read at once.
struct Files<'a> {
    mapping: &'a Mapping,
    folder: PathBuf,
    records: Option<PathBuf>,
    lookups: BTreeMap<String, Arc<Lookup>>,
}

impl<'a> Files<'a> {
    fn new(mapping: &'a Mapping, input: &Path) -> Result<Self, Failure> {
        let metadata = input
            .metadata()
            .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", input.display())))?;
        let (folder, records) = if metadata.is_dir() {
            (input.to_owned(), None)
        } else {
            (input.parent().unwrap_or(Path::new("")).to_owned(), Some(input.to_owned()))
        };
        let mut files = Self { mapping, folder, records, lookups: BTreeMap::new() };
        let used = mapping
            .setup
            .iter()
            .filter_map(|command| command.each.as_ref())
            .chain([&mapping.records.file]);
        let mut targets = BTreeSet::new();
        for name in used {
            targets.extend(files.spec(name)?.joins.values());
        }
        for name in targets {
            let spec = files.spec(name)?;
            if let Some(key) = &spec.key {
                let lookup = Lookup::read(Sheet::open(&files.path(name, spec), spec)?, key)?;
                files.lookups.insert(name.clone(), Arc::new(lookup));
            }
        }
        Ok(files)
    }

    fn spec(&self, name: &str) -> Result<&'a language::File, Failure> {
        self.mapping.files.get(name).ok_or_else(|| faulty(format!("there is no [files.{name}]")))
    }

    fn sheet(&self, name: &str) -> Result<Sheet, Failure> {
        let spec = self.spec(name)?;
        Sheet::open(&self.path(name, spec), spec)?.joined(spec, &self.lookups)
    }

    fn path(&self, name: &str, spec: &language::File) -> PathBuf {
        let records = self.records.as_ref().filter(|_| name == self.mapping.records.file);
        records.cloned().unwrap_or_else(|| self.folder.join(&spec.path))
    }
}

/// Two commands of a row under one name would share an idempotency key.
fn distinct_names(orders: &[Order]) -> Result<(), Failure> {
    let mut names = BTreeSet::new();
    match orders.iter().find(|order| !names.insert(&order.name)) {
        Some(order) => {
            Err(faulty(format!("{} stands twice; give each a `name` of its own", order.name)))
        }
        None => Ok(()),
    }
}

fn faulty(why: String) -> Failure {
    Failure::Usage(format!("the mapping is faulty: {why}"))
}
