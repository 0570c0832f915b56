//! A nats-server of the test's own, with the allow-lists of a real stack.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions};
use command_service::relay::NatsAddress;
use local_stack::proxy::Proxy;
use local_stack::proxy::nats::NatsFaults;
use service_runtime::clock::back_off;
use tempfile::TempDir;

const CONFIGURATION: &str = r#"
listen: "127.0.0.1:PORT"
max_payload: 8MB
jetstream { store_dir: "STORE" }
authorization { users: [
  { user: root, password: root }
  { user: relay, password: relay, permissions: {
      publish: { allow: [ "sales.>",
        "$JS.API.STREAM.INFO.SALES_1", "$JS.API.STREAM.CREATE.SALES_1", "$JS.API.STREAM.UPDATE.SALES_1",
        "$JS.API.STREAM.DELETE.SALES_1", "$JS.API.DIRECT.GET.SALES_1", "$JS.API.CONSUMER.CREATE.SALES_1.>" ] }
      subscribe: { allow: [ "_INBOX_relay.>" ] } } }
  { user: demo, password: demo, permissions: {
      publish: { allow: [ "$JS.API.STREAM.NAMES", "$JS.API.CONSUMER.INFO.SALES_1.demo",
        "$JS.API.CONSUMER.MSG.NEXT.SALES_1.demo", "$JS.ACK.SALES_1.demo.>" ] }
      subscribe: { allow: [ "_INBOX_demo.>" ] } } }
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
        let store = server.store().display().to_string();
        let text = CONFIGURATION.replace("PORT", &port.to_string()).replace("STORE", &store);
        std::fs::write(server.folder.path().join("nats.conf"), text).unwrap();
        server.again().await;
        server
    }

    fn store(&self) -> std::path::PathBuf {
        self.folder.path().join("store")
    }

    /// Starts the stopped server again, on the same port and store.
    pub async fn again(&mut self) {
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let child = Command::new(variable("SALGSLOGG_TEST_NATS_SERVER"))
            .arg("-c")
            .arg(self.folder.path().join("nats.conf"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(child);
        for _ in 0..1_000 {
            if let Ok(client) = self.client().await
                && jetstream::new(client).query_account().await.is_ok()
            {
                return;
            }
            back_off(Duration::from_millis(10)).await;
        }
        panic!("{}", std::fs::read_to_string(self.folder.path().join("log")).unwrap());
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
        std::fs::remove_dir_all(self.store()).unwrap();
    }

    /// Copies the store of a killed server.
    pub fn backup(&self) {
        copy(&self.store(), &self.folder.path().join("backup"));
    }

    /// Puts the copy back: what came after it is lost.
    pub fn restore(&self) {
        self.wipe();
        copy(&self.folder.path().join("backup"), &self.store());
    }

    pub fn url_for(&self, user: &str) -> String {
        format!("nats://{user}:{user}@127.0.0.1:{}", self.port)
    }

    /// The relay's own user.
    pub fn relay(&self) -> NatsAddress {
        NatsAddress::parse(&self.url_for("relay")).unwrap()
    }

    /// A proxy before this server, and what can happen to single messages there.
    pub async fn behind_a_proxy(&self) -> (Proxy, NatsFaults) {
        let faults = NatsFaults::default();
        let server = format!("127.0.0.1:{}", self.port);
        (Proxy::following(server, faults.clone()).await.unwrap(), faults)
    }

    /// JetStream with every right.
    pub async fn root(&self) -> Context {
        jetstream::new(self.client().await.unwrap())
    }

    /// A connection of a user with an inbox of its own.
    pub async fn connect(&self, user: &str) -> Client {
        ConnectOptions::with_user_and_password(user.into(), user.into())
            .custom_inbox_prefix(format!("_INBOX_{user}"))
            .request_timeout(Some(Duration::from_millis(300)))
            .connect(self.address())
            .await
            .unwrap()
    }

    fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    async fn client(&self) -> Result<Client, async_nats::ConnectError> {
        ConnectOptions::with_user_and_password("root".into(), "root".into())
            .connect(self.address())
            .await
    }
}

/// The relay's own user through a proxy.
pub fn through(proxy: &Proxy) -> NatsAddress {
    NatsAddress::parse(&format!("nats://relay:relay@127.0.0.1:{}", proxy.port())).unwrap()
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What `./deploy/test` tells the tests about this machine.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration but these variables")]
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; ./deploy/test sets it"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
