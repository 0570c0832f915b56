//! `/v1/commands` over one connection: lines sent in chunks, results counted as they come.

use anyhow::{Context, bail, ensure};
use service_runtime::clock::Stopwatch;
use service_runtime::ids;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use uuid::Uuid;

use super::closed::alone;
use super::lifecycle::Lifecycle;
use super::times::rate;

/// Sales whose lives go side by side, so that lines of one sale do not wait for each other.
const SIDE_BY_SIDE: usize = 200;

/// Sends the lives of so many sales; answers commands a second.
pub async fn run(life: &Lifecycle, sales: usize) -> anyhow::Result<f64> {
    let life = life.clone();
    alone(async move {
        let stream = TcpStream::connect(&life.address).await?;
        stream.set_nodelay(true)?;
        // the writing half stays open until the last result: a server may end what a client has half closed
        let (reading, mut writing) = stream.into_split();
        let watch = Stopwatch::start();
        let (sent, answered) = tokio::try_join!(write(&mut writing, &life, sales), count(reading))?;
        ensure!(sent == answered, "{sent} lines, {answered} results");
        Ok(rate(answered, watch.elapsed()))
    })
    .await
}

async fn write(to: &mut OwnedWriteHalf, life: &Lifecycle, sales: usize) -> anyhow::Result<usize> {
    let head = format!(
        "POST /v1/commands HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n",
        life.address, life.token,
    );
    to.write_all(head.as_bytes()).await?;
    let (mut lines, mut sent) = (Vec::new(), 0);
    let mut left = sales;
    while left > 0 {
        let now: Vec<Uuid> = (0..left.min(SIDE_BY_SIDE)).map(|_| ids::new_id()).collect();
        left -= now.len();
        for step in 0..life.len() {
            lines.clear();
            for sale in &now {
                life.append_line(step, *sale, &mut lines);
            }
            to.write_all(format!("{:x}\r\n", lines.len()).as_bytes()).await?;
            lines.extend_from_slice(b"\r\n");
            to.write_all(&lines).await?;
            sent += now.len();
        }
    }
    to.write_all(b"0\r\n\r\n").await?;
    Ok(sent)
}

/// Counts results until the answer's last chunk.
async fn count(from: OwnedReadHalf) -> anyhow::Result<usize> {
    let mut from = BufReader::with_capacity(64 * 1_024, from);
    let mut line = String::new();
    from.read_line(&mut line).await?;
    ensure!(line.starts_with("HTTP/1.1 200"), "bulk: {line}");
    while line != "\r\n" {
        line.clear();
        ensure!(from.read_line(&mut line).await? > 0, "an answer without a body");
    }
    let (mut chunk, mut results) = (Vec::new(), Vec::new());
    let mut answered = 0;
    loop {
        line.clear();
        ensure!(from.read_line(&mut line).await? > 0, "the answer ends after {answered} results");
        let size = usize::from_str_radix(line.trim(), 16).context("a chunk has a size")?;
        if size == 0 {
            return Ok(answered);
        }
        chunk.resize(size + 2, 0);
        from.read_exact(&mut chunk).await?;
        results.extend_from_slice(&chunk[..size]);
        answered += judged(&mut results)?;
    }
}

/// Whole lines of results, each of which must tell success; what is left stays.
fn judged(results: &mut Vec<u8>) -> anyhow::Result<usize> {
    let whole = results.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut count = 0;
    for line in results[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        if !line.windows(11).take(40).any(|word| word == b"\"status\":20") {
            bail!("refused: {}", String::from_utf8_lossy(line));
        }
        count += 1;
    }
    results.drain(..whole);
    Ok(count)
}
