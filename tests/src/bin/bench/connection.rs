//! A keep-alive HTTP/1.1 connection that costs next to nothing, so that the service is measured and not the
//! load.

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection and its buffer.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    head: String,
}

impl Connection {
    /// Connects with a token.
    pub async fn open(address: &str, token: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "Host: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        );
        Ok(Self { stream, buffer: Vec::with_capacity(4_096), head })
    }

    /// Posts a body under a key; answers the status.
    pub async fn post(&mut self, path: &str, key: &str, body: &str) -> anyhow::Result<u16> {
        let request = format!(
            "POST {path} HTTP/1.1\r\n{}Idempotency-Key: \"{key}\"\r\nContent-Length: {}\r\n\r\n{body}",
            self.head,
            body.len(),
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the service closed the connection");
            }
            let Some(end) = find(&self.buffer, b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .context("answers have a length")?
                .trim()
                .parse()?;
            let whole = end + 4 + length;
            while self.buffer.len() < whole {
                self.stream.read_buf(&mut self.buffer).await?;
            }
            return Ok(head
                .split_whitespace()
                .nth(1)
                .context("an answer has a status")?
                .parse()?);
        }
    }

    /// The last answer's body, for messages.
    pub fn last(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }
}

fn find(buffer: &[u8], what: &[u8]) -> Option<usize> {
    buffer.windows(what.len()).position(|window| window == what)
}
