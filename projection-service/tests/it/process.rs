//! The binary as an operator sees it: settings from the environment, ready when it says so, gone
//! cleanly on SIGTERM.

use std::process::{Child, Command, ExitStatus, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::stage::{AUDIENCE, ISSUER};
use crate::support::{Stage, eventually};

/// A running process; killed with this value if it still lives.
struct Process {
    child: Child,
    address: String,
    _keys: tempfile::NamedTempFile,
}

impl Process {
    fn start(stage: &Stage) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let keys = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(keys.path(), stage.issuer.jwks()).unwrap();
        let projector = stage.database.url_for("salgslogg_projector");
        let child = Command::new(env!("CARGO_BIN_EXE_projection-service"))
            .env("SALGSLOGG_LISTEN", &address)
            .env("SALGSLOGG_LOG_URL", &projector)
            .env("SALGSLOGG_READ_URL", &projector)
            .env("SALGSLOGG_QUERY_URL", stage.database.url_for("salgslogg_query"))
            .env("SALGSLOGG_NATS_URL", stage.nats.url_for("projection"))
            .env("SALGSLOGG_JWKS", keys.path())
            .env("SALGSLOGG_JWT_ISSUER", ISSUER)
            .env("SALGSLOGG_JWT_AUDIENCE", AUDIENCE)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, address, _keys: keys }
    }

    /// The status line's number, `None` while nobody listens.
    async fn status(&self, path: &str) -> Option<u16> {
        let mut connection = TcpStream::connect(&self.address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.ok()?;
        answer.split(' ').nth(1)?.parse().ok()
    }

    /// Asks it to stop, as an operator does, and waits until it has.
    async fn terminate(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut ended = None;
        eventually("the process ends", async || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        })
        .await;
        ended.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Who holds the lane of the read model `sale`.
async fn owner(stage: &Stage) -> Option<uuid::Uuid> {
    let text =
        "SELECT max(lease_owner::text)::uuid FROM es_ops.projection_part WHERE name = 'sale'";
    sqlx::query_scalar(text).fetch_one(stage.owner()).await.unwrap()
}

#[tokio::test]
async fn a_process_becomes_ready_works_and_leaves_nothing_behind() {
    let stage = Stage::set().await;
    let process = Process::start(&stage);
    eventually("it is ready", async || process.status("/readyz").await == Some(200)).await;
    assert_eq!(process.status("/v1/sales").await, Some(401));
    eventually("it has its lane", async || owner(&stage).await.is_some()).await;
    assert!(process.terminate().await.success());
    assert_eq!(owner(&stage).await, None, "the lease was given up");
}

#[tokio::test]
async fn a_missing_setting_is_named() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_projection-service")).env_clear().output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the setting SALGSLOGG_LOG_URL is missing"), "{said}");
}
