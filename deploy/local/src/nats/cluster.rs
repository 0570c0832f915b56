//! Three NATS servers on loopback that keep each stream three times: what a relay with `stream_replicas = 3` needs, on
//! one machine. Each can be killed, wiped and started again alone. Must not know which of them leads.

use std::path::Path;

use anyhow::Result;

use super::server::Route;
use super::{Server, Users};
use crate::ports;

/// How many servers there are; two of them are a majority.
pub const NODES: usize = 3;

/// The servers. Dropped, all are killed; their folders stay.
#[derive(Debug)]
pub struct Cluster {
    nodes: Vec<Server>,
}

impl Cluster {
    /// Starts the servers over folders of their own below `folder`, each for the same `users`. JetStream answers once
    /// they have elected a leader, some seconds later.
    ///
    /// # Errors
    /// One sentence on why one of them does not start.
    pub async fn start(binary: &Path, folder: &Path, users: &Users) -> Result<Self> {
        let all = (0..NODES).map(|_| ports::lasting()).collect::<Result<Vec<_>>>()?;
        let mut nodes = Vec::with_capacity(NODES);
        for (n, port) in all.iter().enumerate() {
            let route = Route { port: *port, all: all.clone() };
            let folder = folder.join(format!("nats-{n}"));
            nodes.push(Server::start_routed(binary, &folder, users.clone(), route).await?);
        }
        Ok(Self { nodes })
    }

    /// Each server.
    #[must_use]
    pub fn nodes(&self) -> &[Server] {
        &self.nodes
    }

    /// Each server, to be killed or started again.
    pub fn nodes_mut(&mut self) -> &mut [Server] {
        &mut self.nodes
    }

    /// The addresses of all for a user, who stands in the first.
    #[must_use]
    pub fn urls_for(&self, user: &str) -> String {
        let urls: Vec<_> = self.nodes.iter().map(|node| node.url_for(user)).collect();
        urls.join(",")
    }
}
