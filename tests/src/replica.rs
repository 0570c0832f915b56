//! Another command-service over the same log, as a second process would be: its own connections, its own
//! cache, its own tasks.

use reqwest::Method;
use serde_json::Value;
use service_runtime::config::Secret;
use service_runtime::tasks::{Drained, Tasks};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::reply::Reply;
use crate::world::{Ask, World, command_config};

/// A further replica of the write side.
pub struct Replica {
    tasks: Tasks,
    url: String,
    client: reqwest::Client,
    serving: JoinHandle<anyhow::Result<Drained>>,
}

impl World {
    /// Starts a second command-service over this world's log, by the road `main` takes.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn replica(&self) -> Replica {
        let tasks = Tasks::new();
        let mut config = command_config(&self.database, &self.issuer, None);
        config.log_url = Secret::new(self.database.url_for("salgslogg_command"));
        let app = command_service::App::connect(config, self.clock.clone(), &tasks)
            .await
            .expect("a second command-service connects");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound address"));
        let serving = self.tasks.spawn(async move { app.serve(listener).await });
        Replica { tasks, url, client: self.client().clone(), serving }
    }
}

impl Replica {
    /// A request to this replica.
    pub fn command(&self, path: &str) -> Ask {
        Ask(self.client.request(Method::POST, format!("{}{path}", self.url)))
    }

    /// Posts a command to this replica.
    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.command(path).bearer(token).json(body).send().await
    }

    /// Where it listens: `127.0.0.1:<port>`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Tells it to stop, as a signal would.
    pub fn tell_to_stop(&self) {
        self.tasks.stop();
    }

    /// Tells it to stop and waits until it ended as its `main` would.
    ///
    /// # Panics
    /// When serving ended with an error.
    pub async fn stopped(self) -> Drained {
        self.tasks.stop();
        self.serving.await.expect("serving does not panic").expect("serving ends well")
    }
}
