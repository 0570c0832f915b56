//! What a migration may not do, read from its text: take something away from programs that still run, or keep a
//! table that may be large locked while it is rewritten or read. A statement that must is preceded by a line
//! `-- contract: <why and since when>`.
//!
//! Reads statements, not their meaning: bodies of functions and dynamic SQL are not looked into.

use std::path::{Path, PathBuf};

use super::first_release::migrations;

/// How statements begin that may take something away.
const TAKING: [&str; 4] = ["ALTER TABLE ", "ALTER TYPE ", "DROP ", "TRUNCATE "];
/// What they may not hold, and why.
const TAKES_AWAY: [(&str, &str); 10] = [
    ("DROP TABLE", "takes a table from programs that still run"),
    ("DROP COLUMN", "takes a column from programs that still run"),
    ("DROP SCHEMA", "takes tables from programs that still run"),
    ("DROP VIEW", "takes a view from programs that still run"),
    ("DROP FUNCTION", "takes a function from programs that still run"),
    ("DROP NOT NULL", "gives NULL to programs that expect a value"),
    ("TRUNCATE ", "empties a table"),
    ("RENAME ", "takes a name from programs that still run"),
    ("ALTER TYPE", "changes a type under programs that still run"),
    (" TYPE ", "changes a type under programs that still run, and rewrites the table"),
];
/// How statements begin that work on one table, which is named next.
const ON_A_TABLE: [&str; 4] = ["ALTER TABLE ONLY ", "ALTER TABLE ", "UPDATE ", "DELETE FROM "];
/// Tables with a row for each read model, log or event set aside: work on them is done in an instant.
const SMALL: [&str; 5] = [
    "ES_OPS.PROJECTION",
    "ES_OPS.PROJECTION_PART",
    "ES_OPS.PARKED_STREAM",
    "ES_OPS.PARKED_EVENT",
    "ES_OPS.RELAY",
];
/// Values that differ from row to row, so adding a column with one rewrites the table.
const VOLATILE: [&str; 4] = ["RANDOM(", "CLOCK_TIMESTAMP(", "GEN_RANDOM_UUID(", "NEXTVAL("];
/// What reads every row unless it is put off.
const CHECKS: [&str; 6] = [
    "ADD CONSTRAINT",
    "ADD CHECK",
    "ADD FOREIGN KEY",
    "ADD PRIMARY KEY",
    "ADD UNIQUE",
    "SET NOT NULL",
];

/// Statements of a file, in capitals on one line, without comments and quoted bodies, each with whether a
/// marker precedes it.
fn statements(text: &str) -> Vec<(bool, String)> {
    let (mut found, mut marked, mut statement) = (Vec::new(), false, String::new());
    for (index, part) in text.split("$$").enumerate() {
        if index % 2 == 1 {
            statement.push_str("$$…$$");
            continue;
        }
        for line in part.lines() {
            let (code, comment) = line.split_once("--").unwrap_or((line, ""));
            marked |= comment.trim_start().starts_with("contract: ");
            let mut pieces = code.split(';').peekable();
            while let Some(piece) = pieces.next() {
                statement.push_str(&piece.to_uppercase());
                statement.push(' ');
                if pieces.peek().is_some() {
                    let words: Vec<&str> = statement.split_whitespace().collect();
                    found.push((marked, words.join(" ")));
                    (marked, statement) = (false, String::new());
                }
            }
        }
    }
    found
}

/// What is wrong with a migration.
fn faults(text: &str) -> Vec<String> {
    let all = statements(text);
    let made_here = |table: &str| {
        let made = format!("CREATE TABLE {table} ");
        all.iter().any(|(_, statement)| statement.starts_with(&made))
    };
    let fault = |statement: &str| {
        let large = table_of(statement).filter(|table| !made_here(table) && !SMALL.contains(table));
        takes_away(statement).or_else(|| large.and_then(|_| keeps_waiting(statement)))
    };
    let unmarked = all.iter().filter(|(marked, _)| !marked);
    unmarked
        .filter_map(|(_, statement)| Some(format!("{statement}: {}", fault(statement)?)))
        .collect()
}

/// The table a statement works on.
fn table_of(statement: &str) -> Option<&str> {
    let index =
        statement.starts_with("CREATE INDEX") || statement.starts_with("CREATE UNIQUE INDEX");
    let rest = if index {
        statement.split_once(" ON ")?.1
    } else {
        ON_A_TABLE.iter().find_map(|words| statement.strip_prefix(words))?
    };
    rest.split([' ', '(']).next()
}

fn takes_away(statement: &str) -> Option<&'static str> {
    let looked_at = TAKING.iter().any(|words| statement.starts_with(words));
    let found = TAKES_AWAY.iter().find(|(words, _)| looked_at && statement.contains(words))?;
    Some(found.1)
}

/// Why others wait long for a table that may be large, or fail on it.
fn keeps_waiting(statement: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|words| statement.contains(words));
    if statement.starts_with("CREATE ") {
        return (!has(&["CONCURRENTLY"]))
            .then_some("keeps writers out while it is built; make it CONCURRENTLY");
    }
    if !statement.starts_with("ALTER ") {
        return Some("changes rows under a lock; let a program do it in small steps");
    }
    if has(&["ADD COLUMN"]) && has(&["NOT NULL"]) && !has(&["DEFAULT"]) {
        return Some("programs that still run do not know the column; give it a default");
    }
    if has(&["ADD COLUMN"]) && has(&VOLATILE) || has(&["SET LOGGED"]) {
        return Some("rewrites the table");
    }
    (has(&CHECKS) && !has(&["NOT VALID", "USING INDEX"])).then_some(
        "reads every row under a lock; add it NOT VALID and validate it in the next file",
    )
}

/// Files that run once on what is there. Tables of a generation are made empty, so they are not among them.
fn files() -> Vec<PathBuf> {
    let folders = ["event_store", "read_models"].map(|folder| migrations().join(folder));
    let all = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "sql"));
    files.sort();
    files
}

#[test]
fn no_migration_takes_away_or_rewrites() {
    let files = files();
    assert!(files.len() >= 6, "{files:?}");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let found: Vec<String> = files
        .iter()
        .flat_map(|path| {
            faults(&read(path)).into_iter().map(move |fault| format!("{}: {fault}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn each_rule_sees_what_it_forbids() {
    for wrong in [
        "DROP TABLE es_ops.parked_event;",
        "alter table es.event\n  drop column meta;",
        "ALTER TABLE es.event ALTER COLUMN position TYPE numeric;",
        "ALTER TABLE es.event RENAME COLUMN meta TO metadata;",
        "ALTER TABLE es.event ALTER COLUMN meta SET NOT NULL;",
        "ALTER TABLE es.event ADD COLUMN region text NOT NULL;",
        "ALTER TABLE es.event ADD COLUMN mark uuid DEFAULT gen_random_uuid();",
        "ALTER TABLE es.event ADD CONSTRAINT small CHECK (position < 9);",
        "CREATE INDEX ON es.event (event_type);",
        "UPDATE es.stream SET number = 1;",
        "DELETE FROM es_ops.timer;",
        "ALTER TABLE es_ops.projection DROP COLUMN state;",
        "DROP FUNCTION es_ops.claim(text);",
        "ALTER TYPE es.kind ADD VALUE 'x';",
        "TRUNCATE es_ops.timer;",
    ] {
        assert_eq!(faults(wrong).len(), 1, "{wrong}");
        assert!(
            faults(&format!("-- contract: nobody reads it since the last release\n{wrong}"))
                .is_empty()
        );
        assert_eq!(faults(&format!("-- contract: only the first\nSELECT 1; {wrong}")).len(), 1);
    }
}

#[test]
fn what_only_adds_is_welcome() {
    for right in [
        "ALTER TABLE es_ops.projection ADD COLUMN note text;",
        "ALTER TABLE es_ops.projection ADD COLUMN rows bigint NOT NULL DEFAULT 0;",
        "ALTER TABLE es_ops.projection ADD CONSTRAINT c CHECK (generation < 9) NOT VALID;",
        "CREATE TABLE es_ops.new (a int); CREATE INDEX ON es_ops.new (a); ALTER TABLE es_ops.new ADD UNIQUE (a);",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM es_ops.timer; DROP TABLE x; $$;",
        "UPDATE es_ops.projection SET state = 'live';",
        "-- DROP TABLE is only spoken of here\nSELECT 1;",
    ] {
        assert_eq!(faults(right), Vec::<String>::new(), "{right}");
    }
}
