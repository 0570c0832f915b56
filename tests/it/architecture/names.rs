//! What things may be called: a name says what something is, not that it is something.

use super::sources::{Source, all, none};

/// Words that say nothing.
const BANNED: [&str; 14] = [
    "base", "common", "data", "handler", "helper", "helpers", "impl", "info", "manager", "misc",
    "service", "stuff", "util", "utils",
];

/// Names that bear such a word for a reason: the place where they may, the name, and why.
const ALLOWED: [(&str, &str, &str); 9] = [
    ("", "command-service", "one of the two crates"),
    ("", "projection-service", "one of the two crates"),
    ("", "base_currency", "the field's word: the currency of totals (SO-38)"),
    ("", "base-currency", "the field's word, in an event's name"),
    ("", "BaseCurrency", "the field's word, in a command's name"),
    ("deploy/local/src/stack/", "service", "a child process that is one of the two services"),
    ("deploy/local/src/stack/", "Service", "a child process that is one of the two services"),
    ("command-service/tests/process/", "manager", "the process manager of the test's world"),
    ("tests/it/", "data_set", "the public data set has this name"),
];

/// The words of a name: `SetBaseCurrency`, `set_base_currency` and `set-base-currency` have the same three.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let new = !letter.is_alphanumeric() || letter.is_uppercase() && before.is_lowercase();
        if new {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().unwrap().extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The banned word in a name at a place.
fn banned(path: &str, name: &str) -> Option<String> {
    let mut name = name.to_owned();
    for (place, allowed, _) in ALLOWED {
        if path.starts_with(place) {
            name = name.replace(allowed, "");
        }
    }
    words(&name).into_iter().find(|word| BANNED.contains(&word.as_str()))
}

/// The item a line of Rust begins, if it begins one.
fn item(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    let qualifiers = ["pub(crate) ", "pub(super) ", "pub ", "async ", "unsafe "];
    while let Some(shorter) = qualifiers.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter.trim_start();
    }
    rest = rest.strip_prefix("const fn ").map_or(rest, |name| &line[line.len() - name.len() - 3..]);
    let kinds = [
        "fn ",
        "struct ",
        "enum ",
        "trait ",
        "mod ",
        "type ",
        "const ",
        "static ",
        "macro_rules! ",
    ];
    let name = kinds.iter().find_map(|kind| rest.strip_prefix(kind))?;
    let end =
        name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len());
    (end > 0).then(|| &name[..end])
}

/// Bad names among the items of a source. Tests are sentences and may use any word.
fn items(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut before = "";
    for (line, number) in source.text.lines().zip(1..) {
        let sentence = before.ends_with("test]") || before.starts_with("#[tokio::test");
        if let Some(name) = item(line).filter(|_| !sentence)
            && let Some(word) = banned(&source.path, name)
        {
            faults.push(format!("{}:{number}: {name} is called \"{word}\"", source.path));
        }
        if !line.trim().is_empty() {
            before = line.trim();
        }
    }
    faults
}

/// A bad name of a file or folder.
fn file(source: &Source) -> Option<String> {
    banned(&source.path, &source.path).map(|word| format!("{}: \"{word}\"", source.path))
}

#[test]
fn files_and_folders_have_names_that_say_something() {
    none(all().iter().filter_map(file).collect());
}

#[test]
fn items_have_names_that_say_something() {
    none(all().iter().filter(|source| source.path.ends_with(".rs")).flat_map(items).collect());
}

#[test]
fn the_rule_says_no_to_empty_words() {
    let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    for bad in [
        "pub fn load_helper() {}",
        "struct SaleManager;",
        "    pub(crate) async fn handler() {}",
        "mod utils;",
        "pub const fn data() {}",
        "const BASE_INFO: u8 = 1;",
        "enum ServiceKind {",
        "#[derive(Debug)]\npub struct UserInfo {",
    ] {
        assert_eq!(items(&source("events/src/x.rs", bad)).len(), 1, "{bad}");
    }
    for good in [
        "pub struct Metadata {",
        "fn base_currency(&self)",
        "struct SetBaseCurrency {",
        "let data = 1;",
        "#[test]\nfn a_manager_may_change_everybodys_data() {}",
        "// fn helper()",
        "const BASE64: u8 = 1;",
    ] {
        assert!(items(&source("events/src/x.rs", good)).is_empty(), "{good}");
    }
    for bad in [
        "events/src/utils.rs",
        "events/common/x.rs",
        "tests/it/test-data.json",
        "x/sale_service.rs",
    ] {
        assert!(file(&source(bad, "")).is_some(), "{bad}");
    }
    assert!(file(&source("command-service/src/app.rs", "")).is_none());
    assert!(file(&source("events/golden/tenant.base-currency-changed.v1.json", "")).is_none());
}
