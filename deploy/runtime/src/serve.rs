//! Serving until told to stop: signals, graceful end of connections, drain of tasks. Nothing that
//! was accepted is dropped before its deadline.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::fault_point;
use crate::tasks::{Drained, Tasks};

/// How long connections and tasks may take to end after the process was told to stop: the request
/// deadline and a little more.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(15);

/// Tells `tasks` to stop on SIGTERM or SIGINT.
///
/// # Errors
/// When the process cannot listen for signals.
pub fn stop_on_signal(tasks: &Tasks) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let all = tasks.clone();
    tasks.spawn_until_stopped(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("stopping on SIGTERM"),
            _ = interrupt.recv() => tracing::info!("stopping on SIGINT"),
        }
        all.stop();
    });
    Ok(())
}

/// Serves `app` over HTTP/1.1 and HTTP/2 until `tasks` is told to stop, then lets requests and tasks
/// end, at most [`DRAIN_DEADLINE`] each.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(listener: TcpListener, app: Router, tasks: &Tasks) -> io::Result<Drained> {
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps small answers back");
        }
    });
    let stop = tasks.token();
    let serving = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let too_late = async {
        stop.cancelled().await;
        crate::clock::back_off(DRAIN_DEADLINE).await;
    };
    tokio::select! {
        served = serving => served?,
        () = too_late => tracing::warn!("connections did not end in time"),
    }
    fault_point::pass("drain");
    Ok(tasks.drain(DRAIN_DEADLINE).await)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn a_request_that_was_accepted_is_answered_after_the_order_to_stop() {
        let (tasks, arrived) = (Tasks::new(), std::sync::Arc::new(Notify::new()));
        let (stop, told) = (tasks.token(), std::sync::Arc::clone(&arrived));
        let slow = get(move || async move {
            told.notify_one();
            stop.cancelled().await;
            "finished"
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = serve(listener, Router::new().route("/", slow), &tasks);
        let client = async {
            let mut connection = TcpStream::connect(address).await.unwrap();
            connection.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
            arrived.notified().await;
            tasks.stop();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).await.unwrap();
            answer
        };
        let (served, answer) = tokio::join!(serving, client);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("finished"), "{answer}");
        assert_eq!(served.unwrap(), Drained { left: 0 });
    }
}
