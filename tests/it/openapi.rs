//! The OpenAPI documents of both services: valid 3.1 for an outside validator, complete, and honest about
//! refusals.

use std::collections::BTreeSet;
use std::process::Stdio;

use command_service::http::{commands, selections};
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::World;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const VALIDATOR: &str = "import json, sys\n\
    from openapi_spec_validator import OpenAPIV31SpecValidator\n\
    errors = [f'{list(e.absolute_path)}: {e.message}' for e in \
              OpenAPIV31SpecValidator(json.load(sys.stdin)).iter_errors()]\n\
    sys.exit('\\n'.join(errors) or None)\n";

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
fn python() -> String {
    std::env::var("SALGSLOGG_TEST_PYTHON").expect(
        "SALGSLOGG_TEST_PYTHON names a Python with openapi-spec-validator; ./deploy/test sets it",
    )
}

/// What openapi-spec-validator has to say, empty for a valid document.
async fn faults(document: &Value) -> String {
    let mut child = Command::new(python())
        .args(["-c", VALIDATOR])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(document.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

/// Both documents, fetched without a token.
async fn documents(world: &World) -> [(&'static str, Value); 2] {
    let command = world.command(Method::GET, "/openapi.json").send().await.expect(200);
    let query = world.question("/openapi.json").send().await.expect(200);
    assert_eq!(command.header("content-type"), Some("application/json"));
    [("command-service", command.json()), ("projection-service", query.json())]
}

/// Every operation of a document: path, method, operation.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods
                .filter(|(_, operation)| operation.is_object())
                .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect()
}

#[tokio::test]
async fn both_documents_are_valid_openapi_3_1_for_an_outside_validator() {
    let world = World::start().await;
    for (service, document) in documents(&world).await {
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{service}");
        assert_eq!(faults(&document).await, "", "{service}");
        let mut broken = document.clone();
        broken["paths"]["/v1/broken"] = json!({"post": {"responses": {"200": {"description": 7}}}});
        assert_ne!(faults(&broken).await, "", "the validator can say no");
    }
}

#[tokio::test]
async fn every_command_of_the_router_is_documented_with_its_body_and_answer() {
    let world = World::start().await;
    let [(_, document), _] = documents(&world).await;
    let documented: BTreeSet<(String, String)> = operations(&document)
        .iter()
        .filter(|(path, ..)| path.starts_with("/v1/"))
        .map(|(path, method, _)| ((*path).to_owned(), (*method).to_owned()))
        .collect();
    let mut served: BTreeSet<(String, String)> =
        commands().map(|route| (route.path.to_owned(), "post".to_owned())).collect();
    served.insert(("/v1/commands".into(), "post".into()));
    for path in [selections::UPDATE_MEMBERS, selections::PLAN_FOLLOW_UPS] {
        served.insert((path.into(), "post".into()));
    }
    assert_eq!(documented, served);
    for route in commands() {
        let operation = &document["paths"][route.path]["post"];
        assert_eq!(operation["operationId"], route.command);
        assert_eq!(operation["requestBody"].is_object(), route.body.is_some(), "{}", route.path);
        let status = if route.creates() { "201" } else { "200" };
        let headers = &operation["responses"][status]["headers"];
        assert!(headers["ETag"].is_object() && headers["Salgslogg-Position"].is_object());
        assert_eq!(headers["Location"].is_object(), route.creates(), "{}", route.path);
    }
}

#[tokio::test]
async fn what_is_documented_is_served() {
    let world = World::start().await;
    for (service, document) in documents(&world).await {
        for (path, method, _) in operations(&document) {
            let path = path.replace("{id}", "x").replace("{code}", "x");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let ask = match service {
                "command-service" => world.command(method, &path),
                _ => world.question_by(method, &path),
            };
            let reply = ask.send().await;
            let without_token = ["/livez", "/readyz", "/metrics", "/openapi.json"];
            if without_token.contains(&path.as_str()) {
                reply.expect(200);
            } else {
                reply.expect_problem(401, "token_missing");
            }
        }
    }
}

#[tokio::test]
async fn operation_ids_are_unique_and_every_refusal_is_a_problem() {
    let world = World::start().await;
    for (service, document) in documents(&world).await {
        let mut ids = BTreeSet::new();
        for (path, method, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(
                !id.is_empty() && ids.insert(id.to_owned()),
                "{service} {method} {path}: {id:?}"
            );
            let responses = operation["responses"].as_object().unwrap();
            let (mut refusals, mut answers) = (0, 0);
            for (status, response) in responses {
                let content = response["content"].as_object();
                if status.starts_with('2') {
                    answers += 1;
                    continue;
                }
                if status == "304" {
                    assert!(content.is_none() && response["headers"]["ETag"].is_object(), "{path}");
                    continue;
                }
                refusals += 1;
                let kinds: Vec<&String> = content.unwrap().keys().collect();
                assert_eq!(kinds, ["application/problem+json"], "{service} {path} {status}");
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{service} {path} {status}");
            }
            assert_eq!(answers, 1, "{service} {path}");
            if path.starts_with("/v1/") {
                assert!(refusals >= 3, "{service} {path}");
                for status in ["401", "403", "500", "503"] {
                    assert!(responses.contains_key(status), "{service} {path} {status}");
                }
            }
        }
        assert!(document["components"]["securitySchemes"]["bearer"].is_object(), "{service}");
        assert!(document["security"][0]["bearer"].is_array(), "{service}");
    }
}

#[tokio::test]
async fn mandatory_fields_and_refused_strangers_are_told_by_the_schemas() {
    let world = World::start().await;
    let fixture = system_tests::Fixture::set_up(&world).await;
    let examples = crate::examples::all(&world, &fixture).await;
    let [(_, document), _] = documents(&world).await;
    for example in examples.iter().filter(|example| example.has_body()) {
        let body = &document["paths"][example.route.path]["post"]["requestBody"];
        let name = body["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
        let schema = &document["components"]["schemas"][name.rsplit('/').next().unwrap()];
        let names = |list: &Value| -> BTreeSet<String> {
            let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let mandatory: BTreeSet<String> =
            example.mandatory.iter().map(ToString::to_string).collect();
        assert_eq!(names(&schema["required"]), mandatory, "{name}");
        let known: BTreeSet<String> =
            schema["properties"].as_object().unwrap().keys().cloned().collect();
        let used: BTreeSet<String> = example.body.as_object().unwrap().keys().cloned().collect();
        let more: BTreeSet<&String> = known.difference(&used).collect();
        assert!(used.is_subset(&known), "{name}");
        assert!(more.is_empty() || example.route.command == "SetMargin", "{name}: {more:?}");
        assert_eq!(schema["additionalProperties"], json!(false), "{name}");
    }
}
