//! Is a live generation what a rebuild from zero would make of the log? Streams are folded in memory, range by range, and
//! each MiB of rows is compared with those in the tables. Writes nothing, not even a temporary table, so a login that
//! may only read is enough, on a standby too. Lanes go on meanwhile: what they wrote behind the position is taken back.

use std::collections::BTreeMap;

use event_store::{EventStore, Sweep};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use super::RebuildError;
use super::copy::{Sheets, Table};
use super::part::{PAGE, parts_for, range};
use crate::ReadModel;
use crate::schema::generation_schema;

/// Bytes of rows compared at once.
const COMPARE_FROM: usize = 1 << 20;

/// Differing rows told of one comparison.
const TOLD: i64 = 20;

/// A row that is not what the log makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDifference {
    /// The event it comes from, as far as that is known.
    pub position: i64,
    /// Table and stream.
    pub what: String,
    /// The row in the live generation.
    pub stored: String,
    /// The row a rebuild makes.
    pub expected: String,
}

/// A comparison from its beginning to its end.
pub struct Comparison<'a> {
    rows: &'a PgPool,
    store: &'a EventStore,
    model: &'a dyn ReadModel,
    schema: String,
    /// Both sides as they stood here.
    position: i64,
    parts: i32,
}

impl std::fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "comparison of {} up to {}", self.schema, self.position)
    }
}

/// What one part came to.
#[derive(Debug, Default)]
pub struct PartCompared {
    /// Rows of the live generation.
    pub rows: i64,
    /// Those that differ, are missing or too many; at most some of each table.
    pub differences: Vec<RowDifference>,
}

impl<'a> Comparison<'a> {
    /// Of the live generation of `model`, at its checkpoint. `rows` reads the rows of every tenant (`es_audit`,
    /// `es_owner`); none when nothing is live.
    ///
    /// # Errors
    /// A database that is away, or a login that may not read.
    pub async fn of_live(
        rows: &'a PgPool,
        store: &'a EventStore,
        model: &'a dyn ReadModel,
    ) -> Result<Option<Self>, RebuildError> {
        let live: Option<(i32, i64)> = sqlx::query_as(
            "SELECT generation, min(part.position) FROM es_ops.projection
               JOIN es_ops.projection_part AS part USING (name, generation)
              WHERE name = $1 AND state = 'live' AND log_id = $2 GROUP BY generation",
        )
        .bind(model.name())
        .bind(store.log_id())
        .fetch_optional(rows)
        .await?;
        Ok(live.map(|(generation, position)| {
            let (schema, parts) =
                (generation_schema(model.name(), generation), parts_for(position));
            Self { rows, store, model, schema, position, parts }
        }))
    }

    /// Where both sides are compared.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position
    }

    /// How many parts there are, of about equal size.
    #[must_use]
    pub fn parts(&self) -> i32 {
        self.parts
    }

    /// Compares one part. Memory: a page of events, a MiB of rows, and the positions of the part's rows.
    ///
    /// # Errors
    /// An event that cannot be folded, or a database that is away.
    pub async fn part(&self, part: i32) -> Result<PartCompared, RebuildError> {
        let (first, last) = range(part, self.parts);
        let mut connection = self.rows.acquire().await?;
        let (mut fold, mut sheets) = (self.model.fold(), Sheets::default());
        let mut compared = PartCompared::default();
        let mut made: BTreeMap<&'static str, Vec<i64>> = BTreeMap::new();
        let mut after = (first, 0);
        loop {
            let aggregates = self.model.reads();
            let sweep = Sweep { after, last, up_to: self.position, aggregates, limit: PAGE };
            let page = self.store.read_streams(&sweep).await?;
            let full = i64::try_from(page.len()) == Ok(PAGE);
            for event in &page {
                fold.take(event).map_err(RebuildError::Poison)?;
            }
            if let Some(event) = page.last() {
                after = (event.stream_id, event.version);
            }
            fold.hand_out(full.then_some(after.0), &mut sheets);
            if sheets.bytes() >= COMPARE_FROM || !full {
                for (table, sheet) in sheets.take() {
                    let positions = made.entry(table.name).or_default();
                    self.rows_of(&mut connection, table, &sheet, positions, &mut compared).await?;
                }
            }
            if !full {
                break;
            }
        }
        for table in self.tables(&mut connection).await? {
            let positions = made.remove(table.as_str()).unwrap_or_default();
            self.too_many(&mut connection, &table, (first, last), &positions, &mut compared)
                .await?;
        }
        Ok(compared)
    }

    /// Rows the fold made, against the tables.
    async fn rows_of(
        &self,
        connection: &mut PgConnection,
        table: &Table,
        sheet: &[u8],
        positions: &mut Vec<i64>,
        compared: &mut PartCompared,
    ) -> Result<(), RebuildError> {
        let columns: Vec<&str> = table.columns.split(',').map(str::trim).collect();
        let json = self.json_columns(connection, table.name).await?;
        let folded = as_json(sheet, &columns, &json, positions);
        let (plain, normal) = (columns.join(", "), normal(&columns));
        let (schema, name) = (&self.schema, table.name);
        let text = format!(
            "SELECT f.position, f.stream_id, to_jsonb(l)::text, to_jsonb(f)::text
               FROM (SELECT {plain} FROM json_populate_recordset(NULL::{schema}.{name}, $1::json)) AS f
               LEFT JOIN LATERAL (SELECT {normal} FROM {schema}.{name} AS t
                                   WHERE t.stream_id = f.stream_id AND t.version = f.version AND t.position <= $2) AS l ON true
              WHERE (l) IS DISTINCT FROM (f) LIMIT $3"
        );
        let found: Vec<(i64, Uuid, Option<String>, String)> = sqlx::query_as(AssertSqlSafe(text))
            .bind(folded)
            .bind(self.position)
            .bind(TOLD)
            .fetch_all(connection)
            .await?;
        for (position, stream, stored, expected) in found {
            let (stored, expected) = where_they_part(stored.as_deref(), &expected);
            let what = format!("{name}, stream {stream}");
            compared.differences.push(RowDifference { position, what, stored, expected });
        }
        Ok(())
    }

    /// Rows the tables have and the fold did not make.
    async fn too_many(
        &self,
        connection: &mut PgConnection,
        table: &str,
        (first, last): (Uuid, Uuid),
        made: &[i64],
        compared: &mut PartCompared,
    ) -> Result<(), RebuildError> {
        let schema = &self.schema;
        let rows =
            format!("FROM {schema}.{table} WHERE stream_id BETWEEN $1 AND $2 AND position <= $3");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) {rows}")))
            .bind(first)
            .bind(last)
            .bind(self.position)
            .fetch_one(&mut *connection)
            .await?;
        compared.rows += count;
        if usize::try_from(count) == Ok(made.len()) {
            return Ok(());
        }
        let text = format!(
            "SELECT position, stream_id {rows} AND position <> ALL ($4) ORDER BY position LIMIT $5"
        );
        let extra: Vec<(i64, Uuid)> = sqlx::query_as(AssertSqlSafe(text))
            .bind(first)
            .bind(last)
            .bind(self.position)
            .bind(made)
            .bind(TOLD)
            .fetch_all(connection)
            .await?;
        for (position, stream) in extra {
            let (stored, expected) = ("a row".to_owned(), "none".to_owned());
            let what = format!("{table}, stream {stream}");
            compared.differences.push(RowDifference { position, what, stored, expected });
        }
        Ok(())
    }

    async fn tables(&self, connection: &mut PgConnection) -> Result<Vec<String>, RebuildError> {
        let found = sqlx::query_scalar(
            "SELECT c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
              WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 1",
        );
        Ok(found.bind(&self.schema).fetch_all(connection).await?)
    }

    async fn json_columns(
        &self,
        connection: &mut PgConnection,
        table: &str,
    ) -> Result<Vec<String>, RebuildError> {
        let found = sqlx::query_scalar(
            "SELECT attname::text FROM pg_attribute
              WHERE attrelid = to_regclass(format('%I.%I', $1::text, $2::text)) AND attnum > 0 AND atttypid = 'jsonb'::regtype",
        );
        Ok(found.bind(&self.schema).bind(table).fetch_all(connection).await?)
    }
}

/// The columns, with what was written behind position $2 taken back.
fn normal(columns: &[&str]) -> String {
    let column = |column: &&str| {
        match *column {
        "next_position" => "CASE WHEN next_position > $2 THEN 9223372036854775807 ELSE next_position END AS next_position".to_owned(),
        "next_effective_at" | "next_recorded_at" => {
            format!("CASE WHEN next_position > $2 THEN 'infinity' ELSE {column} END AS {column}")
        }
        other => other.to_owned(),
    }
    };
    columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

/// A sheet as an array of objects whose values are text, except of columns that hold JSON themselves.
fn as_json(sheet: &[u8], columns: &[&str], json: &[String], positions: &mut Vec<i64>) -> String {
    let sheet = String::from_utf8_lossy(sheet);
    let mut rows = String::with_capacity(sheet.len() * 2);
    rows.push('[');
    for line in sheet.lines() {
        rows.push_str(if rows.len() > 1 { ",{" } else { "{" });
        for (n, (column, cell)) in columns.iter().zip(line.split('\t')).enumerate() {
            rows.push_str(if n > 0 { ",\"" } else { "\"" });
            rows.push_str(column);
            rows.push_str("\":");
            if cell == r"\N" {
                rows.push_str("null");
                continue;
            }
            if *column == "position" {
                positions.extend(cell.parse::<i64>());
            }
            let value = unescaped(cell);
            if json.iter().any(|of_json| of_json == column) {
                rows.push_str(&value);
            } else {
                rows.push_str(&serde_json::Value::String(value).to_string());
            }
        }
        rows.push('}');
    }
    rows.push(']');
    rows
}

fn unescaped(cell: &str) -> String {
    let (mut value, mut chars) = (String::with_capacity(cell.len()), cell.chars());
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => value.push(match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            }),
            (plain, false) => value.push(plain),
        }
    }
    value
}

/// Of two rows, the columns that differ.
fn where_they_part(stored: Option<&str>, expected: &str) -> (String, String) {
    type Columns = serde_json::Map<String, serde_json::Value>;
    let read = |text: &str| serde_json::from_str::<Columns>(text).unwrap_or_default();
    let Some(stored) = stored else { return ("no row".to_owned(), "a row".to_owned()) };
    let (stored, expected) = (read(stored), read(expected));
    let mut sides = (Vec::new(), Vec::new());
    for (column, value) in &expected {
        if stored.get(column) != Some(value) {
            let there = stored.get(column).cloned().unwrap_or_default();
            sides.0.push(format!("{column} {there}"));
            sides.1.push(format!("{column} {value}"));
        }
    }
    (sides.0.join(", "), sides.1.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_becomes_json_with_every_escape_undone() {
        let mut positions = Vec::new();
        let sheet = b"7\ta\\tb\\\\c\\nd\t\\N\t{\"en\": \"x\"}\n9\t\xc3\x85\t1\t{}\n";
        let rows =
            as_json(sheet, &["position", "title", "n", "name"], &["name".into()], &mut positions);
        let read: serde_json::Value = serde_json::from_str(&rows).unwrap();
        assert_eq!(read[0]["title"], "a\tb\\c\nd");
        assert_eq!((read[0]["n"].is_null(), &read[0]["name"]["en"]), (true, &"x".into()));
        assert_eq!((read[1]["position"].as_str(), positions), (Some("9"), vec![7, 9]));
    }
}
