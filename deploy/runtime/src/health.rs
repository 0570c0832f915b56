//! `--health`: a service's program asks the service that runs beside it whether it is ready, for container engines
//! whose images have no shell and no HTTP client. Asks and answers; must not start anything.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::config::{self, ConfigError};

/// How long the service may take to answer: less than container engines wait.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_500);
/// So much of the answer is read, bytes.
const ANSWER_MAX_BYTES: u64 = 4 * 1024;

/// What the program was started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Serve until told to stop.
    Serve,
    /// Ask the running service and end.
    AskHealth,
}

/// The service is not ready, or could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// The program was given something else than `--health`.
    #[error("this program knows one argument, --health; its settings are SALGSLOGG_… variables")]
    Argument,
    /// `SALGSLOGG_LISTEN` cannot be read.
    #[error(transparent)]
    Setting(#[from] ConfigError),
    /// Nobody answers at the address.
    #[error("nobody answers at {0}")]
    NoAnswer(String, #[source] io::Error),
    /// The service says that it is not ready, and why.
    #[error("not ready: {0}")]
    NotReady(String),
}

/// Reads the arguments of a service's program, its own name left out.
///
/// # Errors
/// Anything but nothing or `--health`.
pub fn order(arguments: impl IntoIterator<Item = OsString>) -> Result<Order, HealthError> {
    let mut arguments = arguments.into_iter();
    match (arguments.next(), arguments.next()) {
        (None, _) => Ok(Order::Serve),
        (Some(one), None) if one == "--health" => Ok(Order::AskHealth),
        (Some(_), _) => Err(HealthError::Argument),
    }
}

#[derive(Deserialize)]
struct Settings {
    listen: Option<String>,
}

/// Asks `/readyz` of the service that listens at `SALGSLOGG_LISTEN`, or at `usual` when that is not set.
///
/// # Errors
/// When nobody answers, or the answer is not 200: the sentence says what is missing.
pub async fn ask(usual: &str) -> Result<(), HealthError> {
    let settings: Settings = config::from_environment()?;
    ask_at(settings.listen.as_deref().unwrap_or(usual)).await
}

async fn ask_at(listen: &str) -> Result<(), HealthError> {
    let nobody = |error| HealthError::NoAnswer(listen.to_owned(), error);
    let answer = timeout(ANSWER_WITHIN, answer(listen)).await;
    let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(nobody)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    match head.split(' ').nth(1) {
        Some("200") => Ok(()),
        Some(_) | None => Err(HealthError::NotReady(body.trim().to_owned())),
    }
}

async fn answer(listen: &str) -> io::Result<String> {
    let address = lookup_host(listen).await?.next().ok_or(io::ErrorKind::NotFound)?;
    let mut connection = TcpStream::connect(reachable(address)).await?;
    let question = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    connection.write_all(question.as_bytes()).await?;
    let mut bytes = Vec::new();
    connection.take(ANSWER_MAX_BYTES).read_to_end(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Who listens on every address is asked on the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use http::StatusCode;
    use tokio::net::TcpListener;

    use super::*;
    use crate::problem::Problem;
    use crate::tasks::Tasks;

    async fn listening(ready: bool) -> (Tasks, u16) {
        let answer = move || async move {
            let missing = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "no log");
            if ready { Ok("ready") } else { Err(missing) }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tasks, router) = (Tasks::new(), Router::new().route("/readyz", get(answer)));
        let serving = tasks.clone();
        tasks.spawn(async move { crate::serve::serve(listener, router, &serving).await });
        (tasks, port)
    }

    #[tokio::test]
    async fn who_is_ready_is_healthy_also_when_it_listens_everywhere() {
        let (tasks, port) = listening(true).await;
        for listen in
            [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("0.0.0.0:{port}")]
        {
            ask_at(&listen).await.unwrap();
        }
        tasks.stop();
    }

    #[tokio::test]
    async fn who_is_not_ready_says_why() {
        let (tasks, port) = listening(false).await;
        let told = ask_at(&format!("127.0.0.1:{port}")).await.unwrap_err().to_string();
        assert!(told.starts_with("not ready: {") && told.contains("no log"), "{told}");
        tasks.stop();
    }

    #[tokio::test]
    async fn nobody_there_is_not_healthy() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let told = ask_at(&free.to_string()).await.unwrap_err().to_string();
        assert_eq!(told, format!("nobody answers at {free}"));
    }

    #[test]
    fn a_service_takes_one_argument_and_no_other() {
        let of = |words: &[&str]| order(words.iter().map(OsString::from));
        assert!(matches!(of(&[]), Ok(Order::Serve)));
        assert!(matches!(of(&["--health"]), Ok(Order::AskHealth)));
        for wrong in [&["--version"][..], &["--health", "x"], &["serve"]] {
            assert!(matches!(of(wrong), Err(HealthError::Argument)));
        }
    }
}
