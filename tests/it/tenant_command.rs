//! `salgslogg tenant`: makes a tenant once, shows it, changes its zone, and keeps out of other tenants.

use std::process::{Output, Stdio};

use serde_json::Value;
use system_tests::World;
use tokio::process::Command;

/// Runs `salgslogg tenant …` against both services with a token.
async fn tenant(world: &World, token: &str, arguments: &[&str]) -> Output {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("salgslogg");
    assert!(program.is_file(), "{} is missing; ./deploy/test builds it", program.display());
    let urls = ["--command-url", world.command_url(), "--query-url", world.query_url()];
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.env_clear().current_dir(elsewhere.path()).stdin(Stdio::null()).arg("tenant");
    command.args(arguments).args(urls).args(["--token", token, "--json"]).output().await.unwrap()
}

fn shown(output: &Output) -> (String, String) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let tenant: Value = serde_json::from_slice(&output.stdout).unwrap();
    let word = |field: &str| tenant[field].as_str().unwrap().to_owned();
    (word("base_currency"), word("time_zone"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_made_once_shown_and_moved_to_another_zone() {
    let world = World::start().await;
    world.query.start_workers(&world.tasks);
    let token = world.token_of("acme", "ada", &["admin"]);
    let defaults = ("EUR".to_owned(), "UTC".to_owned());
    assert_eq!(shown(&tenant(&world, &token, &["show"]).await), defaults);

    let create = ["create", "acme", "--currency", "NOK", "--time-zone", "Europe/Oslo"];
    let made = shown(&tenant(&world, &token, &create).await);
    assert_eq!(made, ("NOK".to_owned(), "Europe/Oslo".to_owned()));
    let head = world.head().await;
    let again = tenant(&world, &token, &["create", "acme", "--currency", "SEK"]).await;
    assert_eq!(again.status.code(), Some(1));
    let told = String::from_utf8_lossy(&again.stderr);
    assert_eq!(told, "salgslogg: the tenant acme exists already\n");
    assert_eq!(world.head().await, head, "the second time changes nothing");

    let moved = shown(&tenant(&world, &token, &["set-time-zone", "Europe/Amsterdam"]).await);
    assert_eq!(moved, ("NOK".to_owned(), "Europe/Amsterdam".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_the_defaults_exists_too_once_it_is_made() {
    let world = World::start().await;
    world.query.start_workers(&world.tasks);
    let token = world.token_of("plain", "ada", &["admin"]);
    shown(&tenant(&world, &token, &["create", "plain"]).await);
    assert_eq!(tenant(&world, &token, &["create", "plain"]).await.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenant_another_role_and_an_unknown_zone_are_refused() {
    let world = World::start().await;
    let admin = world.token_of("acme", "ada", &["admin"]);
    let seller = world.token_of("acme", "ola", &["seller"]);
    for (token, arguments, code) in [
        (&admin, &["create", "other"][..], 3),
        (&admin, &["show", "other"], 3),
        (&seller, &["create", "acme"], 3),
        (&seller, &["set-time-zone", "Europe/Oslo"], 3),
        (&admin, &["create", "acme", "--time-zone", "Mars/Base"], 2),
        (&admin, &["create", "acme", "--currency", "eur"], 2),
        (&admin, &["create", "Not A Slug"], 2),
    ] {
        let output = tenant(&world, token, arguments).await;
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    }
    assert_eq!(world.head().await, 0);
}
