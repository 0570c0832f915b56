//! A wire between a process and Postgres that is cut at the n-th exchange: before the server has
//! seen it, or after the server has done it and before the process knows.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use service_runtime::Tasks;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Where the wire is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server never sees the exchange.
    Before,
    /// The server has answered; the answer is lost.
    After,
}

/// What all connections of a proxy share.
struct Plan {
    cut: Cut,
    /// Exchanges until the cut; negative once it happened.
    left: AtomicI64,
    /// Only COMMITs count as exchanges.
    commits_only: bool,
    /// The exchange that was cut was a COMMIT.
    commit_was_cut: AtomicBool,
}

pub struct PostgresProxy {
    address: SocketAddr,
    plan: Arc<Plan>,
    tasks: Tasks,
}

impl PostgresProxy {
    /// A proxy in front of the server of `url` that is cut once, at exchange `left` (0 = the first).
    pub async fn before(url: &str, cut: Cut, left: i64) -> Self {
        Self::following(url, cut, left, false).await
    }

    /// A proxy that is cut at the first COMMIT.
    pub async fn at_commit(url: &str, cut: Cut) -> Self {
        Self::following(url, cut, 0, true).await
    }

    async fn following(url: &str, cut: Cut, left: i64, commits_only: bool) -> Self {
        let server = PgConnectOptions::from_str(url).unwrap();
        let upstream = format!("{}:{}", server.get_host(), server.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plan = Arc::new(Plan {
            cut,
            left: AtomicI64::new(left),
            commits_only,
            commit_was_cut: AtomicBool::new(false),
        });
        let (tasks, shared) = (Tasks::new(), Arc::clone(&plan));
        let spawner = tasks.clone();
        tasks.spawn_until_stopped(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&upstream).await.unwrap();
                spawner.spawn_until_stopped(connection(client, server, Arc::clone(&shared)));
            }
        });
        Self { address, plan, tasks }
    }

    /// `url` through this proxy.
    pub fn url(&self, url: &str) -> String {
        let options = PgConnectOptions::from_str(url).unwrap();
        let options = options.host("127.0.0.1").port(self.address.port());
        options.ssl_mode(PgSslMode::Disable).to_url_lossy().to_string()
    }

    /// Whether the wire was cut.
    pub fn was_cut(&self) -> bool {
        self.plan.left.load(Ordering::SeqCst) < 0
    }

    /// Whether it was cut at a COMMIT.
    pub fn commit_was_cut(&self) -> bool {
        self.plan.commit_was_cut.load(Ordering::SeqCst)
    }
}

impl Drop for PostgresProxy {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

async fn connection(client: TcpStream, server: TcpStream, plan: Arc<Plan>) {
    // messages leave in pieces; without this each waits 40 ms for the receipt of the piece before
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let ((from_client, to_client), (from_server, to_server)) =
        (client.into_split(), server.into_split());
    let (swallow, swallowing) = watch::channel(false);
    // whichever ends first ends the connection: both halves are dropped
    tokio::select! {
        _ = requests(from_client, to_server, &plan, &swallow) => {}
        _ = answers(from_server, to_client, swallowing) => {}
    }
}

/// Hands requests on; `None` when the connection is over or cut.
async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    plan: &Plan,
    swallow: &watch::Sender<bool>,
) -> Option<()> {
    let length = from.read_u32().await.ok()?;
    to.write_u32(length).await.ok()?;
    copy(&mut from, &mut to, length - 4).await?;
    loop {
        let kind = from.read_u8().await.ok()?;
        let length = from.read_u32().await.ok()?;
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        from.read_exact(&mut body).await.ok()?;
        // a Sync or a simple query ends an exchange
        let commits = kind == b'Q' && body.starts_with(b"COMMIT");
        let ends = if plan.commits_only { commits } else { matches!(kind, b'S' | b'Q') };
        let cut = ends && plan.left.fetch_sub(1, Ordering::SeqCst) == 0;
        if cut && commits {
            plan.commit_was_cut.store(true, Ordering::SeqCst);
        }
        if cut && plan.cut == Cut::Before {
            return None;
        }
        if cut {
            swallow.send_replace(true);
        }
        to.write_u8(kind).await.ok()?;
        to.write_u32(length).await.ok()?;
        to.write_all(&body).await.ok()?;
    }
}

/// Hands answers back; from a cut on it waits until the server is done and says nothing.
async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    swallowing: watch::Receiver<bool>,
) -> Option<()> {
    loop {
        let kind = from.read_u8().await.ok()?;
        let length = from.read_u32().await.ok()?;
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        from.read_exact(&mut body).await.ok()?;
        if *swallowing.borrow() {
            if kind == b'Z' {
                return None;
            }
            continue;
        }
        to.write_u8(kind).await.ok()?;
        to.write_u32(length).await.ok()?;
        to.write_all(&body).await.ok()?;
    }
}

async fn copy(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, bytes: u32) -> Option<()> {
    let mut body = vec![0; usize::try_from(bytes).unwrap()];
    from.read_exact(&mut body).await.ok()?;
    to.write_all(&body).await.ok()
}
