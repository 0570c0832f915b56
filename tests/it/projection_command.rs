//! `salgslogg projection`: an operator rebuilds, compares, switches and goes back while the stack runs, and every
//! refusal has its exit code.

use std::process::{Output, Stdio};

use serde_json::{Value, json};
use system_tests::World;
use tokio::process::Command;

/// Runs `salgslogg projection …` with the operator's login.
async fn projection(world: &World, arguments: &[&str]) -> Output {
    projection_at(&world.database.url_for("salgslogg_operator"), arguments).await
}

async fn projection_at(url: &str, arguments: &[&str]) -> Output {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("salgslogg");
    assert!(program.is_file(), "{} is missing; ./deploy/test builds it", program.display());
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.env_clear().current_dir(elsewhere.path()).stdin(Stdio::null()).arg("projection");
    command.args(arguments).args(["--database-url", url]).output().await.unwrap()
}

/// The answer in JSON and the exit code.
async fn machine(world: &World, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = projection(world, &[arguments, &["--json"]].concat()).await;
    let told = String::from_utf8_lossy(&output.stderr);
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| json!({ "told": told }));
    (answer, output.status.code())
}

/// A stack at work with two stages in its log.
async fn working() -> World {
    let world = World::start().await;
    world.query.start_workers(&world.tasks);
    let admin = world.token("ada", "admin");
    for (name, probability) in [("First meeting", 20), ("Quotation", 50)] {
        let stage = json!({ "name": name, "probability": probability });
        assert_eq!(world.post(&admin, "/v1/stages", &stage).await.status, 201);
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_is_rebuilt_compared_promoted_and_rolled_back_from_the_command_line() {
    let world = working().await;
    let head = world.head().await;
    let (built, code) = machine(&world, &["rebuild", "sale", "--jobs", "3"]).await;
    assert_eq!(
        (code, &built["generation"], &built["position"]),
        (Some(0), &json!(2), &json!(head))
    );
    assert_eq!((&built["parts"], &built["parts_before"]), (&json!(16), &json!(0)), "{built}");
    let (status, code) = machine(&world, &["status"]).await;
    let sale = |number: i64| {
        let all = status["generations"].as_array().unwrap();
        let this = all.iter().find(|one| one["name"] == "sale" && one["generation"] == number);
        this.unwrap()["state"].clone()
    };
    assert_eq!((code, sale(1), sale(2)), (Some(0), json!("live"), json!("building")));

    let (compared, code) = machine(&world, &["diff", "sale"]).await;
    assert_eq!(
        (code, &compared["sides"]["from"], &compared["sides"]["to"]),
        (Some(0), &json!(1), &json!(2))
    );
    assert!(
        compared["tables"].as_array().unwrap().iter().any(|table| table["rows"] == json!([2, 2]))
    );
    sqlx::query("UPDATE rm_sale_2.stage_version SET rank = rank + 1 WHERE probability = 50")
        .execute(world.database.owner())
        .await
        .unwrap();
    let differing = projection(&world, &["diff", "sale", "--from", "1", "--to", "2"]).await;
    assert_eq!(differing.status.code(), Some(1), "differences end with 1");
    let told = String::from_utf8_lossy(&differing.stdout);
    assert!(told.contains("first streams that differ in stage_version: "), "{told}");

    let (switched, code) = machine(&world, &["promote", "sale"]).await;
    assert_eq!((code, &switched["from"], &switched["live"]), (Some(0), &json!(1), &json!(2)));
    let unasked = projection(&world, &["rollback", "sale"]).await;
    assert_eq!(unasked.status.code(), Some(2), "nobody can be asked");
    let back = projection(&world, &["rollback", "sale", "--yes"]).await;
    let told = String::from_utf8_lossy(&back.stdout);
    assert!(told.starts_with("generation 1 of sale is live at position"), "{told}");
    assert!(told.ends_with("; generation 2 is kept\n"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_its_sentence_and_its_code() {
    let world = working().await;
    machine(&world, &["rebuild", "sale"]).await;
    for (arguments, code, sentence) in [
        (&["rebuild", "forecast"][..], 4, "there is no read model forecast"),
        (&["rebuild", "sale"], 1, "generation 2 of sale is rebuilt and waits"),
        (&["diff", "sale", "--to", "7"], 4, "has no generation 7"),
        (&["promote", "sale", "1"], 1, "generation 1 of sale is live"),
        (&["promote", "activity"], 4, "no generation to promote"),
        (&["rollback", "sale", "-y"], 4, "no generation to roll back to"),
        (&["drop", "sale", "1", "-y"], 1, "generation 1 of sale is live"),
        (&["drop", "sale", "9", "-y"], 4, "has no generation 9"),
        (&["drop", "sale", "2"], 2, "give --yes to drop generation 2 of sale"),
    ] {
        let output = projection(&world, arguments).await;
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(sentence), "{arguments:?}: {told}");
    }
    let auditor = world.database.url_for("salgslogg_auditor");
    let output = projection_at(&auditor, &["promote", "sale"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let output = projection_at("postgres://127.0.0.1:9/nothing", &["status"]).await;
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
    machine(&world, &["promote", "sale"]).await;
    let output = projection(&world, &["drop", "sale", "1", "-y"]).await;
    assert_eq!(output.status.code(), Some(1), "a question may still read it");
}
