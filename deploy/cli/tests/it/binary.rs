//! The binary itself: exit codes, what goes to which stream, and how it finds its stack.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;

use super::here;

/// A run in `folder` with an empty environment.
pub fn salgslogg(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_salgslogg"));
    command.current_dir(folder).env_clear().args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder that looks like a tree with a local stack in it.
fn tree(environment: &str) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    let keys = tree.path().join(".local/keys");
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::write(tree.path().join(".local/env"), environment).unwrap();
    let pem = SigningKey::from_bytes(&[9; 32]).to_pkcs8_pem(LineEnding::LF).unwrap();
    std::fs::write(keys.join("signing.pem"), pem.as_bytes()).unwrap();
    let published = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"local","x":"…"}]}"#;
    std::fs::write(keys.join("jwks.json"), published).unwrap();
    tree
}

#[test]
fn the_help_names_the_commands_and_every_exit_code() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = salgslogg(elsewhere.path(), &["--help"]);
    assert!(output.status.success());
    let help = text(&output.stdout);
    for word in [
        "pipeline",
        "board",
        "find",
        "targets",
        "diary",
        "forecast",
        "sale",
        "history",
        "events",
        "projections",
        "import",
        "tenant",
        "token",
        "completions",
        "man",
        "Exit codes",
        "./deploy/up",
    ] {
        assert!(help.contains(word), "the help says nothing of {word}");
    }
}

#[test]
fn wrong_arguments_end_with_2() {
    let elsewhere = tempfile::tempdir().unwrap();
    for arguments in [
        &["pipelines"][..],
        &["forecast", "--period", "week"],
        &["pipeline", "--group-by", "colour"],
        &["board", "--subgroup-by", "colour"],
        &["board", "--cards", "many"],
        &["targets", "--level", "team"],
        &["targets", "--year", "soon"],
        &["find"],
        &["token", "--tenant", "Not A Slug", "--sub", "x", "--role", "seller"],
        &["import", "nowhere", "--mapping", "nowhere.toml"],
    ] {
        let output = salgslogg(elsewhere.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn without_a_stack_every_question_ends_with_5_and_says_what_to_do() {
    let elsewhere = tempfile::tempdir().unwrap();
    for question in [
        &["pipeline"][..],
        &["board"],
        &["find", "--typical", "forgotten"],
        &["targets"],
        &["projections"],
        &["history", "1001"],
        &["events"],
    ] {
        let output = salgslogg(elsewhere.path(), question);
        assert_eq!(output.status.code(), Some(5), "{question:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("./deploy/up"));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_stack_that_does_not_answer_ends_with_5() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let tree = tree(&format!("QUERY_URL=http://{unused}\nTOKEN_MANAGER=x\n"));
    let output = salgslogg(tree.path(), &["pipeline"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(text(&output.stderr).contains("does not answer"), "{}", text(&output.stderr));
}

#[test]
fn an_address_without_a_token_ends_with_3() {
    let tree = tree("QUERY_URL=http://127.0.0.1:9\n");
    assert_eq!(salgslogg(tree.path(), &["pipeline"]).status.code(), Some(3));
}

/// Runs a command below a tree with a stack that hangs up on it, and tells what it asked, line by line.
fn asked(arguments: &[&str]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let tree =
        tree(&format!("export QUERY_URL='http://{address}'\nexport TOKEN_MANAGER='manager.jwt'\n"));
    let deep = tree.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    let mut asking = Command::new(env!("CARGO_BIN_EXE_salgslogg"))
        .current_dir(&deep)
        .env_clear()
        .args(arguments)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (stream, _) = listener.accept().unwrap();
    let lines = BufReader::new(&stream).lines().map(Result::unwrap);
    let head = lines.take_while(|line| !line.is_empty()).collect();
    drop((stream, listener));
    assert_eq!(asking.wait().unwrap().code(), Some(5), "it was hung up on");
    head
}

#[test]
fn a_question_carries_the_token_and_the_parameters_of_the_enclosing_stack() {
    let head = asked(&["pipeline", "--currency", "EUR", "--as-of", "2026-03-11"]);
    assert_eq!(head[0], "GET /v1/pipeline?as_of=2026-03-11&group_by=stage&currency=EUR HTTP/1.1");
    assert!(head.contains(&"authorization: Bearer manager.jwt".to_owned()), "{head:?}");
}

#[test]
fn the_managers_questions_carry_their_parameters_sf_7_sf_14_st_20() {
    for (arguments, question) in [
        (&["targets"][..], "/v1/targets"),
        (
            &["targets", "--year", "2026", "--level", "user", "--group", "oslo", "--limit", "5"],
            "/v1/targets?year=2026&level=user&group=oslo&limit=5",
        ),
        (&["board", "--view", "By seller"], "/v1/board?view=By+seller&cards=0"),
        (
            &[
                "board",
                "--group-by",
                "sale_type",
                "--hide-closed",
                "--sort",
                "-amount",
                "--cards",
                "3",
            ],
            "/v1/board?group_by=sale_type&hide_closed=true&sort=-amount&cards=3",
        ),
        (
            &["find", "amount gt 5000", "--words", "erp", "--sort", "-amount"],
            "/v1/sales?criteria=amount+gt+5000&q=erp&sort=-amount",
        ),
        (&["find", "--typical", "forgotten"], "/v1/sales?typical=forgotten"),
    ] {
        assert_eq!(asked(arguments)[0], format!("GET {question} HTTP/1.1"));
    }
}

#[test]
fn a_token_is_printed_alone_inside_a_local_stack_and_refused_outside() {
    let inside = tree("");
    let arguments =
        ["token", "--tenant", "demo", "--sub", "ola", "--role", "seller", "--role", "analyst"];
    let output = salgslogg(inside.path(), &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let token = text(&output.stdout);
    assert_eq!(token.trim_end().split('.').count(), 3);
    assert_eq!(token.lines().count(), 1);
    assert_eq!(salgslogg::token::tenant_of(token.trim_end()).unwrap().as_str(), "demo");
    let outside = tempfile::tempdir().unwrap();
    let output = salgslogg(outside.path(), &arguments);
    assert_eq!(output.status.code(), Some(5));
    assert!(output.stdout.is_empty());
    assert_eq!(text(&output.stderr).lines().count(), 1, "one sentence");
}

#[test]
fn a_dry_run_needs_no_stack_and_ends_by_what_it_found() {
    let elsewhere = tempfile::tempdir().unwrap();
    let (mapping, folder) = (here("tests/fixtures/shop/shop.toml"), here("tests/fixtures/shop"));
    let mapping = mapping.to_str().unwrap();
    let run = |input: &Path, more: &[&str]| {
        let mut arguments =
            vec!["import", input.to_str().unwrap(), "--mapping", mapping, "--dry-run"];
        arguments.extend(more);
        salgslogg(elsewhere.path(), &arguments)
    };
    let good = run(&folder, &["--json"]);
    assert!(good.status.success(), "{}", text(&good.stderr));
    let report: serde_json::Value = serde_json::from_slice(&good.stdout).unwrap();
    assert_eq!((&report["rows"], &report["would_send"]["RegisterSale"]), (&4.into(), &4.into()));
    let faulty = run(&folder.join("deals-with-faults.csv"), &[]);
    assert_eq!(faulty.status.code(), Some(1));
    let said = text(&faulty.stderr);
    assert!(said.contains("deals-with-faults.csv, line 5: `lent` is no value"), "{said}");
    assert!(
        text(&faulty.stdout).contains("11 rows of shop, 9 of them not mapped; nothing was sent")
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let elsewhere = tempfile::tempdir().unwrap();
    let (mapping, folder) = (here("tests/fixtures/shop/shop.toml"), here("tests/fixtures/shop"));
    let mut run = Command::new(env!("CARGO_BIN_EXE_salgslogg"))
        .current_dir(elsewhere.path())
        .args(["import".as_ref(), folder.as_os_str(), "--mapping".as_ref(), mapping.as_os_str()])
        .args(["--dry-run", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(run.stdout.take());
    let mut said = String::new();
    run.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((run.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}
