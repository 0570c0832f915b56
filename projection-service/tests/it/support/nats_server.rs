//! A nats-server of the test's own, with an allow-list for the projection user.

use std::process::{Child, Command, Stdio};

use async_nats::ConnectOptions;
use async_nats::jetstream::{self, Context};
use tempfile::TempDir;

use super::{eventually, variable};

const CONFIGURATION: &str = r#"
listen: "127.0.0.1:PORT"
max_payload: 8MB
jetstream { store_dir: "STORE" }
authorization { users: [
  { user: root, password: root }
  { user: projection, password: projection, permissions: {
      publish: { allow: [ "$JS.API.STREAM.INFO.SALES_1", "$JS.API.CONSUMER.CREATE.SALES_1",
        "$JS.API.CONSUMER.CREATE.SALES_1.>", "$JS.API.CONSUMER.INFO.SALES_1.*",
        "$JS.API.CONSUMER.DELETE.SALES_1.*", "$JS.API.CONSUMER.MSG.NEXT.SALES_1.*" ] }
      subscribe: { allow: [ "_INBOX_projection.>" ] } } }
] }
"#;

/// A server process and its store; both go away with this value.
pub struct NatsServer {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl NatsServer {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut server = Self { folder, port, process: None };
        let store = server.folder.path().join("store").display().to_string();
        let text = CONFIGURATION.replace("PORT", &port.to_string()).replace("STORE", &store);
        std::fs::write(server.folder.path().join("nats.conf"), text).unwrap();
        server.again().await;
        server
    }

    /// Starts the killed server again, on the same port and store.
    pub async fn again(&mut self) {
        let child = Command::new(variable("SALGSLOGG_TEST_NATS_SERVER"))
            .arg("-c")
            .arg(self.folder.path().join("nats.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(child);
        eventually("the server answers", async || match self.client().await {
            Ok(client) => jetstream::new(client).query_account().await.is_ok(),
            Err(_) => false,
        })
        .await;
    }

    /// Kills the server without warning.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Deletes everything a killed server had stored.
    pub fn wipe(&self) {
        std::fs::remove_dir_all(self.folder.path().join("store")).unwrap();
    }

    pub fn url_for(&self, user: &str) -> String {
        format!("nats://{user}:{user}@127.0.0.1:{}", self.port)
    }

    /// JetStream with every right.
    pub async fn root(&self) -> Context {
        jetstream::new(self.client().await.unwrap())
    }

    async fn client(&self) -> Result<async_nats::Client, async_nats::ConnectError> {
        ConnectOptions::with_user_and_password("root".into(), "root".into())
            .connect(format!("nats://127.0.0.1:{}", self.port))
            .await
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}
