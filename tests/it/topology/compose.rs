//! `compose.yaml` as this test needs it: services in the order they start, with their variables filled in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{python, root};

/// Variables by name.
pub type Variables = BTreeMap<String, String>;

/// What is waited for before a service starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Its health check succeeds.
    Healthy,
    /// It ended well.
    Completed,
}

/// One service.
#[derive(Debug, Clone)]
pub struct Part {
    pub name: String,
    pub image: String,
    /// The Dockerfile it is built from.
    pub dockerfile: Option<String>,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    pub environment: Variables,
    /// What is mounted: source, target.
    pub volumes: Vec<(String, String)>,
    /// The command of its health check, without the word CMD.
    pub health: Option<Vec<String>>,
    pub after: Vec<(String, Condition)>,
    /// The whole entry.
    pub entry: Value,
}

/// The file as it is, anchors and merges resolved.
pub fn document() -> Value {
    let program =
        "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
    let text = python(program, &[&root().join("deploy/compose/compose.yaml")]).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The services in an order that `depends_on` allows.
pub fn services(variables: &Variables) -> Vec<Part> {
    let document = document();
    let entries = document["services"].as_object().unwrap();
    let mut waiting: Vec<Part> =
        entries.iter().map(|(name, entry)| part(name, entry, variables)).collect();
    let mut ordered: Vec<Part> = Vec::new();
    while !waiting.is_empty() {
        let started = |name: &str| ordered.iter().any(|other| other.name == name);
        let next = waiting.iter().position(|one| one.after.iter().all(|(name, _)| started(name)));
        ordered.push(waiting.remove(next.expect("services wait for each other in a circle")));
    }
    ordered
}

fn part(name: &str, entry: &Value, variables: &Variables) -> Part {
    let filled = |value: &Value| fill(value.as_str().unwrap(), variables).unwrap();
    let words =
        |value: &Value| value.as_array().map_or(vec![], |all| all.iter().map(filled).collect());
    let pairs = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let health = words(&entry["healthcheck"]["test"]);
    assert!(
        health.first().is_none_or(|word| word == "CMD"),
        "{name}: a health check without a shell"
    );
    Part {
        name: name.to_owned(),
        image: filled(&entry["image"]),
        dockerfile: entry["build"]["dockerfile"].as_str().map(str::to_owned),
        entrypoint: words(&entry["entrypoint"]),
        command: words(&entry["command"]),
        environment: pairs(&entry["environment"])
            .iter()
            .map(|(k, v)| (k.clone(), filled(v)))
            .collect(),
        volumes: words(&entry["volumes"]).iter().map(|volume| mount(volume)).collect(),
        health: health.get(1..).map(<[String]>::to_vec),
        after: pairs(&entry["depends_on"]).iter().map(|(k, v)| (k.clone(), condition(v))).collect(),
        entry: entry.clone(),
    }
}

fn mount(volume: &str) -> (String, String) {
    let (source, target) = volume.split_once(':').unwrap();
    (source.to_owned(), target.trim_end_matches(":ro").to_owned())
}

fn condition(entry: &Value) -> Condition {
    match entry["condition"].as_str() {
        Some("service_healthy") => Condition::Healthy,
        Some("service_completed_successfully") => Condition::Completed,
        other => panic!("this test knows no condition {other:?}"),
    }
}

/// `${NAME:?what}`, `${NAME:-default}` and `$$`, as an engine fills them in.
pub fn fill(text: &str, variables: &Variables) -> Result<String, String> {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            filled.push('$');
            rest = after;
            continue;
        }
        let inner = after.strip_prefix('{').ok_or_else(|| format!("a bare $ in {text}"))?;
        let (inner, after) = inner.split_once('}').ok_or_else(|| format!("no end in {text}"))?;
        let (name, otherwise) = inner.split_once(':').unwrap_or((inner, ""));
        match (variables.get(name).filter(|value| !value.is_empty()), otherwise.split_at_checked(1))
        {
            (Some(value), _) => filled.push_str(value),
            (None, Some(("-", default))) => filled.push_str(default),
            (None, _) => return Err(format!("{name} is missing: {otherwise}")),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[test]
fn variables_are_filled_in_as_an_engine_does() {
    let variables =
        Variables::from([("A".to_owned(), "1".to_owned()), ("E".to_owned(), String::new())]);
    let fill = |text: &str| fill(text, &variables);
    assert_eq!(fill("x${A:?why}y$$z").unwrap(), "x1y$z");
    assert_eq!(fill("${B:-two}${E:-three}").unwrap(), "twothree");
    assert!(fill("${B:?of the log}").unwrap_err().contains("of the log"));
    assert!(fill("${E:?empty is not set}").is_err());
}
