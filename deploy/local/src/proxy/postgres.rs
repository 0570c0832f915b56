//! A wire between a process and Postgres that is cut at the n-th exchange: before the server has seen it, or after the
//! server has done it and before the process knows. Must not speak TLS.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use anyhow::Result;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::Proxy;
use super::script::{Conversation, Script, Side, Verdict};

/// Where the wire is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server never sees the exchange.
    Before,
    /// The server has answered; the answer is lost.
    After,
}

/// What all connections of a proxy share.
#[derive(Debug)]
struct Plan {
    cut: Cut,
    /// Exchanges until the cut; negative once it happened.
    left: AtomicI64,
    /// Only COMMITs count as exchanges.
    commits_only: bool,
    /// The exchange that was cut was a COMMIT.
    commit_was_cut: AtomicBool,
}

/// A proxy in front of a Postgres server that is cut once.
#[derive(Debug)]
pub struct PostgresProxy {
    proxy: Proxy,
    plan: Arc<Plan>,
}

struct Follow(Arc<Plan>);

struct Talk {
    plan: Arc<Plan>,
    /// The first message of a client has no kind.
    greeted: bool,
    swallowing: bool,
}

impl PostgresProxy {
    /// Before the server of `url`, cut at exchange `left` (0 = the first).
    ///
    /// # Errors
    /// When there is no free port, or `url` is none.
    pub async fn before(url: &str, cut: Cut, left: i64) -> Result<Self> {
        Self::following(url, cut, left, false).await
    }

    /// Before the server of `url`, cut at the first COMMIT.
    ///
    /// # Errors
    /// As [`PostgresProxy::before`].
    pub async fn at_commit(url: &str, cut: Cut) -> Result<Self> {
        Self::following(url, cut, 0, true).await
    }

    async fn following(url: &str, cut: Cut, left: i64, commits_only: bool) -> Result<Self> {
        let (left, commit_was_cut) = (AtomicI64::new(left), AtomicBool::new(false));
        let plan = Arc::new(Plan { cut, left, commits_only, commit_was_cut });
        let proxy = Proxy::following(server_of(url)?, Follow(Arc::clone(&plan))).await?;
        Ok(Self { proxy, plan })
    }

    /// `url` through this proxy.
    ///
    /// # Errors
    /// When `url` is none.
    pub fn url(&self, url: &str) -> Result<String> {
        through(&self.proxy, url)
    }

    /// Whether the wire was cut.
    #[must_use]
    pub fn was_cut(&self) -> bool {
        self.plan.left.load(Ordering::SeqCst) < 0
    }

    /// Whether it was cut at a COMMIT.
    #[must_use]
    pub fn commit_was_cut(&self) -> bool {
        self.plan.commit_was_cut.load(Ordering::SeqCst)
    }
}

/// `host:port` of the server of a database URL.
///
/// # Errors
/// When it is none.
pub fn server_of(url: &str) -> Result<String> {
    let server = PgConnectOptions::from_str(url)?;
    Ok(format!("{}:{}", server.get_host(), server.get_port()))
}

/// A database URL through a proxy.
///
/// # Errors
/// When it is none.
pub fn through(proxy: &Proxy, url: &str) -> Result<String> {
    let options = PgConnectOptions::from_str(url)?.host("127.0.0.1").port(proxy.port());
    Ok(options.ssl_mode(PgSslMode::Disable).to_url_lossy().to_string())
}

impl Script for Follow {
    fn conversation(&self) -> Box<dyn Conversation> {
        Box::new(Talk { plan: Arc::clone(&self.0), greeted: false, swallowing: false })
    }
}

impl Conversation for Talk {
    fn frame(&self, from: Side, bytes: &[u8]) -> Option<usize> {
        let kind = usize::from(from == Side::Server || self.greeted);
        let length = bytes.get(kind..kind + 4)?.try_into().ok()?;
        let whole = kind + usize::try_from(u32::from_be_bytes(length)).ok()?;
        (bytes.len() >= whole).then_some(whole)
    }

    fn judge(&mut self, from: Side, message: &mut [u8]) -> Verdict {
        if from == Side::Server {
            // from a cut on it waits until the server is done, and says nothing
            return match (self.swallowing, message[0]) {
                (false, _) => Verdict::Pass,
                (true, b'Z') => Verdict::Cut,
                (true, _) => Verdict::Lose,
            };
        }
        if !std::mem::replace(&mut self.greeted, true) {
            return Verdict::Pass;
        }
        // a Sync or a simple query ends an exchange
        let commits = message[0] == b'Q' && message[5..].starts_with(b"COMMIT");
        let ends = if self.plan.commits_only { commits } else { matches!(message[0], b'S' | b'Q') };
        let cut = ends && self.plan.left.fetch_sub(1, Ordering::SeqCst) == 0;
        if cut && commits {
            self.plan.commit_was_cut.store(true, Ordering::SeqCst);
        }
        self.swallowing |= cut && self.plan.cut == Cut::After;
        if cut && self.plan.cut == Cut::Before { Verdict::Cut } else { Verdict::Pass }
    }
}
