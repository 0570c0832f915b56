//! Where a run looks for its stack: environment variables, then `.local/env` of the enclosing tree.
//!
//! The only file of this crate that reads the environment. It interprets nothing: what the names mean
//! is said in [`crate::stack`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The variables a run may read, apart from those of `.local/env`.
pub(crate) const NAMES: [&str; 18] = [
    "CLICOLOR_FORCE",
    "COMMAND_URL",
    "NO_COLOR",
    "QUERY_URL",
    "DATABASE_URL",
    "SALGSLOGG_TOKEN",
    "TOKEN",
    "TOKEN_SELLER",
    "TOKEN_MANAGER",
    "TOKEN_ADMIN",
    "TOKEN_AUDITOR",
    "TOKEN_ANALYST",
    "TOKEN_IMPORTER",
    "SALGSLOGG_COMMAND_PASSWORD",
    "SALGSLOGG_PROJECTOR_PASSWORD",
    "SALGSLOGG_QUERY_PASSWORD",
    "SALGSLOGG_OPERATOR_PASSWORD",
    "SALGSLOGG_AUDITOR_PASSWORD",
];

/// Variables and the local stack's folder, as found at the start of a run.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    file: BTreeMap<String, String>,
    local: Option<PathBuf>,
}

impl Environment {
    /// Reads the process environment and the nearest `.local` folder upwards from the working folder.
    pub fn read() -> Self {
        let variables = NAMES.iter().filter_map(|name| Some(((*name).to_owned(), variable(name)?)));
        Self::found(variables.collect(), std::env::current_dir().ok().as_deref())
    }

    /// The same from given variables and a given working folder; empty variables count as absent.
    pub fn found(variables: BTreeMap<String, String>, folder: Option<&Path>) -> Self {
        let local = folder.and_then(nearest_local);
        let text = local.as_ref().and_then(|local| std::fs::read_to_string(local.join("env")).ok());
        Self { variables, file: text.as_deref().map(parse).unwrap_or_default(), local }
    }

    /// The first of `names` that is set, environment before file.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        let set = |values: &'_ BTreeMap<String, String>, name: &str| {
            values.get(name).is_some_and(|value| !value.is_empty())
        };
        let from = [&self.variables, &self.file].into_iter().find_map(|values| {
            names.iter().find(|name| set(values, name)).map(|name| &values[*name])
        });
        from.map(String::as_str)
    }

    /// The `.local` folder of the enclosing local stack.
    pub fn local(&self) -> Option<&Path> {
        self.local.as_deref()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the command line reads its environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The nearest `.local` upwards that belongs to a stack (it has an `env` file or keys).
fn nearest_local(folder: &Path) -> Option<PathBuf> {
    let candidates = folder.ancestors().map(|folder| folder.join(".local"));
    candidates.into_iter().find(|local| local.join("env").is_file() || local.join("keys").is_dir())
}

/// Reads the assignments of a shell file: `export NAME='value'`, quotes and comments as a shell has them.
/// Anything else (substitutions, several words) is not looked at.
fn parse(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(assignment).collect()
}

fn assignment(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let (name, rest) = line.split_once('=')?;
    let valid = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    valid.then(|| (name.to_owned(), word(rest)))
}

/// The first shell word of `text`, unquoted.
fn word(text: &str) -> String {
    let mut value = String::new();
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None | Some('"'), '\\') => value.extend(chars.next()),
            (None, _) if c.is_whitespace() => break,
            _ => value.push(c),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_file_of_a_stack_is_read_as_a_shell_reads_it() {
        let values = parse(
            "# the stack\nexport COMMAND_URL=http://127.0.0.1:8080 # port\nTOKEN_MANAGER='a b'\n\
             QUERY_URL=\"http://x\"\nODD='it'\\''s'\nnot an assignment\n",
        );
        assert_eq!(
            values,
            variables(&[
                ("COMMAND_URL", "http://127.0.0.1:8080"),
                ("QUERY_URL", "http://x"),
                ("TOKEN_MANAGER", "a b"),
                ("ODD", "it's"),
            ])
        );
    }

    #[test]
    fn the_enclosing_tree_is_searched_upwards() {
        let tree = tempfile::tempdir().unwrap();
        let deep = tree.path().join("a/b/c");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::create_dir_all(tree.path().join("a/.local")).unwrap();
        std::fs::create_dir(tree.path().join(".local")).unwrap();
        std::fs::write(tree.path().join(".local/env"), "QUERY_URL=http://file\n").unwrap();
        let found = Environment::found(BTreeMap::new(), Some(&deep));
        assert_eq!(
            found.local(),
            Some(tree.path().join(".local").as_path()),
            "an empty .local is no stack"
        );
        assert_eq!(found.first(&["QUERY_URL"]), Some("http://file"));
    }

    #[test]
    fn the_environment_goes_before_the_file_and_empty_counts_as_absent() {
        let tree = tempfile::tempdir().unwrap();
        std::fs::create_dir(tree.path().join(".local")).unwrap();
        std::fs::write(tree.path().join(".local/env"), "QUERY_URL=http://file\nTOKEN_MANAGER=m\n")
            .unwrap();
        let set = variables(&[("QUERY_URL", "http://environment"), ("TOKEN_MANAGER", "")]);
        let found = Environment::found(set, Some(tree.path()));
        assert_eq!(found.first(&["QUERY_URL"]), Some("http://environment"));
        assert_eq!(found.first(&["TOKEN", "TOKEN_MANAGER"]), Some("m"));
        assert_eq!(found.first(&["TOKEN"]), None);
    }
}
