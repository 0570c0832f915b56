//! A TCP proxy for tests: what a network does to the wire between two programs, switched while it runs, and counted.
//!
//! [`Mode`] is about bytes and knows no protocol; [`script`] is about single messages: [`nats`] loses one or its answer,
//! [`postgres`] cuts at the n-th exchange. Must never invent a byte, and never let one pass on a connection that has
//! lost another of the same direction.

pub mod nats;
pub mod postgres;
pub mod script;
#[cfg(test)]
mod tests;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use service_runtime::Tasks;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use script::{Raw, Script};

/// What happens to the bytes of every connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything passes.
    Open,
    /// Connections end with RST, and so does every new one.
    Reset,
    /// What is sent is lost, in both directions, and nobody is told; so is the end of a connection. A connection that
    /// has lost something never speaks again, whatever the mode becomes.
    Silent,
    /// As [`Mode::Silent`] for what the server says; the server goes on hearing.
    Deaf,
    /// The server's end of a connection is reset, the client's stays open and is heard by nobody.
    HalfOpen,
    /// Each piece waits so long.
    Delayed(Duration),
    /// At most so many bytes a second in each direction.
    Throttled {
        /// Bytes in a second.
        per_second: u32,
    },
    /// So many more bytes pass, counted over both directions and all connections; then the connection that would carry
    /// the next one ends with RST, once, and the mode is [`Mode::Open`] again.
    ResetAfter(u64),
}

/// What has passed, since the proxy began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// Connections that clients opened.
    pub connections: u64,
    /// Bytes handed to the server.
    pub to_server: u64,
    /// Bytes handed to clients.
    pub to_client: u64,
    /// Bytes that were taken and handed to nobody.
    pub lost: u64,
    /// Connections that the proxy ended with RST.
    pub resets: u64,
}

#[derive(Debug, Default)]
struct Counters {
    connections: AtomicU64,
    to_server: AtomicU64,
    to_client: AtomicU64,
    lost: AtomicU64,
    resets: AtomicU64,
}

/// A proxy on a free port of 127.0.0.1. Dropped, it ends with all its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    mode: Arc<watch::Sender<Mode>>,
    counters: Arc<Counters>,
    tasks: Tasks,
}

impl Proxy {
    /// A proxy in front of `server` (`host:port`) that lets everything pass.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn before(server: impl Into<String>) -> Result<Self> {
        Self::following(server, Raw).await
    }

    /// A proxy whose connections follow a script, within what the mode lets pass.
    ///
    /// # Errors
    /// As [`Proxy::before`].
    pub async fn following(server: impl Into<String>, script: impl Script) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
        let address = listener.local_addr()?;
        let (mode, tasks) = (Arc::new(watch::Sender::new(Mode::Open)), Tasks::new());
        let (counters, server) = (Arc::<Counters>::default(), server.into());
        let (spawner, shared) = (tasks.clone(), (Arc::clone(&mode), Arc::clone(&counters)));
        tasks.spawn_until_stopped(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (mode, counters) = (Arc::clone(&shared.0), Arc::clone(&shared.1));
                counters.connections.fetch_add(1, Ordering::SeqCst);
                let (server, conversation) = (server.clone(), script.conversation());
                spawner.spawn_until_stopped(async move {
                    // a server that is away refuses; its client must learn the same
                    let Ok(upstream) = TcpStream::connect(server).await else {
                        wire::reset(&client, &counters);
                        return;
                    };
                    wire::connection(client, upstream, conversation, &mode, &counters).await;
                });
            }
        });
        Ok(Self { address, mode, counters, tasks })
    }

    /// From now on, for connections that are open and those to come.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// What happens to bytes now.
    #[must_use]
    pub fn mode(&self) -> Mode {
        *self.mode.borrow()
    }

    /// Where clients connect.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What has passed.
    #[must_use]
    pub fn passed(&self) -> Passed {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Passed {
            connections: read(&self.counters.connections),
            to_server: read(&self.counters.to_server),
            to_client: read(&self.counters.to_client),
            lost: read(&self.counters.lost),
            resets: read(&self.counters.resets),
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}
