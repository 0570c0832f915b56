//! The container files themselves: hadolint and the schema of the Compose specification, and rules of our own about
//! secrets, rights and versions. Both linters are shown a wrong file too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use local_stack::nats::container;
use local_stack::toolchain;
use serde_json::Value;

use super::compose::{Part, Variables, document, services};
use super::{python, root};

const DOCKERFILES: [&str; 3] = ["command-service", "projection-service", "salgslogg"];
const VALIDATE: &str = "\
import json, sys, yaml
from jsonschema import Draft202012Validator
faults = [fault.message for fault in Draft202012Validator(json.load(open(sys.argv[1]))).iter_errors(yaml.safe_load(open(sys.argv[2])))]
sys.exit('\\n'.join(faults) if faults else 0)";

fn dockerfile(name: &str) -> String {
    fs::read_to_string(root().join(format!("deploy/docker/{name}.Dockerfile"))).unwrap()
}

/// What hadolint complains about in a file.
async fn lint(file: &Path) -> Result<(), String> {
    let mut hadolint = Command::new(toolchain::hadolint().await.unwrap());
    let told =
        hadolint.args(["--no-color", "--failure-threshold", "style"]).arg(file).output().unwrap();
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    if told.status.success() && text.is_empty() { Ok(()) } else { Err(text) }
}

#[tokio::test]
async fn hadolint_has_nothing_to_say_about_our_dockerfiles() {
    for name in DOCKERFILES {
        let file = root().join(format!("deploy/docker/{name}.Dockerfile"));
        assert_eq!(lint(&file).await, Ok(()), "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("Dockerfile");
    fs::write(&wrong, "FROM debian:latest\nRUN cd /tmp && apt-get install curl\n").unwrap();
    let told = lint(&wrong).await.unwrap_err();
    assert!(told.contains("DL3007") && told.contains("DL3008"), "{told}");
}

#[tokio::test]
async fn compose_yaml_is_what_the_specification_allows() {
    let schema = toolchain::compose_schema().await.unwrap();
    python(VALIDATE, &[&schema, &root().join("deploy/compose/compose.yaml")]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("compose.yaml");
    fs::write(&wrong, "services: {a: {imagee: b, read_only: {}}}").unwrap();
    let told = python(VALIDATE, &[&schema, &wrong]).unwrap_err();
    assert!(told.contains("imagee") && told.lines().count() == 2, "{told}");
}

/// Every service with every variable filled in with its own name.
fn filled() -> Vec<Part> {
    services(&asked().keys().map(|name| (name.clone(), name.clone())).collect())
}

/// Every variable `compose.yaml` asks for, with what follows its name.
fn asked() -> BTreeMap<String, BTreeSet<String>> {
    let text = document().to_string();
    let mut asked = BTreeMap::<String, BTreeSet<String>>::new();
    for inner in text.split("${").skip(1) {
        let inner = inner.split('}').next().unwrap();
        let (name, otherwise) = inner.split_once(':').unwrap_or((inner, ""));
        asked.entry(name.to_owned()).or_default().insert(otherwise.to_owned());
    }
    asked
}

#[test]
fn no_secret_has_a_default_and_the_example_names_what_must_be_given() {
    let asked = asked();
    let required = |name: &&String| asked[*name].iter().all(|otherwise| otherwise.starts_with('?'));
    for name in asked.keys().filter(|name| name.contains("PASSWORD") || name.contains("JW")) {
        assert!(required(&name), "{name} must be asked for with `:?`");
    }
    let example = fs::read_to_string(root().join("deploy/compose/.env.example")).unwrap();
    let lines = example.lines().filter(|line| !line.starts_with('#'));
    let given: BTreeSet<String> = lines
        .map(|line| {
            line.strip_suffix('=').unwrap_or_else(|| panic!("{line} has a value")).to_owned()
        })
        .collect();
    assert_eq!(given, asked.keys().filter(required).cloned().collect::<BTreeSet<_>>());
    let none = Variables::new();
    let refused = std::panic::catch_unwind(|| services(&none));
    assert!(refused.is_err(), "nothing starts without them");
}

#[test]
fn every_service_is_closed_and_nobody_in_its_container() {
    for service in filled() {
        let (name, entry) = (&service.name, &service.entry);
        assert_eq!(entry["read_only"], true, "{name}");
        assert_eq!(entry["cap_drop"], serde_json::json!(["ALL"]), "{name}");
        assert!(entry["security_opt"].to_string().contains("no-new-privileges:true"), "{name}");
        assert_eq!(entry["privileged"], Value::Null, "{name}");
        assert!(entry["logging"]["options"]["max-size"].is_string(), "{name}");
        let user = match &service.dockerfile {
            Some(file) => user_of(&fs::read_to_string(root().join(file)).unwrap()),
            None => entry["user"].as_str().map(str::to_owned),
        };
        let user = user.unwrap_or_else(|| panic!("{name} runs as root"));
        let number: u32 = user.split(':').next().unwrap().parse().expect("a number, not a name");
        assert!(number > 0, "{name} runs as root");
        for port in entry["ports"].as_array().unwrap_or(&vec![]) {
            assert!(
                port.as_str().unwrap().contains(":-127.0.0.1:"),
                "{name} is open to the network"
            );
        }
        assert!(service.health.is_some() || entry["restart"] == "no", "{name} has no health check");
    }
}

/// The user of the last stage.
fn user_of(dockerfile: &str) -> Option<String> {
    let last = dockerfile.rsplit("\nFROM ").next()?;
    last.lines().find_map(|line| line.strip_prefix("USER ")).map(str::to_owned)
}

#[test]
fn every_base_image_is_pinned_to_a_version() {
    let ours = |image: &str| image.starts_with("salgslogg/");
    let mut images: Vec<String> =
        filled().into_iter().map(|service| service.image).filter(|image| !ours(image)).collect();
    for name in DOCKERFILES {
        let text = dockerfile(name);
        let from = text.lines().filter_map(|line| line.strip_prefix("FROM "));
        images.extend(from.map(|rest| rest.split(' ').next().unwrap().to_owned()));
    }
    for image in images.iter().filter(|image| *image != "scratch") {
        let (_, tag) = image.rsplit_once(':').unwrap_or_else(|| panic!("{image} has no version"));
        assert!(
            tag.split('-').next().unwrap().split('.').count() >= 2,
            "{image} is no exact version"
        );
    }
    let rust = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let rust = rust
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap()
        .trim_matches('"')
        .to_owned();
    assert!(images.iter().any(|image| image.contains(&format!("/rust:{rust}."))), "{images:?}");
}

#[test]
fn a_service_is_probed_by_itself_without_a_shell() {
    for name in ["command-service", "projection-service"] {
        let text = dockerfile(name);
        let probe = format!("CMD [\"/{name}\", \"--health\"]");
        assert!(
            text.lines().any(|line| line.starts_with("HEALTHCHECK ") && line.ends_with(&probe)),
            "{name}"
        );
        assert!(text.contains(&format!("\nENTRYPOINT [\"/{name}\"]\n")), "{name}");
    }
}

/// What is left out of the builder's context must not be needed there.
#[test]
fn the_build_context_holds_every_crate_and_no_state() {
    let ignored = fs::read_to_string(root().join(".dockerignore")).unwrap();
    let let_in: Vec<&str> = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect();
    assert!(ignored.lines().any(|line| line == "*"), "everything is left out first");
    let manifest: toml::Table =
        fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    for member in manifest["workspace"]["members"].as_array().unwrap() {
        let member = Path::new(member.as_str().unwrap());
        assert!(let_in.iter().any(|folder| member.starts_with(folder)), "{}", member.display());
    }
    for name in let_in {
        assert!(root().join(name).exists(), "{name} is let in and does not exist");
        assert!(!name.contains("compose") && !name.starts_with('.'), "{name}");
    }
}

#[test]
fn nats_conf_gives_the_rights_that_tests_prove() {
    let kept = fs::read_to_string(root().join("deploy/compose/nats.conf")).unwrap();
    let printed = container::configuration(1, &[]);
    assert_eq!(
        kept.trim_end(),
        printed.trim_end(),
        "print it anew: local-stack nats-conf > deploy/compose/nats.conf"
    );
}
