//! Many commands of one request: a window of them is carried out at once, results leave in order.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures::stream::FuturesOrdered;
use futures::{Stream, StreamExt};
use http::header::CONTENT_TYPE;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

/// Media type of lines.
pub const NDJSON: &str = "application/x-ndjson";
/// Lines being carried out at once.
pub const WINDOW: usize = 512;
/// Results that may wait for a client that sends before it reads.
const RESULTS_WAITING_MAX: usize = 100_000;

/// Where results go, and the answer they leave in. What is ready leaves together: a batch of the log answers many lines
/// at once.
pub(super) fn answer() -> (mpsc::Sender<Bytes>, Response) {
    let (results, out) = mpsc::channel(RESULTS_WAITING_MAX);
    let stream = ReceiverStream::new(out).ready_chunks(WINDOW).map(|lines: Vec<Bytes>| {
        let bytes = lines.iter().fold(BytesMut::new(), |mut all, line| {
            all.extend_from_slice(line);
            all
        });
        Ok::<Bytes, Infallible>(bytes.freeze())
    });
    (results, ([(CONTENT_TYPE, NDJSON)], Body::from_stream(stream)).into_response())
}

/// Takes lines, keeps a window of them going, and sends results in order; an empty one is none. Stops taking when the client is gone or the
/// process is told to stop; what was taken is finished.
pub(super) async fn in_order<L, F>(
    lines: impl Stream<Item = L>,
    mut start: impl FnMut(L) -> F,
    results: mpsc::Sender<Bytes>,
    stop: CancellationToken,
) where
    F: Future<Output = Bytes>,
{
    let mut lines = std::pin::pin!(lines);
    let mut window: FuturesOrdered<F> = FuturesOrdered::new();
    let mut reading = true;
    while reading || !window.is_empty() {
        tokio::select! {
            biased;
            Some(result) = window.next(), if !window.is_empty() => {
                if !result.is_empty() && results.send(result).await.is_err() {
                    reading = false;
                }
            }
            () = stop.cancelled(), if reading => reading = false,
            () = results.closed(), if reading => reading = false,
            line = lines.next(), if reading && window.len() < WINDOW => match line {
                Some(line) => window.push_back(start(line)),
                None => reading = false,
            },
        }
    }
}

/// A value as a line.
pub(super) fn line(of: &impl serde::Serialize) -> Bytes {
    let mut text = serde_json::to_vec(of).unwrap_or_default();
    text.push(b'\n');
    text.into()
}
