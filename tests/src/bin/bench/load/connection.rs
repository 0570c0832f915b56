//! A keep-alive HTTP/1.1 connection that costs next to nothing: one write and one read a request.

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection and its buffers.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
    /// The request that is sent next.
    pub request: Vec<u8>,
    head: String,
}

impl Connection {
    /// Connects with a token.
    pub async fn open(address: &str, token: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = head(address, token);
        Ok(Self { stream, answer: Vec::with_capacity(8_192), request: Vec::new(), head })
    }

    /// Sends what stands in `request`; answers the status.
    pub async fn send(&mut self) -> anyhow::Result<u16> {
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("the connection was closed");
            }
            if let Some(status) = whole(&self.answer)? {
                return Ok(status);
            }
        }
    }

    /// Posts a body under a key.
    pub async fn post(&mut self, path: &str, key: &str, body: &str) -> anyhow::Result<u16> {
        self.request = post(&self.head, path, key, body).into_bytes();
        self.send().await
    }

    /// Asks a question.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<u16> {
        self.request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head).into_bytes();
        self.send().await
    }

    /// The last answer's body.
    pub fn last(&self) -> String {
        let start = find(&self.answer, b"\r\n\r\n").map_or(0, |end| end + 4);
        String::from_utf8_lossy(&self.answer[start..]).into_owned()
    }
}

/// The headers every request has.
pub fn head(address: &str, token: &str) -> String {
    format!(
        "Host: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    )
}

/// A whole request that posts a body.
pub fn post(head: &str, path: &str, key: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\n{head}Idempotency-Key: \"{key}\"\r\nContent-Length: {}\r\n\r\n{body}",
        body.len(),
    )
}

/// The status of an answer, once it is there as a whole.
fn whole(answer: &[u8]) -> anyhow::Result<Option<u16>> {
    let Some(end) = find(answer, b"\r\n\r\n") else { return Ok(None) };
    let head = &answer[..end];
    let length = match find(head, b"content-length: ") {
        Some(at) => number(&head[at + 16..]),
        None => bail!("an answer without a length: {}", String::from_utf8_lossy(head)),
    };
    if answer.len() < end + 4 + length {
        return Ok(None);
    }
    Ok(Some(u16::try_from(number(head.get(9..12).context("an answer has a status")?))?))
}

fn number(digits: &[u8]) -> usize {
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'))
}

fn find(buffer: &[u8], what: &[u8]) -> Option<usize> {
    buffer.windows(what.len()).position(|window| window == what)
}
