//! Our own command path over HTTP, by the same driver: one keep-alive connection a client, token, key, decision,
//! receipt, hashes. The client is as thin as it can be: the service is measured, not the load.

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::load::Store;
use crate::sale::Step;

/// Where the service listens and what the workload refers to.
#[derive(Debug, Clone, Deserialize)]
pub struct Place {
    /// Host and port.
    pub address: String,
    /// A token that may do everything the workload does.
    pub token: String,
    /// The sale type.
    pub sale_type: Uuid,
    /// Its stages.
    pub stages: Vec<Uuid>,
}

/// One client; a clone has a connection of its own.
#[derive(Debug)]
pub struct Http {
    place: Place,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Http {
    /// Not connected yet.
    pub fn new(place: Place) -> Self {
        Self { place, stream: None, buffer: Vec::new() }
    }

    async fn post(&mut self, path: &str, key: &str, body: &Value) -> anyhow::Result<u16> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(&self.place.address).await?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        let (body, Place { address, token, .. }) = (body.to_string(), &self.place);
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: \"{key}\"\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the service closed the connection");
            }
            let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.context("answers have a length")?.trim().parse()?;
            while self.buffer.len() < end + 4 + length {
                ensure!(stream.read_buf(&mut self.buffer).await? > 0, "an answer was cut");
            }
            return Ok(head.split_whitespace().nth(1).context("a status")?.parse()?);
        }
    }
}

impl Clone for Http {
    fn clone(&self) -> Self {
        Self::new(self.place.clone())
    }
}

impl Store for Http {
    async fn execute(&mut self, sale: Uuid, step: Step) -> anyhow::Result<u64> {
        let (path, body) = self.command(sale, step);
        let status = self.post(&path, &format!("{sale}-{step:?}"), &body).await?;
        let said = || String::from_utf8_lossy(&self.buffer).into_owned();
        ensure!(status == 200 || status == 201, "{path}: {}", said());
        Ok(0)
    }
}

impl Http {
    fn command(&self, sale: Uuid, step: Step) -> (String, Value) {
        let Place { sale_type, stages, .. } = &self.place;
        let description = "A sale as sellers describe it, with enough words to make a payload of ordinary \
            size. The buyer asked for two offers, one with and one without the yearly agreement.";
        match step {
            Step::Register => (
                "/v1/sales".to_owned(),
                json!({"id": sale, "title": "Fjord ERP", "sale_type": sale_type, "description": description,
                    "amount": {"amount": "500000.00", "currency": "NOK"}, "sale_date": "2026-06-10",
                    "source": "web", "company": {"id": sale, "name": "Fjord AS"}}),
            ),
            Step::Advance(number) => (
                format!("/v1/sales/{sale}/advance-stage"),
                json!({"stage": stages[number as usize % stages.len()]}),
            ),
            Step::Close => {
                (format!("/v1/sales/{sale}/mark-sold"), json!({"reason": "best-product"}))
            }
        }
    }
}
