//! `/metrics` of both real services, the alarms and the dashboard that live on it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use system_tests::Fleet;
use system_tests::eventually::eventually;

use super::client::Client;
use super::names::{asked, exposed};
use super::promtool::{observability, promtool};

const PATIENCE: Duration = Duration::from_secs(60);

fn file(name: &str) -> String {
    std::fs::read_to_string(observability().join(name)).unwrap()
}

async fn scrape(url: &str) -> String {
    reqwest::get(format!("{url}/metrics")).await.unwrap().text().await.unwrap()
}

/// Every expression of the dashboard.
fn expressions() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&file("grafana/salgslogg.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

/// The alarms, each as its text from its name on.
fn alarms() -> Vec<String> {
    file("alerts.yml").split("- alert: ").skip(1).map(str::to_owned).collect()
}

/// The name of an alarm.
fn name(alarm: &str) -> &str {
    alarm.lines().next().unwrap().trim()
}

/// What an alarm asks for, without its words for people.
fn expression(alarm: &str) -> &str {
    let (_, rest) = alarm.split_once("expr:").unwrap();
    rest.split_once("labels:").unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_services_expose_well_formed_metrics_and_all_that_alarms_and_dashboard_ask_for() {
    let fleet = Fleet::start(1, 1).await;
    let client = Client::of(&fleet);
    let sale = json!({"title": "Fjord ERP", "sale_type": client.sale_type().await});
    let (status, _, answer) = client.post("/v1/sales", "", &sale).await;
    assert_eq!(status, 201, "{answer}");
    let lost = json!({"title": "Fjord ERP", "sale_type": "018f0000-0000-7000-8000-000000000000"});
    assert_eq!(client.post("/v1/sales", "", &lost).await.0, 422);
    fleet.settled().await;
    let (command, query) = (fleet.command_urls().remove(0), fleet.query_urls().remove(0));
    let shown = async || (scrape(&command).await, scrape(&query).await);
    eventually("every worker has shown its figures", PATIENCE, async || {
        let (command, query) = shown().await;
        let word = |text: &str, name: &str| text.contains(name);
        word(&command, "salgslogg_event_partitions_ahead ")
            && word(&command, "salgslogg_process_position{")
            && word(&command, "salgslogg_relay_interruptions{")
            && word(&query, "salgslogg_projection_lag_events{")
            && word(&query, "salgslogg_projection_source{")
    })
    .await;
    let (command, query) = shown().await;
    for (service, text) in [("command-service", &command), ("projection-service", &query)] {
        let checked = promtool(&["check", "metrics"], text);
        assert_eq!(checked.as_deref(), Ok(""), "{service}");
    }
    for line in [
        r#"salgslogg_commands_total{command="RegisterSale",status="accepted"} 1"#,
        r#"salgslogg_commands_total{command="RegisterSale",status="refused"} 1"#,
        r#"http_requests_total{method="POST",route="/v1/sales",status="422"} 1"#,
        "salgslogg_command_places_taken 0",
        "salgslogg_append_seconds_bucket{le=\"10\"} 2",
    ] {
        assert!(command.lines().any(|shown| shown == line), "{line} is not in\n{command}");
    }
    let exposed: BTreeSet<String> = exposed(&command).union(&exposed(&query)).cloned().collect();
    for expression in expressions() {
        let missing: Vec<_> = asked(&expression).difference(&exposed).cloned().collect();
        assert!(missing.is_empty(), "the dashboard asks for {missing:?}");
    }
    for alarm in alarms() {
        let missing: Vec<_> = asked(expression(&alarm)).difference(&exposed).cloned().collect();
        assert!(missing.is_empty(), "{} asks for {missing:?}", name(&alarm));
    }
    let shown: BTreeSet<_> = expressions().iter().flat_map(|text| asked(text)).collect();
    let unseen: Vec<_> = exposed.difference(&shown).collect();
    assert!(unseen.is_empty(), "the dashboard shows nothing of {unseen:?}");
}

#[test]
fn promtool_is_content_with_configuration_alarms_and_their_tests() {
    for arguments in [
        &["check", "config", "prometheus.yml"][..],
        &["check", "rules", "--lint-fatal", "alerts.yml"],
        &["test", "rules", "alerts.test.yml"],
    ] {
        promtool(arguments, "").unwrap_or_else(|told| panic!("promtool {arguments:?}: {told}"));
    }
}

#[test]
fn every_alarm_is_tested_before_and_after_it_sounds() {
    let tests = file("alerts.test.yml");
    for alarm in alarms() {
        let fires = format!(r#"ALERTS{{alertname="{}", alertstate="firing"}}"#, name(&alarm));
        let outcomes: Vec<_> = tests.split(&fires).skip(1).collect();
        let silent = |outcome: &&str| {
            let (_, expected) = outcome.split_once("exp_samples:").unwrap();
            expected.trim_start().starts_with("[]")
        };
        assert!(outcomes.iter().any(silent), "{} is never silent", name(&alarm));
        assert!(!outcomes.iter().all(silent), "{} never fires", name(&alarm));
    }
}

#[test]
fn every_expression_of_the_dashboard_can_be_read() {
    let ours = |text: String| text.replace("$__rate_interval", "5m").replace("$__range", "1h");
    let rules = expressions().into_iter().map(ours).enumerate();
    let rules = rules.map(|(n, expr)| json!({"record": format!("panel:{n}"), "expr": expr}));
    let rules = json!({"groups": [{"name": "dashboard", "rules": rules.collect::<Vec<_>>()}]});
    let file = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
    std::fs::write(file.path(), rules.to_string()).unwrap();
    let path = file.path().to_str().unwrap();
    promtool(&["check", "rules", path], "").unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn every_runbook_names_a_command_that_exists() {
    for alarm in alarms() {
        let (_, runbook) = alarm.split_once("runbook:").unwrap();
        let quoted = runbook.split('`').skip(1).step_by(2);
        let commands: Vec<_> = quoted.filter_map(|text| text.strip_prefix("salgslogg ")).collect();
        assert!(!commands.is_empty(), "{} names no command to run", name(&alarm));
        for command in commands {
            let told = Command::new(salgslogg()).args(command.split(' ')).arg("--help").output();
            let said = String::from_utf8(told.unwrap().stdout).unwrap();
            let usage = format!("Usage: salgslogg {command}");
            assert!(said.contains(&usage), "{}: there is no `salgslogg {command}`", name(&alarm));
        }
    }
}

/// The command line, built beside the tests.
fn salgslogg() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap().join("salgslogg");
    assert!(program.exists(), "{} is not built; ./deploy/test builds it", program.display());
    program
}
