//! The README's commands, run as they stand there: by a shell, against both services.

use std::process::Stdio;

use system_tests::{Fixture, World};
use tokio::process::Command;

use crate::architecture::sources;

/// The shell commands of a section of the README.
fn commands(section: &str) -> String {
    let path = sources::root().join("README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (_, section) = readme.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = section.split("\n## ").next().unwrap();
    let (_, block) = section.split_once("```sh\n").expect("shell commands");
    block.split("\n```").next().unwrap().to_owned()
}

/// A folder with a `.local/env` as a running stack writes it.
fn beside_a_stack(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".local")).unwrap();
    let mut env = format!(
        "export COMMAND_URL={}\nexport QUERY_URL={}\n",
        world.command_url(),
        world.query_url()
    );
    for (role, user) in [
        ("seller", "ola"),
        ("manager", "mia"),
        ("admin", "eva"),
        ("auditor", "even"),
        ("analyst", "nora"),
    ] {
        let token = world.token(user, role);
        env += &format!("export TOKEN_{}={token}\n", role.to_uppercase());
    }
    std::fs::write(folder.path().join(".local/env"), env).unwrap();
    folder
}

/// Runs the commands of a section, each of which must succeed; answers what they print.
async fn told(world: &World, section: &str) -> String {
    let folder = beside_a_stack(world);
    let script = format!("set -euo pipefail\n{}", commands(section));
    let ran = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{section}: {}\n{out}\n{err}", ran.status);
    out.into_owned()
}

async fn a_running_stack() -> World {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    world.caught_up().await;
    world.query.start_workers(&world.tasks);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_walks_a_sale_from_registration_to_won() {
    let world = a_running_stack().await;
    let told = told(&world, "A sale, from registration to won").await;
    assert!(told.contains("('1001', 'won', {'amount': '480000.00', 'currency': 'NOK'})"), "{told}");
    let story = [
        "sale.registered",
        "sale.stage-advanced",
        "sale.stalled",
        "sale.reopened",
        "sale.won",
        "sale.completed",
    ];
    assert!(told.contains(&story.join("\n")), "{told}");
    assert!(
        told.contains("[('Fjord ERP', [2])]"),
        "the diary lists it because of the call: {told}"
    );
    assert!(told.contains("# Sale closed\n"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_calls_answer() {
    let world = a_running_stack().await;
    let told = told(&world, "One call for each of you").await;
    assert!(told.contains("HTTP/1.1 201 Created"), "{told}");
    assert!(told.contains(r#""type":"tenant.provisioned""#), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_is_followed_and_sellers_see_their_groups() {
    let world = a_running_stack().await;
    let told = told(&world, "A guide to follow, and who sees what").await;
    assert!(told.contains("('current', [('Visit', 'created')])"), "{told}");
    assert!(told.contains("('seller', {"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sets_targets_finds_sales_and_looks_at_their_board() {
    let world = a_running_stack().await;
    let told = told(&world, "A manager's morning").await;
    assert!(told.contains("('ola', '83333.33', '83333.37')"), "S16: {told}");
    assert!(told.contains(r#""code":"row_locked""#), "ST-15: {told}");
}
