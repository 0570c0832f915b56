//! The public data set of 8 800 opportunities arrives at its figures exactly, also when the import is killed
//! half way and run again, and in a second tenant too.
//!
//! The data set is not part of the repository: without it these tests say so and prove nothing.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use service_runtime::clock::{Stopwatch, back_off};
use system_tests::World;
use tokio::process::{Child, Command};

/// How long an import may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(300);

/// Sold per month 2017-03 … 2017-12, in USD.
const SOLD: [(&str, &str); 10] = [
    ("2017-03", "1134672.00"),
    ("2017-04", "721932.00"),
    ("2017-05", "1025713.00"),
    ("2017-06", "1338466.00"),
    ("2017-07", "696932.00"),
    ("2017-08", "1050059.00"),
    ("2017-09", "1235264.00"),
    ("2017-10", "731980.00"),
    ("2017-11", "938943.00"),
    ("2017-12", "1131573.00"),
];

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but this variable")]
fn data_set() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let given = std::env::var_os("SALGSLOGG_DATA").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| root.join("../shared/data/crm-sales-opportunities"));
    folder.join("sales_pipeline.csv").is_file().then_some(folder)
}

/// The importer's program, built beside the tests.
fn importer(world: &World, token: &str, folder: &PathBuf) -> Command {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("salgslogg");
    assert!(program.is_file(), "{} is missing; ./deploy/test builds it", program.display());
    let mapping = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../deploy/cli/mappings/crm-sales-opportunities.toml");
    let mut command = Command::new(program);
    command
        .args(["import", "--command-url", world.command_url(), "--query-url", world.query_url()])
        .args(["--token", token, "--mapping"])
        .arg(mapping)
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Waits for the import's end, with the projections at work until then and not longer.
async fn finish(world: &World, child: Child) {
    let projecting = async {
        loop {
            world.caught_up().await;
            back_off(Duration::from_millis(20)).await;
        }
    };
    let output = tokio::select! {
        ended = tokio::time::timeout(PATIENCE, child.wait_with_output()) => ended,
        () = projecting => unreachable!("projections follow the log for ever"),
    };
    let output = output.expect("the import ends").unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(told, "", "nothing to remark on, and questions have caught up");
    assert_all_readable(world).await;
}

/// An import ends when the questions show all of it, not when the log has it.
async fn assert_all_readable(world: &World) {
    let token = world.token("auditor", "auditor");
    let asked = world.question("/v1/projections").bearer(&token).send().await.expect(200).json();
    for model in asked["projections"].as_array().unwrap() {
        assert_eq!(model["lag"], 0, "{model}");
    }
}

/// The figures the data set is known to have, in pipeline and forecast.
async fn assert_figures(world: &World, tenant: &str) {
    let token = world.token_of(tenant, "boss", &["manager"]);
    let board = world
        .get(&token, "/v1/pipeline?group_by=stage&currency=USD&limit=1")
        .await
        .expect(200)
        .json();
    let column = |name: &str| {
        let columns = board["columns"].as_array().unwrap();
        let found = columns.iter().find(|column| column["name"] == name).unwrap();
        json!([found["count"], found["amount"], found["weighted"]])
    };
    assert_eq!(column("Engaging"), json!([1_589, "3892229.00", "1946114.50"]));
    assert_eq!(column("Prospecting"), json!([500, "1073986.00", "107398.60"]));
    assert_eq!(board["totals"]["won"]["count"], 4_238);
    assert_eq!(board["totals"]["won"]["amount"], "10005534.00");
    assert_eq!(board["totals"]["lost"]["count"], 2_473);

    let path =
        "/v1/forecast?from=2017-01-01&to=2017-12-31&period=month&currency=USD&group_by=sale_type";
    let forecast = world.get(&token, path).await.expect(200).json();
    let rows = forecast["rows"].as_array().unwrap();
    let won = |period: &str| -> Value {
        let row = rows.iter().find(|row| row["period"] == period);
        row.map_or(json!("0.00"), |row| row["won"]["amount"].clone())
    };
    for (period, amount) in SOLD {
        assert_eq!(won(period), amount, "{period}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_data_set_arrives_at_its_figures_also_when_killed_half_way() {
    let Some(folder) = data_set() else {
        writeln!(
            std::io::stderr(),
            "the public data set is absent: set SALGSLOGG_DATA to its folder"
        )
        .unwrap();
        return;
    };
    let world = World::start().await;
    let importer_token = world.token_of("demo", "importer", &["importer"]);

    let mut first = importer(&world, &importer_token, &folder).spawn().unwrap();
    let watch = Stopwatch::start();
    while world.head().await < 8_000 {
        assert!(watch.elapsed() < PATIENCE, "the import does not get on");
        back_off(Duration::from_millis(20)).await;
    }
    first.start_kill().unwrap();
    first.wait().await.unwrap();
    let half = world.head().await;
    finish(&world, importer(&world, &importer_token, &folder).spawn().unwrap()).await;
    assert!(half < world.head().await, "it was killed before its end");
    assert_figures(&world, "demo").await;

    let head = world.head().await;
    finish(&world, importer(&world, &importer_token, &folder).spawn().unwrap()).await;
    assert_eq!(world.head().await, head, "a third run adds nothing");

    let other = world.token_of("other", "importer", &["importer"]);
    finish(&world, importer(&world, &other, &folder).spawn().unwrap()).await;
    assert_figures(&world, "other").await;
    assert_figures(&world, "demo").await;
}
